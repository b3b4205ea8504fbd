/* data_load: an instance back into memory. The file is not trusted: what does not fit its place is damage. */
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "emulator/data_private.h"
#include "emulator/refusal.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"

enum { LOAD_TELL_S = 2 };

struct load {
    struct data_instance *instance;
    struct store_table *table; /* of the last row */
    uint64_t rows;
    time_t told;
};

static int load_damaged(const struct load *load, const char *what, int64_t number, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%s: damaged: %s %lld cannot be read", load->instance->data->name,
                     what, (long long)number);
}

/* What was read is no change: the store forgets that it could take it back. */
static void load_settle(const struct load *load)
{
    struct refusal refusal;
    CHECK(load->instance->store->keep == NULL && store_commit(load->instance->store, &refusal) == 0);
}

/* ---- tables ---- */

static int load_table(struct load *load, sqlite3_stmt *list, struct error *err)
{
    struct store *store = load->instance->store;
    struct refusal refusal = {.status = 0};
    int64_t kept_as = sqlite3_column_int64(list, 0);
    int64_t number = sqlite3_column_int64(list, 2);
    int64_t kind = sqlite3_column_int64(list, 7);
    if (kept_as <= 0 || number < 0 || number > INT64_MAX / 2 || kind < STORE_DATA || kind > STORE_SERIES)
        return load_damaged(load, "table", kept_as, err);
    if (store_create(store, (enum store_kind)kind, data_file_bytes(list, 1), sqlite3_column_int64(list, 3),
                     &refusal) != 0)
        return error_set(err, ERROR_CONFIG, "%s: damaged: table %lld is refused: %s",
                         load->instance->data->name, (long long)kept_as, refusal.message);
    struct store_table *table = store->tables[store->count - 1];
    table->kept_as = kept_as;
    table->last_increment = number;
    table->raised_us = sqlite3_column_int64(list, 4);
    table->lowered_us = sqlite3_column_int64(list, 5);
    table->streamed_us = sqlite3_column_int64(list, 6);
    return 0;
}

/* Series without points were refused. */
static int load_check_pairs(struct load *load, struct error *err)
{
    const struct store *store = load->instance->store;
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kind == STORE_POINTS &&
            store_find_series(store, store->tables[i]->name) == NULL)
            return load_damaged(load, "table", store->tables[i]->kept_as, err);
    return 0;
}

static int load_tables(struct load *load, struct error *err)
{
    struct data *data = load->instance->data;
    sqlite3_stmt *list = data_file_statement(data, DATA_LIST_TABLES);
    sqlite3_bind_int64(list, 1, load->instance->id);
    int rc = 1;
    while ((rc = data_file_step(data, list, err)) == 1)
        if (load_table(load, list, err) != 0)
            return -1;
    load_settle(load);
    return rc == 0 ? load_check_pairs(load, err) : rc;
}

/* ---- rows ---- */

/* NULL: the table was deleted later. */
static struct store_table *load_find(struct load *load, int64_t kept_as)
{
    const struct store *store = load->instance->store;
    if (load->table != NULL && load->table->kept_as == kept_as)
        return load->table;
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kept_as == kept_as)
            return load->table = store->tables[i];
    return NULL;
}

static bool load_fits(const struct store_table *table, const struct data_piece_row *row)
{
    enum cell_type types[LIMIT_KEYS];
    for (uint32_t i = 0; i < table->key_count; i++)
        types[i] = table->keys[i].type;
    return row_key_valid(row->key, types, table->key_count) && row_cells_valid(row->cells);
}

static void load_row(struct store_table *table, const struct data_piece_row *row)
{
    struct row_node *node = row->gone ? row_index_find(&table->rows, row->key) : NULL;
    char *packed = NULL;
    if (row->gone && node != NULL)
        store_remove_row(table, node);
    if (row->gone)
        return;
    if (row->cells.len > 0) {
        packed = check_memory(malloc(row->cells.len));
        memcpy(packed, row->cells.at, row->cells.len);
    }
    store_set_row(table, row->key, NULL, packed, row->cells.len);
}

static int load_piece(struct load *load, int64_t number, struct slice piece, struct error *err)
{
    struct data_piece_row row;
    struct slice rest;
    int rc = 0;
    if (!data_piece_open(piece, &rest))
        return load_damaged(load, "piece", number, err);
    while ((rc = data_piece_next(&rest, &row)) == 1) {
        struct store_table *table = load_find(load, row.table);
        if (table == NULL)
            continue;
        if (!load_fits(table, &row))
            return load_damaged(load, "piece", number, err);
        load_row(table, &row);
        load->rows++;
    }
    return rc == 0 ? 0 : load_damaged(load, "piece", number, err);
}

static void load_tell(struct load *load)
{
    time_t now = time(NULL);
    if (now - load->told < LOAD_TELL_S)
        return;
    load->told = now;
    log_info("emulator: reading %s: row changes=%llu", load->instance->data->name,
             (unsigned long long)load->rows);
}

static int load_pieces(struct load *load, struct error *err)
{
    struct data_instance *instance = load->instance;
    sqlite3_stmt *list = data_file_statement(instance->data, DATA_LIST_PIECES);
    int rc = 0;
    sqlite3_bind_int64(list, 1, instance->id << DATA_PIECE_BITS);
    sqlite3_bind_int64(list, 2, instance->log.last_piece | (((int64_t)1 << DATA_PIECE_BITS) - 1));
    while ((rc = data_file_step(instance->data, list, err)) == 1) {
        struct slice piece = data_file_bytes(list, 1);
        instance->log.last_piece = sqlite3_column_int64(list, 0);
        instance->log.bytes += piece.len;
        if (load_piece(load, instance->log.last_piece, piece, err) != 0)
            return -1;
        load_settle(load);
        load_tell(load);
    }
    return rc;
}

int data_load(struct data_instance *instance, struct error *err)
{
    struct load load = {.instance = instance, .told = time(NULL)};
    instance->log.last_piece = instance->id << DATA_PIECE_BITS;
    return load_tables(&load, err) == 0 ? load_pieces(&load, err) : -1;
}
