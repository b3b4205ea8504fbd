/* wakeup: an eventfd on a uv_poll. The eventfd adds rings up, one read answers all of them. */
#include "loop/wakeup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "base/error.h"
#include "loop/loop.h"

struct loop_wakeup {
    uv_poll_t poll;
    int fd;
    struct loop *loop;
    loop_wakeup_fn *on_ring;
    void *arg;
};

const unsigned long long loop_wakeup_bytes = 1;

static void wakeup_on_readable(uv_poll_t *poll, int status, int events)
{
    struct loop_wakeup *wakeup = poll->data;
    (void)events;
    CHECK(status == 0); /* an eventfd has no other end that could fail */
    loop_woke(wakeup->loop);
    unsigned long long rings;
    if (read(wakeup->fd, &rings, sizeof(rings)) == (ssize_t)sizeof(rings))
        wakeup->on_ring(wakeup->arg);
}

struct loop_wakeup *loop_wakeup_create(struct loop *loop, loop_wakeup_fn *on_ring, void *arg,
                                       struct error *err)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) {
        error_set(err, ERROR_FATAL, "eventfd: %s", strerror(errno));
        return NULL;
    }
    struct loop_wakeup *wakeup = check_memory(calloc(1, sizeof(*wakeup)));
    *wakeup = (struct loop_wakeup){.fd = fd, .loop = loop, .on_ring = on_ring, .arg = arg};
    CHECK(uv_poll_init(loop_uv(loop), &wakeup->poll, fd) == 0);
    wakeup->poll.data = wakeup;
    CHECK(uv_poll_start(&wakeup->poll, UV_READABLE, wakeup_on_readable) == 0);
    return wakeup;
}

int loop_wakeup_fd(const struct loop_wakeup *wakeup)
{
    return wakeup->fd;
}

/* A full counter (2^64 - 2 rings unanswered) refuses the write, and is readable all the same. */
void loop_wakeup_ring(struct loop_wakeup *wakeup)
{
    ssize_t wrote;
    do {
        wrote = write(wakeup->fd, &loop_wakeup_bytes, sizeof(loop_wakeup_bytes));
    } while (wrote < 0 && errno == EINTR);
    CHECK(wrote == (ssize_t)sizeof(loop_wakeup_bytes) || errno == EAGAIN);
}

static void wakeup_on_closed(uv_handle_t *handle)
{
    struct loop_wakeup *wakeup = handle->data;
    close(wakeup->fd);
    free(wakeup);
}

void loop_wakeup_destroy(struct loop_wakeup *wakeup)
{
    uv_close((uv_handle_t *)&wakeup->poll, wakeup_on_closed);
}
