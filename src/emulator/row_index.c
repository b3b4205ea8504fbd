/* row_index: a skip list with a quarter of the nodes on each next level, linked back on the lowest. */
#include "emulator/row_index.h"

#include <stdlib.h>

#include "base/check.h"

void row_index_init(struct row_index *index)
{
    *index = (struct row_index){.count = 0};
    chance_init(&index->chance, 1);
}

void row_index_fini(struct row_index *index)
{
    struct row_node *node = index->first[0];
    while (node != NULL) {
        struct row_node *next = node->next[0];
        free(node->packed);
        free(node);
        node = next;
    }
    row_index_init(index);
}

static inline struct slice node_key(const struct row_node *node)
{
    return slice_of(&node->next[node->height], node->key_bytes);
}

struct slice row_index_key(const struct row_node *node)
{
    return node_key(node);
}

struct slice row_index_cells(const struct row_node *node)
{
    return slice_of(node->packed, node->packed_bytes);
}

/* Fills `before` with the link to follow on each level: the last one that leads to a key below `key`. */
static struct row_node *row_index_seek(struct row_index *index, struct slice key, struct row_node ***before)
{
    struct row_node **links = index->first;
    struct row_node *stop = NULL; /* known not to be below the key: not compared again one level down */
    for (int level = ROW_INDEX_HEIGHT - 1; level >= 0; level--) {
        struct row_node *node = links[level];
        while (node != stop) {
            /* Memory is what this waits for: fetch where both ways go while the keys are compared. */
            __builtin_prefetch(node->next[level]);
            __builtin_prefetch(level > 0 ? links[level - 1] : NULL);
            if (slice_compare(node_key(node), key) >= 0)
                break;
            links = node->next;
            node = links[level];
        }
        stop = node;
        before[level] = &links[level];
    }
    return stop;
}

struct row_node *row_index_at_least(struct row_index *index, struct slice key)
{
    struct row_node **before[ROW_INDEX_HEIGHT];
    return row_index_seek(index, key, before);
}

struct row_node *row_index_find(struct row_index *index, struct slice key)
{
    struct row_node *node = row_index_at_least(index, key);
    return node != NULL && slice_equal(node_key(node), key) ? node : NULL;
}

struct row_node *row_index_at_most(struct row_index *index, struct slice key)
{
    struct row_node *node = row_index_at_least(index, key);
    if (node == NULL)
        return index->last;
    return slice_equal(node_key(node), key) ? node : node->prev;
}

static uint8_t row_index_height(struct row_index *index)
{
    uint64_t bits = chance_next(&index->chance);
    uint8_t height = 1;
    while (height < ROW_INDEX_HEIGHT && (bits & 3) == 0) {
        height++;
        bits >>= 2;
    }
    return height;
}

static struct row_node *row_node_create(struct slice key, uint8_t height)
{
    CHECK(key.len <= UINT16_MAX);
    struct row_node *node = check_memory(malloc(sizeof(*node) + height * sizeof(node->next[0]) + key.len));
    *node = (struct row_node){.key_bytes = (uint16_t)key.len, .height = height};
    memcpy(&node->next[height], key.at, key.len);
    return node;
}

static void row_index_link(struct row_index *index, struct row_node *node, struct row_node ***before)
{
    struct row_node *after = *before[0];
    node->prev = after == NULL ? index->last : after->prev;
    if (after == NULL)
        index->last = node;
    else
        after->prev = node;
    for (int level = 0; level < node->height; level++) {
        struct row_node **link = before[level];
        node->next[level] = *link;
        *link = node;
    }
    index->count++;
}

struct row_node *row_index_enter(struct row_index *index, struct slice key, bool *added)
{
    struct row_node **before[ROW_INDEX_HEIGHT];
    struct row_node *node = row_index_seek(index, key, before);
    *added = node == NULL || !slice_equal(node_key(node), key);
    if (!*added)
        return node;
    node = row_node_create(key, row_index_height(index));
    row_index_link(index, node, before);
    return node;
}

void row_index_set(struct row_node *node, char *packed, size_t bytes)
{
    CHECK(bytes <= UINT32_MAX);
    free(node->packed);
    node->packed = packed;
    node->packed_bytes = (uint32_t)bytes;
}

void row_index_remove(struct row_index *index, struct row_node *node)
{
    struct row_node **before[ROW_INDEX_HEIGHT];
    CHECK(row_index_seek(index, row_index_key(node), before) == node);
    for (int level = 0; level < node->height; level++)
        *before[level] = node->next[level];
    if (node->next[0] == NULL)
        index->last = node->prev;
    else
        node->next[0]->prev = node->prev;
    index->count--;
    free(node->packed);
    free(node);
}
