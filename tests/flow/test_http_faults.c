/* http: what becomes of a request when the other side fails, stays silent, lies or goes away; and of a server
 * whose clients do. UNSENT is said only when certainly nothing was sent. */
#include "support/http_pair.h"
#include "support/peer.h"

#include <errno.h>

#include "loop/wakeup.h"

static int build(void **state)
{
    *state = pair_create(&pair_client_options, &pair_server_options);
    return 0;
}

/* Time-outs short enough to wait for; which of them fires is what is tested, not when. */
static int build_stall(void **state)
{
    struct http_client_options client = pair_client_options;
    client.stall_timeout_ms = 40;
    *state = pair_create(&client, &pair_server_options);
    return 0;
}

static int build_total(void **state)
{
    struct http_client_options client = pair_client_options;
    client.total_timeout_ms = 40;
    *state = pair_create(&client, &pair_server_options);
    return 0;
}

static int build_connect(void **state)
{
    struct http_client_options client = pair_client_options;
    client.connect_timeout_ms = 40;
    client.stall_timeout_ms = 5; /* must not rule while there is no connection */
    *state = pair_create(&client, &pair_server_options);
    return 0;
}

static int build_impatient(void **state)
{
    struct http_server_options server = pair_server_options;
    server.idle_timeout_ms = 30;
    server.request_timeout_ms = 60;
    *state = pair_create(&pair_client_options, &server);
    return 0;
}

static int tear_down(void **state)
{
    pair_destroy(*state);
    return 0;
}

static void assert_ended(struct pair *pair, enum http_outcome outcome, uint16_t port, const char *words)
{
    char whole[600];
    snprintf(whole, sizeof(whole), "127.0.0.1:%u: %s", port, words);
    assert_int_equal(pair->outcome, outcome);
    assert_string_equal(pair->words, whole);
}

/* ---- the server of ours fails on purpose ---- */

/* curl would: the first one may still be done after the second was answered. */
static void test_on_a_kept_connection_an_abandoned_post_is_not_repeated_but_a_get_is(void **state)
{
    struct pair *pair = *state;
    uint16_t port = http_server_port(pair->server);
    pair_send(pair, 0, "/echo", SLICE("a kept connection"));
    pair_await(pair, 1);
    pair_send(pair, 0, "/abandon", SLICE("once"));
    pair_await(pair, 1);
    assert_ended(pair, HTTP_CUT, port, "the connection was closed without an answer");
    assert_int_equal(pair->calls, 2);
    pair_send(pair, 0, "/echo", SLICE("a kept connection"));
    pair_await(pair, 1);
    pair_send(pair, 0, "/abandon", (struct slice){NULL, 0});
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_CUT);
    assert_in_range(pair->calls, 5, 9);
}

static void test_half_an_answer_is_cut(void **state)
{
    struct pair *pair = *state;
    uint16_t port = http_server_port(pair->server);
    const char *paths[] = {"/cut?0", "/cut?1", "/cut?9"};
    for (int i = 0; i < 3; i++) {
        pair_send(pair, 0, paths[i], SLICE("x"));
        pair_await(pair, 1);
        assert_ended(pair, HTTP_CUT, port, "the connection was closed in the middle of the answer");
    }
    pair_send(pair, 0, "/echo", SLICE("whole"));
    pair_await(pair, 1);
    assert_string_equal(pair->body, "whole");
}

/* ---- nobody is there ---- */

static void test_a_refused_connection_is_unsent(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    peer_listen(&peer, 1);
    close(peer.listener);
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    assert_int_equal(pair->replies, 0);
    pair_await(pair, 1);
    assert_ended(pair, HTTP_UNSENT, peer.port, "Connection refused");
}

static void send_url(struct pair *pair, const char *url)
{
    struct http_request request = {.url = url, .body = SLICE("x")};
    http_send(pair->exchanges[0], &request);
    assert_int_equal(pair->replies, 0);
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_UNSENT);
    pair->replies = 0;
}

static void test_what_is_no_address_is_unsent(void **state)
{
    struct pair *pair = *state;
    send_url(pair, "not a url");
    assert_non_null(strstr(pair->words, "the address is not a URL"));
    send_url(pair, "ftp://127.0.0.1/x");
    assert_string_equal(pair->words, "127.0.0.1:21: the address is neither http:// nor https://");
    send_url(pair, "http://a..b/x"); /* no name for any resolver: nothing is asked of the network */
    assert_string_equal(pair->words, "a..b:80: the name was not found");
    send_url(pair, "http://user:password@localhost:1/x");
    assert_string_equal(pair->words, "localhost:1: Connection refused");
}

/* The listener's queue is full: the kernel answers no SYN. */
static void test_no_connection_in_time_is_unsent(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    int fillers[4];
    peer_listen(&peer, 0);
    for (int i = 0; i < 4; i++) {
        struct sockaddr_in address = peer_address(peer.port);
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    pair_await(pair, 1);
    assert_ended(pair, HTTP_UNSENT, peer.port, "no connection within 40 ms");
    for (int i = 0; i < 4; i++)
        close(fillers[i]);
    close(peer.listener);
}

/* ---- a peer that misbehaves ---- */

static void script_silence(struct peer *peer, int fd)
{
    (void)peer;
    peer_hear_end(fd);
    close(fd);
}

static void await_peer(struct pair *pair, peer_script_fn *script, const char *words)
{
    struct peer peer;
    peer_start(&peer, script);
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    pair_await(pair, 1);
    assert_ended(pair, HTTP_CUT, peer.port, words);
    peer_join(&peer);
}

static void test_silence_is_cut_by_the_total_time(void **state)
{
    await_peer(*state, script_silence, "no whole answer within 40 ms");
}

static void test_silence_is_cut_as_a_stall(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    peer_start(&peer, script_silence);
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_CUT);
    assert_non_null(strstr(pair->words, "no byte moved for "));
    peer_join(&peer);
}

/* Twenty times the stall time-out in all, but never that long without a byte. */
static void script_trickle(struct peer *peer, int fd)
{
    (void)peer;
    struct timespec pause = {.tv_nsec = 10000000};
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 80\r\n\r\n");
    for (int i = 0; i < 80; i++) {
        nanosleep(&pause, NULL);
        peer_say(fd, "t");
    }
    peer_hear_end(fd);
    close(fd);
}

static int build_patient_stall(void **state)
{
    struct http_client_options client = pair_client_options;
    client.stall_timeout_ms = 400;
    *state = pair_create(&client, &pair_server_options);
    return 0;
}

static void test_a_slow_answer_that_moves_is_no_stall(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    peer_start(&peer, script_trickle);
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_ANSWERED);
    assert_int_equal(pair->body_len, 80);
    peer_join(&peer);
}

static void script_garbage(struct peer *peer, int fd)
{
    (void)peer;
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "SSH-2.0-OpenSSH_9.2\r\n");
    peer_hear_end(fd);
    close(fd);
}

static void script_half_headers(struct peer *peer, int fd)
{
    (void)peer;
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
    close(fd);
}

static void script_reset(struct peer *peer, int fd)
{
    (void)peer;
    peer_hear(fd, "\r\n\r\nx");
    peer_reset(fd);
}

static void script_endless_headers(struct peer *peer, int fd)
{
    (void)peer;
    char line[1024];
    memset(line, 'h', sizeof(line));
    memcpy(line, "x: ", 3);
    memcpy(line + sizeof(line) - 3, "\r\n", 3);
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 200; i++)
        peer_say(fd, line);
    peer_hear_end(fd);
    close(fd);
}

static void test_answers_that_are_none_are_cut(void **state)
{
    await_peer(*state, script_garbage, "the answer is not HTTP");
    await_peer(*state, script_reset, "Recv failure: Connection reset by peer");
    await_peer(*state, script_endless_headers, "more than 65536 bytes of headers in the answer");
}

static void test_an_answer_that_ends_in_its_headers_is_not_taken_for_whole(void **state)
{
    await_peer(*state, script_half_headers, "the connection was closed in the middle of the answer");
}

/* The kept connection takes the second request and dies; curl repeats it on a new one, which is refused. */
static void script_die_on_the_second(struct peer *peer, int fd)
{
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    peer_hear(fd, "\r\n\r\nx");
    shutdown(peer->listener, SHUT_RDWR); /* from now on nobody is let in */
    peer_reset(fd);
}

static void test_refused_after_a_kept_connection_died_is_not_unsent(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    peer_start(&peer, script_die_on_the_second);
    for (int i = 0; i < 2; i++) {
        pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
        pair_await(pair, 1);
        assert_int_equal(pair->outcome, i == 0 ? HTTP_ANSWERED : HTTP_CUT);
    }
    assert_ended(pair, HTTP_CUT, peer.port, "Connection refused");
    peer_join(&peer);
}

static void script_continue(struct peer *peer, int fd)
{
    (void)peer;
    peer_hear(fd, "\r\n\r\nx");
    peer_say(fd, "HTTP/1.1 100 Continue\r\nX-Echo: not this\r\n\r\n");
    peer_say(fd, "HTTP/1.1 200 OK\r\nX-Echo:\t  this  \r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    peer_hear_end(fd);
    close(fd);
}

static void test_headers_of_an_interim_answer_are_not_of_the_answer(void **state)
{
    struct pair *pair = *state;
    struct peer peer;
    peer_start(&peer, script_continue);
    pair_send_to(pair, 0, peer.port, "/echo", SLICE("x"));
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_ANSWERED);
    assert_string_equal(pair->header, "this");
    peer_join(&peer);
}

/* ---- cancelling ---- */

static void test_cancelled_it_is_cut_from_a_later_turn_and_usable_again(void **state)
{
    struct pair *pair = *state;
    uint16_t port = http_server_port(pair->server);
    http_cancel(pair->exchanges[0]); /* not in flight: nothing */
    for (int i = 0; i < 3; i++) {
        pair_send(pair, 0, "/echo", SLICE("x"));
        http_cancel(pair->exchanges[0]);
        http_cancel(pair->exchanges[0]);
        assert_true(http_in_flight(pair->exchanges[0]));
        assert_int_equal(pair->replies, 2 * i);
        pair_await(pair, 1);
        assert_ended(pair, HTTP_CUT, port, "cancelled");
        pair_send(pair, 0, "/echo", SLICE("after"));
        pair_await(pair, 1);
        assert_string_equal(pair->body, "after");
    }
}

static void cancel_the_others(struct pair *pair, struct http_exchange *exchange,
                              const struct http_reply *reply)
{
    (void)exchange;
    (void)reply;
    if (pair->replies == 1)
        for (int i = 0; i < PAIR_EXCHANGES; i++)
            http_cancel(pair->exchanges[i]);
}

/* Those that have finished in the same moment, too: each is told exactly one fate. */
static void test_one_reply_may_cancel_all_others(void **state)
{
    struct pair *pair = *state;
    pair->on_reply = cancel_the_others;
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        pair_send(pair, i, "/later", SLICE("x"));
    pair_await(pair, PAIR_EXCHANGES);
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        assert_false(http_in_flight(pair->exchanges[i]));
    assert_int_equal(pair->outcome, HTTP_CUT);
}

static void on_later_cancel(void *arg, struct clock_timer *timer)
{
    struct pair *pair = arg;
    if (pair->held_count == 0)
        clock_start(pair->clock, timer, 0);
    else
        http_cancel(pair->exchanges[0]);
}

/* The server's call outlives its client; answering it harms nobody. */
static void test_a_call_whose_client_has_gone_may_still_be_answered(void **state)
{
    struct pair *pair = *state;
    struct clock_timer canceller;
    clock_timer_init(&canceller, on_later_cancel, pair);
    clock_start(pair->clock, &canceller, 0);
    pair_send(pair, 0, "/hold", SLICE("x"));
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_CUT);
    pair_on_later(pair, NULL);
    pair_send(pair, 0, "/echo", SLICE("alive"));
    pair_await(pair, 1);
    assert_string_equal(pair->body, "alive");
}

static void on_held_stop(void *arg, struct clock_timer *timer)
{
    struct pair *pair = arg;
    if (pair->held_count < pair->wanted)
        clock_start(pair->clock, timer, 0);
    else
        loop_stop(pair->loop);
}

static void test_a_destroyed_server_abandons_its_open_calls(void **state)
{
    struct pair *pair = *state;
    uint16_t port = http_server_port(pair->server);
    struct clock_timer watch;
    clock_timer_init(&watch, on_held_stop, pair);
    clock_start(pair->clock, &watch, 0);
    for (int i = 0; i < 5; i++)
        pair_send_to(pair, i, port, "/hold", SLICE("x"));
    pair->wanted = 5;
    loop_run(pair->loop);
    http_server_destroy(pair->server);
    pair->server = NULL;
    pair_await(pair, 5);
    assert_ended(pair, HTTP_CUT, port, "the connection was closed without an answer");
}

/* ---- clients of our server that misbehave: raw sockets on a thread, the server on the loop ---- */

struct intruder {
    uint16_t port;
    const char *says;
    const char *hears; /* NULL: only the end */
    const char *then;
    const char *hears_then;
    bool drips; /* byte after byte, for as long as the server lets it */
    int heard;
    struct loop_wakeup *done;
    pthread_t thread;
};

static void intruder_drip(int fd)
{
    char byte;
    struct timespec pause = {.tv_nsec = 5000000};
    while (recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN) {
        peer_say(fd, "d");
        nanosleep(&pause, NULL);
    }
}

static void *intruder_run(void *arg)
{
    struct intruder *intruder = arg;
    int fd = peer_connect(intruder->port);
    peer_say(fd, intruder->says);
    if (intruder->hears != NULL)
        intruder->heard += peer_hear(fd, intruder->hears);
    if (intruder->then != NULL)
        peer_say(fd, intruder->then);
    if (intruder->drips)
        intruder_drip(fd);
    if (intruder->hears_then != NULL)
        intruder->heard += peer_hear(fd, intruder->hears_then);
    else
        peer_hear_end(fd);
    close(fd);
    loop_wakeup_ring(intruder->done);
    return NULL;
}

static void on_intruder_done(void *arg)
{
    loop_stop(arg);
}

static void await_intruder(struct pair *pair, struct intruder *intruder)
{
    struct error err;
    intruder->port = http_server_port(pair->server);
    intruder->done = loop_wakeup_create(pair->loop, on_intruder_done, pair->loop, &err);
    clock_start(pair->clock, &pair->guard, PAIR_GUARD_MS);
    assert_int_equal(pthread_create(&intruder->thread, NULL, intruder_run, intruder), 0);
    loop_run(pair->loop);
    pthread_join(intruder->thread, NULL);
    clock_stop(pair->clock, &pair->guard);
    loop_wakeup_destroy(intruder->done);
}

static void test_expect_100_continue_is_answered_before_the_body(void **state)
{
    struct intruder intruder = {
        .says = "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
        .hears = "HTTP/1.1 100 Continue\r\n\r\n",
        .then = "body",
        .hears_then = "\r\n\r\nbody",
    };
    await_intruder(*state, &intruder);
    assert_int_equal(intruder.heard, 2);
}

/* It would send 10 GB. */
static void test_a_body_that_is_asked_for_in_vain_is_not_sent(void **state)
{
    struct intruder intruder = {
        .says =
            "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10000000000\r\n\r\n",
        .hears_then = "HTTP/1.1 413",
    };
    await_intruder(*state, &intruder);
    assert_int_equal(intruder.heard, 1);
}

static void test_an_old_client_is_answered_and_closed(void **state)
{
    struct intruder intruder = {
        .says = "POST /echo HTTP/1.0\r\nContent-Length: 3\r\n\r\nold",
        .hears = "\r\n\r\nold",
    };
    await_intruder(*state, &intruder);
    assert_int_equal(intruder.heard, 1);
}

static void test_methods_and_chunked_bodies_pass(void **state)
{
    const char *methods[] = {"GET", "PUT", "DELETE", "PATCH"};
    for (int i = 0; i < 4; i++) {
        char says[128], hears[32];
        snprintf(says, sizeof(says), "%s /method HTTP/1.1\r\nHost: x\r\n\r\n", methods[i]);
        snprintf(hears, sizeof(hears), "\r\n\r\n%s", methods[i]);
        struct intruder intruder = {.says = says, .hears_then = hears};
        await_intruder(*state, &intruder);
        assert_int_equal(intruder.heard, 1);
    }
    struct intruder chunked = {
        .says = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                "chunked\r\n\r\n3\r\nchu\r\n4\r\nnked\r\n0\r\n\r\n",
        .hears_then = "\r\n\r\nchunked",
    };
    await_intruder(*state, &chunked);
    assert_int_equal(chunked.heard, 1);
}

static void test_head_is_answered_with_a_length_and_no_body(void **state)
{
    struct intruder intruder = {
        .says = "HEAD /method HTTP/1.1\r\nHost: x\r\n\r\n",
        .hears = "Content-Length: 4\r\n",
        .then = "GET /method HTTP/1.1\r\nHost: x\r\n\r\n",
        .hears_then = "\r\n\r\nGET",
    };
    await_intruder(*state, &intruder);
    assert_int_equal(intruder.heard, 2);
}

static void test_requests_behind_each_other_in_one_packet_are_all_answered(void **state)
{
    struct pair *pair = *state;
    struct intruder intruder = {
        .says = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\noneGET /method HTTP/1.1\r\nHost: "
                "x\r\n\r\n"
                "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nthree",
        .hears_then = "\r\n\r\nthree",
    };
    await_intruder(pair, &intruder);
    assert_int_equal(intruder.heard, 1);
    assert_int_equal(pair->calls, 3);
}

/* Each ends only because the server closes it. */
static void test_a_client_over_its_time_is_closed(void **state)
{
    struct pair *pair = *state;
    const char *says[] = {
        "",                                                                 /* never a request */
        "POS",                                                              /* half a line */
        "POST /echo HTTP/1.1\r\nHost:",                                     /* half the headers */
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", /* half a body */
    };
    for (int i = 0; i < 4; i++) {
        struct intruder intruder = {.says = says[i]};
        await_intruder(pair, &intruder);
    }
    assert_int_equal(pair->calls, 0);
    struct intruder kept = {.says = "GET /method HTTP/1.1\r\nHost: x\r\n\r\n", .hears = "\r\n\r\nGET"};
    await_intruder(pair, &kept);
    assert_int_equal(kept.heard, 1);
}

/* libmicrohttpd's own time-out begins anew with every byte, and would let these go on. */
static void test_dripping_does_not_buy_time(void **state)
{
    struct pair *pair = *state;
    const char *says[] = {
        "POST /",
        "POST /echo HTTP/1.1\r\nHost:",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
    };
    for (int i = 0; i < 3; i++) {
        struct intruder intruder = {.says = says[i], .drips = true};
        await_intruder(pair, &intruder);
    }
    assert_int_equal(pair->calls, 0);
}

/* Our own slowness in answering is not the client's. */
static void test_a_call_that_waits_for_its_answer_is_not_over_its_time(void **state)
{
    struct pair *pair = *state;
    struct clock_timer watch;
    clock_timer_init(&watch, on_held_stop, pair);
    pair_send(pair, 0, "/hold", SLICE("x"));
    pair->wanted = 1;
    clock_start(pair->clock, &watch, 200); /* three times the deadline */
    loop_run(pair->loop);
    pair_on_later(pair, NULL);
    pair->replies = 0;
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_ANSWERED);
}

static void test_what_is_not_http_is_refused(void **state)
{
    struct pair *pair = *state;
    const char *says[] = {
        "\x16\x03\x01\x02\x01\x01\xfc\r\n\r\n",
        "GET\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    };
    for (int i = 0; i < 4; i++) {
        struct intruder intruder = {.says = says[i], .hears_then = "HTTP/1.1 4"};
        await_intruder(pair, &intruder);
    }
    assert_int_equal(pair->calls, 0);
    pair_send(pair, 0, "/echo", SLICE("alive"));
    pair_await(pair, 1);
    assert_string_equal(pair->body, "alive");
}

#define WITH(build_it, test) cmocka_unit_test_setup_teardown(test, build_it, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(build, test_on_a_kept_connection_an_abandoned_post_is_not_repeated_but_a_get_is),
        WITH(build, test_half_an_answer_is_cut),
        WITH(build, test_a_refused_connection_is_unsent),
        WITH(build, test_what_is_no_address_is_unsent),
        WITH(build_connect, test_no_connection_in_time_is_unsent),
        WITH(build_total, test_silence_is_cut_by_the_total_time),
        WITH(build_stall, test_silence_is_cut_as_a_stall),
        WITH(build_patient_stall, test_a_slow_answer_that_moves_is_no_stall),
        WITH(build, test_answers_that_are_none_are_cut),
        WITH(build, test_an_answer_that_ends_in_its_headers_is_not_taken_for_whole),
        WITH(build, test_refused_after_a_kept_connection_died_is_not_unsent),
        WITH(build, test_headers_of_an_interim_answer_are_not_of_the_answer),
        WITH(build, test_cancelled_it_is_cut_from_a_later_turn_and_usable_again),
        WITH(build, test_one_reply_may_cancel_all_others),
        WITH(build, test_a_call_whose_client_has_gone_may_still_be_answered),
        WITH(build, test_a_destroyed_server_abandons_its_open_calls),
        WITH(build, test_expect_100_continue_is_answered_before_the_body),
        WITH(build, test_a_body_that_is_asked_for_in_vain_is_not_sent),
        WITH(build, test_an_old_client_is_answered_and_closed),
        WITH(build, test_methods_and_chunked_bodies_pass),
        WITH(build, test_head_is_answered_with_a_length_and_no_body),
        WITH(build, test_requests_behind_each_other_in_one_packet_are_all_answered),
        WITH(build_impatient, test_a_client_over_its_time_is_closed),
        WITH(build_impatient, test_dripping_does_not_buy_time),
        WITH(build_impatient, test_a_call_that_waits_for_its_answer_is_not_over_its_time),
        WITH(build, test_what_is_not_http_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
