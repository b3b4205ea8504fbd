/* grid: rows of named cells on a terminal: columns aligned under a header, cut with an ellipsis where the
 * terminal is too narrow. Columns appear as rows bring them. Rows are gathered and shown many at a time, so
 * that memory stays small and a long table begins to appear at once. */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include <stdio.h>

#include "base/arena.h"
#include "base/buffer.h"

struct grid_column;
struct grid_cell;

struct grid {
    size_t width; /* of the terminal */
    bool colour;
    struct arena names; /* of the columns */
    struct arena texts; /* of the rows that are gathered */
    struct grid_column *columns;
    size_t column_count, column_room;
    size_t next;             /* where the next name is probably found */
    struct grid_cell *cells; /* of all rows, row after row */
    size_t cell_count, cell_room;
    size_t row_count;
    size_t text_bytes; /* gathered */
    size_t hidden;     /* columns that did not fit, the most so far */
    bool layout_new;   /* the header must be shown */
    struct buffer line;
};

void grid_init(struct grid *grid, size_t width, bool colour);
void grid_fini(struct grid *grid);

/* A column that is there before any row, in this order. */
void grid_column(struct grid *grid, struct slice name);

/* A cell of the row that is being gathered: what screen_put() made. A name not yet known becomes the last
 * column. */
void grid_put(struct grid *grid, struct slice name, struct slice text, bool right);
void grid_end_row(struct grid *grid);

/* Enough rows are gathered to be shown. */
bool grid_is_full(const struct grid *grid);

/* Shows what is gathered; the header too, when it is the first or has changed. */
void grid_show(struct grid *grid, FILE *to);

#endif
