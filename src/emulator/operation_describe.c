/* operation_describe: DescribeTable and UpdateTable: a table's settings, shown and changed. */
#include <stdio.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum { DESCRIBE_STREAM_ID = LIMIT_NAME_BYTES + 32 };

/* The shape of a UUID, made from name and time of creation. */
static void describe_id(const struct store_table *table, char id[VISIT_REQUEST_ID + 1])
{
    uint64_t hash = row_key_hash(table->name, slice_of(&table->created_us, sizeof(table->created_us)));
    uint64_t time = (uint64_t)table->created_us;
    snprintf(id, VISIT_REQUEST_ID + 1, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(time >> 32),
             (unsigned)(time >> 16 & 0xffff), (unsigned)(time & 0xffff), (unsigned)(hash >> 48),
             (unsigned long long)(hash & 0xffffffffffffu));
}

static void describe_fill_options(const struct store_table *table, Ots__TableOptions *options)
{
    *options = *table->meta->table_options;
    options->has_deviation_cell_version_in_sec = true;
    options->deviation_cell_version_in_sec = table->deviation_ms / 1000;
    options->allow_update = options->has_allow_update ? options->allow_update : true;
    options->has_allow_update = true;
    options->update_full_row = options->has_update_full_row ? options->update_full_row : false;
    options->has_update_full_row = true;
}

/* The parts that both answers have. */
struct describe_parts {
    Ots__ReservedThroughputDetails throughput;
    Ots__TableOptions options;
    Ots__StreamDetails streams;
    char stream_id[DESCRIBE_STREAM_ID];
};

static void describe_fill_streams(const struct store_table *table, struct describe_parts *parts)
{
    const Ots__StreamSpecification *spec = table->meta->stream_spec;
    Ots__StreamDetails *streams = &parts->streams;
    ots__stream_details__init(streams);
    streams->enable_stream = spec != NULL && spec->enable_stream;
    streams->has_last_enable_time = true;
    if (!streams->enable_stream)
        return;
    streams->last_enable_time = table->streamed_us == 0 ? table->created_us : table->streamed_us;
    snprintf(parts->stream_id, sizeof(parts->stream_id), "%s_%lld", table->meta->table_meta->table_name,
             (long long)streams->last_enable_time);
    streams->stream_id = parts->stream_id;
    streams->has_expiration_time = spec->has_expiration_time;
    streams->expiration_time = spec->expiration_time;
    streams->n_columns_to_get = spec->n_columns_to_get;
    streams->columns_to_get = spec->columns_to_get;
}

static void describe_fill_throughput(const struct store_table *table, Ots__ReservedThroughputDetails *details)
{
    int64_t raised_us = table->raised_us == 0 ? table->created_us : table->raised_us;
    ots__reserved_throughput_details__init(details);
    details->capacity_unit = table->meta->reserved_throughput->capacity_unit;
    details->last_increase_time = raised_us / 1000000;
    details->has_last_decrease_time = table->lowered_us != 0;
    details->last_decrease_time = table->lowered_us / 1000000;
}

static void describe_fill(const struct store_table *table, struct describe_parts *parts)
{
    describe_fill_throughput(table, &parts->throughput);
    describe_fill_options(table, &parts->options);
    describe_fill_streams(table, parts);
}

/* Indexes are declared and shown; the phase says that they are in step with the table. */
static void describe_fill_indexes(const struct store_table *table, Ots__DescribeTableResponse *answer)
{
    answer->n_index_metas = table->meta->n_index_metas;
    answer->index_metas = table->meta->index_metas;
    for (size_t i = 0; i < answer->n_index_metas; i++) {
        answer->index_metas[i]->has_index_sync_phase = true;
        answer->index_metas[i]->index_sync_phase = OTS__INDEX_SYNC_PHASE__ISP_INCR;
    }
}

/* Where the partitions meet, as rows of the first key column. */
static void describe_fill_splits(const struct store_table *table, Ots__DescribeTableResponse *answer,
                                 struct arena *arena)
{
    const Ots__CreateTableRequest *meta = table->meta;
    if (meta->n_partitions < 2)
        return;
    answer->shard_splits = arena_take(arena, meta->n_partitions * sizeof(answer->shard_splits[0]));
    for (size_t i = 1; i < meta->n_partitions; i++) {
        struct cell key;
        struct error err;
        struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
        CHECK(plainbuffer_bare(proto_slice(meta->partitions[i]->begin), &key, &err) == 0);
        key.name = table->keys[0].name;
        size_t bytes = plainbuffer_size(&row);
        char *at = arena_take(arena, bytes);
        CHECK(plainbuffer_put(&row, at) == at + bytes);
        answer->shard_splits[answer->n_shard_splits++] = proto_bytes(slice_of(at, bytes));
    }
}

static void describe_answer(struct visit *visit, const struct store_table *table)
{
    Ots__DescribeTableResponse answer = OTS__DESCRIBE_TABLE_RESPONSE__INIT;
    Ots__SSEDetails encryption = OTS__SSEDETAILS__INIT;
    Ots__TableMeta meta = *table->meta->table_meta;
    struct describe_parts parts;
    char id[VISIT_REQUEST_ID + 1];
    describe_id(table, id);
    meta.table_id = id;
    describe_fill(table, &parts);
    describe_fill_indexes(table, &answer);
    describe_fill_splits(table, &answer, &visit->arena);
    answer.table_meta = &meta;
    answer.reserved_throughput_details = &parts.throughput;
    answer.table_options = &parts.options;
    answer.has_table_status = true;
    answer.table_status = OTS__TABLE_STATUS__ACTIVE;
    answer.stream_details = &parts.streams;
    answer.sse_details = &encryption;
    answer.has_creation_time = true;
    answer.creation_time = table->created_us;
    proto_pack(&answer.base, &visit->answer);
}

int operation_describe_table(struct visit *visit)
{
    const Ots__DescribeTableRequest *request = visit->message;
    const struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    describe_answer(visit, table);
    return 0;
}

/* ---- UpdateTable ---- */

/* The message that would make the table as it shall be. */
struct describe_change {
    Ots__CreateTableRequest meta;
    Ots__TableOptions options;
    Ots__ReservedThroughput throughput;
    Ots__CapacityUnit unit;
};

/* What is not given stays; a unit of which nothing is given is refused. */
static int change_throughput(struct visit *visit, const Ots__CapacityUnit *unit,
                             struct describe_change *change)
{
    if (!unit->has_read && !unit->has_write)
        return refusal_set(&visit->refusal, INVALID, "Neither read nor write capacity unit is set.");
    change->unit = *change->meta.reserved_throughput->capacity_unit;
    change->unit.read = unit->has_read ? unit->read : change->unit.read;
    change->unit.write = unit->has_write ? unit->write : change->unit.write;
    change->unit.has_read = true;
    change->unit.has_write = true;
    change->throughput = *change->meta.reserved_throughput;
    change->throughput.capacity_unit = &change->unit;
    change->meta.reserved_throughput = &change->throughput;
    return 0;
}

#define TAKE(field)                                                                                          \
    if (options->has_##field) {                                                                              \
        change->options.has_##field = true;                                                                  \
        change->options.field = options->field;                                                              \
    }

/* The Node.js SDK sends the message empty when it changes something else. */
static bool change_has_options(const Ots__TableOptions *options)
{
    return options != NULL &&
           (options->has_time_to_live || options->has_max_versions ||
            options->has_deviation_cell_version_in_sec || options->has_allow_update ||
            options->has_update_full_row || options->has_bloom_filter_type || options->has_block_size);
}

static void change_options(const Ots__TableOptions *options, struct describe_change *change)
{
    change->options = *change->meta.table_options;
    TAKE(time_to_live)
    TAKE(max_versions)
    TAKE(deviation_cell_version_in_sec)
    TAKE(allow_update)
    TAKE(update_full_row)
    TAKE(bloom_filter_type)
    TAKE(block_size)
    change->meta.table_options = &change->options;
}

static int change_make(struct visit *visit, const Ots__UpdateTableRequest *request,
                       struct describe_change *change)
{
    bool options = change_has_options(request->table_options);
    if (request->reserved_throughput == NULL && !options && request->stream_spec == NULL)
        return refusal_set(&visit->refusal, INVALID, "Nothing is specified to update the table.");
    if (request->reserved_throughput != NULL &&
        change_throughput(visit, request->reserved_throughput->capacity_unit, change) != 0)
        return -1;
    if (options)
        change_options(request->table_options, change);
    if (request->stream_spec != NULL)
        change->meta.stream_spec = request->stream_spec;
    return 0;
}

/* Which times the change moves. `before` is the message before it. */
static void change_note_times(struct store_table *table, const Ots__CapacityUnit *before, bool streamed,
                              int64_t now_us)
{
    const Ots__CapacityUnit *after = table->meta->reserved_throughput->capacity_unit;
    const Ots__StreamSpecification *stream = table->meta->stream_spec;
    if (after->read > before->read || after->write > before->write)
        table->raised_us = now_us;
    if (after->read < before->read || after->write < before->write)
        table->lowered_us = now_us;
    if (stream != NULL && stream->enable_stream && !streamed)
        table->streamed_us = now_us;
}

static int change_apply_to(struct visit *visit, struct store_table *table,
                           const struct describe_change *change)
{
    const Ots__StreamSpecification *stream = table->meta->stream_spec;
    Ots__CapacityUnit before = *table->meta->reserved_throughput->capacity_unit;
    bool streamed = stream != NULL && stream->enable_stream;
    if (store_alter(table, &change->meta.base, &visit->refusal) != 0)
        return -1;
    change_note_times(table, &before, streamed, visit->ground->now_ms * 1000);
    return 0;
}

int operation_update_table(struct visit *visit)
{
    const Ots__UpdateTableRequest *request = visit->message;
    Ots__UpdateTableResponse answer = OTS__UPDATE_TABLE_RESPONSE__INIT;
    struct store_table *table = visit_table(visit, request->table_name);
    struct describe_parts parts;
    if (table == NULL)
        return -1;
    struct describe_change change = {.meta = *table->meta};
    if (change_make(visit, request, &change) != 0 || change_apply_to(visit, table, &change) != 0)
        return -1;
    describe_fill(table, &parts);
    answer.reserved_throughput_details = &parts.throughput;
    answer.table_options = &parts.options;
    answer.stream_details = &parts.streams;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}
