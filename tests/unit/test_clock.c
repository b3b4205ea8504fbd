/* clock: order, stopping and starting inside callbacks, passes, and the heap against a slow, plain list. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/chance.h"
#include "loop/clock.h"

enum { LOG_MOST = 64 };

struct bell {
    struct clock_timer timer;
    struct clock *clock;
    int name;
    int64_t again_ms;   /* -1: not again */
    struct bell *stops; /* stopped when this one rings */
    int *log;
    int *log_len;
};

static void on_bell(void *arg, struct clock_timer *timer)
{
    struct bell *bell = arg;
    assert_ptr_equal(timer, &bell->timer);
    assert_false(clock_started(timer));
    bell->log[(*bell->log_len)++] = bell->name;
    if (bell->stops != NULL)
        clock_stop(bell->clock, &bell->stops->timer);
    if (bell->again_ms >= 0)
        clock_start(bell->clock, &bell->timer, bell->again_ms);
}

struct tower {
    struct clock clock;
    struct bell bells[8];
    int log[LOG_MOST];
    int log_len;
};

static int tower_build(void **state)
{
    struct tower *tower = calloc(1, sizeof(*tower));
    clock_init(&tower->clock, 1000, 5000);
    for (int i = 0; i < 8; i++) {
        struct bell *bell = &tower->bells[i];
        *bell = (struct bell){
            .clock = &tower->clock, .name = i, .again_ms = -1, .log = tower->log, .log_len = &tower->log_len};
        clock_timer_init(&bell->timer, on_bell, bell);
    }
    *state = tower;
    return 0;
}

static int tower_tear_down(void **state)
{
    struct tower *tower = *state;
    for (int i = 0; i < 8; i++)
        clock_stop(&tower->clock, &tower->bells[i].timer);
    clock_fini(&tower->clock);
    free(tower);
    return 0;
}

static void tower_start(struct tower *tower, int bell, int64_t delay_ms)
{
    clock_start(&tower->clock, &tower->bells[bell].timer, delay_ms);
}

static void assert_rang(struct tower *tower, const int *names, int count)
{
    assert_int_equal(tower->log_len, count);
    for (int i = 0; i < count; i++)
        assert_int_equal(tower->log[i], names[i]);
    tower->log_len = 0;
}

#define ASSERT_RANG(tower, ...)                                                                              \
    assert_rang(tower, (const int[]){__VA_ARGS__}, (int)(sizeof((const int[]){__VA_ARGS__}) / sizeof(int)))

static void test_timers_fire_by_time_and_equals_by_start(void **state)
{
    struct tower *tower = *state;
    tower_start(tower, 0, 30);
    tower_start(tower, 1, 10);
    tower_start(tower, 2, 20);
    tower_start(tower, 3, 10);
    tower_start(tower, 4, 10);
    int64_t due = 0;
    assert_true(clock_next_ms(&tower->clock, &due));
    assert_int_equal(due, 1010);
    clock_run(&tower->clock, 1009, 0);
    assert_rang(tower, NULL, 0);
    clock_run(&tower->clock, 1020, 0);
    ASSERT_RANG(tower, 1, 3, 4, 2);
    clock_run(&tower->clock, 5000, 0);
    ASSERT_RANG(tower, 0);
    assert_false(clock_next_ms(&tower->clock, &due));
}

static void test_only_the_last_start_counts(void **state)
{
    struct tower *tower = *state;
    tower_start(tower, 0, 10);
    tower_start(tower, 1, 50);
    tower_start(tower, 0, 100);
    tower_start(tower, 1, 5);
    assert_int_equal(tower->clock.count, 2);
    clock_run(&tower->clock, 1050, 0);
    ASSERT_RANG(tower, 1);
    clock_run(&tower->clock, 1100, 0);
    ASSERT_RANG(tower, 0);
}

static void test_restarted_with_0_it_fires_once_a_pass(void **state)
{
    struct tower *tower = *state;
    tower->bells[0].again_ms = 0;
    tower_start(tower, 0, 0);
    tower_start(tower, 1, 0);
    clock_run(&tower->clock, 1000, 0);
    ASSERT_RANG(tower, 0, 1);
    clock_run(&tower->clock, 1000, 0);
    ASSERT_RANG(tower, 0);
    clock_run(&tower->clock, 90000, 0);
    ASSERT_RANG(tower, 0);
}

static void test_a_timer_that_waits_behind_a_restarted_one_is_not_forgotten(void **state)
{
    struct tower *tower = *state;
    tower->bells[0].again_ms = 0;
    tower_start(tower, 0, 0);
    tower_start(tower, 1, 5);
    clock_run(&tower->clock, 1005, 0);
    ASSERT_RANG(tower, 0, 1);
}

static void test_a_callback_stops_one_that_is_due_in_the_same_pass(void **state)
{
    struct tower *tower = *state;
    tower->bells[0].stops = &tower->bells[1];
    tower_start(tower, 0, 0);
    tower_start(tower, 1, 0);
    tower_start(tower, 2, 0);
    clock_run(&tower->clock, 1000, 0);
    ASSERT_RANG(tower, 0, 2);
    assert_false(clock_started(&tower->bells[1].timer));
}

static void test_time_never_goes_back_and_wall_time_may(void **state)
{
    struct tower *tower = *state;
    clock_run(&tower->clock, 2000, 9000);
    clock_run(&tower->clock, 1500, 8000);
    assert_int_equal(tower->clock.now_ms, 2000);
    assert_int_equal(tower->clock.wall_ms, 8000);
}

static void test_a_delay_for_ever_does_not_wrap(void **state)
{
    struct tower *tower = *state;
    tower_start(tower, 0, INT64_MAX);
    clock_run(&tower->clock, INT64_MAX - 1, 0);
    assert_rang(tower, NULL, 0);
}

/* The model: an array without order; the next is found by looking at all. */
enum { MODEL_TIMERS = 300, MODEL_STEPS = 10000 };

struct model {
    struct clock clock;
    struct clock_timer timers[MODEL_TIMERS];
    int64_t due_ms[MODEL_TIMERS]; /* -1: not started */
    uint64_t order[MODEL_TIMERS];
    uint64_t starts;
    uint64_t pass;
    int fired;
};

static int model_next(const struct model *model, int64_t now_ms)
{
    int best = -1;
    for (int i = 0; i < MODEL_TIMERS; i++) {
        if (model->due_ms[i] < 0 || model->due_ms[i] > now_ms || model->order[i] >= model->pass)
            continue;
        if (best < 0 || model->due_ms[i] < model->due_ms[best] ||
            (model->due_ms[i] == model->due_ms[best] && model->order[i] < model->order[best]))
            best = i;
    }
    return best;
}

static void model_start(struct model *model, int i, int64_t delay_ms)
{
    clock_start(&model->clock, &model->timers[i], delay_ms);
    model->due_ms[i] = model->clock.now_ms + delay_ms;
    model->order[i] = model->starts++;
}

static void on_model_timer(void *arg, struct clock_timer *timer)
{
    struct model *model = arg;
    int i = (int)(timer - model->timers);
    assert_int_equal(model_next(model, model->clock.now_ms), i);
    model->due_ms[i] = -1;
    model->fired++;
    if (model->fired % 3 == 0)
        model_start(model, (i * 7 + 1) % MODEL_TIMERS, model->fired % 4);
}

static void model_step(struct model *model, struct chance *chance)
{
    int i = (int)chance_below(chance, MODEL_TIMERS);
    switch (chance_below(chance, 4)) {
    case 0:
    case 1:
        model_start(model, i, (int64_t)chance_below(chance, 50));
        break;
    case 2:
        clock_stop(&model->clock, &model->timers[i]);
        model->due_ms[i] = -1;
        break;
    default:
        model->pass = model->starts;
        clock_run(&model->clock, model->clock.now_ms + (int64_t)chance_below(chance, 6), 0);
        assert_int_equal(model_next(model, model->clock.now_ms), -1);
    }
}

static void test_ten_thousand_steps_agree_with_a_plain_list(void **state)
{
    (void)state;
    struct model *model = calloc(1, sizeof(*model));
    struct chance chance;
    chance_init(&chance, 20240607);
    clock_init(&model->clock, 0, 0);
    for (int i = 0; i < MODEL_TIMERS; i++) {
        clock_timer_init(&model->timers[i], on_model_timer, model);
        model->due_ms[i] = -1;
    }
    for (int step = 0; step < MODEL_STEPS; step++)
        model_step(model, &chance);
    assert_true(model->fired > 1000);
    for (int i = 0; i < MODEL_TIMERS; i++)
        clock_stop(&model->clock, &model->timers[i]);
    clock_fini(&model->clock);
    free(model);
}

#define TOWER_TEST(test) cmocka_unit_test_setup_teardown(test, tower_build, tower_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOWER_TEST(test_timers_fire_by_time_and_equals_by_start),
        TOWER_TEST(test_only_the_last_start_counts),
        TOWER_TEST(test_restarted_with_0_it_fires_once_a_pass),
        TOWER_TEST(test_a_timer_that_waits_behind_a_restarted_one_is_not_forgotten),
        TOWER_TEST(test_a_callback_stops_one_that_is_due_in_the_same_pass),
        TOWER_TEST(test_time_never_goes_back_and_wall_time_may),
        TOWER_TEST(test_a_delay_for_ever_does_not_wrap),
        cmocka_unit_test(test_ten_thousand_steps_agree_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
