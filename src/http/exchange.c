/* exchange: one request and its answer, again and again on one easy handle. All memory of an exchange stays
 * with it: header lines, the answer's headers and body.
 *
 * Was anything sent? curl's pre-request callback comes when a connection is up (TLS included) and before the
 * first byte of the request: if it never came, nothing was. If it comes again, a kept connection has died
 * without a byte of an answer, and curl is about to repeat the request on another one. The other side may
 * have the first one still, and do it after the second was answered and others were sent behind it: so a POST
 * ends there, and whoever sent it decides. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "http/client_private.h"

enum {
    URL_MOST = 65536,
    LINES_MOST = 1 << 20,    /* bytes of our own header lines */
    KEEP_BYTES = 256 * 1024, /* of a reply's body buffer between requests */
    BIG_BODY = 64 * 1024,    /* above it a larger upload buffer pays */
    BIG_UPLOAD = 256 * 1024,
    IDLE_MOST_S = 5, /* a connection idle for longer is not used again: it may be dead, which would cost a cut
                        request (the official Java client does the same, tablestore-protocol.md 1.11) */
    STALL_LOOKS = 4  /* looks at the byte counts in one stall time-out */
};

// NOLINTNEXTLINE(readability-non-const-parameter): libcurl says what the parameters are
static int exchange_on_connected(void *arg, char *peer, char *local, int peer_port, int local_port)
{
    struct http_exchange *exchange = arg;
    (void)peer;
    (void)local;
    (void)peer_port;
    (void)local_port;
    if (exchange->handed && exchange->posts)
        return CURL_PREREQFUNC_ABORT;
    exchange->handed = true;
    return CURL_PREREQFUNC_OK;
}

/* ---- the end ---- */

void http_exchange_on_done(struct http_exchange *exchange, CURLcode code)
{
    clock_stop(exchange->client->clock, &exchange->watch);
    if (code == CURLE_OK && !exchange->headers_whole)
        code = CURLE_PARTIAL_FILE;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        code = CURLE_GOT_NOTHING; /* what would have been repeated */
    if (code != CURLE_OK)
        http_exchange_say_code(exchange, code);
    http_exchange_reply(exchange, code == CURLE_OK   ? HTTP_ANSWERED
                                  : exchange->handed ? HTTP_CUT
                                                     : HTTP_UNSENT);
}

/* HTTP/1.1: a transfer that leaves unfinished takes its connection with it. */
static void exchange_leave(struct http_exchange *exchange)
{
    CHECK(curl_multi_remove_handle(exchange->client->multi, exchange->easy) == CURLM_OK);
}

static void exchange_end_later(struct http_exchange *exchange, enum http_outcome outcome, const char *reason)
{
    http_exchange_say(exchange, reason);
    exchange->ending = outcome;
    exchange->state = EXCHANGE_ENDING;
    clock_start(exchange->client->clock, &exchange->watch, 0);
}

void http_cancel(struct http_exchange *exchange)
{
    if (exchange->state != EXCHANGE_FLYING)
        return;
    exchange_leave(exchange);
    exchange_end_later(exchange, HTTP_CUT, "cancelled");
}

bool http_in_flight(const struct http_exchange *exchange)
{
    return exchange->state != EXCHANGE_IDLE;
}

/* ---- stalls: curl's own low speed limit knows whole seconds only ---- */

static int64_t exchange_moved(const struct http_exchange *exchange)
{
    curl_off_t up = 0, down = 0;
    long head = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    curl_easy_getinfo(exchange->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &head);
    return up + down + head + (int64_t)exchange->headers.len;
}

static void exchange_look_later(struct http_exchange *exchange)
{
    int64_t wait = exchange->client->options.stall_timeout_ms / STALL_LOOKS;
    if (exchange->client->options.stall_timeout_ms > 0)
        clock_start(exchange->client->clock, &exchange->watch, wait == 0 ? 1 : wait);
}

/* Until the connection is up the connect time-out rules. */
static void exchange_look(struct http_exchange *exchange)
{
    int64_t now = exchange->client->clock->now_ms;
    int64_t moved = exchange_moved(exchange);
    if (moved != exchange->moved || !exchange->handed) {
        exchange->moved = moved;
        exchange->moved_ms = now;
    }
    if (now - exchange->moved_ms < exchange->client->options.stall_timeout_ms) {
        exchange_look_later(exchange);
        return;
    }
    char reason[64];
    snprintf(reason, sizeof(reason), "no byte moved for %lld ms", (long long)(now - exchange->moved_ms));
    exchange_leave(exchange);
    http_exchange_say(exchange, reason);
    http_exchange_reply(exchange, HTTP_CUT);
}

static void exchange_on_watch(void *arg, struct clock_timer *timer)
{
    struct http_exchange *exchange = arg;
    (void)timer;
    if (exchange->state == EXCHANGE_ENDING)
        http_exchange_reply(exchange, exchange->ending);
    else
        exchange_look(exchange);
}

/* ---- the request ---- */

static void exchange_node_grow(struct http_exchange *exchange, size_t wanted)
{
    if (wanted <= exchange->node_room)
        return;
    exchange->node_room = wanted * 2;
    exchange->nodes = check_memory(realloc(exchange->nodes, exchange->node_room * sizeof(*exchange->nodes)));
}

/* A line end inside a header would be the end of the header. */
static bool exchange_lines_fit(const struct http_request *request)
{
    size_t bytes = 0;
    for (size_t i = 0; i < request->line_count; i++) {
        if (strpbrk(request->lines[i], "\r\n") != NULL)
            return false;
        bytes += strlen(request->lines[i]) + 1;
    }
    return bytes <= LINES_MOST;
}

static size_t exchange_copy_text(struct http_exchange *exchange, const char *text)
{
    size_t at = exchange->lines.len;
    CHECK(buffer_add(&exchange->lines, text, strlen(text) + 1) == 0);
    return at;
}

/* Empty ones stop headers that curl would add: Expect costs a second against a server that does not know it;
 * the others would say what is not so. */
static const char *const exchange_never[] = {"Expect:", "Accept:", "Content-Type:"};
enum { NEVER = sizeof(exchange_never) / sizeof(exchange_never[0]) };

/* curl walks a list of nodes and changes nothing: the nodes are ours, one array for all. */
static void exchange_take_lines(struct http_exchange *exchange, const struct http_request *request)
{
    size_t count = NEVER + request->line_count;
    size_t bytes = 64; /* ours */
    for (size_t i = 0; i < request->line_count; i++)
        bytes += strlen(request->lines[i]) + 1;
    exchange->lines.len = 0;
    CHECK(buffer_reserve(&exchange->lines, bytes) != NULL); /* so that no text moves */
    exchange_node_grow(exchange, count);
    for (size_t i = 0; i < count; i++) {
        const char *line = i < NEVER ? exchange_never[i] : request->lines[i - NEVER];
        exchange->nodes[i].data = exchange->lines.at + exchange_copy_text(exchange, line);
        exchange->nodes[i].next = i + 1 < count ? &exchange->nodes[i + 1] : NULL;
    }
}

static void exchange_set_body(struct http_exchange *exchange, struct slice body)
{
    CURL *easy = exchange->easy;
    exchange->posts = body.at != NULL;
    if (body.at == NULL) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.at);
    bool big = body.len > BIG_BODY;
    if (big != exchange->big_upload) /* setting it frees the buffer */
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, big ? (long)BIG_UPLOAD : 65536L);
    exchange->big_upload = big;
}

static void exchange_set_request(struct http_exchange *exchange, const struct http_request *request)
{
    CURL *easy = exchange->easy;
    exchange_take_lines(exchange, request);
    CHECK(curl_easy_setopt(easy, CURLOPT_URL, exchange->url.at) == CURLE_OK);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->nodes);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_MOST_S);
    exchange_set_body(exchange, request->body);
}

static void exchange_forget_last(struct http_exchange *exchange)
{
    exchange->url.len = 0;
    exchange->headers.len = 0;
    buffer_reset(&exchange->body, KEEP_BYTES);
    exchange->handed = false;
    exchange->headers_whole = false;
    exchange->full = NULL;
    exchange->fault[0] = 0;
    exchange->moved = 0;
    exchange->moved_ms = exchange->client->clock->now_ms;
}

void http_send(struct http_exchange *exchange, const struct http_request *request)
{
    CHECK(exchange->state == EXCHANGE_IDLE);
    exchange_forget_last(exchange);
    if (buffer_add(&exchange->url, request->url, strlen(request->url) + 1) < 0) {
        exchange_end_later(exchange, HTTP_UNSENT, "the address is too long");
        return;
    }
    if (!exchange_lines_fit(request)) {
        exchange_end_later(exchange, HTTP_UNSENT, "a header holds a line end, or is too long");
        return;
    }
    exchange_set_request(exchange, request);
    exchange->state = EXCHANGE_FLYING;
    exchange_look_later(exchange);
    CHECK(curl_multi_add_handle(exchange->client->multi, exchange->easy) == CURLM_OK);
}

/* ---- life ---- */

static void exchange_set_limits(struct http_exchange *exchange)
{
    const struct http_client_options *options = &exchange->client->options;
    curl_easy_setopt(exchange->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(exchange->easy, CURLOPT_TIMEOUT_MS, (long)options->total_timeout_ms);
    curl_easy_setopt(exchange->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(exchange->easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(exchange->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(exchange->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(exchange->easy, CURLOPT_NOPROXY, exchange->client->no_proxy);
    curl_easy_setopt(exchange->easy, CURLOPT_USERAGENT, "otspipe/" OTSPIPE_VERSION);
}

/* With CAPATH set Debian's OpenSSL reads the whole directory for every connection: 30 ms each. */
static void exchange_set_tls(struct http_exchange *exchange)
{
    long verify = exchange->client->options.insecure ? 0 : 1;
    curl_easy_setopt(exchange->easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(exchange->easy, CURLOPT_CAINFO, exchange->client->ca_file);
    curl_easy_setopt(exchange->easy, CURLOPT_SSL_VERIFYPEER, verify);
    curl_easy_setopt(exchange->easy, CURLOPT_SSL_VERIFYHOST, verify * 2);
}

static void exchange_set_callbacks(struct http_exchange *exchange)
{
    curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->fault);
    curl_easy_setopt(exchange->easy, CURLOPT_PREREQFUNCTION, exchange_on_connected);
    curl_easy_setopt(exchange->easy, CURLOPT_PREREQDATA, exchange);
    http_reply_attach(exchange);
    http_sockets_follow(exchange->client, exchange->easy);
}

struct http_exchange *http_exchange_create(struct http_client *client, http_reply_fn *on_reply, void *arg)
{
    struct http_exchange *exchange = check_memory(calloc(1, sizeof(*exchange)));
    *exchange = (struct http_exchange){.client = client, .on_reply = on_reply, .arg = arg};
    clock_timer_init(&exchange->watch, exchange_on_watch, exchange);
    buffer_init(&exchange->url, URL_MOST);
    buffer_init(&exchange->lines, LINES_MOST + 64);
    buffer_init(&exchange->headers, HTTP_REPLY_HEADERS_MOST);
    buffer_init(&exchange->body, client->options.reply_most);
    exchange->easy = check_memory(curl_easy_init());
    exchange_set_limits(exchange);
    exchange_set_tls(exchange);
    exchange_set_callbacks(exchange);
    client->exchanges++;
    return exchange;
}

void http_exchange_destroy(struct http_exchange *exchange)
{
    http_cancel(exchange);
    clock_stop(exchange->client->clock, &exchange->watch); /* and nobody is told of it */
    curl_easy_cleanup(exchange->easy);
    exchange->client->exchanges--;
    buffer_fini(&exchange->url);
    buffer_fini(&exchange->lines);
    buffer_fini(&exchange->headers);
    buffer_fini(&exchange->body);
    free(exchange->nodes);
    free(exchange->views);
    free(exchange);
}
