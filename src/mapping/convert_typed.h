/* convert_typed: one JSON value by its schema. Where Connect would quietly change a value (a string for an
 * int32 becomes 0, 300 for an int8 becomes 44), this is an error instead. */
#ifndef MAPPING_CONVERT_TYPED_H
#define MAPPING_CONVERT_TYPED_H

#include "mapping/convert_schema.h"

/* `json` NULL or a JSON null: the default, or null, or an error. Sets everything of the field but its name;
 * texts lie in the message, the schema or the arena. 0, or -1 with ERROR_RECORD: words without the field's
 * name. */
int convert_typed(const struct convert_schema *schema, const struct json_value *json, struct arena *scratch,
                  struct value_field *field, struct error *err);

/* A text with its escapes resolved, in the arena. */
struct slice convert_escaped(struct slice text, struct arena *scratch);

static inline struct slice convert_text(struct slice text, bool escaped, struct arena *scratch)
{
    return __builtin_expect(escaped, 0) ? convert_escaped(text, scratch) : text;
}

/* How a number was written stays known: a time has more digits than a double keeps. */
static inline void convert_digits(const struct json_value *json, struct value_field *field)
{
    field->digits = json->text.at;
    field->digit_count = json->text.len <= UINT16_MAX ? (uint16_t)json->text.len : 0;
}

/* The same for JSON without a schema: never fails. */
static inline void convert_untyped(const struct json_value *json, struct arena *scratch,
                                   struct value_field *field)
{
    static const uint8_t types[] = {
        [JSON_NULL] = VALUE_NULL,     [JSON_FALSE] = VALUE_BOOLEAN, [JSON_TRUE] = VALUE_BOOLEAN,
        [JSON_INTEGER] = VALUE_INT64, [JSON_BIG] = VALUE_BIG,       [JSON_DOUBLE] = VALUE_FLOAT64,
        [JSON_STRING] = VALUE_STRING, [JSON_OBJECT] = VALUE_MAP,    [JSON_ARRAY] = VALUE_ARRAY,
    };
    field->type = types[json->kind];
    field->is_null = json->kind == JSON_NULL;
    field->decimal = false;
    if (json->kind == JSON_INTEGER)
        field->integer = json->integer;
    else if (json->kind == JSON_DOUBLE) {
        field->number = json->number + 0.0; /* -0.0 is 0.0, as in Connect */
        convert_digits(json, field);
    } else if (json->kind == JSON_TRUE || json->kind == JSON_FALSE)
        field->boolean = json->kind == JSON_TRUE;
    else
        field->text = convert_text(json->text, json->escaped, scratch);
}

#endif
