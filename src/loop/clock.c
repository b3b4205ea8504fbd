/* clock: timers in a binary heap of pointers, each timer knowing its place, so that any of them leaves in
 * O(log n). `turns` hands out the numbers that order equals; a pass fires only numbers handed out before it
 * began. */
#include "loop/clock.h"

#include <stdlib.h>

#include "base/check.h"

void clock_init(struct clock *clock, int64_t now_ms, int64_t wall_ms)
{
    *clock = (struct clock){.now_ms = now_ms, .wall_ms = wall_ms};
}

void clock_fini(struct clock *clock)
{
    CHECK(clock->count == 0);
    free(clock->heap);
    *clock = (struct clock){0};
}

void clock_timer_init(struct clock_timer *timer, clock_timer_fn *on_time, void *arg)
{
    *timer = (struct clock_timer){.on_time = on_time, .arg = arg};
}

static bool clock_before(const struct clock_timer *a, const struct clock_timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->turn < b->turn;
}

static void clock_put(struct clock *clock, size_t at, struct clock_timer *timer)
{
    clock->heap[at] = timer;
    timer->place = at + 1;
}

static void clock_rise(struct clock *clock, size_t at, struct clock_timer *timer)
{
    while (at > 0 && clock_before(timer, clock->heap[(at - 1) / 2])) {
        clock_put(clock, at, clock->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    clock_put(clock, at, timer);
}

static void clock_sink(struct clock *clock, size_t at, struct clock_timer *timer)
{
    size_t child;
    while ((child = 2 * at + 1) < clock->count) {
        if (child + 1 < clock->count && clock_before(clock->heap[child + 1], clock->heap[child]))
            child++;
        if (!clock_before(clock->heap[child], timer))
            break;
        clock_put(clock, at, clock->heap[child]);
        at = child;
    }
    clock_put(clock, at, timer);
}

static void clock_grow(struct clock *clock)
{
    if (clock->count < clock->room)
        return;
    clock->room = clock->room == 0 ? 16 : clock->room * 2;
    clock->heap = check_memory(realloc(clock->heap, clock->room * sizeof(*clock->heap)));
}

void clock_start(struct clock *clock, struct clock_timer *timer, int64_t delay_ms)
{
    CHECK(delay_ms >= 0 && timer->on_time != NULL);
    clock_stop(clock, timer);
    if (__builtin_add_overflow(clock->now_ms, delay_ms, &timer->due_ms))
        timer->due_ms = INT64_MAX;
    timer->turn = clock->turns++;
    clock_grow(clock);
    clock->count++;
    clock_rise(clock, clock->count - 1, timer);
}

void clock_stop(struct clock *clock, struct clock_timer *timer)
{
    if (timer->place == 0)
        return;
    size_t at = timer->place - 1;
    CHECK(at < clock->count && clock->heap[at] == timer);
    timer->place = 0;
    clock->count--;
    struct clock_timer *last = clock->heap[clock->count];
    if (last == timer)
        return;
    if (at > 0 && clock_before(last, clock->heap[(at - 1) / 2]))
        clock_rise(clock, at, last);
    else
        clock_sink(clock, at, last);
}

bool clock_next_ms(const struct clock *clock, int64_t *due_ms)
{
    if (clock->count == 0)
        return false;
    *due_ms = clock->heap[0]->due_ms;
    return true;
}

void clock_move(struct clock *clock, int64_t now_ms, int64_t wall_ms)
{
    if (now_ms > clock->now_ms)
        clock->now_ms = now_ms;
    clock->wall_ms = wall_ms;
}

/* A timer started in this pass is due at now_ms at the earliest and has a later number than all that were
 * there: once one of them is on top, no older one is due. */
void clock_run(struct clock *clock, int64_t now_ms, int64_t wall_ms)
{
    clock_move(clock, now_ms, wall_ms);
    uint64_t pass = clock->turns;
    while (clock->count > 0 && clock->heap[0]->due_ms <= clock->now_ms && clock->heap[0]->turn < pass) {
        struct clock_timer *timer = clock->heap[0];
        clock_stop(clock, timer);
        timer->on_time(timer->arg, timer);
    }
}
