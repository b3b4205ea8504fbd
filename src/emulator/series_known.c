/* series_known: two cells, both with the time of the update as their version. Names are in data files, and
 * what comes from one need not have been put here. */
#include "emulator/series_known.h"

#include "emulator/expiry.h"
#include "emulator/row_index.h"
#include "emulator/store.h"

enum { KNOWN_CELLS = 2, KNOWN_CELLS_MOST = 8 };

static const struct slice known_attributes = SLICE("_attributes");
static const struct slice known_updated = SLICE("_meta_update_time");

static void known_take(const struct cell *cell, struct series_known *known)
{
    if (cell->type == CELL_INTEGER && slice_equal(cell->name, known_updated))
        known->updated_us = cell->integer;
    if (cell->type == CELL_STRING && slice_equal(cell->name, known_attributes))
        known->attributes = cell->bytes;
}

bool series_known_read(const struct store_table *series, const struct row_node *node, int64_t now_ms,
                       struct series_known *known)
{
    struct slice packed = row_index_cells(node);
    struct cell cells[KNOWN_CELLS_MOST];
    *known = (struct series_known){.attributes = SLICE("")};
    if (expiry_gone(node, expiry_sight(series, now_ms)))
        return false;
    uint32_t count = row_cells_count(packed);
    if (count > KNOWN_CELLS_MOST)
        return true;
    row_cells_unpack(packed, cells);
    for (uint32_t i = 0; i < count; i++)
        known_take(&cells[i], known);
    return true;
}

bool series_known_find(const struct store_table *series, struct slice id, int64_t now_ms,
                       struct series_known *known)
{
    const struct row_node *node = row_index_find(&series->rows, id);
    return node != NULL && series_known_read(series, node, now_ms, known);
}

void series_known_set(struct store_table *series, struct slice id, const struct series_known *known,
                      int64_t now_ms, struct arena *arena)
{
    size_t bytes;
    struct cell cells[KNOWN_CELLS] = {
        {.name = known_attributes, .type = CELL_STRING, .bytes = known->attributes},
        {.name = known_updated, .type = CELL_INTEGER, .integer = known->updated_us}};
    bool bare = known->attributes.len == 0;
    for (int i = 0; i < KNOWN_CELLS; i++) {
        cells[i].has_timestamp = true;
        cells[i].timestamp_ms = known->updated_us / 1000;
    }
    expiry_sweep(series, now_ms, arena);
    char *packed = row_cells_pack(bare ? &cells[1] : cells, bare ? 1 : KNOWN_CELLS, &bytes);
    store_set_row(series, id, NULL, packed, bytes);
}
