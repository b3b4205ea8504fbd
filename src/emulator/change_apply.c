/* change_apply: a change meets the stored row. The new cells are made beside the old ones and put in their
 * place in one step, so a row is never half changed; store.h says how it is taken back. */
#include "base/arena.h"
#include "base/check.h"
#include "emulator/change.h"
#include "emulator/expiry.h"
#include "emulator/filter.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "record/series.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

/* The cells of the row being made: sorted by name, newest version first. */
struct apply_cells {
    struct cell *cells;
    uint32_t count;
    struct row_cells_sight sight;
    int64_t now_ms;
};

static void apply_remove(struct apply_cells *into, uint32_t from, uint32_t to)
{
    memmove(&into->cells[from], &into->cells[to], (into->count - to) * sizeof(into->cells[0]));
    into->count -= to - from;
}

/* All versions of a name: from the answer up to *end. */
static uint32_t apply_find(const struct apply_cells *into, struct slice name, uint32_t *end)
{
    uint32_t first = row_cells_place(into->cells, into->count, name, INT64_MAX);
    *end = first;
    while (*end < into->count && slice_equal(into->cells[*end].name, name))
        ++*end;
    return first;
}

static void apply_trim(struct apply_cells *into, struct slice name)
{
    uint32_t end;
    uint32_t first = apply_find(into, name, &end);
    if (end - first > into->sight.max_versions)
        apply_remove(into, first + into->sight.max_versions, end);
}

static void apply_put(struct apply_cells *into, const struct cell *cell)
{
    struct cell version = *cell;
    version.op = CELL_PUT;
    version.timestamp_ms = cell->has_timestamp ? cell->timestamp_ms : into->now_ms;
    version.has_timestamp = true;
    uint32_t at = row_cells_place(into->cells, into->count, cell->name, version.timestamp_ms);
    bool named = at < into->count && slice_equal(into->cells[at].name, cell->name);
    bool newer = at > 0 && slice_equal(into->cells[at - 1].name, cell->name);
    if (!named || into->cells[at].timestamp_ms != version.timestamp_ms) {
        memmove(&into->cells[at + 1], &into->cells[at], (into->count - at) * sizeof(into->cells[0]));
        into->count++;
    }
    into->cells[at] = version;
    if (named || newer)
        apply_trim(into, cell->name);
}

static void apply_delete_one(struct apply_cells *into, const struct cell *cell)
{
    uint32_t at = row_cells_place(into->cells, into->count, cell->name, cell->timestamp_ms);
    if (at < into->count && slice_equal(into->cells[at].name, cell->name) &&
        into->cells[at].timestamp_ms == cell->timestamp_ms)
        apply_remove(into, at, at + 1);
}

static void apply_delete_all(struct apply_cells *into, const struct cell *cell)
{
    uint32_t end;
    uint32_t first = apply_find(into, cell->name, &end);
    apply_remove(into, first, end);
}

/* [assumed] A sum outside int64 is refused. */
static int apply_increment(struct apply_cells *into, const struct cell *cell, struct refusal *refusal)
{
    struct cell sum = *cell;
    uint32_t end;
    uint32_t first = apply_find(into, cell->name, &end);
    if (first < end && into->cells[first].type != CELL_INTEGER)
        return refusal_set(refusal, "OTSParameterInvalid",
                           "The column to increment is not an integer: '%.*s'.", SLICE_ARG(cell->name));
    int64_t before = first < end ? into->cells[first].integer : 0;
    if (__builtin_add_overflow(before, cell->integer, &sum.integer))
        return refusal_set(refusal, "OTSParameterInvalid",
                           "The increment of '%.*s' leaves the range of integers.", SLICE_ARG(cell->name));
    apply_put(into, &sum);
    return 0;
}

static int apply_cell(struct apply_cells *into, const struct cell *cell, struct refusal *refusal)
{
    if (cell->op == CELL_INCREMENT)
        return apply_increment(into, cell, refusal);
    if (cell->op == CELL_DELETE_ONE)
        apply_delete_one(into, cell);
    else if (cell->op == CELL_DELETE_ALL)
        apply_delete_all(into, cell);
    else
        apply_put(into, cell);
    return 0;
}

static int apply_cells(struct apply_cells *into, const struct row *row, struct slice before,
                       struct arena *arena, struct refusal *refusal)
{
    size_t room = (size_t)row_cells_count(before) + row->cell_count + 1;
    into->cells = arena_take(arena, room * sizeof(into->cells[0]));
    into->count = row_cells_see(before, into->sight, into->cells);
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (apply_cell(into, &row->cells[i], refusal) != 0)
            return -1;
    return 0;
}

static int apply_expectation(const struct change *change, bool exists, struct refusal *refusal)
{
    if (change->expect == CHANGE_EXISTS && !exists)
        return refusal_set(refusal, "OTSConditionCheckFail", "Row does not exist which is expected existent");
    if (change->expect == CHANGE_NOT_EXISTS && exists)
        return refusal_set(refusal, "OTSConditionCheckFail", "Row exists which is expected nonexistent");
    return 0;
}

/* [assumed] Of a row that does not exist every column is missing, but not its key. */
static int apply_condition(const struct change *change, const struct row_node *node,
                           struct row_cells_sight sight, struct arena *arena, struct refusal *refusal)
{
    struct slice packed = {NULL, 0};
    struct row row = {.op = ROW_PUT, .keys = change->row.keys, .key_count = change->row.key_count};
    if (change->filter == NULL)
        return 0;
    if (node != NULL)
        packed = row_index_cells(node);
    row.cells = arena_take(arena, row_cells_count(packed) * sizeof(row.cells[0]));
    row.cell_count = row_cells_see(packed, sight, row.cells);
    if (!filter_match(change->filter, &row))
        return refusal_set(refusal, "OTSConditionCheckFail", "Condition check failed.");
    return 0;
}

/* Gives the placeholder its number: microseconds, and always above the last one. */
static void apply_number(struct change *change, struct store_table *table, int64_t now_ms,
                         struct arena *arena)
{
    int64_t number = store_take_number(table, now_ms * 1000);
    for (uint32_t i = 0; i < change->row.key_count; i++) {
        struct cell *key = &change->row.keys[i];
        if (key->type != CELL_AUTO_INCREMENT)
            continue;
        key->type = CELL_INTEGER;
        key->integer = number;
    }
    change->row.placeholder = false;
    change->key = row_key_encode(change->row.keys, change->row.key_count, arena);
}

static bool apply_wants(const Ots__ReturnContent *returns, struct slice name)
{
    for (size_t i = 0; i < returns->n_return_column_names; i++)
        if (slice_equal(slice_text(returns->return_column_names[i]), name))
            return true;
    return false;
}

/* The newest versions of the named columns, with the key in front. */
static void apply_answer(struct change *change, const struct apply_cells *after, struct arena *arena)
{
    const Ots__ReturnContent *returns = change->returns;
    struct row row = {.op = ROW_PUT, .keys = change->row.keys, .key_count = change->row.key_count};
    if (returns == NULL || !returns->has_return_type || returns->return_type == OTS__RETURN_TYPE__RT_NONE)
        return;
    if (returns->return_type == OTS__RETURN_TYPE__RT_AFTER_MODIFY) {
        row.cells = arena_take(arena, (after->count + 1) * sizeof(row.cells[0]));
        for (uint32_t i = 0; i < after->count; i++) {
            bool newest = i == 0 || !slice_equal(after->cells[i - 1].name, after->cells[i].name);
            if (newest && apply_wants(returns, after->cells[i].name))
                row.cells[row.cell_count++] = after->cells[i];
        }
    }
    size_t bytes = plainbuffer_size(&row);
    char *at = arena_take(arena, bytes);
    CHECK(plainbuffer_put(&row, at) == at + bytes);
    change->answer_row = slice_of(at, bytes);
}

/* [assumed] An update that only deletes makes no row; one that leaves no cell keeps the row with its key. */
static bool apply_makes_row(const struct row *row)
{
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (row->cells[i].op == CELL_PUT || row->cells[i].op == CELL_INCREMENT)
            return true;
    return row->op == ROW_PUT;
}

static void apply_store(struct change *change, struct store_table *table, struct row_node *node,
                        const struct apply_cells *after)
{
    size_t bytes = 0;
    char *packed;
    if (node == NULL && !apply_makes_row(&change->row))
        return;
    if (after->count == 0 && table->time_to_live_s >= 0)
        packed = row_cells_pack_none(after->now_ms, &bytes);
    else
        packed = row_cells_pack(after->cells, after->count, &bytes);
    store_set_row(table, change->key, node, packed, bytes);
}

static int apply_write(struct change *change, struct store_table *table, struct row_node *node,
                       int64_t now_ms, struct arena *arena, struct refusal *refusal)
{
    struct apply_cells after = {.sight = expiry_sight(table, now_ms), .now_ms = now_ms};
    struct slice before = {NULL, 0};
    if (change->row.op == ROW_UPDATE && node != NULL)
        before = row_index_cells(node);
    if (apply_cells(&after, &change->row, before, arena, refusal) != 0)
        return -1;
    apply_answer(change, &after, arena);
    apply_store(change, table, node, &after);
    return 0;
}

/* The stored row; one that has expired goes now. */
static struct row_node *apply_look(const struct change *change, struct store_table *table,
                                   struct row_cells_sight sight)
{
    struct row_node *node = row_index_find(&table->rows, change->key);
    if (node == NULL || !expiry_gone(node, sight))
        return node;
    store_remove_row(table, node);
    return NULL;
}

/* Its cells have the point's time as their version: by that, not by the time of the put, it expires.
 * [assumed] One that is older than that already is taken and never seen. */
static void apply_point(const struct change *change, struct store_table *table, struct arena *arena)
{
    const struct row *row = &change->row;
    size_t bytes;
    struct cell *cells = arena_take(arena, row->cell_count * sizeof(cells[0]));
    for (uint32_t i = 0; i < row->cell_count; i++) {
        cells[i] = row->cells[i];
        cells[i].has_timestamp = true;
        cells[i].timestamp_ms = series_time_us(row) / 1000;
    }
    char *packed = row_cells_pack(cells, row->cell_count, &bytes);
    store_set_row(table, change->key, NULL, packed, bytes);
}

int change_apply(struct change *change, struct store_table *table, int64_t now_ms, struct arena *arena,
                 struct refusal *refusal)
{
    struct row_cells_sight sight = expiry_sight(table, now_ms);
    struct row_node *node = NULL;
    expiry_sweep(table, now_ms, arena);
    if (change->point) {
        apply_point(change, table, arena);
        return 0;
    }
    if (change->row.placeholder)
        apply_number(change, table, now_ms, arena);
    /* A put without a condition does not look first: it enters its key once. */
    if (change->row.op != ROW_PUT || change->expect != CHANGE_ANY || change->filter != NULL)
        node = apply_look(change, table, sight);
    if (apply_expectation(change, node != NULL, refusal) != 0 ||
        apply_condition(change, node, sight, arena, refusal) != 0)
        return -1;
    if (change->row.op != ROW_DELETE)
        return apply_write(change, table, node, now_ms, arena, refusal);
    struct apply_cells nothing = {.count = 0};
    apply_answer(change, &nothing, arena);
    if (node != NULL)
        store_remove_row(table, node);
    return 0;
}
