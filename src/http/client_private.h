/* client_private: what the files of the HTTP client share. client.c: the multi handle and its options;
 * socket.c: curl's sockets and its one timer on the loop; exchange.c: one request at a time; reply.c: its
 * answer; reason.c: words for failures. */
#ifndef HTTP_CLIENT_PRIVATE_H
#define HTTP_CLIENT_PRIVATE_H

#include <curl/curl.h>

#include "base/buffer.h"
#include "http/client.h"
#include "loop/clock.h"

struct http_socket;

enum { HTTP_REPLY_HEADERS_MOST = 65536 }; /* bytes of an answer's headers */

struct http_client {
    struct loop *loop;
    struct clock *clock;
    CURLM *multi;
    struct clock_timer timer;     /* curl's own */
    struct http_socket **sockets; /* by fd; NULL where curl watches none */
    size_t socket_room;
    struct http_client_options options; /* ca_file is ours */
    char *ca_file;
    char *no_proxy;
    size_t exchanges; /* created, not destroyed */
    bool closing;     /* curl may still name sockets while it cleans up: no new handles for them */
};

enum http_exchange_state {
    EXCHANGE_IDLE,
    EXCHANGE_FLYING, /* curl has it */
    EXCHANGE_ENDING  /* curl has not; on_reply comes with the timer */
};

struct http_exchange {
    struct http_client *client;
    CURL *easy;
    enum http_exchange_state state;
    http_reply_fn *on_reply;
    void *arg;
    struct clock_timer watch; /* flying: looks for a stall. ending: 0 ms */
    enum http_outcome ending;
    struct buffer url;   /* with its 0 byte */
    struct buffer lines; /* the texts of the request's header lines, each with its 0 byte */
    struct curl_slist *nodes;
    size_t node_room;
    struct buffer headers; /* of the answer, as they came */
    struct http_header *views;
    size_t view_room;
    struct buffer body;
    bool posts;         /* the request has a body, and is never repeated */
    bool handed;        /* the request may have reached the other side, in part at least */
    bool headers_whole; /* the empty line behind them came: curl takes a connection's end for it, too */
    bool big_upload;    /* the upload buffer is the larger one */
    const char *full;   /* what of the answer was too large; NULL: nothing */
    int64_t moved_ms;   /* when `moved` last changed */
    int64_t moved;      /* bytes, both ways */
    char fault[CURL_ERROR_SIZE];
    char words[CURL_ERROR_SIZE + 320];
};

/* Options of the multi handle that bring its sockets and its timer to the loop. */
void http_sockets_attach(struct http_client *client);
/* After curl is gone: handles it left. */
void http_sockets_close(struct http_client *client);
/* The socket functions of an easy handle: a poll is stopped before its fd is closed. */
void http_sockets_follow(struct http_client *client, CURL *easy);

/* A transfer has ended, curl's side of it is in `code`. The exchange is out of the multi handle and may call
 * on_reply. */
void http_exchange_on_done(struct http_exchange *exchange, CURLcode code);

/* Collects the answer of the exchange. */
void http_reply_attach(struct http_exchange *exchange);

/* The last thing an exchange does with a request: the receiver may send the next one from inside. */
void http_exchange_reply(struct http_exchange *exchange, enum http_outcome outcome);

/* Fills `words`. */
void http_exchange_say(struct http_exchange *exchange, const char *reason);
void http_exchange_say_code(struct http_exchange *exchange, CURLcode code);

#endif
