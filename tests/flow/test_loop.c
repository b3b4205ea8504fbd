/* loop: turns, timers and I/O side by side, wake-ups from threads, signals, absence, and leaving nothing
 * behind. */
#include "support/cmocka_all.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "base/error.h"
#include "loop/loop.h"
#include "loop/wakeup.h"

struct story {
    struct loop *loop;
    struct clock *clock;
    struct clock_timer timer;
    struct clock_timer guard;
    struct loop_wakeup *wakeup;
    int count;
    int most;
    int rings;
    int64_t seen_ms;
    int64_t delay_ms;
};

static void story_begin(struct story *story, clock_timer_fn *on_time)
{
    *story = (struct story){.loop = loop_create()};
    story->clock = loop_clock(story->loop);
    clock_timer_init(&story->timer, on_time, story);
}

static void on_count(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    if (++story->count < story->most)
        clock_start(story->clock, timer, story->delay_ms);
}

static void test_a_loop_without_anything_to_wait_for_ends(void **state)
{
    (void)state;
    struct loop *loop = loop_create();
    loop_run(loop);
    loop_run(loop);
    loop_destroy(loop);
}

static void test_a_started_timer_keeps_the_loop_alive_until_it_fired(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, on_count);
    story.most = 5;
    story.delay_ms = 3;
    int64_t began = story.clock->now_ms;
    clock_start(story.clock, &story.timer, 3);
    loop_run(story.loop);
    assert_int_equal(story.count, 5);
    assert_true(story.clock->now_ms - began >= 15);
    assert_true(story.clock->wall_ms > 1600000000000);
    loop_destroy(story.loop);
}

static void test_a_loop_runs_again_after_it_ended(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, on_count);
    for (int i = 1; i <= 3; i++) {
        clock_start(story.clock, &story.timer, 0);
        loop_run(story.loop);
        assert_int_equal(story.count, i);
    }
    loop_destroy(story.loop);
}

static void on_ring_count(void *arg)
{
    struct story *story = arg;
    if (++story->rings == 100) {
        clock_stop(story->clock, &story->timer);
        loop_stop(story->loop);
        return;
    }
    loop_wakeup_ring(story->wakeup);
}

static void on_for_ever(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    story->count++;
    clock_start(story->clock, timer, 0);
}

/* The wake-up rings itself: it is served 100 times only if a timer of 0 ms lets the poll happen in between.
 */
static void test_a_timer_of_0_ms_does_not_starve_io(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_for_ever);
    story.wakeup = loop_wakeup_create(story.loop, on_ring_count, &story, &err);
    assert_non_null(story.wakeup);
    clock_start(story.clock, &story.timer, 0);
    loop_wakeup_ring(story.wakeup);
    loop_run(story.loop);
    assert_int_equal(story.rings, 100);
    assert_in_range(story.count, 90, 110); /* one pass a turn */
    loop_wakeup_destroy(story.wakeup);
    loop_destroy(story.loop);
}

static void *ring_from_thread(void *arg)
{
    struct story *story = arg;
    for (int i = 0; i < 1000; i++)
        loop_wakeup_ring(story->wakeup);
    __atomic_store_n(&story->most, 1, __ATOMIC_RELEASE);
    loop_wakeup_ring(story->wakeup);
    return NULL;
}

static void on_ring_until_last(void *arg)
{
    struct story *story = arg;
    story->rings++;
    if (__atomic_load_n(&story->most, __ATOMIC_ACQUIRE) == 1)
        loop_stop(story->loop);
}

static void test_rings_of_a_thread_arrive_and_the_last_is_never_lost(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_count);
    story.wakeup = loop_wakeup_create(story.loop, on_ring_until_last, &story, &err);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, ring_from_thread, &story), 0);
    loop_run(story.loop);
    pthread_join(thread, NULL);
    assert_in_range(story.rings, 1, 1001);
    loop_wakeup_destroy(story.wakeup);
    loop_destroy(story.loop);
}

static void test_what_librdkafka_writes_is_one_ring(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_count);
    story.wakeup = loop_wakeup_create(story.loop, on_ring_until_last, &story, &err);
    story.most = 1;
    for (int i = 0; i < 3; i++)
        assert_int_equal(write(loop_wakeup_fd(story.wakeup), &loop_wakeup_bytes, 8), 8);
    loop_run(story.loop);
    assert_int_equal(story.rings, 1);
    loop_wakeup_destroy(story.wakeup);
    loop_destroy(story.loop);
}

static void test_a_destroyed_wakeup_is_silent_though_it_was_rung(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_count);
    story.wakeup = loop_wakeup_create(story.loop, on_ring_until_last, &story, &err);
    loop_wakeup_ring(story.wakeup);
    loop_wakeup_destroy(story.wakeup);
    clock_start(story.clock, &story.timer, 1);
    loop_run(story.loop);
    assert_int_equal(story.rings, 0);
    assert_int_equal(story.count, 1);
    loop_destroy(story.loop);
}

static void on_guard(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    (void)timer;
    story->most = -1; /* the timer of the ring came too late */
}

static void on_ring_read_clock(void *arg)
{
    struct story *story = arg;
    story->seen_ms = story->clock->now_ms;
    clock_start(story->clock, &story->timer, 5);
    loop_stop(story->loop);
}

static void *ring_after_a_while(void *arg)
{
    struct story *story = arg;
    struct timespec while_asleep = {.tv_nsec = 30000000};
    nanosleep(&while_asleep, NULL);
    loop_wakeup_ring(story->wakeup);
    return NULL;
}

/* A callback after a long sleep must not start its timers by the time before the sleep. */
static void test_a_callback_after_a_sleep_sees_the_time_after_it(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_count);
    clock_timer_init(&story.guard, on_guard, &story);
    clock_start(story.clock, &story.guard, 60000);
    story.wakeup = loop_wakeup_create(story.loop, on_ring_read_clock, &story, &err);
    int64_t began = story.clock->now_ms;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, ring_after_a_while, &story), 0);
    loop_run(story.loop);
    pthread_join(thread, NULL);
    assert_true(story.seen_ms - began >= 29);
    assert_int_equal(story.count, 0); /* 5 ms from now, not from before */
    clock_stop(story.clock, &story.timer);
    clock_stop(story.clock, &story.guard);
    loop_wakeup_destroy(story.wakeup);
    loop_destroy(story.loop);
}

static void on_signal_stop(void *arg, int number)
{
    struct story *story = arg;
    story->rings = number;
    loop_stop(story->loop);
}

static void on_raise(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    clock_start(story->clock, timer, 1000); /* the loop is alive until the signal comes */
    kill(getpid(), story->most);
}

static void test_signals_arrive_on_the_loop_and_do_not_keep_it_alive(void **state)
{
    (void)state;
    struct story story;
    struct error err;
    story_begin(&story, on_raise);
    assert_int_equal(loop_on_signals(story.loop, on_signal_stop, &story, &err), 0);
    loop_run(story.loop);
    for (int i = 0; i < 2; i++) {
        story.most = i == 0 ? SIGTERM : SIGINT;
        clock_start(story.clock, &story.timer, 0);
        loop_run(story.loop);
        assert_int_equal(story.rings, story.most);
    }
    clock_stop(story.clock, &story.timer);
    loop_destroy(story.loop);
}

static void test_a_broken_pipe_is_an_error_and_not_a_signal(void **state)
{
    (void)state;
    struct loop *loop = loop_create();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
    loop_destroy(loop);
}

static void on_tick(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    if (++story->count == 1)
        assert_int_equal(write(story->most, "x", 1), 1);
    if (loop_away_ms(story->loop) > story->seen_ms)
        story->seen_ms = loop_away_ms(story->loop);
    if (story->seen_ms < 150)
        clock_start(story->clock, timer, 5);
}

/* Runs until it has seen itself away; its exit is the proof. */
static _Noreturn void run_until_away(int tell)
{
    struct story story;
    story_begin(&story, on_tick);
    story.most = tell;
    clock_start(story.clock, &story.timer, 5);
    loop_run(story.loop);
    loop_destroy(story.loop);
    _exit(0);
}

static void test_a_stopped_process_knows_that_it_was_away(void **state)
{
    (void)state;
    int ends[2];
    int status = 0;
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        run_until_away(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    kill(child, SIGSTOP);
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    struct timespec stopped = {.tv_nsec = 200000000};
    nanosleep(&stopped, NULL);
    kill(child, SIGCONT);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ends[0]);
    close(ends[1]);
}

static void on_sleep_seen(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    (void)timer;
    story->seen_ms = loop_away_ms(story->loop);
}

static void test_sleeping_on_purpose_is_not_being_away(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story, on_sleep_seen);
    clock_start(story.clock, &story.timer, 1200); /* more than the longest sleep */
    loop_run(story.loop);
    assert_in_range(story.seen_ms, 0, 900);
    loop_destroy(story.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_loop_without_anything_to_wait_for_ends),
        cmocka_unit_test(test_a_started_timer_keeps_the_loop_alive_until_it_fired),
        cmocka_unit_test(test_a_loop_runs_again_after_it_ended),
        cmocka_unit_test(test_a_timer_of_0_ms_does_not_starve_io),
        cmocka_unit_test(test_rings_of_a_thread_arrive_and_the_last_is_never_lost),
        cmocka_unit_test(test_what_librdkafka_writes_is_one_ring),
        cmocka_unit_test(test_a_destroyed_wakeup_is_silent_though_it_was_rung),
        cmocka_unit_test(test_a_callback_after_a_sleep_sees_the_time_after_it),
        cmocka_unit_test(test_signals_arrive_on_the_loop_and_do_not_keep_it_alive),
        cmocka_unit_test(test_a_broken_pipe_is_an_error_and_not_a_signal),
        cmocka_unit_test(test_a_stopped_process_knows_that_it_was_away),
        cmocka_unit_test(test_sleeping_on_purpose_is_not_being_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
