/* convert: texts and JSON without a schema; the tables that all formats share. The envelope is in
 * convert_envelope. */
#include "mapping/convert.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/utf8.h"
#include "mapping/convert_typed.h"
#include "mapping/converter.h"

const char *convert_format_name(enum convert_format format)
{
    static const char *const names[] = {"json",    "json_envelope", "json_envelope_nulls",
                                        "string",  "bytes",         "boolean",
                                        "int16",   "int32",         "int64",
                                        "float32", "float64"};
    return names[format];
}

const char *convert_format_class(enum convert_format format)
{
    static const char *const classes[] = {"org.apache.kafka.connect.json.JsonConverter",
                                          "org.apache.kafka.connect.json.JsonConverter",
                                          "org.apache.kafka.connect.json.JsonConverter",
                                          "org.apache.kafka.connect.storage.StringConverter",
                                          "org.apache.kafka.connect.converters.ByteArrayConverter",
                                          "org.apache.kafka.connect.converters.BooleanConverter",
                                          "org.apache.kafka.connect.converters.ShortConverter",
                                          "org.apache.kafka.connect.converters.IntegerConverter",
                                          "org.apache.kafka.connect.converters.LongConverter",
                                          "org.apache.kafka.connect.converters.FloatConverter",
                                          "org.apache.kafka.connect.converters.DoubleConverter"};
    return classes[format];
}

struct converter *converter_create(enum convert_format format)
{
    struct converter *converter = check_memory(calloc(1, sizeof(*converter)));
    converter->format = format;
    arena_init(&converter->scratch, 4096);
    name_set_init(&converter->names);
    name_shape_init(&converter->shape);
    convert_schema_cache_init(&converter->schemas, format == CONVERT_JSON_ENVELOPE_NULLS);
    converter_grow(converter, 64);
    return converter;
}

static void converter_tables_free(struct converter *converter)
{
    free(converter->members);
    free(converter->found);
    free(converter->fields);
    converter->members = NULL;
    converter->found = NULL;
    converter->fields = NULL;
    converter->room = 0;
}

void converter_destroy(struct converter *converter)
{
    if (converter == NULL)
        return;
    converter_tables_free(converter);
    convert_schema_cache_fini(&converter->schemas);
    name_set_fini(&converter->names);
    name_shape_fini(&converter->shape);
    arena_fini(&converter->scratch);
    free(converter);
}

/* ---- what all formats share ---- */

void converter_grow(struct converter *converter, uint32_t room)
{
    if (room <= converter->room)
        return;
    converter->members = check_memory(realloc(converter->members, room * sizeof(*converter->members)));
    converter->found = check_memory(realloc(converter->found, room * sizeof(*converter->found)));
    converter->fields = check_memory(realloc(converter->fields, room * sizeof(*converter->fields)));
    converter->room = room;
}

int converter_fault(const struct converter *converter, struct slice text, const struct json_fault *fault,
                    struct error *err)
{
    unsigned line, column;
    size_t at = (size_t)(text.at - converter->whole.at) + fault->at;
    json_place(converter->whole, at, &line, &column);
    return error_set(err, ERROR_RECORD, "not JSON: line %u, column %u: %s", line, column, fault->what);
}

int converter_members(struct converter *converter, struct slice text, size_t *end, struct error *err)
{
    struct json_fault fault;
    int count = json_object_at(text, 0, converter->members, (int)converter->room, end, &fault);
    while (count < 0 && fault.more && converter->room < CONVERTER_MEMBERS_MOST) {
        converter_grow(converter, converter->room * 4);
        count = json_object_at(text, 0, converter->members, (int)converter->room, end, &fault);
    }
    return count < 0 ? converter_fault(converter, text, &fault, err) : count;
}

bool converter_open(struct converter *converter, uint32_t members)
{
    const char *end = converter->whole.at + converter->whole.len;
    bool known = name_shape_fits(&converter->shape, converter->members, members, end);
    if (!known)
        name_set_begin(&converter->names, members);
    return known;
}

struct value_field *converter_unknown(struct converter *converter, uint32_t i, uint32_t *count)
{
    const struct json_member *member = &converter->members[i];
    struct value_field *fields = converter->fields;
    fields[*count].name = convert_text(member->name, member->name_escaped, &converter->scratch);
    uint32_t index = name_set_enter(&converter->names, fields, *count);
    *count += index == *count;
    return &fields[index];
}

void converter_close(struct converter *converter, bool known, uint32_t count, bool schemaless,
                     struct value *value)
{
    *value = (struct value){SHAPE_MAP, schemaless, converter->fields, count, 0};
    if (!known && count > NAME_SHAPE_MOST)
        return;
    if (!known)
        name_shape_learn(&converter->shape, converter->fields, count, ++converter->numbers);
    value->names = converter->shape.number;
}

/* ---- JSON without a schema ---- */

static int converter_object(struct converter *converter, struct slice text, size_t *end, struct value *value,
                            struct error *err)
{
    int members = converter_members(converter, text, end, err);
    if (members < 0)
        return -1;
    uint32_t count = 0;
    bool known = converter_open(converter, (uint32_t)members);
    for (uint32_t i = 0; i < (uint32_t)members; i++)
        convert_untyped(&converter->members[i].value, &converter->scratch,
                        converter_named(converter, known, i, &count));
    converter_close(converter, known, count, true, value);
    return 0;
}

static int converter_scalar(struct converter *converter, struct slice text, size_t *end, struct value *value,
                            struct error *err)
{
    struct json_value json;
    struct json_fault fault;
    bool inside = converter->format != CONVERT_JSON;
    if (json_value(text, inside ? JSON_INSIDE : 0, &json, end, &fault) != 0)
        return converter_fault(converter, text, &fault, err);
    if (json.kind == JSON_NULL) {
        *value = (struct value){.shape = SHAPE_NONE, .schemaless = true};
        return 0;
    }
    converter->fields[0].name = (struct slice){0};
    convert_untyped(&json, &converter->scratch, &converter->fields[0]);
    *value = (struct value){SHAPE_SCALAR, true, converter->fields, 1, 0};
    return 0;
}

size_t converter_blanks(struct slice text, size_t at)
{
    while (at < text.len &&
           (text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == '\r' || text.at[at] == '\n'))
        at++;
    return at;
}

size_t converter_first(struct slice text)
{
    bool marked = text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0;
    return converter_blanks(text, marked ? 3 : 0);
}

int converter_schemaless(struct converter *converter, struct slice text, size_t *end, struct value *value,
                         struct error *err)
{
    size_t first = converter_first(text);
    *end = first;
    if (first == text.len) {
        *value = (struct value){.shape = SHAPE_NONE, .schemaless = true};
        return 0;
    }
    if (text.at[first] == '{')
        return converter_object(converter, text, end, value, err);
    return converter_scalar(converter, text, end, value, err);
}

/* ---- texts ---- */

static void converter_string(struct converter *converter, struct slice bytes, struct value *value)
{
    const char *end = bytes.at + bytes.len;
    struct value_field *field = &converter->fields[0];
    *field = (struct value_field){.type = VALUE_STRING, .text = bytes};
    if (utf8_check(bytes.at, end) != end) {
        char *to = arena_take(&converter->scratch, bytes.len * 3);
        field->text = slice_of(to, utf8_mend(bytes, to));
    }
    *value = (struct value){SHAPE_SCALAR, false, field, 1, 0};
}

/* ---- one message ---- */

/* The last message's texts go; tables of unusual size too. */
static void converter_reset(struct converter *converter)
{
    arena_reset(&converter->scratch);
    if (converter->room > CONVERTER_MEMBERS_KEPT) {
        converter_tables_free(converter);
        converter_grow(converter, 64);
    }
}

int converter_read(struct converter *converter, struct slice bytes, struct value *value, struct error *err)
{
    size_t end;
    converter_reset(converter);
    converter->whole = bytes;
    if (bytes.at == NULL) {
        *value = (struct value){.shape = SHAPE_NONE};
        return 0;
    }
    switch (converter->format) {
    case CONVERT_JSON:
        return converter_schemaless(converter, bytes, &end, value, err);
    case CONVERT_JSON_ENVELOPE:
    case CONVERT_JSON_ENVELOPE_NULLS:
        return convert_envelope(converter, value, err);
    case CONVERT_STRING:
        converter_string(converter, bytes, value);
        return 0;
    case CONVERT_BYTES:
        converter->fields[0] = (struct value_field){.type = VALUE_BYTES, .text = bytes};
        *value = (struct value){SHAPE_SCALAR, false, converter->fields, 1, 0};
        return 0;
    case CONVERT_BOOLEAN:
    case CONVERT_INT16:
    case CONVERT_INT32:
    case CONVERT_INT64:
    case CONVERT_FLOAT32:
    case CONVERT_FLOAT64:
        break;
    }
    return convert_fixed(converter, value, err);
}
