/* row_store: keys as bytes, cells as bytes, and the index, each against something slow and obvious. */
#include "support/cmocka_all.h"

#include <float.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/chance.h"
#include "emulator/row_cells.h"
#include "emulator/row_index.h"
#include "emulator/row_key.h"
#include "emulator/underway.h"

enum { KEYS = 2, ROWS_MOST = 5000, STEPS = 20000 };

/* ---- keys ---- */

static struct slice random_bytes(struct chance *chance, struct arena *arena)
{
    static const char edges[] = {0, 1, 'a', 'b', (char)254, (char)255};
    size_t len = chance_below(chance, 5);
    char *at = arena_take(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        at[i] = edges[chance_below(chance, sizeof(edges))];
    return slice_of(at, len);
}

static int64_t random_integer(struct chance *chance)
{
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, -256,          -1,       0, 1,
                                    255,       256,           INT64_MAX - 1, INT64_MAX};
    return chance_below(chance, 4) == 0 ? (int64_t)chance_next(chance) : edges[chance_below(chance, 10)];
}

static void random_key(struct chance *chance, struct arena *arena, struct cell *keys)
{
    keys[0] = (struct cell){.type = CELL_BINARY, .bytes = random_bytes(chance, arena)};
    keys[1] = (struct cell){.type = CELL_INTEGER, .integer = random_integer(chance)};
}

static int compare_keys(const struct cell *a, const struct cell *b)
{
    int order = slice_compare(a[0].bytes, b[0].bytes);
    return order != 0 ? order : (a[1].integer > b[1].integer) - (a[1].integer < b[1].integer);
}

static int sign_of(int value)
{
    return (value > 0) - (value < 0);
}

static void test_key_bytes_sort_as_keys_sort_and_read_back(void **state)
{
    struct arena arena;
    struct chance chance;
    (void)state;
    chance_init(&chance, 11);
    arena_init(&arena, 4096);
    for (int i = 0; i < STEPS; i++) {
        struct cell a[KEYS];
        struct cell b[KEYS];
        struct cell back[KEYS];
        arena_reset(&arena);
        random_key(&chance, &arena, a);
        random_key(&chance, &arena, b);
        struct slice a_bytes = row_key_encode(a, KEYS, &arena);
        struct slice b_bytes = row_key_encode(b, KEYS, &arena);
        assert_int_equal(sign_of(slice_compare(a_bytes, b_bytes)), sign_of(compare_keys(a, b)));
        assert_int_equal(row_key_hash(SLICE("t"), a_bytes) == row_key_hash(SLICE("t"), b_bytes),
                         compare_keys(a, b) == 0);
        row_key_decode(a_bytes, back, KEYS, &arena);
        assert_int_equal(compare_keys(a, back), 0);
        assert_int_equal(back[0].type, CELL_BINARY);
    }
    arena_fini(&arena);
}

static void test_bounds_enclose_every_key(void **state)
{
    struct arena arena;
    struct chance chance;
    struct cell least[KEYS] = {{.type = CELL_INF_MIN}, {.type = CELL_INF_MIN}};
    struct cell most[KEYS] = {{.type = CELL_INF_MAX}, {.type = CELL_INF_MAX}};
    (void)state;
    chance_init(&chance, 12);
    arena_init(&arena, 4096);
    for (int i = 0; i < 1000; i++) {
        struct cell key[KEYS];
        arena_reset(&arena);
        random_key(&chance, &arena, key);
        struct slice bytes = row_key_encode(key, KEYS, &arena);
        assert_true(slice_compare(row_key_encode(least, KEYS, &arena), bytes) < 0);
        assert_true(slice_compare(row_key_encode(most, KEYS, &arena), bytes) > 0);
        struct cell after[KEYS] = {key[0], {.type = CELL_INF_MAX}};
        assert_true(slice_compare(row_key_encode(after, KEYS, &arena), bytes) > 0);
    }
    arena_fini(&arena);
}

/* ---- cells ---- */

static void assert_cell(const struct cell *a, const struct cell *b)
{
    assert_true(slice_equal(a->name, b->name));
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->timestamp_ms, b->timestamp_ms);
    if (a->type == CELL_STRING || a->type == CELL_BINARY)
        assert_true(slice_equal(a->bytes, b->bytes));
    else if (a->type == CELL_BOOLEAN)
        assert_int_equal(a->boolean, b->boolean);
    else
        assert_memory_equal(&a->integer, &b->integer, 8);
}

static void test_cells_of_every_type_and_edge_read_back(void **state)
{
    char large[70000];
    memset(large, 'x', sizeof(large));
    struct cell cells[] = {
        {.name = SLICE("a"), .type = CELL_INTEGER, .timestamp_ms = 1, .integer = INT64_MIN},
        {.name = SLICE("a"), .type = CELL_INTEGER, .timestamp_ms = 0, .integer = INT64_MAX},
        {.name = SLICE("b"), .type = CELL_DOUBLE, .timestamp_ms = INT64_MAX / 1000 - 1, .number = -0.0},
        {.name = SLICE("c"), .type = CELL_DOUBLE, .timestamp_ms = 7, .number = DBL_MIN / 2},
        {.name = SLICE("d"), .type = CELL_BOOLEAN, .timestamp_ms = 7, .boolean = true},
        {.name = SLICE("e"), .type = CELL_STRING, .timestamp_ms = 7, .bytes = SLICE("")},
        {.name = SLICE("f"), .type = CELL_STRING, .timestamp_ms = 7, .bytes = slice_of(large, sizeof(large))},
        {.name = SLICE("g"), .type = CELL_BINARY, .timestamp_ms = 7, .bytes = SLICE("\0\xff")},
    };
    enum { COUNT = sizeof(cells) / sizeof(cells[0]) };
    struct cell back[COUNT];
    size_t bytes = 0;
    (void)state;
    char *packed = row_cells_pack(cells, COUNT, &bytes);
    assert_int_equal(row_cells_count(slice_of(packed, bytes)), COUNT);
    row_cells_unpack(slice_of(packed, bytes), back);
    for (size_t i = 0; i < COUNT; i++)
        assert_cell(&cells[i], &back[i]);
    free(packed);
}

static void test_no_cells_take_no_memory(void **state)
{
    size_t bytes = 1;
    (void)state;
    assert_null(row_cells_pack(NULL, 0, &bytes));
    assert_int_equal(bytes, 0);
    assert_int_equal(row_cells_count(slice_of(NULL, 0)), 0);
}

/* ---- the index, against a sorted array ---- */

struct slow_index {
    uint32_t keys[ROWS_MOST];
    size_t count;
};

static size_t slow_place(const struct slow_index *slow, uint32_t key)
{
    size_t at = 0;
    while (at < slow->count && slow->keys[at] < key)
        at++;
    return at;
}

static bool slow_has(const struct slow_index *slow, uint32_t key)
{
    size_t at = slow_place(slow, key);
    return at < slow->count && slow->keys[at] == key;
}

static void slow_add(struct slow_index *slow, uint32_t key)
{
    size_t at = slow_place(slow, key);
    memmove(&slow->keys[at + 1], &slow->keys[at], (slow->count - at) * sizeof(slow->keys[0]));
    slow->keys[at] = key;
    slow->count++;
}

static void slow_remove(struct slow_index *slow, uint32_t key)
{
    size_t at = slow_place(slow, key);
    slow->count--;
    memmove(&slow->keys[at], &slow->keys[at + 1], (slow->count - at) * sizeof(slow->keys[0]));
}

/* Digits in which long runs are alike, so that keys differ early, late, or by their length alone. */
static struct slice index_key(uint32_t key, char *to)
{
    to[0] = (char)(1 + key / 1000);
    memset(to + 1, 'a', 9);
    to[10] = (char)(1 + key / 100 % 10);
    to[11] = (char)(1 + key / 10 % 10);
    memset(to + 12, 0, key % 10);
    return slice_of(to, 12 + key % 10);
}

static uint32_t index_number(const struct row_node *node)
{
    struct slice key = row_index_key(node);
    return (uint32_t)(key.at[0] - 1) * 1000 + (uint32_t)(key.at[10] - 1) * 100 +
           (uint32_t)(key.at[11] - 1) * 10 + (uint32_t)(key.len - 12);
}

/* Every row forwards from the first, then backwards from the last. */
static void check_whole(struct row_index *index, const struct slow_index *slow)
{
    struct row_cursor cursor;
    struct row_node *node = row_index_at_least(index, SLICE(""), &cursor);
    assert_int_equal(index->count, slow->count);
    for (size_t i = 0; i < slow->count; i++) {
        assert_int_equal(index_number(node), slow->keys[i]);
        node = row_index_next(index, &cursor);
    }
    assert_null(node);
    node = row_index_at_most(index, SLICE("\xff\xff\xff"), &cursor);
    for (size_t i = slow->count; i-- > 0;) {
        assert_int_equal(index_number(node), slow->keys[i]);
        node = row_index_prev(index, &cursor);
    }
    assert_null(node);
}

static void check_neighbours(struct row_index *index, const struct slow_index *slow, uint32_t key)
{
    char text[32];
    struct row_cursor cursor;
    struct slice bytes = index_key(key, text);
    size_t at = slow_place(slow, key);
    bool has = slow_has(slow, key);
    const struct row_node *above = row_index_at_least(index, bytes, &cursor);
    const struct row_node *below = row_index_at_most(index, bytes, &cursor);
    size_t below_at = has ? at + 1 : at;
    assert_int_equal(row_index_find(index, bytes) != NULL, has);
    assert_int_equal(above == NULL, at == slow->count);
    assert_int_equal(below == NULL, below_at == 0);
    if (above != NULL)
        assert_int_equal(index_number(above), slow->keys[at]);
    if (below != NULL)
        assert_int_equal(index_number(below), slow->keys[below_at - 1]);
}

static void remove_key(struct row_index *index, uint32_t key)
{
    char text[32];
    struct row_node *node = row_index_find(index, index_key(key, text));
    row_index_remove(index, node);
    row_index_free(node);
}

/* `adding` of 10 steps add. */
static void step_index(struct row_index *index, struct slow_index *slow, struct chance *chance,
                       uint64_t adding)
{
    char text[32];
    uint32_t key = (uint32_t)chance_below(chance, 6000);
    bool has = slow_has(slow, key);
    bool added = false;
    check_neighbours(index, slow, key);
    if (chance_below(chance, 10) >= adding) {
        if (has) {
            remove_key(index, key);
            slow_remove(slow, key);
        }
        return;
    }
    if (slow->count == ROWS_MOST)
        return;
    struct row_node *node = row_index_enter(index, index_key(key, text), &added);
    assert_int_equal(added, !has);
    assert_int_equal(index_number(node), key);
    free(row_index_set(node, strdup("cells"), 6));
    if (!has)
        slow_add(slow, key);
}

static void test_the_index_is_a_sorted_array(void **state)
{
    struct row_index index;
    static struct slow_index slow;
    struct chance chance;
    (void)state;
    slow.count = 0;
    chance_init(&chance, 13);
    row_index_init(&index);
    for (int i = 0; i < 3 * STEPS; i++) {
        step_index(&index, &slow, &chance, i / STEPS == 1 ? 3 : 8); /* grows, shrinks, grows */
        if (i % 500 == 0)
            check_whole(&index, &slow);
    }
    check_whole(&index, &slow);
    row_index_fini(&index);
    assert_int_equal(index.count, 0);
}

static void test_rows_in_order_fill_their_shelves(void **state)
{
    struct row_index index;
    struct row_cursor cursor;
    char text[32];
    bool added = false;
    (void)state;
    row_index_init(&index);
    for (uint32_t i = 0; i < 9999; i++)
        row_index_enter(&index, index_key(i, text), &added);
    assert_in_range(index.shelf_count, 19, 21);
    uint32_t number = 0;
    for (struct row_node *node = row_index_at_least(&index, SLICE(""), &cursor); node != NULL;
         node = row_index_next(&index, &cursor))
        assert_int_equal(index_number(node), number++);
    assert_int_equal(number, 9999);
    for (uint32_t i = 0; i < 9999; i++)
        remove_key(&index, i);
    assert_int_equal(index.shelf_count, 0);
    row_index_fini(&index);
}

/* ---- keys under way, against an array of counts ---- */

static uint64_t crowded(uint64_t key)
{
    return (key % 8) | (key << 32); /* few homes: long runs */
}

static void test_keys_under_way_are_counted(void **state)
{
    enum { MOST = 300 };
    int counts[MOST] = {0};
    struct underway underway;
    struct chance chance;
    (void)state;
    chance_init(&chance, 14);
    underway_init(&underway);
    for (int i = 0; i < STEPS; i++) {
        uint64_t key = chance_below(&chance, MOST);
        assert_int_equal(underway_has(&underway, crowded(key)), counts[key] > 0);
        if (counts[key] > 0 && chance_below(&chance, 2) == 0) {
            underway_remove(&underway, crowded(key));
            counts[key]--;
        } else if (counts[key] < 3) {
            underway_add(&underway, crowded(key));
            counts[key]++;
        }
    }
    for (uint64_t key = 0; key < MOST; key++) {
        assert_int_equal(underway_has(&underway, crowded(key)), counts[key] > 0);
        for (; counts[key] > 0; counts[key]--)
            underway_remove(&underway, crowded(key));
    }
    assert_int_equal(underway.used, 0);
    underway_fini(&underway);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_bytes_sort_as_keys_sort_and_read_back),
        cmocka_unit_test(test_bounds_enclose_every_key),
        cmocka_unit_test(test_cells_of_every_type_and_edge_read_back),
        cmocka_unit_test(test_no_cells_take_no_memory),
        cmocka_unit_test(test_the_index_is_a_sorted_array),
        cmocka_unit_test(test_rows_in_order_fill_their_shelves),
        cmocka_unit_test(test_keys_under_way_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
