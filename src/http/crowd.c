/* crowd: when there are too many connections, or too many bytes of requests that are still coming, the one
 * that has kept us waiting longest must go, so that the next one finds room. A request that is being answered
 * stays. */
#include <sys/resource.h>
#include <sys/socket.h>

#include "http/server_private.h"

enum {
    CROWD_CONNECTIONS = 4096,
    CROWD_BODIES = 64,      /* whole ones, in memory at a time */
    CROWD_OTHER_FILES = 128 /* that the process may want besides */
};

uint32_t http_crowd_connections_most(uint32_t wanted)
{
    struct rlimit files = {.rlim_cur = 1024};
    uint32_t most = wanted == 0 ? CROWD_CONNECTIONS : wanted;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < (rlim_t)most + CROWD_OTHER_FILES)
        most = files.rlim_cur < (rlim_t)2 * CROWD_OTHER_FILES ? CROWD_OTHER_FILES
                                                              : (uint32_t)files.rlim_cur - CROWD_OTHER_FILES;
    return most;
}

/* The daemon sees the end of its socket and closes the connection. What was on the way is not done. */
void http_crowd_send_away(struct http_call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!call->sent_away)
        call->server->sent_away++;
    call->sent_away = true;
    if (info != NULL)
        shutdown(info->connect_fd, SHUT_RDWR);
}

static bool crowd_may_go(const struct http_call *call)
{
    return !call->sent_away && call->phase <= CALL_BODY;
}

/* Who never had a request goes before those who had; among equals who has been waited for longer. */
static bool crowd_goes_before(const struct http_call *a, const struct http_call *b)
{
    return a->served != b->served ? b->served : a->since_ms < b->since_ms;
}

static struct http_call *crowd_oldest(const struct http_server *server, bool with_body)
{
    struct http_call *oldest = NULL;
    for (struct list *node = server->calls.next; node != &server->calls; node = node->next) {
        struct http_call *call = LIST_OWNER(node, struct http_call, node);
        if (crowd_may_go(call) && (!with_body || call->body.room > 0) &&
            (oldest == NULL || crowd_goes_before(call, oldest)))
            oldest = call;
    }
    return oldest;
}

void http_crowd_arrived(struct http_server *server)
{
    if (server->connections.open - server->sent_away <= server->options.connections_most)
        return;
    struct http_call *oldest = crowd_oldest(server, false);
    if (oldest == NULL)
        return; /* the daemon's own limit is near, and accepts nobody until somebody has gone */
    server->connections.sent_away++;
    http_crowd_send_away(oldest);
}

void http_crowd_drop_body(struct http_call *call)
{
    buffer_fini(&call->body);
    call->server->body_bytes -= call->body_room;
    call->body_room = 0;
}

void http_crowd_weigh(struct http_call *call)
{
    struct http_server *server = call->server;
    size_t most = CROWD_BODIES * server->options.body_most;
    server->body_bytes += call->body.room - call->body_room;
    call->body_room = call->body.room;
    while (server->body_bytes > most) {
        struct http_call *oldest = crowd_oldest(server, true);
        if (oldest == NULL)
            return;
        if (oldest->phase != CALL_IDLE) {
            server->connections.sent_away++;
            http_crowd_send_away(oldest);
        }
        http_crowd_drop_body(oldest);
    }
}
