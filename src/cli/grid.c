/* grid: widths are those of what is gathered; a layout stays from one showing to the next while it fits. */
#include "cli/grid.h"

#include <stdlib.h>

#include "base/check.h"
#include "cli/screen.h"

enum {
    ROWS_AT_ONCE = 200,
    BYTES_AT_ONCE = 1 << 20,
    COLUMNS_MOST = 4096, /* names of one showing; a table may have any number of them */
    WIDTH_CUT = 6,       /* no column is cut to less */
    GAP = 2,
    TEXTS_CHUNK = 64 * 1024
};

struct grid_column {
    struct slice name; /* fit for a terminal, in the arena */
    size_t wanted;     /* columns of the screen that its widest cell takes */
    size_t width;      /* that it gets; 0: not shown */
    bool left;         /* some cell is not a number: the header stands at the left too */
};

struct grid_cell {
    size_t row;
    size_t column;
    struct slice text;
    size_t width;
    bool right;
};

void grid_init(struct grid *grid, size_t width, bool colour)
{
    *grid = (struct grid){.width = width, .colour = colour, .layout_new = true};
    arena_init(&grid->names, TEXTS_CHUNK);
    arena_init(&grid->texts, TEXTS_CHUNK);
    buffer_init(&grid->line, SIZE_MAX);
}

void grid_fini(struct grid *grid)
{
    arena_fini(&grid->names);
    arena_fini(&grid->texts);
    buffer_fini(&grid->line);
    free(grid->columns);
    free(grid->cells);
}

/* Rows bring their columns in much the same order: the search goes on behind the last one that was found. */
static size_t grid_find(struct grid *grid, struct slice name)
{
    for (size_t i = 0; i < grid->column_count; i++) {
        size_t place = grid->next < grid->column_count ? grid->next : 0;
        grid->next = place + 1;
        if (slice_equal(grid->columns[place].name, name))
            return place;
    }
    return grid->column_count;
}

void grid_column(struct grid *grid, struct slice name)
{
    if (grid->column_count == grid->column_room) {
        grid->column_room = grid->column_room * 2 + 16;
        grid->columns = check_memory(reallocarray(grid->columns, grid->column_room, sizeof(*grid->columns)));
    }
    grid->columns[grid->column_count++] =
        (struct grid_column){.name = arena_copy(&grid->names, name), .wanted = screen_text_width(name)};
    grid->layout_new = true;
}

static struct grid_cell *grid_add_cell(struct grid *grid)
{
    if (grid->cell_count == grid->cell_room) {
        grid->cell_room = grid->cell_room * 2 + 256;
        grid->cells = check_memory(reallocarray(grid->cells, grid->cell_room, sizeof(*grid->cells)));
    }
    return &grid->cells[grid->cell_count++];
}

void grid_put(struct grid *grid, struct slice name, struct slice text, bool right)
{
    size_t column = grid_find(grid, name);
    if (column == COLUMNS_MOST)
        return;
    if (column == grid->column_count)
        grid_column(grid, name);
    struct grid_cell *cell = grid_add_cell(grid);
    *cell = (struct grid_cell){.row = grid->row_count,
                               .column = column,
                               .text = arena_copy(&grid->texts, text),
                               .width = screen_text_width(text),
                               .right = right};
    grid->columns[column].left |= !right;
    if (cell->width > grid->columns[column].wanted)
        grid->columns[column].wanted = cell->width;
    grid->text_bytes += text.len;
}

void grid_end_row(struct grid *grid)
{
    grid->row_count++;
}

bool grid_is_full(const struct grid *grid)
{
    return grid->row_count >= ROWS_AT_ONCE || grid->text_bytes >= BYTES_AT_ONCE;
}

/* What the first `count` columns take when none is wider than `most`. */
static size_t layout_width(const struct grid *grid, size_t count, size_t most)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width += (grid->columns[i].wanted < most ? grid->columns[i].wanted : most) + (i > 0 ? GAP : 0);
    return width;
}

/* The widest columns are cut first, all to one width; when that does not do, the last ones are not shown. */
static void grid_lay_out(struct grid *grid)
{
    size_t count = grid->column_count, most = grid->width;
    while (most > WIDTH_CUT && layout_width(grid, count, most) > grid->width)
        most--;
    while (count > 1 &&
           layout_width(grid, count, most) > grid->width - (count < grid->column_count ? GAP + 1 : 0))
        count--;
    for (size_t i = 0; i < grid->column_count; i++) {
        struct grid_column *column = &grid->columns[i];
        size_t width = i >= count ? 0 : column->wanted < most ? column->wanted : most;
        grid->layout_new |= width != column->width;
        column->width = width;
    }
    if (grid->column_count - count > grid->hidden)
        grid->hidden = grid->column_count - count;
}

static void line_blanks(struct buffer *line, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_add(line, " ", 1);
}

/* Answers the columns that the text took: at most `width`. */
static size_t line_text(struct buffer *line, struct slice text, size_t text_width, size_t width)
{
    if (text_width <= width) {
        buffer_add_slice(line, text);
        return text_width;
    }
    size_t fitting = screen_text_fit(text, width - 1);
    buffer_add(line, text.at, fitting);
    buffer_add_slice(line, SLICE("\xe2\x80\xa6"));
    return screen_text_width(slice_of(text.at, fitting)) + 1;
}

/* The line so far is as wide as `*owed` says less what is owed as blanks; blanks at the end are never
 * written. */
static void line_cell(struct buffer *line, const struct grid_cell *cell, const struct grid_column *column,
                      size_t *owed)
{
    if (cell->right && cell->width < column->width)
        *owed += column->width - cell->width;
    line_blanks(line, *owed);
    size_t taken = line_text(line, cell->text, cell->width, column->width);
    *owed = cell->right || taken >= column->width ? 0 : column->width - taken;
}

static void grid_show_header(struct grid *grid, FILE *to)
{
    struct buffer *line = &grid->line;
    size_t owed = 0;
    bool hides = false;
    buffer_reset(line, TEXTS_CHUNK);
    buffer_add_slice(line, grid->colour ? SLICE("\033[1;36m") : SLICE(""));
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct grid_column *column = &grid->columns[i];
        struct grid_cell cell = {
            .text = column->name, .width = screen_text_width(column->name), .right = !column->left};
        hides |= column->width == 0 && column->wanted > 0;
        if (column->width == 0)
            continue;
        owed += i > 0 ? GAP : 0;
        line_cell(line, &cell, column, &owed);
    }
    if (hides) {
        line_blanks(line, owed + GAP);
        buffer_add_slice(line, SLICE("\xe2\x80\xa6"));
    }
    buffer_add_slice(line, grid->colour ? SLICE("\033[0m\n") : SLICE("\n"));
    fwrite(line->at, 1, line->len, to);
    grid->layout_new = false;
}

/* One row: its cells by column, those that it has not as blanks. */
static void grid_show_row(struct grid *grid, struct grid_cell **by_column, FILE *to)
{
    struct buffer *line = &grid->line;
    size_t owed = 0;
    buffer_reset(line, TEXTS_CHUNK);
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct grid_column *column = &grid->columns[i];
        if (column->width == 0)
            continue;
        owed += i > 0 ? GAP : 0;
        if (by_column[i] == NULL)
            owed += column->width;
        else
            line_cell(line, by_column[i], column, &owed);
    }
    buffer_add(line, "\n", 1);
    fwrite(line->at, 1, line->len, to);
}

void grid_show(struct grid *grid, FILE *to)
{
    if (grid->column_count == 0)
        return;
    struct grid_cell **by_column = check_memory(calloc(grid->column_count, sizeof(*by_column)));
    size_t cell = 0;
    grid_lay_out(grid);
    if (grid->layout_new)
        grid_show_header(grid, to);
    for (size_t row = 0; row < grid->row_count; row++) {
        memset(by_column, 0, grid->column_count * sizeof(*by_column));
        for (; cell < grid->cell_count && grid->cells[cell].row == row; cell++)
            by_column[grid->cells[cell].column] = &grid->cells[cell];
        grid_show_row(grid, by_column, to);
    }
    free(by_column);
    arena_reset(&grid->texts);
    grid->cell_count = grid->row_count = grid->text_bytes = 0;
}
