/* reply: an answer as it comes, bounded, and what the receiver is lent of it. */
#include <stdlib.h>

#include "base/check.h"
#include "http/client_private.h"

static size_t exchange_on_header(char *at, size_t one, size_t bytes, void *arg)
{
    struct http_exchange *exchange = arg;
    (void)one;
    if (bytes >= 5 && memcmp(at, "HTTP/", 5) == 0) {
        exchange->headers.len = 0; /* what came before was a 100 Continue */
        exchange->headers_whole = false;
    }
    if (at[0] == '\r' || at[0] == '\n')
        exchange->headers_whole = true;
    if (buffer_add(&exchange->headers, at, bytes) == 0)
        return bytes;
    exchange->full = "headers";
    return 0;
}

static size_t exchange_on_body(char *at, size_t one, size_t bytes, void *arg)
{
    struct http_exchange *exchange = arg;
    (void)one;
    if (buffer_add(&exchange->body, at, bytes) == 0)
        return bytes;
    exchange->full = "body";
    return 0;
}

static bool exchange_view_line(struct slice line, struct http_header *view)
{
    const char *colon = memchr(line.at, ':', line.len);
    if (colon == NULL || line.at[0] == ' ' || line.at[0] == '\t')
        return false;
    const char *at = colon + 1;
    const char *end = line.at + line.len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
        end--;
    view->name = slice_of(line.at, (size_t)(colon - line.at));
    view->value = slice_of(at, (size_t)(end - at));
    return true;
}

static void exchange_view_grow(struct http_exchange *exchange, size_t wanted)
{
    if (wanted <= exchange->view_room)
        return;
    exchange->view_room = wanted * 2;
    exchange->views = check_memory(realloc(exchange->views, exchange->view_room * sizeof(*exchange->views)));
}

/* The status line has no place among the headers. */
static size_t exchange_view_headers(struct http_exchange *exchange)
{
    size_t count = 0;
    const char *at = exchange->headers.at;
    const char *end = at + exchange->headers.len;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        struct slice line = slice_of(at, (size_t)((next == NULL ? end : next) - at));
        exchange_view_grow(exchange, count + 1);
        if (at != exchange->headers.at && exchange_view_line(line, &exchange->views[count]))
            count++;
        at = next == NULL ? end : next + 1;
    }
    return count;
}

static int64_t exchange_time_ms(const struct http_exchange *exchange, CURLINFO which)
{
    curl_off_t us = 0;
    curl_easy_getinfo(exchange->easy, which, &us);
    return us / 1000;
}

static void exchange_time(const struct http_exchange *exchange, struct http_reply *reply)
{
    reply->connect_ms = exchange_time_ms(exchange, CURLINFO_APPCONNECT_TIME_T);
    if (reply->connect_ms == 0)
        reply->connect_ms = exchange_time_ms(exchange, CURLINFO_CONNECT_TIME_T);
    reply->first_byte_ms = exchange_time_ms(exchange, CURLINFO_STARTTRANSFER_TIME_T);
    reply->total_ms = exchange_time_ms(exchange, CURLINFO_TOTAL_TIME_T);
}

/* The last thing an exchange does with a request: the receiver may send the next one from inside. */
void http_exchange_reply(struct http_exchange *exchange, enum http_outcome outcome)
{
    struct http_reply reply = {.outcome = outcome};
    exchange->state = EXCHANGE_IDLE;
    exchange_time(exchange, &reply);
    if (outcome == HTTP_ANSWERED) {
        long status = 0;
        curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
        reply.status = (int)status;
        reply.header_count = exchange_view_headers(exchange);
        reply.headers = exchange->views;
        reply.body = buffer_slice(&exchange->body);
    } else {
        reply.words = exchange->words;
    }
    exchange->on_reply(exchange->arg, exchange, &reply);
}

void http_reply_attach(struct http_exchange *exchange)
{
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, exchange_on_header);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, exchange_on_body);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
}
