/* read_view: wishes checked, and rows seen through them. */
#include "emulator/read_view.h"

#include <stdlib.h>

#include "base/arena.h"
#include "emulator/expiry.h"
#include "emulator/filter.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* ---- wishes ---- */

static int compare_names(const void *a, const void *b)
{
    const struct slice *one = a;
    const struct slice *other = b;
    return slice_compare(*one, *other);
}

static int view_check_name(const char *name, struct refusal *refusal)
{
    if (!limits_name(slice_text(name)))
        return refusal_set(refusal, INVALID, "Invalid column name: '%s'.", name);
    return 0;
}

/* A name that is given twice is one column. */
static int view_read_columns(struct read_view *view, const struct read_wishes *wishes, struct arena *arena,
                             struct refusal *refusal)
{
    size_t count = wishes->column_count;
    if (count > LIMIT_COLUMNS_TO_GET)
        return refusal_set(
            refusal, INVALID,
            "The number of columns from the request exceeds the limit, limit count: %d, column count: %zu.",
            LIMIT_COLUMNS_TO_GET, count);
    view->columns = arena_take(arena, count * sizeof(view->columns[0]));
    for (size_t i = 0; i < count; i++) {
        if (view_check_name(wishes->columns[i], refusal) != 0)
            return -1;
        view->columns[i] = slice_text(wishes->columns[i]);
    }
    if (count > 0)
        qsort(view->columns, count, sizeof(view->columns[0]), compare_names);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !slice_equal(view->columns[i], view->columns[view->column_count - 1]))
            view->columns[view->column_count++] = view->columns[i];
    return 0;
}

/* [assumed] Bounds are names like any other, and an empty range is a mistake. */
static int view_read_column_range(struct read_view *view, const struct read_wishes *wishes,
                                  struct refusal *refusal)
{
    if (wishes->start_column != NULL && view_check_name(wishes->start_column, refusal) != 0)
        return -1;
    if (wishes->end_column != NULL && view_check_name(wishes->end_column, refusal) != 0)
        return -1;
    view->start_column = slice_text(wishes->start_column);
    view->end_column = slice_text(wishes->end_column);
    if (wishes->start_column != NULL && wishes->end_column != NULL &&
        slice_compare(view->start_column, view->end_column) >= 0)
        return refusal_set(refusal, INVALID, "The start column must be less than the end column.");
    return 0;
}

static int view_read_time_range(struct read_view *view, const Ots__TimeRange *range, struct refusal *refusal)
{
    if (!range->has_start_time || !range->has_end_time)
        return refusal_set(refusal, INVALID, "A time range needs a start and an end, or a specific time.");
    if (range->start_time < 0 || range->start_time >= range->end_time)
        return refusal_set(refusal, INVALID, "Invalid time range: [%lld, %lld).",
                           (long long)range->start_time, (long long)range->end_time);
    view->from_ms = range->start_time;
    view->until_ms = range->end_time;
    return 0;
}

/* [assumed] One version and a specific time agree (the Node.js SDK always sends 1); more contradict it. */
static int view_read_specific_time(struct read_view *view, const struct read_wishes *wishes,
                                   struct refusal *refusal)
{
    const Ots__TimeRange *range = wishes->time_range;
    if (range->has_start_time || range->has_end_time)
        return refusal_set(refusal, INVALID,
                           "A time range has a specific time or a start and an end, not both.");
    if (wishes->has_max_versions && wishes->max_versions > 1)
        return refusal_set(refusal, INVALID, "A specific time and max versions exclude each other.");
    if (range->specific_time < 0 || range->specific_time == INT64_MAX)
        return refusal_set(refusal, INVALID, "Invalid specific time: %lld.", (long long)range->specific_time);
    view->from_ms = range->specific_time;
    view->until_ms = range->specific_time + 1;
    return 0;
}

static int view_read_versions(struct read_view *view, const struct read_wishes *wishes,
                              struct refusal *refusal)
{
    view->from_ms = 0;
    view->until_ms = INT64_MAX;
    view->max_versions = wishes->has_max_versions ? (uint32_t)wishes->max_versions : UINT32_MAX;
    if (!wishes->has_max_versions && wishes->time_range == NULL)
        return refusal_set(refusal, INVALID, "No version condition is specified%s.",
                           wishes->batch ? " while querying row" : "");
    if (wishes->has_max_versions && wishes->max_versions < 1)
        return refusal_set(refusal, INVALID, "Invalid max versions: %d.", wishes->max_versions);
    if (wishes->time_range == NULL)
        return 0;
    if (wishes->time_range->has_specific_time)
        return view_read_specific_time(view, wishes, refusal);
    return view_read_time_range(view, wishes->time_range, refusal);
}

static int view_read_filter(struct read_view *view, struct slice bytes, struct arena *arena,
                            struct refusal *refusal)
{
    if (bytes.len == 0)
        return 0;
    view->filter = filter_read(bytes, FILTER_OF_READ, arena, refusal);
    if (view->filter == NULL)
        return -1;
    filter_page(view->filter, &view->page_offset, &view->page_limit);
    return 0;
}

int read_view_make(struct read_view *view, const struct read_wishes *wishes, struct arena *arena,
                   struct refusal *refusal)
{
    *view = (struct read_view){.column_count = 0};
    if (view_read_versions(view, wishes, refusal) != 0 ||
        view_read_columns(view, wishes, arena, refusal) != 0 ||
        view_read_column_range(view, wishes, refusal) != 0)
        return -1;
    return view_read_filter(view, wishes->filter, arena, refusal);
}

void read_view_aim(struct read_view *view, const struct store_table *table, int64_t now_ms)
{
    view->table = table;
    view->sight = expiry_sight(table, now_ms);
    view->keeps_row = false;
    for (uint32_t i = 0; i < table->key_count && view->column_count > 0; i++)
        if (bsearch(&table->keys[i].name, view->columns, view->column_count, sizeof(view->columns[0]),
                    compare_names) != NULL)
            view->keeps_row = true;
}

/* ---- rows ---- */

/* Columns and cells are both sorted: `place` goes along. */
static bool view_names(const struct read_view *view, struct slice name, size_t *place)
{
    if (view->start_column.at != NULL && slice_compare(name, view->start_column) < 0)
        return false;
    if (view->end_column.at != NULL && slice_compare(name, view->end_column) >= 0)
        return false;
    if (view->column_count == 0)
        return true;
    int order = -1;
    while (*place < view->column_count && (order = slice_compare(view->columns[*place], name)) < 0)
        ++*place;
    return order == 0;
}

/* Keeps the wanted ones of the row's cells, in place. */
static void view_choose(const struct read_view *view, struct row *row)
{
    uint32_t count = row->cell_count;
    uint32_t versions = 0;
    size_t place = 0;
    row->cell_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct cell *cell = &row->cells[i];
        if (cell->timestamp_ms < view->from_ms || cell->timestamp_ms >= view->until_ms ||
            !view_names(view, cell->name, &place))
            continue;
        bool again = row->cell_count > 0 && slice_equal(row->cells[row->cell_count - 1].name, cell->name);
        versions = again ? versions + 1 : 1;
        if (versions <= view->max_versions)
            row->cells[row->cell_count++] = *cell;
    }
}

/* A page counts columns; all versions of a column are on one page. */
static void view_turn_page(const struct read_view *view, struct row *row)
{
    uint64_t until = (uint64_t)view->page_offset + view->page_limit;
    uint64_t columns = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < row->cell_count && columns <= until; i++) {
        bool again = i > 0 && slice_equal(row->cells[i].name, row->cells[i - 1].name);
        columns += again ? 0 : 1;
        if (columns > view->page_offset && columns <= until)
            row->cells[kept++] = row->cells[i];
    }
    row->cell_count = kept;
}

void read_view_key(const struct store_table *table, const struct row_node *node, struct row *row,
                   struct arena *arena)
{
    row->key_count = table->key_count;
    row->keys = arena_take(arena, table->key_count * sizeof(row->keys[0]));
    for (uint32_t i = 0; i < table->key_count; i++)
        row->keys[i] = (struct cell){.name = table->keys[i].name};
    row_key_decode(row_index_key(node), row->keys, table->key_count, arena);
}

/* [assumed] A row is left out when the columns that were asked for, by name, by range or by page, leave
 * nothing of it; when a time range does, its key is given. */
static bool view_leaves_out(const struct read_view *view, const struct row *row)
{
    bool some = view->column_count > 0 || view->start_column.at != NULL || view->end_column.at != NULL ||
                view->page_limit > 0;
    return row->cell_count == 0 && some && !view->keeps_row;
}

bool read_view_row(const struct read_view *view, const struct row_node *node, struct row *row,
                   size_t *read_bytes, struct arena *arena)
{
    struct slice packed = row_index_cells(node);
    *row = (struct row){.op = ROW_PUT};
    *read_bytes = 0;
    if (expiry_gone(node, view->sight))
        return false;
    row->cells = arena_take(arena, row_cells_count(packed) * sizeof(row->cells[0]));
    row->cell_count = row_cells_see(packed, view->sight, row->cells);
    view_choose(view, row);
    read_view_key(view->table, node, row, arena);
    *read_bytes = row_cells_size_of_row(row);
    if (view_leaves_out(view, row) || (view->filter != NULL && !filter_match(view->filter, row)))
        return false;
    if (view->page_limit > 0)
        view_turn_page(view, row);
    return !view_leaves_out(view, row);
}
