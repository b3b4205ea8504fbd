/* table_key: keys and bounds of ranges. A bound's missing columns are the least or the greatest there is. */
#include "cli/table_key.h"

#include <ctype.h>
#include <strings.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"
#include "cli/screen.h"

enum { SHOWN = 60, NAME_SHOWN = 255 };

static int key_refuse(struct slice name, const char *text, const char *wanted, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%.*s: \"%.*s%s\": %s was expected", (int)name.len, name.at, SHOWN,
                     text, strlen(text) > SHOWN ? "..." : "", wanted);
}

static int key_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    char lower = (char)tolower((unsigned char)digit);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Bytes, or at NULL when it is not hexadecimal. */
static struct slice key_hex(const char *text, struct arena *arena)
{
    size_t len = strlen(text);
    char *bytes = arena_take(arena, len / 2 + 1);
    if (len % 2 != 0)
        return slice_of(NULL, 0);
    for (size_t i = 0; i < len; i++) {
        int digit = key_digit(text[i]);
        if (digit < 0)
            return slice_of(NULL, 0);
        bytes[i / 2] = (char)(i % 2 == 0 ? digit << 4 : bytes[i / 2] | digit);
    }
    return slice_of(bytes, len / 2);
}

static struct slice key_base64(const char *text, struct arena *arena)
{
    char *bytes = arena_take(arena, strlen(text) + 1);
    ssize_t len = base64_decode(slice_text(text), bytes);
    return len < 0 ? slice_of(NULL, 0) : slice_of(bytes, (size_t)len);
}

static int key_binary(const char *text, struct arena *arena, struct cell *cell, struct error *err)
{
    cell->bytes = (struct slice){NULL, 0};
    if (strncmp(text, "hex:", 4) == 0)
        cell->bytes = key_hex(text + 4, arena);
    else if (strncmp(text, "base64:", 7) == 0)
        cell->bytes = key_base64(text + 7, arena);
    return cell->bytes.at != NULL ? 0
                                  : key_refuse(cell->name, text, "binary as hex:00ff or base64:AP8=", err);
}

/* A double as JSON has it, or one of its three names. */
static int key_double(const char *text, struct cell *cell, struct error *err)
{
    struct json_value value;
    struct json_fault fault = {0};
    static const char *const names[] = {"NaN", "Infinity", "-Infinity"};
    static const double numbers[] = {__builtin_nan(""), __builtin_inf(), -__builtin_inf()};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            cell->number = numbers[i];
            return 0;
        }
    size_t end = 0;
    bool good = (text[0] == '-' || isdigit((unsigned char)text[0])) &&
                json_value(slice_text(text), 0, &value, &end, &fault) == 0 && end == strlen(text);
    if (!good || (value.kind != JSON_INTEGER && value.kind != JSON_DOUBLE && value.kind != JSON_BIG))
        return key_refuse(cell->name, text, "a number", err);
    cell->number = number_double(value.kind == JSON_INTEGER ? slice_text(text) : value.text);
    return __builtin_isfinite(cell->number)
               ? 0
               : key_refuse(cell->name, text, "a number that a double holds", err);
}

static int key_boolean(const char *text, struct cell *cell, struct error *err)
{
    cell->boolean = strcmp(text, "true") == 0;
    return cell->boolean || strcmp(text, "false") == 0 ? 0
                                                       : key_refuse(cell->name, text, "true or false", err);
}

static int key_string(const char *text, struct cell *cell, struct error *err)
{
    cell->bytes = slice_text(text);
    const char *end = text + cell->bytes.len;
    return utf8_check(text, end) == end ? 0 : key_refuse(cell->name, "...", "UTF-8", err);
}

int table_key_cell(struct slice name, enum cell_type type, const char *text, struct arena *arena,
                   struct cell *cell, struct error *err)
{
    *cell = (struct cell){.name = name, .type = type == CELL_AUTO_INCREMENT ? CELL_INTEGER : type};
    switch (cell->type) {
    case CELL_INTEGER:
        return number_int64(slice_text(text), &cell->integer)
                   ? 0
                   : key_refuse(name, text, "an integer of 64 bits", err);
    case CELL_DOUBLE:
        return key_double(text, cell, err);
    case CELL_BOOLEAN:
        return key_boolean(text, cell, err);
    case CELL_BINARY:
        return key_binary(text, arena, cell, err);
    case CELL_STRING:
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    return key_string(text, cell, err);
}

static int key_count_wrong(const struct mapping_plan *schema, size_t count, struct error *err)
{
    struct buffer keys;
    buffer_init(&keys, SIZE_MAX);
    table_key_print(schema, &keys);
    error_set(err, ERROR_CONFIG, "%zu values for a key of %u: (%.*s)", count, schema->key_count,
              (int)keys.len, keys.at);
    buffer_fini(&keys);
    return -1;
}

/* The first columns, as many as there are texts. */
static int key_begin(const struct mapping_plan *schema, const struct word_list *texts, struct arena *arena,
                     struct row *key, struct error *err)
{
    *key = (struct row){.op = ROW_PUT, .key_count = schema->key_count};
    key->keys = arena_take(arena, MAPPING_KEYS_MOST * sizeof(*key->keys));
    if (texts->count > schema->key_count)
        return key_count_wrong(schema, texts->count, err);
    for (size_t i = 0; i < texts->count; i++)
        if (table_key_cell(schema->keys[i].name, schema->keys[i].type, texts->at[i], arena, &key->keys[i],
                           err) != 0)
            return -1;
    return 0;
}

int table_key_read(const struct mapping_plan *schema, const struct word_list *texts, struct arena *arena,
                   struct row *key, struct error *err)
{
    if (texts->count != schema->key_count)
        return key_count_wrong(schema, texts->count, err);
    return key_begin(schema, texts, arena, key, err);
}

static void key_fill(const struct mapping_plan *schema, struct row *key, size_t from, enum cell_type type)
{
    for (size_t i = from; i < schema->key_count; i++)
        key->keys[i] = (struct cell){.name = schema->keys[i].name, .type = type};
}

/* The least text above all that begin with this one: its last character that has a next one, raised. In the
 * order of UTF-8, which is that of its bytes. False: there is none. */
static bool key_next_string(struct slice text, struct arena *arena, struct slice *next)
{
    char *to = arena_take(arena, text.len + 4);
    memcpy(to, text.at, text.len);
    for (size_t end = text.len; end > 0;) {
        size_t at = end - 1;
        while (at > 0 && ((unsigned char)to[at] & 0xc0) == 0x80)
            at--;
        uint32_t character = utf8_character(to + at, end - at);
        if (character < 0x10ffff) {
            *next =
                slice_of(to, (size_t)(utf8_put(to + at, character == 0xd7ff ? 0xe000 : character + 1) - to));
            return true;
        }
        end = at;
    }
    return false;
}

static bool key_next_binary(struct slice bytes, struct arena *arena, struct slice *next)
{
    char *to = arena_take(arena, bytes.len + 1);
    memcpy(to, bytes.at, bytes.len);
    for (size_t end = bytes.len; end > 0; end--)
        if ((unsigned char)to[end - 1] != 0xff) {
            to[end - 1]++;
            *next = slice_of(to, end);
            return true;
        }
    return false;
}

/* Behind everything whose column begins as this cell does. */
static void key_raise(struct cell *cell, struct arena *arena)
{
    struct slice next;
    bool raised = cell->type == CELL_STRING ? key_next_string(cell->bytes, arena, &next)
                                            : key_next_binary(cell->bytes, arena, &next);
    if (raised)
        cell->bytes = next;
    else
        *cell = (struct cell){.name = cell->name, .type = CELL_INF_MAX};
}

/* --key and --prefix as bounds that go up: low inclusive, high exclusive. */
static int key_cover(const struct mapping_plan *schema, const struct table_words *words, struct arena *arena,
                     struct row *low, struct row *high, struct error *err)
{
    bool prefix = words->prefix.count > 0;
    const struct word_list *texts = prefix ? &words->prefix : &words->key;
    size_t last = texts->count - 1;
    if (key_begin(schema, texts, arena, low, err) != 0 || key_begin(schema, texts, arena, high, err) != 0)
        return -1;
    bool open = prefix && (low->keys[last].type == CELL_STRING || low->keys[last].type == CELL_BINARY);
    if (!open && texts->count == schema->key_count)
        return error_set(err, ERROR_CONFIG, "--%s: this is a whole key: 'otspipe table get' shows its row",
                         prefix ? "prefix" : "key");
    key_fill(schema, low, texts->count, CELL_INF_MIN);
    key_fill(schema, high, texts->count, open ? CELL_INF_MIN : CELL_INF_MAX);
    if (open)
        key_raise(&high->keys[last], arena);
    return 0;
}

/* The columns that are not given are put so that all rows with those that are belong to --from, and none to
 * --to. */
static int key_between(const struct mapping_plan *schema, const struct table_words *words,
                       struct arena *arena, struct table_key_range *range, struct error *err)
{
    enum cell_type least = words->reverse ? CELL_INF_MAX : CELL_INF_MIN;
    enum cell_type most = words->reverse ? CELL_INF_MIN : CELL_INF_MAX;
    if (key_begin(schema, &words->from, arena, &range->start, err) != 0)
        return error_wrap(err, "--from");
    if (key_begin(schema, &words->to, arena, &range->end, err) != 0)
        return error_wrap(err, "--to");
    key_fill(schema, &range->start, words->from.count, least);
    key_fill(schema, &range->end, words->to.count, words->to.count > 0 ? least : most);
    return 0;
}

/* Down to the least value of the last column, watching where the prefix ends. */
static void key_check_last(const struct mapping_plan *schema, struct table_key_range *range)
{
    struct cell *last = &range->end.keys[schema->key_count - 1];
    range->checked = true;
    range->begins = last->bytes;
    *last = (struct cell){.name = last->name, .type = CELL_INF_MIN};
}

int table_key_range(const struct mapping_plan *schema, const struct table_words *words, struct arena *arena,
                    struct table_key_range *range, struct error *err)
{
    *range = (struct table_key_range){.checked = false};
    size_t ways =
        (words->key.count > 0) + (words->prefix.count > 0) + (words->from.count + words->to.count > 0);
    if (ways > 1)
        return error_set(err, ERROR_CONFIG, "--key, --prefix, or --from and --to: one of the three");
    if (words->key.count + words->prefix.count == 0)
        return key_between(schema, words, arena, range, err);
    if (!words->reverse)
        return key_cover(schema, words, arena, &range->start, &range->end, err);
    if (key_cover(schema, words, arena, &range->end, &range->start, err) != 0)
        return -1;
    if (words->prefix.count == schema->key_count)
        key_check_last(schema, range);
    return 0;
}

int table_key_place(const struct table_key_range *range, const struct row *row)
{
    if (!range->checked || row->key_count == 0)
        return 0;
    const struct cell *cell = &row->keys[row->key_count - 1];
    if (cell->type != CELL_STRING && cell->type != CELL_BINARY)
        return 0;
    size_t len = cell->bytes.len < range->begins.len ? cell->bytes.len : range->begins.len;
    return slice_compare(slice_of(cell->bytes.at, len), range->begins);
}

const char *table_key_type_name(enum cell_type type)
{
    static const char *const names[] = {
        [CELL_INTEGER] = "integer", [CELL_DOUBLE] = "double",  [CELL_BOOLEAN] = "boolean",
        [CELL_STRING] = "string",   [CELL_BINARY] = "binary",  [CELL_AUTO_INCREMENT] = "auto_increment",
        [CELL_INF_MIN] = "inf_min", [CELL_INF_MAX] = "inf_max"};
    return names[type];
}

void table_key_print(const struct mapping_plan *schema, struct buffer *to)
{
    for (uint32_t i = 0; i < schema->key_count; i++) {
        buffer_print(to, "%s", i == 0 ? "" : ", ");
        screen_put(to, schema->keys[i].name, NAME_SHOWN);
        buffer_print(to, " %s", table_key_type_name(schema->keys[i].type));
    }
}

static int key_declare_one(char *text, struct mapping_column *column, struct error *err)
{
    static const enum cell_type types[] = {CELL_STRING, CELL_INTEGER, CELL_BINARY, CELL_AUTO_INCREMENT};
    char *colon = strchr(text, ':');
    if (colon == NULL || colon == text)
        return error_set(err, ERROR_CONFIG, "%.*s: name:type was expected, for example id:string", SHOWN,
                         text);
    *colon = 0;
    column->name = slice_text(text);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcasecmp(colon + 1, table_key_type_name(types[i])) == 0) {
            column->type = types[i];
            return 0;
        }
    return key_refuse(column->name, colon + 1, "string, integer, binary or auto_increment", err);
}

int table_key_declare(char *text, struct mapping_plan *schema, struct error *err)
{
    char *rest = text;
    for (char *one = strsep(&rest, ","); one != NULL; one = strsep(&rest, ",")) {
        if (schema->key_count == MAPPING_KEYS_MOST)
            return error_set(err, ERROR_CONFIG, "a primary key has at most %d columns", MAPPING_KEYS_MOST);
        if (key_declare_one(one, &schema->keys[schema->key_count++], err) != 0)
            return -1;
    }
    return 0;
}
