/* broken: a body that libmicrohttpd asks for piece by piece, and does not get as promised. Between two pieces
 * the connection sleeps. */
#include "http/broken.h"

#include <stdlib.h>

#include "base/check.h"
#include "http/server_private.h"

enum { BROKEN_BLOCK = 16384 };

struct broken {
    struct http_call *call;
    struct clock_timer pause;
    size_t bytes; /* of the body, that are sent */
    size_t until; /* so many may be sent before the next pause */
    size_t piece_bytes;
    int64_t pause_ms;
    bool given_up; /* the client hung up while the connection slept */
    char body[];
};

static void broken_wake(struct broken *broken)
{
    clock_stop(broken->call->server->clock, &broken->pause);
    http_hangup_forget(broken->call);
    MHD_resume_connection(broken->call->connection);
    http_server_run_soon(broken->call->server);
}

static void broken_on_pause(void *arg, struct clock_timer *timer)
{
    struct broken *broken = arg;
    (void)timer;
    broken->until += broken->piece_bytes;
    broken_wake(broken);
}

static void broken_sleep(struct broken *broken)
{
    clock_start(broken->call->server->clock, &broken->pause, broken->pause_ms);
    MHD_suspend_connection(broken->call->connection);
    http_hangup_watch(broken->call);
}

static size_t broken_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static ssize_t broken_on_read(void *arg, uint64_t at, char *to, size_t room)
{
    struct broken *broken = arg;
    if (broken->given_up || at >= broken->bytes)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t end = broken->piece_bytes == 0 ? broken->bytes : broken_least(broken->until, broken->bytes);
    size_t bytes = broken_least(end - (size_t)at, room);
    if (bytes == 0)
        broken_sleep(broken);
    else
        memcpy(to, broken->body + at, bytes);
    return (ssize_t)bytes;
}

static void broken_on_free(void *arg)
{
    struct broken *broken = arg;
    clock_stop(broken->call->server->clock, &broken->pause);
    broken->call->broken = NULL;
    free(broken);
}

void http_broken_give_up(struct http_call *call)
{
    call->broken->given_up = true;
    broken_wake(call->broken);
}

bool http_broken_sleeps(const struct http_call *call)
{
    return call->broken != NULL && clock_started(&call->broken->pause);
}

static struct broken *broken_create(struct http_call *call, struct slice body, const struct http_fault *fault)
{
    size_t bytes = body.len - broken_least(fault->missing_bytes, body.len);
    struct broken *broken = check_memory(malloc(sizeof(*broken) + bytes));
    *broken = (struct broken){
        .call = call, .bytes = bytes, .piece_bytes = fault->piece_bytes, .pause_ms = fault->pause_ms};
    clock_timer_init(&broken->pause, broken_on_pause, broken);
    if (bytes > 0)
        memcpy(broken->body, body.at, bytes);
    call->broken = broken;
    return broken;
}

void http_answer_badly(struct http_call *call, int status, const struct http_header *headers, size_t count,
                       struct slice body, const struct http_fault *fault)
{
    struct broken *broken = broken_create(call, body, fault);
    struct MHD_Response *answer = check_memory(MHD_create_response_from_callback(
        body.len + fault->promised_bytes, BROKEN_BLOCK, broken_on_read, broken, broken_on_free));
    http_call_settle(call, status, headers, count, answer);
}
