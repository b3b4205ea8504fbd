/* ots/answer: what a reply is worth, and what is said about it. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "ots/answer.h"
#include "support/hex.h"
#include "wire/sign.h"

/* tests/vectors/responses/001 and 016, recorded and accepted by the official SDKs. */
static const struct http_header list_headers[] = {
    {{"x-ots-contenttype", 17}, {"protocol buffer", 15}},
    {{"X-Ots-Date", 10}, {"2024-01-02T03:04:05.700000Z", 27}},
    {{"x-ots-requestid", 15}, {"00060ded-c058-81a0-0000-000000000001", 36}},
    {{"x-ots-contentmd5", 16}, {"AjIX0XBNSdmRMALQxUDRsQ==", 24}},
    {{"Authorization", 13}, {"OTS testid:dzzE1NNlIU4o3uN84xMNd+VDwXs=", 39}},
    {{"Content-Length", 14}, {"8", 1}},
};
static const struct http_header put_headers[] = {
    {{"x-ots-contenttype", 17}, {"protocol buffer", 15}},
    {{"x-ots-date", 10}, {"2024-01-02T03:04:05.700000Z", 27}},
    {{"x-ots-requestid", 15}, {"00060ded-c058-81a0-0000-000000000001", 36}},
    {{"x-ots-contentmd5", 16}, {"zeWkYFhfTdwByojaaoYkvw==", 24}},
    {{"authorization", 13}, {"OTS testid:olHYJ2Bzuq7y4phNp5+kQ5H7qDY=", 39}},
};
static const char list_body[] = "0a0274310a027432";
static const char put_body[] = "0a134f5453506172616d65746572496e76616c69641209626164207468696e67";
enum { LIST_HEADERS = 6, PUT_HEADERS = 5 };

struct fixture {
    struct arena arena;
    struct ots_question question;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    arena_init(&fixture->arena, 4096);
    fixture->question = (struct ots_question){
        .signer = signer_create(),
        .operation = "ListTable",
        .host = "localhost:1",
        .path = SLICE("/ListTable"),
        .access_key_id = SLICE("testid"),
        .access_key_secret = SLICE("testsecret"),
    };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    signer_destroy(fixture->question.signer);
    arena_fini(&fixture->arena);
    free(fixture);
    return 0;
}

static struct http_reply list_reply(struct fixture *fixture)
{
    return (struct http_reply){.outcome = HTTP_ANSWERED,
                               .status = 200,
                               .headers = list_headers,
                               .header_count = LIST_HEADERS,
                               .body = hex_take(&fixture->arena, list_body)};
}

static struct http_reply put_reply(struct fixture *fixture)
{
    fixture->question.operation = "PutRow";
    fixture->question.path = SLICE("/PutRow");
    return (struct http_reply){.outcome = HTTP_ANSWERED,
                               .status = 400,
                               .headers = put_headers,
                               .header_count = PUT_HEADERS,
                               .body = hex_take(&fixture->arena, put_body)};
}

static struct ots_answer read_reply(struct fixture *fixture, const struct http_reply *reply)
{
    struct ots_answer answer;
    ots_answer_read(&fixture->question, reply, &answer);
    assert_null(strstr(answer.error.text, "testsecret"));
    return answer;
}

static void test_a_signed_answer_is_taken(void **state)
{
    struct http_reply reply = list_reply(*state);
    struct ots_answer answer = read_reply(*state, &reply);
    assert_int_equal(answer.outcome, OTS_OK);
    assert_int_equal(answer.body.len, 8);
    assert_int_equal(answer.request_id.len, 36);
}

static void test_a_proxy_may_add_headers(void **state)
{
    struct http_header many[60];
    struct http_reply reply = list_reply(*state);
    memcpy(many + 54, list_headers, sizeof(list_headers));
    for (int i = 0; i < 54; i++)
        many[i] = (struct http_header){SLICE("Via"), SLICE("x")};
    reply.headers = many;
    reply.header_count = 60;
    assert_int_equal(read_reply(*state, &reply).outcome, OTS_OK);
}

static void test_an_answer_that_does_not_verify_is_worthless(void **state)
{
    struct fixture *fixture = *state;
    struct http_reply reply = list_reply(fixture);
    reply.header_count = 4; /* unsigned */
    struct ots_answer answer = read_reply(fixture, &reply);
    assert_int_equal(answer.outcome, OTS_CUT);
    assert_int_equal(answer.error.kind, ERROR_RETRY);
    assert_non_null(strstr(answer.error.text, "cannot be trusted"));
    reply = list_reply(fixture);
    reply.body = SLICE("\n\002t1\n\002t3"); /* one byte changed on the way */
    assert_int_equal(read_reply(fixture, &reply).outcome, OTS_CUT);
    reply = list_reply(fixture);
    fixture->question.access_key_secret = SLICE("testsecreT");
    assert_int_equal(read_reply(fixture, &reply).outcome, OTS_CUT);
}

static void test_a_web_page_with_200_is_worthless(void **state)
{
    struct http_reply reply = {.outcome = HTTP_ANSWERED, .status = 200, .body = SLICE("<html>hello</html>")};
    assert_int_equal(read_reply(*state, &reply).outcome, OTS_CUT);
}

static void test_an_error_is_described(void **state)
{
    struct http_reply reply = put_reply(*state);
    struct ots_answer answer = read_reply(*state, &reply);
    assert_int_equal(answer.outcome, OTS_REFUSED);
    assert_int_equal(answer.error.kind, ERROR_RECORD);
    assert_true(slice_equal(answer.code, SLICE("OTSParameterInvalid")));
    assert_true(slice_equal(answer.message, SLICE("bad thing")));
    assert_string_equal(answer.error.text, "PutRow: 400 OTSParameterInvalid: bad thing (localhost:1, request "
                                           "00060ded-c058-81a0-0000-000000000001)");
}

static void test_an_error_with_a_wrong_signature_is_worthless(void **state)
{
    struct http_reply reply = put_reply(*state);
    struct fixture *fixture = *state;
    fixture->question.path = SLICE("/BulkImport"); /* of another call */
    assert_int_equal(read_reply(fixture, &reply).outcome, OTS_CUT);
    reply.header_count = 4; /* without one: taken at its word */
    assert_int_equal(read_reply(fixture, &reply).outcome, OTS_REFUSED);
}

/* The wrong secret is ours: then the answer's signature cannot fit. */
static void test_a_wrong_secret_is_told_as_that(void **state)
{
    struct fixture *fixture = *state;
    struct http_reply reply = put_reply(fixture);
    reply.status = 403;
    reply.body = SLICE("\n\rOTSAuthFailed\022\023Signature mismatch.");
    struct ots_answer answer = read_reply(fixture, &reply);
    assert_int_equal(answer.outcome, OTS_BLOCKED);
    assert_int_equal(answer.error.kind, ERROR_CONFIG);
    assert_non_null(strstr(answer.error.text, "OTSAuthFailed"));
    assert_non_null(strstr(answer.error.text, "the access key secret does not belong to this access key id"));
    assert_non_null(strstr(answer.error.text, "00060ded-c058-81a0-0000-000000000001"));
}

static void test_errors_of_others_go_by_their_status(void **state)
{
    static const struct {
        int status;
        enum ots_outcome outcome;
    } cases[] = {
        {503, OTS_RETRY}, {504, OTS_CUT}, {400, OTS_BLOCKED}, {404, OTS_BLOCKED}, {413, OTS_REFUSED}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_reply reply = {
            .outcome = HTTP_ANSWERED, .status = cases[i].status, .body = SLICE("<h1>no</h1>")};
        struct ots_answer answer = read_reply(*state, &reply);
        assert_int_equal(answer.outcome, cases[i].outcome);
        assert_non_null(strstr(answer.error.text, "without a code"));
        assert_non_null(strstr(answer.error.text, "localhost:1"));
    }
}

static void test_words_hold_no_line_ends_and_have_an_end(void **state)
{
    struct fixture *fixture = *state;
    char body[900] = "\n\rOTSServerBusy\022\364\003one\nline";
    memset(body + 15 + 3 + 8, 'x', 500 - 8);
    struct http_reply reply = {.outcome = HTTP_ANSWERED, .status = 503, .body = slice_of(body, 15 + 3 + 500)};
    struct ots_answer answer = read_reply(fixture, &reply);
    assert_int_equal(answer.outcome, OTS_RETRY);
    assert_true(answer.throttled);
    assert_null(strchr(answer.error.text, '\n'));
    assert_non_null(strstr(answer.error.text, "one?line"));
    assert_non_null(strstr(answer.error.text, "localhost:1"));
}

static void test_no_answer_keeps_its_difference(void **state)
{
    struct http_reply reply = {.outcome = HTTP_UNSENT, .words = "localhost:1: connection refused"};
    struct ots_answer answer = read_reply(*state, &reply);
    assert_int_equal(answer.outcome, OTS_UNSENT);
    assert_string_equal(answer.error.text, "ListTable: localhost:1: connection refused");
    reply.outcome = HTTP_CUT;
    assert_int_equal(read_reply(*state, &reply).outcome, OTS_CUT);
}

static int64_t wall_ms_of(const char *name, const char *value)
{
    int64_t wall_ms = -1;
    struct http_header header = {slice_text(name), slice_text(value)};
    struct http_reply reply = {.headers = &header, .header_count = 1};
    return ots_answer_wall_ms(&reply, &wall_ms) == 0 ? wall_ms : -1;
}

static void test_the_service_clock_is_read_from_either_header(void **state)
{
    (void)state;
    assert_int_equal(wall_ms_of("x-ots-date", "2024-01-02T03:04:05.700000Z") / 1000, 1704164645);
    assert_int_equal(wall_ms_of("Date", "Tue, 02 Jan 2024 03:04:05 GMT"), 1704164645000);
    assert_int_equal(wall_ms_of("Date", "Thu, 31 Dec 2026 23:59:59 GMT"), 1798761599000);
    assert_int_equal(wall_ms_of("Date", "Tue, 02 xxx 2024 03:04:05 GMT"), -1);
    assert_int_equal(wall_ms_of("Date", "Tue, 02 anF 2024 03:04:05 GMT"), -1);
    assert_int_equal(wall_ms_of("Date", ""), -1);
    assert_int_equal(wall_ms_of("Date", "now and for ever and ever and ever and ever"), -1);
    assert_int_equal(wall_ms_of("Server", "x"), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_signed_answer_is_taken),
        CASE(test_a_proxy_may_add_headers),
        CASE(test_an_answer_that_does_not_verify_is_worthless),
        CASE(test_a_web_page_with_200_is_worthless),
        CASE(test_an_error_is_described),
        CASE(test_an_error_with_a_wrong_signature_is_worthless),
        CASE(test_a_wrong_secret_is_told_as_that),
        CASE(test_errors_of_others_go_by_their_status),
        CASE(test_words_hold_no_line_ends_and_have_an_end),
        CASE(test_no_answer_keeps_its_difference),
        CASE(test_the_service_clock_is_read_from_either_header),
    };
    return cmocka_run_group_tests_name("ots_answer", tests, NULL, NULL);
}
