/* plainbuffer: Tablestore's row bytes, both directions (tablestore-protocol.md 4). No malloc a row. */
#ifndef WIRE_PLAINBUFFER_H
#define WIRE_PLAINBUFFER_H

#include "record/row.h"

struct arena;
struct buffer;
struct error;

/* Exact bytes of one row, header included. */
size_t plainbuffer_size(const struct row *row);

/* Writes exactly plainbuffer_size() bytes at `to`; answers where they end. ROW_DELETE writes the keys
 * and the delete marker, no cells. */
char *plainbuffer_put(const struct row *row, char *to);

/* The pieces, for answers with several rows under one header. */
enum { PLAINBUFFER_HEADER = 0x75 };
char *plainbuffer_put_header(char *to);
size_t plainbuffer_row_size(const struct row *row); /* without header */
char *plainbuffer_put_row(const struct row *row, char *to);

/* Reader: hostile bytes in, rows out. Checks tags, lengths, types, both checksums, and what a cell operation
 * must and must not have (4.4). Zero bytes after the last row are accepted (the Node.js SDK sends them), an
 * extension is passed over. The reader knows no rule about which shape of row goes where (4.6): its caller
 * does. Errors are ERROR_RETRY: the answer is worthless. */
struct plainbuffer_reader {
    const char *at;
    const char *end;
    struct arena *arena; /* kept: where cells are put */
};

/* Begins: checks the header. An empty slice is no rows. 0 or -1. */
int plainbuffer_open(struct plainbuffer_reader *reader, struct slice bytes, struct arena *arena,
                     struct error *err);

/* 1: a row, 0: the end, -1: an error. The cells are in the arena, names and bytes are views into the input.
 * row->op is ROW_DELETE when the delete marker is there, else ROW_PUT (the caller knows PUT from UPDATE);
 * key_hash is 0. */
int plainbuffer_next(struct plainbuffer_reader *reader, struct row *row, struct error *err);

/* A bare value: type byte and payload (filters, partition ranges; 3.1). */
int plainbuffer_bare(struct slice bytes, struct cell *cell, struct error *err);

#endif
