/* rule: one fault on order: which requests or rows it is for, what it does to them, and how often it did.
 * The words of its JSON are in rule_keys.c, which is also where its manual is printed from
 * (docs/emulator-faults.md). */
#ifndef EMULATOR_RULE_H
#define EMULATOR_RULE_H

#include "base/chance.h"
#include "emulator/refusal.h"
#include "emulator/throttle.h"

enum rule_action {
    RULE_NOTHING,
    RULE_DELAY,
    RULE_ROW_ERROR, /* rows */
    RULE_THROTTLE,
    RULE_ERROR, /* whole requests */
    RULE_CUT_BEFORE,
    RULE_CUT_AFTER,
    RULE_LATE,
    RULE_HANG,
    RULE_REFUSE_CREDENTIALS, /* at the gate */
    RULE_EXPIRE_TOKEN,
    RULE_HALF_ANSWER, /* answers that go wrong */
    RULE_WRONG_LENGTH,
    RULE_WRONG_DIGEST,
    RULE_WRONG_SIGNATURE,
    RULE_NO_REQUEST_ID,
    RULE_DRIP,
    RULE_ACTIONS
};

#define RULE_BIT(action) (1u << (action))

enum {
    RULE_NAME_MOST = 64,
    RULE_KEY_MOST = 2100,
    RULE_TEXT_MOST = 256,
    RULE_TOKEN_MOST = 2048,
    RULE_BODY_MOST = 1024,
    RULE_MS_MOST = 24 * 3600 * 1000
};

struct rule_body {
    char at[RULE_BODY_MOST];
    size_t len;
};

/* Texts end with a 0 byte; "": every table, any token ... */
struct rule {
    char name[RULE_NAME_MOST];
    enum rule_action action;
    uint64_t operations; /* bits by operation_index(); 0: every data operation */
    char table[RULE_TEXT_MOST];
    char key[RULE_KEY_MOST]; /* the first bytes of row_key_encode() */
    size_t key_bytes;        /* 0: every key */
    double probability;
    int64_t skip;  /* matches to let pass */
    int64_t count; /* acts left; -1: no limit */
    int64_t after_ms;
    int64_t for_ms; /* -1: for ever */
    int64_t ms;
    int64_t ms_most; /* -1: not given */
    double slow_probability;
    int64_t slow_ms;
    int64_t slow_ms_most;   /* -1: not given */
    bool drop_when_gone;    /* DELAY: what a client that hung up had asked for is not done */
    bool hold;              /* LATE: the connection stays until the client gives up */
    bool applied;           /* HANG: done, but never answered */
    bool whole_request;     /* THROTTLE: not its rows one by one */
    struct refusal refusal; /* code "": the action's own */
    int64_t status;         /* 0: the code's */
    struct rule_body body;  /* ERROR: len 0: a protobuf Error */
    char token[RULE_TOKEN_MOST];
    int64_t bytes; /* -1: not given */
    struct throttle_limit limits[THROTTLE_KINDS];

    /* what it has done */
    int64_t set_ms; /* by the clock's now_ms */
    uint64_t matched;
    uint64_t acted;
    struct chance chance; /* its own: one rule more changes nothing in the others */
    struct throttle throttle;
};

#endif
