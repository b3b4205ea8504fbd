/* socket: curl's sockets and its timer on the loop.
 *
 * One uv_poll a socket, found by its fd and freed in its own close callback. curl says REMOVE before it
 * closes a socket, but not always (REMOVE after close was seen), so closing goes through us too. Finished
 * transfers are read after every call into curl, whatever its count of running ones says. curl is never
 * called from inside its own callbacks: its timer of 0 ms is a clock timer, which fires in a pass of its own.
 */
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "http/client_private.h"
#include "loop/loop.h"

struct http_socket {
    uv_poll_t poll;
    struct http_client *client;
    curl_socket_t fd;
};

/* What on_reply starts or cancels meanwhile changes the list, which is curl's own and may change. */
static void sockets_collect(struct http_client *client)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct http_exchange *exchange = NULL;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result; /* the message is gone with the handle */
        CHECK(message->msg == CURLMSG_DONE);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&exchange);
        CHECK(curl_multi_remove_handle(client->multi, easy) == CURLM_OK);
        http_exchange_on_done(exchange, code);
    }
}

static void sockets_act(struct http_client *client, curl_socket_t fd, int events)
{
    int running;
    CHECK(curl_multi_socket_action(client->multi, fd, events, &running) == CURLM_OK);
    sockets_collect(client);
}

/* libuv has stopped the poll and says only EBADF. What really happened curl finds out by reading or writing;
 * should it not look, it is told that there is an error. */
static void socket_fail(struct http_socket *sock)
{
    struct http_client *client = sock->client;
    curl_socket_t fd = sock->fd;
    sockets_act(client, fd, CURL_CSELECT_IN | CURL_CSELECT_OUT);
    if (client->sockets[fd] == sock)
        sockets_act(client, fd, CURL_CSELECT_ERR);
}

static void socket_on_ready(uv_poll_t *poll, int status, int events)
{
    struct http_socket *sock = poll->data;
    loop_woke(sock->client->loop);
    if (status < 0) {
        socket_fail(sock);
        return;
    }
    int flags = 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    sockets_act(sock->client, sock->fd, flags);
}

static void sockets_on_time(void *arg, struct clock_timer *timer)
{
    (void)timer;
    sockets_act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int sockets_on_timer(CURLM *multi, long wait_ms, void *arg)
{
    struct http_client *client = arg;
    (void)multi;
    if (wait_ms < 0 || client->closing)
        clock_stop(client->clock, &client->timer);
    else
        clock_start(client->clock, &client->timer, wait_ms);
    return 0;
}

static void socket_on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void sockets_forget(struct http_client *client, curl_socket_t fd)
{
    struct http_socket *sock = (size_t)fd < client->socket_room ? client->sockets[fd] : NULL;
    if (sock == NULL)
        return;
    client->sockets[fd] = NULL;
    uv_close((uv_handle_t *)&sock->poll, socket_on_closed);
}

static void sockets_grow(struct http_client *client, size_t wanted)
{
    if (wanted <= client->socket_room)
        return;
    size_t room = wanted * 2;
    client->sockets = check_memory(realloc(client->sockets, room * sizeof(*client->sockets)));
    for (size_t i = client->socket_room; i < room; i++)
        client->sockets[i] = NULL;
    client->socket_room = room;
}

static struct http_socket *sockets_find(struct http_client *client, curl_socket_t fd)
{
    sockets_grow(client, (size_t)fd + 1);
    if (client->sockets[fd] != NULL)
        return client->sockets[fd];
    struct http_socket *sock = check_memory(calloc(1, sizeof(*sock)));
    sock->client = client;
    sock->fd = fd;
    CHECK(uv_poll_init_socket(loop_uv(client->loop), &sock->poll, fd) == 0);
    sock->poll.data = sock;
    client->sockets[fd] = sock;
    return sock;
}

static int sockets_on_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
    struct http_client *client = arg;
    (void)easy;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        sockets_forget(client, fd);
        return 0;
    }
    if (client->closing)
        return 0;
    int events = 0;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= UV_READABLE;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= UV_WRITABLE;
    CHECK(uv_poll_start(&sockets_find(client, fd)->poll, events, socket_on_ready) == 0);
    return 0;
}

static int sockets_on_close(void *arg, curl_socket_t fd)
{
    sockets_forget(arg, fd);
    return close(fd);
}

void http_sockets_attach(struct http_client *client)
{
    clock_timer_init(&client->timer, sockets_on_time, client);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, sockets_on_watch);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, sockets_on_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
}

void http_sockets_follow(struct http_client *client, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, sockets_on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, client);
}

void http_sockets_close(struct http_client *client)
{
    clock_stop(client->clock, &client->timer);
    for (size_t fd = 0; fd < client->socket_room; fd++)
        sockets_forget(client, (curl_socket_t)fd);
    free(client->sockets);
}
