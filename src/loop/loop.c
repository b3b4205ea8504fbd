/* loop: one libuv loop, and the clock driven by it.
 *
 * A turn: libuv polls, our I/O callbacks run, then `after` (a uv_check) runs one pass of the clock. The
 * uv_timer `bound` only bounds the poll and is never started from its own callback: libuv 1.44 runs one
 * restarted there with 0 ms in the same pass, for ever, and I/O starves. */
#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

#include "base/check.h"
#include "base/error.h"

/* The longest sleep: a stop of the process during a longer one could not be told from sleeping. */
enum { LOOP_SLEEP_MOST_MS = 1000 };

struct loop {
    uv_loop_t uv;
    uv_prepare_t before;
    uv_check_t after;
    uv_timer_t bound;
    uv_signal_t signals[2];
    loop_signal_fn *on_signal;
    void *signal_arg;
    loop_away_fn *on_away;
    void *away_arg;
    int64_t away_most_ms;
    struct clock clock;
    bool awake;            /* the turn has begun: the time was read */
    int64_t turn_began_ms; /* these three in boot time, which goes on while the machine is suspended */
    int64_t sleep_began_ms;
    int64_t sleep_most_ms;
    int64_t away_ms;
};

static int64_t loop_read_ms(clockid_t which)
{
    struct timespec time;
    CHECK(clock_gettime(which, &time) == 0);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void loop_measure_away(struct loop *loop)
{
    int64_t now = loop_read_ms(CLOCK_BOOTTIME);
    int64_t slept = now - loop->sleep_began_ms;
    if (slept > loop->sleep_most_ms)
        slept = loop->sleep_most_ms;
    loop->away_ms = now - loop->turn_began_ms - slept;
    loop->turn_began_ms = now;
}

void loop_woke(struct loop *loop)
{
    if (loop->awake)
        return;
    loop->awake = true;
    loop_measure_away(loop);
    clock_move(&loop->clock, (int64_t)uv_now(&loop->uv), loop_read_ms(CLOCK_REALTIME));
    if (loop->on_away != NULL && loop->away_ms > loop->away_most_ms)
        loop->on_away(loop->away_arg, loop->away_ms);
}

static void loop_on_bound(uv_timer_t *timer)
{
    (void)timer;
}

/* The internal handles never keep the loop alive, but `bound` does while a clock timer is started. */
static void loop_keep_alive(struct loop *loop)
{
    if (loop->clock.count > 0)
        uv_ref((uv_handle_t *)&loop->bound);
    else
        uv_unref((uv_handle_t *)&loop->bound);
}

static void loop_bound_sleep(struct loop *loop)
{
    int64_t now = (int64_t)uv_now(&loop->uv);
    int64_t due = INT64_MAX;
    clock_next_ms(&loop->clock, &due);
    int64_t wait = due <= now ? 0 : due - now;
    uv_timer_start(&loop->bound, loop_on_bound,
                   (uint64_t)(wait > LOOP_SLEEP_MOST_MS ? LOOP_SLEEP_MOST_MS : wait), 0);
    loop_keep_alive(loop);
}

static void loop_on_before(uv_prepare_t *before)
{
    struct loop *loop = before->data;
    loop_bound_sleep(loop);
    loop->sleep_began_ms = loop_read_ms(CLOCK_BOOTTIME);
    loop->sleep_most_ms = uv_backend_timeout(&loop->uv);
    loop->awake = false;
}

static void loop_on_after(uv_check_t *after)
{
    struct loop *loop = after->data;
    loop_woke(loop);
    clock_run(&loop->clock, loop->clock.now_ms, loop->clock.wall_ms);
    loop_keep_alive(loop);
}

static void loop_on_signal(uv_signal_t *signal, int number)
{
    struct loop *loop = signal->data;
    loop_woke(loop);
    loop->on_signal(loop->signal_arg, number);
}

static void loop_adopt(struct loop *loop, uv_handle_t *handle)
{
    handle->data = loop;
    uv_unref(handle);
}

static void loop_init_handles(struct loop *loop)
{
    CHECK(uv_prepare_init(&loop->uv, &loop->before) == 0);
    CHECK(uv_check_init(&loop->uv, &loop->after) == 0);
    CHECK(uv_timer_init(&loop->uv, &loop->bound) == 0);
    loop_adopt(loop, (uv_handle_t *)&loop->before);
    loop_adopt(loop, (uv_handle_t *)&loop->after);
    loop_adopt(loop, (uv_handle_t *)&loop->bound);
    for (int i = 0; i < 2; i++) {
        CHECK(uv_signal_init(&loop->uv, &loop->signals[i]) == 0);
        loop_adopt(loop, (uv_handle_t *)&loop->signals[i]);
    }
    uv_prepare_start(&loop->before, loop_on_before);
    uv_check_start(&loop->after, loop_on_after);
}

struct loop *loop_create(void)
{
    struct loop *loop = check_memory(calloc(1, sizeof(*loop)));
    CHECK(uv_loop_init(&loop->uv) == 0);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR); /* a limit on files is an error of the write, not the end */
    loop_init_handles(loop);
    clock_init(&loop->clock, (int64_t)uv_now(&loop->uv), loop_read_ms(CLOCK_REALTIME));
    loop->awake = true;
    return loop;
}

/* What happened before is neither sleep nor absence. */
static void loop_begin(struct loop *loop)
{
    uv_update_time(&loop->uv);
    loop->turn_began_ms = loop->sleep_began_ms = loop_read_ms(CLOCK_BOOTTIME);
    loop->sleep_most_ms = 0;
    loop->awake = false;
    loop_woke(loop);
    loop_bound_sleep(loop);
}

void loop_run(struct loop *loop)
{
    loop_begin(loop);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

struct clock *loop_clock(struct loop *loop)
{
    return &loop->clock;
}

struct uv_loop_s *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

int64_t loop_away_ms(const struct loop *loop)
{
    return loop->away_ms;
}

void loop_on_away(struct loop *loop, int64_t most_ms, loop_away_fn *on_away, void *arg)
{
    loop->away_most_ms = most_ms;
    loop->on_away = on_away;
    loop->away_arg = arg;
}

int loop_on_signals(struct loop *loop, loop_signal_fn *on_signal, void *arg, struct error *err)
{
    static const int numbers[2] = {SIGINT, SIGTERM};
    loop->on_signal = on_signal;
    loop->signal_arg = arg;
    for (int i = 0; i < 2; i++) {
        int rc = uv_signal_start(&loop->signals[i], loop_on_signal, numbers[i]);
        if (rc != 0)
            return error_set(err, ERROR_FATAL, "signal %d: %s", numbers[i], uv_strerror(rc));
    }
    return 0;
}

static void loop_close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void loop_destroy(struct loop *loop)
{
    uv_walk(&loop->uv, loop_close_handle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&loop->uv) == 0);
    clock_fini(&loop->clock);
    free(loop);
}
