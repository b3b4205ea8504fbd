/* rules: faults on order, for tests: which requests or rows fail, how, and how often, all from one seed: the
 * same seed and the same sequence of requests give the same faults. Of one request all delays that match add
 * up; of the other actions the first rule that matches acts. */
#ifndef EMULATOR_RULES_H
#define EMULATOR_RULES_H

#include "emulator/rule.h"

struct buffer;
struct change;
struct clock;
struct error;
struct operation;
struct visit;

enum { RULES_MOST = 64 };

struct rules {
    const struct clock *clock; /* lent: when rules begin and end, and how fast buckets fill */
    struct rule *list;         /* owned */
    size_t count;
    int64_t seed;
    uint64_t acted; /* faults so far, by these rules and those before them */
};

/* What will be done to a request. */
struct rules_plan {
    enum rule_action action; /* of the whole request or its answer; NOTHING: as it should be */
    int64_t delay_ms;
    bool drop_when_gone;
    int64_t late_ms;
    bool hold;
    bool applied;
    struct refusal refusal; /* for ERROR, THROTTLE */
    struct rule_body body;
    int64_t bytes;
    int64_t pause_ms;
};

void rules_init(struct rules *rules, const struct clock *clock);
void rules_fini(struct rules *rules);

/* Replaces all rules; on an error they stay as they were. `json` may hold // comments; the error names line,
 * column and rule. */
int rules_read(struct rules *rules, struct slice json, struct error *err);

/* A request whose signature is good, before anything of it is read. `token`: its STS token, at NULL when it
 * has none. -1 and the refusal when it shall be turned away. */
int rules_turn_away(struct rules *rules, const struct operation *operation, struct slice token,
                    struct refusal *refusal);

/* The request has been prepared. */
void rules_plan(struct rules *rules, const struct visit *visit, struct rules_plan *plan);

/* -1 and the refusal when this row shall fail. */
int rules_spoil(struct rules *rules, const struct visit *visit, const struct change *change,
                struct refusal *refusal);

/* What the request has read, in capacity units. */
void rules_charge(struct rules *rules, const struct visit *visit, int64_t units);

/* The rules and how often each acted, as JSON. */
void rules_print(const struct rules *rules, struct buffer *to);

/* The manual, as Markdown. */
void rules_print_reference(struct buffer *to);

#endif
