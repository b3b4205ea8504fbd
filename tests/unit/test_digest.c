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
        cmocka_unit_test(test_equal_is_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
