/* bucket and window: bytes are counted from push to fate; who has no room is told when there is room again; a
 * blocked table and a hot key take only their share. */
#include "support/bucket_rig.h"

enum { ROW_BYTES = RIG_NAME + 92 + sizeof(struct batch_row) };

static struct rig *room_rig(struct window *window, size_t share)
{
    struct rig *rig = rig_create_in(window, share, &rig_options);
    rig->row_bytes = 92;
    return rig;
}

static void test_bytes_are_held_from_push_to_fate(void **state)
{
    (void)state;
    struct window *window = window_create(0);
    struct rig *rig = room_rig(window, 10000);
    rig_run(rig, "+a1 +b1 +c1 +d1 >a1,b1,c1,d1");
    assert_int_equal(rig->table.held, 4 * ROW_BYTES);
    rig_run(rig, "+a2 waiting=1");
    assert_true(rig->table.held > 5 * ROW_BYTES);
    rig_run(rig, "0:ORXO =a1W,d1W,c1X >a2");
    assert_int_equal(rig->table.held, 2 * ROW_BYTES);
    rig_run(rig, "1:O @100 >b1 2:slow drop =a2W,b1D");
    assert_int_equal(rig->table.held, 0);
    rig_destroy(rig);
    window_destroy(window);
}

static void test_room_is_told_in_a_later_turn_and_once(void **state)
{
    (void)state;
    struct window *window = window_create(0);
    struct rig *rig = room_rig(window, 10 * ROW_BYTES);
    rig_run(rig, "+a1 +b1 +c1 +d1 +e1 +f1 +g1 +h1 +i1");
    assert_true(bucket_has_room(rig->bucket));
    rig_run(rig, "+j1 >a1,b1,c1,d1 >e1,f1,g1,h1");
    assert_false(bucket_has_room(rig->bucket));
    rig_run(rig, "0:ORRR =a1W none");
    rig_pass(rig, 0);
    assert_int_equal(rig->rooms, 0); /* one row of ten is less than an eighth of the share */
    assert_false(bucket_has_room(rig->bucket));
    rig_run(rig, "1:OOOO =e1W,f1W,g1W,h1W >i1,j1");
    assert_int_equal(rig->rooms, 0);
    rig_pass(rig, 0);
    assert_int_equal(rig->rooms, 1);
    rig_run(rig, "2:OO =i1W,j1W @100 >b1,c1,d1 3:OOO @0");
    assert_int_equal(rig->rooms, 1);
    rig_destroy(rig);
    window_destroy(window);
}

static void test_one_blocked_table_does_not_stop_another(void **state)
{
    (void)state;
    struct window *window = window_create(4 * ROW_BYTES);
    struct rig *blocked = room_rig(window, 4 * ROW_BYTES);
    struct rig *other = room_rig(window, 4 * ROW_BYTES);
    rig_run(blocked, "+a1 +b1 +c1 +d1 0:blocked +e1 +f1 +g1 +h1");
    assert_false(bucket_has_room(blocked->bucket)); /* its share and the whole reserve are held */
    for (int i = 0; i < 100; i++) {
        char words[128];
        assert_true(bucket_has_room(other->bucket));
        snprintf(words, sizeof(words), "+a%d +b%d +c%d +d%d %d:OOOO", i, i, i, i, i);
        rig_run(other, words);
    }
    rig_run(blocked, "drop @0");
    assert_int_equal(blocked->rooms, 1);
    rig_destroy(blocked);
    rig_destroy(other);
    window_destroy(window);
}

static void test_a_hot_key_fills_half_of_the_room_at_most(void **state)
{
    (void)state;
    struct window *window = window_create(0);
    struct rig *rig = room_rig(window, 40 * ROW_BYTES);
    rig_run(rig, "+a0 turn >a0");
    int pushed = 1;
    while (bucket_has_room(rig->bucket)) {
        char name[16];
        snprintf(name, sizeof(name), "a%d", pushed++);
        rig_push(rig, name);
    }
    assert_in_range(pushed, 12, 22);
    assert_true(window_room(&rig->table) >= 17 * ROW_BYTES);
    rig_run(rig, "0:O >a1,a2,a3,a4 1:OOOO @0");
    assert_int_equal(rig->rooms, 1);
    assert_true(bucket_has_room(rig->bucket));
    rig_run(rig, "drop");
    while (rig->named < rig->sent_count)
        rig_answer(rig, rig->named++, "OOOO");
    rig_destroy(rig);
    window_destroy(window);
}

/* What rests, and what is free, keeps little: the window does not count it. */
static void test_one_row_left_of_a_large_request_does_not_keep_its_memory(void **state)
{
    (void)state;
    struct window *window = window_create(0);
    struct rig *rig = room_rig(window, 10 << 20);
    rig->row_bytes = 200000;
    rig_run(rig, "+a1 +b1 +c1");
    rig->row_bytes = 92;
    rig_run(rig, "+d1 >a1,b1,c1,d1");
    struct batch *batch = rig->requests[0];
    assert_true(batch->body.room > 600000);
    rig_run(rig, "0:OOOR =a1W,b1W,c1W");
    assert_true(batch->body.room <= 1024);
    rig_run(rig, "@100 >d1 1:O =d1W");
    rig_destroy(rig);
    window_destroy(window);
}

/* A small row may be made of a large record. */
static void test_originals_count_in_the_window_and_bound_a_request(void **state)
{
    (void)state;
    struct window *window = window_create(0);
    struct rig *rig = room_rig(window, 10 * ROW_BYTES);
    static char large[300000];
    struct message original = {.timestamp_ms = -1, .value = slice_of(large, sizeof(large))};
    rig_run(rig, "+z1 turn >z1");
    for (uint64_t i = 1; i < 3; i++) {
        snprintf(rig->rows[i].name, RIG_NAME, "%c1", (char)('a' + i));
        rig->rows[i].bytes = RIG_NAME + 92;
        struct cell cell = {.name = slice_of(rig->rows[i].name, RIG_NAME), .integer = 92};
        struct row row = {.op = ROW_PUT, .key_hash = i, .cells = &cell, .cell_count = 1};
        bucket_push(rig->bucket, &row, (struct receipt){&rig->book, i}, (int64_t)i, &original);
    }
    rig->row_count = 3;
    assert_true(rig->table.held > 2 * sizeof(large));
    assert_false(bucket_has_room(rig->bucket));
    struct bucket_state counts;
    bucket_read_state(rig->bucket, &counts);
    assert_int_equal(counts.in_flight, 2); /* the first of them went alone, the second is open */
    assert_int_equal(counts.open_rows, 1);
    rig_run(rig, "drop 0:O");
    while (rig->named < rig->sent_count)
        rig_answer(rig, rig->named++, "O");
    assert_int_equal(rig->table.held, 0);
    rig_destroy(rig);
    window_destroy(window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_are_held_from_push_to_fate),
        cmocka_unit_test(test_room_is_told_in_a_later_turn_and_once),
        cmocka_unit_test(test_one_blocked_table_does_not_stop_another),
        cmocka_unit_test(test_a_hot_key_fills_half_of_the_room_at_most),
        cmocka_unit_test(test_one_row_left_of_a_large_request_does_not_keep_its_memory),
        cmocka_unit_test(test_originals_count_in_the_window_and_bound_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
