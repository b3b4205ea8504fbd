/* The store takes changes back, all of them or those behind a mark, as if they had never been. */
#include "support/cmocka_all.h"

#include "base/buffer.h"
#include "base/chance.h"
#include "emulator/refusal.h"
#include "emulator/store.h"
#include "support/store_dump.h"
#include "support/store_steps.h"

enum { ROUNDS = 200, STEPS_MOST = 60 };

struct rig {
    struct store store;
    struct chance chance;
    struct buffer before;
    struct buffer after;
    int refusals; /* that the keeper has made */
    size_t told;  /* changes the keeper has seen */
    bool refuse;
};

static int rig_keep(void *arg, const struct store_change *changes, size_t count, struct refusal *refusal)
{
    struct rig *rig = arg;
    assert_true(changes == rig->store.changes && count > 0);
    rig->told += count;
    if (!rig->refuse)
        return 0;
    rig->refusals++;
    return refusal_set(refusal, "OTSInternalServerError", "the disk is full");
}

static void rig_init(struct rig *rig, uint64_t seed)
{
    *rig = (struct rig){.told = 0};
    store_init(&rig->store);
    chance_init(&rig->chance, seed);
    buffer_init(&rig->before, 64 << 20);
    buffer_init(&rig->after, 64 << 20);
}

static void rig_fini(struct rig *rig)
{
    store_fini(&rig->store);
    buffer_fini(&rig->before);
    buffer_fini(&rig->after);
}

static void rig_steps(struct rig *rig)
{
    for (uint64_t i = 1 + chance_below(&rig->chance, STEPS_MOST); i > 0; i--)
        store_step(&rig->store, &rig->chance);
}

static void rig_is_as_before(struct rig *rig)
{
    store_dump(&rig->store, &rig->after);
    assert_string_equal(rig->before.at, rig->after.at);
}

static void test_what_is_taken_back_has_never_been(void **state)
{
    struct rig rig;
    struct refusal refusal;
    (void)state;
    rig_init(&rig, 1);
    for (int i = 0; i < ROUNDS; i++) {
        rig_steps(&rig);
        assert_int_equal(store_commit(&rig.store, &refusal), 0);
        store_dump(&rig.store, &rig.before);
        rig_steps(&rig);
        store_undo(&rig.store, 0);
        rig_is_as_before(&rig);
    }
    rig_fini(&rig);
}

static void test_only_what_is_behind_the_mark_is_taken_back(void **state)
{
    struct rig rig;
    struct refusal refusal;
    (void)state;
    rig_init(&rig, 2);
    for (int i = 0; i < ROUNDS; i++) {
        rig_steps(&rig);
        store_dump(&rig.store, &rig.before);
        size_t mark = store_mark(&rig.store);
        rig_steps(&rig);
        store_undo(&rig.store, mark);
        rig_is_as_before(&rig);
        assert_int_equal(store_commit(&rig.store, &refusal), 0);
        rig_is_as_before(&rig);
    }
    rig_fini(&rig);
}

static void test_what_cannot_be_kept_is_taken_back(void **state)
{
    struct rig rig;
    struct refusal refusal = {.status = 0};
    (void)state;
    rig_init(&rig, 3);
    rig.store.keep = rig_keep;
    rig.store.keeper = &rig;
    for (int i = 0; i < ROUNDS; i++) {
        rig.refuse = chance_below(&rig.chance, 2) == 0;
        store_dump(&rig.store, &rig.before);
        rig_steps(&rig);
        int expected = rig.refuse && rig.store.change_count > 0 ? -1 : 0;
        assert_int_equal(store_commit(&rig.store, &refusal), expected);
        if (rig.refuse)
            rig_is_as_before(&rig);
    }
    assert_true(rig.refusals > ROUNDS / 4);
    assert_string_equal(refusal.code, "OTSInternalServerError");
    rig_fini(&rig);
}

static void test_nothing_changed_is_nothing_to_keep(void **state)
{
    struct rig rig;
    struct refusal refusal;
    (void)state;
    rig_init(&rig, 4);
    rig.store.keep = rig_keep;
    rig.store.keeper = &rig;
    rig.refuse = true;
    assert_int_equal(store_commit(&rig.store, &refusal), 0);
    rig_steps(&rig);
    store_undo(&rig.store, 0);
    assert_int_equal(store_commit(&rig.store, &refusal), 0);
    assert_int_equal(rig.told, 0);
    rig_fini(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_taken_back_has_never_been),
        cmocka_unit_test(test_only_what_is_behind_the_mark_is_taken_back),
        cmocka_unit_test(test_what_cannot_be_kept_is_taken_back),
        cmocka_unit_test(test_nothing_changed_is_nothing_to_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
