/* row_index: a tree of two levels. A full shelf is split; one that runs empty goes; they are never joined. */
#include "emulator/row_index.h"

#include <endian.h>
#include <stdlib.h>

#include "base/check.h"

enum { SHELF_ROOM = 512, SHELF_PREFIX = 24 };

/* What a search looks at lies together: it need not touch the first row for the bytes that all have. */
struct row_shelf {
    uint32_t count;            /* never 0 */
    uint32_t skip;             /* bytes that the first and the last key, and so all, have in common */
    char prefix[SHELF_PREFIX]; /* the first of them */
    uint64_t heads[SHELF_ROOM];
    struct row_node *nodes[SHELF_ROOM];
};

void row_index_init(struct row_index *index)
{
    *index = (struct row_index){.count = 0};
}

void row_index_free(struct row_node *node)
{
    free(node->packed);
    free(node);
}

void row_index_fini(struct row_index *index)
{
    for (size_t i = 0; i < index->shelf_count; i++) {
        for (uint32_t k = 0; k < index->shelves[i]->count; k++)
            row_index_free(index->shelves[i]->nodes[k]);
        free(index->shelves[i]);
    }
    free(index->shelves);
    free(index->heads);
    row_index_init(index);
}

static inline struct slice node_key(const struct row_node *node)
{
    return slice_of(node->key, node->key_bytes);
}

struct slice row_index_key(const struct row_node *node)
{
    return node_key(node);
}

struct slice row_index_cells(const struct row_node *node)
{
    return slice_of(node->packed, node->packed_bytes);
}

/* ---- heads ---- */

/* Eight bytes of the key behind `skip`, as a number that sorts as they do; what is missing counts as 0, so
 * equal heads say nothing and different ones everything. */
static inline uint64_t key_head(struct slice key, size_t skip)
{
    uint64_t head = 0;
    if (key.len > skip)
        memcpy(&head, key.at + skip, key.len - skip < 8 ? key.len - skip : 8);
    return be64toh(head);
}

static uint32_t key_common(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    uint32_t common = 0;
    while (common < len && a.at[common] == b.at[common])
        common++;
    return common;
}

/* The head of a key that may differ from the others before `skip`: below or above all of them then. */
static uint64_t key_head_among(struct slice key, struct slice other, size_t skip, int *outside)
{
    *outside = 0;
    if (key_common(key, other) < skip)
        *outside = slice_compare(key, other);
    return key_head(key, skip);
}

static inline struct slice first_key(const struct row_shelf *shelf)
{
    return node_key(shelf->nodes[0]);
}

static inline struct slice last_key(const struct row_shelf *shelf)
{
    return node_key(shelf->nodes[shelf->count - 1]);
}

static void shelf_rehead(struct row_shelf *shelf)
{
    shelf->skip = key_common(first_key(shelf), last_key(shelf));
    memcpy(shelf->prefix, first_key(shelf).at, shelf->skip < SHELF_PREFIX ? shelf->skip : SHELF_PREFIX);
    for (uint32_t i = 0; i < shelf->count; i++)
        shelf->heads[i] = key_head(node_key(shelf->nodes[i]), shelf->skip);
}

/* After a first key has come, gone or changed. */
static void index_rehead(struct row_index *index, size_t from)
{
    size_t skip = 0;
    if (index->shelf_count > 0)
        skip = key_common(first_key(index->shelves[0]), first_key(index->shelves[index->shelf_count - 1]));
    size_t to = from + 1;
    if (skip != index->skip) {
        from = 0;
        to = index->shelf_count;
    }
    index->skip = skip;
    for (size_t i = from; i < to && i < index->shelf_count; i++)
        index->heads[i] = key_head(first_key(index->shelves[i]), skip);
}

/* ---- search ---- */

/* Where the key is or belongs. */
static size_t shelf_seek(const struct row_shelf *shelf, struct slice key, bool *found)
{
    int outside;
    struct slice common =
        shelf->skip <= SHELF_PREFIX ? slice_of(shelf->prefix, shelf->skip) : first_key(shelf);
    uint64_t head = key_head_among(key, common, shelf->skip, &outside);
    size_t low = 0;
    size_t high = shelf->count;
    *found = false;
    if (outside != 0)
        return outside < 0 ? 0 : shelf->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = (shelf->heads[middle] > head) - (shelf->heads[middle] < head);
        if (order == 0)
            order = slice_compare(node_key(shelf->nodes[middle]), key);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last shelf whose first key is not above `key`; the first one when all are. */
static size_t index_seek(const struct row_index *index, struct slice key)
{
    int outside;
    uint64_t head = key_head_among(key, first_key(index->shelves[0]), index->skip, &outside);
    size_t low = 0;
    size_t high = index->shelf_count;
    if (outside != 0)
        return outside < 0 ? 0 : index->shelf_count - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        bool above = index->heads[middle] > head;
        if (index->heads[middle] == head)
            above = slice_compare(first_key(index->shelves[middle]), key) > 0;
        if (above)
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* The cursor may stand behind the last row of its shelf. */
static bool row_index_seek(const struct row_index *index, struct slice key, struct row_cursor *cursor)
{
    bool found = false;
    *cursor = (struct row_cursor){0, 0};
    if (index->shelf_count == 0)
        return false;
    cursor->shelf = index_seek(index, key);
    cursor->at = shelf_seek(index->shelves[cursor->shelf], key, &found);
    return found;
}

/* The row at the cursor; on to the next shelf when it stands behind the last row. */
static struct row_node *row_index_here(const struct row_index *index, struct row_cursor *cursor)
{
    if (cursor->shelf < index->shelf_count && cursor->at == index->shelves[cursor->shelf]->count)
        *cursor = (struct row_cursor){cursor->shelf + 1, 0};
    return cursor->shelf < index->shelf_count ? index->shelves[cursor->shelf]->nodes[cursor->at] : NULL;
}

struct row_node *row_index_find(const struct row_index *index, struct slice key)
{
    struct row_cursor cursor;
    return row_index_seek(index, key, &cursor) ? row_index_here(index, &cursor) : NULL;
}

struct row_node *row_index_at_least(const struct row_index *index, struct slice key,
                                    struct row_cursor *cursor)
{
    row_index_seek(index, key, cursor);
    return row_index_here(index, cursor);
}

struct row_node *row_index_at_most(const struct row_index *index, struct slice key, struct row_cursor *cursor)
{
    if (row_index_seek(index, key, cursor))
        return row_index_here(index, cursor);
    return row_index_prev(index, cursor);
}

struct row_node *row_index_next(const struct row_index *index, struct row_cursor *cursor)
{
    cursor->at++;
    return row_index_here(index, cursor);
}

struct row_node *row_index_prev(const struct row_index *index, struct row_cursor *cursor)
{
    if (cursor->at == 0 && cursor->shelf == 0)
        return NULL;
    if (cursor->at == 0) {
        cursor->shelf--;
        cursor->at = index->shelves[cursor->shelf]->count;
    }
    cursor->at--;
    return index->shelves[cursor->shelf]->nodes[cursor->at];
}

struct row_node *row_index_near(const struct row_index *index, struct row_cursor *cursor)
{
    if (cursor->shelf < index->shelf_count && cursor->at > index->shelves[cursor->shelf]->count)
        cursor->at = index->shelves[cursor->shelf]->count;
    return row_index_here(index, cursor);
}

/* ---- adding ---- */

static void index_grow(struct row_index *index)
{
    if (index->shelf_count < index->room)
        return;
    index->room = index->room == 0 ? 16 : index->room * 2;
    index->shelves = check_memory(realloc(index->shelves, index->room * sizeof(index->shelves[0])));
    index->heads = check_memory(realloc(index->heads, index->room * sizeof(index->heads[0])));
}

/* A new shelf at this place. It has no row yet: index_rehead() follows once it has. */
static struct row_shelf *index_add_shelf(struct row_index *index, size_t at)
{
    struct row_shelf *shelf = check_memory(malloc(sizeof(*shelf)));
    index_grow(index);
    size_t behind = index->shelf_count - at;
    memmove(&index->shelves[at + 1], &index->shelves[at], behind * sizeof(index->shelves[0]));
    memmove(&index->heads[at + 1], &index->heads[at], behind * sizeof(index->heads[0]));
    index->shelves[at] = shelf;
    index->shelf_count++;
    shelf->count = 0;
    shelf->skip = 0;
    return shelf;
}

/* Rows that come in order fill their shelves: behind the very last one a new shelf begins, a full one inside
 * is halved. */
static void index_split(struct row_index *index, struct row_cursor *cursor)
{
    struct row_shelf *full = index->shelves[cursor->shelf];
    bool last = cursor->shelf + 1 == index->shelf_count && cursor->at == SHELF_ROOM;
    uint32_t keep = last ? SHELF_ROOM - 1 : SHELF_ROOM / 2;
    struct row_shelf *more = index_add_shelf(index, cursor->shelf + 1);
    more->count = SHELF_ROOM - keep;
    memcpy(more->nodes, &full->nodes[keep], more->count * sizeof(more->nodes[0]));
    full->count = keep;
    shelf_rehead(full);
    shelf_rehead(more);
    index_rehead(index, cursor->shelf + 1);
    if (cursor->at >= keep && cursor->at > 0)
        *cursor = (struct row_cursor){cursor->shelf + 1, cursor->at - keep};
}

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
/* gcc 12 forgets what is kept in an element of an array, as in base/check.h. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static void shelf_insert(struct row_shelf *shelf, size_t at, struct row_node *node)
{
    size_t behind = shelf->count - at;
    memmove(&shelf->nodes[at + 1], &shelf->nodes[at], behind * sizeof(shelf->nodes[0]));
    memmove(&shelf->heads[at + 1], &shelf->heads[at], behind * sizeof(shelf->heads[0]));
    shelf->nodes[at] = node;
    shelf->count++;
    bool edge = at == 0 || at + 1 == shelf->count; /* such a key may share less with the others */
    if (edge && key_common(first_key(shelf), last_key(shelf)) != shelf->skip)
        shelf_rehead(shelf);
    else
        shelf->heads[at] = key_head(node_key(node), shelf->skip);
}
#pragma GCC diagnostic pop

static struct row_node *node_create(struct slice key)
{
    CHECK(key.len <= UINT16_MAX);
    struct row_node *node = check_memory(malloc(offsetof(struct row_node, key) + key.len));
    node->packed = NULL;
    node->packed_bytes = 0;
    node->key_bytes = (uint16_t)key.len;
    node->noted = false;
    memcpy(node->key, key.at, key.len);
    return node;
}

/* At the place where row_index_seek() did not find its key. */
static void index_insert(struct row_index *index, struct row_cursor *cursor, struct row_node *node)
{
    if (index->shelf_count == 0)
        index_add_shelf(index, 0);
    if (index->shelves[cursor->shelf]->count == SHELF_ROOM)
        index_split(index, cursor);
    shelf_insert(index->shelves[cursor->shelf], cursor->at, node);
    if (cursor->at == 0)
        index_rehead(index, cursor->shelf);
    index->count++;
}

struct row_node *row_index_enter(struct row_index *index, struct slice key, bool *added)
{
    struct row_cursor cursor;
    *added = !row_index_seek(index, key, &cursor);
    if (!*added)
        return index->shelves[cursor.shelf]->nodes[cursor.at];
    struct row_node *node = node_create(key);
    index_insert(index, &cursor, node);
    return node;
}

void row_index_put_back(struct row_index *index, struct row_node *node)
{
    struct row_cursor cursor;
    CHECK(!row_index_seek(index, node_key(node), &cursor));
    index_insert(index, &cursor, node);
}

char *row_index_set(struct row_node *node, char *packed, size_t bytes)
{
    CHECK(bytes <= UINT32_MAX);
    char *before = node->packed;
    node->packed = packed;
    node->packed_bytes = (uint32_t)bytes;
    return before;
}

/* ---- removing ---- */

static void index_remove_shelf(struct row_index *index, size_t at)
{
    free(index->shelves[at]);
    index->shelf_count--;
    size_t behind = index->shelf_count - at;
    memmove(&index->shelves[at], &index->shelves[at + 1], behind * sizeof(index->shelves[0]));
    memmove(&index->heads[at], &index->heads[at + 1], behind * sizeof(index->heads[0]));
}

/* The common bytes may become more by this; the old count of them stays true. */
static void shelf_remove(struct row_shelf *shelf, size_t at)
{
    shelf->count--;
    size_t behind = shelf->count - at;
    memmove(&shelf->nodes[at], &shelf->nodes[at + 1], behind * sizeof(shelf->nodes[0]));
    memmove(&shelf->heads[at], &shelf->heads[at + 1], behind * sizeof(shelf->heads[0]));
}

void row_index_remove(struct row_index *index, struct row_node *node)
{
    struct row_cursor cursor;
    CHECK(row_index_seek(index, node_key(node), &cursor));
    struct row_shelf *shelf = index->shelves[cursor.shelf];
    shelf_remove(shelf, cursor.at);
    if (shelf->count == 0)
        index_remove_shelf(index, cursor.shelf);
    if (cursor.at == 0)
        index_rehead(index, cursor.shelf);
    index->count--;
}
