/* crc32c: against the definition, one bit at a time. */
#include "support/cmocka_all.h"

#include "base/chance.h"
#include "wire/crc32c.h"

enum { LONG = 10 * 1024 };

static uint32_t bitwise(const char *at, size_t bytes)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= (uint8_t)at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static void test_the_check_value_of_the_digits(void **state)
{
    (void)state;
    assert_int_equal(crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(crc32c_plain("123456789", 9), 0xe3069283);
    assert_int_equal(crc32c("", 0), 0);
    assert_int_equal(crc32c_plain("", 0), 0);
}

static void test_every_length_and_start_equals_the_definition(void **state)
{
    (void)state;
    static char bytes[LONG + 9];
    struct chance chance;
    chance_init(&chance, 32);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)chance_next(&chance);
    for (size_t len = 0; len < LONG; len += len < 40 || len % 1024 > 1000 ? 1 : 97) {
        size_t from = len % 9;
        uint32_t wanted = bitwise(bytes + from, len);
        assert_int_equal(crc32c(bytes + from, len), wanted);
        assert_int_equal(crc32c_plain(bytes + from, len), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_check_value_of_the_digits),
        cmocka_unit_test(test_every_length_and_start_equals_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
