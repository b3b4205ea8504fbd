/* table: is the table there and is it ours? Described at start, created when missing and allowed, compared
 * with the plan. */
#ifndef OTS_TABLE_H
#define OTS_TABLE_H

#include "mapping/plan.h"
#include "ots/client.h"

struct clock;
struct ots_table_check; /* opaque */

struct ots_table_options {
    const struct mapping_plan *plan; /* kept until done */
    bool auto_create;
    int32_t ttl_s;        /* -1: for ever */
    int32_t max_versions; /* 1 */
    bool define_columns;  /* white-listed columns as defined columns */
    bool look_only;       /* a missing table is told of, and not created */
};

struct ots_table_state {
    bool reached; /* endpoint, instance and key are good, whatever the table is */
    bool missing; /* look_only: it would be created */
    bool created;
    bool has_index; /* a secondary index: one row a key and request */
    uint32_t key_count;
};

/* on_done exactly once: err NULL, or what is wrong (ERROR_CONFIG: missing, other primary key shown side by
 * side, credentials; ERROR_RETRY is tried again inside for retry_ms, then reported). Creation waits until the
 * table takes writes. */
typedef void ots_table_done_fn(void *arg, const struct ots_table_state *state, const struct error *err);
struct ots_table_check *ots_table_check_start(struct ots_client *client, struct clock *clock,
                                              const struct ots_table_options *options, int64_t retry_ms,
                                              ots_table_done_fn *on_done, void *arg);

/* Before on_done: what it waits for, since when and how often that failed; "" at the first attempt. */
const char *ots_table_check_waits(const struct ots_table_check *check, int64_t *since_ms, uint32_t *failures);

/* After on_done, or to give up (then on_done never comes). Not from inside on_done. */
void ots_table_check_destroy(struct ots_table_check *check);

#endif
