/* client: HTTP/1.1 over curl multi on the loop. Easy handles are reused; curl never blocks the loop (names
 * are looked up on threads of its own). Redirects are not followed. Proxies come from the environment, never
 * for this machine itself.
 *
 * When a kept connection turns out to be dead before the first byte of an answer, curl would send the request
 * again by itself. It may with a GET; a POST is HTTP_CUT then, since nobody knows what became of it. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/slice.h"

struct error;
struct http_client;   /* opaque */
struct http_exchange; /* opaque: one request slot, reused; its reply buffers stay with it */
struct loop;

struct http_client_options {
    uint32_t connections_most;  /* kept open; at least the requests in flight */
    int64_t connect_timeout_ms; /* 10,000. TLS included */
    int64_t stall_timeout_ms;   /* no byte either way for so long, once connected: cut. 30,000; 0: none */
    int64_t total_timeout_ms;   /* 60,000; 0: none */
    size_t reply_most;          /* bytes of an answer's body: above it the exchange fails */
    const char *ca_file;        /* NULL: the system's */
    bool insecure;              /* https without verifying: tests only */
};

struct http_header {
    struct slice name;
    struct slice value;
};

enum http_outcome {
    HTTP_ANSWERED, /* a whole answer, any status */
    HTTP_UNSENT,   /* nothing was sent: name not resolved, connection refused, TLS failed */
    HTTP_CUT       /* something may have been sent and no whole answer came: time-out, reset, half an answer,
                      cancelled */
};

struct http_reply {
    enum http_outcome outcome;
    int status;
    const struct http_header *headers; /* lent; names as sent */
    size_t header_count;
    struct slice body; /* lent */
    const char *words; /* for a person when not ANSWERED: host:port and the reason */
    int64_t connect_ms, first_byte_ms, total_ms;
};

struct http_request {
    const char *url;
    const char *const *lines; /* "name: value", copied */
    size_t line_count;
    struct slice body; /* POST when at is not NULL, else GET. Lent until on_reply */
};

/* The reply is lent for the call. The exchange may be used again from inside it. */
typedef void http_reply_fn(void *arg, struct http_exchange *exchange, const struct http_reply *reply);

struct http_client *http_client_create(struct loop *loop, const struct http_client_options *options,
                                       struct error *err);
/* Its exchanges must have been destroyed before. Before loop_destroy(). */
void http_client_destroy(struct http_client *client);

struct http_exchange *http_exchange_create(struct http_client *client, http_reply_fn *on_reply, void *arg);
/* In flight: its connection is closed and on_reply never comes. Not from inside on_reply. */
void http_exchange_destroy(struct http_exchange *exchange);

/* Begins; on_reply exactly once, from a later turn. */
void http_send(struct http_exchange *exchange, const struct http_request *request);

/* Closes its connection; on_reply comes from a later turn, as HTTP_CUT. Does nothing when not in flight. */
void http_cancel(struct http_exchange *exchange);
bool http_in_flight(const struct http_exchange *exchange);

#endif
