/* row_line: a row as one line of JSON (design.md section 7), for `explain` and for the emulator's journal. */
#ifndef WIRE_ROW_LINE_H
#define WIRE_ROW_LINE_H

#include "record/row.h"

struct buffer;

/* Appends "table":"t","op":"put","primary_key":[...],"columns":[...] without braces or line end. */
void row_line_put(struct buffer *to, struct slice table, const struct row *row);

/* Appends the primary key alone: [["k","string","a"]]. */
void row_line_put_key(struct buffer *to, const struct row *row);

#endif
