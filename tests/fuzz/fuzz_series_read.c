/* fuzz_series_read: the first byte is the encoding, the rest rows_data. What was read is whole: rows in the
 * form of record/series.h whose names and values can be touched, and no more of them than is promised. The
 * text form of tags: what is read is written and read again. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/utf8.h"
#include "wire/crc8.h"
#include "wire/series_read.h"
#include "wire/series_tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t touched; /* every byte was looked at */

static void check_text(struct slice text)
{
    CHECK(utf8_check(text.at, text.at + text.len) == text.at + text.len);
}

static void check_cells(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_text(cells[i].name);
        CHECK(i == 0 || slice_compare(cells[i - 1].name, cells[i].name) < 0);
        CHECK(cells[i].op == CELL_PUT && cells[i].type <= CELL_BINARY);
        if (cells[i].type == CELL_STRING)
            check_text(cells[i].bytes);
        if (cells[i].type == CELL_BINARY)
            touched ^= crc8(0, cells[i].bytes.at, cells[i].bytes.len);
    }
}

static void check_row(const struct row *row)
{
    CHECK(row->op == ROW_PUT && row->key_count >= SERIES_BESIDE_TAGS);
    check_text(row->keys[SERIES_MEASUREMENT].bytes);
    check_text(row->keys[SERIES_SOURCE].bytes);
    check_cells(row->keys + SERIES_TAGS, series_tag_count(row));
    CHECK(row->keys[row->key_count - 1].type == CELL_INTEGER);
    check_cells(row->cells, row->cell_count);
}

static void check_rows(const struct series_rows *rows)
{
    size_t cells = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        check_row(&rows->at[i].row);
        cells += rows->at[i].row.key_count + rows->at[i].row.cell_count;
    }
    CHECK(cells <= SERIES_READ_CELLS_MOST);
}

static void check_tags(struct arena *arena, struct slice text)
{
    struct buffer again;
    int64_t count = series_tags_count(text);
    size_t at = 0;
    if (count < 0 || text.len == 0)
        return;
    struct cell *tags = arena_take(arena, (size_t)count * sizeof(*tags));
    for (int64_t i = 0; i < count; i++)
        CHECK(series_tags_next(text, &at, &tags[i].name, &tags[i].bytes) == 1);
    buffer_init(&again, text.len);
    CHECK(series_tags_put(&again, tags, (size_t)count) == 0);
    CHECK(slice_equal(buffer_slice(&again), text));
    buffer_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct series_rows rows;
    struct error err = {0};
    if (size == 0)
        return 0;

    char *edge = check_memory(malloc(size)); /* the copy ends almost where its memory ends */
    memcpy(edge, data + 1, size - 1);
    arena_init(&arena, 4096);
    if (series_read(data[0], slice_of(edge, size - 1), &arena, &rows, &err) == 0)
        check_rows(&rows);
    else
        CHECK(err.kind == ERROR_RETRY && err.text[0] != 0);
    check_tags(&arena, slice_of(edge, size - 1));
    arena_fini(&arena);
    free(edge);
    return 0;
}
