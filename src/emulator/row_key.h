/* row_key: a primary key as bytes that sort as the key sorts, so that a table's rows need one memcmp and no
 * schema. A column is one byte for its type, then: 8 bytes of an integer, big-endian with the sign turned; or
 * the bytes of a string or binary with 0 written as 0 255, ended by 0 0. INF_MIN is below and INF_MAX above
 * every type byte. */
#ifndef EMULATOR_ROW_KEY_H
#define EMULATOR_ROW_KEY_H

#include "record/row.h"

struct arena;

/* The bytes are in the arena. The cells are INTEGER, STRING, BINARY, INF_MIN or INF_MAX. */
struct slice row_key_encode(const struct cell *keys, uint32_t count, struct arena *arena);

/* Back again: fills type and value of `count` cells (names are the caller's); strings are in the arena. */
void row_key_decode(struct slice key, struct cell *keys, uint32_t count, struct arena *arena);

/* A key of these types, without bounds, and of a length that row_index takes. False: nothing else here may be
 * asked about it. */
bool row_key_valid(struct slice key, const enum cell_type *types, uint32_t count);

/* A hash of a table's name and a key, for counting; equal keys have equal hashes. */
uint64_t row_key_hash(struct slice table, struct slice key);

#endif
