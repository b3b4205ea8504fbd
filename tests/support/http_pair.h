/* http_pair: a client and a server on one loop. The path of a request says what the server does with it. */
#ifndef SUPPORT_HTTP_PAIR_H
#define SUPPORT_HTTP_PAIR_H

#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "http/client.h"
#include "http/server_private.h"
#include "loop/loop.h"

enum { PAIR_EXCHANGES = 64, PAIR_GUARD_MS = 30000 };

struct pair {
    struct loop *loop;
    struct clock *clock;
    struct http_server *server;
    struct http_client *client;
    struct http_exchange *exchanges[PAIR_EXCHANGES];
    struct clock_timer guard; /* a test that waits for ever fails */
    struct clock_timer later;
    struct http_call *held[PAIR_EXCHANGES]; /* of /later and /hold */
    int held_count;
    int calls;
    int replies;
    int wanted;   /* replies that end the run */
    bool watches; /* the server watches its calls and counts what becomes of them: */
    int gone;
    int whole;
    int unwhole;
    bool (*await)(const struct pair *pair);
    const char *expected; /* what every body must begin with; NULL: anything */
    void (*on_reply)(struct pair *pair, struct http_exchange *exchange, const struct http_reply *reply);
    /* of the last reply */
    enum http_outcome outcome;
    int status;
    char body[4096];
    size_t body_len;
    char words[512];
    char header[256]; /* X-Echo of the answer */
    /* connections the server has seen, by the client's port */
    uint16_t ports[256];
    int connections;
};

extern const struct http_client_options pair_client_options;
extern const struct http_server_options pair_server_options;

/* server NULL: no server of ours. */
struct pair *pair_create(const struct http_client_options *client, const struct http_server_options *server);
void pair_destroy(struct pair *pair);

/* Until `replies` more have come. */
void pair_await(struct pair *pair, int replies);

/* Until gone, whole, unwhole are as awaited. */
void pair_run_until(struct pair *pair, bool (*await)(const struct pair *pair));

/* Exchange number i. A body whose at is NULL: a GET. */
void pair_send(struct pair *pair, int i, const char *path, struct slice body);
void pair_send_to(struct pair *pair, int i, uint16_t port, const char *path, struct slice body);

/* Answers all calls that are held. */
void pair_on_later(void *pair, struct clock_timer *timer);

/* The server's handler. */
void pair_on_call(void *pair, struct http_call *call, const struct http_call_request *request);

#endif
