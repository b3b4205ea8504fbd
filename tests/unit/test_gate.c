/* gate: every check in its order, with the service's code, status and words; V2, V4 and tokens; bodies packed
 * both ways; the seal of every answer. The recorded requests pass it in test_emulator_vectors. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "emulator/gate.h"
#include "emulator/limits.h"
#include "emulator/operation.h"
#include "wire/deflate.h"
#include "wire/sign_v4.h"

static const int64_t now_ms = 1704164645678; /* 2024-01-02T03:04:05.678Z */

enum { HEADERS = 40, FIXED = 6 };

struct door {
    struct gate *gate;
    struct digest *digest;
    struct buffer text;
    struct sign_header headers[HEADERS];
    size_t count;
    struct gate_request request;
    char md5[DIGEST_MD5_BASE64 + 1];
    char signature[DIGEST_SHA256_BASE64 + 1];
    char derived[DIGEST_SHA256_BASE64 + 1];
    struct gate_pass pass;
    struct refusal refusal;
};

static int build(void **state)
{
    static const char *const instances[] = {"one", "two"};
    static const struct keyring_pair pairs[] = {{.id = "all", .secret = "secret a"},
                                                {.id = "second", .secret = "secret b", .instance = "two"},
                                                {.id = "sts", .secret = "secret c", .sts_token = "to ken"}};
    struct gate_options options = {
        .instances = instances, .instance_count = 2, .pairs = pairs, .pair_count = 3, .check_clock = true};
    struct door *door = calloc(1, sizeof(*door));
    door->gate = gate_create(&options);
    door->digest = digest_create();
    buffer_init(&door->text, 1 << 20);
    *state = door;
    return 0;
}

static int tear_down(void **state)
{
    struct door *door = *state;
    gate_destroy(door->gate);
    digest_destroy(door->digest);
    buffer_fini(&door->text);
    free(door);
    return 0;
}

/* ---- a request ---- */

static struct sign_header *find(struct door *door, const char *name)
{
    for (size_t i = 0; i < door->count; i++)
        if (slice_equal(door->headers[i].name, slice_text(name)))
            return &door->headers[i];
    return NULL;
}

static void set(struct door *door, const char *name, const char *value)
{
    struct sign_header *header = find(door, name);
    if (header == NULL)
        header = &door->headers[door->count++];
    *header = (struct sign_header){slice_text(name), slice_text(value)};
}

static void drop(struct door *door, const char *name)
{
    struct sign_header *header = find(door, name);
    assert_non_null(header);
    *header = door->headers[--door->count];
}

/* A good one, all but its signature. */
static void ask(struct door *door, const char *id, const char *instance, struct slice body)
{
    door->count = 0;
    digest_md5(door->digest, body, door->md5);
    set(door, "x-ots-date", "2024-01-02T03:04:05.678Z");
    set(door, "x-ots-apiversion", "2015-12-31");
    set(door, "x-ots-accesskeyid", id);
    set(door, "x-ots-instancename", instance);
    set(door, "x-ots-contentmd5", door->md5);
    door->request = (struct gate_request){.method = SLICE("POST"), .path = SLICE("/ListTable"), .body = body};
}

static void sign(struct door *door, const char *secret)
{
    door->text.len = 0;
    sign_request_text(door->request.path, door->headers, door->count, &door->text);
    digest_hmac_sha1(door->digest, slice_text(secret), buffer_slice(&door->text), door->signature);
    set(door, "x-ots-signature", door->signature);
}

static void sign_as_v4(struct door *door, const char *secret, const char *day)
{
    set(door, "x-ots-signdate", day);
    set(door, "x-ots-signregion", "cn-hangzhou");
    sign_v4_key(door->digest, slice_text(secret), slice_text(day), SLICE("cn-hangzhou"), door->derived);
    door->text.len = 0;
    sign_request_text(door->request.path, door->headers, door->count, &door->text);
    sign_v4(door->digest, door->derived, &door->text, door->signature);
    set(door, "x-ots-signaturev4", door->signature);
}

static int enter_at(struct door *door, int64_t wall_ms)
{
    door->request.headers = door->headers;
    door->request.header_count = door->count;
    door->refusal.status = 0;
    return gate_enter(door->gate, &door->request, wall_ms, &door->pass, &door->refusal);
}

static void let_in(struct door *door)
{
    if (enter_at(door, now_ms) != 0)
        fail_msg("%d %s %s", door->refusal.status, door->refusal.code, door->refusal.message);
}

static void refuse(struct door *door, int status, const char *code, const char *words)
{
    assert_int_equal(enter_at(door, now_ms), -1);
    assert_int_equal(door->refusal.status, status);
    assert_string_equal(door->refusal.code, code);
    assert_string_equal(door->refusal.message, words);
    assert_null(door->pass.operation);
}

#define INVALID 400, "OTSParameterInvalid"
#define FAILED 403, "OTSAuthFailed"

static void good(struct door *door)
{
    ask(door, "all", "one", SLICE(""));
    sign(door, "secret a");
}

/* ---- the order ---- */

static void test_each_check_hides_the_ones_behind_it(void **state)
{
    struct door *door = *state;
    ask(door, "nobody", "nowhere", SLICE("body"));
    door->request.method = SLICE("GET");
    door->request.path = SLICE("/Nothing");
    door->request.too_large = true;
    set(door, "x-ots-contentmd5", "wrong");
    set(door, "x-ots-date", "yesterday");
    refuse(door, 405, "OTSMethodNotAllowed", "Only POST method for requests is supported.");
    door->request.method = SLICE("POST");
    refuse(door, INVALID, "Unsupported operation: Nothing.");
    door->request.path = SLICE("/PutRow");
    refuse(door, 413, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    door->request.too_large = false;
    refuse(door, INVALID, "Missing header: x-ots-signature.");
    set(door, "x-ots-signature", "wrong");
    refuse(door, INVALID, "Invalid date format: yesterday.");
    set(door, "x-ots-date", "2024-01-02T03:20:00Z");
    refuse(door, FAILED, "Mismatch between system time and x-ots-date: 2024-01-02T03:20:00Z.");
    set(door, "x-ots-date", "2024-01-02T03:04:05Z");
    refuse(door, FAILED, "The AccessKeyID does not exist.");
    set(door, "x-ots-accesskeyid", "all");
    refuse(door, FAILED, "Signature mismatch.");
    drop(door, "x-ots-signature");
    sign(door, "secret a");
    refuse(door, FAILED, "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.");
    drop(door, "x-ots-signature");
    digest_md5(door->digest, door->request.body, door->md5);
    set(door, "x-ots-contentmd5", door->md5);
    sign(door, "secret a");
    refuse(door, FAILED, "The instance is not found.");
    drop(door, "x-ots-signature");
    set(door, "x-ots-instancename", "one");
    set(door, "x-ots-request-compress-type", "deflate");
    sign(door, "secret a");
    refuse(door, INVALID, "Missing header: x-ots-request-compress-size.");
}

static void test_every_needed_header_is_missed_by_name(void **state)
{
    static const char *const needed[] = {"x-ots-date",         "x-ots-apiversion", "x-ots-accesskeyid",
                                         "x-ots-instancename", "x-ots-contentmd5", "x-ots-signature"};
    struct door *door = *state;
    for (size_t i = 0; i < FIXED; i++) {
        char words[64];
        good(door);
        drop(door, needed[i]);
        snprintf(words, sizeof(words), "Missing header: %s.", needed[i]);
        refuse(door, INVALID, words);
    }
    good(door);
    let_in(door);
}

static void test_a_repeated_header_is_refused_in_any_case_of_letters(void **state)
{
    struct door *door = *state;
    good(door);
    set(door, "X-Ots-Date", "2024-01-02T03:04:05.678Z");
    refuse(door, INVALID, "Repeated header: X-Ots-Date.");
    good(door);
    set(door, "Accept", "a");
    door->headers[door->count++] = (struct sign_header){SLICE("Accept"), SLICE("b")};
    let_in(door);
}

static void test_what_a_client_sent_is_shown_as_text(void **state)
{
    struct door *door = *state;
    char path[300] = "/";
    good(door);
    set(door, "x-ots-date", "\xff\x01(\xc3\xa9)");
    refuse(door, INVALID,
           "Invalid date format: ?"
           "?(\xc3\xa9).");
    memset(path + 1, 'a', sizeof(path) - 2);
    door->request.path = slice_text(path);
    assert_int_equal(enter_at(door, now_ms), -1);
    assert_int_equal(strlen(door->refusal.message), sizeof(door->refusal.message) - 1);
    memcpy(path + 176, "\xc3\xa9", 2); /* the first half of it is the last byte that fits */
    assert_int_equal(enter_at(door, now_ms), -1);
    assert_string_equal(door->refusal.message + 197, "a?");
    door->request.path = SLICE("");
    refuse(door, INVALID, "Unsupported operation: .");
}

/* ---- time ---- */

static void test_dates_with_any_fraction_are_dates(void **state)
{
    static const char *const dates[] = {"2024-01-02T03:04:05Z", "2024-01-02T03:04:05.1Z",
                                        "2024-01-02T03:04:05.11221Z", "2024-01-02T03:04:05.123456789012Z"};
    static const char *const wrong[] = {
        "2024-01-02T03:04:05.Z", "2024-01-02T03:04:05", "2024-01-02 03:04:05Z", "2024-02-30T03:04:05Z", "",
        "2024-01-02T03:04:05.1"};
    struct door *door = *state;
    for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        ask(door, "all", "one", SLICE(""));
        set(door, "x-ots-date", dates[i]);
        sign(door, "secret a");
        let_in(door);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char words[96];
        ask(door, "all", "one", SLICE(""));
        set(door, "x-ots-date", wrong[i]);
        sign(door, "secret a");
        snprintf(words, sizeof(words), "Invalid date format: %s.", wrong[i]);
        refuse(door, INVALID, words);
    }
}

static void test_the_window_is_fifteen_minutes_both_ways(void **state)
{
    const int64_t window_ms = 15 * 60 * 1000, sent_ms = now_ms - 678;
    struct door *door = *state;
    good(door);
    assert_int_equal(enter_at(door, sent_ms + window_ms), 0);
    assert_int_equal(enter_at(door, sent_ms - window_ms), 0);
    assert_int_equal(enter_at(door, sent_ms + window_ms + 1), -1);
    assert_int_equal(enter_at(door, sent_ms - window_ms - 1), -1);
    assert_int_equal(door->refusal.status, 403);
}

/* ---- who ---- */

static void test_a_pair_opens_every_instance_or_its_own(void **state)
{
    struct door *door = *state;
    ask(door, "all", "two", SLICE(""));
    sign(door, "secret a");
    let_in(door);
    assert_int_equal(door->pass.instance, 1);
    ask(door, "second", "two", SLICE(""));
    sign(door, "secret b");
    let_in(door);
    ask(door, "second", "one", SLICE(""));
    sign(door, "secret b");
    refuse(door, FAILED, "The instance is not found.");
    ask(door, "second", "two", SLICE(""));
    sign(door, "secret a");
    refuse(door, FAILED, "Signature mismatch.");
}

static void test_a_token_must_be_the_pairs_own_and_signed(void **state)
{
    struct door *door = *state;
    ask(door, "sts", "one", SLICE(""));
    sign(door, "secret c");
    refuse(door, FAILED, "The security token is not valid.");
    set(door, "x-ots-ststoken", "to ken");
    refuse(door, FAILED, "Signature mismatch.");
    drop(door, "x-ots-signature");
    sign(door, "secret c");
    let_in(door);
    set(door, "x-ots-ststoken", "to kem");
    refuse(door, FAILED, "The security token is not valid.");
    good(door);
    set(door, "x-ots-ststoken", "to ken");
    refuse(door, FAILED, "The security token is not valid.");
}

static void test_v4_needs_its_day_and_its_region(void **state)
{
    struct door *door = *state;
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "20240102");
    let_in(door);
    let_in(door); /* with the key that was kept */
    set(door, "x-ots-signregion", "cn-beijing");
    refuse(door, FAILED, "Signature mismatch.");
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "wrong", "20240102");
    refuse(door, FAILED, "Signature mismatch.");
    drop(door, "x-ots-signdate");
    refuse(door, INVALID, "Missing header: x-ots-signdate.");
    set(door, "x-ots-signdate", "20240102");
    drop(door, "x-ots-signregion");
    refuse(door, INVALID, "Missing header: x-ots-signregion.");
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "2024-1-2");
    refuse(door, INVALID, "Invalid date format: 2024-1-2.");
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "20240104");
    refuse(door, FAILED, "Mismatch between system time and x-ots-signdate: 20240104.");
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "20240101");                       /* yesterday's key after midnight */
    assert_int_equal(enter_at(door, now_ms - 2 * 3600 * 1000), -1); /* the date itself is too far away */
    let_in(door);
}

static void test_a_long_region_is_refused(void **state)
{
    struct door *door = *state;
    char region[66] = {0};
    memset(region, 'r', 65);
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "20240102");
    set(door, "x-ots-signregion", region);
    refuse(door, INVALID, "Invalid region.");
}

/* ---- packed bodies ---- */

static void ask_packed(struct door *door, struct buffer *packed, struct slice plain, const char *size)
{
    packed->len = 0;
    assert_int_equal(deflate_pack(plain, packed), 0);
    ask(door, "all", "one", buffer_slice(packed));
    set(door, "x-ots-request-compress-type", "deflate");
    set(door, "x-ots-request-compress-size", size);
    sign(door, "secret a");
}

static void test_a_packed_body_is_unpacked(void **state)
{
    struct door *door = *state;
    struct buffer packed;
    buffer_init(&packed, 1 << 20);
    ask_packed(door, &packed, SLICE("a body a body a body"), "20");
    let_in(door);
    assert_int_equal(door->pass.body.len, 20);
    assert_memory_equal(door->pass.body.at, "a body a body a body", 20);
    ask_packed(door, &packed, SLICE("a body a body a body"), "19");
    refuse(door, INVALID,
           "Invalid compressed body: 20 bytes come out of the deflate stream, 19 were promised.");
    ask_packed(door, &packed, SLICE("a body a body a body"), "21");
    refuse(door, INVALID,
           "Invalid compressed body: 20 bytes come out of the deflate stream, 21 were promised.");
    ask_packed(door, &packed, SLICE("a body"), "0");
    refuse(door, INVALID, "Invalid x-ots-request-compress-size: 0.");
    ask_packed(door, &packed, SLICE("a body"), "6.0");
    refuse(door, INVALID, "Invalid x-ots-request-compress-size: 6.0.");
    buffer_fini(&packed);
}

static void test_a_stream_that_is_broken_is_refused(void **state)
{
    struct door *door = *state;
    struct buffer packed;
    buffer_init(&packed, 1 << 20);
    ask_packed(door, &packed, SLICE("a body a body a body"), "20");
    for (size_t len = 0; len < packed.len; len++) { /* a wrong check sum and each shorter one */
        ask(door, "all", "one", slice_of(packed.at, len));
        set(door, "x-ots-request-compress-type", "deflate");
        set(door, "x-ots-request-compress-size", "20");
        sign(door, "secret a");
        refuse(door, INVALID, "Invalid compressed body: the deflate stream is broken or ends too early.");
    }
    buffer_add(&packed, "x", 1);
    ask(door, "all", "one", buffer_slice(&packed));
    set(door, "x-ots-request-compress-type", "deflate");
    set(door, "x-ots-request-compress-size", "20");
    sign(door, "secret a");
    refuse(door, INVALID, "Invalid compressed body: bytes behind the end of the deflate stream.");
    buffer_fini(&packed);
}

static void test_a_bomb_fills_no_more_than_the_limit_of_a_body(void **state)
{
    struct door *door = *state;
    struct buffer packed;
    char *zeros = calloc(1, LIMIT_BODY_BYTES + 1);
    char size[24];
    buffer_init(&packed, 8 << 20);
    snprintf(size, sizeof(size), "%d", LIMIT_BODY_BYTES);
    ask_packed(door, &packed, slice_of(zeros, LIMIT_BODY_BYTES), size);
    let_in(door);
    assert_int_equal(door->pass.body.len, LIMIT_BODY_BYTES);
    snprintf(size, sizeof(size), "%d", LIMIT_BODY_BYTES + 1);
    ask_packed(door, &packed, slice_of(zeros, LIMIT_BODY_BYTES + 1), size);
    refuse(door, 413, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    ask_packed(door, &packed, slice_of(zeros, LIMIT_BODY_BYTES + 1), "100");
    refuse(door, INVALID,
           "Invalid compressed body: more bytes come out of the deflate stream than were promised.");
    free(zeros);
    buffer_fini(&packed);
}

static void test_only_deflate_is_spoken_either_way(void **state)
{
    struct door *door = *state;
    ask(door, "all", "one", SLICE("x"));
    set(door, "x-ots-request-compress-type", "gzip");
    set(door, "x-ots-request-compress-size", "20");
    sign(door, "secret a");
    refuse(door, INVALID, "Unsupported x-ots-request-compress-type: gzip.");
    ask(door, "all", "one", SLICE("x"));
    set(door, "x-ots-request-compress-size", "20");
    sign(door, "secret a");
    refuse(door, INVALID, "Missing header: x-ots-request-compress-type.");
    ask(door, "all", "one", SLICE("x"));
    set(door, "x-ots-response-compress-type", "gzip");
    sign(door, "secret a");
    refuse(door, INVALID, "Unsupported x-ots-response-compress-type: gzip.");
}

/* ---- answers ---- */

struct sealed {
    struct sign_header headers[GATE_SEAL];
    size_t count;
    struct slice body;
};

static struct sealed seal(struct door *door, struct slice body)
{
    struct sealed sealed = {.count = 0};
    struct gate_answer answer = {.path = door->request.path,
                                 .request_id = "00060ded-c058-81a0-0000-000000000001",
                                 .wall_ms = now_ms,
                                 .body = body};
    sealed.count = gate_seal(door->gate, &door->pass, &answer, sealed.headers);
    sealed.body = answer.body;
    return sealed;
}

static void assert_sealed(struct door *door, const struct sealed *sealed, struct slice plain, const char *id,
                          const char *secret)
{
    struct signer *signer = signer_create();
    struct error err;
    struct sign_answer answer = {.path = door->request.path,
                                 .access_key_id = slice_text(id),
                                 .access_key_secret = slice_text(secret),
                                 .headers = sealed->headers,
                                 .header_count = sealed->count,
                                 .authorization =
                                     sign_find(sealed->headers, sealed->count, SLICE("Authorization")),
                                 .body = plain};
    if (signer_verify(signer, &answer, &err) != 0)
        fail_msg("%s", err.text);
    signer_destroy(signer);
}

static void test_an_answer_is_signed_with_the_key_of_its_request(void **state)
{
    struct door *door = *state;
    struct slice body = SLICE("an answer");
    good(door);
    let_in(door);
    struct sealed sealed = seal(door, body);
    assert_sealed(door, &sealed, body, "all", "secret a");
    ask(door, "second", "one", SLICE("")); /* refused, but known */
    sign(door, "wrong");
    assert_int_equal(enter_at(door, now_ms), -1);
    sealed = seal(door, body);
    assert_sealed(door, &sealed, body, "second", "secret b");
    ask(door, "all", "one", SLICE(""));
    sign_as_v4(door, "secret a", "20240102");
    let_in(door);
    sealed = seal(door, body);
    assert_sealed(door, &sealed, body, "all", door->derived);
    ask(door, "nobody", "one", SLICE(""));
    sign(door, "secret a");
    assert_int_equal(enter_at(door, now_ms), -1);
    sealed = seal(door, body);
    assert_int_equal(sealed.count, 4);
    assert_null(sign_find(sealed.headers, sealed.count, SLICE("Authorization")).at);
}

static void test_a_packed_answer_has_the_digest_of_the_plain_one(void **state)
{
    struct door *door = *state;
    struct slice body = SLICE("an answer an answer an answer");
    struct buffer plain;
    struct error err;
    buffer_init(&plain, 1000);
    ask(door, "all", "one", SLICE(""));
    set(door, "x-ots-response-compress-type", "deflate");
    sign(door, "secret a");
    let_in(door);
    struct sealed sealed = seal(door, body);
    assert_int_equal(sealed.count, 7);
    assert_sealed(door, &sealed, body, "all", "secret a");
    struct slice size = sign_find(sealed.headers, sealed.count, SLICE("x-ots-response-compress-size"));
    assert_true(slice_equal(size, SLICE("29")));
    assert_int_equal(deflate_unpack(sealed.body, 29, &plain, &err), 0);
    assert_true(slice_equal(buffer_slice(&plain), body));
    sealed = seal(door, SLICE("")); /* nothing to pack: a size of 0 would be an error to the client */
    assert_int_equal(sealed.count, 5);
    assert_int_equal(sealed.body.len, 0);
    buffer_fini(&plain);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, build, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_check_hides_the_ones_behind_it),
        TEST(test_every_needed_header_is_missed_by_name),
        TEST(test_a_repeated_header_is_refused_in_any_case_of_letters),
        TEST(test_what_a_client_sent_is_shown_as_text),
        TEST(test_dates_with_any_fraction_are_dates),
        TEST(test_the_window_is_fifteen_minutes_both_ways),
        TEST(test_a_pair_opens_every_instance_or_its_own),
        TEST(test_a_token_must_be_the_pairs_own_and_signed),
        TEST(test_v4_needs_its_day_and_its_region),
        TEST(test_a_long_region_is_refused),
        TEST(test_a_packed_body_is_unpacked),
        TEST(test_a_stream_that_is_broken_is_refused),
        TEST(test_a_bomb_fills_no_more_than_the_limit_of_a_body),
        TEST(test_only_deflate_is_spoken_either_way),
        TEST(test_an_answer_is_signed_with_the_key_of_its_request),
        TEST(test_a_packed_answer_has_the_digest_of_the_plain_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
