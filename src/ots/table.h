/* table: is the data table there and is it ours? Described at start, created when missing and allowed,
 * compared with the plan. */
#ifndef OTS_TABLE_H
#define OTS_TABLE_H

#include "mapping/plan.h"
#include "ots/table_check.h"

struct ots_table_options {
    const struct mapping_plan *plan; /* kept until done */
    bool auto_create;
    int32_t ttl_s;        /* -1: for ever */
    int32_t max_versions; /* 1 */
    bool define_columns;  /* white-listed columns as defined columns */
    bool look_only;       /* a missing table is told of, and not created */
};

struct ots_table_check *ots_table_check_start(struct ots_client *client, struct clock *clock,
                                              const struct ots_table_options *options, int64_t retry_ms,
                                              ots_table_done_fn *on_done, void *arg);

#endif
