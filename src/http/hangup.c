/* hangup: does the client of a sleeping connection hang up? libmicrohttpd does not look at connections that
 * sleep, so their sockets are in an epoll set of ours meanwhile, which asks for the other side's end only. */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "http/server_private.h"
#include "loop/loop.h"

enum { HANGUP_EVENTS = 64 };

void http_hangup_watch(struct http_call *call)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data = {.ptr = call}};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    CHECK(info != NULL);
    CHECK(epoll_ctl(call->server->hangup_fd, EPOLL_CTL_ADD, info->connect_fd, &event) == 0);
}

void http_hangup_forget(struct http_call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    CHECK(info != NULL);
    CHECK(epoll_ctl(call->server->hangup_fd, EPOLL_CTL_DEL, info->connect_fd, NULL) == 0);
}

/* libmicrohttpd looks away when an end came in one piece with the bytes before it. */
bool http_hangup_missed(const struct http_call *call)
{
    char byte;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void hangup_tell(struct http_call *call)
{
    if (http_broken_sleeps(call))
        http_broken_give_up(call);
    else if (call->phase == CALL_WAITING && call->watch.on_gone != NULL)
        call->watch.on_gone(call->watch.arg, call);
}

/* What is told may wake or end other calls, whose events are already here: so one event at a time. */
static void hangup_on_ready(uv_poll_t *poll, int status, int events)
{
    struct http_server *server = poll->data;
    struct epoll_event event;
    (void)events;
    CHECK(status == 0); /* an epoll fd does not fail */
    loop_woke(server->loop);
    for (int i = 0; i < HANGUP_EVENTS && epoll_wait(server->hangup_fd, &event, 1, 0) == 1; i++)
        hangup_tell(event.data.ptr);
}

void http_hangup_open(struct http_server *server)
{
    server->hangup_fd = epoll_create1(EPOLL_CLOEXEC);
    CHECK(server->hangup_fd >= 0);
    CHECK(uv_poll_init(loop_uv(server->loop), &server->hangup_poll, server->hangup_fd) == 0);
    server->hangup_poll.data = server;
    CHECK(uv_poll_start(&server->hangup_poll, UV_READABLE, hangup_on_ready) == 0);
}
