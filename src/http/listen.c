/* listen: a listening socket. libmicrohttpd would make one too, but would not say why it could not. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "http/server_private.h"

enum { LISTEN_BACKLOG = 511 };

static int listen_bind(int fd, const struct addrinfo *address)
{
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
        return -1;
    if (bind(fd, address->ai_addr, address->ai_addrlen) < 0)
        return -1;
    return listen(fd, LISTEN_BACKLOG);
}

union listen_address {
    struct sockaddr_in6 v6; /* the larger one */
    struct sockaddr_in v4;
    struct sockaddr any;
};

/* All 0 when there is none. */
static union listen_address listen_address(int fd)
{
    union listen_address address = {.v6 = {0}};
    socklen_t len = sizeof(address);
    if (getsockname(fd, &address.any, &len) < 0)
        memset(&address, 0, sizeof(address));
    return address;
}

static uint16_t listen_port(int fd)
{
    union listen_address address = listen_address(fd);
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

bool http_listen_is_loopback(int fd)
{
    union listen_address address = listen_address(fd);
    if (address.any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr);
    return address.any.sa_family == AF_INET && ntohl(address.v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* The fd, or -1 and errno. */
static int listen_open(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || listen_bind(fd, address) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int http_listen(const char *host, uint16_t port, uint16_t *bound, struct error *err)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *address = NULL;
    char service[8];
    snprintf(service, sizeof(service), "%u", port);
    int rc = getaddrinfo(host, service, &hints, &address);
    if (rc != 0)
        return error_set(err, ERROR_CONFIG, "listen on %s:%u: %s", host, port, gai_strerror(rc));
    int fd = listen_open(address);
    freeaddrinfo(address);
    if (fd < 0 && errno == EADDRINUSE)
        return error_set(err, ERROR_RETRY, "listen on %s:%u: the port is taken", host, port);
    if (fd < 0)
        return error_set(err, ERROR_CONFIG, "listen on %s:%u: %s", host, port, strerror(errno));
    *bound = listen_port(fd);
    return fd;
}
