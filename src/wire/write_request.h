/* write_request: the bodies of BulkImport and BatchWriteRow and the walk over their answers, by hand: no
 * malloc a row (tablestore-protocol.md 3.4). protobuf-c is the oracle of these in the tests.
 *
 * A body is `prefix` + framed rows, one behind the other: rows can be encoded as they arrive, before the
 * prefix (table name and, for BatchWriteRow, the total length) is known. Leave WRITE_REQUEST_PREFIX bytes in
 * front of the first row; write_request_finish() puts the prefix right before it. */
#ifndef WIRE_WRITE_REQUEST_H
#define WIRE_WRITE_REQUEST_H

#include "record/row.h"

struct error;

enum write_request_kind {
    WRITE_BULK_IMPORT,    /* one table, several rows of one key allowed, no conditions */
    WRITE_BATCH_WRITE_ROW /* one row a key; condition IGNORE */
};

enum { WRITE_REQUEST_PREFIX = 288 }; /* tags, lengths and a table name of at most 255 bytes */

/* Exact bytes of a row with its protobuf frame, and the writing of it. */
size_t write_request_row_size(enum write_request_kind kind, const struct row *row);
char *write_request_put_row(enum write_request_kind kind, const struct row *row, char *to);

/* `rows` begins at `first` (with WRITE_REQUEST_PREFIX bytes before it that are ours) and is `bytes` long.
 * Answers the whole body, which ends where the rows end. */
struct slice write_request_finish(enum write_request_kind kind, struct slice table, char *first,
                                  size_t bytes);

/* What happened to one row, in the order of the request. Code and message are views into the answer. */
struct write_reply_row {
    bool ok;
    struct slice code;
    struct slice message;
};
typedef int write_reply_row_fn(void *arg, uint32_t index, const struct write_reply_row *row); /* -1 stops */

/* Walks the answer and counts: anything but exactly `rows` results of one table is an error (ERROR_RETRY: the
 * answer is worthless), and then on_row was not called at all. -1 with `err` untouched when on_row has
 * stopped the walk. */
int write_reply_walk(enum write_request_kind kind, struct slice answer, uint32_t rows,
                     write_reply_row_fn *on_row, void *arg, struct error *err);

/* The body of every status outside 200-299: code and message (at NULL: none); -1 when it is not a protobuf
 * Error. */
int write_reply_fault(struct slice answer, struct slice *code, struct slice *message);

#endif
