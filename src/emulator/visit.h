/* visit: one request from its body to its answer, without sockets: the same for the HTTP service, for tests
 * and for fuzzing. Two steps, so that time may pass between them: visit_prepare() reads the request,
 * visit_execute() does it. */
#ifndef EMULATOR_VISIT_H
#define EMULATOR_VISIT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "emulator/change.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"

struct visit;
struct operation;
struct row;
struct store;
struct transaction;

/* Each change of a write as it is applied or refused, in that order. Lent. `refusal` NULL: applied. */
typedef void visit_change_fn(void *arg, const struct visit *visit, const struct change *change,
                             const struct refusal *refusal);

/* Asked before a change is applied, or a row read by its key: a refusal made up by a fault rule? -1 and the
 * refusal. Of a row that is read the change has the table and the key. */
typedef int visit_spoil_fn(void *arg, const struct visit *visit, const struct change *change,
                           struct refusal *refusal);

/* What a visit works on; lent to every visit. */
struct visit_ground {
    struct store *store;
    visit_change_fn *on_change; /* NULL: nobody listens */
    visit_spoil_fn *spoil;      /* NULL: nothing is spoilt */
    void *arg;
    int64_t now_ms; /* wall time of the turn; never goes back: the version of cells without a timestamp */
};

enum { VISIT_REQUEST_ID = 36 };

struct visit {
    struct visit_ground *ground;
    const struct operation *operation;
    char request_id[VISIT_REQUEST_ID + 1];
    struct slice body; /* lent until visit_prepare() returns */
    struct arena arena;
    void *message; /* the request, unpacked */
    struct change *changes;
    uint32_t change_count;
    struct transaction *transaction; /* lent; NULL: the request is in none */
    struct refusal refusal;          /* status 0: fine */
    int64_t read_units;              /* capacity units that were read; the operation adds them up */
    struct buffer answer;            /* the protobuf body */
};

/* A visit may be used again and again: begin, prepare, execute, begin ... */
void visit_init(struct visit *visit, struct visit_ground *ground);
void visit_begin(struct visit *visit, const struct operation *operation, struct slice body);
void visit_fini(struct visit *visit);

/* -1: refused, and nothing has changed; changes that were read are told to on_change with that refusal. */
int visit_prepare(struct visit *visit);
int visit_execute(struct visit *visit);

/* Refuses the whole request as if the service had: changes are told. `refusal` is copied. */
void visit_refuse(struct visit *visit, const struct refusal *refusal);

/* The body that goes with the refusal: a protobuf Error. */
void visit_put_error(struct visit *visit);

/* The table a prepared request names; NULL when it names none or several. */
const char *visit_table_name(const struct visit *visit);

/* For operations: the data table, or the points or the series of the time-series table. NULL and why: there
 * is none of that kind. */
struct store_table *visit_table(struct visit *visit, const char *name);
struct store_table *visit_points(struct visit *visit, const char *name);
struct store_table *visit_series(struct visit *visit, const char *name);

/* For operations: the request is in this transaction; a NULL id: in none. -1 and why: there is no such one.
 */
int visit_join(struct visit *visit, const char *transaction_id);

/* For reads, after visit_join(): the transaction's rows are in the table until the operation is done. -1 and
 * why: the row, or a bound of the range, is not in the transaction's partition. */
int visit_lend_row(struct visit *visit, struct store_table *table, const struct row *asked, struct slice key);
int visit_lend_range(struct visit *visit, struct store_table *table, const struct row *start,
                     const struct row *end);

/* For reads of rows by their keys: a spoiler's refusal? -1 and the refusal. */
int visit_spoil_read(struct visit *visit, const struct store_table *table, struct slice key,
                     struct refusal *refusal);

/* For operations: applies one change, or a spoiler's refusal. -1: the refusal is the change's, or with
 * `whole` the request's. All changes are told when the operation is done and its effects are kept. */
int visit_apply(struct visit *visit, struct change *change, struct store_table *table, bool whole);

/* For operations: this change is refused, the others go on. The refusal is copied. */
void visit_refuse_change(struct visit *visit, struct change *change, const struct refusal *refusal);

#endif
