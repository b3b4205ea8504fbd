/* store_steps: see store_steps.h. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "support/store_steps.h"
#include "wire/tablestore.pb-c.h"

/* The last of the tables is a time-series table. */
enum { STEP_TABLES = 6, STEP_SERIES = 5, STEP_KEYS = 300, STEP_CREATED_US = 1700000000 };

static void step_name(char name[8], int number)
{
    snprintf(name, 8, "t%d", number);
}

static struct store_table *step_table(const struct store *store, int number)
{
    char name[8];
    step_name(name, number);
    return store_find(store, slice_text(name));
}

void store_steps_make_table(struct store *store, int number)
{
    char name[8];
    struct buffer body;
    struct refusal refusal = {.status = 0};
    Ots__PrimaryKeySchema keys[2] = {OTS__PRIMARY_KEY_SCHEMA__INIT, OTS__PRIMARY_KEY_SCHEMA__INIT};
    Ots__PrimaryKeySchema *key_list[2] = {&keys[0], &keys[1]};
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    Ots__CreateTableRequest request = OTS__CREATE_TABLE_REQUEST__INIT;
    step_name(name, number);
    keys[0].name = (char[]){"id"};
    keys[0].type = OTS__PRIMARY_KEY_TYPE__STRING;
    keys[1].name = (char[]){"seq"};
    keys[1].type = OTS__PRIMARY_KEY_TYPE__INTEGER;
    keys[1].has_option = true;
    keys[1].option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    meta.table_name = name;
    meta.n_primary_key = 2;
    meta.primary_key = key_list;
    options.has_time_to_live = true;
    options.time_to_live = -1;
    options.has_max_versions = true;
    options.max_versions = 3;
    throughput.capacity_unit = &unit;
    request.table_meta = &meta;
    request.table_options = &options;
    request.reserved_throughput = &throughput;
    buffer_init(&body, 1 << 20);
    proto_pack(&request.base, &body);
    assert_int_equal(store_create(store, STORE_DATA, buffer_slice(&body), STEP_CREATED_US + number, &refusal),
                     0);
    buffer_fini(&body);
}

static void step_alter(struct store_table *table, struct chance *chance)
{
    struct refusal refusal = {.status = 0};
    Ots__CreateTableRequest meta = *table->meta;
    Ots__TableOptions options = *table->meta->table_options;
    options.max_versions = 1 + (int32_t)chance_below(chance, 9);
    meta.table_options = &options;
    assert_int_equal(store_alter(table, &meta.base, &refusal), 0);
    assert_int_equal(table->max_versions, options.max_versions);
    table->raised_us = (int64_t)chance_below(chance, 1000);
    table->lowered_us = (int64_t)chance_below(chance, 1000);
    table->streamed_us = (int64_t)chance_below(chance, 1000);
}

static struct slice step_key(struct arena *arena, const char *id, int64_t seq)
{
    struct cell keys[2] = {{.type = CELL_STRING, .bytes = slice_text(id)},
                           {.type = CELL_INTEGER, .integer = seq}};
    return row_key_encode(keys, 2, arena);
}

void store_steps_set(struct store *store, int table, const char *id, int64_t seq, size_t bytes)
{
    struct arena arena;
    size_t packed_bytes = 0;
    char *value = calloc(1, bytes + 1);
    struct cell cells[2] = {
        {.name = SLICE("a"), .type = CELL_STRING, .timestamp_ms = 5, .has_timestamp = true},
        {.name = SLICE("b"), .type = CELL_DOUBLE, .timestamp_ms = 7, .has_timestamp = true}};
    memset(value, 'a' + (int)(seq & 15), bytes);
    cells[0].bytes = slice_of(value, bytes);
    cells[1].number = (double)bytes / 3;
    arena_init(&arena, 4096);
    /* 0 bytes: a row of its key alone */
    char *packed = row_cells_pack(cells, bytes == 0 ? 0 : 2, &packed_bytes);
    store_set_row(step_table(store, table), step_key(&arena, id, seq), NULL, packed, packed_bytes);
    arena_fini(&arena);
    free(value);
}

void store_steps_remove(struct store *store, int number, const char *id, int64_t seq)
{
    struct arena arena;
    struct store_table *table = step_table(store, number);
    arena_init(&arena, 4096);
    struct row_node *node = row_index_find(&table->rows, step_key(&arena, id, seq));
    if (node != NULL)
        store_remove_row(table, node);
    arena_fini(&arena);
}

/* ---- the time-series table: its points and its series go through the same changes, in turn ---- */

static void step_make_series(struct store *store)
{
    char name[8];
    struct buffer body;
    struct refusal refusal = {.status = 0};
    Ots__TimeseriesTableMeta meta = OTS__TIMESERIES_TABLE_META__INIT;
    Ots__CreateTimeseriesTableRequest request = OTS__CREATE_TIMESERIES_TABLE_REQUEST__INIT;
    step_name(name, STEP_SERIES);
    meta.table_name = name;
    request.table_meta = &meta;
    buffer_init(&body, 1 << 20);
    proto_pack(&request.base, &body);
    for (enum store_kind kind = STORE_POINTS; kind <= STORE_SERIES; kind++)
        assert_int_equal(store_create(store, kind, buffer_slice(&body), STEP_CREATED_US, &refusal), 0);
    buffer_fini(&body);
}

static void step_alter_series(struct store_table *points, struct store_table *series, struct chance *chance)
{
    struct refusal refusal = {.status = 0};
    Ots__TimeseriesTableOptions options = OTS__TIMESERIES_TABLE_OPTIONS__INIT;
    Ots__TimeseriesTableMeta meta = *points->series_meta->table_meta;
    Ots__CreateTimeseriesTableRequest request = *points->series_meta;
    options.has_time_to_live = true;
    options.time_to_live = 1 + (int32_t)chance_below(chance, 1000000);
    meta.table_options = &options;
    request.table_meta = &meta;
    assert_int_equal(store_alter(points, &request.base, &refusal), 0);
    assert_int_equal(store_alter(series, &request.base, &refusal), 0);
    assert_int_equal(points->time_to_live_s, options.time_to_live);
    assert_int_equal(series->time_to_live_s, -1);
}

static void step_series_row(struct store_table *table, struct chance *chance)
{
    char source[16];
    struct arena arena;
    struct cell cell = {.name = SLICE("v"), .type = CELL_INTEGER, .has_timestamp = true, .timestamp_ms = 1};
    struct cell keys[4] = {{.type = CELL_STRING, .bytes = SLICE("cpu")},
                           {.type = CELL_STRING},
                           {.type = CELL_STRING, .bytes = SLICE("[]")},
                           {.type = CELL_INTEGER, .integer = (int64_t)chance_below(chance, 50)}};
    snprintf(source, sizeof(source), "host-%llu", (unsigned long long)chance_below(chance, 10));
    keys[1].bytes = slice_text(source);
    arena_init(&arena, 4096);
    struct slice key = row_key_encode(keys, table->key_count, &arena);
    struct row_node *node = row_index_find(&table->rows, key);
    if (node != NULL && chance_below(chance, 3) == 0) {
        store_remove_row(table, node);
    } else {
        size_t bytes = 0;
        char *packed = row_cells_pack(&cell, 1, &bytes);
        store_set_row(table, key, node, packed, bytes);
    }
    arena_fini(&arena);
}

static void step_series(struct store *store, struct chance *chance)
{
    char name[8];
    uint64_t kind = chance_below(chance, 200);
    step_name(name, STEP_SERIES);
    struct store_table *points = store_find(store, slice_text(name));
    struct store_table *series = store_find_series(store, slice_text(name));
    assert_true((points == NULL) == (series == NULL));
    if (points == NULL) {
        step_make_series(store);
    } else if (kind == 0) {
        store_delete(series);
        store_delete(points);
    } else if (kind < 4) {
        step_alter_series(points, series, chance);
    } else {
        step_series_row(kind % 2 == 0 ? points : series, chance);
    }
}

/* ---- steps ---- */

static size_t step_bytes(struct chance *chance)
{
    uint64_t kind = chance_below(chance, 1000);
    if (kind < 3)
        return chance_below(chance, 30000);
    return kind < 100 ? 0 : chance_below(chance, 100);
}

static void step_row(struct store *store, int number, struct chance *chance)
{
    char id[16];
    struct store_table *table = step_table(store, number);
    snprintf(id, sizeof(id), "user-%llu", (unsigned long long)chance_below(chance, STEP_KEYS));
    int64_t seq = (int64_t)chance_below(chance, 3) - 1;
    uint64_t kind = chance_below(chance, 10);
    if (kind < 6)
        store_steps_set(store, number, id, seq, step_bytes(chance));
    else if (kind < 9)
        store_steps_remove(store, number, id, seq);
    else
        store_steps_set(store, number, id, store_take_number(table, 1000), 10);
}

void store_step(struct store *store, struct chance *chance)
{
    int number = (int)chance_below(chance, STEP_TABLES);
    if (number == STEP_SERIES) {
        step_series(store, chance);
        return;
    }
    uint64_t kind = chance_below(chance, 200);
    struct store_table *table = step_table(store, number);
    if (table == NULL)
        store_steps_make_table(store, number);
    else if (kind == 0)
        store_delete(table);
    else if (kind < 4)
        step_alter(table, chance);
    else
        step_row(store, number, chance);
}
