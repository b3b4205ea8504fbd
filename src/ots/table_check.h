/* table_check: is a table there, and does it serve? Described, created when missing and allowed, looked at
 * until it takes writes. The same for both kinds of table; what differs is a struct ots_table_kind. */
#ifndef OTS_TABLE_CHECK_H
#define OTS_TABLE_CHECK_H

#include "ots/client.h"

struct buffer;
struct clock;
struct ots_table_check; /* opaque */

struct ots_table_state {
    bool reached; /* endpoint, instance and key are good, whatever the table is */
    bool missing; /* look_only: it would be created */
    bool created;
    bool has_index; /* a secondary index: one row a key and request */
    uint32_t key_count;
};

/* on_done exactly once: err NULL, or what is wrong (ERROR_CONFIG: missing, of the other kind, other primary
 * key shown side by side, credentials; ERROR_RETRY is tried again inside for retry_ms, then reported).
 * Creation waits until the table takes writes. */
typedef void ots_table_done_fn(void *arg, const struct ots_table_state *state, const struct error *err);

/* The requests of a kind. */
enum ots_table_step {
    OTS_TABLE_DESCRIBE,
    OTS_TABLE_CREATE,
    OTS_TABLE_PROBE, /* a read: has no effect, and is served by those who take writes */
    OTS_TABLE_OTHER, /* describes a table of the other kind, in the same words */
    OTS_TABLE_STEPS
};

struct ots_description {
    bool active;    /* as far as the service says it */
    bool has_index; /* at least one secondary index */
    uint32_t key_count;
};

struct ots_table_kind {
    const char *operations[OTS_TABLE_STEPS];
    const char *other; /* what to say when there is a table of the other kind */
    /* Never of OTS_TABLE_OTHER. */
    void (*put)(const void *options, enum ots_table_step step, struct buffer *body);
    /* Of a description. -1: ERROR_RETRY, it is none; ERROR_CONFIG, it is not ours. */
    int (*read)(const void *options, struct slice answer, struct ots_description *description,
                struct error *err);
    /* What to warn of when it was created, NULL: nothing. */
    const char *(*lacks)(const void *options);
};

struct ots_table_subject {
    const struct ots_table_kind *kind;
    const void *options; /* of the kind; copied */
    size_t options_bytes;
    struct slice table; /* kept until done */
    bool auto_create;
    bool look_only; /* a missing table is told of, and not created */
};

struct ots_table_check *ots_table_check_subject(struct ots_client *client, struct clock *clock,
                                                const struct ots_table_subject *subject, int64_t retry_ms,
                                                ots_table_done_fn *on_done, void *arg);

/* Before on_done: what it waits for, since when and how often that failed; "" at the first attempt. */
const char *ots_table_check_waits(const struct ots_table_check *check, int64_t *since_ms, uint32_t *failures);

/* After on_done, or to give up (then on_done never comes). Not from inside on_done. */
void ots_table_check_destroy(struct ots_table_check *check);

#endif
