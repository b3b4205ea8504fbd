/* vector_message: see vector_message.h. Decoding and what the answers say. */
#include "support/vector_message.h"

#include <stdio.h>

#include "base/arena.h"
#include "support/cmocka_all.h"

/* ---- messages by operation ---- */

struct operation {
    const char *name;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *answer;
};

static const struct operation operations[] = {
    {"CreateTable", &ots__create_table_request__descriptor, &ots__create_table_response__descriptor},
    {"ListTable", &ots__list_table_request__descriptor, &ots__list_table_response__descriptor},
    {"DescribeTable", &ots__describe_table_request__descriptor, &ots__describe_table_response__descriptor},
    {"UpdateTable", &ots__update_table_request__descriptor, &ots__update_table_response__descriptor},
    {"DeleteTable", &ots__delete_table_request__descriptor, &ots__delete_table_response__descriptor},
    {"PutRow", &ots__put_row_request__descriptor, &ots__put_row_response__descriptor},
    {"UpdateRow", &ots__update_row_request__descriptor, &ots__update_row_response__descriptor},
    {"DeleteRow", &ots__delete_row_request__descriptor, &ots__delete_row_response__descriptor},
    {"GetRow", &ots__get_row_request__descriptor, &ots__get_row_response__descriptor},
    {"GetRange", &ots__get_range_request__descriptor, &ots__get_range_response__descriptor},
    {"BatchGetRow", &ots__batch_get_row_request__descriptor, &ots__batch_get_row_response__descriptor},
    {"BatchWriteRow", &ots__batch_write_row_request__descriptor, &ots__batch_write_row_response__descriptor},
    {"BulkImport", &ots__bulk_import_request__descriptor, &ots__bulk_import_response__descriptor},
};

static const ProtobufCMessageDescriptor *descriptor_of(struct slice name, bool answer)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (slice_equal(name, slice_text(operations[i].name)))
            return answer ? operations[i].answer : operations[i].request;
    }
    fail_msg("an operation without messages: %.*s", SLICE_ARG(name));
    return NULL;
}

/* ---- the rows inside, found by the descriptors ---- */

static bool holds_row(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = {"row",
                                        "row_change",
                                        "primary_key",
                                        "rows",
                                        "inclusive_start_primary_key",
                                        "exclusive_end_primary_key"};
    for (size_t i = 0; field->type == PROTOBUF_C_TYPE_BYTES && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(field->name, names[i]) == 0)
            return true;
    }
    return false;
}

static void add_row(struct vector_message *message, const ProtobufCBinaryData *row)
{
    assert_true(message->row_count < VECTOR_MESSAGE_ROWS_MOST);
    if (row->len > 0)
        message->rows[message->row_count++] = row;
}

static void collect_rows(struct vector_message *to, const ProtobufCMessage *message);

/* `at` is one value of the field. */
static void collect_value(struct vector_message *to, const ProtobufCFieldDescriptor *field, const void *at)
{
    if (holds_row(field))
        add_row(to, at);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && *(const ProtobufCMessage *const *)at != NULL)
        collect_rows(to, *(const ProtobufCMessage *const *)at);
}

static void collect_field(struct vector_message *to, const ProtobufCMessage *message,
                          const ProtobufCFieldDescriptor *field)
{
    const char *base = (const char *)message;
    const void *member = base + field->offset;
    if (field->type != PROTOBUF_C_TYPE_MESSAGE && field->type != PROTOBUF_C_TYPE_BYTES)
        return;
    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        collect_value(to, field, member);
        return;
    }
    size_t step = field->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(void *);
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const char *values = *(const char *const *)member;
    for (size_t i = 0; i < count; i++)
        collect_value(to, field, values + i * step);
}

static void collect_rows(struct vector_message *to, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        collect_field(to, message, &message->descriptor->fields[i]);
}

struct vector_message vector_message_unpack(const struct vector *vector, struct slice body, bool answer)
{
    struct vector_message message = {.row_count = 0};
    message.message = protobuf_c_message_unpack(descriptor_of(vector->operation, answer), NULL, body.len,
                                                (const uint8_t *)body.at);
    if (message.message == NULL)
        fail_msg("%s: the body does not decode", vector->name);
    collect_rows(&message, message.message);
    return message;
}

void vector_message_free(struct vector_message *message)
{
    protobuf_c_message_free_unpacked(message->message, NULL);
}

struct slice vector_message_pack(const struct vector_message *message, struct arena *arena)
{
    uint8_t *at = arena_take(arena, protobuf_c_message_get_packed_size(message->message));
    return slice_of(at, protobuf_c_message_pack(message->message, at));
}

/* ---- answers ---- */

static void check_consumed(const Ots__ConsumedCapacity *consumed, struct slice decoded)
{
    struct slice expected = vector_object(decoded, "consumed");
    assert_int_equal(consumed->capacity_unit->read, vector_integer(expected, "read", -1));
    assert_int_equal(consumed->capacity_unit->write, vector_integer(expected, "write", -1));
}

static void check_table_names(const Ots__ListTableResponse *answer, struct slice decoded, struct arena *arena)
{
    struct json_value *names;
    assert_int_equal(answer->n_table_names, vector_array(arena, decoded, "table_names", &names));
    for (size_t i = 0; i < answer->n_table_names; i++)
        assert_string_equal(answer->table_names[i], vector_string(arena, names[i]).at);
}

static const char *key_type(Ots__PrimaryKeyType type)
{
    return protobuf_c_enum_descriptor_get_value(&ots__primary_key_type__descriptor, (int)type)->name;
}

static void check_key_schema(const Ots__TableMeta *meta, struct slice decoded, struct arena *arena)
{
    struct json_value *keys;
    assert_int_equal(meta->n_primary_key, vector_array(arena, decoded, "primary_key", &keys));
    for (size_t i = 0; i < meta->n_primary_key; i++) {
        char text[128];
        const Ots__PrimaryKeySchema *key = meta->primary_key[i];
        snprintf(text, sizeof(text), "%s %s%s", key->name, key_type(key->type),
                 key->has_option ? " AUTO_INCREMENT" : "");
        assert_string_equal(text, vector_string(arena, keys[i]).at);
    }
}

static void check_description(const Ots__DescribeTableResponse *answer, struct slice decoded,
                              struct arena *arena)
{
    check_key_schema(answer->table_meta, decoded, arena);
    assert_int_equal(answer->table_options->time_to_live, vector_integer(decoded, "time_to_live", 0));
    assert_int_equal(answer->table_options->max_versions, vector_integer(decoded, "max_versions", 0));
    assert_int_equal(answer->table_options->deviation_cell_version_in_sec,
                     vector_integer(decoded, "deviation_cell_version_in_sec", 0));
    assert_true(answer->table_options->allow_update);
    assert_int_equal(answer->table_status, OTS__TABLE_STATUS__ACTIVE);
    assert_false(answer->stream_details->enable_stream);
    assert_int_equal(answer->table_meta->n_defined_column, 1);
    assert_string_equal(answer->table_meta->defined_column[0]->name, "d");
    assert_int_equal(answer->table_meta->defined_column[0]->type, OTS__DEFINED_COLUMN_TYPE__DCT_BLOB);
}

void vector_message_check_answer(const struct vector_message *message, struct slice decoded,
                                 struct arena *arena)
{
    const ProtobufCMessageDescriptor *descriptor = message->message->descriptor;
    const ProtobufCFieldDescriptor *consumed =
        protobuf_c_message_descriptor_get_field_by_name(descriptor, "consumed");
    if (vector_has(decoded, "consumed")) {
        assert_non_null(consumed);
        const char *at = (const char *)message->message + consumed->offset;
        check_consumed(*(const Ots__ConsumedCapacity *const *)(const void *)at, decoded);
    }
    if (descriptor == &ots__list_table_response__descriptor)
        check_table_names((const Ots__ListTableResponse *)message->message, decoded, arena);
    if (descriptor == &ots__describe_table_response__descriptor)
        check_description((const Ots__DescribeTableResponse *)message->message, decoded, arena);
}
