/* http_pair: what the server of the pair does, path by path. */
#include "support/http_pair.h"

#include <netinet/in.h>
#include <strings.h>

#include "http/broken.h"

static void pair_on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("the awaited replies did not come");
}

static struct slice pair_header(const struct http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (headers[i].name.len == strlen(name) && strncasecmp(headers[i].name.at, name, strlen(name)) == 0)
            return headers[i].value;
    return (struct slice){NULL, 0};
}

static void pair_echo(struct http_call *call, const struct http_call_request *request, struct slice body)
{
    struct slice echo = pair_header(request->headers, request->header_count, "x-echo");
    struct http_header headers[] = {{SLICE("X-Echo"), echo}, {SLICE("X-Method"), request->method}};
    http_answer(call, 200, headers, 2, body);
}

void pair_on_later(void *arg, struct clock_timer *timer)
{
    struct pair *pair = arg;
    (void)timer;
    for (int i = 0; i < pair->held_count; i++)
        http_answer(pair->held[i], 201, NULL, 0, pair->held[i]->request.body);
    pair->held_count = 0;
}

static bool pair_is(const struct http_call_request *request, const char *path)
{
    return slice_equal(request->path, slice_text(path));
}

/* Nothing ends the text of a query: what lies behind it may be digits too. */
static size_t pair_number(struct slice query)
{
    size_t number = 0;
    for (size_t i = 0; i < query.len && query.at[i] >= '0' && query.at[i] <= '9'; i++)
        number = number * 10 + (size_t)(query.at[i] - '0');
    return number;
}

static void pair_answer_big(struct http_call *call, struct slice query)
{
    size_t bytes = pair_number(query);
    char *body = malloc(bytes);
    memset(body, 'b', bytes);
    http_answer(call, 200, NULL, 0, slice_of(body, bytes));
    free(body);
}

static void pair_answer_target(struct http_call *call, const struct http_call_request *request)
{
    char body[512];
    int len = snprintf(body, sizeof(body), "%.*s|%.*s", SLICE_ARG(request->path), SLICE_ARG(request->query));
    http_answer(call, 200, NULL, 0, slice_of(body, (size_t)len));
}

static void pair_answer_names(struct http_call *call, const struct http_call_request *request)
{
    char body[512];
    size_t len = 0;
    for (size_t i = 0; i < request->header_count; i++)
        len += (size_t)snprintf(body + len, sizeof(body) - len, "%.*s ", SLICE_ARG(request->headers[i].name));
    http_answer(call, 200, NULL, 0, slice_of(body, len));
}

static void pair_count_connection(struct pair *pair, struct http_call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    uint16_t port = ((const struct sockaddr_in *)(const void *)info->client_addr)->sin_port;
    for (int i = 0; i < pair->connections; i++)
        if (pair->ports[i] == port)
            return;
    pair->ports[pair->connections++] = port;
}

static void pair_answer_badly(struct http_call *call, const struct http_fault *fault)
{
    http_answer_badly(call, 200, NULL, 0, SLICE("0123456789"), fault);
}

static void pair_look(struct pair *pair)
{
    if (pair->await != NULL && pair->await(pair))
        loop_stop(pair->loop);
}

static void pair_on_gone(void *arg, struct http_call *call)
{
    struct pair *pair = arg;
    pair->gone++;
    for (int i = 0; i < pair->held_count; i++)
        if (pair->held[i] == call)
            pair->held[i] = pair->held[--pair->held_count];
    http_abandon(call);
    pair_look(pair);
}

static void pair_on_end(void *arg, bool whole)
{
    struct pair *pair = arg;
    *(whole ? &pair->whole : &pair->unwhole) += 1;
    pair_look(pair);
}

void pair_run_until(struct pair *pair, bool (*await)(const struct pair *pair))
{
    pair->await = await;
    while (!await(pair)) {
        clock_start(pair->clock, &pair->guard, PAIR_GUARD_MS);
        loop_run(pair->loop);
        clock_stop(pair->clock, &pair->guard);
    }
    pair->await = NULL;
}

void pair_on_call(void *arg, struct http_call *call, const struct http_call_request *request)
{
    struct pair *pair = arg;
    pair->calls++;
    if (pair->watches)
        http_call_watch(
            call, &(struct http_call_watch){.on_gone = pair_on_gone, .on_end = pair_on_end, .arg = pair});
    pair_count_connection(pair, call);
    if (request->too_large) {
        http_answer(call, 413, NULL, 0, SLICE("too large"));
    } else if (pair_is(request, "/later")) {
        pair->held[pair->held_count++] = call;
        clock_start(pair->clock, &pair->later, 0);
    } else if (pair_is(request, "/hold")) {
        pair->held[pair->held_count++] = call;
    } else if (pair_is(request, "/abandon")) {
        http_abandon(call);
    } else if (pair_is(request, "/cut")) {
        pair_answer_badly(call, &(struct http_fault){.missing_bytes = 10 - pair_number(request->query)});
    } else if (pair_is(request, "/promise")) {
        pair_answer_badly(call, &(struct http_fault){.promised_bytes = pair_number(request->query)});
    } else if (pair_is(request, "/drip")) {
        pair_answer_badly(call, &(struct http_fault){.piece_bytes = 3, .pause_ms = 1});
    } else if (pair_is(request, "/stall")) {
        pair_answer_badly(call, &(struct http_fault){.piece_bytes = 3, .pause_ms = 3600000});
    } else if (pair_is(request, "/big")) {
        pair_answer_big(call, request->query);
    } else if (pair_is(request, "/names")) {
        pair_answer_names(call, request);
    } else if (request->path.len >= 7 && memcmp(request->path.at, "/target", 7) == 0) {
        pair_answer_target(call, request);
    } else if (pair_is(request, "/method")) {
        pair_echo(call, request, request->method);
    } else {
        pair_echo(call, request, request->body);
    }
}

static void pair_keep(struct pair *pair, const struct http_reply *reply)
{
    struct slice echo = pair_header(reply->headers, reply->header_count, "X-Echo");
    pair->outcome = reply->outcome;
    pair->status = reply->status;
    pair->body_len = reply->body.len;
    if (pair->expected != NULL)
        assert_memory_equal(reply->body.at, pair->expected, reply->body.len);
    if (reply->body.len < sizeof(pair->body)) {
        memcpy(pair->body, reply->body.len == 0 ? "" : reply->body.at, reply->body.len);
        pair->body[reply->body.len] = 0;
    }
    snprintf(pair->words, sizeof(pair->words), "%s", reply->words == NULL ? "" : reply->words);
    snprintf(pair->header, sizeof(pair->header), "%.*s", (int)echo.len, echo.at == NULL ? "" : echo.at);
}

static void pair_on_reply(void *arg, struct http_exchange *exchange, const struct http_reply *reply)
{
    struct pair *pair = arg;
    assert_false(http_in_flight(exchange));
    assert_true((reply->outcome == HTTP_ANSWERED) == (reply->words == NULL));
    pair_keep(pair, reply);
    pair->replies++;
    if (pair->on_reply != NULL)
        pair->on_reply(pair, exchange, reply);
    if (pair->replies == pair->wanted)
        loop_stop(pair->loop);
}

const struct http_client_options pair_client_options = {
    .connections_most = 16,
    .connect_timeout_ms = 10000,
    .stall_timeout_ms = 20000,
    .total_timeout_ms = 25000,
    .reply_most = 4 << 20,
};

const struct http_server_options pair_server_options = {
    .host = "127.0.0.1",
    .body_most = 4 << 20,
    .headers_most = 32768,
    .idle_timeout_ms = 60000,
    .request_timeout_ms = 20000,
};

struct pair *pair_create(const struct http_client_options *client, const struct http_server_options *server)
{
    struct pair *pair = calloc(1, sizeof(*pair));
    struct error err = {0};
    pair->loop = loop_create();
    pair->clock = loop_clock(pair->loop);
    clock_timer_init(&pair->guard, pair_on_guard, pair);
    clock_timer_init(&pair->later, pair_on_later, pair);
    if (server != NULL)
        pair->server = http_server_create(pair->loop, server, pair_on_call, pair, &err);
    pair->client = http_client_create(pair->loop, client, &err);
    assert_string_equal(err.text, "");
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        pair->exchanges[i] = http_exchange_create(pair->client, pair_on_reply, pair);
    return pair;
}

void pair_destroy(struct pair *pair)
{
    clock_stop(pair->clock, &pair->guard);
    clock_stop(pair->clock, &pair->later);
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        http_exchange_destroy(pair->exchanges[i]);
    http_client_destroy(pair->client);
    if (pair->server != NULL)
        http_server_destroy(pair->server);
    loop_destroy(pair->loop);
    free(pair);
}

/* Until `replies` more have come. */
void pair_await(struct pair *pair, int replies)
{
    pair->wanted = pair->replies + replies;
    clock_start(pair->clock, &pair->guard, PAIR_GUARD_MS);
    loop_run(pair->loop);
    clock_stop(pair->clock, &pair->guard);
    assert_int_equal(pair->replies, pair->wanted);
}

void pair_send_to(struct pair *pair, int i, uint16_t port, const char *path, struct slice body)
{
    char url[256];
    static const char *const lines[] = {"x-echo: said"};
    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", port, path);
    struct http_request request = {.url = url, .lines = lines, .line_count = 1, .body = body};
    http_send(pair->exchanges[i], &request);
}

void pair_send(struct pair *pair, int i, const char *path, struct slice body)
{
    pair_send_to(pair, i, http_server_port(pair->server), path, body);
}
