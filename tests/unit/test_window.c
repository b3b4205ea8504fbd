/* window: shares nobody can take away, one reserve for all. */
#include "support/cmocka_all.h"

#include "record/window.h"

static void test_above_its_share_a_table_draws_from_the_reserve(void **state)
{
    (void)state;
    struct window_table a, b;
    struct window *window = window_create(100);
    window_join(window, &a, 50);
    window_join(window, &b, 50);
    assert_int_equal(window_room(&a), 150);
    window_take(&a, 40);
    assert_int_equal(window_room(&a), 110);
    assert_int_equal(window_room(&b), 150);
    window_take(&a, 60);
    assert_int_equal(window_room(&a), 50);
    assert_int_equal(window_room(&b), 100);
    window_give(&a, 70);
    assert_int_equal(window_room(&b), 150);
    window_give(&a, 30);
    assert_int_equal(window_held(window), 0);
    assert_int_equal(window_most_held(window), 100);
    window_leave(&a);
    window_leave(&b);
    window_destroy(window);
}

static void test_a_table_that_overshoots_leaves_the_others_their_shares(void **state)
{
    (void)state;
    struct window_table a, b;
    struct window *window = window_create(100);
    window_join(window, &a, 50);
    window_join(window, &b, 50);
    window_take(&a, 1000);
    assert_int_equal(window_room(&a), 0);
    assert_int_equal(window_room(&b), 50);
    window_take(&b, 60);
    assert_int_equal(window_room(&b), 0);
    window_give(&a, 820);
    assert_int_equal(window_room(&a), 0);
    window_give(&a, 60);
    assert_int_equal(window_room(&a), 20); /* 100 of reserve, less 70 of its own, less 10 of the other */
    assert_int_equal(window_room(&b), 20);
    window_give(&a, 120);
    window_give(&b, 60);
    window_leave(&a);
    window_leave(&b);
    window_destroy(window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_above_its_share_a_table_draws_from_the_reserve),
        cmocka_unit_test(test_a_table_that_overshoots_leaves_the_others_their_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
