/* series_read: what the three encodings have in common: rows, their keys, order, and what may be taken. */
#include "wire/series_read_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "wire/series_tags.h"

enum { ROWS_AT_FIRST = 256, SHOWN_MOST = 128 };

int series_read_bad(struct series_read *read, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return error_set(read->err, ERROR_RETRY, "row %u: %s", (unsigned)read->rows.count, text);
}

int series_read_wrap(struct series_read *read)
{
    return error_wrap(read->err, "row %u", (unsigned)read->rows.count);
}

struct cell *series_read_cells(struct series_read *read, size_t count)
{
    if (count > read->cells_left) {
        series_read_bad(read, "more than %d tags and fields in all rows", SERIES_READ_CELLS_MOST);
        return NULL;
    }
    read->cells_left -= count;
    struct cell *cells = arena_take(read->arena, count * sizeof(*cells));
    memset(cells, 0, count * sizeof(*cells));
    return cells;
}

int series_read_bytes(struct series_read *read, struct slice bytes)
{
    if (bytes.len > read->text_left)
        return series_read_bad(read, "more than %d MB in all rows", SERIES_READ_TEXT_MOST >> 20);
    read->text_left -= bytes.len;
    return 0;
}

int series_read_text(struct series_read *read, struct slice text, const char *what)
{
    if (series_read_bytes(read, text) != 0)
        return -1;
    const char *end = text.at + text.len;
    return utf8_check(text.at, end) == end ? 0 : series_read_bad(read, "%s is not UTF-8", what);
}

static void set_text(struct cell *cell, struct slice text)
{
    cell->type = CELL_STRING;
    cell->bytes = text;
}

static void set_keys(struct row *row, const struct series_row_parts *parts)
{
    set_text(&row->keys[SERIES_MEASUREMENT], parts->measurement);
    set_text(&row->keys[SERIES_SOURCE], parts->source);
    row->keys[row->key_count - 1].type = CELL_INTEGER;
    row->keys[row->key_count - 1].integer = parts->time_us;
}

static void make_room(struct series_read *read)
{
    if (read->rows.count < read->room)
        return;
    read->room = read->room == 0 ? ROWS_AT_FIRST : read->room * 2;
    struct series_row *more = arena_take(read->arena, read->room * sizeof(*more));
    if (read->rows.count > 0)
        memcpy(more, read->rows.at, read->rows.count * sizeof(*more));
    read->rows.at = more;
}

struct series_row *series_read_add(struct series_read *read, const struct series_row_parts *parts)
{
    size_t key_count = SERIES_BESIDE_TAGS + parts->tag_count;
    struct cell *keys = series_read_cells(read, key_count);
    if (keys == NULL || series_read_text(read, parts->measurement, "the measurement") != 0 ||
        series_read_text(read, parts->source, "the data source") != 0)
        return NULL;
    make_room(read);
    struct series_row *row = &read->rows.at[read->rows.count];
    *row = (struct series_row){.row = {.op = ROW_PUT,
                                       .keys = keys,
                                       .key_count = (uint32_t)key_count,
                                       .cells = parts->fields,
                                       .cell_count = (uint32_t)parts->field_count},
                               .meta_time_s = parts->meta_time_s};
    set_keys(&row->row, parts);
    return row;
}

/* ---- tags ---- */

int series_read_tag(struct series_read *read, struct slice name, struct slice value, struct cell *tag)
{
    if (series_read_text(read, name, "the name of a tag") != 0 ||
        series_read_text(read, value, "the value of a tag") != 0)
        return -1;
    set_text(tag, value);
    tag->name = name;
    return 0;
}

int series_read_count_tags(struct series_read *read, struct slice text, size_t *count)
{
    if (series_read_bytes(read, text) != 0)
        return -1;
    int64_t found = series_tags_count(text);
    if (found < 0)
        return series_read_bad(read, "the text of the tags is not of the form [\"name=value\",...]");
    *count = (size_t)found;
    return 0;
}

int series_read_tags(struct series_read *read, struct slice text, struct cell *tags)
{
    struct slice name;
    struct slice value;
    size_t at = 0;
    for (; series_tags_next(text, &at, &name, &value) > 0; tags++) {
        if (series_read_tag(read, name, value, tags) != 0)
            return -1;
    }
    return 0;
}

/* ---- order ---- */

static int by_name(const void *left, const void *right)
{
    const struct cell *a = left;
    const struct cell *b = right;
    return slice_compare(a->name, b->name);
}

static int sort_cells(struct series_read *read, struct cell *cells, size_t count, const char *what)
{
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = by_name(&cells[i - 1], &cells[i]) < 0;
    if (sorted)
        return 0;
    qsort(cells, count, sizeof(*cells), by_name);
    for (size_t i = 1; i < count; i++) {
        struct slice name = cells[i].name;
        if (slice_equal(cells[i - 1].name, name))
            return series_read_bad(read, "the %s %.*s twice", what,
                                   (int)(name.len < SHOWN_MOST ? name.len : SHOWN_MOST), name.at);
    }
    return 0;
}

int series_read_sort(struct series_read *read, struct series_row *row)
{
    if (sort_cells(read, row->row.keys + SERIES_TAGS, series_tag_count(&row->row), "tag") != 0 ||
        sort_cells(read, row->row.cells, row->row.cell_count, "field") != 0)
        return -1;
    read->rows.count++;
    return 0;
}

int series_read(uint32_t encoding, struct slice bytes, struct arena *arena, struct series_rows *rows,
                struct error *err)
{
    struct series_read read = {
        .arena = arena, .cells_left = SERIES_READ_CELLS_MOST, .text_left = SERIES_READ_TEXT_MOST, .err = err};
    int failed;
    if (encoding == SERIES_FLAT_BUFFER)
        failed = series_read_flat(&read, bytes);
    else if (encoding == SERIES_PLAIN_BUFFER)
        failed = series_read_plain(&read, bytes);
    else if (encoding == SERIES_PROTO_BUFFER)
        failed = series_read_proto(&read, bytes);
    else
        failed = error_set(err, ERROR_RETRY, "rows of the unknown encoding %u", (unsigned)encoding);
    *rows = read.rows;
    return failed;
}
