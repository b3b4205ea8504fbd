/* row_input: lines of a file, a pipe or a terminal, read on a worker so that the loop never waits for them, a
 * piece at a time, each when it is asked for. */
#ifndef CLI_ROW_INPUT_H
#define CLI_ROW_INPUT_H

#include "base/slice.h"

struct error;
struct loop;
struct row_input; /* opaque */

struct row_input_events {
    void *arg;
    /* Each line of a piece, without its end; lent. at NULL: it was longer than `line_most` bytes. Numbers are
     * from 1. */
    void (*on_line)(void *arg, struct slice line, uint64_t number);
    /* The piece is through: row_input_next() goes on. */
    void (*on_piece)(void *arg);
    /* The end (err NULL), or the file cannot be read on. */
    void (*on_end)(void *arg, const struct error *err);
};

/* `fd` is the caller's. */
struct row_input *row_input_create(struct loop *loop, int fd, size_t line_most,
                                   const struct row_input_events *events);
void row_input_destroy(struct row_input *input); /* at any time but from inside an event */

/* Not while a piece is being read. */
void row_input_next(struct row_input *input);

#endif
