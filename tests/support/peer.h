/* peer: the other end of a connection, by hand, on a thread: what no HTTP library would do. */
#ifndef SUPPORT_PEER_H
#define SUPPORT_PEER_H

#include "support/cmocka_all.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer;
typedef void peer_script_fn(struct peer *peer, int fd);

struct peer {
    int listener;
    uint16_t port;
    peer_script_fn *script; /* runs with the first connection; closes it */
    pthread_t thread;
};

static inline void *peer_run(void *arg)
{
    struct peer *peer = arg;
    int fd = accept(peer->listener, NULL, NULL);
    if (fd >= 0)
        peer->script(peer, fd);
    return NULL;
}

static inline struct sockaddr_in peer_address(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static inline void peer_listen(struct peer *peer, int backlog)
{
    struct sockaddr_in address = peer_address(0);
    socklen_t len = sizeof(address);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(peer->listener, backlog), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &len), 0);
    peer->port = ntohs(address.sin_port);
}

static inline void peer_start(struct peer *peer, peer_script_fn *script)
{
    peer_listen(peer, 16);
    peer->script = script;
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
}

static inline void peer_join(struct peer *peer)
{
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
}

static inline int peer_connect(uint16_t port)
{
    struct sockaddr_in address = peer_address(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static inline void peer_say(int fd, const char *text)
{
    ssize_t sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
    (void)sent; /* the other end may have gone, which is its business */
}

/* Reads until the text came; false: the connection ended before. */
static inline int peer_hear(int fd, const char *text)
{
    char heard[65536];
    size_t len = 0;
    while (len < sizeof(heard) - 1) {
        ssize_t got = recv(fd, heard + len, sizeof(heard) - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        heard[len] = 0;
        if (strstr(heard, text) != NULL)
            return 1;
    }
    return 0;
}

/* Until the other end closes. */
static inline void peer_hear_end(int fd)
{
    char heard[4096];
    while (recv(fd, heard, sizeof(heard), 0) > 0)
        continue;
}

/* An end without a farewell: RST. */
static inline void peer_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

#endif
