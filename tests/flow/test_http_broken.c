/* http_broken: answers that go wrong on purpose, and what the server is told of clients that do not wait for
 * theirs. */
#include "support/http_pair.h"
#include "support/peer.h"

static int build(void **state)
{
    struct pair *pair = pair_create(&pair_client_options, &pair_server_options);
    pair->watches = true;
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    pair_destroy(*state);
    return 0;
}

static bool one_ended(const struct pair *pair)
{
    return pair->whole + pair->unwhole == 1;
}

/* A raw client on a thread: asks, hears so much of the answer, and closes. */
struct caller {
    uint16_t port;
    const char *says;
    const char *hears; /* NULL: nothing */
    int heard;
    pthread_t thread;
};

static void *caller_run(void *arg)
{
    struct caller *caller = arg;
    int fd = peer_connect(caller->port);
    peer_say(fd, caller->says);
    if (caller->hears != NULL)
        caller->heard = peer_hear(fd, caller->hears);
    close(fd);
    return NULL;
}

static void call_and_hang_up(struct pair *pair, struct caller *caller)
{
    caller->port = http_server_port(pair->server);
    assert_int_equal(pthread_create(&caller->thread, NULL, caller_run, caller), 0);
    pair_run_until(pair, one_ended);
    pthread_join(caller->thread, NULL);
}

static void test_an_answer_that_drips_is_whole_in_the_end(void **state)
{
    struct pair *pair = *state;
    for (int i = 1; i <= 3; i++) { /* on one connection */
        pair_send(pair, 0, "/drip", SLICE("x"));
        pair_await(pair, 1);
        assert_int_equal(pair->outcome, HTTP_ANSWERED);
        assert_string_equal(pair->body, "0123456789");
        assert_int_equal(pair->whole, i);
    }
    assert_int_equal(pair->unwhole, 0);
    assert_int_equal(http_server_connections(pair->server).ever, 1);
}

static void test_a_body_shorter_than_promised_is_cut(void **state)
{
    struct pair *pair = *state;
    pair_send(pair, 0, "/promise?1", SLICE("x"));
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_CUT);
    assert_non_null(strstr(pair->words, "in the middle of the answer"));
    pair_run_until(pair, one_ended);
    assert_int_equal(pair->unwhole, 1);
}

static void test_the_headers_come_before_the_first_pause(void **state)
{
    struct caller caller = {.says = "GET /stall HTTP/1.1\r\nHost: x\r\n\r\n",
                            .hears = "Content-Length: 10\r\n"};
    struct pair *pair = *state;
    call_and_hang_up(pair, &caller);
    assert_int_equal(caller.heard, 1);
    assert_int_equal(pair->unwhole, 1);
    assert_int_equal(pair->gone, 0); /* the call was answered: its end is all there is to tell */
}

static void test_a_client_that_hangs_up_while_its_call_waits_is_noticed(void **state)
{
    struct caller caller = {.says = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"};
    struct pair *pair = *state;
    call_and_hang_up(pair, &caller);
    assert_int_equal(pair->calls, 1);
    assert_int_equal(pair->gone, 1);
    assert_int_equal(pair->unwhole, 1);
    assert_int_equal(pair->held_count, 0);
}

static bool all_connected(const struct pair *pair)
{
    return http_server_connections(pair->server).open == 3 && pair->held_count == 3;
}

static void on_look(void *arg, struct clock_timer *timer)
{
    struct pair *pair = arg;
    loop_stop(pair->loop);
    clock_start(pair->clock, timer, 1);
}

static void test_a_destroyed_server_ends_calls_that_wait_or_drip(void **state)
{
    struct pair *pair = *state;
    struct clock_timer look;
    clock_timer_init(&look, on_look, pair);
    clock_start(pair->clock, &look, 0);
    pair_send(pair, 0, "/hold", SLICE("x"));
    pair_send(pair, 1, "/hold", SLICE("x"));
    pair_send(pair, 2, "/hold", SLICE("x"));
    pair_run_until(pair, all_connected);
    pair_send(pair, 3, "/stall", SLICE("x"));
    while (pair->calls < 4)
        loop_run(pair->loop);
    clock_stop(pair->clock, &look);
    http_server_destroy(pair->server);
    pair->server = NULL;
    assert_int_equal(pair->unwhole, 4);
    pair_await(pair, 4);
    assert_int_equal(pair->outcome, HTTP_CUT);
}

static void test_connections_are_counted(void **state)
{
    struct pair *pair = *state;
    for (int i = 0; i < 3; i++)
        pair_send(pair, i, "/later", SLICE("x"));
    pair_await(pair, 3);
    pair_send(pair, 0, "/echo", SLICE("x"));
    pair_await(pair, 1);
    struct http_server_connections seen = http_server_connections(pair->server);
    assert_in_range(seen.most, 1, 3);
    assert_true(seen.ever >= seen.most && seen.open <= seen.most);
    assert_int_equal(seen.ever, pair->connections);
    assert_int_equal(pair->whole, 4);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_an_answer_that_drips_is_whole_in_the_end),
        CASE(test_a_body_shorter_than_promised_is_cut),
        CASE(test_the_headers_come_before_the_first_pause),
        CASE(test_a_client_that_hangs_up_while_its_call_waits_is_noticed),
        CASE(test_a_destroyed_server_ends_calls_that_wait_or_drip),
        CASE(test_connections_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
