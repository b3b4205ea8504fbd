/* digest: known answers, and a kept context that gives what a fresh one gives. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "wire/digest.h"

static void test_md5_of_nothing_and_of_something(void **state)
{
    (void)state;
    struct digest *digest = digest_create();
    char base64[DIGEST_MD5_BASE64 + 1];
    digest_md5(digest, slice_of(NULL, 0), base64);
    assert_string_equal(base64, "1B2M2Y8AsgTpgAmY7PhCfg==");
    digest_md5(digest, SLICE("message digest"), base64);
    assert_string_equal(base64, "+WtpfXy3k41SWi8xqvFh0A==");
    digest_md5(digest, slice_of(NULL, 0), base64);
    assert_string_equal(base64, "1B2M2Y8AsgTpgAmY7PhCfg==");
    digest_destroy(digest);
}

static void test_a_kept_key_signs_as_a_new_one_does(void **state)
{
    (void)state;
    struct digest *digest = digest_create();
    char base64[DIGEST_SHA1_BASE64 + 1];
    for (int i = 0; i < 3; i++) {
        /* RFC 2202, cases 2 and 1 */
        digest_hmac_sha1(digest, SLICE("Jefe"), SLICE("what do ya want for nothing?"), base64);
        assert_string_equal(base64, "7/zfauXrL6LSdBbV8YTfnCWafHk=");
        digest_hmac_sha1(digest, SLICE("Jefe"), SLICE("what do ya want for nothing?"), base64);
        assert_string_equal(base64, "7/zfauXrL6LSdBbV8YTfnCWafHk=");
        struct slice key =
            SLICE("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b");
        digest_hmac_sha1(digest, key, SLICE("Hi There"), base64);
        assert_string_equal(base64, "thcxhlUFcmTii8C2+zeMjvFGvgA=");
    }
    digest_destroy(digest);
}

static void test_an_empty_key_is_a_key_of_its_own(void **state)
{
    (void)state;
    struct digest *digest = digest_create();
    char base64[DIGEST_SHA1_BASE64 + 1];
    digest_hmac_sha1(digest, slice_of(NULL, 0), SLICE(""), base64);
    assert_string_equal(base64, "+9sdGxiqbAgyS31ktx+3Y3BpDh0=");
    digest_hmac_sha1(digest, SLICE("Jefe"), SLICE(""), base64);
    digest_hmac_sha1(digest, slice_of(NULL, 0), SLICE(""), base64);
    assert_string_equal(base64, "+9sdGxiqbAgyS31ktx+3Y3BpDh0=");
    digest_destroy(digest);
}

static void test_base64_both_ways(void **state)
{
    (void)state;
    /* RFC 4648, section 10 */
    const char *const pairs[][2] = {{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char text[16];
        char bytes[16];
        assert_int_equal(digest_base64_encode(slice_text(pairs[i][0]), text), strlen(pairs[i][1]));
        assert_string_equal(text, pairs[i][1]);
        ssize_t len = digest_base64_decode(slice_text(pairs[i][1]), bytes);
        assert_int_equal(len, strlen(pairs[i][0]));
        assert_memory_equal(bytes, pairs[i][0], (size_t)len);
    }
}

static void test_every_byte_survives_base64(void **state)
{
    (void)state;
    char bytes[256];
    char text[345];
    char back[258];
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        size_t written = digest_base64_encode(slice_of(bytes, len), text);
        assert_int_equal(digest_base64_decode(slice_of(text, written), back), len);
        assert_memory_equal(back, bytes, len);
    }
}

static void test_what_is_not_base64_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"Z",        "Zg",   "Zg=",  "Zg===", "=",     "====",     "Z===", "Zm9v Zg=",
                                 "Zm9vZg=a", "Zh==", "Zm9=", "Z*==",  "Zm\n=", "Zg==Zg==", "-_-_"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char bytes[16];
        assert_int_equal(digest_base64_decode(slice_text(texts[i]), bytes), -1);
    }
}

static void test_equal_is_equal(void **state)
{
    (void)state;
    assert_true(digest_equal(SLICE("abc"), SLICE("abc")));
    assert_true(digest_equal(slice_of(NULL, 0), SLICE("")));
    assert_false(digest_equal(SLICE("abc"), SLICE("abd")));
    assert_false(digest_equal(SLICE("abc"), SLICE("abcd")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_md5_of_nothing_and_of_something),
        cmocka_unit_test(test_a_kept_key_signs_as_a_new_one_does),
        cmocka_unit_test(test_an_empty_key_is_a_key_of_its_own),
        cmocka_unit_test(test_base64_both_ways),
        cmocka_unit_test(test_every_byte_survives_base64),
        cmocka_unit_test(test_what_is_not_base64_is_refused),
        cmocka_unit_test(test_equal_is_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
