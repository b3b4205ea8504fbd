/* cell: one function for each type of column, one table that leads to them. */
#include "mapping/cell.h"

#include <endian.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/check.h"
#include "mapping/exact.h"
#include "mapping/java_number.h"

static const char *const cell_big = "an integer beyond 64 bits";

bool cell_is_nested(const struct value_field *field)
{
    return field->type == VALUE_ARRAY || field->type == VALUE_MAP || field->type == VALUE_STRUCT;
}

static bool cell_is_integer(const struct value_field *field)
{
    return field->type >= VALUE_INT8 && field->type <= VALUE_INT64;
}

static bool cell_is_double(const struct value_field *field)
{
    return field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64;
}

/* Texts that may hold a number: strings and Decimals. */
static bool cell_is_text(const struct value_field *field)
{
    return field->type == VALUE_STRING || field->decimal;
}

const char *cell_type_name(enum cell_type type)
{
    switch (type) {
    case CELL_INTEGER:
        return "integer";
    case CELL_DOUBLE:
        return "double";
    case CELL_BOOLEAN:
        return "boolean";
    case CELL_STRING:
        return "string";
    case CELL_BINARY:
        return "binary";
    case CELL_AUTO_INCREMENT:
        return "auto_increment";
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    return "no type of a column";
}

static const char *cell_set_text(struct cell *cell, enum cell_type type, struct slice text)
{
    cell->type = type;
    cell->bytes = text;
    return NULL;
}

/* ---- integer ---- */

static const char *cell_exact_words(enum exact_result result, const char *not_a_number, const char *range)
{
    switch (result) {
    case EXACT_NOT_A_NUMBER:
        return not_a_number;
    case EXACT_FRACTION:
        return "a number with a fraction cannot become an integer";
    case EXACT_RANGE:
        return range;
    case EXACT_OK:
        break;
    }
    return NULL;
}

static const char *cell_to_integer(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    (void)arena;
    enum exact_result result = EXACT_NOT_A_NUMBER;
    cell->type = CELL_INTEGER;
    if (cell_is_integer(field)) {
        cell->integer = field->integer;
        return NULL;
    }
    if (cell_is_double(field))
        result = exact_int64_of_double(field->number, &cell->integer);
    else if (cell_is_text(field))
        result = exact_int64(field->text, &cell->integer);
    else
        return field->type == VALUE_BIG ? cell_big : "neither a number nor a text cannot become an integer";
    return cell_exact_words(result, "a text that is not a number cannot become an integer",
                            "a number outside of int64 cannot become an integer");
}

/* ---- double ---- */

static const char *cell_to_double(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    (void)arena;
    cell->type = CELL_DOUBLE;
    if (cell_is_double(field)) {
        cell->number = field->number;
        return NULL;
    }
    if (cell_is_integer(field))
        return exact_double_of_int64(field->integer, &cell->number) ? NULL
                                                                    : "an integer that a double would round";
    if (!cell_is_text(field))
        return field->type == VALUE_BIG ? cell_big : "neither a number nor a text cannot become a double";
    return cell_exact_words(exact_double(field->text, &cell->number),
                            "a text that is not a number cannot become a double",
                            "a number that a double would round or cannot hold");
}

/* ---- boolean ---- */

static const char *cell_boolean_of(struct cell *cell, bool known, bool value)
{
    cell->boolean = value;
    return known ? NULL : "only booleans, 0, 1, and the texts true and false can become a boolean";
}

/* The texts as Kafka Connect takes them: with blanks around, and in small letters only. */
static bool cell_boolean_text(struct slice text, bool *value)
{
    while (text.len > 0 && (uint8_t)text.at[0] <= ' ')
        text = slice_of(text.at + 1, text.len - 1);
    while (text.len > 0 && (uint8_t)text.at[text.len - 1] <= ' ')
        text.len--;
    *value = slice_equal(text, SLICE("true"));
    return *value || slice_equal(text, SLICE("false"));
}

static const char *cell_to_boolean(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    (void)arena;
    cell->type = CELL_BOOLEAN;
    if (field->type == VALUE_BOOLEAN)
        return cell_boolean_of(cell, true, field->boolean);
    if (cell_is_integer(field))
        return cell_boolean_of(cell, field->integer == 0 || field->integer == 1, field->integer == 1);
    if (cell_is_double(field))
        return cell_boolean_of(cell, field->number == 0 || field->number == 1, field->number == 1);
    bool yes = false;
    bool known = field->type == VALUE_STRING && cell_boolean_text(field->text, &yes);
    return cell_boolean_of(cell, known, yes);
}

/* ---- string ---- */

static const char *cell_string_of_number(const struct value_field *field, struct arena *arena,
                                         struct cell *cell)
{
    char *to = arena_take(arena, JAVA_NUMBER_BYTES);
    size_t len = cell_is_integer(field) ? java_number_int64(field->integer, to)
                                        : java_number_double(field->number, field->type == VALUE_FLOAT32, to);
    return cell_set_text(cell, CELL_STRING, slice_of(to, len));
}

static const char *cell_string_of_bytes(const struct value_field *field, struct arena *arena,
                                        struct cell *cell)
{
    char *to = arena_take(arena, BASE64_BYTES(field->text.len));
    return cell_set_text(cell, CELL_STRING, slice_of(to, base64_encode(field->text, to)));
}

/* Kafka Connect's reader takes leading zeros, and a number has none. */
static const char *cell_string_of_big(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    size_t sign = field->text.at[0] == '-', zeros = 0;
    while (field->text.at[sign + zeros] == '0')
        zeros++;
    size_t len = field->text.len - zeros;
    char *to = arena_take(arena, len);
    memcpy(to, field->text.at, sign);
    memcpy(to + sign, field->text.at + sign + zeros, len - sign);
    return cell_set_text(cell, CELL_STRING, slice_of(to, len));
}

static const char *cell_to_string(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    if (cell_is_integer(field) || cell_is_double(field))
        return cell_string_of_number(field, arena, cell);
    if (field->type == VALUE_BOOLEAN)
        return cell_set_text(cell, CELL_STRING, field->boolean ? SLICE("true") : SLICE("false"));
    if (field->type == VALUE_BYTES && !field->decimal)
        return cell_string_of_bytes(field, arena, cell);
    if (field->type == VALUE_BIG)
        return cell_string_of_big(field, arena, cell);
    return cell_set_text(cell, CELL_STRING, field->text);
}

/* ---- binary ---- */

/* The last `bytes` bytes of the big-endian number. */
static const char *cell_binary_of(uint64_t bits, size_t bytes, struct arena *arena, struct cell *cell)
{
    char *to = arena_take(arena, sizeof(bits));
    bits = htobe64(bits << (64 - 8 * bytes));
    memcpy(to, &bits, sizeof(bits));
    return cell_set_text(cell, CELL_BINARY, slice_of(to, bytes));
}

static uint64_t cell_double_bits(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static uint32_t cell_float_bits(float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static const char *cell_to_binary(const struct value_field *field, struct arena *arena, struct cell *cell)
{
    switch (field->type) {
    case VALUE_INT8:
        return cell_binary_of((uint64_t)field->integer, 1, arena, cell);
    case VALUE_INT16:
        return cell_binary_of((uint64_t)field->integer, 2, arena, cell);
    case VALUE_INT32:
        return cell_binary_of((uint64_t)field->integer, 4, arena, cell);
    case VALUE_INT64:
        return cell_binary_of((uint64_t)field->integer, 8, arena, cell);
    case VALUE_FLOAT32:
        return cell_binary_of(cell_float_bits((float)field->number), 4, arena, cell);
    case VALUE_FLOAT64:
        return cell_binary_of(cell_double_bits(field->number), 8, arena, cell);
    case VALUE_BOOLEAN:
        return cell_set_text(cell, CELL_BINARY, field->boolean ? SLICE("\xff") : SLICE("\0"));
    case VALUE_STRING:
    case VALUE_BYTES:
        return cell_set_text(cell, CELL_BINARY, field->text);
    case VALUE_BIG:
        return cell_big;
    case VALUE_NULL:
    case VALUE_ARRAY:
    case VALUE_MAP:
    case VALUE_STRUCT:
        break;
    }
    return "an object or an array cannot become binary";
}

/* ---- which of them ---- */

typedef const char *cell_to_fn(const struct value_field *field, struct arena *arena, struct cell *cell);

static cell_to_fn *const cell_to[] = {
    [CELL_INTEGER] = cell_to_integer,
    [CELL_DOUBLE] = cell_to_double,
    [CELL_BOOLEAN] = cell_to_boolean,
    [CELL_STRING] = cell_to_string,
    [CELL_BINARY] = cell_to_binary,
    [CELL_AUTO_INCREMENT] = cell_to_integer, /* a key column that has its number already */
};

const char *cell_convert(const struct value_field *field, enum cell_type type, struct arena *arena,
                         struct cell *cell)
{
    CHECK(type <= CELL_AUTO_INCREMENT && !field->is_null);
    return cell_to[type](field, arena, cell);
}

/* The manual's table of types. */
static enum cell_type cell_type_of(const struct value_field *field)
{
    static const enum cell_type types[] = {
        [VALUE_INT8] = CELL_INTEGER,    [VALUE_INT16] = CELL_INTEGER,  [VALUE_INT32] = CELL_INTEGER,
        [VALUE_INT64] = CELL_INTEGER,   [VALUE_FLOAT32] = CELL_DOUBLE, [VALUE_FLOAT64] = CELL_DOUBLE,
        [VALUE_BOOLEAN] = CELL_BOOLEAN, [VALUE_STRING] = CELL_STRING,  [VALUE_BYTES] = CELL_BINARY,
        [VALUE_ARRAY] = CELL_STRING,    [VALUE_MAP] = CELL_STRING,     [VALUE_STRUCT] = CELL_STRING,
        [VALUE_BIG] = CELL_INTEGER,
    };
    return types[field->type];
}

/* As its own type: nothing is converted. */
static const char *cell_as_it_is(const struct value_field *field, struct cell *cell)
{
    cell->type = cell_type_of(field);
    switch (cell->type) {
    case CELL_INTEGER:
        cell->integer = field->integer;
        return field->type == VALUE_BIG ? cell_big : NULL;
    case CELL_DOUBLE:
        cell->number = field->number;
        return NULL;
    case CELL_BOOLEAN:
        cell->boolean = field->boolean;
        return NULL;
    case CELL_STRING:
    case CELL_BINARY:
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    cell->bytes = field->text;
    return NULL;
}

const char *cell_convert_struct(const struct value_field *field, enum cell_type type, struct cell *cell)
{
    static const char *const words[] = {
        [CELL_INTEGER] = "the schema's type is an integer type, the column's is another",
        [CELL_DOUBLE] = "the schema's type is float or double, the column's is another",
        [CELL_BOOLEAN] = "the schema's type is boolean, the column's is another",
        [CELL_STRING] = "the schema's type is string, the column's is another",
        [CELL_BINARY] = "the schema's type is bytes, the column's is another",
    };
    enum cell_type wanted = type == CELL_AUTO_INCREMENT ? CELL_INTEGER : type;
    enum cell_type is = cell_type_of(field);
    if (is == wanted)
        return cell_as_it_is(field, cell);
    return cell_is_nested(field) ? "an object or an array can only become a string" : words[is];
}

static const char *const cell_nested = "an object or an array; a listed type string would take its JSON text";

const char *cell_of_struct(const struct value_field *field, const struct mapping_plan *plan,
                           struct cell *cell)
{
    if (cell_is_nested(field) && plan->nested != NESTED_TEXT)
        return cell_nested;
    return cell_as_it_is(field, cell);
}

const char *cell_of_map(const struct value_field *field, const struct mapping_plan *plan, struct arena *arena,
                        struct cell *cell)
{
    if (cell_is_nested(field))
        return plan->nested == NESTED_ERROR ? cell_nested : cell_set_text(cell, CELL_STRING, field->text);
    switch (plan->map_values) {
    case MAP_VALUES_BINARY:
        return cell_to_binary(field, arena, cell);
    case MAP_VALUES_STRING:
        return cell_to_string(field, arena, cell);
    case MAP_VALUES_TYPED:
        break;
    }
    return cell_as_it_is(field, cell);
}
