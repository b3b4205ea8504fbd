/* row_index: a table's rows in the order of their keys: a skip list, each row one node with its key inside.
 * Owns the nodes and their packed cells. */
#ifndef EMULATOR_ROW_INDEX_H
#define EMULATOR_ROW_INDEX_H

#include "base/chance.h"
#include "base/slice.h"

enum { ROW_INDEX_HEIGHT = 16 };

struct row_node {
    struct row_node *prev; /* NULL: the first */
    char *packed;          /* malloc'd, see emulator/row_cells.h; NULL: a row of key columns only */
    uint32_t packed_bytes;
    uint16_t key_bytes;
    uint8_t height;
    struct row_node *next[]; /* `height` of them, then the key's bytes */
};

struct row_index {
    struct row_node *first[ROW_INDEX_HEIGHT];
    struct row_node *last;
    uint64_t count;
    struct chance chance;
};

void row_index_init(struct row_index *index);
void row_index_fini(struct row_index *index);

struct slice row_index_key(const struct row_node *node);
struct slice row_index_cells(const struct row_node *node);

/* NULL when there is no such key. */
struct row_node *row_index_find(struct row_index *index, struct slice key);

/* The first node whose key is not below `key`; NULL when all are. */
struct row_node *row_index_at_least(struct row_index *index, struct slice key);

/* The last node whose key is not above `key`; NULL when all are. */
struct row_node *row_index_at_most(struct row_index *index, struct slice key);

/* Finds the key or adds it with no cells; `added` tells which. The key is copied. */
struct row_node *row_index_enter(struct row_index *index, struct slice key, bool *added);

/* `packed` is given: malloc'd, or NULL with 0 bytes. What was there goes. */
void row_index_set(struct row_node *node, char *packed, size_t bytes);

void row_index_remove(struct row_index *index, struct row_node *node);

#endif
