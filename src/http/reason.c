/* reason: why an exchange failed, in words for a person: host:port and the reason, nothing of the request. */
#include <stdio.h>

#include "base/check.h"
#include "http/client_private.h"

/* host:port of the URL and nothing else of it: a URL may hold a password. */
static void exchange_name_peer(const struct http_exchange *exchange, char *to, size_t room)
{
    char *host = NULL, *port = NULL;
    CURLU *url = check_memory(curl_url());
    bool known = exchange->url.len > 0 &&
                 curl_url_set(url, CURLUPART_URL, exchange->url.at, 0) == CURLUE_OK &&
                 curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    snprintf(to, room, "%.255s:%.8s", known ? host : "?", known ? port : "?");
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
}

void http_exchange_say(struct http_exchange *exchange, const char *reason)
{
    char peer[280];
    exchange_name_peer(exchange, peer, sizeof(peer));
    snprintf(exchange->words, sizeof(exchange->words), "%s: %s", peer, reason);
}

static const struct exchange_reason {
    CURLcode code;
    const char *words;
} exchange_reasons[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "the name was not found"},
    {CURLE_COULDNT_RESOLVE_PROXY, "the proxy's name was not found"},
    {CURLE_GOT_NOTHING, "the connection was closed without an answer"},
    {CURLE_PARTIAL_FILE, "the connection was closed in the middle of the answer"},
    {CURLE_URL_MALFORMAT, "the address is not a URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, "the address is neither http:// nor https://"},
    {CURLE_WEIRD_SERVER_REPLY, "the answer is not HTTP"},
};

static const char *exchange_table_reason(const struct http_exchange *exchange, CURLcode code)
{
    if (code == CURLE_UNSUPPORTED_PROTOCOL && exchange->handed)
        code = CURLE_WEIRD_SERVER_REPLY; /* curl's word for an answer without a status line */
    for (size_t i = 0; i < sizeof(exchange_reasons) / sizeof(exchange_reasons[0]); i++)
        if (exchange_reasons[i].code == code)
            return exchange_reasons[i].words;
    return NULL;
}

static void exchange_say_timeout(struct http_exchange *exchange)
{
    char reason[96];
    long connected_ms = exchange->client->options.connect_timeout_ms;
    if (exchange->handed)
        snprintf(reason, sizeof(reason), "no whole answer within %lld ms",
                 (long long)exchange->client->options.total_timeout_ms);
    else
        snprintf(reason, sizeof(reason), "no connection within %ld ms", connected_ms);
    http_exchange_say(exchange, reason);
}

static void exchange_say_refused(struct http_exchange *exchange)
{
    long number = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &number);
    http_exchange_say(exchange, number == 0 ? "no connection" : strerror((int)number));
}

static void exchange_say_full(struct http_exchange *exchange)
{
    char reason[96];
    bool body = exchange->full[0] == 'b';
    snprintf(reason, sizeof(reason), "more than %zu bytes of %s in the answer",
             body ? exchange->body.most : exchange->headers.most, exchange->full);
    http_exchange_say(exchange, reason);
}

/* OpenSSL's words for an answer that is no TLS at all, or for none: who speaks plain text hangs up. */
static bool exchange_is_plain(const struct http_exchange *exchange, CURLcode code)
{
    static const char *const words[] = {"wrong version number", "SSL_ERROR_SYSCALL", "unexpected eof"};
    bool plain = false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        plain |= strstr(exchange->fault, words[i]) != NULL;
    return plain && code == CURLE_SSL_CONNECT_ERROR;
}

void http_exchange_say_code(struct http_exchange *exchange, CURLcode code)
{
    const char *reason = exchange_table_reason(exchange, code);
    if (exchange->full != NULL)
        exchange_say_full(exchange);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        exchange_say_timeout(exchange);
    else if (code == CURLE_COULDNT_CONNECT)
        exchange_say_refused(exchange);
    else if (exchange_is_plain(exchange, code))
        http_exchange_say(exchange, "TLS was not understood; is it http:// and not https://?");
    else if (reason != NULL)
        http_exchange_say(exchange, reason);
    else
        http_exchange_say(exchange, exchange->fault[0] != 0 ? exchange->fault : curl_easy_strerror(code));
}
