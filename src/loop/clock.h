/* clock: time and timers, the first seam of the simulator. All code above asks this for the time and for
 * waking up; the real clock is driven by libuv (loop/loop.c), the simulated one by a seed (tests/sim).
 *
 * A timer is embedded in its owner and unlinked at once by clock_stop(): nothing of it is touched afterwards.
 * A timer that is started from inside a timer's callback never fires in the same pass, so waiting 0 ms means
 * "in the next turn of the loop, after I/O was served": that is the way to go on with long work. */
#ifndef LOOP_CLOCK_H
#define LOOP_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock_timer;
typedef void clock_timer_fn(void *arg, struct clock_timer *timer);

struct clock_timer {
    clock_timer_fn *on_time;
    void *arg;
    int64_t due_ms;
    uint64_t turn; /* private: order among equals, and the pass it was started in */
    size_t place;  /* private: place in the heap plus 1; 0 when not started */
};

struct clock {
    int64_t now_ms;  /* monotonic; moves only between turns */
    int64_t wall_ms; /* milliseconds since 1970, UTC, as of now_ms; may jump */
    uint64_t turns;  /* private: the number that the next start gets */
    struct clock_timer **heap;
    size_t count;
    size_t room;
};

void clock_init(struct clock *clock, int64_t now_ms, int64_t wall_ms);
void clock_fini(struct clock *clock); /* no timer may be left started */

void clock_timer_init(struct clock_timer *timer, clock_timer_fn *on_time, void *arg);

/* Started again before it fired: only the last start counts. delay_ms >= 0. */
void clock_start(struct clock *clock, struct clock_timer *timer, int64_t delay_ms);
void clock_stop(struct clock *clock, struct clock_timer *timer);
static inline bool clock_started(const struct clock_timer *timer)
{
    return timer->place != 0;
}

/* For the driver: when the earliest timer is due (false: none), and one pass over all that are due now. */
bool clock_next_ms(const struct clock *clock, int64_t *due_ms);
void clock_run(struct clock *clock, int64_t now_ms, int64_t wall_ms);

/* Moves the time without a pass: a turn begins with I/O. Monotonic time never goes back. */
void clock_move(struct clock *clock, int64_t now_ms, int64_t wall_ms);

#endif
