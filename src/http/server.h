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
    /* Both 0: none. They are looked at four times in the shorter one: a connection is closed up to a quarter
     * late. */
    int64_t idle_timeout_ms;     /* without a request's first line, on a new connection or a kept one */
    int64_t request_timeout_ms;  /* from a request's first line to its last byte */
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

struct http_server *http_server_create(struct loop *loop, const struct http_server_options *options,
                                       http_call_fn *on_call, void *arg, struct error *err);
uint16_t http_server_port(const struct http_server *server);
void http_server_destroy(struct http_server *server); /* open calls are abandoned */

/* Headers and body are copied. Content-Length, Date and Connection are added. */
void http_answer(struct http_call *call, int status, const struct http_header *headers, size_t count,
                 struct slice body);

/* Closes the connection without an answer, or after so many bytes (less than all) of the body of one. */
void http_abandon(struct http_call *call);
void http_answer_cut(struct http_call *call, int status, const struct http_header *headers, size_t count,
                     struct slice body, size_t bytes);

#endif
