/* loop/work: other threads work, the loop goes on, and nothing of it is touched after it was given up. */
#include "support/cmocka_all.h"

#include <pthread.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "loop/work.h"

struct story {
    struct loop *loop;
    struct loop_work *work;
    struct clock_timer timer;
    pthread_t loop_thread;
    pthread_mutex_t gate; /* held by the test: the worker waits */
    int worked;
    int done;
    int most;
    bool on_another_thread;
};

static void on_worker(void *arg)
{
    struct story *story = arg;
    pthread_mutex_lock(&story->gate);
    story->worked++;
    story->on_another_thread = !pthread_equal(pthread_self(), story->loop_thread);
    pthread_mutex_unlock(&story->gate);
}

static void on_done(void *arg)
{
    struct story *story = arg;
    if (++story->done < story->most)
        loop_work_start(story->work);
}

static void on_open_gate(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    (void)timer;
    assert_int_equal(story->done, 0); /* the loop turns while the worker is at it */
    pthread_mutex_unlock(&story->gate);
}

static void begin(struct story *story, clock_timer_fn *on_time)
{
    *story = (struct story){.loop = loop_create(), .loop_thread = pthread_self(), .most = 1};
    pthread_mutex_init(&story->gate, NULL);
    story->work = loop_work_create(story->loop, on_worker, on_done, story);
    clock_timer_init(&story->timer, on_time, story);
}

static void test_the_loop_goes_on_while_a_worker_works(void **state)
{
    (void)state;
    struct story story;
    begin(&story, on_open_gate);
    pthread_mutex_lock(&story.gate);
    loop_work_start(story.work);
    clock_start(loop_clock(story.loop), &story.timer, 5);
    loop_run(story.loop);
    assert_int_equal(story.worked, 1);
    assert_int_equal(story.done, 1);
    assert_true(story.on_another_thread);
    loop_work_destroy(story.work);
    loop_destroy(story.loop);
}

static void test_it_is_used_again_and_again(void **state)
{
    (void)state;
    struct story story;
    begin(&story, on_open_gate);
    story.most = 200;
    loop_work_start(story.work);
    assert_int_equal(story.done, 0);
    loop_run(story.loop);
    assert_int_equal(story.worked, 200);
    assert_int_equal(story.done, 200);
    loop_work_destroy(story.work);
    loop_destroy(story.loop);
}

static void test_given_up_it_is_never_done(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) { /* before a worker has it, while, and after */
        struct story story;
        begin(&story, on_open_gate);
        loop_work_start(story.work);
        for (int spin = 0; spin < i; spin++)
            sched_yield();
        loop_work_destroy(story.work);
        int worked = story.worked; /* nobody is at it any more */
        loop_run(story.loop);
        assert_int_equal(story.worked, worked);
        assert_int_equal(story.done, 0);
        loop_destroy(story.loop);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_loop_goes_on_while_a_worker_works),
        cmocka_unit_test(test_it_is_used_again_and_again),
        cmocka_unit_test(test_given_up_it_is_never_done),
    };
    return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
