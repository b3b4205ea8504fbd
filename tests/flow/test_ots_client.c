/* ots/client: calls against a scripted service on loopback: what each way of answering comes to. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/log.h"
#include "loop/loop.h"
#include "support/fake_ots.h"
#include "wire/digest.h"
#include "wire/sign.h"

struct story {
    struct loop *loop;
    struct fake_ots *fake;
    struct ots_client *client;
    struct ots_call *call;
    struct clock_timer guard;
    struct ots_answer last; /* its views are gone */
    int answers;
    int again; /* sent from inside the answer so often */
    int lines; /* of log */
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("nothing happened for 20 seconds");
}

static void on_line(void *arg, enum log_level level, struct slice line)
{
    struct story *story = arg;
    story->lines += level <= LOG_WARN;
    assert_null(memmem(line.at, line.len, "testsecret", 10));
}

static void on_answer(void *arg, struct ots_call *call, const struct ots_answer *answer)
{
    struct story *story = arg;
    story->last = *answer;
    story->answers++;
    if (story->again-- > 0)
        ots_call_send(call, "ListTable", SLICE(""));
    else
        loop_stop(story->loop);
}

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    struct error err;
    story->loop = loop_create();
    story->fake = fake_ots_create(story->loop);
    struct ots_client_options options = fake_ots_options(story->fake);
    story->client = ots_client_create(story->loop, &options, &err);
    story->call = ots_call_create(story->client, on_answer, story);
    clock_timer_init(&story->guard, on_guard, story);
    clock_start(loop_clock(story->loop), &story->guard, 20000);
    log_set_output(on_line, story);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    log_set_output(NULL, NULL);
    clock_stop(loop_clock(story->loop), &story->guard);
    ots_call_destroy(story->call);
    ots_client_destroy(story->client);
    fake_ots_destroy(story->fake);
    loop_destroy(story->loop);
    free(story);
    return 0;
}

static enum ots_outcome ask(struct story *story)
{
    int before = story->answers;
    ots_call_send(story->call, "ListTable", SLICE("body"));
    assert_int_equal(story->answers, before); /* never from inside the send */
    loop_run(story->loop);
    assert_int_equal(story->answers, before + 1);
    return story->last.outcome;
}

static enum ots_outcome ask_for(struct story *story, const struct fake_step *step)
{
    fake_ots_push(story->fake, step);
    return ask(story);
}

static void test_a_good_answer_is_given_whole(void **state)
{
    struct story *story = *state;
    assert_int_equal(ask_for(story, &(struct fake_step){.body = SLICE("hello")}), OTS_OK);
    assert_int_equal(story->last.body.len, 5);
    assert_int_equal(story->last.request_id.len, 36);
    assert_string_equal(fake_ots_request(story->fake, 0)->operation, "ListTable");
    assert_true(slice_equal(fake_ots_request(story->fake, 0)->body, SLICE("body")));
}

static void test_a_call_may_be_used_again_from_inside_its_answer(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("hello")});
    story->again = 50;
    ots_call_send(story->call, "ListTable", SLICE(""));
    loop_run(story->loop);
    assert_int_equal(story->answers, 51);
    assert_int_equal(fake_ots_count(story->fake), 51);
}

static void test_answers_that_cannot_be_trusted_are_cut(void **state)
{
    struct story *story = *state;
    assert_int_equal(ask_for(story, &(struct fake_step){.way = FAKE_FORGED, .body = SLICE("hello")}),
                     OTS_CUT);
    assert_non_null(strstr(story->last.error.text, "cannot be trusted"));
    assert_int_equal(ask_for(story, &(struct fake_step){.way = FAKE_UNSIGNED, .body = SLICE("<html>")}),
                     OTS_CUT);
}

static void test_what_has_no_whole_answer_is_cut(void **state)
{
    struct story *story = *state;
    assert_int_equal(ask_for(story, &(struct fake_step){.way = FAKE_HALF, .body = SLICE("hello")}), OTS_CUT);
    assert_int_equal(ask_for(story, &(struct fake_step){.way = FAKE_SILENT}), OTS_CUT);
    assert_non_null(strstr(story->last.error.text, "127.0.0.1"));
    assert_int_equal(ask_for(story, &(struct fake_step){.way = FAKE_CLOSE}), OTS_CUT);
    assert_int_equal(ask_for(story, &(struct fake_step){.body = SLICE("hello")}), OTS_OK); /* and goes on */
}

static void test_a_refused_connection_left_nothing(void **state)
{
    struct story *story = *state;
    struct error err;
    struct ots_client_options options = fake_ots_options(story->fake);
    options.endpoint = "http://127.0.0.1:1";
    struct ots_client *client = ots_client_create(story->loop, &options, &err);
    struct ots_call *call = ots_call_create(client, on_answer, story);
    ots_call_send(call, "ListTable", SLICE(""));
    loop_run(story->loop);
    assert_int_equal(story->last.outcome, OTS_UNSENT);
    assert_non_null(strstr(story->last.error.text, "127.0.0.1:1"));
    ots_call_destroy(call);
    ots_client_destroy(client);
}

static void test_errors_go_by_their_code_and_say_the_request(void **state)
{
    struct story *story = *state;
    fake_ots_push_error(story->fake, 503, "OTSServerBusy", "Server is busy.");
    assert_int_equal(ask(story), OTS_RETRY);
    assert_true(story->last.throttled);
    assert_non_null(strstr(story->last.error.text, "OTSServerBusy: Server is busy. (127.0.0.1:"));
    assert_non_null(strstr(story->last.error.text, "request 0005f0e1-0000-0000-0000-000000000001"));
    fake_ots_push_error(story->fake, 404, "OTSObjectNotExist", "Requested table does not exist.");
    assert_int_equal(ask(story), OTS_MISSING);
    assert_int_equal(
        ask_for(story, &(struct fake_step){.way = FAKE_UNSIGNED, .status = 503, .body = SLICE("<h1>")}),
        OTS_RETRY);
}

static void on_look(void *arg, struct clock_timer *timer)
{
    struct story *story = arg;
    if (fake_ots_count(story->fake) > 0)
        loop_stop(story->loop);
    else
        clock_start(loop_clock(story->loop), timer, 1);
}

static void run_until_the_service_has_it(struct story *story)
{
    struct clock_timer look;
    clock_timer_init(&look, on_look, story);
    clock_start(loop_clock(story->loop), &look, 0);
    loop_run(story->loop);
}

static void test_a_call_that_is_cut_answers_once(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_SILENT});
    ots_call_send(story->call, "ListTable", SLICE(""));
    run_until_the_service_has_it(story);
    ots_call_cut(story->call);
    assert_int_equal(story->answers, 0);
    loop_run(story->loop);
    assert_int_equal(story->last.outcome, OTS_CUT);
    ots_call_cut(story->call); /* nothing in flight: nothing happens */
    assert_int_equal(story->answers, 1);
}

static void test_a_call_that_is_cut_before_it_left_was_not_sent(void **state)
{
    struct story *story = *state;
    ots_call_send(story->call, "ListTable", SLICE(""));
    ots_call_cut(story->call);
    ots_call_cut(story->call);
    assert_int_equal(story->answers, 0);
    loop_run(story->loop);
    assert_int_equal(story->last.outcome, OTS_UNSENT);
    assert_int_equal(story->answers, 1);
    assert_int_equal(fake_ots_count(story->fake), 0);
}

static void test_a_call_may_be_given_up_in_flight(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_SILENT});
    struct ots_call *call = ots_call_create(story->client, on_answer, story);
    ots_call_send(call, "ListTable", SLICE("body"));
    run_until_the_service_has_it(story);
    ots_call_destroy(call);
    call = ots_call_create(story->client, on_answer, story);
    ots_call_send(call, "ListTable", SLICE("body")); /* and before it went anywhere */
    ots_call_destroy(call);
    assert_int_equal(ask_for(story, &(struct fake_step){.body = SLICE("hello")}), OTS_OK);
    assert_int_equal(story->answers, 1);
}

/* Over 1 MB a body is digested on a worker; the service checks the digest, so here it is checked by hand. */
static void test_a_large_body_is_sent_as_any_other(void **state)
{
    struct story *story = *state;
    size_t bytes = 3 << 20;
    char *large = malloc(bytes), md5[DIGEST_MD5_BASE64 + 1];
    struct digest *digest = digest_create();
    for (size_t i = 0; i < bytes; i++)
        large[i] = (char)(i * 7);
    digest_md5(digest, slice_of(large, bytes), md5);
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("hello")});
    for (size_t i = 0; i < 3; i++) {
        ots_call_send(story->call, "BulkImport", slice_of(large, bytes));
        loop_run(story->loop);
        assert_int_equal(story->last.outcome, OTS_OK);
        assert_string_equal(fake_ots_request(story->fake, i)->md5, md5);
        assert_true(slice_equal(fake_ots_request(story->fake, i)->body, slice_of(large, bytes)));
    }
    ots_call_send(story->call, "BulkImport", slice_of(large, bytes));
    ots_call_cut(story->call);
    loop_run(story->loop);
    assert_int_equal(story->answers, 4);
    assert_int_equal(story->last.outcome, OTS_UNSENT);
    ots_call_send(story->call, "BulkImport", slice_of(large, bytes));
    ots_call_destroy(story->call); /* in the worker's hands */
    free(large);
    digest_destroy(digest);
    story->call = ots_call_create(story->client, on_answer, story);
    assert_int_equal(ask(story), OTS_OK);
    assert_int_equal(story->answers, 5);
}

static const char mismatch[] = "Mismatch between system time and x-ots-date: 2024-01-02T03:04:05.678Z.";

static void push_mismatch(struct story *story, int64_t skew_ms)
{
    fake_ots_push(story->fake,
                  &(struct fake_step){.status = 403,
                                      .skew_ms = skew_ms,
                                      .body = fake_ots_error(story->fake, "OTSAuthFailed", mismatch)});
}

static int64_t dated_ms(struct story *story, size_t index)
{
    int64_t date_ms = 0;
    assert_int_equal(sign_parse_date(slice_text(fake_ots_request(story->fake, index)->date), &date_ms), 0);
    return date_ms - loop_clock(story->loop)->wall_ms;
}

static void test_a_wrong_clock_heals_with_the_next_request(void **state)
{
    struct story *story = *state;
    static const int64_t day_ms = 24LL * 3600 * 1000;
    push_mismatch(story, 3 * day_ms);
    assert_int_equal(ask(story), OTS_RETRY);
    assert_int_equal(story->last.error.kind, ERROR_RETRY);
    assert_int_equal(ask_for(story, &(struct fake_step){.body = SLICE("hello")}), OTS_OK);
    assert_in_range(dated_ms(story, 1) - 3 * day_ms + 30000, 0, 60000);
    assert_int_equal(story->lines, 1); /* said once */
    push_mismatch(story, 0);           /* somebody has set our clock since */
    assert_int_equal(ask(story), OTS_RETRY);
    assert_int_equal(ask_for(story, &(struct fake_step){.body = SLICE("hello")}), OTS_OK);
    assert_in_range(dated_ms(story, 3) + 30000, 0, 60000);
}

static void test_a_clock_refusal_that_teaches_nothing_needs_a_person(void **state)
{
    struct story *story = *state;
    push_mismatch(story, 0);
    assert_int_equal(ask(story), OTS_BLOCKED);
    assert_non_null(strstr(story->last.error.text, "set this machine's clock"));
    assert_int_equal(
        ask_for(story, &(struct fake_step){.way = FAKE_UNSIGNED,
                                           .status = 403,
                                           .body = fake_ots_error(story->fake, "OTSAuthFailed", mismatch)}),
        OTS_BLOCKED); /* no date at all but that of HTTP, which agrees with ours */
}

static void assert_refused(struct story *story, struct ots_client_options options, const char *words)
{
    struct error err = {0};
    assert_null(ots_client_create(story->loop, &options, &err));
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_non_null(strstr(err.text, words));
    assert_null(strstr(err.text, "testsecret"));
}

static void test_options_are_checked_before_anything_is_opened(void **state)
{
    struct story *story = *state;
    struct ots_client_options good = fake_ots_options(story->fake), options = good;
    options.endpoint = "inst.cn-hangzhou.ots.aliyuncs.com";
    assert_refused(story, options, "endpoint");
    options = good;
    options.endpoint = NULL;
    assert_refused(story, options, "endpoint");
    options = good;
    options.instance = "";
    assert_refused(story, options, "instance is missing");
    options = good;
    options.access_key_id = "testid\r\nx-ots-date: 1";
    assert_refused(story, options, "access key id");
    options = good;
    options.access_key_secret = "";
    assert_refused(story, options, "access key secret is missing");
    options = good;
    options.sts_token = "testsecret\r\nx-ots-date: 1";
    assert_refused(story, options, "STS token: there is a character");
    options.sts_token = "";
    assert_refused(story, options, "STS token: it is empty");
    char long_token[OTS_STS_TOKEN_MOST + 2];
    memset(long_token, 'a', sizeof(long_token) - 1);
    long_token[sizeof(long_token) - 1] = 0;
    options.sts_token = long_token;
    assert_refused(story, options, "STS token: longer than 16384 characters");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_good_answer_is_given_whole),
        CASE(test_a_call_may_be_used_again_from_inside_its_answer),
        CASE(test_answers_that_cannot_be_trusted_are_cut),
        CASE(test_what_has_no_whole_answer_is_cut),
        CASE(test_a_refused_connection_left_nothing),
        CASE(test_errors_go_by_their_code_and_say_the_request),
        CASE(test_a_call_that_is_cut_answers_once),
        CASE(test_a_call_that_is_cut_before_it_left_was_not_sent),
        CASE(test_a_call_may_be_given_up_in_flight),
        CASE(test_a_large_body_is_sent_as_any_other),
        CASE(test_a_wrong_clock_heals_with_the_next_request),
        CASE(test_a_clock_refusal_that_teaches_nothing_needs_a_person),
        CASE(test_options_are_checked_before_anything_is_opened),
    };
    return cmocka_run_group_tests_name("ots_client", tests, NULL, NULL);
}
