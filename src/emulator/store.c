/* store: tables by name. Rows, and what can be taken back, are in store_change.c. */
#include "emulator/store.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "emulator/schema.h"
#include "emulator/store_private.h"
#include "wire/tablestore.pb-c.h"

enum { STORE_SCHEMA_CHUNK = 2048 };

void store_init(struct store *store)
{
    *store = (struct store){.count = 0};
    transaction_init_all(&store->transactions);
}

void store_table_destroy(struct store_table *table)
{
    row_index_fini(&table->rows);
    arena_fini(&table->arena);
    free(table);
}

void store_fini(struct store *store)
{
    store_undo(store, 0);
    transaction_fini_all(&store->transactions);
    while (store->count > 0)
        store_table_destroy(store->tables[--store->count]);
    free(store->changes);
    store_init(store);
}

struct store_table *store_find(const struct store *store, struct slice name)
{
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kind != STORE_SERIES && slice_equal(store->tables[i]->name, name))
            return store->tables[i];
    return NULL;
}

struct store_table *store_find_series(const struct store *store, struct slice name)
{
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kind == STORE_SERIES && slice_equal(store->tables[i]->name, name))
            return store->tables[i];
    return NULL;
}

struct store_table *store_find_index(const struct store *store, struct slice name)
{
    for (uint32_t i = 0; i < store->count; i++) {
        const Ots__CreateTableRequest *meta = store->tables[i]->meta;
        for (size_t k = 0; meta != NULL && k < meta->n_index_metas; k++)
            if (slice_equal(slice_text(meta->index_metas[k]->name), name))
                return store->tables[i];
    }
    return NULL;
}

bool store_name_taken(const struct store *store, struct slice name)
{
    return store_find(store, name) != NULL || store_find_index(store, name) != NULL;
}

void store_insert(struct store *store, struct store_table *table, uint32_t place)
{
    CHECK(store->count < LIMIT_TABLES && place <= store->count);
    memmove(&store->tables[place + 1], &store->tables[place],
            (store->count - place) * sizeof(store->tables[0]));
    store->tables[place] = table;
    store->count++;
}

uint32_t store_remove(struct store *store, const struct store_table *table)
{
    uint32_t place = 0;
    while (place < store->count && store->tables[place] != table)
        place++;
    CHECK(place < store->count);
    store->count--;
    memmove(&store->tables[place], &store->tables[place + 1],
            (store->count - place) * sizeof(store->tables[0]));
    return place;
}

const ProtobufCMessage *store_table_request(const struct store_table *table)
{
    return table->kind == STORE_DATA ? &table->meta->base : &table->series_meta->base;
}

static int store_unpack(struct store_table *table, struct slice body, struct refusal *refusal)
{
    const ProtobufCMessageDescriptor *kind = table->kind == STORE_DATA
                                                 ? &ots__create_table_request__descriptor
                                                 : &ots__create_timeseries_table_request__descriptor;
    void *request = proto_unpack(kind, body, &table->arena);
    if (request == NULL)
        return refusal_set(refusal, "OTSParameterInvalid", "The body is not a valid protobuf message of %s.",
                           table->kind == STORE_DATA ? "CreateTable" : "CreateTimeseriesTable");
    if (table->kind == STORE_DATA)
        table->meta = request;
    else
        table->series_meta = request;
    return 0;
}

/* A table of its own memory, in no store yet; NULL and why when the service refuses its schema. */
static struct store_table *store_make(struct store *store, enum store_kind kind, struct slice body,
                                      struct refusal *refusal)
{
    struct store_table *table = check_memory(calloc(1, sizeof(*table)));
    table->store = store;
    table->kind = kind;
    arena_init(&table->arena, STORE_SCHEMA_CHUNK);
    row_index_init(&table->rows);
    if (store_unpack(table, body, refusal) == 0 &&
        (kind == STORE_DATA ? schema_read(table, refusal) : schema_read_series(table, refusal)) == 0)
        return table;
    store_table_destroy(table);
    return NULL;
}

static int store_check_indexes(const struct store *store, const Ots__CreateTableRequest *meta,
                               struct refusal *refusal)
{
    for (size_t i = 0; i < meta->n_index_metas; i++)
        if (store_name_taken(store, slice_text(meta->index_metas[i]->name)))
            return refusal_set(refusal, "OTSObjectAlreadyExist", "Requested index already exists.");
    return 0;
}

/* Series stand beside the points of their name, and there is room for both or neither. */
static int store_check_names(const struct store *store, const struct store_table *table,
                             struct refusal *refusal)
{
    const struct store_table *other = store_find(store, table->name);
    bool beside = table->kind == STORE_SERIES && other != NULL && other->kind == STORE_POINTS &&
                  store_find_series(store, table->name) == NULL;
    if (!beside && (table->kind == STORE_SERIES || store_name_taken(store, table->name)))
        return refusal_set(refusal, "OTSObjectAlreadyExist", "Requested table already exists.");
    if (table->kind == STORE_DATA && store_check_indexes(store, table->meta, refusal) != 0)
        return -1;
    if (store->count + (table->kind == STORE_POINTS ? 2 : 1) > LIMIT_TABLES)
        return refusal_set(refusal, "OTSQuotaExhausted", "Number of tables exceeds the quota:%d.",
                           LIMIT_TABLES);
    return 0;
}

int store_create(struct store *store, enum store_kind kind, struct slice body, int64_t now_us,
                 struct refusal *refusal)
{
    struct store_table *table = store_make(store, kind, body, refusal);
    if (table == NULL)
        return -1;
    if (store_check_names(store, table, refusal) != 0) {
        store_table_destroy(table);
        return -1;
    }
    table->created_us = now_us;
    store_insert(store, table, store->count);
    store_note(store, (struct store_change){.kind = STORE_TABLE_MADE, .table = table});
    return 0;
}

int store_alter(struct store_table *table, const ProtobufCMessage *request, struct refusal *refusal)
{
    struct buffer body;
    buffer_init(&body, SIZE_MAX);
    proto_pack(request, &body);
    struct store_table *other = store_make(table->store, table->kind, buffer_slice(&body), refusal);
    buffer_fini(&body);
    if (other == NULL)
        return -1;
    CHECK(slice_equal(other->name, table->name));
    store_swap_schema(table, other);
    table->raised_us = other->raised_us;
    table->lowered_us = other->lowered_us;
    table->streamed_us = other->streamed_us;
    store_note(table->store,
               (struct store_change){.kind = STORE_TABLE_ALTERED, .table = table, .before = other});
    return 0;
}

void store_delete(struct store_table *table)
{
    transaction_drop_all(&table->store->transactions, table);
    uint32_t place = store_remove(table->store, table);
    store_note(table->store, (struct store_change){.kind = STORE_TABLE_GONE, .table = table, .place = place});
}

bool store_table_has_index(const struct store_table *table)
{
    return table->meta != NULL && table->meta->n_index_metas > 0;
}
