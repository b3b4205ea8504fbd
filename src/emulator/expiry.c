/* expiry: by time, never by a timer: reads and writes look at the clock of their turn. */
#include "emulator/expiry.h"

#include "base/arena.h"
#include "emulator/store.h"

/* More than one a write, so that a sweep overtakes the rows that come. */
enum { EXPIRY_SWEEP_ROWS = 4 };

struct row_cells_sight expiry_sight(const struct store_table *table, int64_t now_ms)
{
    struct row_cells_sight sight = {INT64_MIN, table->max_versions};
    if (table->time_to_live_s >= 0)
        sight.oldest_ms = (now_ms / 1000 - table->time_to_live_s + 1) * 1000;
    return sight;
}

bool expiry_gone(const struct row_node *node, struct row_cells_sight sight)
{
    int64_t oldest_ms;
    int64_t newest_ms;
    if (sight.oldest_ms == INT64_MIN)
        return false;
    row_cells_span(row_index_cells(node), &oldest_ms, &newest_ms);
    return newest_ms < sight.oldest_ms;
}

static void expiry_trim(struct store_table *table, struct row_node *node, struct row_cells_sight sight,
                        struct arena *arena)
{
    struct slice packed = row_index_cells(node);
    struct cell *cells = arena_take(arena, row_cells_count(packed) * sizeof(cells[0]));
    uint32_t count = row_cells_see(packed, sight, cells);
    size_t bytes;
    char *fresh = row_cells_pack(cells, count, &bytes);
    store_set_row(table, row_index_key(node), node, fresh, bytes);
}

void expiry_sweep(struct store_table *table, int64_t now_ms, struct arena *arena)
{
    struct row_cells_sight sight = expiry_sight(table, now_ms);
    if (table->time_to_live_s < 0)
        return;
    for (int i = 0; i < EXPIRY_SWEEP_ROWS; i++) {
        int64_t oldest_ms;
        int64_t newest_ms;
        struct row_node *node = row_index_near(&table->rows, &table->sweep);
        if (node == NULL) {
            table->sweep = (struct row_cursor){0, 0};
            return;
        }
        row_cells_span(row_index_cells(node), &oldest_ms, &newest_ms);
        if (newest_ms < sight.oldest_ms) {
            store_remove_row(table, node); /* the next one is at this place now */
            continue;
        }
        if (oldest_ms < sight.oldest_ms)
            expiry_trim(table, node, sight, arena);
        table->sweep.at++;
    }
}
