/* emulator: a local Tablestore on the loop, that the official clients accept. Tables live in memory, and in a
 * file beside it when one is named. HTTP, or https with a certificate. The manual of its fault rules is in
 * emulator/rules.h.
 *
 * With `control` on, without a signature:
 *   GET  /_control/counters   struct counters as JSON
 *   GET  /_control/faults     the rules, and how often each acted
 *   POST /_control/faults     rules as JSON: replaces all of them; an empty body removes them
 *   POST /_control/clock      {"ms": N}: the wall clock stands there; 0: it is the machine's again
 *   POST /_control/order      {"column": "seq"}: watch that this column never goes back; empty: no more
 *   POST /_control/flush      the journal is complete when this is answered
 *   POST /_control/reset      no rules, counters at 0, requests that hang are cut; tables stay
 *
 * Loopback protects it, and that browsers are sent away; elsewhere a token must come with every request. */
#ifndef EMULATOR_EMULATOR_H
#define EMULATOR_EMULATOR_H

#include "base/slice.h"
#include "emulator/counters.h"

struct visit;
struct change;
struct emulator; /* opaque */
struct error;
struct keyring_pair; /* emulator/keyring.h */
struct loop;
struct refusal;

/* Each row change as it is applied (refusal NULL) or refused, in that order. Lent. change.h says what is in
 * it. */
typedef void emulator_change_fn(void *arg, const struct change *change, const struct refusal *refusal);

struct emulator_options {
    const char *host;             /* NULL: 127.0.0.1 */
    uint16_t port;                /* 0: any */
    const char *const *instances; /* each has tables of its own */
    size_t instance_count;        /* 0: one, "local" */
    const struct keyring_pair *pairs;
    size_t pair_count;           /* 0: one, testid and testsecret */
    const char *tls_certificate; /* PEM text of the chain; NULL: plain HTTP */
    const char *tls_key;
    const char *journal_file; /* NULL: none */
    const char *data_file;    /* NULL: none; see emulator/data.h */
    int64_t latency_ms;       /* of every data operation */
    int64_t frozen_wall_ms;   /* the service's wall clock stands still here; 0: it is the machine's */
    bool no_clock_check;
    bool control;
    const char *control_token;     /* NULL: none, then `control` is refused where others can reach it */
    emulator_change_fn *on_change; /* NULL: nobody listens */
    void *arg;
};

/* Listening when it returns. The options are copied. NULL and err: port taken (ERROR_RETRY), journal cannot
 * be made, data file cannot be read. */
struct emulator *emulator_create(struct loop *loop, const struct emulator_options *options,
                                 struct error *err);
void emulator_destroy(struct emulator *emulator);

/* What it holds now. */
struct emulator_contents {
    uint32_t tables;
    uint64_t rows;
};
struct emulator_contents emulator_contents(const struct emulator *emulator);

uint16_t emulator_port(const struct emulator *emulator);

/* Replaces all fault rules; an empty text removes them. -1: they stay as they were. */
int emulator_set_faults(struct emulator *emulator, struct slice json, struct error *err);

/* Begins to watch a column; empty: none. -1: not a name. */
int emulator_set_order_column(struct emulator *emulator, struct slice name, struct error *err);
const struct counters *emulator_counters(struct emulator *emulator);
void emulator_reset(struct emulator *emulator);
void emulator_flush(struct emulator *emulator);

#endif
