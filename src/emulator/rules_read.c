/* rules_read: fault rules from JSON, each mistake named with its line, column, rule and key. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "config/nearest.h"
#include "emulator/rule_keys.h"
#include "emulator/rules.h"
#include "loop/clock.h"

enum { RULES_MEMBERS = 64, RULES_WORD_MOST = 64 };

/* What is being read, so that a mistake can say where it is. */
struct rules_text {
    struct slice json;
    int index; /* of the rule */
    struct error *err;
};

/* `at` is in the text; NULL: its beginning. */
static int rules_mistake(const struct rules_text *text, const char *at, const char *what, const char *words)
{
    unsigned line = 0;
    unsigned column = 0;
    json_place(text->json, at == NULL ? 0 : (size_t)(at - text->json.at), &line, &column);
    return error_set(text->err, ERROR_CONFIG, "line %u, column %u: %s%s%s", line, column, what,
                     what[0] == 0 ? "" : ": ", words);
}

static int rules_mistake_in_rule(const struct rules_text *text, const char *at, struct slice key,
                                 const char *words)
{
    char what[RULES_WORD_MOST + 32];
    int len = key.len > RULES_WORD_MOST ? RULES_WORD_MOST : (int)key.len;
    snprintf(what, sizeof(what), "rules[%d]%s%.*s", text->index, len > 0 ? "." : "", len, key.at);
    return rules_mistake(text, at, what, words);
}

static int rules_unknown_key(const struct rules_text *text, struct slice name)
{
    char word[RULES_WORD_MOST + 1];
    char words[128];
    snprintf(word, sizeof(word), "%.*s", name.len > RULES_WORD_MOST ? RULES_WORD_MOST : (int)name.len,
             name.at);
    struct config_nearest nearest = config_nearest_begin(word);
    for (size_t i = 0; i < rule_keys_count; i++)
        config_nearest_try(&nearest, rule_keys[i].name);
    if (nearest.name == NULL)
        snprintf(words, sizeof(words), "unknown key; --faults-help lists them all");
    else
        snprintf(words, sizeof(words), "unknown key; did you mean %s?", nearest.name);
    return rules_mistake_in_rule(text, name.at, name, words);
}

static int rules_set_key(const struct rules_text *text, const struct rule_key *key,
                         const struct json_member *member, struct rule *rule)
{
    struct error why;
    if (key->type->set(key, &member->value, (char *)rule + key->at, &why) == 0)
        return 0;
    return rules_mistake_in_rule(text, member->name.at, member->name, why.text);
}

/* The action first: it decides which of the other keys mean something. */
static int rules_read_action(const struct rules_text *text, const struct json_value *value,
                             const struct json_member *members, int count, struct rule *rule)
{
    struct buffer known;
    for (int i = 0; i < count; i++)
        if (slice_equal(members[i].name, SLICE("action")))
            return rules_set_key(text, rule_keys_find(SLICE("action")), &members[i], rule);
    buffer_init(&known, 512);
    buffer_print(&known, "action is missing; one of ");
    rule_keys_put_actions(&known);
    buffer_add(&known, "", 1);
    rules_mistake_in_rule(text, value->text.at, SLICE(""), known.at);
    buffer_fini(&known);
    return -1;
}

static int rules_read_member(const struct rules_text *text, const struct json_member *member,
                             struct rule *rule, uint64_t *given)
{
    const struct rule_key *key = rule_keys_find(member->name);
    char words[128];
    if (key == NULL)
        return rules_unknown_key(text, member->name);
    uint64_t bit = (uint64_t)1 << (key - rule_keys);
    if ((*given & bit) != 0)
        return rules_mistake_in_rule(text, member->name.at, member->name, "given twice");
    *given |= bit;
    if ((key->actions & RULE_BIT(rule->action)) != 0)
        return rules_set_key(text, key, member, rule);
    snprintf(words, sizeof(words), "means nothing with %s", rule_keys_actions[rule->action].name);
    return rules_mistake_in_rule(text, member->name.at, member->name, words);
}

static bool rules_given(uint64_t given, const char *name)
{
    return (given >> (rule_keys_find(slice_text(name)) - rule_keys) & 1) != 0;
}

/* What keys say together. NULL: fine. */
static const char *rules_contradiction(const struct rule *rule, uint64_t given)
{
    if (rules_given(given, "key") && rules_given(given, "key_prefix"))
        return "key and key_prefix exclude each other";
    if (rules_given(given, "body") && rules_given(given, "body_base64"))
        return "body and body_base64 exclude each other";
    if (rule->ms_most < rule->ms)
        return "ms_most is less than ms";
    if (rule->slow_ms_most < rule->slow_ms)
        return "slow_ms_most is less than slow_ms";
    if (rules_given(given, "slow_ms") != rules_given(given, "slow_probability"))
        return "slow_ms and slow_probability need each other";
    if (rule->action == RULE_THROTTLE && rule->limits[THROTTLE_READ].rate < 0 &&
        rule->limits[THROTTLE_WRITE].rate < 0)
        return "write_rate or read_rate is missing";
    if (rule->refusal.status == 0)
        return "status is missing: the code is not one of the service's";
    return NULL;
}

static const char *rules_code(enum rule_action action)
{
    if (action == RULE_THROTTLE)
        return "OTSNotEnoughCapacityUnit";
    return action == RULE_REFUSE_CREDENTIALS || action == RULE_EXPIRE_TOKEN ? "OTSAuthFailed"
                                                                            : "OTSServerBusy";
}

/* [assumed] The words for a key that was disabled are documented, those for an expired token are not. */
static const char *rules_words(const struct rule *rule)
{
    if (rule->action == RULE_REFUSE_CREDENTIALS)
        return "The AccessKeyID is disabled.";
    if (rule->action == RULE_EXPIRE_TOKEN)
        return "The security token is expired.";
    return refusal_words(rule->refusal.code);
}

static void rules_complete_limit(struct throttle_limit *limit)
{
    if (limit->burst == 0)
        limit->burst = limit->rate > 1 ? limit->rate : 1;
}

/* What was not said. */
static void rules_complete(struct rule *rule)
{
    struct refusal *refusal = &rule->refusal;
    if (refusal->code[0] == 0)
        snprintf(refusal->code, sizeof(refusal->code), "%s", rules_code(rule->action));
    if (refusal->message[0] == 0)
        snprintf(refusal->message, sizeof(refusal->message), "%s", rules_words(rule));
    refusal->status = rule->status != 0 ? (int)rule->status : refusal_status(refusal->code);
    if (rule->action == RULE_ROW_ERROR && refusal->status == 0)
        refusal->status = 400; /* of a row nobody sees it; a single row's request needs one */
    if (rule->ms < 0)
        rule->ms = rule->action == RULE_DRIP ? 10 : 0;
    if (rule->ms_most < 0)
        rule->ms_most = rule->ms;
    if (rule->slow_ms_most < 0)
        rule->slow_ms_most = rule->slow_ms;
    if (rule->bytes < 1 && rule->action != RULE_HALF_ANSWER)
        rule->bytes = 1;
    for (int kind = 0; kind < THROTTLE_KINDS; kind++)
        rules_complete_limit(&rule->limits[kind]);
}

static int rules_check(const struct rules_text *text, const struct json_value *value, struct rule *rule,
                       uint64_t given)
{
    char words[128];
    for (size_t i = 0; i < rule_keys_count; i++) {
        if ((rule_keys[i].needed & RULE_BIT(rule->action)) == 0 || (given >> i & 1) != 0)
            continue;
        snprintf(words, sizeof(words), "%s is missing", rule_keys[i].name);
        return rules_mistake_in_rule(text, value->text.at, SLICE(""), words);
    }
    rules_complete(rule);
    const char *wrong = rules_contradiction(rule, given);
    return wrong == NULL ? 0 : rules_mistake_in_rule(text, value->text.at, SLICE(""), wrong);
}

static int rules_read_rule(const struct rules_text *text, const struct json_value *value, struct rule *rule)
{
    struct json_member members[RULES_MEMBERS] = {{.name = {NULL, 0}}};
    struct json_fault fault;
    uint64_t given = 0;
    rule_keys_preset(rule);
    if (value->kind != JSON_OBJECT)
        return rules_mistake_in_rule(text, value->text.at, SLICE(""), "an object was expected");
    int count = json_object(value->text, JSON_COMMENTS, members, RULES_MEMBERS, &fault);
    if (count < 0)
        return rules_mistake_in_rule(text, value->text.at, SLICE(""), fault.what);
    if (rules_read_action(text, value, members, count, rule) != 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (rules_read_member(text, &members[i], rule, &given) != 0)
            return -1;
    return rules_check(text, value, rule, given);
}

static int rules_read_list(struct rules_text *text, const struct json_member *member, struct rules *rules)
{
    struct json_value values[RULES_MOST];
    struct json_fault fault;
    if (member->value.kind != JSON_ARRAY)
        return rules_mistake(text, member->name.at, "rules", "a list was expected");
    int count = json_array(member->value.text, JSON_COMMENTS, values, RULES_MOST, &fault);
    if (count < 0)
        return rules_mistake(text, member->name.at, "rules", fault.what);
    free(rules->list);
    rules->list = check_memory(calloc((size_t)count + 1, sizeof(rules->list[0])));
    rules->count = (size_t)count;
    for (text->index = 0; text->index < count; text->index++)
        if (rules_read_rule(text, &values[text->index], &rules->list[text->index]) != 0)
            return -1;
    return 0;
}

static int rules_read_seed(const struct rules_text *text, const struct json_member *member,
                           struct rules *rules)
{
    if (member->value.kind != JSON_INTEGER || member->value.integer < 0)
        return rules_mistake(text, member->name.at, "seed", "an integer from 0 was expected");
    rules->seed = member->value.integer;
    return 0;
}

static int rules_read_members(struct rules_text *text, const struct json_member *members, int count,
                              struct rules *rules)
{
    for (int i = 0; i < count; i++) {
        struct slice name = members[i].name;
        int rc = 0;
        if (slice_equal(name, SLICE("rules")))
            rc = rules_read_list(text, &members[i], rules);
        else if (slice_equal(name, SLICE("seed")))
            rc = rules_read_seed(text, &members[i], rules);
        else
            rc = rules_mistake(text, name.at, "unknown key", "seed and rules are known");
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* Each rule draws from a row of numbers of its own. */
static void rules_begin(struct rules *rules)
{
    struct chance chance;
    chance_init(&chance, (uint64_t)rules->seed);
    for (size_t i = 0; i < rules->count; i++) {
        chance_init(&rules->list[i].chance, chance_next(&chance));
        throttle_init(&rules->list[i].throttle);
        rules->list[i].set_ms = rules->clock->now_ms;
    }
}

static bool rules_ends(struct slice json, size_t at)
{
    while (at < json.len && strchr(" \t\r\n", json.at[at]) != NULL && json.at[at] != 0)
        at++;
    return at == json.len;
}

/* The whole text is well-formed and an object: what is wrong from here on is in the words. */
static int rules_open(const struct rules_text *text, struct json_member *members)
{
    struct slice json = text->json;
    struct json_value whole;
    struct json_fault fault = {.what = "an object was expected"};
    size_t end = 0;
    int count = json_value(json, JSON_COMMENTS, &whole, &end, &fault) == 0
                    ? json_object(json, JSON_COMMENTS, members, RULES_MEMBERS, &fault)
                    : -1;
    if (count >= 0 && !rules_ends(json, end)) {
        fault = (struct json_fault){.at = end, .what = "nothing was expected behind the object"};
        count = -1;
    }
    return count < 0 ? rules_mistake(text, json.at + fault.at, "", fault.what) : count;
}

int rules_read(struct rules *rules, struct slice json, struct error *err)
{
    struct rules_text text = {.json = json, .err = err};
    struct json_member members[RULES_MEMBERS] = {{.name = {NULL, 0}}};
    struct rules made;
    int count = rules_open(&text, members);
    if (count < 0)
        return -1;
    rules_init(&made, rules->clock);
    if (rules_read_members(&text, members, count, &made) != 0) {
        rules_fini(&made);
        return -1;
    }
    made.acted = rules->acted;
    rules_begin(&made);
    rules_fini(rules);
    *rules = made;
    return 0;
}
