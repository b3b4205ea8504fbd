/* table_ops: CreateTable, ListTable, DescribeTable, DeleteTable. */
#include <stdio.h>

#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

/* The store reads the body again when the table is made, and that may be later. */
int operation_create_table_read(struct visit *visit)
{
    visit->body = arena_copy(&visit->arena, visit->body);
    return 0;
}

int operation_create_table(struct visit *visit)
{
    Ots__CreateTableResponse answer = OTS__CREATE_TABLE_RESPONSE__INIT;
    if (store_create(visit->ground->store, visit->body, visit->ground->now_ms * 1000, &visit->refusal) != 0)
        return -1;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_list_table(struct visit *visit)
{
    const struct store *store = visit->ground->store;
    Ots__ListTableResponse answer = OTS__LIST_TABLE_RESPONSE__INIT;
    char *names[LIMIT_TABLES];
    answer.table_names = names;
    answer.n_table_names = store->count;
    for (uint32_t i = 0; i < store->count; i++)
        names[i] = store->tables[i]->meta->table_meta->table_name;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* The shape of a UUID, made from name and time of creation. */
static void table_id(const struct store_table *table, char id[VISIT_REQUEST_ID + 1])
{
    uint64_t hash = row_key_hash(table->name, slice_of(&table->created_us, sizeof(table->created_us)));
    uint64_t time = (uint64_t)table->created_us;
    snprintf(id, VISIT_REQUEST_ID + 1, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(time >> 32),
             (unsigned)(time >> 16 & 0xffff), (unsigned)(time & 0xffff), (unsigned)(hash >> 48),
             (unsigned long long)(hash & 0xffffffffffffu));
}

static void table_fill_options(const struct store_table *table, Ots__TableOptions *options)
{
    *options = *table->meta->table_options;
    options->has_deviation_cell_version_in_sec = true;
    options->deviation_cell_version_in_sec = table->deviation_ms / 1000;
    options->allow_update = options->has_allow_update ? options->allow_update : true;
    options->has_allow_update = true;
    options->update_full_row = options->has_update_full_row ? options->update_full_row : false;
    options->has_update_full_row = true;
}

static void table_fill_streams(const struct store_table *table, Ots__StreamDetails *streams)
{
    const Ots__StreamSpecification *spec = table->meta->stream_spec;
    streams->enable_stream = spec != NULL && spec->enable_stream;
    streams->has_last_enable_time = true;
    if (!streams->enable_stream)
        return;
    streams->last_enable_time = table->created_us;
    streams->stream_id = table->meta->table_meta->table_name;
    streams->has_expiration_time = spec->has_expiration_time;
    streams->expiration_time = spec->expiration_time;
}

static void table_fill_throughput(const struct store_table *table, Ots__ReservedThroughputDetails *details)
{
    details->capacity_unit = table->meta->reserved_throughput->capacity_unit;
    details->last_increase_time = table->created_us / 1000000;
}

/* Indexes are declared and shown; the phase says that they are in step with the table. */
static void table_fill_indexes(const struct store_table *table, Ots__DescribeTableResponse *answer)
{
    answer->n_index_metas = table->meta->n_index_metas;
    answer->index_metas = table->meta->index_metas;
    for (size_t i = 0; i < answer->n_index_metas; i++) {
        answer->index_metas[i]->has_index_sync_phase = true;
        answer->index_metas[i]->index_sync_phase = OTS__INDEX_SYNC_PHASE__ISP_INCR;
    }
}

static void table_describe(struct visit *visit, const struct store_table *table)
{
    Ots__DescribeTableResponse answer = OTS__DESCRIBE_TABLE_RESPONSE__INIT;
    Ots__ReservedThroughputDetails throughput = OTS__RESERVED_THROUGHPUT_DETAILS__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__StreamDetails streams = OTS__STREAM_DETAILS__INIT;
    Ots__SSEDetails encryption = OTS__SSEDETAILS__INIT;
    Ots__TableMeta meta = *table->meta->table_meta;
    char id[VISIT_REQUEST_ID + 1];
    table_id(table, id);
    meta.table_id = id;
    table_fill_throughput(table, &throughput);
    table_fill_options(table, &options);
    table_fill_streams(table, &streams);
    table_fill_indexes(table, &answer);
    answer.table_meta = &meta;
    answer.reserved_throughput_details = &throughput;
    answer.table_options = &options;
    answer.has_table_status = true;
    answer.table_status = OTS__TABLE_STATUS__ACTIVE;
    answer.stream_details = &streams;
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
    table_describe(visit, table);
    return 0;
}

int operation_delete_table(struct visit *visit)
{
    const Ots__DeleteTableRequest *request = visit->message;
    Ots__DeleteTableResponse answer = OTS__DELETE_TABLE_RESPONSE__INIT;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    store_delete(table);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}
