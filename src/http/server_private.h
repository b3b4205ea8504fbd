/* server_private: what the files of the HTTP server share. listen.c: the socket; server.c: the daemon on the
 * loop and its deadlines; call.c: one request and its answer; broken.c: answers that go wrong; hangup.c: the
 * clients of sleeping connections; crowd.c: who must go when there are too many. */
#ifndef HTTP_SERVER_PRIVATE_H
#define HTTP_SERVER_PRIVATE_H

#include <microhttpd.h>
#include <uv.h>

#include "base/buffer.h"
#include "base/list.h"
#include "http/server.h"
#include "loop/clock.h"

struct http_server {
    struct loop *loop;
    struct clock *clock;
    struct http_server_options options; /* without its texts */
    uint16_t port;
    bool on_loopback;
    http_call_fn *on_call;
    void *arg;
    struct MHD_Daemon *daemon;
    uv_poll_t poll; /* on the daemon's own epoll fd */
    int hangup_fd;  /* an epoll of sleeping connections */
    uv_poll_t hangup_poll;
    unsigned closing; /* handles that are not closed yet */
    struct http_server_connections connections;
    uint64_t sent_away;       /* of the open ones */
    size_t body_bytes;        /* memory of all bodies */
    struct clock_timer again; /* when the daemon wants to run without an event */
    struct clock_timer sweep; /* looks for connections over their time */
    struct list calls;        /* one a connection */
    struct buffer scratch;    /* names and values of an answer's headers, with 0 bytes */
};

enum http_call_phase {
    CALL_IDLE,    /* no request, or none of its first line */
    CALL_LINE,    /* the first line is known */
    CALL_BODY,    /* the headers are */
    CALL_ASKING,  /* inside on_call */
    CALL_WAITING, /* on_call returned without an answer: the connection sleeps */
    CALL_ANSWERED /* the answer is there, or the connection is to be closed */
};

/* A connection, and the one request that is open on it: memory is kept from request to request. */
struct http_call {
    struct http_server *server;
    struct list node;
    struct MHD_Connection *connection;
    enum http_call_phase phase;
    int64_t since_ms;     /* when idleness or the request began */
    struct buffer target; /* path and query as sent */
    struct buffer body;
    size_t body_room; /* as counted in the server's body_bytes */
    bool served;      /* had a request before */
    bool sent_away;   /* its socket is shut; nothing of it is done any more */
    struct http_header *headers;
    size_t header_count;
    size_t header_room;
    size_t header_bytes;
    struct http_call_request request; /* what on_call was lent */
    struct http_call_watch watch;
    int status;
    struct MHD_Response *answer; /* ANSWERED: NULL closes the connection */
    struct broken *broken;       /* the answer's body is one that goes wrong */
};

/* A bound, listening socket and its port; -1 and an error: ERROR_RETRY when the port is taken. */
int http_listen(const char *host, uint16_t port, uint16_t *bound, struct error *err);
bool http_listen_is_loopback(int fd);

/* The daemon's callbacks. */
void http_call_on_connection(void *server, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode code);
void *http_call_on_line(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_call_on_access(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data, size_t *bytes,
                                    void **context);
void http_call_on_completed(void *server, struct MHD_Connection *connection, void **context,
                            enum MHD_RequestTerminationCode code);

/* The answer (NULL: none, the connection is closed) is given. */
void http_call_settle(struct http_call *call, int status, const struct http_header *headers, size_t count,
                      struct MHD_Response *answer);

/* While an answer's body pauses. Giving up ends it. */
bool http_broken_sleeps(const struct http_call *call);
void http_broken_give_up(struct http_call *call);

/* As long as the connection sleeps. */
void http_hangup_open(struct http_server *server);
void http_hangup_watch(struct http_call *call);
void http_hangup_forget(struct http_call *call);

/* The other side has ended, and there is nothing left to read: what has not come will not. */
bool http_hangup_missed(const struct http_call *call);

/* How many connections there may be: as many as wanted (0: the usual number), if the process may have so many
 * files open. */
uint32_t http_crowd_connections_most(uint32_t wanted);

/* A connection is new; the memory of a body has changed. Somebody may be sent away, in the second case the
 * call itself. */
void http_crowd_arrived(struct http_server *server);
void http_crowd_weigh(struct http_call *call);

void http_crowd_send_away(struct http_call *call);
void http_crowd_drop_body(struct http_call *call);

/* A sleeping connection has an answer: the daemon must run. */
void http_server_run_soon(struct http_server *server);

#endif
