/* rules_read: fault rules from JSON, each mistake named with its rule and its key. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "emulator/limits.h"
#include "emulator/operation.h"
#include "emulator/row_key.h"
#include "emulator/rules.h"
#include "emulator/visit.h"

enum { RULES_MEMBERS = 32, RULES_MS_MOST = 24 * 3600 * 1000 };

static const struct {
    const char *name;
    enum rule_action action;
} rule_actions[] = {{"row_error", RULE_ROW_ERROR},
                    {"error", RULE_ERROR},
                    {"cut_before", RULE_CUT_BEFORE},
                    {"cut_after", RULE_CUT_AFTER},
                    {"late", RULE_LATE},
                    {"delay", RULE_DELAY},
                    {"hang", RULE_HANG}};

static int rules_text(const struct json_value *value, char *to, size_t room, struct error *err)
{
    if (value->kind != JSON_STRING || value->text.len >= room)
        return error_set(err, ERROR_CONFIG, "a string of less than %zu bytes was expected", room);
    size_t len = json_unescape(value->text, to);
    to[len] = 0;
    if (strlen(to) != len)
        return error_set(err, ERROR_CONFIG, "a zero byte has no place here");
    return 0;
}

static int rules_whole(const struct json_value *value, int64_t least, int64_t most, int64_t *to,
                       struct error *err)
{
    if (value->kind != JSON_INTEGER || value->integer < least || value->integer > most)
        return error_set(err, ERROR_CONFIG, "an integer from %lld to %lld was expected", (long long)least,
                         (long long)most);
    *to = value->integer;
    return 0;
}

static int rules_key_column(const struct json_value *value, struct cell *cell, struct arena *arena,
                            struct error *err)
{
    if (value->kind == JSON_INTEGER) {
        cell->type = CELL_INTEGER;
        cell->integer = value->integer;
        return 0;
    }
    if (value->kind != JSON_STRING || value->text.len > LIMIT_KEY_BYTES)
        return error_set(err, ERROR_CONFIG, "a string or an integer was expected");
    char *to = arena_take(arena, value->text.len);
    cell->type = CELL_STRING;
    cell->bytes = slice_of(to, json_unescape(value->text, to));
    return 0;
}

static int rules_key_columns(const struct json_value *values, int count, struct rule *rule,
                             struct arena *arena, struct error *err)
{
    struct cell cells[LIMIT_KEYS] = {{.op = CELL_PUT}};
    for (int i = 0; i < count; i++)
        if (rules_key_column(&values[i], &cells[i], arena, err) != 0)
            return -1;
    struct slice key = row_key_encode(cells, (uint32_t)count, arena);
    if (key.len > sizeof(rule->key))
        return error_set(err, ERROR_CONFIG, "a key of at most %d bytes was expected", RULE_KEY_MOST);
    memcpy(rule->key, key.at, key.len);
    rule->key_bytes = key.len;
    return 0;
}

static int rules_key(const struct json_value *value, struct rule *rule, struct error *err)
{
    struct json_value values[LIMIT_KEYS];
    struct json_fault fault;
    struct arena arena;
    int count = 1;
    values[0] = *value;
    if (value->kind == JSON_ARRAY)
        count = json_array(value->text, JSON_COMMENTS, values, LIMIT_KEYS, &fault);
    if (count < 1)
        return error_set(err, ERROR_CONFIG, "1 to %d key columns were expected", LIMIT_KEYS);
    arena_init(&arena, 4096);
    int rc = rules_key_columns(values, count, rule, &arena, err);
    arena_fini(&arena);
    return rc;
}

static int rules_probability(const struct json_value *value, double *to, struct error *err)
{
    double number = value->kind == JSON_DOUBLE    ? value->number
                    : value->kind == JSON_INTEGER ? (double)value->integer
                                                  : -1;
    if (!(number >= 0 && number <= 1))
        return error_set(err, ERROR_CONFIG, "a number from 0 to 1 was expected");
    *to = number;
    return 0;
}

static int rules_action(const struct json_value *value, enum rule_action *action, struct error *err)
{
    for (size_t i = 0; i < sizeof(rule_actions) / sizeof(rule_actions[0]); i++) {
        if (value->kind != JSON_STRING || !slice_equal(value->text, slice_text(rule_actions[i].name)))
            continue;
        *action = rule_actions[i].action;
        return 0;
    }
    return error_set(err, ERROR_CONFIG,
                     "one of row_error, error, cut_before, cut_after, late, delay, hang was expected");
}

static int rules_operation(const struct json_value *value, const struct operation **operation,
                           struct error *err)
{
    for (size_t i = 0; i < operation_count(); i++) {
        *operation = operation_at(i);
        if (value->kind == JSON_STRING && slice_equal(value->text, slice_text((*operation)->name)))
            return 0;
    }
    return error_set(err, ERROR_CONFIG, "the name of an operation was expected, for example BulkImport");
}

static int rules_member(const struct json_member *member, struct rule *rule, struct error *err)
{
    const struct json_value *value = &member->value;
    struct slice name = member->name;
    int64_t status = 0;
    int rc = 0;
    if (slice_equal(name, SLICE("action")))
        return rules_action(value, &rule->action, err);
    if (slice_equal(name, SLICE("operation")))
        return rules_operation(value, &rule->operation, err);
    if (slice_equal(name, SLICE("table")))
        return rules_text(value, rule->table, sizeof(rule->table), err);
    if (slice_equal(name, SLICE("key")))
        return rules_key(value, rule, err);
    if (slice_equal(name, SLICE("code")))
        return rules_text(value, rule->refusal.code, sizeof(rule->refusal.code), err);
    if (slice_equal(name, SLICE("message")))
        return rules_text(value, rule->refusal.message, sizeof(rule->refusal.message), err);
    if (slice_equal(name, SLICE("text")))
        return rules_text(value, rule->text, sizeof(rule->text), err);
    if (slice_equal(name, SLICE("probability")))
        return rules_probability(value, &rule->probability, err);
    if (slice_equal(name, SLICE("skip")))
        return rules_whole(value, 0, INT64_MAX, &rule->skip, err);
    if (slice_equal(name, SLICE("count")))
        return rules_whole(value, 0, INT64_MAX, &rule->count, err);
    if (slice_equal(name, SLICE("ms")))
        return rules_whole(value, 0, RULES_MS_MOST, &rule->ms, err);
    if (slice_equal(name, SLICE("ms_most")))
        return rules_whole(value, 0, RULES_MS_MOST, &rule->ms_most, err);
    if (!slice_equal(name, SLICE("status")))
        return error_set(err, ERROR_CONFIG, "unknown key");
    rc = rules_whole(value, 300, 599, &status, err);
    rule->refusal.status = (int)status;
    return rc;
}

/* What was not said: the service's own words and status for the code. */
static int rules_complete(struct rule *rule, struct error *err)
{
    struct refusal *refusal = &rule->refusal;
    if (rule->action == RULE_NOTHING)
        return error_set(err, ERROR_CONFIG, "action is missing");
    if (refusal->code[0] == 0)
        snprintf(refusal->code, sizeof(refusal->code), "OTSServerBusy");
    if (refusal->message[0] == 0)
        snprintf(refusal->message, sizeof(refusal->message), "%s", refusal_words(refusal->code));
    if (refusal->status == 0)
        refusal->status = refusal_status(refusal->code);
    if (refusal->status == 0)
        return error_set(err, ERROR_CONFIG, "status is missing: the code %s is not the service's",
                         refusal->code);
    if (rule->ms_most == 0)
        rule->ms_most = rule->ms;
    if (rule->ms_most < rule->ms)
        return error_set(err, ERROR_CONFIG, "ms_most is less than ms");
    if ((rule->action == RULE_DELAY || rule->action == RULE_LATE) && rule->ms_most == 0)
        return error_set(err, ERROR_CONFIG, "ms is missing");
    return 0;
}

static int rules_read_rule(const struct json_value *value, struct rule *rule, struct error *err)
{
    struct json_member members[RULES_MEMBERS];
    struct json_fault fault;
    *rule = (struct rule){.probability = 1, .count = -1};
    if (value->kind != JSON_OBJECT)
        return error_set(err, ERROR_CONFIG, "an object was expected");
    int count = json_object(value->text, JSON_COMMENTS, members, RULES_MEMBERS, &fault);
    if (count < 0)
        return error_set(err, ERROR_CONFIG, "%s", fault.what);
    for (int i = 0; i < count; i++)
        if (rules_member(&members[i], rule, err) != 0)
            return error_wrap(err, "%.*s", SLICE_ARG(members[i].name));
    return rules_complete(rule, err);
}

static int rules_read_list(const struct json_value *value, struct rules *rules, struct error *err)
{
    struct json_value values[RULES_MOST];
    struct json_fault fault;
    if (value->kind != JSON_ARRAY)
        return error_set(err, ERROR_CONFIG, "rules: a list was expected");
    int count = json_array(value->text, JSON_COMMENTS, values, RULES_MOST, &fault);
    if (count < 0)
        return error_set(err, ERROR_CONFIG, "rules: %s", fault.what);
    free(rules->list);
    rules->list = check_memory(calloc((size_t)count + 1, sizeof(rules->list[0])));
    rules->count = (size_t)count;
    for (int i = 0; i < count; i++)
        if (rules_read_rule(&values[i], &rules->list[i], err) != 0)
            return error_wrap(err, "rules[%d]", i);
    return 0;
}

static int rules_read_members(const struct json_member *members, int count, struct rules *rules,
                              struct error *err)
{
    int64_t seed = 1;
    for (int i = 0; i < count; i++) {
        struct slice name = members[i].name;
        if (slice_equal(name, SLICE("rules")))
            if (rules_read_list(&members[i].value, rules, err) != 0)
                return -1;
        if (slice_equal(name, SLICE("seed")))
            if (rules_whole(&members[i].value, 0, INT64_MAX, &seed, err) != 0)
                return error_wrap(err, "seed");
        if (!slice_equal(name, SLICE("rules")) && !slice_equal(name, SLICE("seed")))
            return error_set(err, ERROR_CONFIG, "%.*s: unknown key; seed and rules are known",
                             SLICE_ARG(name));
    }
    chance_init(&rules->chance, (uint64_t)seed);
    return 0;
}

static bool rules_ends(struct slice json, size_t at)
{
    while (at < json.len && strchr(" \t\r\n", json.at[at]) != NULL && json.at[at] != 0)
        at++;
    return at == json.len;
}

int rules_read(struct rules *rules, struct slice json, struct error *err)
{
    struct json_member members[RULES_MEMBERS];
    struct json_value whole;
    struct json_fault fault = {.what = "an object was expected"};
    struct rules made;
    unsigned line = 0;
    unsigned column = 0;
    size_t end = 0;
    rules_init(&made);
    int count = json_value(json, JSON_COMMENTS, &whole, &end, &fault) == 0
                    ? json_object(json, JSON_COMMENTS, members, RULES_MEMBERS, &fault)
                    : -1;
    if (count >= 0 && !rules_ends(json, end)) {
        fault = (struct json_fault){.at = end, .what = "nothing was expected behind the object"};
        count = -1;
    }
    if (count < 0) {
        json_place(json, fault.at, &line, &column);
        return error_set(err, ERROR_CONFIG, "line %u, column %u: %s", line, column, fault.what);
    }
    if (rules_read_members(members, count, &made, err) != 0) {
        rules_fini(&made);
        return -1;
    }
    made.acted = rules->acted;
    rules_fini(rules);
    *rules = made;
    return 0;
}
