/* row_line: a row as one line of JSON (design.md section 7): written for `explain`, for the emulator's
 * journal and for `table`; read by `table put`. */
#ifndef WIRE_ROW_LINE_H
#define WIRE_ROW_LINE_H

#include "record/row.h"

struct arena;
struct buffer;
struct error;

/* Appends "table":"t","op":"put","primary_key":[...],"columns":[...] without braces or line end. */
void row_line_put(struct buffer *to, struct slice table, const struct row *row);

/* Appends the primary key alone: [["k","string","a"]]. */
void row_line_put_key(struct buffer *to, const struct row *row);

/* The same of a point of a time series (record/series.h): "table","op":"timeseries","measurement",
 * "data_source","tags","time_us","fields". */
void row_line_put_series(struct buffer *to, struct slice table, const struct row *row);

enum { ROW_LINE_KEYS_MOST = 4, ROW_LINE_TAGS_MOST = 256, ROW_LINE_CELLS_MOST = 1024 };

/* What a line says. Texts are views into the line or in the arena. */
struct row_line {
    struct slice table; /* at NULL: the line names none */
    struct row row;     /* key_hash is 0 */
    bool series;        /* of a time-series table: the row lies as record/series.h says */
};

/* The members that `explain` and the journal write around a row are known and passed over; any other is an
 * error, as is everything that is not exactly a row. 1: a row. 0: nothing to write, on purpose: `explain`
 * skipped it, or the journal says that it was refused or not answered. -1: an error (ERROR_RECORD). */
int row_line_read(struct slice line, struct arena *arena, struct row_line *to, struct error *err);

#endif
