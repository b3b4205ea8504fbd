/* store: tables by name. */
#include "emulator/store.h"

#include <stdlib.h>

#include "base/check.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "emulator/schema.h"
#include "wire/tablestore.pb-c.h"

enum { STORE_SCHEMA_CHUNK = 2048 };

void store_init(struct store *store)
{
    *store = (struct store){.count = 0};
}

static void store_table_destroy(struct store_table *table)
{
    row_index_fini(&table->rows);
    arena_fini(&table->arena);
    free(table);
}

void store_fini(struct store *store)
{
    while (store->count > 0)
        store_table_destroy(store->tables[--store->count]);
}

struct store_table *store_find(const struct store *store, struct slice name)
{
    for (uint32_t i = 0; i < store->count; i++)
        if (slice_equal(store->tables[i]->name, name))
            return store->tables[i];
    return NULL;
}

static int store_add(struct store *store, struct store_table *table, struct refusal *refusal)
{
    if (store_find(store, table->name) != NULL)
        return refusal_set(refusal, "OTSObjectAlreadyExist", "Requested table already exists.");
    if (store->count == LIMIT_TABLES)
        return refusal_set(refusal, "OTSQuotaExhausted", "Number of tables exceeded the quota.");
    store->tables[store->count++] = table;
    return 0;
}

int store_create(struct store *store, struct slice body, int64_t now_us, struct refusal *refusal)
{
    struct store_table *table = check_memory(calloc(1, sizeof(*table)));
    arena_init(&table->arena, STORE_SCHEMA_CHUNK);
    row_index_init(&table->rows);
    table->created_us = now_us;
    table->meta = proto_unpack(&ots__create_table_request__descriptor, body, &table->arena);
    CHECK(table->meta != NULL);
    if (schema_read(table, refusal) == 0 && store_add(store, table, refusal) == 0)
        return 0;
    store_table_destroy(table);
    return -1;
}

void store_delete(struct store *store, struct store_table *table)
{
    for (uint32_t i = 0; i < store->count; i++) {
        if (store->tables[i] != table)
            continue;
        store->count--;
        memmove(&store->tables[i], &store->tables[i + 1], (store->count - i) * sizeof(store->tables[0]));
        break;
    }
    store_table_destroy(table);
}

bool store_table_has_index(const struct store_table *table)
{
    return table->meta->n_index_metas > 0;
}
