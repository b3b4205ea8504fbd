/* http: crowds of bad clients, each kind of them, while a good one goes on: every one of its requests is
 * answered. The bad ones are sockets of this thread: what they say waits in the kernel until the server reads
 * it. */
#include "support/http_pair.h"
#include "support/peer.h"

#include <errno.h>

enum { CROWD_MOST = 400, GOOD = 20, SMALL_BODY = 64 * 1024, CAP = 16 };

struct crowd {
    struct pair *pair;
    int fds[CROWD_MOST];
    int count;
    struct clock_timer tick;
};

static struct crowd *crowd_create(const struct http_server_options *server)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));
    crowd->pair = pair_create(&pair_client_options, server);
    return crowd;
}

static int build(void **state)
{
    *state = crowd_create(&pair_server_options);
    return 0;
}

static int build_capped(void **state)
{
    struct http_server_options server = pair_server_options;
    server.connections_most = CAP;
    server.body_most = SMALL_BODY;
    *state = crowd_create(&server);
    return 0;
}

static int build_impatient(void **state)
{
    struct http_server_options server = pair_server_options;
    server.idle_timeout_ms = 3600000;
    server.request_timeout_ms = 50;
    *state = crowd_create(&server);
    return 0;
}

static void crowd_leave(struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++)
        close(crowd->fds[i]);
    crowd->count = 0;
}

static int tear_down(void **state)
{
    struct crowd *crowd = *state;
    crowd_leave(crowd);
    clock_stop(crowd->pair->clock, &crowd->tick);
    pair_destroy(crowd->pair);
    free(crowd);
    return 0;
}

/* As much of it as the kernel takes. */
static void crowd_say(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0)
            return;
        text += sent;
        len -= (size_t)sent;
    }
}

static void crowd_join(struct crowd *crowd, int count, struct slice says)
{
    assert_true(crowd->count + count <= CROWD_MOST);
    for (int i = 0; i < count; i++) {
        int fd = peer_connect(http_server_port(crowd->pair->server));
        crowd_say(fd, says.at, says.len);
        crowd->fds[crowd->count++] = fd;
    }
}

/* One after the other. */
static void assert_good(struct crowd *crowd, int count)
{
    for (int i = 0; i < count; i++) {
        char body[32];
        int len = snprintf(body, sizeof(body), "good %d", i);
        pair_send(crowd->pair, 0, "/echo", slice_of(body, (size_t)len));
        pair_await(crowd->pair, 1);
        assert_int_equal(crowd->pair->outcome, HTTP_ANSWERED);
        assert_int_equal(crowd->pair->status, 200);
        assert_string_equal(crowd->pair->body, body);
    }
}

static void on_tick(void *arg, struct clock_timer *timer)
{
    (void)timer;
    loop_stop(((struct crowd *)arg)->pair->loop);
}

/* The loop turns until no more than so many connections are open. */
static void await_open(struct crowd *crowd, uint64_t most)
{
    clock_timer_init(&crowd->tick, on_tick, crowd);
    clock_start(crowd->pair->clock, &crowd->pair->guard, PAIR_GUARD_MS);
    while (http_server_connections(crowd->pair->server).open > most) {
        clock_start(crowd->pair->clock, &crowd->tick, 5);
        loop_run(crowd->pair->loop);
    }
    clock_stop(crowd->pair->clock, &crowd->pair->guard);
}

static bool is_closed(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN);
}

/* ---- each kind ---- */

#define POST "POST /echo HTTP/1.1\r\nHost: x\r\n"

static const struct slice kinds[] = {
    {"", 0},
    {"\r\n\r\n\r\n\r\n", 8},
    {"POS", 3},
    {"\0\0\0\0\0\0\0\0\r\n\r\n", 12},
    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
    {"GET\r\n\r\n", 7},
    {"GET / HTTP/9.9\r\n\r\n", 18},
    {"GET / HTTP/1.1\r\n\r\n", 18},
    {POST "X-Slow: ", sizeof(POST "X-Slow: ") - 1},
    {POST "no colon here\r\n\r\n", sizeof(POST "no colon here\r\n\r\n") - 1},
    {POST "Content-Length: 1000\r\n\r\nfew", sizeof(POST "Content-Length: 1000\r\n\r\nfew") - 1},
    {POST "Content-Length: -5\r\n\r\n", sizeof(POST "Content-Length: -5\r\n\r\n") - 1},
    {POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
     sizeof(POST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd") - 1},
    {POST "Content-Length: 18446744073709551615\r\n\r\nabc",
     sizeof(POST "Content-Length: 18446744073709551615\r\n\r\nabc") - 1},
    {POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
     sizeof(POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n") - 1},
    {POST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
     sizeof(POST "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx") - 1},
    {POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n",
     sizeof(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n") - 1},
    {POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
     sizeof(POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n") - 1},
    {POST "Expect: a miracle\r\nContent-Length: 5\r\n\r\n",
     sizeof(POST "Expect: a miracle\r\nContent-Length: 5\r\n\r\n") - 1},
    {"GET /big?3000000 HTTP/1.1\r\nHost: x\r\n\r\n", 39}, /* and never reads it */
    {"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n", 31},
};

static void test_every_request_of_a_good_client_is_answered_beside_each_kind_of_bad_one(void **state)
{
    struct crowd *crowd = *state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        crowd_join(crowd, 10, kinds[i]);
        assert_good(crowd, GOOD);
        for (int k = 0; k < crowd->count; k += 2)
            shutdown(crowd->fds[k], SHUT_WR); /* every other one half-closes */
        assert_good(crowd, GOOD);
        crowd_leave(crowd);
        pair_on_later(crowd->pair, NULL); /* what was held */
        assert_good(crowd, 1);
    }
    await_open(crowd, 1);
}

static void test_headers_and_pipelines_without_end_stop_nobody(void **state)
{
    struct crowd *crowd = *state;
    size_t len = 4 << 20;
    char *flood = malloc(len);
    memset(flood, 'a', len);
    memcpy(flood, POST "X-Long: ", sizeof(POST "X-Long: ") - 1);
    crowd_join(crowd, 10, slice_of(flood, len));
    assert_good(crowd, GOOD);
    for (size_t at = 0; at < len; at += 32)
        memcpy(flood + at, "GET /a HTTP/1.1\r\nHost: xyz12\r\n\r\n", 32);
    crowd_join(crowd, 10, slice_of(flood, len)); /* and nobody reads an answer */
    assert_good(crowd, GOOD);
    free(flood);
    crowd_leave(crowd);
    await_open(crowd, 1);
}

/* ---- too many ---- */

static void test_one_too_many_sends_the_longest_silent_away(void **state)
{
    struct crowd *crowd = *state;
    assert_good(crowd, 1);
    crowd_join(crowd, CAP - 1, SLICE("POST /echo HT"));
    assert_good(crowd, 1);
    assert_int_equal(http_server_connections(crowd->pair->server).open, CAP);
    assert_int_equal(http_server_connections(crowd->pair->server).sent_away, 0);
    crowd_join(crowd, 1, SLICE(""));
    assert_good(crowd, 1);
    await_open(crowd, CAP);
    assert_int_equal(http_server_connections(crowd->pair->server).sent_away, 1);
    int closed = 0;
    for (int i = 0; i < crowd->count - 1; i++)
        closed += is_closed(crowd->fds[i]);
    assert_int_equal(closed, 1);
    assert_false(is_closed(crowd->fds[crowd->count - 1])); /* the newest stays */
}

static void test_thousands_come_and_a_good_client_always_finds_room(void **state)
{
    struct crowd *crowd = *state;
    for (int i = 0; i < 20; i++) {
        crowd_join(crowd, 100, SLICE("GET / HTTP/1.1\r\nHost:"));
        assert_good(crowd, 3);
        pair_send_to(crowd->pair, 1, http_server_port(crowd->pair->server), "/echo", SLICE("new"));
        pair_await(crowd->pair, 1);
        assert_int_equal(crowd->pair->status, 200);
        crowd_leave(crowd);
    }
    struct http_server_connections connections = http_server_connections(crowd->pair->server);
    assert_true(connections.ever >= 2000);
    assert_true(connections.most <= CAP + 64);
}

static void test_half_bodies_hold_no_more_memory_than_64_whole_ones(void **state)
{
    static char half[SMALL_BODY];
    struct http_server_options options = pair_server_options;
    struct crowd *crowd = *state;
    pair_destroy(crowd->pair);
    options.body_most = SMALL_BODY;
    crowd->pair = pair_create(&pair_client_options, &options);
    memset(half, 'h', sizeof(half));
    int len = snprintf(half, sizeof(half), POST "Content-Length: %d\r\n\r\n", SMALL_BODY);
    half[len] = 'h';
    for (int i = 0; i < 20; i++) {
        crowd_join(crowd, 10, slice_of(half, sizeof(half)));
        assert_good(crowd, 2);
        assert_true(crowd->pair->server->body_bytes <= (size_t)64 * SMALL_BODY);
    }
    assert_true(http_server_connections(crowd->pair->server).sent_away > 100);
    crowd_leave(crowd);
    await_open(crowd, 1);
    assert_true(crowd->pair->server->body_bytes <= SMALL_BODY);
}

/* ---- gone ---- */

/* The end comes in one piece with what was said before it; the good one may be idle for an hour. */
static void test_who_hung_up_is_not_kept(void **state)
{
    struct crowd *crowd = *state;
    struct http_server_options options = pair_server_options;
    pair_destroy(crowd->pair);
    options.idle_timeout_ms = 3600000;
    options.request_timeout_ms = 3600000;
    crowd->pair = pair_create(&pair_client_options, &options);
    crowd_join(crowd, 5, SLICE("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    crowd_join(crowd, 5, SLICE(POST "Content-Length: 9\r\n\r\nhalf"));
    crowd_join(crowd, 5, SLICE(POST "X-Half:"));
    for (int i = 0; i < crowd->count; i++)
        shutdown(crowd->fds[i], SHUT_WR);
    int turns = 0;
    do {
        assert_true(++turns < 10000);
        clock_start(crowd->pair->clock, &crowd->pair->server->sweep, 0);
        assert_good(crowd, 1);
    } while (http_server_connections(crowd->pair->server).ever < 16 ||
             http_server_connections(crowd->pair->server).open > 1);
}

/* ---- too slow ---- */

/* Neither a word, nor the rest of one, nor an ear for the answer; the good one may be idle for an hour. */
static void test_who_takes_too_long_is_sent_away_and_the_good_one_stays(void **state)
{
    struct crowd *crowd = *state;
    assert_good(crowd, 1);
    crowd_join(crowd, 5, SLICE(""));
    crowd_join(crowd, 5, SLICE(POST "Content-Length: 9\r\n\r\nhalf"));
    crowd_join(crowd, 5, SLICE("GET /big?40000000 HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (http_server_connections(crowd->pair->server).ever < 16)
        assert_good(crowd, 1);
    await_open(crowd, 1);
    assert_good(crowd, 1);
    assert_int_equal(http_server_connections(crowd->pair->server).ever, 16);
}

#define WITH(build_it, test) cmocka_unit_test_setup_teardown(test, build_it, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(build, test_every_request_of_a_good_client_is_answered_beside_each_kind_of_bad_one),
        WITH(build, test_headers_and_pipelines_without_end_stop_nobody),
        WITH(build_capped, test_one_too_many_sends_the_longest_silent_away),
        WITH(build_capped, test_thousands_come_and_a_good_client_always_finds_room),
        WITH(build, test_half_bodies_hold_no_more_memory_than_64_whole_ones),
        WITH(build, test_who_hung_up_is_not_kept),
        WITH(build_impatient, test_who_takes_too_long_is_sent_away_and_the_good_one_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
