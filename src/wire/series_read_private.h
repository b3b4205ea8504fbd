/* series_read_private: what the three readers share. */
#ifndef WIRE_SERIES_READ_PRIVATE_H
#define WIRE_SERIES_READ_PRIVATE_H

#include "wire/series_read.h"

struct series_read {
    struct arena *arena;
    struct series_rows rows;
    uint32_t room;
    size_t cells_left;
    size_t text_left;
    struct error *err;
};

int series_read_flat(struct series_read *read, struct slice bytes);
int series_read_proto(struct series_read *read, struct slice bytes);
int series_read_plain(struct series_read *read, struct slice bytes);

/* -1, with the number of the row that is being read. */
int series_read_bad(struct series_read *read, const char *format, ...) __attribute__((format(printf, 2, 3)));
int series_read_wrap(struct series_read *read); /* puts the same in front of an error that is there */

/* Zeroed cells, or NULL with an error when there are too many in all. 0 cells is some place. */
struct cell *series_read_cells(struct series_read *read, size_t count);

/* Counts the bytes and checks them; `what` names them in the error. */
int series_read_bytes(struct series_read *read, struct slice bytes);
int series_read_text(struct series_read *read, struct slice text, const char *what);

/* A new row with its keys in place: measurement, source and time are set, the cells of the tags are named and
 * filled by the caller. NULL: an error. */
struct series_row_parts {
    struct slice measurement;
    struct slice source;
    size_t tag_count;
    int64_t time_us;
    struct cell *fields;
    size_t field_count;
    uint32_t meta_time_s;
};
struct series_row *series_read_add(struct series_read *read, const struct series_row_parts *parts);

/* One tag into its cell, its texts checked; and all tags of the text form. */
int series_read_tag(struct series_read *read, struct slice name, struct slice value, struct cell *tag);
int series_read_tags(struct series_read *read, struct slice text, struct cell *tags);
int series_read_count_tags(struct series_read *read, struct slice text, size_t *count);

/* The row is whole: tags and fields into order. */
int series_read_sort(struct series_read *read, struct series_row *row);

#endif
