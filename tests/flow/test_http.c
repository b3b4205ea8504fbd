/* http: client and server with each other, when all goes well and when what is asked is too much. */
#include "support/http_pair.h"

static const struct slice nothing = {NULL, 0};

static int build(void **state)
{
    *state = pair_create(&pair_client_options, &pair_server_options);
    return 0;
}

static int build_small(void **state)
{
    struct http_client_options client = pair_client_options;
    struct http_server_options server = pair_server_options;
    client.reply_most = 1000;
    server.body_most = 1000;
    server.headers_most = 2000;
    *state = pair_create(&client, &server);
    return 0;
}

static int tear_down(void **state)
{
    pair_destroy(*state);
    return 0;
}

static void test_a_post_is_answered_with_its_headers_and_body(void **state)
{
    struct pair *pair = *state;
    pair_send(pair, 0, "/echo", SLICE("hello"));
    assert_true(http_in_flight(pair->exchanges[0]));
    assert_int_equal(pair->replies, 0); /* never from inside http_send */
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_ANSWERED);
    assert_int_equal(pair->status, 200);
    assert_string_equal(pair->body, "hello");
    assert_string_equal(pair->header, "said");
}

static void test_without_a_body_it_is_a_get_and_with_an_empty_one_a_post(void **state)
{
    struct pair *pair = *state;
    const struct slice bodies[] = {nothing, SLICE(""), nothing, SLICE("x"), nothing};
    for (int i = 0; i < 5; i++) {
        pair_send(pair, 0, "/method", bodies[i]);
        pair_await(pair, 1);
        assert_string_equal(pair->body, bodies[i].at == NULL ? "GET" : "POST");
    }
}

static void test_path_and_query_arrive_as_sent(void **state)
{
    struct pair *pair = *state;
    pair_send(pair, 0, "/target/a%2Fb%20c?x=%31&y", nothing);
    pair_await(pair, 1);
    assert_string_equal(pair->body, "/target/a%2Fb%20c|x=%31&y");
    pair_send(pair, 0, "/target?", nothing);
    pair_await(pair, 1);
    assert_string_equal(pair->body, "/target|");
}

static void test_curl_adds_no_header_that_nobody_asked_for(void **state)
{
    struct pair *pair = *state;
    static char body[3 << 19]; /* above a megabyte curl would add an Expect of its own */
    pair_send(pair, 0, "/names", slice_of(body, sizeof(body)));
    pair_await(pair, 1);
    assert_string_equal(pair->body, "Host User-Agent x-echo Content-Length ");
}

static void test_an_answer_may_come_later_and_the_request_lives_until_then(void **state)
{
    struct pair *pair = *state;
    pair_send(pair, 0, "/later", SLICE("kept until answered"));
    pair_await(pair, 1);
    assert_int_equal(pair->status, 201);
    assert_string_equal(pair->body, "kept until answered");
}

static void send_again(struct pair *pair, struct http_exchange *exchange, const struct http_reply *reply)
{
    assert_int_equal(reply->status, 200);
    assert_true(reply->connect_ms <= reply->total_ms && reply->first_byte_ms <= reply->total_ms);
    for (int i = 0; i < PAIR_EXCHANGES && pair->replies < pair->wanted; i++)
        if (pair->exchanges[i] == exchange)
            pair_send_to(pair, i, http_server_port(pair->server), "/echo", SLICE("again"));
}

static void test_a_hundred_requests_share_one_connection(void **state)
{
    struct pair *pair = *state;
    pair->on_reply = send_again;
    pair_send(pair, 0, "/echo", SLICE("first"));
    pair_await(pair, 100);
    assert_int_equal(pair->calls, 100);
    assert_int_equal(pair->connections, 1);
}

static char bodies[PAIR_EXCHANGES][100];

static void check_own_body(struct pair *pair, struct http_exchange *exchange, const struct http_reply *reply)
{
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        if (pair->exchanges[i] == exchange)
            assert_true(slice_equal(reply->body, slice_text(bodies[i])));
}

static void test_many_at_once_keep_their_answers_apart_and_their_connections_few(void **state)
{
    struct pair *pair = *state;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < PAIR_EXCHANGES; i++) {
            snprintf(bodies[i], sizeof(bodies[i]), "%d of round %d", i, round);
            pair_send(pair, i, i % 2 == 0 ? "/echo" : "/later", slice_text(bodies[i]));
        }
        pair->on_reply = check_own_body;
        pair_await(pair, PAIR_EXCHANGES);
    }
    assert_int_equal(pair->calls, 5 * PAIR_EXCHANGES);
    assert_in_range(pair->connections, 1, (int)pair_client_options.connections_most);
}

static void test_bodies_of_every_size_class_come_back_whole(void **state)
{
    struct pair *pair = *state;
    static char body[1 << 20];
    const size_t sizes[] = {1, 16384, 65536, 65537, 200000, 1 << 20, 40000};
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (char)(i * 31 + i / 251);
    pair->expected = body;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        pair_send(pair, 0, "/echo", slice_of(body, sizes[i]));
        pair_await(pair, 1);
        assert_int_equal(pair->body_len, sizes[i]); /* and its bytes: pair_keep */
    }
}

static void test_a_body_above_the_most_is_told_to_the_handler_without_it(void **state)
{
    struct pair *pair = *state;
    static char body[100000];
    pair_send(pair, 0, "/echo", slice_of(body, 1000));
    pair_await(pair, 1);
    assert_int_equal(pair->status, 200);
    for (int i = 0; i < 2; i++) {
        pair_send(pair, 0, "/echo", slice_of(body, i == 0 ? 1001 : sizeof(body)));
        pair_await(pair, 1);
        assert_int_equal(pair->status, 413);
        assert_string_equal(pair->body, "too large");
    }
    pair_send(pair, 0, "/echo", SLICE("small again"));
    pair_await(pair, 1);
    assert_string_equal(pair->body, "small again");
}

static void test_an_answer_above_the_most_is_cut(void **state)
{
    struct pair *pair = *state;
    pair_send(pair, 0, "/big?1000", nothing);
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_ANSWERED);
    pair_send(pair, 0, "/big?1001", nothing);
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_CUT);
    assert_non_null(strstr(pair->words, "more than 1000 bytes of body in the answer"));
}

static void test_headers_above_the_most_are_refused(void **state)
{
    struct pair *pair = *state;
    char line[3000];
    char url[64];
    const char *lines[] = {line};
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/echo", http_server_port(pair->server));
    snprintf(line, sizeof(line), "x-echo: %0*d", 2500, 7);
    struct http_request request = {.url = url, .lines = lines, .line_count = 1, .body = SLICE("x")};
    http_send(pair->exchanges[0], &request);
    pair_await(pair, 1);
    assert_int_equal(pair->status, 431);
    assert_int_equal(pair->calls, 0);
}

static void test_a_header_with_a_line_end_is_never_sent(void **state)
{
    struct pair *pair = *state;
    char url[64];
    static const char *const lines[] = {"x-token: secret\r\nx-evil: 1"};
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/echo", http_server_port(pair->server));
    struct http_request request = {.url = url, .lines = lines, .line_count = 1};
    http_send(pair->exchanges[0], &request);
    pair_await(pair, 1);
    assert_int_equal(pair->outcome, HTTP_UNSENT);
    assert_null(strstr(pair->words, "secret"));
    assert_int_equal(pair->calls, 0);
}

static void test_a_taken_port_is_said(void **state)
{
    struct pair *pair = *state;
    struct error err = {0};
    struct http_server_options options = pair_server_options;
    char words[128];
    options.port = http_server_port(pair->server);
    assert_null(http_server_create(pair->loop, &options, pair_on_call, pair, &err));
    snprintf(words, sizeof(words), "listen on 127.0.0.1:%u: the port is taken", options.port);
    assert_string_equal(err.text, words);
    assert_int_equal(err.kind, ERROR_RETRY);
    options.host = "192.0.2.1"; /* nobody's */
    assert_null(http_server_create(pair->loop, &options, pair_on_call, pair, &err));
    assert_non_null(strstr(err.text, "Cannot assign requested address"));
}

static void test_a_missing_ca_file_is_said(void **state)
{
    struct pair *pair = *state;
    struct error err = {0};
    struct http_client_options options = pair_client_options;
    options.ca_file = "/nowhere/ca.pem";
    assert_null(http_client_create(pair->loop, &options, &err));
    assert_string_equal(err.text, "ca file /nowhere/ca.pem: No such file or directory");
}

static void send_with_proxy(const char *no_proxy, enum http_outcome outcome, const char *host)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    if (no_proxy != NULL)
        setenv("no_proxy", no_proxy, 1);
    struct pair *pair = pair_create(&pair_client_options, &pair_server_options);
    unsetenv("no_proxy");
    char whole[64];
    snprintf(whole, sizeof(whole), "http://%s:%u/echo", host, http_server_port(pair->server));
    struct http_request request = {.url = whole};
    http_send(pair->exchanges[0], &request);
    pair_await(pair, 1);
    unsetenv("http_proxy");
    assert_int_equal(pair->outcome, outcome);
    pair_destroy(pair);
}

static void test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(void **state)
{
    (void)state;
    send_with_proxy(NULL, HTTP_ANSWERED, "127.0.0.1");
    send_with_proxy("example.com", HTTP_ANSWERED, "localhost");
    send_with_proxy(NULL, HTTP_UNSENT,
                    "0.0.0.0"); /* reaches the server, but is no name of this machine: the proxy refuses */
    send_with_proxy("*", HTTP_ANSWERED, "0.0.0.0");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, build, tear_down)
#define SMALL(test) cmocka_unit_test_setup_teardown(test, build_small, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_post_is_answered_with_its_headers_and_body),
        TEST(test_without_a_body_it_is_a_get_and_with_an_empty_one_a_post),
        TEST(test_path_and_query_arrive_as_sent),
        TEST(test_curl_adds_no_header_that_nobody_asked_for),
        TEST(test_an_answer_may_come_later_and_the_request_lives_until_then),
        TEST(test_a_hundred_requests_share_one_connection),
        TEST(test_many_at_once_keep_their_answers_apart_and_their_connections_few),
        TEST(test_bodies_of_every_size_class_come_back_whole),
        SMALL(test_a_body_above_the_most_is_told_to_the_handler_without_it),
        SMALL(test_an_answer_above_the_most_is_cut),
        SMALL(test_headers_above_the_most_are_refused),
        TEST(test_a_header_with_a_line_end_is_never_sent),
        TEST(test_a_taken_port_is_said),
        TEST(test_a_missing_ca_file_is_said),
        cmocka_unit_test(test_a_proxy_of_the_environment_is_used_but_not_for_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
