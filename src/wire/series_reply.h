/* series_reply: the answer to PutTimeseriesData, by hand and without malloc: which rows were refused, and
 * when the meta of which series was written down (tablestore-protocol.md 5.6, 5.7). */
#ifndef WIRE_SERIES_REPLY_H
#define WIRE_SERIES_REPLY_H

#include "record/series.h"

struct error;

/* A row that was not written; code and message are views into the answer (at NULL: none). */
struct series_reply_failure {
    uint32_t row;
    struct slice code;
    struct slice message;
};

struct series_reply {
    uint32_t failure_count;
    struct series_reply_failure failures[SERIES_ROWS_MOST]; /* in the answer's order */
    uint32_t meta_count;
    uint32_t meta_rows[SERIES_ROWS_MOST];
    uint32_t meta_times_s[SERIES_ROWS_MOST];
};

/* `rows` is the count of rows that were sent. -1 (ERROR_RETRY) for what is no such answer, or tells of a row
 * that was not sent or twice of one: it says nothing about any row. Meta times that do not fit together
 * (unequal counts, a row that was not sent, a row twice) are no times at all, and harm nothing: meta_count is
 * 0.
 */
int series_reply_read(struct slice answer, uint32_t rows, struct series_reply *reply, struct error *err);

#endif
