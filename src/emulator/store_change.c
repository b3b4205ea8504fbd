/* store_change: rows and numbers, and the notes that let changes be taken back. */
#include <stdlib.h>

#include "base/check.h"
#include "emulator/store_private.h"

enum { STORE_CHANGES_KEEP = 4096 }; /* notes; memory for more goes back after a commit */

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
/* gcc 12 forgets what is kept in an element of an array, as in base/check.h. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
void store_note(struct store *store, struct store_change change)
{
    if (store->change_count == store->change_room) {
        store->change_room = store->change_room == 0 ? 256 : store->change_room * 2;
        store->changes =
            check_memory(realloc(store->changes, store->change_room * sizeof(store->changes[0])));
    }
    store->changes[store->change_count++] = change;
}
#pragma GCC diagnostic pop

/* ---- rows ---- */

static uint64_t store_row_bytes(const struct row_node *node)
{
    return (uint64_t)node->key_bytes + node->packed_bytes;
}

void store_set_row(struct store_table *table, struct slice key, struct row_node *node, char *packed,
                   size_t bytes)
{
    bool made = false;
    if (node == NULL)
        node = row_index_enter(&table->rows, key, &made);
    struct store_change change = {.kind = made ? STORE_ROW_MADE : STORE_ROW_SET,
                                  .packed_bytes = node->packed_bytes,
                                  .table = table,
                                  .node = node};
    table->bytes -= made ? 0 : store_row_bytes(node);
    change.packed = row_index_set(node, packed, bytes);
    node->noted = true;
    table->bytes += store_row_bytes(node);
    store_note(table->store, change);
}

void store_remove_row(struct store_table *table, struct row_node *node)
{
    row_index_remove(&table->rows, node);
    table->bytes -= store_row_bytes(node);
    store_note(table->store, (struct store_change){.kind = STORE_ROW_GONE, .table = table, .node = node});
}

int64_t store_take_number(struct store_table *table, int64_t least)
{
    int64_t last = table->last_increment;
    store_note(table->store,
               (struct store_change){.kind = STORE_NUMBER_TAKEN, .table = table, .number = last});
    table->last_increment = least > last ? least : last + 1;
    return table->last_increment;
}

/* ---- back ---- */

void store_swap_schema(struct store_table *one, struct store_table *other)
{
    struct store_table table = *one;
    *one = *other;
    *other = table;
    one->rows = table.rows;
    one->bytes = table.bytes;
    one->created_us = table.created_us;
    one->last_increment = table.last_increment;
    one->kept_as = table.kept_as;
    row_index_init(&other->rows);
}

static void store_undo_row(const struct store_change *change)
{
    struct store_table *table = change->table;
    struct row_node *node = change->node;
    if (change->kind == STORE_ROW_GONE) {
        row_index_put_back(&table->rows, node);
        table->bytes += store_row_bytes(node);
        return;
    }
    table->bytes -= store_row_bytes(node);
    if (change->kind == STORE_ROW_MADE) {
        row_index_remove(&table->rows, node);
        row_index_free(node);
        return;
    }
    free(row_index_set(node, change->packed, change->packed_bytes));
    table->bytes += store_row_bytes(node);
}

static void store_undo_one(struct store *store, const struct store_change *change)
{
    switch (change->kind) {
    case STORE_TABLE_MADE:
        store_remove(store, change->table);
        store_table_destroy(change->table);
        break;
    case STORE_TABLE_ALTERED:
        store_swap_schema(change->table, change->before);
        store_table_destroy(change->before);
        break;
    case STORE_TABLE_GONE:
        store_insert(store, change->table, change->place);
        break;
    case STORE_NUMBER_TAKEN:
        change->table->last_increment = change->number;
        break;
    case STORE_ROW_MADE:
    case STORE_ROW_SET:
    case STORE_ROW_GONE:
        store_undo_row(change);
        break;
    }
}

void store_undo(struct store *store, size_t mark)
{
    CHECK(mark <= store->change_count);
    while (store->change_count > mark)
        store_undo_one(store, &store->changes[--store->change_count]);
}

/* ---- for good ---- */

static void store_forget(const struct store_change *change)
{
    if (change->kind == STORE_ROW_SET)
        free(change->packed);
    else if (change->kind == STORE_ROW_GONE)
        row_index_free(change->node);
    else if (change->kind == STORE_TABLE_GONE)
        store_table_destroy(change->table);
    else if (change->kind == STORE_TABLE_ALTERED)
        store_table_destroy(change->before);
}

static void store_forget_all(struct store *store)
{
    for (size_t i = 0; i < store->change_count; i++)
        store_forget(&store->changes[i]);
    store->change_count = 0;
    if (store->change_room <= STORE_CHANGES_KEEP)
        return;
    free(store->changes);
    store->changes = NULL;
    store->change_room = 0;
}

int store_commit(struct store *store, struct refusal *refusal)
{
    if (store->change_count == 0)
        return 0;
    if (store->keep != NULL &&
        store->keep(store->keeper, store->changes, store->change_count, refusal) != 0) {
        store_undo(store, 0);
        return -1;
    }
    store_forget_all(store);
    return 0;
}
