/* convert_schema: the schema language of Connect's JsonConverter (kafka-connect.md 1.1). */
#include "mapping/convert_schema.h"

#include "base/chance.h"
#include "base/error.h"
#include "base/number.h"
#include "mapping/convert_typed.h"
#include "mapping/name_hash.h"

struct schema_parser {
    struct arena *arena;
    struct arena scratch; /* tables of members while they are read */
    struct error *err;
    uint64_t seed;
    unsigned depth;
    bool keep_nulls;
};

/* The members of a schema object that mean something. What is not there is a JSON_NULL without a text. */
struct schema_members {
    struct json_value type, optional, name, parameters, value_default, items, keys, values, fields, field;
};

static const struct {
    struct slice name;
    size_t offset;
} schema_words[] = {
    {{"type", 4}, offsetof(struct schema_members, type)},
    {{"optional", 8}, offsetof(struct schema_members, optional)},
    {{"name", 4}, offsetof(struct schema_members, name)},
    {{"parameters", 10}, offsetof(struct schema_members, parameters)},
    {{"default", 7}, offsetof(struct schema_members, value_default)},
    {{"items", 5}, offsetof(struct schema_members, items)},
    {{"keys", 4}, offsetof(struct schema_members, keys)},
    {{"values", 6}, offsetof(struct schema_members, values)},
    {{"fields", 6}, offsetof(struct schema_members, fields)},
    {{"field", 5}, offsetof(struct schema_members, field)},
};

static const struct {
    struct slice name;
    enum value_type type;
} schema_types[] = {
    {{"boolean", 7}, VALUE_BOOLEAN}, {{"int8", 4}, VALUE_INT8},   {{"int16", 5}, VALUE_INT16},
    {{"int32", 5}, VALUE_INT32},     {{"int64", 5}, VALUE_INT64}, {{"float", 5}, VALUE_FLOAT32},
    {{"double", 6}, VALUE_FLOAT64},  {{"bytes", 5}, VALUE_BYTES}, {{"string", 6}, VALUE_STRING},
    {{"array", 5}, VALUE_ARRAY},     {{"map", 3}, VALUE_MAP},     {{"struct", 6}, VALUE_STRUCT},
};

static const struct {
    struct slice name;
    enum convert_logical logical;
} schema_logicals[] = {
    {{"org.apache.kafka.connect.data.Decimal", 37}, LOGICAL_DECIMAL},
    {{"org.apache.kafka.connect.data.Date", 34}, LOGICAL_DATE},
    {{"org.apache.kafka.connect.data.Time", 34}, LOGICAL_TIME},
    {{"org.apache.kafka.connect.data.Timestamp", 39}, LOGICAL_TIMESTAMP},
};

const char *convert_schema_type_name(const struct convert_schema *schema)
{
    static const char *const logical[] = {"", "Decimal", "Date", "Time", "Timestamp"};
    if (schema->logical != LOGICAL_NONE)
        return logical[schema->logical];
    for (size_t i = 0; i < sizeof(schema_types) / sizeof(schema_types[0]); i++)
        if (schema_types[i].type == schema->type)
            return schema_types[i].name.at;
    return "null";
}

/* ---- reading objects and arrays into tables of the scratch ---- */

static int schema_object(struct schema_parser *parser, struct slice text, struct json_member **members)
{
    struct json_fault fault;
    for (int most = 16;; most *= 4) {
        *members = arena_take(&parser->scratch, (size_t)most * sizeof(**members));
        int count = json_object(text, 0, *members, most, &fault);
        if (count >= 0)
            return count;
        if (!fault.more)
            return error_set(parser->err, ERROR_RECORD, "schema: %s", fault.what);
    }
}

static int schema_array(struct schema_parser *parser, struct slice text, struct json_value **values)
{
    struct json_fault fault;
    for (int most = 32;; most *= 4) {
        *values = arena_take(&parser->scratch, (size_t)most * sizeof(**values));
        int count = json_array(text, 0, *values, most, &fault);
        if (count >= 0)
            return count;
        if (!fault.more)
            return error_set(parser->err, ERROR_RECORD, "schema: %s", fault.what);
    }
}

static struct slice schema_plain(struct schema_parser *parser, struct slice text, bool escaped)
{
    if (!escaped)
        return text;
    char *to = arena_take(parser->arena, text.len);
    return slice_of(to, json_unescape(text, to));
}

static int schema_members_read(struct schema_parser *parser, struct slice text, struct schema_members *known)
{
    struct json_member *members;
    int count = schema_object(parser, text, &members);
    *known = (struct schema_members){0};
    for (int i = 0; i < count; i++) {
        struct slice name = schema_plain(parser, members[i].name, members[i].name_escaped);
        for (size_t word = 0; word < sizeof(schema_words) / sizeof(schema_words[0]); word++)
            if (slice_equal(name, schema_words[word].name))
                memcpy((char *)known + schema_words[word].offset, &members[i].value,
                       sizeof(members[i].value));
    }
    return count < 0 ? -1 : 0;
}

/* ---- the parts of a schema ---- */

static int schema_type(struct schema_parser *parser, const struct json_value *type,
                       struct convert_schema *schema)
{
    if (type->kind != JSON_STRING)
        return error_set(parser->err, ERROR_RECORD, "schema: a member \"type\" with a text is missing");
    struct slice name = schema_plain(parser, type->text, type->escaped);
    for (size_t i = 0; i < sizeof(schema_types) / sizeof(schema_types[0]); i++) {
        if (slice_equal(name, schema_types[i].name)) {
            schema->type = schema_types[i].type;
            return 0;
        }
    }
    return error_set(parser->err, ERROR_RECORD, "schema: there is no type \"%.*s\"",
                     (int)(name.len < 40 ? name.len : 40), name.at);
}

static void schema_logical(struct schema_parser *parser, const struct json_value *name,
                           struct convert_schema *schema)
{
    if (name->kind != JSON_STRING)
        return;
    struct slice plain = schema_plain(parser, name->text, name->escaped);
    for (size_t i = 0; i < sizeof(schema_logicals) / sizeof(schema_logicals[0]); i++)
        if (slice_equal(plain, schema_logicals[i].name))
            schema->logical = schema_logicals[i].logical;
}

static void schema_scale(struct convert_schema *schema, struct slice text)
{
    int64_t scale;
    schema->has_scale = number_int64(text, &scale) && scale >= INT32_MIN && scale <= INT32_MAX;
    schema->scale = schema->has_scale ? (int32_t)scale : 0;
}

static int schema_parameters(struct schema_parser *parser, const struct json_value *parameters,
                             struct convert_schema *schema)
{
    struct json_member *members;
    if (parameters->kind == JSON_NULL)
        return 0;
    if (parameters->kind != JSON_OBJECT)
        return error_set(parser->err, ERROR_RECORD, "schema: \"parameters\" must be an object");
    int count = schema_object(parser, parameters->text, &members);
    for (int i = 0; i < count; i++) {
        if (members[i].value.kind != JSON_STRING)
            return error_set(parser->err, ERROR_RECORD,
                             "schema: the values of \"parameters\" must be strings");
        if (slice_equal(members[i].name, SLICE("scale")))
            schema_scale(schema, members[i].value.text);
    }
    return count < 0 ? -1 : 0;
}

static int schema_read(struct schema_parser *parser, const struct json_value *json,
                       struct convert_schema *schema);

static int schema_array_items(struct schema_parser *parser, const struct schema_members *known)
{
    struct convert_schema items;
    if (known->items.kind == JSON_NULL)
        return error_set(parser->err, ERROR_RECORD, "schema: an array needs \"items\"");
    return schema_read(parser, &known->items, &items);
}

static int schema_map(struct schema_parser *parser, const struct schema_members *known,
                      struct convert_schema *schema)
{
    struct convert_schema keys;
    if (known->keys.kind == JSON_NULL || known->values.kind == JSON_NULL)
        return error_set(parser->err, ERROR_RECORD, "schema: a map needs \"keys\" and \"values\"");
    if (schema_read(parser, &known->keys, &keys) != 0)
        return -1;
    struct convert_schema *values = arena_take(parser->arena, sizeof(*values));
    schema->string_keys = keys.type == VALUE_STRING;
    schema->values = values;
    return schema_read(parser, &known->values, values);
}

static int schema_field(struct schema_parser *parser, const struct json_value *json,
                        struct convert_schema *field)
{
    struct schema_members known;
    if (schema_read(parser, json, field) != 0 || schema_members_read(parser, json->text, &known) != 0)
        return -1;
    if (known.field.kind != JSON_STRING)
        return error_set(parser->err, ERROR_RECORD, "schema: a field without a name (\"field\")");
    field->field = schema_plain(parser, known.field.text, known.field.escaped);
    return 0;
}

/* Enters the field's name; -1 when another field has it. */
static int schema_enter(struct schema_parser *parser, struct convert_schema *schema, uint32_t index)
{
    struct slice name = schema->fields[index].field;
    uint32_t slot = (uint32_t)name_hash(schema->seed, name) & schema->mask;
    for (; schema->slots[slot] != 0; slot = (slot + 1) & schema->mask)
        if (slice_equal(schema->fields[schema->slots[slot] - 1].field, name))
            return error_set(parser->err, ERROR_RECORD, "schema: two fields with the name %.*s",
                             (int)(name.len < 255 ? name.len : 255), name.at);
    schema->slots[slot] = index + 1;
    return 0;
}

static void schema_slots(struct schema_parser *parser, struct convert_schema *schema)
{
    uint32_t room = 8;
    while (room / 2 < schema->field_count)
        room *= 2;
    schema->mask = room - 1;
    schema->seed = parser->seed;
    schema->slots = arena_take(parser->arena, room * sizeof(*schema->slots));
    memset(schema->slots, 0, room * sizeof(*schema->slots));
}

static int schema_struct(struct schema_parser *parser, const struct schema_members *known,
                         struct convert_schema *schema)
{
    struct json_value *elements;
    if (known->fields.kind != JSON_ARRAY)
        return error_set(parser->err, ERROR_RECORD, "schema: \"fields\" of a struct must be an array");
    int count = schema_array(parser, known->fields.text, &elements);
    if (count < 0)
        return -1;
    struct convert_schema *fields = arena_take(parser->arena, (size_t)(count + 1) * sizeof(*fields));
    schema->fields = fields;
    schema->field_count = (uint32_t)count;
    schema_slots(parser, schema);
    for (int i = 0; i < count; i++)
        if (schema_field(parser, &elements[i], &fields[i]) != 0 ||
            schema_enter(parser, schema, (uint32_t)i) != 0)
            return -1;
    return 0;
}

static int schema_parts(struct schema_parser *parser, const struct schema_members *known,
                        struct convert_schema *schema)
{
    switch (schema->type) {
    case VALUE_ARRAY:
        return schema_array_items(parser, known);
    case VALUE_MAP:
        return schema_map(parser, known, schema);
    case VALUE_STRUCT:
        return schema_struct(parser, known, schema);
    case VALUE_NULL:
    case VALUE_INT8:
    case VALUE_INT16:
    case VALUE_INT32:
    case VALUE_INT64:
    case VALUE_FLOAT32:
    case VALUE_FLOAT64:
    case VALUE_BOOLEAN:
    case VALUE_STRING:
    case VALUE_BYTES:
    case VALUE_BIG:
        break;
    }
    return 0;
}

/* A default is tried at once, so that a schema with a bad one is refused as such. */
static int schema_default(struct schema_parser *parser, struct convert_schema *schema)
{
    struct value_field field;
    if (schema->has_default &&
        convert_typed(schema, &schema->default_value, &parser->scratch, &field, parser->err) != 0)
        return error_wrap(parser->err, "schema: the default");
    schema->has_default &= !parser->keep_nulls;
    return 0;
}

static int schema_read_members(struct schema_parser *parser, const struct json_value *json,
                               struct convert_schema *schema)
{
    struct schema_members known;
    if (schema_members_read(parser, json->text, &known) != 0 || schema_type(parser, &known.type, schema) != 0)
        return -1;
    schema_logical(parser, &known.name, schema);
    schema->optional = known.optional.kind == JSON_TRUE;
    if (known.value_default.text.at != NULL && known.value_default.kind == JSON_NULL && !schema->optional)
        return error_set(parser->err, ERROR_RECORD, "schema: a default of null, but it is not optional");
    schema->has_default = known.value_default.kind != JSON_NULL;
    schema->default_value = known.value_default;
    if (schema_parameters(parser, &known.parameters, schema) != 0 ||
        schema_parts(parser, &known, schema) != 0)
        return -1;
    return schema_default(parser, schema);
}

static int schema_read(struct schema_parser *parser, const struct json_value *json,
                       struct convert_schema *schema)
{
    *schema = (struct convert_schema){.type = VALUE_NULL};
    if (json->kind != JSON_OBJECT)
        return error_set(parser->err, ERROR_RECORD, "schema: an object with a member \"type\" was expected");
    if (++parser->depth > CONVERT_SCHEMA_DEEPEST)
        return error_set(parser->err, ERROR_RECORD, "schema: nested deeper than %d", CONVERT_SCHEMA_DEEPEST);
    int rc = schema_read_members(parser, json, schema);
    parser->depth--;
    return rc;
}

struct convert_schema *convert_schema_parse(struct slice text, bool keep_nulls, struct arena *arena,
                                            struct error *err)
{
    struct schema_parser parser = {
        .arena = arena, .err = err, .keep_nulls = keep_nulls, .seed = chance_seed()};
    struct convert_schema *schema = arena_take(arena, sizeof(*schema));
    struct json_value json = {.kind = JSON_OBJECT, .text = arena_copy(arena, text)};
    arena_init(&parser.scratch, 16384);
    int rc = schema_read(&parser, &json, schema);
    arena_fini(&parser.scratch);
    return rc == 0 ? schema : NULL;
}

int32_t convert_schema_find(const struct convert_schema *schema, struct slice name, uint32_t guess)
{
    if (guess < schema->field_count && name_hash_equal(schema->fields[guess].field, name))
        return (int32_t)guess;
    uint32_t slot = (uint32_t)name_hash(schema->seed, name) & schema->mask;
    for (; schema->slots[slot] != 0; slot = (slot + 1) & schema->mask)
        if (name_hash_equal(schema->fields[schema->slots[slot] - 1].field, name))
            return (int32_t)schema->slots[slot] - 1;
    return -1;
}
