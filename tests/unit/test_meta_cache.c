/* meta_cache: what is kept, for how long, and in how much memory. */
#include "support/cmocka_all.h"

#include "base/chance.h"
#include "timeseries/meta_cache.h"

enum { NOW = 5000 };

static void test_what_was_said_of_a_series_is_found(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 1000);
    assert_int_equal(meta_cache_find(&cache, 1, NOW), 0);
    assert_int_equal(meta_cache_bytes(&cache), 0);
    meta_cache_put(&cache, 1, 1704164645, NOW);
    meta_cache_put(&cache, 0, 7, NOW); /* a hash may be any number */
    assert_int_equal(meta_cache_find(&cache, 1, NOW), 1704164645);
    assert_int_equal(meta_cache_find(&cache, 0, NOW), 7);
    assert_int_equal(meta_cache_find(&cache, 2, NOW), 0);
    meta_cache_fini(&cache);
}

static void test_the_newer_time_stays(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 1000);
    meta_cache_put(&cache, 1, 20, NOW);
    meta_cache_put(&cache, 1, 10, NOW);
    meta_cache_put(&cache, 1, 0, NOW);
    assert_int_equal(meta_cache_find(&cache, 1, NOW), 20);
    meta_cache_put(&cache, 1, 30, NOW);
    assert_int_equal(meta_cache_find(&cache, 1, NOW), 30);
    assert_int_equal(cache.count, 1);
    meta_cache_fini(&cache);
}

static void test_what_nobody_asked_for_in_an_hour_is_unknown_again(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 1000);
    meta_cache_put(&cache, 1, 20, NOW);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 3600), 20);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 2 * 3600), 20);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 3 * 3600 + 1), 0);
    meta_cache_put(&cache, 1, 20, NOW + 3 * 3600 + 1);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 3 * 3600 + 2), 20);
    assert_int_equal(cache.count, 1);
    meta_cache_fini(&cache);
}

/* The first `count` hashes of one seed, all put, and how many of them are found again. */
static uint32_t fill(struct meta_cache *cache, uint32_t count)
{
    struct chance chance;
    uint32_t found = 0;
    chance_init(&chance, 1);
    for (uint32_t i = 0; i < count; i++)
        meta_cache_put(cache, chance_next(&chance), i + 1, NOW);
    chance_init(&chance, 1);
    for (uint32_t i = 0; i < count; i++)
        found += meta_cache_find(cache, chance_next(&chance), NOW) == i + 1;
    return found;
}

static void test_memory_grows_with_the_series_and_nearly_nothing_is_lost_on_the_way(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 1000 * 1000);
    assert_true(fill(&cache, 10 * 1000) >= 9950);
    assert_true(meta_cache_bytes(&cache) <= 28 * 10 * 1000);
    meta_cache_fini(&cache);
}

static void test_a_full_cache_stays_as_large_as_it_is_and_is_used_to_the_end(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 1001);
    uint32_t found = fill(&cache, 5000);
    assert_int_equal(meta_cache_bytes(&cache), 1004 * 16);
    assert_true(found >= 990 && found <= 1004);
    assert_int_equal(found, cache.count);
    meta_cache_fini(&cache);
}

static void test_a_full_cache_forgets_what_was_not_asked_for_longest(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, META_CACHE_WAYS);
    for (uint32_t i = 1; i <= META_CACHE_WAYS; i++)
        meta_cache_put(&cache, i, i, NOW + i);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 10), 1);
    meta_cache_put(&cache, 9, 9, NOW + 11);
    assert_int_equal(meta_cache_find(&cache, 1, NOW + 11), 1);
    assert_int_equal(meta_cache_find(&cache, 2, NOW + 11), 0);
    assert_int_equal(meta_cache_find(&cache, 9, NOW + 11), 9);
    meta_cache_fini(&cache);
}

static void test_a_cache_of_nothing_takes_no_memory(void **state)
{
    (void)state;
    struct meta_cache cache;
    meta_cache_init(&cache, 0);
    meta_cache_put(&cache, 1, 20, NOW);
    assert_int_equal(meta_cache_find(&cache, 1, NOW), 0);
    assert_int_equal(meta_cache_bytes(&cache), 0);
    meta_cache_fini(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_said_of_a_series_is_found),
        cmocka_unit_test(test_the_newer_time_stays),
        cmocka_unit_test(test_what_nobody_asked_for_in_an_hour_is_unknown_again),
        cmocka_unit_test(test_memory_grows_with_the_series_and_nearly_nothing_is_lost_on_the_way),
        cmocka_unit_test(test_a_full_cache_stays_as_large_as_it_is_and_is_used_to_the_end),
        cmocka_unit_test(test_a_full_cache_forgets_what_was_not_asked_for_longest),
        cmocka_unit_test(test_a_cache_of_nothing_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
