/* work: uv_queue_work, with a semaphore so that it can be given up while a worker is at it. */
#include "loop/work.h"

#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

#include "base/check.h"
#include "loop/loop.h"

struct loop_work {
    uv_work_t request;
    uv_sem_t let_go; /* the worker posts it when it is through */
    struct loop *loop;
    loop_work_fn *on_worker;
    loop_work_fn *on_done;
    void *arg;
    bool under_way;
    bool given_up; /* libuv still has it: freed when it comes back */
};

struct loop_work *loop_work_create(struct loop *loop, loop_work_fn *on_worker, loop_work_fn *on_done,
                                   void *arg)
{
    struct loop_work *work = check_memory(calloc(1, sizeof(*work)));
    *work = (struct loop_work){.loop = loop, .on_worker = on_worker, .on_done = on_done, .arg = arg};
    work->request.data = work;
    CHECK(uv_sem_init(&work->let_go, 0) == 0);
    return work;
}

static void work_free(struct loop_work *work)
{
    uv_sem_destroy(&work->let_go);
    free(work);
}

static void work_on_worker(uv_work_t *request)
{
    struct loop_work *work = request->data;
    work->on_worker(work->arg);
    uv_sem_post(&work->let_go);
}

static void work_on_back(uv_work_t *request, int status)
{
    struct loop_work *work = request->data;
    (void)status;
    work->under_way = false;
    if (work->given_up) {
        work_free(work);
        return;
    }
    uv_sem_wait(&work->let_go); /* posted already: the count goes back to 0 */
    loop_woke(work->loop);
    work->on_done(work->arg);
}

void loop_work_start(struct loop_work *work)
{
    CHECK(!work->under_way);
    work->under_way = true;
    CHECK(uv_queue_work(loop_uv(work->loop), &work->request, work_on_worker, work_on_back) == 0);
}

void loop_work_destroy(struct loop_work *work)
{
    if (work == NULL)
        return;
    if (!work->under_way) {
        work_free(work);
        return;
    }
    work->given_up = true;
    if (uv_cancel((uv_req_t *)&work->request) != 0)
        uv_sem_wait(&work->let_go);
}
