/* server: a libmicrohttpd daemon without threads. Its epoll fd is polled by our loop; after every run it says
 * when it wants to run again. Its own time-outs count whole seconds and begin anew with every byte, so the
 * deadlines are ours: a sweep shuts down the sockets of connections that are over them, and the daemon sees
 * their end. */
#include "http/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "http/server_private.h"
#include "loop/loop.h"

enum {
    BODY_CHUNK = 64 * 1024, /* of a connection's memory, beside its headers: bodies are read in such pieces */
    HEADERS_MOST = 32 * 1024,
    SWEEPS = 4,           /* in the shorter of the two deadlines */
    CONNECTIONS_MORE = 64 /* than there may be: accepted, while those that must go are going */
};

static void server_run(struct http_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    CHECK(MHD_run(server->daemon) == MHD_YES);
    if (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES)
        clock_start(server->clock, &server->again, wait_ms > INT32_MAX ? INT32_MAX : (int64_t)wait_ms);
    else
        clock_stop(server->clock, &server->again);
}

void http_server_run_soon(struct http_server *server)
{
    clock_start(server->clock, &server->again, 0);
}

static void server_on_ready(uv_poll_t *poll, int status, int events)
{
    struct http_server *server = poll->data;
    (void)events;
    CHECK(status == 0); /* an epoll fd does not fail */
    loop_woke(server->loop);
    server_run(server);
}

static void server_on_again(void *arg, struct clock_timer *timer)
{
    (void)timer;
    server_run(arg);
}

/* ---- deadlines ---- */

static int64_t server_deadline_ms(const struct http_server *server, const struct http_call *call)
{
    const struct http_server_options *options = &server->options;
    if (call->phase == CALL_IDLE && call->served)
        return options->idle_timeout_ms;
    if (call->phase == CALL_ASKING || call->phase == CALL_WAITING || call->broken != NULL)
        return INT64_MAX; /* ours to answer, or slow on purpose */
    if (call->phase == CALL_IDLE && options->idle_timeout_ms < options->request_timeout_ms)
        return options->idle_timeout_ms;
    return options->request_timeout_ms;
}

static void server_check_call(struct http_server *server, struct http_call *call)
{
    if (server->clock->now_ms - call->since_ms >= server_deadline_ms(server, call) ||
        (call->phase <= CALL_BODY && http_hangup_missed(call)))
        http_crowd_send_away(call);
}

static int64_t server_shorter_ms(const struct http_server *server)
{
    const struct http_server_options *options = &server->options;
    return options->idle_timeout_ms < options->request_timeout_ms ? options->idle_timeout_ms
                                                                  : options->request_timeout_ms;
}

static void server_on_sweep(void *arg, struct clock_timer *timer)
{
    struct http_server *server = arg;
    for (struct list *node = server->calls.next; node != &server->calls; node = node->next)
        server_check_call(server, LIST_OWNER(node, struct http_call, node));
    clock_start(server->clock, timer, server_shorter_ms(server) / SWEEPS + 1);
}

/* ---- life ---- */

/* For readers of answers, by the daemon: without a byte moved for so long. */
static unsigned server_reader_timeout_s(const struct http_server *server)
{
    const struct http_server_options *options = &server->options;
    int64_t longer = options->idle_timeout_ms > options->request_timeout_ms ? options->idle_timeout_ms
                                                                            : options->request_timeout_ms;
    return longer > 3600000 ? 3600 : (unsigned)(longer / 1000 + 1);
}

static int server_start_daemon(struct http_server *server, const struct http_server_options *options, int fd)
{
    bool tls = options->tls_certificate != NULL;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls_items[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->tls_certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->tls_key},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, http_call_on_access, server, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd,
        MHD_OPTION_NOTIFY_CONNECTION, http_call_on_connection, server, MHD_OPTION_URI_LOG_CALLBACK,
        http_call_on_line, server, MHD_OPTION_NOTIFY_COMPLETED, http_call_on_completed, server,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, server->options.headers_most * 2 + BODY_CHUNK,
        MHD_OPTION_CONNECTION_LIMIT, server->options.connections_most + CONNECTIONS_MORE,
        MHD_OPTION_CONNECTION_TIMEOUT, server_reader_timeout_s(server), MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_ARRAY, tls ? tls_items : tls_items + 2, MHD_OPTION_END);
    return server->daemon == NULL ? -1 : 0;
}

static void server_poll_daemon(struct http_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    CHECK(info != NULL);
    CHECK(uv_poll_init(loop_uv(server->loop), &server->poll, info->epoll_fd) == 0);
    server->poll.data = server;
    CHECK(uv_poll_start(&server->poll, UV_READABLE, server_on_ready) == 0);
}

static void server_default(struct http_server_options *options)
{
    options->connections_most = http_crowd_connections_most(options->connections_most);
    if (options->headers_most == 0)
        options->headers_most = HEADERS_MOST;
    if (options->idle_timeout_ms == 0)
        options->idle_timeout_ms = INT64_MAX;
    if (options->request_timeout_ms == 0)
        options->request_timeout_ms = INT64_MAX;
}

static struct http_server *server_alloc(struct loop *loop, const struct http_server_options *options)
{
    struct http_server *server = check_memory(calloc(1, sizeof(*server)));
    server->loop = loop;
    server->clock = loop_clock(loop);
    server->options = *options;
    server_default(&server->options);
    server->options.host = server->options.tls_certificate = server->options.tls_key = NULL;
    list_init(&server->calls);
    buffer_init(&server->scratch, 1 << 20);
    clock_timer_init(&server->again, server_on_again, server);
    clock_timer_init(&server->sweep, server_on_sweep, server);
    return server;
}

static void server_free(struct http_server *server)
{
    buffer_fini(&server->scratch);
    free(server);
}

/* The daemon owns the socket from here on, and has closed it when it refused the certificate or the key. */
static struct http_server *server_begin(struct http_server *server, const struct http_server_options *options,
                                        int fd, struct error *err)
{
    if (server_start_daemon(server, options, fd) < 0) {
        error_set(err, ERROR_CONFIG, "listen on %s:%u: %s", options->host, options->port,
                  options->tls_certificate != NULL ? "the TLS certificate or its key was not accepted"
                                                   : "the HTTP server does not start");
        server_free(server);
        return NULL;
    }
    server_poll_daemon(server);
    http_hangup_open(server);
    server->closing = 2;
    clock_start(server->clock, &server->sweep, server_shorter_ms(server) / SWEEPS + 1);
    return server;
}

struct http_server *http_server_create(struct loop *loop, const struct http_server_options *options,
                                       http_call_fn *on_call, void *arg, struct error *err)
{
    uint16_t port = 0;
    int fd = http_listen(options->host, options->port, &port, err);
    if (fd < 0)
        return NULL;
    struct http_server *server = server_alloc(loop, options);
    server->port = port;
    server->on_loopback = http_listen_is_loopback(fd);
    server->on_call = on_call;
    server->arg = arg;
    return server_begin(server, options, fd, err);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

struct http_server_connections http_server_connections(const struct http_server *server)
{
    return server->connections;
}

bool http_server_on_loopback(const struct http_server *server)
{
    return server->on_loopback;
}

void http_server_forget_connections(struct http_server *server)
{
    server->connections.ever = server->connections.most = server->connections.open;
}

static void server_on_closed(uv_handle_t *handle)
{
    struct http_server *server = handle->data;
    if (--server->closing == 0)
        server_free(server);
}

/* The daemon refuses to stop while a connection sleeps. */
static void server_wake_all(struct http_server *server)
{
    for (struct list *node = server->calls.next; node != &server->calls; node = node->next) {
        struct http_call *call = LIST_OWNER(node, struct http_call, node);
        if (call->phase == CALL_WAITING)
            http_abandon(call);
        else if (http_broken_sleeps(call))
            http_broken_give_up(call);
    }
}

void http_server_destroy(struct http_server *server)
{
    server_wake_all(server);
    clock_stop(server->clock, &server->again);
    clock_stop(server->clock, &server->sweep);
    uv_poll_stop(&server->poll);
    uv_poll_stop(&server->hangup_poll);
    MHD_stop_daemon(server->daemon);
    CHECK(list_empty(&server->calls));
    close(server->hangup_fd);
    uv_close((uv_handle_t *)&server->poll, server_on_closed);
    uv_close((uv_handle_t *)&server->hangup_poll, server_on_closed);
}
