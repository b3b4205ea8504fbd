/* bucket_key: the table of busy keys against a slow model, with hashes that collide. */
#include "support/cmocka_all.h"

#include "bucket/bucket_private.h"

enum { MODEL_KEYS = 600, MODEL_STEPS = 200000 };

static uint64_t hashes[MODEL_KEYS];
static uint32_t holders[MODEL_KEYS]; /* slot + 1; 0: not busy */

/* Few bits differ, many want the same place, 0 and all ones are among them. */
static void make_hashes(void)
{
    for (uint64_t i = 0; i < MODEL_KEYS; i++)
        hashes[i] = i < 200 ? i : i < 400 ? i << 48 : 0u - i;
}

static void check_table(const struct key_table *keys)
{
    size_t count = 0;
    for (size_t i = 0; i < MODEL_KEYS; i++) {
        struct key_entry *entry = bucket_key_find(keys, hashes[i]);
        count += entry != NULL;
        assert_int_equal(entry == NULL ? 0 : bucket_key_slot(entry) + 1, holders[i]);
        assert_true(entry == NULL || entry->hash == hashes[i]);
    }
    assert_int_equal(keys->count, count);
}

static void step(struct key_table *keys, struct chance *chance, uint64_t claims_of_ten)
{
    size_t i = chance_below(chance, MODEL_KEYS);
    if (chance_below(chance, 10) < claims_of_ten) {
        struct key_entry *entry = bucket_key_claim(keys, hashes[i]);
        assert_int_equal(entry->holder == 0, holders[i] == 0);
        holders[i] = (uint32_t)chance_below(chance, 1000) + 1;
        bucket_key_give(entry, holders[i] - 1);
    } else if (holders[i] != 0) {
        bucket_key_remove(keys, bucket_key_find(keys, hashes[i]));
        holders[i] = 0;
    }
}

static void test_the_table_is_exact(void **state)
{
    (void)state;
    struct chance chance;
    struct key_table keys;
    chance_init(&chance, 1);
    make_hashes();
    bucket_key_init(&keys);
    for (int i = 0; i < MODEL_STEPS; i++) {
        step(&keys, &chance, i / 20000 % 2 == 0 ? 7 : 2);
        if (i % 997 == 0)
            check_table(&keys);
    }
    check_table(&keys);
    assert_true(keys.mask + 1 <= 1024);
    bucket_key_fini(&keys);
}

static void test_an_emptied_table_leaves_no_marks(void **state)
{
    (void)state;
    struct key_table keys;
    bucket_key_init(&keys);
    for (uint64_t round = 0; round < 100; round++) {
        for (uint64_t i = 0; i < 100; i++)
            bucket_key_give(bucket_key_claim(&keys, round * 100 + i), 1);
        for (uint64_t i = 0; i < 100; i++)
            bucket_key_remove(&keys, bucket_key_find(&keys, round * 100 + i));
    }
    assert_int_equal(keys.count, 0);
    assert_int_equal(keys.mask + 1, 256);
    for (size_t i = 0; i <= keys.mask; i++)
        assert_int_equal(keys.entries[i].holder, 0);
    bucket_key_fini(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_exact),
        cmocka_unit_test(test_an_emptied_table_leaves_no_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
