/* wakeup: another thread rings (an eventfd becomes readable), the loop answers once for many rings. */
#ifndef LOOP_WAKEUP_H
#define LOOP_WAKEUP_H

struct error;
struct loop;
struct loop_wakeup; /* opaque */

typedef void loop_wakeup_fn(void *arg);

struct loop_wakeup *loop_wakeup_create(struct loop *loop, loop_wakeup_fn *on_ring, void *arg,
                                       struct error *err);

/* The fd to give to librdkafka: it writes the 8 bytes of loop_wakeup_bytes. Non-blocking. */
int loop_wakeup_fd(const struct loop_wakeup *wakeup);
extern const unsigned long long loop_wakeup_bytes; /* the 8 bytes: a native 1 */

void loop_wakeup_ring(struct loop_wakeup *wakeup); /* any thread */

/* No callback after it. Whoever else had the fd must have let go of it before. Memory goes with the loop's
 * next turn. */
void loop_wakeup_destroy(struct loop_wakeup *wakeup);

#endif
