/* convert_typed: one small function for each type; a table leads to it. */
#include "mapping/convert_typed.h"

#include <math.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/error.h"
#include "mapping/exact.h"

typedef int convert_typed_fn(const struct convert_schema *schema, const struct json_value *json,
                             struct arena *scratch, struct value_field *field, struct error *err);

enum { MILLIS_A_DAY = 86400000 };

struct slice convert_escaped(struct slice text, struct arena *scratch)
{
    char *to = arena_take(scratch, text.len);
    return slice_of(to, json_unescape(text, to));
}

static const char *typed_kind_name(enum json_kind kind)
{
    static const char *const names[] = {
        "null",      "false",    "true",      "an integer", "an integer beyond 64 bits",
        "a decimal", "a string", "an object", "an array"};
    return names[kind];
}

static int typed_refuse(const struct convert_schema *schema, const struct json_value *json, struct error *err)
{
    return error_set(err, ERROR_RECORD, "the schema says %s, but the value is %s",
                     convert_schema_type_name(schema), typed_kind_name(json->kind));
}

/* ---- numbers ---- */

/* An integer, or a decimal without a fraction (1.0, 1e3). */
static int typed_whole(const struct convert_schema *schema, const struct json_value *json, int64_t *integer,
                       struct error *err)
{
    *integer = json->integer;
    if (json->kind == JSON_INTEGER)
        return 0;
    if (json->kind != JSON_DOUBLE)
        return typed_refuse(schema, json, err);
    enum exact_result result = exact_int64(json->text, integer);
    if (result == EXACT_OK)
        return 0;
    return error_set(err, ERROR_RECORD, "the schema says %s, but the number %s",
                     convert_schema_type_name(schema),
                     result == EXACT_FRACTION ? "has a fraction" : "is out of range");
}

static int typed_integer(const struct convert_schema *schema, const struct json_value *json,
                         struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    int64_t integer;
    int bits = schema->type == VALUE_INT8    ? 8
               : schema->type == VALUE_INT16 ? 16
               : schema->type == VALUE_INT32 ? 32
                                             : 64;
    if (typed_whole(schema, json, &integer, err) != 0)
        return -1;
    int64_t most = INT64_MAX >> (64 - bits);
    if (integer > most || integer < -most - 1)
        return error_set(err, ERROR_RECORD, "the number is out of range for %s",
                         convert_schema_type_name(schema));
    field->integer = integer;
    return 0;
}

/* An integer must be kept to the last digit; a decimal is rounded correctly. */
static int typed_double(const struct convert_schema *schema, const struct json_value *json,
                        struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    if (json->kind == JSON_DOUBLE) {
        field->number = json->number + 0.0; /* -0.0 is 0.0, as in Connect */
    } else if (json->kind == JSON_INTEGER) {
        if (!exact_double_of_int64(json->integer, &field->number))
            return error_set(err, ERROR_RECORD, "the integer would be rounded by a double");
    } else if (json->kind == JSON_BIG) {
        return error_set(err, ERROR_RECORD, "an integer beyond 64 bits");
    } else {
        return typed_refuse(schema, json, err);
    }
    convert_digits(json, field);
    return 0;
}

static int typed_float(const struct convert_schema *schema, const struct json_value *json,
                       struct arena *scratch, struct value_field *field, struct error *err)
{
    if (typed_double(schema, json, scratch, field, err) != 0)
        return -1;
    float narrow = (float)field->number;
    if (json->kind == JSON_INTEGER && (double)narrow != field->number)
        return error_set(err, ERROR_RECORD, "the integer would be rounded by a float");
    field->number = (double)narrow;
    return 0;
}

/* ---- the other primitives ---- */

static int typed_boolean(const struct convert_schema *schema, const struct json_value *json,
                         struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    if (json->kind != JSON_TRUE && json->kind != JSON_FALSE)
        return typed_refuse(schema, json, err);
    field->boolean = json->kind == JSON_TRUE;
    return 0;
}

static int typed_string(const struct convert_schema *schema, const struct json_value *json,
                        struct arena *scratch, struct value_field *field, struct error *err)
{
    if (json->kind != JSON_STRING)
        return typed_refuse(schema, json, err);
    field->text = convert_text(json->text, json->escaped, scratch);
    return 0;
}

static int typed_base64(const struct json_value *json, struct arena *scratch, struct slice *bytes)
{
    struct slice text = convert_text(json->text, json->escaped, scratch);
    char *to = arena_take(scratch, text.len / 4 * 3 + 1);
    ssize_t len = base64_decode(text, to);
    if (len < 0)
        return -1;
    *bytes = slice_of(to, (size_t)len);
    return 0;
}

static int typed_bytes(const struct convert_schema *schema, const struct json_value *json,
                       struct arena *scratch, struct value_field *field, struct error *err)
{
    if (json->kind != JSON_STRING)
        return typed_refuse(schema, json, err);
    if (typed_base64(json, scratch, &field->text) != 0)
        return error_set(err, ERROR_RECORD, "the schema says bytes, but the text is not base64");
    return 0;
}

/* ---- logical types ---- */

static int typed_decimal(const struct convert_schema *schema, const struct json_value *json,
                         struct arena *scratch, struct value_field *field, struct error *err)
{
    struct slice unscaled;
    field->type = VALUE_BYTES;
    field->decimal = true;
    if (json->kind == JSON_INTEGER || json->kind == JSON_DOUBLE || json->kind == JSON_BIG) {
        if (exact_plain_text(json->text, scratch, &field->text) != 0)
            return error_set(err, ERROR_RECORD, "a Decimal of more than %d digits", EXACT_TEXT_MOST);
        return 0;
    }
    if (json->kind != JSON_STRING)
        return typed_refuse(schema, json, err);
    if (!schema->has_scale)
        return error_set(err, ERROR_RECORD, "a Decimal whose schema has no usable parameter \"scale\"");
    if (typed_base64(json, scratch, &unscaled) != 0 ||
        exact_unscaled_text(unscaled, schema->scale, scratch, &field->text) != 0)
        return error_set(err, ERROR_RECORD, "a Decimal that is not base64 of 1 to %d bytes",
                         EXACT_UNSCALED_MOST);
    return 0;
}

static int typed_logical_integer(const struct convert_schema *schema, const struct json_value *json,
                                 int64_t least, int64_t most, struct value_field *field, struct error *err)
{
    if (json->kind != JSON_INTEGER)
        return typed_refuse(schema, json, err);
    if (json->integer < least || json->integer > most)
        return error_set(err, ERROR_RECORD, "the number is out of range for %s",
                         convert_schema_type_name(schema));
    field->integer = json->integer;
    return 0;
}

static int typed_date(const struct convert_schema *schema, const struct json_value *json,
                      struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    field->type = VALUE_INT32;
    return typed_logical_integer(schema, json, INT32_MIN, INT32_MAX, field, err);
}

static int typed_time(const struct convert_schema *schema, const struct json_value *json,
                      struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    field->type = VALUE_INT32;
    return typed_logical_integer(schema, json, 0, MILLIS_A_DAY, field, err);
}

static int typed_timestamp(const struct convert_schema *schema, const struct json_value *json,
                           struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    field->type = VALUE_INT64;
    return typed_logical_integer(schema, json, INT64_MIN, INT64_MAX, field, err);
}

/* ---- nested: checked for its outer form, kept as text ---- */

static int typed_nested(const struct convert_schema *schema, const struct json_value *json,
                        struct arena *scratch, struct value_field *field, struct error *err)
{
    (void)scratch;
    bool pairs = schema->type == VALUE_ARRAY || (schema->type == VALUE_MAP && !schema->string_keys);
    if (json->kind != (pairs ? JSON_ARRAY : JSON_OBJECT))
        return typed_refuse(schema, json, err);
    field->text = json->text;
    return 0;
}

static convert_typed_fn *const typed_readers[] = {
    [VALUE_NULL] = typed_string,    [VALUE_INT8] = typed_integer,    [VALUE_INT16] = typed_integer,
    [VALUE_INT32] = typed_integer,  [VALUE_INT64] = typed_integer,   [VALUE_FLOAT32] = typed_float,
    [VALUE_FLOAT64] = typed_double, [VALUE_BOOLEAN] = typed_boolean, [VALUE_STRING] = typed_string,
    [VALUE_BYTES] = typed_bytes,    [VALUE_ARRAY] = typed_nested,    [VALUE_MAP] = typed_nested,
    [VALUE_STRUCT] = typed_nested,
};

static convert_typed_fn *const typed_logical_readers[] = {
    [LOGICAL_DECIMAL] = typed_decimal,
    [LOGICAL_DATE] = typed_date,
    [LOGICAL_TIME] = typed_time,
    [LOGICAL_TIMESTAMP] = typed_timestamp,
};

/* The type a logical null has: that of its values. */
static enum value_type typed_type(const struct convert_schema *schema)
{
    static const enum value_type types[] = {
        [LOGICAL_DECIMAL] = VALUE_BYTES,
        [LOGICAL_DATE] = VALUE_INT32,
        [LOGICAL_TIME] = VALUE_INT32,
        [LOGICAL_TIMESTAMP] = VALUE_INT64,
    };
    return schema->logical == LOGICAL_NONE ? schema->type : types[schema->logical];
}

int convert_typed(const struct convert_schema *schema, const struct json_value *json, struct arena *scratch,
                  struct value_field *field, struct error *err)
{
    field->type = typed_type(schema);
    field->is_null = false;
    field->decimal = false;
    if ((json == NULL || json->kind == JSON_NULL) && schema->has_default)
        json = &schema->default_value;
    if (json == NULL || json->kind == JSON_NULL) {
        field->is_null = true;
        return schema->optional
                   ? 0
                   : error_set(err, ERROR_RECORD, "null, but the schema says %s and not optional",
                               convert_schema_type_name(schema));
    }
    convert_typed_fn *reader = schema->logical == LOGICAL_NONE ? typed_readers[schema->type]
                                                               : typed_logical_readers[schema->logical];
    return reader(schema, json, scratch, field, err);
}
