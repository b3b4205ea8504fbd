/* loop: owns the one libuv loop, the real clock on it, and the signals.
 *
 * The contract of every callback in this program:
 * 1. A start call returns -1 and will never call back, or 0 and calls back exactly once, from a later turn.
 * 2. What a callback receives is lent for the call.
 * 3. A callback may start new work; it never destroys the object it was called from.
 * 4. Only loop/wakeup may be touched from another thread. All else is the loop's thread: no locks. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "loop/clock.h"

struct error;
struct loop; /* opaque */
struct uv_loop_s;

struct loop *loop_create(void);

/* Closes all handles, runs the loop empty and checks that libuv agrees that nothing is left. */
void loop_destroy(struct loop *loop);

/* Until loop_stop(), or until nothing is left to wait for: no started timer, no active libuv handle of
 * anybody's. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

struct clock *loop_clock(struct loop *loop);
struct uv_loop_s *loop_uv(struct loop *loop);

/* How long the loop was away before this turn: since the turn before began, less what it slept on purpose (at
 * most a second at a time). Large numbers mean SIGSTOP, suspend, or a callback that took far too long.
 * Milliseconds. */
int64_t loop_away_ms(const struct loop *loop);

/* on_away before anything else of a turn that was away for longer than most_ms. One listener; NULL: none. */
typedef void loop_away_fn(void *arg, int64_t away_ms);
void loop_on_away(struct loop *loop, int64_t most_ms, loop_away_fn *on_away, void *arg);

/* For those who have libuv handles of their own: the first call of each of their I/O callbacks. Reads the
 * time once a turn, so that nobody after a long sleep starts a timer by the time before it. */
void loop_woke(struct loop *loop);

/* SIGINT, SIGTERM: on_signal for each. SIGPIPE and SIGXFSZ are ignored from loop_create() on. */
typedef void loop_signal_fn(void *arg, int signal);
int loop_on_signals(struct loop *loop, loop_signal_fn *on_signal, void *arg, struct error *err);

#endif
