/* http over TLS: verified against a ca file, refused otherwise, and refused is unsent. */
#include "support/http_pair.h"
#include "support/peer.h"
#include "support/self_signed.h"

enum { STUCK = 40 };

struct tls_story {
    struct self_signed made;
    struct pair *pair;
};

static int build(void **state)
{
    struct tls_story *story = calloc(1, sizeof(*story));
    self_signed_create(&story->made, "127.0.0.1");
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct tls_story *story = *state;
    pair_destroy(story->pair);
    self_signed_destroy(&story->made);
    free(story);
    return 0;
}

static void story_start(struct tls_story *story, const char *ca_file, bool insecure)
{
    struct http_client_options client = pair_client_options;
    struct http_server_options server = pair_server_options;
    client.ca_file = ca_file;
    client.insecure = insecure;
    server.tls_certificate = story->made.certificate;
    server.tls_key = story->made.key;
    story->pair = pair_create(&client, &server);
}

static void story_send(struct tls_story *story, int i, const char *host, const char *path, struct slice body)
{
    char url[256];
    snprintf(url, sizeof(url), "https://%s:%u%s", host, http_server_port(story->pair->server), path);
    struct http_request request = {.url = url, .body = body};
    http_send(story->pair->exchanges[i], &request);
}

static void test_a_certificate_of_the_ca_file_is_trusted(void **state)
{
    struct tls_story *story = *state;
    static char body[300000];
    memset(body, 's', sizeof(body));
    story_start(story, story->made.file, false);
    story->pair->expected = body;
    for (int i = 0; i < 50; i++) {
        story_send(story, 0, "127.0.0.1", i % 2 == 0 ? "/echo" : "/later", slice_of(body, sizeof(body)));
        pair_await(story->pair, 1);
        assert_int_equal(story->pair->outcome, HTTP_ANSWERED);
        assert_int_equal(story->pair->body_len, sizeof(body));
    }
    assert_int_equal(story->pair->connections, 1);
}

static void test_many_at_once_over_tls(void **state)
{
    struct tls_story *story = *state;
    story_start(story, story->made.file, false);
    for (int i = 0; i < PAIR_EXCHANGES; i++)
        story_send(story, i, "127.0.0.1", "/later", SLICE("secret"));
    pair_await(story->pair, PAIR_EXCHANGES);
    assert_string_equal(story->pair->body, "secret");
    assert_int_equal(story->pair->calls, PAIR_EXCHANGES);
}

static void test_half_an_answer_over_tls_is_cut(void **state)
{
    struct tls_story *story = *state;
    story_start(story, story->made.file, false);
    story_send(story, 0, "127.0.0.1", "/cut?5", SLICE("x"));
    pair_await(story->pair, 1);
    assert_int_equal(story->pair->outcome, HTTP_CUT);
}

static void test_an_unknown_certificate_is_refused_and_nothing_was_sent(void **state)
{
    struct tls_story *story = *state;
    story_start(story, NULL, false);
    story_send(story, 0, "127.0.0.1", "/echo", SLICE("x"));
    pair_await(story->pair, 1);
    assert_int_equal(story->pair->outcome, HTTP_UNSENT);
    assert_non_null(strstr(story->pair->words, "self-signed certificate"));
    assert_int_equal(story->pair->calls, 0);
}

static void test_a_certificate_for_another_name_is_refused(void **state)
{
    struct tls_story *story = *state;
    story_start(story, story->made.file, false);
    story_send(story, 0, "localhost", "/echo", SLICE("x"));
    pair_await(story->pair, 1);
    assert_int_equal(story->pair->outcome, HTTP_UNSENT);
    assert_int_equal(story->pair->calls, 0);
}

static void test_insecure_verifies_nothing(void **state)
{
    struct tls_story *story = *state;
    story_start(story, NULL, true);
    story_send(story, 0, "localhost", "/echo", SLICE("x"));
    pair_await(story->pair, 1);
    assert_int_equal(story->pair->outcome, HTTP_ANSWERED);
}

/* Bytes of a greeting that never ends; the good one goes on, and their time comes. */
static void test_who_is_stuck_in_the_handshake_stops_nobody_and_is_closed(void **state)
{
    static const char *const says[] = {"", "\x16", "\x16\x03\x01\x02", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"};
    struct tls_story *story = *state;
    int fds[STUCK];
    story_start(story, story->made.file, false);
    story->pair->server->options.request_timeout_ms = 50;
    clock_start(story->pair->clock, &story->pair->server->sweep, 0);
    for (int i = 0; i < STUCK; i++) {
        fds[i] = peer_connect(http_server_port(story->pair->server));
        peer_say(fds[i], says[i % 4]);
    }
    do {
        story_send(story, 0, "127.0.0.1", "/echo", SLICE("good"));
        pair_await(story->pair, 1);
        assert_int_equal(story->pair->outcome, HTTP_ANSWERED);
        assert_string_equal(story->pair->body, "good");
    } while (http_server_connections(story->pair->server).ever < STUCK + 1 ||
             http_server_connections(story->pair->server).open > 1);
    for (int i = 0; i < STUCK; i++) {
        peer_hear_end(fds[i]);
        close(fds[i]);
    }
}

static void test_a_key_that_is_none_is_said(void **state)
{
    struct tls_story *story = *state;
    struct http_server_options server = pair_server_options;
    struct error err = {0};
    story_start(story, story->made.file, false);
    server.tls_certificate = story->made.certificate;
    server.tls_key = "not a key";
    assert_null(http_server_create(story->pair->loop, &server, pair_on_call, story->pair, &err));
    assert_non_null(strstr(err.text, "certificate or its key"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_certificate_of_the_ca_file_is_trusted),
        TEST(test_many_at_once_over_tls),
        TEST(test_half_an_answer_over_tls_is_cut),
        TEST(test_an_unknown_certificate_is_refused_and_nothing_was_sent),
        TEST(test_a_certificate_for_another_name_is_refused),
        TEST(test_insecure_verifies_nothing),
        TEST(test_who_is_stuck_in_the_handshake_stops_nobody_and_is_closed),
        TEST(test_a_key_that_is_none_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
