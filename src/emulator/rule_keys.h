/* rule_keys: the words of a fault rule, as tables: reading, the words of mistakes and the manual come from
 * them. */
#ifndef EMULATOR_RULE_KEYS_H
#define EMULATOR_RULE_KEYS_H

#include "base/json.h"
#include "emulator/rule.h"

struct error;
struct rule_key;

struct rule_type {
    const char *words; /* "an integer", for the manual */
    /* Reads the value into `to`. -1 and what was expected. */
    int (*set)(const struct rule_key *key, const struct json_value *value, void *to, struct error *err);
};

extern const struct rule_type rule_value_text;     /* char[most + 1] */
extern const struct rule_type rule_value_body;     /* struct rule_body */
extern const struct rule_type rule_value_base64;   /* struct rule_body */
extern const struct rule_type rule_value_whole;    /* int64_t, least to most */
extern const struct rule_type rule_value_fraction; /* double, 0 to 1 */
extern const struct rule_type rule_value_truth;    /* bool */
extern const struct rule_type rule_value_hangup;   /* bool: "drop", not "apply" */
extern const struct rule_type rule_value_action;   /* enum rule_action */
extern const struct rule_type rule_value_operations;
extern const struct rule_type rule_value_key;        /* struct rule */
extern const struct rule_type rule_value_key_prefix; /* struct rule */

struct rule_key {
    const char *name;
    const struct rule_type *type;
    size_t at;
    int64_t least, most;
    uint32_t actions;   /* RULE_BIT of those that have it */
    uint32_t needed;    /* of those that cannot do without */
    const char *preset; /* words for the manual */
    const char *help;
};

extern const struct rule_key rule_keys[];
extern const size_t rule_keys_count;

/* NULL: there is none. */
const struct rule_key *rule_keys_find(struct slice name);

struct rule_keys_action {
    const char *name;
    const char *help;
    const char *example; /* members of a rule */
};

/* By enum rule_action, from 1. */
extern const struct rule_keys_action rule_keys_actions[RULE_ACTIONS];

/* A rule with all presets. */
void rule_keys_preset(struct rule *rule);

/* Adds "a, b, c": what a key may be that is read from a list of names. */
struct buffer;
void rule_keys_put_actions(struct buffer *to);

#endif
