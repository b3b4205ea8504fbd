/* tally: when errors are too many. */
#include "support/cmocka_all.h"

#include "channel/tally.h"

static void test_the_error_after_the_last_allowed_one_is_too_many(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint64_t i = 1; i <= 3; i++) {
        tally_add(&tally, i * 5000, i);
        assert_int_equal(tally_is_too_many(&tally, 2, 100), i == 3);
        assert_false(tally_is_too_many(&tally, 0, 100));
    }
}

static void test_a_share_is_judged_out_of_a_thousand_records(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint64_t i = 1; i <= 51; i++) {
        tally_add(&tally, i, 0);
        assert_int_equal(tally_is_too_many(&tally, 0, 5), i == 51);
    }
    tally = (struct tally){0};
    for (uint64_t i = 1; i <= 1000; i++) { /* five of a hundred, for long */
        tally_add(&tally, i * 20, i);
        assert_false(tally_is_too_many(&tally, 0, 5));
    }
}

static void test_all_bad_is_said_at_a_hundred_and_once_a_minute(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint64_t i = 1; i <= 100; i++) {
        tally_add(&tally, i, 0);
        assert_int_equal(tally_says_all_bad(&tally, i, 1000), i == 100);
    }
    tally_add(&tally, 101, 0);
    assert_false(tally_says_all_bad(&tally, 101, 60999));
    assert_true(tally_says_all_bad(&tally, 101, 61000));
}

static void test_every_second_record_is_not_all(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (uint64_t i = 1; i <= 500; i++) { /* the good ones are not answered yet */
        tally_add(&tally, i * 2, 0);
        assert_false(tally_says_all_bad(&tally, i * 2 + 1, 1000));
    }
    tally = (struct tally){0};
    for (uint64_t i = 1; i <= 500; i++) { /* or one of a streak is written now and then */
        tally_add(&tally, i, i / 50);
        assert_false(tally_says_all_bad(&tally, i, 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_error_after_the_last_allowed_one_is_too_many),
        cmocka_unit_test(test_a_share_is_judged_out_of_a_thousand_records),
        cmocka_unit_test(test_all_bad_is_said_at_a_hundred_and_once_a_minute),
        cmocka_unit_test(test_every_second_record_is_not_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
