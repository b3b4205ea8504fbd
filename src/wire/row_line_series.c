/* row_line_series: a point of a time series, back from its line. Tags and fields may stand in any order. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "record/series.h"
#include "wire/row_line_private.h"

static int series_by_name(const void *a, const void *b)
{
    const struct cell *left = a;
    const struct cell *right = b;
    return slice_compare(left->name, right->name);
}

/* Into byte order; two of one name are none. */
static int series_sort(struct cell *cells, uint32_t count, struct error *err)
{
    if (count > 1)
        qsort(cells, count, sizeof(*cells), series_by_name);
    for (uint32_t i = 1; i < count; i++)
        if (slice_equal(cells[i - 1].name, cells[i].name))
            return row_line_refuse(cells[i].name, "it is there twice", err);
    return 0;
}

static int series_tag(const struct json_value *value, struct arena *arena, struct cell *tag,
                      struct error *err)
{
    struct json_value parts[2];
    if (row_line_cells(value, 2, parts) != 2 || parts[0].kind != JSON_STRING || parts[1].kind != JSON_STRING)
        return error_set(err, ERROR_RECORD, "a tag is [name, value], two texts");
    *tag = (struct cell){.name = row_line_text(arena, &parts[0]),
                         .type = CELL_STRING,
                         .bytes = row_line_text(arena, &parts[1])};
    return 0;
}

/* Measurement and data source stand in front of the tags, the time behind them. */
static int series_tags(const struct json_value *value, struct arena *arena, struct row *row,
                       struct error *err)
{
    struct json_value *found = arena_take(arena, ROW_LINE_TAGS_MOST * sizeof(*found));
    int count = value->kind == JSON_NULL ? 0 : row_line_cells(value, ROW_LINE_TAGS_MOST, found);
    if (count < 0)
        return error_set(err, ERROR_RECORD, "a list of at most %d was expected", ROW_LINE_TAGS_MOST);
    row->key_count = (uint32_t)count + SERIES_BESIDE_TAGS;
    row->keys = arena_take(arena, row->key_count * sizeof(*row->keys));
    for (int i = 0; i < count; i++)
        if (series_tag(&found[i], arena, &row->keys[SERIES_TAGS + i], err) != 0)
            return -1;
    return series_sort(&row->keys[SERIES_TAGS], (uint32_t)count, err);
}

static int series_fields(const struct json_value *value, struct arena *arena, struct row *row,
                         struct error *err)
{
    struct json_value *found = arena_take(arena, ROW_LINE_CELLS_MOST * sizeof(*found));
    int count = row_line_cells(value, ROW_LINE_CELLS_MOST, found);
    if (count < 1)
        return error_set(err, ERROR_RECORD, "a list of 1 to %d was expected", ROW_LINE_CELLS_MOST);
    row->cell_count = (uint32_t)count;
    row->cells = arena_take(arena, row->cell_count * sizeof(*row->cells));
    for (int i = 0; i < count; i++) {
        struct row_line_cell parts = {.count = 0};
        struct cell *cell = &row->cells[i];
        if (row_line_split(&found[i], arena, &parts, cell, err) != 0)
            return -1;
        if (parts.count == ROW_LINE_PARTS_MOST)
            return row_line_refuse(cell->name, "a field takes no version", err);
        if (row_line_value(&parts.at[1], &parts.at[2], arena, cell, err) != 0)
            return -1;
    }
    return series_sort(row->cells, row->cell_count, err);
}

static int series_text(const struct json_value *value, struct arena *arena, struct cell *to,
                       struct error *err)
{
    *to = (struct cell){.name = SLICE(""), .type = CELL_STRING};
    to->bytes = value->kind == JSON_STRING ? row_line_text(arena, value) : SLICE("");
    return value->kind == JSON_STRING ? 0 : error_set(err, ERROR_RECORD, "a text was expected");
}

int row_line_series(const struct row_line_parts *parts, struct arena *arena, struct row *row,
                    struct error *err)
{
    if (series_tags(&parts->tags, arena, row, err) != 0)
        return error_wrap(err, "tags");
    if (series_text(&parts->measurement, arena, &row->keys[SERIES_MEASUREMENT], err) != 0)
        return error_wrap(err, "measurement");
    if (series_text(&parts->data_source, arena, &row->keys[SERIES_SOURCE], err) != 0)
        return error_wrap(err, "data_source");
    struct cell *time = &row->keys[row->key_count - 1];
    *time = (struct cell){.name = SLICE(""), .type = CELL_INTEGER, .integer = parts->time_us.integer};
    if (parts->time_us.kind != JSON_INTEGER || time->integer < 0)
        return error_set(err, ERROR_RECORD, "time_us: a number of microseconds from 0 up was expected");
    if (series_fields(&parts->fields, arena, row, err) != 0)
        return error_wrap(err, "fields");
    return 0;
}
