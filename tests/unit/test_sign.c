/* sign: texts, dates, headers of requests, checks of answers. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"
#include "wire/digest.h"
#include "wire/sign.h"

static struct buffer text;

static int start(void **state)
{
    (void)state;
    buffer_init(&text, 1 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    buffer_fini(&text);
    return 0;
}

static void assert_slice(struct slice slice, const char *expected)
{
    assert_int_equal(slice.len, strlen(expected));
    assert_memory_equal(slice.at, expected, slice.len);
}

static const struct sign_request request = {
    .path = {"/ListTable", 10},
    .instance = {"inst", 4},
    .access_key_id = {"testid", 6},
    .access_key_secret = {"testsecret", 10},
    .wall_ms = 1704164645678,
};

static const char *const list_table_text = "/ListTable\nPOST\n\n"
                                           "x-ots-accesskeyid:testid\n"
                                           "x-ots-apiversion:2015-12-31\n"
                                           "x-ots-contentmd5:1B2M2Y8AsgTpgAmY7PhCfg==\n"
                                           "x-ots-date:2024-01-02T03:04:05.678Z\n"
                                           "x-ots-instancename:inst\n";

static void test_signed_headers_are_lowered_sorted_and_trimmed_and_no_others_count(void **state)
{
    (void)state;
    const struct sign_header headers[] = {
        {SLICE("X-Ots-InstanceName"), SLICE("inst ")},
        {SLICE("Host"), SLICE("127.0.0.1")},
        {SLICE("X-OTS-Date"), SLICE("2024-01-02T03:04:05.678Z")},
        {SLICE("x-ots-signature"), SLICE("D13FuVp2Aucbx/XaV0C8pRnrlKo=")},
        {SLICE("x-ots-signaturev4"), SLICE("zzz")},
        {SLICE("x-ots-contentmd5"), SLICE(" \t1B2M2Y8AsgTpgAmY7PhCfg== \t")},
        {SLICE("x-otsy"), SLICE("1")},
        {SLICE("x-ots-accesskeyid"), SLICE("testid")},
        {SLICE("x-ots-apiversion"), SLICE("2015-12-31")},
    };
    sign_request_text(SLICE("/ListTable"), headers, 9, &text);
    assert_slice(buffer_slice(&text), list_table_text);
}

static void test_a_name_that_begins_another_comes_first(void **state)
{
    (void)state;
    const struct sign_header headers[] = {{SLICE("x-ots-date-x"), SLICE("2")},
                                          {SLICE("x-ots-date"), SLICE("1")}};
    sign_answer_text(SLICE("/GetRow"), headers, 2, &text);
    assert_slice(buffer_slice(&text), "x-ots-date:1\nx-ots-date-x:2\n/GetRow");
}

static void test_too_many_headers_leave_the_text_without_any(void **state)
{
    (void)state;
    struct sign_header headers[SIGN_HEADERS_MOST + 1];
    for (size_t i = 0; i < SIGN_HEADERS_MOST + 1; i++)
        headers[i] = (struct sign_header){SLICE("x-ots-a"), SLICE("1")};
    sign_answer_text(SLICE("/"), headers, SIGN_HEADERS_MOST + 1, &text);
    assert_slice(buffer_slice(&text), "/");
    sign_answer_text(SLICE(""), headers, SIGN_HEADERS_MOST, &text);
    assert_int_equal(text.len, 1 + SIGN_HEADERS_MOST * strlen("x-ots-a:1\n"));
}

static void test_dates_are_written_with_milliseconds(void **state)
{
    (void)state;
    char date[SIGN_DATE + 1];
    assert_int_equal(sign_date(1704164645678, date), SIGN_DATE);
    assert_string_equal(date, "2024-01-02T03:04:05.678Z");
    sign_date(0, date);
    assert_string_equal(date, "1970-01-01T00:00:00.000Z");
    sign_date(-1, date);
    assert_string_equal(date, "1969-12-31T23:59:59.999Z");
    assert_int_equal(sign_date(INT64_MAX, date),
                     SIGN_DATE); /* a mad clock writes nonsense, within its room */
    assert_int_equal(sign_date(INT64_MIN, date), SIGN_DATE);
}

static void test_dates_of_all_clients_are_read(void **state)
{
    (void)state;
    const char *const dates[] = {"2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05Z",
                                 "2024-01-02T03:04:05.11221Z", "2024-01-02T03:04:05.700000Z",
                                 "2024-01-02T03:04:05.0Z"};
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        int64_t wall_ms = 0;
        assert_int_equal(sign_parse_date(slice_text(dates[i]), &wall_ms), 0);
        assert_int_equal(wall_ms, 1704164645000);
    }
}

static void test_what_is_no_date_is_refused(void **state)
{
    (void)state;
    const char *const dates[] = {"",
                                 "Z",
                                 "2024-01-02",
                                 "2024-01-02T03:04:05",
                                 "2024-01-02T03:04:05.Z",
                                 "2024-01-02T03:04:05.6x8Z",
                                 "2024-01-02T03:04:05.678",
                                 "2024-01-02T03:04:05.678ZZ",
                                 "2024-01-02 03:04:05Z",
                                 "2024-13-02T03:04:05Z",
                                 "2024-00-02T03:04:05Z",
                                 "2023-02-29T03:04:05Z",
                                 "2024-01-32T03:04:05Z",
                                 "2024-01-02T24:04:05Z",
                                 "2024-01-02T03:60:05Z",
                                 "2024-01-02T03:04:60Z",
                                 "+024-01-02T03:04:05Z",
                                 "2024-01-02T03:04:05+00:00"};
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        int64_t wall_ms = 7;
        assert_int_equal(sign_parse_date(slice_text(dates[i]), &wall_ms), -1);
        assert_int_equal(wall_ms, 7);
    }
}

static void test_a_request_gets_its_six_headers(void **state)
{
    (void)state;
    struct signer *signer = signer_create();
    const char *lines[SIGN_LINES];
    assert_int_equal(signer_request(signer, &request, lines), 6);
    assert_string_equal(lines[0], "x-ots-date: 2024-01-02T03:04:05.678Z");
    assert_string_equal(lines[1], "x-ots-apiversion: 2015-12-31");
    assert_string_equal(lines[2], "x-ots-accesskeyid: testid");
    assert_string_equal(lines[3], "x-ots-instancename: inst");
    assert_string_equal(lines[4], "x-ots-contentmd5: 1B2M2Y8AsgTpgAmY7PhCfg==");
    assert_string_equal(lines[5], "x-ots-signature: D13FuVp2Aucbx/XaV0C8pRnrlKo=");
    signer_destroy(signer);
}

static void test_a_token_is_signed_too_and_cannot_begin_another_header(void **state)
{
    (void)state;
    struct signer *signer = signer_create();
    struct sign_request with_token = request;
    const char *lines[SIGN_LINES];
    with_token.sts_token = SLICE("CAIS");
    assert_int_equal(signer_request(signer, &with_token, lines), 7);
    assert_string_equal(lines[5], "x-ots-ststoken: CAIS");
    char first[64];
    snprintf(first, sizeof(first), "%s", lines[6]);
    assert_string_not_equal(first, "x-ots-signature: D13FuVp2Aucbx/XaV0C8pRnrlKo=");
    with_token.sts_token = SLICE("CA\r\nI\x7fS\n");
    assert_int_equal(signer_request(signer, &with_token, lines), 7);
    assert_string_equal(lines[5], "x-ots-ststoken: CAIS");
    assert_string_equal(lines[6], first);
    signer_destroy(signer);
}

static struct sign_header answer_headers[] = {
    {{"X-Ots-ContentType", 17}, {"protocol buffer", 15}},
    {{"x-ots-date", 10}, {"2024-01-02T03:04:05.700000Z", 27}},
    {{"x-ots-requestid", 15}, {"00060ded-c058-81a0-0000-000000000001", 36}},
    {{"x-ots-contentmd5", 16}, {"AjIX0XBNSdmRMALQxUDRsQ==", 24}},
    {{"Content-Length", 14}, {"0", 1}},
};

/* vectors/responses/001_list_table_ok */
static struct sign_answer list_table_answer(void)
{
    static const char body[] = "\n\x02t1\n\x02t2";
    return (struct sign_answer){.path = SLICE("/ListTable"),
                                .access_key_id = SLICE("testid"),
                                .access_key_secret = SLICE("testsecret"),
                                .headers = answer_headers,
                                .header_count = 5,
                                .authorization = SLICE("OTS testid:dzzE1NNlIU4o3uN84xMNd+VDwXs="),
                                .body = slice_of(body, sizeof(body) - 1)};
}

static void assert_refused(struct sign_answer answer, const char *words)
{
    struct signer *signer = signer_create();
    struct error err = {0};
    assert_int_equal(signer_verify(signer, &answer, &err), -1);
    assert_int_equal(err.kind, ERROR_RETRY);
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
    signer_destroy(signer);
}

static void test_a_signed_answer_is_believed(void **state)
{
    (void)state;
    struct signer *signer = signer_create();
    struct sign_answer answer = list_table_answer();
    struct error err = {0};
    assert_int_equal(signer_verify(signer, &answer, &err), 0);
    assert_int_equal(err.kind, ERROR_NONE);
    signer_destroy(signer);
}

static void test_an_answer_is_refused_for_anything_that_is_not_ours(void **state)
{
    (void)state;
    struct sign_answer answer = list_table_answer();
    answer.authorization = (struct slice){NULL, 0};
    assert_refused(answer, "not signed");
    answer.authorization = SLICE("OTS testid");
    assert_refused(answer, "does not read");
    answer.authorization = SLICE("ots testid:dzzE1NNlIU4o3uN84xMNd+VDwXs=");
    assert_refused(answer, "does not read");
    answer.authorization = SLICE("OTS");
    assert_refused(answer, "does not read");
    answer.authorization = SLICE("OTS tested:dzzE1NNlIU4o3uN84xMNd+VDwXs=");
    assert_refused(answer, "another access key id");
    answer.authorization = SLICE("OTS testid:dzzE1NNlIU4o3uN84xMNd+VDwXt=");
    assert_refused(answer, "signature");
    answer.authorization = SLICE("OTS testid:");
    assert_refused(answer, "signature");
    answer = list_table_answer();
    answer.path = SLICE("/ListTables");
    assert_refused(answer, "signature");
    answer = list_table_answer();
    answer.body = SLICE("something else");
    assert_refused(answer, "MD5");
}

static void test_an_answer_without_a_digest_is_refused_even_if_signed(void **state)
{
    (void)state;
    char signature[DIGEST_SHA1_BASE64 + 1];
    char authorization[64];
    struct digest *digest = digest_create();
    digest_hmac_sha1(digest, SLICE("testsecret"), SLICE("/ListTable"), signature);
    snprintf(authorization, sizeof(authorization), "OTS testid:%s", signature);
    struct sign_answer answer = list_table_answer();
    answer.header_count = 0;
    answer.authorization = slice_text(authorization);
    assert_refused(answer, "no x-ots-contentmd5");
    digest_destroy(digest);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_signed_headers_are_lowered_sorted_and_trimmed_and_no_others_count),
        CASE(test_a_name_that_begins_another_comes_first),
        CASE(test_too_many_headers_leave_the_text_without_any),
        CASE(test_dates_are_written_with_milliseconds),
        CASE(test_dates_of_all_clients_are_read),
        CASE(test_what_is_no_date_is_refused),
        CASE(test_a_request_gets_its_six_headers),
        CASE(test_a_token_is_signed_too_and_cannot_begin_another_header),
        CASE(test_a_signed_answer_is_believed),
        CASE(test_an_answer_is_refused_for_anything_that_is_not_ours),
        CASE(test_an_answer_without_a_digest_is_refused_even_if_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
