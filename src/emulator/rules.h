/* rules: faults on order, for tests: which requests or rows fail, how, and how often, all from one seed.
 *
 * {"seed": 1, "rules": [{"action": "row_error", "operation": "BulkImport", "table": "t", "key": ["user", 42],
 *                        "code": "OTSServerBusy", "probability": 0.1, "count": 5}]}
 *
 * operation, table, key   which requests; absent: every data operation, every table, every key. A key matches
 * by its first columns: strings and integers action                  row_error   a row of a write fails with
 * code (a single-row write fails whole) error       the request fails with code and status; "text": a body
 * that is not protobuf cut_before  the connection is closed, nothing is applied cut_after   applied, then the
 * connection is closed without an answer late        the connection is closed; applied after ms delay done
 * and answered after ms, or after ms to ms_most by chance hang        never an answer, nothing is applied
 * code, message, status   OTSServerBusy, the service's words, the code's status
 * probability             0 to 1, for each row or request; 1
 * skip, count             let so many matches pass first; 0. Act so many times, then never; no limit
 *
 * All delays that match add up; of the other request actions the first that matches acts. */
#ifndef EMULATOR_RULES_H
#define EMULATOR_RULES_H

#include "base/chance.h"
#include "base/slice.h"
#include "emulator/refusal.h"

struct visit;
struct change;
struct error;
struct operation;

enum rule_action {
    RULE_NOTHING,
    RULE_ROW_ERROR,
    RULE_ERROR,
    RULE_CUT_BEFORE,
    RULE_CUT_AFTER,
    RULE_LATE,
    RULE_DELAY,
    RULE_HANG
};

enum { RULES_MOST = 64, RULE_KEY_MOST = 2100, RULE_TEXT_MOST = 256 };

struct rule {
    enum rule_action action;
    const struct operation *operation; /* NULL: every data operation */
    char table[RULE_TEXT_MOST];        /* "": every table */
    char key[RULE_KEY_MOST];           /* the first bytes of row_key_encode() */
    size_t key_bytes;                  /* 0: every key */
    struct refusal refusal;
    char text[RULE_TEXT_MOST]; /* the body that is not protobuf; "": protobuf */
    double probability;
    int64_t skip;
    int64_t count; /* acts left; -1: no limit */
    int64_t ms;
    int64_t ms_most;
};

struct rules {
    struct rule *list; /* owned */
    size_t count;
    struct chance chance;
    uint64_t acted; /* faults so far */
};

/* What will be done to a request. */
struct rules_plan {
    enum rule_action action; /* of the whole request: ERROR, CUT_BEFORE, CUT_AFTER, LATE, HANG or NOTHING */
    int64_t delay_ms;
    int64_t late_ms;
    struct refusal refusal; /* for ERROR */
    char text[RULE_TEXT_MOST];
};

void rules_init(struct rules *rules);
void rules_fini(struct rules *rules);

/* Replaces all rules; on an error they stay as they were. `json` may hold // comments. */
int rules_read(struct rules *rules, struct slice json, struct error *err);

/* The request has been prepared. */
void rules_plan(struct rules *rules, const struct visit *visit, struct rules_plan *plan);

/* -1 and the refusal when this row shall fail. */
int rules_spoil(struct rules *rules, const struct visit *visit, const struct change *change,
                struct refusal *refusal);

#endif
