/* row_index: a table's rows in the order of their keys, in shelves of at most 512, and the shelves in order.
 * A search waits for memory above all, so a shelf keeps beside each row the first 8 bytes of its key in which
 * the keys of this shelf differ at all: nearly every comparison is one of numbers that lie together. Owns the
 * nodes and their packed cells. */
#ifndef EMULATOR_ROW_INDEX_H
#define EMULATOR_ROW_INDEX_H

#include "base/slice.h"

struct row_node {
    char *packed; /* malloc'd, see emulator/row_cells.h; NULL: a row of key columns only */
    uint32_t packed_bytes;
    uint16_t key_bytes;
    bool noted; /* of the store: changed, and its keeper has not seen it */
    char key[];
};

struct row_shelf;

struct row_index {
    struct row_shelf **shelves;
    uint64_t *heads; /* of each shelf's first key, behind `skip` bytes */
    size_t skip;     /* bytes that the first keys of all shelves have in common */
    size_t shelf_count;
    size_t room;
    uint64_t count; /* rows */
};

/* A place in the order; good until a row is added or removed. */
struct row_cursor {
    size_t shelf;
    size_t at;
};

void row_index_init(struct row_index *index);
void row_index_fini(struct row_index *index);

struct slice row_index_key(const struct row_node *node);
struct slice row_index_cells(const struct row_node *node);

/* NULL when there is no such key. */
struct row_node *row_index_find(const struct row_index *index, struct slice key);

/* The first node whose key is not below `key`, or the last one whose key is not above it; the row there or
 * NULL. */
struct row_node *row_index_at_least(const struct row_index *index, struct slice key,
                                    struct row_cursor *cursor);
struct row_node *row_index_at_most(const struct row_index *index, struct slice key,
                                   struct row_cursor *cursor);

/* The neighbour of a place where there is a row; NULL behind the last or before the first. */
struct row_node *row_index_next(const struct row_index *index, struct row_cursor *cursor);
struct row_node *row_index_prev(const struct row_index *index, struct row_cursor *cursor);

/* The row at a place that may be older than the rows there: near where it was. NULL behind the last. */
struct row_node *row_index_near(const struct row_index *index, struct row_cursor *cursor);

/* Finds the key or adds it with no cells; `added` tells which. The key is copied. */
struct row_node *row_index_enter(struct row_index *index, struct slice key, bool *added);

/* `packed` is given: malloc'd, or NULL with 0 bytes. Answers what was there, which is the caller's now. */
char *row_index_set(struct row_node *node, char *packed, size_t bytes);

/* Out of the index; it is the caller's until he puts it back, where it was, or frees it. */
void row_index_remove(struct row_index *index, struct row_node *node);
void row_index_put_back(struct row_index *index, struct row_node *node);
void row_index_free(struct row_node *node);

#endif
