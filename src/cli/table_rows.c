/* table_rows: a row's cells as texts for a person, or the row as a line. */
#include "cli/table_rows.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/number.h"
#include "cli/screen.h"
#include "cli/table_key.h"
#include "cli/table_session.h"
#include "wire/row_line.h"

enum { LINE_KEPT = 1 << 20, VALUE_SHOWN = 400, NAME_SHOWN = 255 };

void table_rows_init(struct table_rows *rows, const struct table_session *session)
{
    const struct mapping_plan *schema = &session->schema;
    *rows = (struct table_rows){.session = session,
                                .json = session->words->json || !screen_is_terminal(),
                                .versions = session->words->max_versions > 0};
    buffer_init(&rows->line, SIZE_MAX);
    grid_init(&rows->grid, screen_width(STDOUT_FILENO), screen_has_colour(STDOUT_FILENO));
    for (uint32_t i = 0; i < schema->key_count; i++) {
        buffer_reset(&rows->line, LINE_KEPT);
        screen_put(&rows->line, schema->keys[i].name, NAME_SHOWN);
        grid_column(&rows->grid, buffer_slice(&rows->line));
    }
}

void table_rows_fini(struct table_rows *rows)
{
    buffer_fini(&rows->line);
    grid_fini(&rows->grid);
}

/* A reader that has seen enough, `head` for example, is no mistake of anybody's. */
static int rows_failed(struct error *err)
{
    if (errno == EPIPE) {
        err->kind = ERROR_FATAL;
        err->text[0] = 0;
        return -1;
    }
    return error_set(err, ERROR_FATAL, "stdout: %s", strerror(errno));
}

static int rows_write(struct slice text, struct error *err)
{
    return fwrite(text.at, 1, text.len, stdout) == text.len ? 0 : rows_failed(err);
}

static int rows_put_line(struct table_rows *rows, struct row *row, struct error *err)
{
    buffer_reset(&rows->line, LINE_KEPT);
    for (uint32_t i = 0; i < row->cell_count && !rows->versions; i++)
        row->cells[i].has_timestamp = false;
    buffer_add(&rows->line, "{", 1);
    row_line_put(&rows->line, rows->session->schema.table, row);
    buffer_add(&rows->line, "}\n", 2);
    return rows_write(buffer_slice(&rows->line), err);
}

/* 0x and hexadecimal digits. */
static void rows_put_binary(struct buffer *to, struct slice bytes)
{
    size_t shown = bytes.len > VALUE_SHOWN / 2 ? VALUE_SHOWN / 2 : bytes.len;
    buffer_print(to, "0x");
    for (size_t i = 0; i < shown; i++)
        buffer_print(to, "%02x", (unsigned char)bytes.at[i]);
    if (shown < bytes.len)
        buffer_print(to, "...");
}

/* An empty text is told from none by its quotes. */
static void rows_put_value(struct buffer *to, const struct cell *cell, size_t most)
{
    char number[32];
    switch (cell->type) {
    case CELL_INTEGER:
        buffer_print(to, "%lld", (long long)cell->integer);
        return;
    case CELL_DOUBLE:
        buffer_print(to, "%.*s", (int)number_print_double(cell->number, number), number);
        return;
    case CELL_BOOLEAN:
        buffer_print(to, "%s", cell->boolean ? "true" : "false");
        return;
    case CELL_BINARY:
        rows_put_binary(to, cell->bytes);
        return;
    case CELL_STRING:
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    if (cell->bytes.len == 0)
        buffer_print(to, "\"\"");
    else
        screen_put(to, cell->bytes, most);
}

/* All versions of one column, which follow each other, in one cell. Answers how many cells that were. */
static uint32_t rows_put_cells(struct table_rows *rows, const struct cell *cells, uint32_t count)
{
    struct buffer *line = &rows->line;
    uint32_t used = 0;
    buffer_reset(line, LINE_KEPT);
    screen_put(line, cells[0].name, NAME_SHOWN);
    size_t name = line->len;
    do {
        buffer_print(line, "%s", used > 0 ? ", " : "");
        rows_put_value(line, &cells[used], VALUE_SHOWN);
        if (rows->versions && cells[used].has_timestamp)
            buffer_print(line, " @%lld", (long long)cells[used].timestamp_ms);
        used++;
    } while (used < count && slice_equal(cells[used].name, cells[0].name));
    bool right =
        used == 1 && !rows->versions && (cells[0].type == CELL_INTEGER || cells[0].type == CELL_DOUBLE);
    grid_put(&rows->grid, slice_of(line->at, name), slice_of(line->at + name, line->len - name), right);
    return used;
}

static void rows_gather(struct table_rows *rows, const struct row *row)
{
    for (uint32_t i = 0; i < row->key_count; i++)
        rows_put_cells(rows, &row->keys[i], 1);
    for (uint32_t i = 0; i < row->cell_count;)
        i += rows_put_cells(rows, &row->cells[i], row->cell_count - i);
    grid_end_row(&rows->grid);
}

int table_rows_add(struct table_rows *rows, struct row *row, struct error *err)
{
    rows->count++;
    if (rows->json)
        return rows_put_line(rows, row, err);
    rows_gather(rows, row);
    return grid_is_full(&rows->grid) ? table_rows_flush(rows, err) : 0;
}

int table_rows_flush(struct table_rows *rows, struct error *err)
{
    if (!rows->json)
        grid_show(&rows->grid, stdout);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : rows_failed(err);
}

static void rows_one_cell(struct table_rows *rows, const struct cell *cell, bool is_key)
{
    struct grid *grid = &rows->grid;
    struct buffer *line = &rows->line;
    buffer_reset(line, LINE_KEPT);
    screen_put(line, cell->name, NAME_SHOWN);
    grid_put(grid, SLICE("column"), buffer_slice(line), false);
    buffer_reset(line, LINE_KEPT);
    buffer_print(line, "%s%s", table_key_type_name(cell->type), is_key ? " key" : "");
    grid_put(grid, SLICE("type"), buffer_slice(line), false);
    buffer_reset(line, LINE_KEPT);
    if (rows->versions && cell->has_timestamp)
        buffer_print(line, "%lld", (long long)cell->timestamp_ms);
    if (rows->versions)
        grid_put(grid, SLICE("version"), buffer_slice(line), false);
    buffer_reset(line, LINE_KEPT);
    rows_put_value(line, cell, VALUE_SHOWN);
    grid_put(grid, SLICE("value"), buffer_slice(line), false);
    grid_end_row(grid);
}

int table_rows_one(struct table_rows *rows, struct row *row, struct error *err)
{
    if (rows->json)
        return rows_put_line(rows, row, err) != 0 ? -1 : table_rows_flush(rows, err);
    grid_fini(&rows->grid); /* not one line for the row but one for each column */
    grid_init(&rows->grid, screen_width(STDOUT_FILENO), screen_has_colour(STDOUT_FILENO));
    for (uint32_t i = 0; i < row->key_count; i++)
        rows_one_cell(rows, &row->keys[i], true);
    for (uint32_t i = 0; i < row->cell_count; i++)
        rows_one_cell(rows, &row->cells[i], false);
    return table_rows_flush(rows, err);
}
