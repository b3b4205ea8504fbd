/* table_rows: rows on stdout: JSON lines of design.md section 7 for a pipe, a grid for a terminal. */
#ifndef CLI_TABLE_ROWS_H
#define CLI_TABLE_ROWS_H

#include "cli/grid.h"
#include "record/row.h"

struct error;
struct table_session;

struct table_rows {
    const struct table_session *session;
    bool json;
    bool versions; /* cells with their times: only when versions were asked for, so that lines can be put
                      again */
    struct buffer line;
    struct grid grid;
    uint64_t count;
};

void table_rows_init(struct table_rows *rows, const struct table_session *session);
void table_rows_fini(struct table_rows *rows);

/* The cells of the row may be changed. -1: ERROR_FATAL, stdout takes no more; with no words when its reader
 * has simply gone. */
int table_rows_add(struct table_rows *rows, struct row *row, struct error *err);
int table_rows_flush(struct table_rows *rows, struct error *err);

/* One row, its columns one below the other on a terminal. */
int table_rows_one(struct table_rows *rows, struct row *row, struct error *err);

#endif
