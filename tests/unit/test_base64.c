/* base64: both directions, and what is refused. */
#include "support/cmocka_all.h"

#include "base/base64.h"

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
        assert_int_equal(base64_encode(slice_text(pairs[i][0]), text), strlen(pairs[i][1]));
        assert_memory_equal(text, pairs[i][1], strlen(pairs[i][1]));
        ssize_t len = base64_decode(slice_text(pairs[i][1]), bytes);
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
        size_t written = base64_encode(slice_of(bytes, len), text);
        assert_int_equal(base64_decode(slice_of(text, written), back), len);
        assert_memory_equal(back, bytes, len);
    }
}

static void test_what_is_not_base64_is_refused(void **state)
{
    (void)state;
    const char *const texts[] = {"Z",        "Zg",       "Zg=",  "Zg===", "=",        "====", "Z===",
                                 "Zm9v Zg=", "Zm9vZg=a", "Z*==", "Zm\n=", "Zg==Zg==", "-_-_"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char bytes[16];
        assert_int_equal(base64_decode(slice_text(texts[i]), bytes), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64_both_ways),
        cmocka_unit_test(test_every_byte_survives_base64),
        cmocka_unit_test(test_what_is_not_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
