/* points_view: fields chosen and named. */
#include "emulator/points_view.h"

#include <stdio.h>

#include "base/arena.h"
#include "emulator/expiry.h"
#include "emulator/read_view.h"
#include "emulator/refusal.h"
#include "emulator/row_key.h"
#include "emulator/series_id.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

enum { POINTS_HASH_DIGITS = 16 };

/* [assumed] Those of boolean and binary are shown nowhere; clients look at none. */
static const struct {
    enum cell_type type;
    int32_t number; /* DataType of FlatBuffers */
    char suffix;
} points_types[] = {{CELL_INTEGER, 1, 'i'},
                    {CELL_BOOLEAN, 2, 'b'},
                    {CELL_DOUBLE, 3, 'd'},
                    {CELL_STRING, 4, 's'},
                    {CELL_BINARY, 5, 'y'}};

int points_view_make(struct points_view *view, struct Ots__TimeseriesFieldsToGet *const *fields, size_t count,
                     struct refusal *refusal)
{
    *view = (struct points_view){.fields = fields, .field_count = count};
    if (count > LIMIT_COLUMNS_TO_GET) /* [assumed] as of columns */
        return refusal_set(
            refusal, "OTSParameterInvalid",
            "The number of fields from the request exceeds the limit, limit count: %d, field count: %zu.",
            LIMIT_COLUMNS_TO_GET, count);
    for (size_t i = 0; i < count; i++)
        if (fields[i]->name == NULL || fields[i]->name[0] == 0)
            return refusal_set(refusal, "OTSParameterInvalid", "A field to get has no name.");
    return 0;
}

void points_view_aim(struct points_view *view, const struct store_table *points, int64_t now_ms)
{
    view->table = points;
    view->sight = expiry_sight(points, now_ms);
}

static int points_type(enum cell_type type)
{
    int i = 0;
    while (points_types[i].type != type)
        i++;
    return i;
}

/* [assumed] A field is asked for by its name and type; without a type, or with 0, by its name. */
static bool points_wants(const struct points_view *view, const struct cell *cell)
{
    for (size_t i = 0; i < view->field_count; i++) {
        const Ots__TimeseriesFieldsToGet *field = view->fields[i];
        bool typed = field->has_type && field->type != 0;
        if (field->name != NULL && slice_equal(cell->name, slice_text(field->name)) &&
            (!typed || field->type == points_types[points_type(cell->type)].number))
            return true;
    }
    return view->field_count == 0;
}

static void points_name(struct cell *cell, struct arena *arena)
{
    char *at = arena_take(arena, cell->name.len + 2);
    memcpy(at, cell->name.at, cell->name.len);
    at[cell->name.len] = ':';
    at[cell->name.len + 1] = points_types[points_type(cell->type)].suffix;
    cell->name = slice_of(at, cell->name.len + 2);
    cell->has_timestamp = false;
}

/* A hash of the series stands in front of the other key columns. No SDK reads it, but older ones (Java 5.13)
 * find the others by their places. [assumed] 16 digits. */
static void points_put_hash(const struct row_node *node, struct row *row, struct arena *arena)
{
    uint64_t hash = row_key_hash(SLICE(""), series_id_of_point(row_index_key(node)));
    struct cell *keys = arena_take(arena, (row->key_count + 1) * sizeof(*keys));
    char *text = arena_take(arena, POINTS_HASH_DIGITS + 1);
    snprintf(text, POINTS_HASH_DIGITS + 1, "%016llx", (unsigned long long)hash);
    keys[0] =
        (struct cell){.name = SLICE("_#h"), .type = CELL_STRING, .bytes = slice_of(text, POINTS_HASH_DIGITS)};
    memcpy(keys + 1, row->keys, row->key_count * sizeof(*keys));
    row->keys = keys;
    row->key_count++;
}

/* [assumed] A point that has none of the fields is left out. */
bool points_view_row(const struct points_view *view, const struct row_node *node, struct row *row,
                     size_t *read_bytes, struct arena *arena)
{
    struct slice packed = row_index_cells(node);
    *row = (struct row){.op = ROW_PUT};
    *read_bytes = 0;
    if (expiry_gone(node, view->sight))
        return false;
    row->cells = arena_take(arena, row_cells_count(packed) * sizeof(row->cells[0]));
    uint32_t count = row_cells_see(packed, view->sight, row->cells);
    for (uint32_t i = 0; i < count; i++)
        if (points_wants(view, &row->cells[i]))
            row->cells[row->cell_count++] = row->cells[i];
    read_view_key(view->table, node, row, arena);
    *read_bytes = row_cells_size_of_row(row);
    points_put_hash(node, row, arena);
    for (uint32_t i = 0; i < row->cell_count; i++)
        points_name(&row->cells[i], arena);
    return row->cell_count > 0;
}
