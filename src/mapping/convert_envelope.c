/* convert_envelope: {"schema":...,"payload":...} as JsonConverter reads it with schemas.enable. A message
 * that begins with the bytes of one seen before, up to the payload, has its schema recognised by these bytes
 * alone. */
#include "base/buffer.h"
#include "mapping/convert_typed.h"
#include "mapping/converter.h"

static int envelope_wrong(struct error *err)
{
    return error_set(
        err, ERROR_RECORD,
        "not a JSON object with exactly the members \"schema\" and \"payload\"; plain JSON is read with "
        "schemas.enable=false");
}

/* ---- the payload by its schema ---- */

static int payload_fields(struct converter *converter, const struct convert_schema *schema, struct error *err)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const struct convert_schema *part = &schema->fields[i];
        struct value_field *field = &converter->fields[i];
        field->name = part->field;
        if (convert_typed(part, converter->found[i], &converter->scratch, field, err) != 0)
            return error_wrap(err, "field %.*s", (int)(part->field.len < 255 ? part->field.len : 255),
                              part->field.at);
    }
    return 0;
}

/* Which member is which field: as a rule the next one. What the schema does not have is passed over; the last
 * of two wins. */
static void payload_match(struct converter *converter, const struct convert_schema *schema, int members)
{
    uint32_t guess = 0;
    memset(converter->found, 0, schema->field_count * sizeof(*converter->found));
    for (int i = 0; i < members; i++) {
        const struct json_member *member = &converter->members[i];
        struct slice name = convert_text(member->name, member->name_escaped, &converter->scratch);
        int32_t index = convert_schema_find(schema, name, guess);
        if (index < 0)
            continue;
        converter->found[index] = &member->value;
        guess = (uint32_t)index + 1;
    }
}

static int payload_struct(struct converter *converter, const struct convert_schema *schema, struct slice text,
                          size_t *end, struct value *value, struct error *err)
{
    converter_grow(converter, schema->field_count);
    int members = converter_members(converter, text, end, err);
    if (members < 0)
        return -1;
    payload_match(converter, schema, members);
    *value = (struct value){SHAPE_STRUCT, false, converter->fields, schema->field_count, schema->names};
    return payload_fields(converter, schema, err);
}

static int payload_entry(struct converter *converter, const struct convert_schema *schema,
                         const struct json_value *json, struct value_field *field, struct error *err)
{
    if (convert_typed(schema->values, json, &converter->scratch, field, err) == 0)
        return 0;
    return error_wrap(err, "entry %.*s", (int)(field->name.len < 255 ? field->name.len : 255),
                      field->name.at);
}

/* An entry that does not fit is only wrong if no later one of its name takes its place. */
static int payload_map(struct converter *converter, const struct convert_schema *schema, struct slice text,
                       size_t *end, struct value *value, struct error *err)
{
    int members = converter_members(converter, text, end, err);
    if (members < 0)
        return -1;
    uint32_t count = 0;
    const struct value_field *wrong = NULL;
    bool known = converter_open(converter, (uint32_t)members);
    for (uint32_t i = 0; i < (uint32_t)members; i++) {
        struct value_field *field = converter_named(converter, known, i, &count);
        bool fits = payload_entry(converter, schema, &converter->members[i].value, field, err) == 0;
        if (!fits && wrong != NULL && wrong != field)
            return -1;
        if (!fits || wrong == field)
            wrong = fits ? NULL : field;
    }
    converter_close(converter, known, count, false, value);
    return wrong == NULL ? 0 : -1;
}

/* Everything that is not an object of fields: a null, a default, a primitive, an array. */
static int payload_other(struct converter *converter, const struct convert_schema *schema, struct slice text,
                         size_t *end, struct value *value, struct error *err)
{
    struct json_value json;
    struct json_fault fault;
    if (json_value(text, JSON_INSIDE, &json, end, &fault) != 0)
        return converter_fault(converter, text, &fault, err);
    converter->fields[0].name = (struct slice){0};
    if (convert_typed(schema, &json, &converter->scratch, &converter->fields[0], err) != 0)
        return error_wrap(err, "payload");
    bool none = converter->fields[0].is_null;
    *value = (struct value){none ? SHAPE_NONE : SHAPE_SCALAR, false, converter->fields, none ? 0 : 1, 0};
    return 0;
}

/* `text` begins at the payload. */
static int payload_read(struct converter *converter, const struct convert_schema *schema, struct slice text,
                        size_t *end, struct value *value, struct error *err)
{
    if (schema == NULL)
        return converter_schemaless(converter, text, end, value, err);
    bool object = text.len > 0 && text.at[0] == '{' && schema->logical == LOGICAL_NONE;
    if (object && schema->type == VALUE_STRUCT)
        return payload_struct(converter, schema, text, end, value, err);
    if (object && schema->type == VALUE_MAP && schema->string_keys)
        return payload_map(converter, schema, text, end, value, err);
    return payload_other(converter, schema, text, end, value, err);
}

/* A null payload of a struct or map that has a default: the default is read in its place. */
static int payload_default(struct converter *converter, const struct convert_schema *schema,
                           struct value *value, struct error *err)
{
    size_t end;
    if (value->shape != SHAPE_SCALAR || schema == NULL)
        return 0;
    enum value_type type = value->fields[0].type;
    if (type != VALUE_STRUCT && (type != VALUE_MAP || !schema->string_keys))
        return 0;
    struct slice text = value->fields[0].text;
    converter->whole = text;
    return payload_read(converter, schema, text, &end, value, err);
}

/* ---- the envelope ---- */

struct envelope {
    struct json_value schema;
    const char *payload; /* its first byte */
    bool schema_first;   /* and nothing but the two members: what stands before the payload says all */
};

static void envelope_remember(struct convert_schema_entry *entry, struct slice whole, const char *payload)
{
    buffer_reset(&entry->prefix, CONVERT_SCHEMA_PREFIX_MOST);
    buffer_add(&entry->prefix, whole.at, (size_t)(payload - whole.at));
}

static const char *envelope_start(const struct json_value *json)
{
    return json->kind == JSON_STRING ? json->text.at - 1 : json->text.at;
}

static int envelope_sort(struct converter *converter, int members, struct envelope *envelope,
                         struct error *err)
{
    for (int i = 0; i < members; i++) {
        const struct json_member *member = &converter->members[i];
        struct slice name = convert_text(member->name, member->name_escaped, &converter->scratch);
        if (slice_equal(name, SLICE("schema")))
            envelope->schema = member->value;
        else if (slice_equal(name, SLICE("payload")))
            envelope->payload = envelope_start(&member->value);
        else
            return envelope_wrong(err);
    }
    if (envelope->schema.text.at == NULL || envelope->payload == NULL)
        return envelope_wrong(err);
    envelope->schema_first = members == 2 && envelope->schema.text.at < envelope->payload;
    return 0;
}

static int envelope_open(struct converter *converter, struct envelope *envelope, struct error *err)
{
    size_t end;
    size_t first = converter_first(converter->whole);
    *envelope = (struct envelope){0};
    if (first == converter->whole.len || converter->whole.at[first] != '{')
        return envelope_wrong(err);
    int members = converter_members(converter, converter->whole, &end, err);
    return members < 0 ? -1 : envelope_sort(converter, members, envelope, err);
}

static struct slice envelope_from(const struct converter *converter, const char *at)
{
    return slice_of(at, (size_t)(converter->whole.at + converter->whole.len - at));
}

/* Every byte is looked at, and the schema is looked up by its text. */
static int envelope_read(struct converter *converter, struct value *value, struct error *err)
{
    struct envelope envelope;
    struct convert_schema_entry *entry = NULL;
    size_t end;
    if (envelope_open(converter, &envelope, err) != 0)
        return -1;
    if (envelope.schema.kind == JSON_OBJECT) {
        entry = convert_schema_by_text(&converter->schemas, envelope.schema.text, ++converter->numbers, err);
        if (entry == NULL)
            return -1;
    } else if (envelope.schema.kind != JSON_NULL) {
        return error_set(err, ERROR_RECORD, "schema: an object with a member \"type\" was expected");
    }
    if (entry != NULL && envelope.schema_first)
        envelope_remember(entry, converter->whole, envelope.payload);
    const struct convert_schema *schema = entry == NULL ? NULL : entry->schema;
    struct slice text = envelope_from(converter, envelope.payload);
    if (payload_read(converter, schema, text, &end, value, err) != 0)
        return -1;
    return payload_default(converter, schema, value, err);
}

/* Nothing but the closing brace, and blanks before it. */
static bool envelope_ends(struct slice text, size_t at)
{
    at = converter_blanks(text, at);
    return at < text.len && text.at[at] == '}';
}

int convert_envelope(struct converter *converter, struct value *value, struct error *err)
{
    size_t end;
    struct convert_schema_entry *entry = convert_schema_by_prefix(&converter->schemas, converter->whole);
    if (entry != NULL) {
        struct error unused; /* what is wrong is said after a second, slower look */
        struct slice text = envelope_from(converter, converter->whole.at + entry->prefix.len);
        if (payload_read(converter, entry->schema, text, &end, value, &unused) == 0 &&
            envelope_ends(text, end))
            return payload_default(converter, entry->schema, value, err);
        arena_reset(&converter->scratch);
    }
    return envelope_read(converter, value, err);
}
