/* fuzz_http_server: any bytes on a connection to the whole emulator, its control path open, its clock where
 * the recordings stood. Zero bytes cut the input into packets: between two of them the loop turns. What comes
 * back is HTTP, and when the client has gone nothing of it is left. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "emulator/emulator.h"
#include "loop/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TURNS_A_PACKET = 3, TURNS_MOST = 200, PACKETS_MOST = 16 };

struct guest {
    struct loop *loop;
    struct emulator *emulator;
    struct clock_timer turn;
    int fd;
    char head[8]; /* of what came back */
    size_t heard;
};

static void on_turn(void *arg, struct clock_timer *timer)
{
    (void)timer;
    loop_stop(arg);
}

static void turn(struct guest *guest)
{
    clock_start(loop_clock(guest->loop), &guest->turn, 0);
    loop_run(guest->loop);
}

static void hear(struct guest *guest)
{
    char heard[65536];
    ssize_t got;
    while ((got = recv(guest->fd, heard, sizeof(heard), MSG_DONTWAIT)) > 0)
        for (ssize_t i = 0; i < got; i++)
            if (guest->heard < sizeof(guest->head))
                guest->head[guest->heard++] = heard[i];
}

/* The fuzzer's own timer interrupts now and then; the connection is made all the same. */
static int visitor(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    int rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
    while (rc != 0 && errno == EINTR)
        rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
    CHECK(rc == 0 || errno == EISCONN);
    return fd;
}

static void open_all(struct guest *guest)
{
    static const char *const instances[] = {"inst"};
    struct emulator_options options = {
        .instances = instances, .instance_count = 1, .control = true, .frozen_wall_ms = 1704164645678};
    struct error err;
    guest->loop = loop_create();
    guest->emulator = emulator_create(guest->loop, &options, &err);
    CHECK(guest->emulator != NULL);
    clock_timer_init(&guest->turn, on_turn, guest->loop);
    guest->fd = visitor(emulator_port(guest->emulator));
}

static void close_all(struct guest *guest)
{
    emulator_destroy(guest->emulator);
    clock_stop(loop_clock(guest->loop), &guest->turn);
    loop_destroy(guest->loop);
}

static void say(struct guest *guest, const uint8_t *at, size_t bytes)
{
    ssize_t sent = send(guest->fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* the server may have closed */
    for (int i = 0; i < TURNS_A_PACKET; i++)
        turn(guest);
    hear(guest);
}

static void say_all(struct guest *guest, const uint8_t *data, size_t size)
{
    for (int i = 0; i < PACKETS_MOST && size > 0; i++) {
        const uint8_t *cut = i + 1 < PACKETS_MOST ? memchr(data, 0, size) : NULL;
        size_t bytes = cut == NULL ? size : (size_t)(cut - data) + 1;
        say(guest, data, bytes);
        data += bytes;
        size -= bytes;
    }
}

/* With a reset, and only some with an end of their own half before it: that leaves a connection behind in the
 * kernel for a minute, and there are thousands. A fault rule may have a request wait for hours: it is not
 * waited for. */
static void leave(struct guest *guest, bool half_first)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (half_first)
        shutdown(guest->fd, SHUT_WR);
    for (int i = 0; i < TURNS_A_PACKET; i++)
        turn(guest);
    hear(guest);
    setsockopt(guest->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(guest->fd);
    const struct counters *counters = emulator_counters(guest->emulator);
    for (int i = 0; i < TURNS_MOST && counters->connections_open > counters->in_flight; i++) {
        turn(guest);
        counters = emulator_counters(guest->emulator);
    }
    CHECK(counters->connections_open <= counters->in_flight);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guest guest = {.heard = 0};
    open_all(&guest);
    say_all(&guest, data, size);
    leave(&guest, size % 8 == 0);
    if (guest.heard >= 7)
        CHECK(memcmp(guest.head, "HTTP/1.", 7) == 0);
    close_all(&guest);
    return 0;
}
