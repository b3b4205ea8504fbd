/* work: a function on a worker thread while the loop goes on. For what would hold the loop up for
 * milliseconds: bodies and records over 1 MB. libuv's pool of four threads, made at the first start. */
#ifndef LOOP_WORK_H
#define LOOP_WORK_H

struct loop;
struct loop_work; /* opaque: one piece of work at a time, used again and again */

/* on_worker runs on another thread: it may touch only what `arg` keeps for it, and nobody else may until
 * on_done, which comes on the loop, from a later turn. */
typedef void loop_work_fn(void *arg);

struct loop_work *loop_work_create(struct loop *loop, loop_work_fn *on_worker, loop_work_fn *on_done,
                                   void *arg);
void loop_work_start(struct loop_work *work); /* not while it is under way */

/* Under way: waits until the worker has let go of `arg`; on_done never comes. Not from inside on_done. */
void loop_work_destroy(struct loop_work *work);

#endif
