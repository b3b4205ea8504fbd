/* call: one request, collected whole, and its answer, at once or later.
 *
 * An answer given inside on_call is queued when on_call returns. One that comes later finds the connection
 * asleep: it is woken, libmicrohttpd asks its handler again, and the handler then has the answer. */
#include <stdlib.h>

#include "base/check.h"
#include "http/server_private.h"

enum {
    KEEP_BYTES = 1 << 20,  /* of a body's buffer between requests of a connection */
    RESERVE_MOST = 1 << 20 /* what a Content-Length alone may make us reserve */
};

/* ---- a connection ---- */

static struct http_call *call_create(struct http_server *server, struct MHD_Connection *connection)
{
    struct http_call *call = check_memory(calloc(1, sizeof(*call)));
    call->server = server;
    call->connection = connection;
    call->since_ms = server->clock->now_ms;
    buffer_init(&call->target, SIZE_MAX); /* bounded by the connection's memory */
    buffer_init(&call->body, server->options.body_most);
    list_push(&server->calls, &call->node);
    struct http_server_connections *connections = &server->connections;
    connections->ever++;
    connections->open++;
    if (connections->open > connections->most)
        connections->most = connections->open;
    http_crowd_arrived(server);
    return call;
}

static void call_drop_answer(struct http_call *call)
{
    if (call->answer != NULL)
        MHD_destroy_response(call->answer);
    call->answer = NULL;
}

/* The owner is told once. */
static void call_end(struct http_call *call, bool whole)
{
    struct http_call_watch watch = call->watch;
    call->watch = (struct http_call_watch){.arg = NULL};
    if (watch.on_end != NULL)
        watch.on_end(watch.arg, whole);
}

static void call_destroy(struct http_call *call)
{
    call_end(call, false);
    call->server->connections.open--;
    call->server->sent_away -= call->sent_away ? 1 : 0;
    list_remove(&call->node);
    call_drop_answer(call);
    buffer_fini(&call->target);
    http_crowd_drop_body(call);
    free(call->headers);
    free(call);
}

void http_call_on_connection(void *server, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *context = call_create(server, connection);
    else
        call_destroy(*context);
}

void http_call_on_completed(void *server, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode code)
{
    struct http_call *call = *context;
    (void)server;
    (void)connection;
    call_drop_answer(call);
    call->phase = CALL_IDLE;
    call->since_ms = call->server->clock->now_ms;
    call->served = true;
    buffer_reset(&call->body, KEEP_BYTES);
    http_crowd_weigh(call);
    call_end(call, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

void http_call_watch(struct http_call *call, const struct http_call_watch *watch)
{
    CHECK(call->phase == CALL_ASKING);
    call->watch = *watch;
}

/* ---- the request ---- */

void *http_call_on_line(void *server, const char *target, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    CHECK(info != NULL && info->socket_context != NULL);
    struct http_call *call = info->socket_context;
    call->phase = CALL_LINE;
    call->since_ms = ((struct http_server *)server)->clock->now_ms;
    call->target.len = 0;
    CHECK(buffer_add(&call->target, target, strlen(target)) == 0);
    call->header_count = 0;
    call->header_bytes = 0;
    call->request.too_large = false;
    return call;
}

static void call_grow_headers(struct http_call *call)
{
    if (call->header_count < call->header_room)
        return;
    call->header_room = call->header_room == 0 ? 16 : call->header_room * 2;
    call->headers = check_memory(realloc(call->headers, call->header_room * sizeof(*call->headers)));
}

static enum MHD_Result call_on_header(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_bytes,
                                      const char *value, size_t value_bytes)
{
    struct http_call *call = arg;
    (void)kind;
    call_grow_headers(call);
    call->headers[call->header_count++] =
        (struct http_header){slice_of(name, name_bytes), slice_of(value, value_bytes)};
    call->header_bytes += name_bytes + value_bytes + 4;
    return MHD_YES;
}

/* A body of known length is read into memory of its size at once; a liar gets no more than a megabyte by
 * lying. */
static void call_expect_body(struct http_call *call)
{
    const char *text = MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, "Content-Length");
    unsigned long long length = text == NULL ? 0 : strtoull(text, NULL, 10);
    if (length > 0 && length <= RESERVE_MOST && length <= call->body.most)
        buffer_reserve(&call->body, (size_t)length);
    http_crowd_weigh(call);
}

/* A client that asks before it sends a body that is too large need not send it. */
static bool call_asks_in_vain(const struct http_call *call)
{
    const char *text = MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, "Content-Length");
    return text != NULL && strtoull(text, NULL, 10) > call->body.most &&
           MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, "Expect") != NULL;
}

static enum MHD_Result call_queue(struct http_call *call)
{
    if (call->answer == NULL)
        return MHD_NO; /* closes the connection */
    enum MHD_Result queued = MHD_queue_response(call->connection, (unsigned)call->status, call->answer);
    call_drop_answer(call);
    return queued;
}

static void call_take_body(struct http_call *call, const char *data, size_t bytes)
{
    if (call->request.too_large)
        return;
    if (buffer_add(&call->body, data, bytes) == 0) {
        http_crowd_weigh(call);
        return;
    }
    call->request.too_large = true;
    buffer_reset(&call->body, KEEP_BYTES);
    http_crowd_weigh(call);
}

static void call_split_target(struct http_call *call)
{
    struct slice target = buffer_slice(&call->target);
    const char *mark = memchr(target.at, '?', target.len);
    const char *end = target.at + target.len;
    call->request.path = slice_of(target.at, (size_t)((mark == NULL ? end : mark) - target.at));
    call->request.query = mark == NULL ? slice_of(end, 0) : slice_of(mark + 1, (size_t)(end - mark - 1));
}

static void call_ask(struct http_call *call, const char *method)
{
    call->request.method = slice_text(method);
    call->request.headers = call->headers;
    call->request.header_count = call->header_count;
    call->request.body = buffer_slice(&call->body);
    call_split_target(call);
    call->phase = CALL_ASKING;
    call->server->on_call(call->server->arg, call, &call->request);
}

static enum MHD_Result call_dispatch(struct http_call *call, const char *method)
{
    call_ask(call, method);
    if (call->phase == CALL_ANSWERED)
        return call_queue(call);
    call->phase = CALL_WAITING;
    MHD_suspend_connection(call->connection);
    http_hangup_watch(call);
    return MHD_YES;
}

static enum MHD_Result call_on_headers(struct http_call *call, const char *method)
{
    call->phase = CALL_BODY;
    MHD_get_connection_values_n(call->connection, MHD_HEADER_KIND, call_on_header, call);
    if (call->header_bytes <= call->server->options.headers_most) {
        call->request.too_large = call_asks_in_vain(call);
        if (call->request.too_large)
            return call_dispatch(call, method);
        call_expect_body(call);
        return MHD_YES;
    }
    call->phase = CALL_ANSWERED;
    call->status = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
    call->answer = check_memory(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
    return call_queue(call);
}

// NOLINTNEXTLINE(readability-function-size): libmicrohttpd says what the parameters are
enum MHD_Result http_call_on_access(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data, size_t *bytes,
                                    void **context)
{
    struct http_call *call = *context;
    (void)server;
    (void)connection;
    (void)url;
    (void)version;
    if (call->sent_away)
        return MHD_NO;
    if (call->phase == CALL_LINE)
        return call_on_headers(call, method);
    if (call->phase == CALL_ANSWERED)
        return call_queue(call);
    CHECK(call->phase == CALL_BODY);
    if (*bytes == 0)
        return call_dispatch(call, method);
    call_take_body(call, data, *bytes);
    *bytes = 0;
    return MHD_YES;
}

/* ---- the answer ---- */

/* libmicrohttpd wants texts, and refuses names and values that are none in HTTP: such a header is left out.
 */
static void call_add_headers(struct http_call *call, struct MHD_Response *answer,
                             const struct http_header *headers, size_t count)
{
    struct buffer *scratch = &call->server->scratch;
    for (size_t i = 0; i < count; i++) {
        scratch->len = 0;
        buffer_add_slice(scratch, headers[i].name);
        buffer_add(scratch, "", 1);
        size_t value = scratch->len;
        buffer_add_slice(scratch, headers[i].value);
        if (buffer_add(scratch, "", 1) == 0)
            MHD_add_response_header(answer, scratch->at, scratch->at + value);
    }
}

void http_call_settle(struct http_call *call, int status, const struct http_header *headers, size_t count,
                      struct MHD_Response *answer)
{
    bool asleep = call->phase == CALL_WAITING;
    CHECK(asleep || call->phase == CALL_ASKING);
    CHECK(answer == NULL || (status >= 200 && status <= 999));
    if (answer != NULL)
        call_add_headers(call, answer, headers, count);
    call->phase = CALL_ANSWERED;
    call->since_ms = call->server->clock->now_ms;
    call->status = status;
    call->answer = answer;
    if (!asleep)
        return;
    http_hangup_forget(call);
    MHD_resume_connection(call->connection);
    http_server_run_soon(call->server);
}

void http_answer(struct http_call *call, int status, const struct http_header *headers, size_t count,
                 struct slice body)
{
    struct MHD_Response *answer = check_memory(
        MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.at, MHD_RESPMEM_MUST_COPY));
    http_call_settle(call, status, headers, count, answer);
}

void http_abandon(struct http_call *call)
{
    http_call_settle(call, 0, NULL, 0, NULL);
}
