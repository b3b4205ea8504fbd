/* series_table: is the time-series table there? Described at start, created when missing and allowed; ready
 * when it takes writes. */
#ifndef TIMESERIES_SERIES_TABLE_H
#define TIMESERIES_SERIES_TABLE_H

#include "ots/table_check.h"

struct series_table_options {
    struct slice table; /* kept until done */
    bool auto_create;
    int32_t ttl_s;  /* -1: for ever */
    bool look_only; /* a missing table is told of, and not created */
};

/* A check as that of a data table: ots_table_check_waits() and ots_table_check_destroy() are its own, too;
 * has_index and key_count are not told. A data table of that name is ERROR_CONFIG, with words that say so. */
struct ots_table_check *series_table_check_start(struct ots_client *client, struct clock *clock,
                                                 const struct series_table_options *options, int64_t retry_ms,
                                                 ots_table_done_fn *on_done, void *arg);

#endif
