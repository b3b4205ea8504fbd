/* row_line_private: the inside of the reader of lines, for its files: members and rows of data tables
 * (row_line_read.c), rows of time-series tables (row_line_series.c), cells (row_line_cell.c). */
#ifndef WIRE_ROW_LINE_PRIVATE_H
#define WIRE_ROW_LINE_PRIVATE_H

#include "base/json.h"
#include "wire/row_line.h"

/* The members that are looked at. */
struct row_line_parts {
    struct json_value table, op, result, error;
    struct json_value primary_key, columns;                            /* of a data table */
    struct json_value measurement, data_source, tags, time_us, fields; /* of a time-series table */
    struct slice of_data, of_series; /* the last member that only a row of the one or the other has */
    bool unanswered;
};

enum { ROW_LINE_PARTS_MOST = 4 /* name, type, value, version */ };

/* A cell as it stands in the line, before its type is known. */
struct row_line_cell {
    struct json_value at[ROW_LINE_PARTS_MOST];
    int count;
};

/* The text of a string, escapes resolved. */
struct slice row_line_text(struct arena *arena, const struct json_value *value);
bool row_line_is(const struct json_value *value, const char *text);

/* How much of a name is shown in words. */
int row_line_shown(struct slice name);
int row_line_refuse(struct slice name, const char *what, struct error *err);

/* The elements of a list of cells; -1 when it is none or has more than `most`. */
int row_line_cells(const struct json_value *value, int most, struct json_value *cells);

/* An element into its parts; the cell gets its name. */
int row_line_split(const struct json_value *value, struct arena *arena, struct row_line_cell *parts,
                   struct cell *cell, struct error *err);

/* What stands as the type; `value` is filled in by its type. */
int row_line_value(const struct json_value *type, const struct json_value *value, struct arena *arena,
                   struct cell *cell, struct error *err);
int row_line_integer(const struct json_value *value, struct cell *cell, struct error *err);

/* row_line_series.c: measurement, data source, tags, time and fields; tags and fields are put into order. */
int row_line_series(const struct row_line_parts *parts, struct arena *arena, struct row *row,
                    struct error *err);

#endif
