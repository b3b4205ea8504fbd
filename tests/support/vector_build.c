/* vector_build: bodies from the inputs of vectors, field by field. See vector_message.h. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "support/cmocka_all.h"
#include "support/vector_message.h"
#include "wire/plainbuffer.h"

/* One body on its way. */
struct build {
    const struct vector *vector;
    struct slice input;
    struct slice recorded;
    struct arena *arena;
};

/* ---- pieces ---- */

static void *take(const struct build *build, const ProtobufCMessageDescriptor *descriptor)
{
    ProtobufCMessage *message = arena_take(build->arena, descriptor->sizeof_message);
    protobuf_c_message_init(descriptor, message);
    return message;
}

static void **take_list(const struct build *build, size_t count)
{
    return arena_take(build->arena, count * sizeof(void *));
}

static char *copy(const struct build *build, struct slice bytes)
{
    char *at = arena_take(build->arena, bytes.len + 1);
    memcpy(at, bytes.at, bytes.len);
    at[bytes.len] = 0;
    return at;
}

/* A string field: NULL when the input has no such member. */
static char *text_of(const struct build *build, struct slice object, const char *member)
{
    struct slice text = vector_text(build->arena, object, member);
    return text.at == NULL ? NULL : copy(build, text);
}

static size_t texts_of(const struct build *build, struct slice object, const char *member, char ***texts)
{
    struct json_value *values;
    size_t count = vector_array(build->arena, object, member, &values);
    *texts = (char **)take_list(build, count);
    for (size_t i = 0; i < count; i++)
        (*texts)[i] = copy(build, vector_string(build->arena, values[i]));
    return count;
}

static int enum_of(const struct build *build, struct slice object, const char *member,
                   const ProtobufCEnumDescriptor *descriptor)
{
    struct slice name = vector_text(build->arena, object, member);
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(descriptor, name.at);
    if (value == NULL)
        fail_msg("%s: no such value of %s: %.*s", build->vector->name, descriptor->name, SLICE_ARG(name));
    return value == NULL ? 0 : value->value;
}

/* ---- rows ---- */

/* How many zeros the Node.js client leaves behind a row (tablestore-protocol.md 4.6). */
static size_t node_zeros(const struct build *build, const struct row *row)
{
    size_t zeros = 0;
    if (strncmp(build->vector->name, "node/", 5) != 0)
        return 0;
    for (uint32_t i = 0; i < row->key_count; i++)
        zeros += row->keys[i].type >= CELL_AUTO_INCREMENT ? 1 : 0;
    for (uint32_t i = 0; i < row->cell_count && row->op == ROW_UPDATE; i++) {
        zeros += row->cells[i].op == CELL_DELETE_ONE ? 5 : 0;
        zeros += row->cells[i].op == CELL_PUT && row->cells[i].has_timestamp ? 22 : 0;
    }
    return zeros;
}

static ProtobufCBinaryData row_bytes(const struct build *build, const struct row *row)
{
    size_t zeros = node_zeros(build, row);
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(build->arena, bytes + zeros);
    memset(plainbuffer_put(row, at), 0, zeros);
    return (ProtobufCBinaryData){bytes + zeros, (uint8_t *)at};
}

static ProtobufCBinaryData row_of(const struct build *build, struct slice input, enum row_op op)
{
    struct row row;
    vector_row(build->arena, input, op, &row);
    return row_bytes(build, &row);
}

static ProtobufCBinaryData key_of(const struct build *build, struct slice array)
{
    struct row row;
    vector_key(build->arena, array, &row);
    return row_bytes(build, &row);
}

static Ots__Condition *condition_of(const struct build *build, struct slice input)
{
    Ots__Condition *condition = take(build, &ots__condition__descriptor);
    struct slice object = vector_object(input, "condition");
    condition->row_existence = (Ots__RowExistenceExpectation)enum_of(
        build, object, "row_existence", &ots__row_existence_expectation__descriptor);
    return condition;
}

static Ots__ReturnContent *return_content_of(const struct build *build, struct slice input)
{
    if (!vector_has(input, "return_content"))
        return NULL;
    Ots__ReturnContent *content = take(build, &ots__return_content__descriptor);
    struct slice object = vector_object(input, "return_content");
    content->has_return_type = true;
    content->return_type =
        (Ots__ReturnType)enum_of(build, object, "return_type", &ots__return_type__descriptor);
    content->n_return_column_names =
        texts_of(build, object, "return_column_names", &content->return_column_names);
    return content;
}

static Ots__TimeRange *time_range_of(const struct build *build, struct slice input)
{
    if (!vector_has(input, "time_range"))
        return NULL;
    Ots__TimeRange *range = take(build, &ots__time_range__descriptor);
    struct slice object = vector_object(input, "time_range");
    range->has_start_time = vector_has(object, "start");
    range->start_time = vector_integer(object, "start", 0);
    range->has_end_time = vector_has(object, "end");
    range->end_time = vector_integer(object, "end", 0);
    range->has_specific_time = vector_has(object, "specific");
    range->specific_time = vector_integer(object, "specific", 0);
    return range;
}

/* The Node.js client always asks for a number of versions. */
static bool versions_of(const struct build *build, struct slice input, int32_t *versions)
{
    bool node = strncmp(build->vector->name, "node/", 5) == 0;
    *versions = (int32_t)vector_integer(input, "max_versions", node ? 1 : 0);
    return *versions > 0;
}

/* Filters are bytes to us: the recorded ones, where the input has one. */
static bool recorded_bytes(const struct build *build, bool wanted, const ProtobufCBinaryData *from,
                           ProtobufCBinaryData *to)
{
    if (!wanted)
        return false;
    assert_true(from->len > 0);
    *to = (ProtobufCBinaryData){from->len, (uint8_t *)copy(build, slice_of(from->data, from->len))};
    return true;
}

/* Conditions and filters of one row or read, out of the recorded message of the same kind. */
#define COPY_CONDITION(build, message, recorded)                                                             \
    ((message)->condition->has_column_condition =                                                            \
         recorded_bytes(build, vector_has(vector_object((build)->input, "condition"), "column_condition"),   \
                        &(recorded)->condition->column_condition, &(message)->condition->column_condition))
#define COPY_FILTER(build, message, recorded)                                                                \
    ((message)->has_filter = recorded_bytes(build, vector_has((build)->input, "filter"),                     \
                                            &(recorded)->filter, &(message)->filter))

static void *recorded_of(const struct build *build, const ProtobufCMessageDescriptor *descriptor)
{
    return protobuf_c_message_unpack(descriptor, NULL, build->recorded.len,
                                     (const uint8_t *)build->recorded.at);
}

static void free_recorded(ProtobufCMessage *recorded)
{
    protobuf_c_message_free_unpacked(recorded, NULL);
}

/* ---- the single row operations ---- */

static ProtobufCMessage *put_row(const struct build *build)
{
    Ots__PutRowRequest *request = take(build, &ots__put_row_request__descriptor);
    Ots__PutRowRequest *recorded = recorded_of(build, &ots__put_row_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    request->row = row_of(build, build->input, ROW_PUT);
    request->condition = condition_of(build, build->input);
    COPY_CONDITION(build, request, recorded);
    request->return_content = return_content_of(build, build->input);
    request->transaction_id = text_of(build, build->input, "transaction_id");
    free_recorded(&recorded->base);
    return &request->base;
}

static ProtobufCMessage *update_row(const struct build *build)
{
    Ots__UpdateRowRequest *request = take(build, &ots__update_row_request__descriptor);
    Ots__UpdateRowRequest *recorded = recorded_of(build, &ots__update_row_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    request->row_change = row_of(build, build->input, ROW_UPDATE);
    request->condition = condition_of(build, build->input);
    COPY_CONDITION(build, request, recorded);
    request->return_content = return_content_of(build, build->input);
    request->transaction_id = text_of(build, build->input, "transaction_id");
    free_recorded(&recorded->base);
    return &request->base;
}

static ProtobufCMessage *delete_row(const struct build *build)
{
    Ots__DeleteRowRequest *request = take(build, &ots__delete_row_request__descriptor);
    Ots__DeleteRowRequest *recorded = recorded_of(build, &ots__delete_row_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    request->primary_key = row_of(build, build->input, ROW_DELETE);
    request->condition = condition_of(build, build->input);
    COPY_CONDITION(build, request, recorded);
    request->return_content = return_content_of(build, build->input);
    request->transaction_id = text_of(build, build->input, "transaction_id");
    free_recorded(&recorded->base);
    return &request->base;
}

static ProtobufCMessage *get_row(const struct build *build)
{
    Ots__GetRowRequest *request = take(build, &ots__get_row_request__descriptor);
    Ots__GetRowRequest *recorded = recorded_of(build, &ots__get_row_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    request->primary_key = key_of(build, vector_get(build->input, "primary_key").text);
    request->n_columns_to_get = texts_of(build, build->input, "columns_to_get", &request->columns_to_get);
    request->time_range = time_range_of(build, build->input);
    request->has_max_versions = versions_of(build, build->input, &request->max_versions);
    COPY_FILTER(build, request, recorded);
    request->start_column = text_of(build, build->input, "start_column");
    request->end_column = text_of(build, build->input, "end_column");
    free_recorded(&recorded->base);
    return &request->base;
}

static ProtobufCMessage *get_range(const struct build *build)
{
    Ots__GetRangeRequest *request = take(build, &ots__get_range_request__descriptor);
    Ots__GetRangeRequest *recorded = recorded_of(build, &ots__get_range_request__descriptor);
    bool go = strncmp(build->vector->name, "go/", 3) == 0; /* it always sends its two hints */
    request->table_name = text_of(build, build->input, "table_name");
    request->direction =
        (Ots__Direction)enum_of(build, build->input, "direction", &ots__direction__descriptor);
    request->has_max_versions = versions_of(build, build->input, &request->max_versions);
    request->has_limit = vector_has(build->input, "limit");
    request->limit = (int32_t)vector_integer(build->input, "limit", 0);
    request->inclusive_start_primary_key = key_of(build, vector_get(build->input, "start").text);
    request->exclusive_end_primary_key = key_of(build, vector_get(build->input, "end").text);
    COPY_FILTER(build, request, recorded);
    request->has_data_block_type_hint = go;
    request->has_compress_type_hint = go;
    free_recorded(&recorded->base);
    return &request->base;
}

/* ---- batches ---- */

static enum row_op op_of(const struct build *build, struct slice row)
{
    return (enum row_op)enum_of(build, row, "type", &ots__operation_type__descriptor);
}

static Ots__TableInBatchGetRowRequest *batch_get_table(const struct build *build, struct slice input)
{
    Ots__TableInBatchGetRowRequest *table = take(build, &ots__table_in_batch_get_row_request__descriptor);
    struct json_value *keys;
    table->table_name = text_of(build, input, "table_name");
    table->n_primary_key = vector_array(build->arena, input, "primary_keys", &keys);
    table->primary_key = arena_take(build->arena, table->n_primary_key * sizeof(*table->primary_key));
    for (size_t i = 0; i < table->n_primary_key; i++)
        table->primary_key[i] = key_of(build, keys[i].text);
    table->n_columns_to_get = texts_of(build, input, "columns_to_get", &table->columns_to_get);
    table->has_max_versions = versions_of(build, input, &table->max_versions);
    return table;
}

static ProtobufCMessage *batch_get_row(const struct build *build)
{
    Ots__BatchGetRowRequest *request = take(build, &ots__batch_get_row_request__descriptor);
    struct json_value *tables;
    request->n_tables = vector_array(build->arena, build->input, "tables", &tables);
    request->tables = (Ots__TableInBatchGetRowRequest **)take_list(build, request->n_tables);
    for (size_t i = 0; i < request->n_tables; i++)
        request->tables[i] = batch_get_table(build, tables[i].text);
    return &request->base;
}

static Ots__RowInBatchWriteRowRequest *batch_write_row_of(const struct build *build, struct slice input)
{
    Ots__RowInBatchWriteRowRequest *row = take(build, &ots__row_in_batch_write_row_request__descriptor);
    enum row_op op = op_of(build, input);
    row->type = (Ots__OperationType)op;
    row->row_change = row_of(build, input, op);
    row->condition = condition_of(build, input);
    row->return_content = return_content_of(build, input);
    return row;
}

static Ots__TableInBatchWriteRowRequest *batch_write_table(const struct build *build, struct slice input)
{
    Ots__TableInBatchWriteRowRequest *table = take(build, &ots__table_in_batch_write_row_request__descriptor);
    struct json_value *rows;
    table->table_name = text_of(build, input, "table_name");
    table->n_rows = vector_array(build->arena, input, "rows", &rows);
    table->rows = (Ots__RowInBatchWriteRowRequest **)take_list(build, table->n_rows);
    for (size_t i = 0; i < table->n_rows; i++)
        table->rows[i] = batch_write_row_of(build, rows[i].text);
    return table;
}

static ProtobufCMessage *batch_write_row(const struct build *build)
{
    Ots__BatchWriteRowRequest *request = take(build, &ots__batch_write_row_request__descriptor);
    struct json_value *tables;
    request->n_tables = vector_array(build->arena, build->input, "tables", &tables);
    request->tables = (Ots__TableInBatchWriteRowRequest **)take_list(build, request->n_tables);
    for (size_t i = 0; i < request->n_tables; i++)
        request->tables[i] = batch_write_table(build, tables[i].text);
    request->transaction_id = text_of(build, build->input, "transaction_id");
    request->has_is_atomic = vector_has(build->input, "is_atomic");
    request->is_atomic = vector_get(build->input, "is_atomic").kind == JSON_TRUE;
    return &request->base;
}

static ProtobufCMessage *bulk_import(const struct build *build)
{
    Ots__BulkImportRequest *request = take(build, &ots__bulk_import_request__descriptor);
    struct json_value *rows;
    request->table_name = text_of(build, build->input, "table_name");
    request->n_rows = vector_array(build->arena, build->input, "rows", &rows);
    request->rows = (Ots__RowInBulkImportRequest **)take_list(build, request->n_rows);
    for (size_t i = 0; i < request->n_rows; i++) {
        Ots__RowInBulkImportRequest *row = take(build, &ots__row_in_bulk_import_request__descriptor);
        row->type = (Ots__OperationType)op_of(build, rows[i].text);
        row->row_change = row_of(build, rows[i].text, op_of(build, rows[i].text));
        request->rows[i] = row;
    }
    return &request->base;
}

/* ---- tables ---- */

static Ots__ReservedThroughput *throughput_of(const struct build *build)
{
    if (!vector_has(build->input, "reserved_throughput"))
        return NULL;
    Ots__ReservedThroughput *throughput = take(build, &ots__reserved_throughput__descriptor);
    struct slice object = vector_object(build->input, "reserved_throughput");
    throughput->capacity_unit = take(build, &ots__capacity_unit__descriptor);
    throughput->capacity_unit->has_read = true;
    throughput->capacity_unit->read = (int32_t)vector_integer(object, "read", 0);
    throughput->capacity_unit->has_write = true;
    throughput->capacity_unit->write = (int32_t)vector_integer(object, "write", 0);
    return throughput;
}

static Ots__TableOptions *options_of(const struct build *build)
{
    Ots__TableOptions *options = take(build, &ots__table_options__descriptor);
    struct slice object = vector_object(build->input, "table_options");
    options->has_time_to_live = vector_has(object, "time_to_live");
    options->time_to_live = (int32_t)vector_integer(object, "time_to_live", 0);
    options->has_max_versions = vector_has(object, "max_versions");
    options->max_versions = (int32_t)vector_integer(object, "max_versions", 0);
    options->has_deviation_cell_version_in_sec = vector_has(object, "max_time_deviation_s");
    options->deviation_cell_version_in_sec = vector_integer(object, "max_time_deviation_s", 0);
    options->has_allow_update = vector_has(object, "allow_update");
    options->allow_update = vector_get(object, "allow_update").kind == JSON_TRUE;
    return options;
}

static Ots__StreamSpecification *stream_of(const struct build *build)
{
    if (!vector_has(build->input, "stream"))
        return NULL;
    Ots__StreamSpecification *stream = take(build, &ots__stream_specification__descriptor);
    struct slice object = vector_object(build->input, "stream");
    stream->enable_stream = vector_get(object, "enable_stream").kind == JSON_TRUE;
    stream->has_expiration_time = vector_has(object, "expiration_time_h");
    stream->expiration_time = (int32_t)vector_integer(object, "expiration_time_h", 0);
    return stream;
}

static Ots__PrimaryKeySchema *key_schema_of(const struct build *build, struct slice object)
{
    Ots__PrimaryKeySchema *key = take(build, &ots__primary_key_schema__descriptor);
    key->name = text_of(build, object, "name");
    key->type = (Ots__PrimaryKeyType)enum_of(build, object, "type", &ots__primary_key_type__descriptor);
    key->has_option = vector_has(object, "option");
    if (key->has_option)
        key->option =
            (Ots__PrimaryKeyOption)enum_of(build, object, "option", &ots__primary_key_option__descriptor);
    return key;
}

static Ots__DefinedColumnSchema *defined_column_of(const struct build *build, struct slice object)
{
    Ots__DefinedColumnSchema *column = take(build, &ots__defined_column_schema__descriptor);
    column->name = text_of(build, object, "name");
    column->type =
        (Ots__DefinedColumnType)enum_of(build, object, "type", &ots__defined_column_type__descriptor);
    return column;
}

static Ots__IndexMeta *index_of(const struct build *build, struct slice object)
{
    Ots__IndexMeta *index = take(build, &ots__index_meta__descriptor);
    index->name = text_of(build, object, "name");
    index->n_primary_key = texts_of(build, object, "primary_key", &index->primary_key);
    index->n_defined_column = texts_of(build, object, "defined_column", &index->defined_column);
    index->index_type = (Ots__IndexType)enum_of(build, object, "index_type", &ots__index_type__descriptor);
    index->index_update_mode = (Ots__IndexUpdateMode)enum_of(build, object, "index_update_mode",
                                                             &ots__index_update_mode__descriptor);
    return index;
}

static Ots__TableMeta *meta_of(const struct build *build)
{
    Ots__TableMeta *meta = take(build, &ots__table_meta__descriptor);
    struct json_value *values;
    meta->table_name = text_of(build, build->input, "table_name");
    meta->n_primary_key = vector_array(build->arena, build->input, "primary_key", &values);
    meta->primary_key = (Ots__PrimaryKeySchema **)take_list(build, meta->n_primary_key);
    for (size_t i = 0; i < meta->n_primary_key; i++)
        meta->primary_key[i] = key_schema_of(build, values[i].text);
    meta->n_defined_column = vector_array(build->arena, build->input, "defined_columns", &values);
    meta->defined_column = (Ots__DefinedColumnSchema **)take_list(build, meta->n_defined_column);
    for (size_t i = 0; i < meta->n_defined_column; i++)
        meta->defined_column[i] = defined_column_of(build, values[i].text);
    return meta;
}

/* Only strings split the recorded tables. */
static ProtobufCBinaryData bare_of(const struct build *build, struct slice object)
{
    struct slice text = vector_text(build->arena, object, "value");
    uint8_t *at = arena_take(build->arena, 5 + text.len);
    memcpy(at, "\x03\0\0\0\0", 5);
    at[1] = (uint8_t)text.len;
    memcpy(at + 5, text.at, text.len);
    return (ProtobufCBinaryData){5 + text.len, at};
}

/* n split points are n + 1 ranges from INF_MIN to INF_MAX. */
static void add_partitions(const struct build *build, Ots__CreateTableRequest *request)
{
    static uint8_t infinite[] = {0x09, 0x0a};
    struct json_value *points;
    size_t count = vector_array(build->arena, build->input, "split_points", &points);
    request->n_partitions = count == 0 ? 0 : count + 1;
    request->partitions = (Ots__PartitionRange **)take_list(build, request->n_partitions);
    for (size_t i = 0; i < request->n_partitions; i++) {
        Ots__PartitionRange *range = take(build, &ots__partition_range__descriptor);
        range->begin = i == 0 ? (ProtobufCBinaryData){1, &infinite[0]} : request->partitions[i - 1]->end;
        range->end = i == count ? (ProtobufCBinaryData){1, &infinite[1]} : bare_of(build, points[i].text);
        request->partitions[i] = range;
    }
}

static ProtobufCMessage *create_table(const struct build *build)
{
    Ots__CreateTableRequest *request = take(build, &ots__create_table_request__descriptor);
    struct json_value *indexes;
    request->table_meta = meta_of(build);
    request->reserved_throughput = throughput_of(build);
    request->table_options = options_of(build);
    request->stream_spec = stream_of(build);
    request->n_index_metas = vector_array(build->arena, build->input, "indexes", &indexes);
    request->index_metas = (Ots__IndexMeta **)take_list(build, request->n_index_metas);
    for (size_t i = 0; i < request->n_index_metas; i++)
        request->index_metas[i] = index_of(build, indexes[i].text);
    add_partitions(build, request);
    return &request->base;
}

static ProtobufCMessage *update_table(const struct build *build)
{
    Ots__UpdateTableRequest *request = take(build, &ots__update_table_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    request->reserved_throughput = throughput_of(build);
    request->table_options = options_of(build);
    request->stream_spec = stream_of(build);
    return &request->base;
}

static ProtobufCMessage *list_table(const struct build *build)
{
    return take(build, &ots__list_table_request__descriptor);
}

static ProtobufCMessage *describe_table(const struct build *build)
{
    Ots__DescribeTableRequest *request = take(build, &ots__describe_table_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    return &request->base;
}

static ProtobufCMessage *delete_table(const struct build *build)
{
    Ots__DeleteTableRequest *request = take(build, &ots__delete_table_request__descriptor);
    request->table_name = text_of(build, build->input, "table_name");
    return &request->base;
}

/* ---- by operation ---- */

struct builder {
    const char *operation;
    ProtobufCMessage *(*build)(const struct build *build);
};

static const struct builder builders[] = {
    {"CreateTable", create_table}, {"ListTable", list_table},      {"DescribeTable", describe_table},
    {"UpdateTable", update_table}, {"DeleteTable", delete_table},  {"PutRow", put_row},
    {"UpdateRow", update_row},     {"DeleteRow", delete_row},      {"GetRow", get_row},
    {"GetRange", get_range},       {"BatchGetRow", batch_get_row}, {"BatchWriteRow", batch_write_row},
    {"BulkImport", bulk_import},
};

struct slice vector_message_build(const struct vector *vector, struct slice recorded, struct arena *arena)
{
    struct build build = {.vector = vector, .input = vector->input, .recorded = recorded, .arena = arena};
    for (size_t i = 0; i < sizeof(builders) / sizeof(builders[0]); i++) {
        if (!slice_equal(vector->operation, slice_text(builders[i].operation)))
            continue;
        struct vector_message message = {.message = builders[i].build(&build)};
        return vector_message_pack(&message, arena);
    }
    fail_msg("an operation without a builder: %.*s", SLICE_ARG(vector->operation));
    return (struct slice){NULL, 0};
}
