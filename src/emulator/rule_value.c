/* rule_value: what the values of a rule's keys may look like. */
#include <stdio.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/error.h"
#include "config/nearest.h"
#include "emulator/operation.h"
#include "emulator/row_key.h"
#include "emulator/rule_keys.h"

enum { VALUE_WORD_MOST = 64, VALUE_LIST_MOST = 64 };

static int value_unescape(const struct json_value *value, char *to, size_t most, size_t *len,
                          struct error *err)
{
    if (value->kind != JSON_STRING || value->text.len > most)
        return error_set(err, ERROR_CONFIG, "a string of at most %zu bytes was expected", most);
    *len = json_unescape(value->text, to);
    return 0;
}

static int text_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    char *text = to;
    size_t len = 0;
    if (value_unescape(value, text, (size_t)key->most, &len, err) != 0)
        return -1;
    text[len] = 0;
    if (strlen(text) != len)
        return error_set(err, ERROR_CONFIG, "a zero byte has no place here");
    if (len < (size_t)key->least)
        return error_set(err, ERROR_CONFIG, "it is empty");
    return 0;
}

static int body_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    struct rule_body *body = to;
    if (value_unescape(value, body->at, (size_t)key->most, &body->len, err) != 0)
        return -1;
    return body->len > 0 ? 0 : error_set(err, ERROR_CONFIG, "it is empty");
}

static int base64_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    struct rule_body *body = to;
    bool fits = value->kind == JSON_STRING && value->text.len / 4 * 3 <= (size_t)key->most;
    ssize_t len = fits ? base64_decode(value->text, body->at) : -1;
    if (len <= 0)
        return error_set(err, ERROR_CONFIG, "base64 of 1 to %lld bytes was expected", (long long)key->most);
    body->len = (size_t)len;
    return 0;
}

static int whole_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    if (value->kind != JSON_INTEGER || value->integer < key->least || value->integer > key->most)
        return error_set(err, ERROR_CONFIG, "an integer from %lld to %lld was expected",
                         (long long)key->least, (long long)key->most);
    *(int64_t *)to = value->integer;
    return 0;
}

static int fraction_set(const struct rule_key *key, const struct json_value *value, void *to,
                        struct error *err)
{
    double number = value->kind == JSON_DOUBLE    ? value->number
                    : value->kind == JSON_INTEGER ? (double)value->integer
                                                  : -1;
    (void)key;
    if (!(number >= 0 && number <= 1))
        return error_set(err, ERROR_CONFIG, "a number from 0 to 1 was expected");
    *(double *)to = number;
    return 0;
}

static int truth_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    (void)key;
    if (value->kind != JSON_TRUE && value->kind != JSON_FALSE)
        return error_set(err, ERROR_CONFIG, "true or false was expected");
    *(bool *)to = value->kind == JSON_TRUE;
    return 0;
}

/* A string of a fixed list; "" when it is none of that size. */
static void value_word(const struct json_value *value, char word[VALUE_WORD_MOST + 1])
{
    size_t len = 0;
    struct error ignored;
    if (value_unescape(value, word, VALUE_WORD_MOST, &len, &ignored) != 0)
        len = 0;
    word[len] = 0;
}

static int hangup_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    char word[VALUE_WORD_MOST + 1];
    (void)key;
    value_word(value, word);
    *(bool *)to = strcmp(word, "drop") == 0;
    if (strcmp(word, "drop") != 0 && strcmp(word, "apply") != 0)
        return error_set(err, ERROR_CONFIG, "\"apply\" or \"drop\" was expected");
    return 0;
}

static int value_refuse_action(const char *word, struct error *err)
{
    struct config_nearest nearest = config_nearest_begin(word);
    struct buffer known;
    buffer_init(&known, 1024);
    rule_keys_put_actions(&known);
    for (int i = 1; i < RULE_ACTIONS; i++)
        config_nearest_try(&nearest, rule_keys_actions[i].name);
    if (nearest.name != NULL)
        error_set(err, ERROR_CONFIG, "\"%s\" is not known; did you mean %s?", word, nearest.name);
    else
        error_set(err, ERROR_CONFIG, "one of %.*s was expected", SLICE_ARG(buffer_slice(&known)));
    buffer_fini(&known);
    return -1;
}

static int action_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    char word[VALUE_WORD_MOST + 1];
    (void)key;
    value_word(value, word);
    for (int i = 1; i < RULE_ACTIONS; i++) {
        if (strcmp(word, rule_keys_actions[i].name) != 0)
            continue;
        *(enum rule_action *)to = (enum rule_action)i;
        return 0;
    }
    return value_refuse_action(word, err);
}

static int value_refuse_operation(const char *word, struct error *err)
{
    struct config_nearest nearest = config_nearest_begin(word);
    for (size_t i = 0; i < operation_count(); i++)
        config_nearest_try(&nearest, operation_at(i)->name);
    if (nearest.name != NULL)
        return error_set(err, ERROR_CONFIG, "\"%s\" is not known; did you mean %s?", word, nearest.name);
    return error_set(err, ERROR_CONFIG, "the name of an operation was expected, for example BulkImport");
}

static int value_set_operation(const struct json_value *value, uint64_t *bits, struct error *err)
{
    char word[VALUE_WORD_MOST + 1];
    value_word(value, word);
    if (strcmp(word, "*") == 0) {
        *bits = UINT64_MAX;
        return 0;
    }
    for (size_t i = 0; i < operation_count(); i++) {
        if (strcmp(word, operation_at(i)->name) != 0)
            continue;
        *bits |= (uint64_t)1 << i;
        return 0;
    }
    return value_refuse_operation(word, err);
}

static int operations_set(const struct rule_key *key, const struct json_value *value, void *to,
                          struct error *err)
{
    struct json_value values[VALUE_LIST_MOST];
    struct json_fault fault;
    uint64_t *bits = to;
    (void)key;
    *bits = 0;
    if (value->kind != JSON_ARRAY)
        return value_set_operation(value, bits, err);
    int count = json_array(value->text, JSON_COMMENTS, values, VALUE_LIST_MOST, &fault);
    if (count < 1)
        return error_set(err, ERROR_CONFIG, "a list of operations was expected");
    for (int i = 0; i < count; i++)
        if (value_set_operation(&values[i], bits, err) != 0)
            return -1;
    return 0;
}

/* ---- primary keys ---- */

static int key_column(const struct json_value *value, struct cell *cell, struct arena *arena,
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

static int key_columns(const struct json_value *values, int count, struct rule *rule, struct arena *arena,
                       struct error *err)
{
    struct cell cells[LIMIT_KEYS] = {{.op = CELL_PUT}};
    for (int i = 0; i < count; i++)
        if (key_column(&values[i], &cells[i], arena, err) != 0)
            return -1;
    struct slice key = row_key_encode(cells, (uint32_t)count, arena);
    if (key.len > sizeof(rule->key))
        return error_set(err, ERROR_CONFIG, "a key of at most %d bytes was expected", RULE_KEY_MOST);
    memcpy(rule->key, key.at, key.len);
    rule->key_bytes = key.len;
    return 0;
}

static int key_set(const struct rule_key *key, const struct json_value *value, void *to, struct error *err)
{
    struct json_value values[LIMIT_KEYS];
    struct json_fault fault;
    struct arena arena;
    int count = 1;
    (void)key;
    values[0] = *value;
    if (value->kind == JSON_ARRAY)
        count = json_array(value->text, JSON_COMMENTS, values, LIMIT_KEYS, &fault);
    if (count < 1)
        return error_set(err, ERROR_CONFIG, "1 to %d key columns were expected", LIMIT_KEYS);
    arena_init(&arena, 4096);
    int rc = key_columns(values, count, to, &arena, err);
    arena_fini(&arena);
    return rc;
}

/* An encoded string without the two bytes that end it. */
static int key_prefix_set(const struct rule_key *key, const struct json_value *value, void *to,
                          struct error *err)
{
    struct rule *rule = to;
    if (value->kind != JSON_STRING)
        return error_set(err, ERROR_CONFIG, "a string was expected");
    if (key_set(key, value, to, err) != 0)
        return -1;
    rule->key_bytes -= 2;
    return 0;
}

const struct rule_type rule_value_text = {"text", text_set};
const struct rule_type rule_value_body = {"text", body_set};
const struct rule_type rule_value_base64 = {"base64", base64_set};
const struct rule_type rule_value_whole = {"integer", whole_set};
const struct rule_type rule_value_fraction = {"0 to 1", fraction_set};
const struct rule_type rule_value_truth = {"true, false", truth_set};
const struct rule_type rule_value_hangup = {"apply, drop", hangup_set};
const struct rule_type rule_value_action = {"an action", action_set};
const struct rule_type rule_value_operations = {"a name or a list of names", operations_set};
const struct rule_type rule_value_key = {"text, integer, or a list of them", key_set};
const struct rule_type rule_value_key_prefix = {"text", key_prefix_set};
