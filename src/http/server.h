/* server: HTTP/1.1 on libmicrohttpd, its epoll fd on our loop. Every HTTP server in the program is one of
 * these. The whole body is read before the handler is asked. Answers may come later, from any callback of the
 * loop. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/client.h"

struct http_server; /* opaque */
struct http_call;   /* opaque: one request being answered */

struct http_server_options {
    const char *host;    /* "127.0.0.1"; a name is looked up when the server is created */
    uint16_t port;       /* 0: any */
    size_t body_most;    /* bytes; a larger one is given to the handler with too_large set and no body */
    size_t headers_most; /* bytes of all headers: 32 KB (also for 0); above it the answer is 431 */
    uint32_t connections_most; /* 0: 4096. One more sends away the one that has kept us waiting longest */
    /* Both 0: none. They are looked at four times in the shorter one: a connection is closed up to a quarter
     * late. */
    int64_t idle_timeout_ms;     /* without a request's first line, on a kept connection */
    int64_t request_timeout_ms;  /* to a request's first line on a new connection (TLS included), from a
                                    request's first line to its last byte, from an answer to its last byte */
    const char *tls_certificate; /* PEM text, NULL: plain HTTP */
    const char *tls_key;
};

struct http_call_request {
    struct slice method;
    struct slice path;  /* as sent, not decoded, without query */
    struct slice query; /* as sent, behind the question mark; empty: none */
    const struct http_header *headers;
    size_t header_count;
    struct slice body;
    bool too_large;
};

/* The request is lent until the call is answered. Answer now or later with http_answer() or http_abandon(),
 * exactly once. */
typedef void http_call_fn(void *arg, struct http_call *call, const struct http_call_request *request);

/* NULL: the port is taken (ERROR_RETRY), or the address, the certificate or its key will not do
 * (ERROR_CONFIG).
 */
struct http_server *http_server_create(struct loop *loop, const struct http_server_options *options,
                                       http_call_fn *on_call, void *arg, struct error *err);
uint16_t http_server_port(const struct http_server *server);
void http_server_destroy(struct http_server *server); /* open calls are abandoned */

/* Headers and body are copied. Content-Length, Date and Connection are added. */
void http_answer(struct http_call *call, int status, const struct http_header *headers, size_t count,
                 struct slice body);

/* Closes the connection without an answer. Answers that go wrong on purpose are in http/broken.h. */
void http_abandon(struct http_call *call);

/* For those who must know what becomes of a call. on_gone: the client hung up (or ended its half of the
 * connection) while the call waits; an answer is still owed. on_end: the last word, exactly once, whether the
 * call was answered or the server destroyed; `whole`: all of the answer was handed to the socket. */
struct http_call_watch {
    void (*on_gone)(void *arg, struct http_call *call); /* NULL: nobody cares */
    void (*on_end)(void *arg, bool whole);
    void *arg;
};
void http_call_watch(struct http_call *call, const struct http_call_watch *watch); /* inside on_call */

struct http_server_connections {
    uint64_t open;
    uint64_t ever;
    uint64_t most;      /* open at a time */
    uint64_t sent_away; /* closed by us to make room, for connections or for memory */
};
struct http_server_connections http_server_connections(const struct http_server *server);
void http_server_forget_connections(struct http_server *server); /* but for the open ones */

bool http_server_on_loopback(const struct http_server *server); /* nobody else can reach it */

#endif
