/* crc8: against the definition, one bit at a time. */
#include "support/cmocka_all.h"

#include <string.h>

#include "base/chance.h"
#include "wire/crc8.h"

static uint8_t bitwise(uint8_t crc, const char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        crc ^= (uint8_t)at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc << 1 ^ (crc & 0x80 ? 0x07 : 0));
    }
    return crc;
}

static void test_the_check_value_of_the_digits(void **state)
{
    (void)state;
    assert_int_equal(crc8(0, "123456789", 9), 0xf4);
    assert_int_equal(crc8(0, NULL, 0), 0);
    assert_int_equal(crc8(0x5a, NULL, 0), 0x5a);
}

static void test_every_length_and_start_equals_the_definition(void **state)
{
    (void)state;
    struct chance chance;
    char bytes[300];
    chance_init(&chance, 8);
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)chance_next(&chance);
    for (size_t from = 0; from < 9; from++) {
        for (size_t len = 0; len + from <= sizeof(bytes); len++) {
            uint8_t start = (uint8_t)chance_next(&chance);
            assert_int_equal(crc8(start, bytes + from, len), bitwise(start, bytes + from, len));
        }
    }
}

static void test_the_copy_is_exact_and_writes_nothing_else(void **state)
{
    (void)state;
    struct chance chance;
    char from[100];
    char to[120];
    chance_init(&chance, 9);
    for (size_t len = 0; len <= sizeof(from); len++) {
        for (size_t i = 0; i < len; i++)
            from[i] = (char)chance_next(&chance);
        memset(to, 0x77, sizeof(to));
        uint8_t start = (uint8_t)chance_next(&chance);
        assert_int_equal(crc8_copy(start, to + 5, from, len), bitwise(start, from, len));
        assert_memory_equal(to + 5, from, len);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(to[i], 0x77);
        for (size_t i = 5 + len; i < sizeof(to); i++)
            assert_int_equal(to[i], 0x77);
    }
}

static void test_one_byte_and_one_word_are_the_same_checksum(void **state)
{
    (void)state;
    char bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint64_t word = 0x0807060504030201;
    for (int crc = 0; crc < 256; crc++) {
        assert_int_equal(crc8_word((uint8_t)crc, word), bitwise((uint8_t)crc, bytes, 8));
        assert_int_equal(crc8_byte((uint8_t)crc, 0x31), bitwise((uint8_t)crc, "1", 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_check_value_of_the_digits),
        cmocka_unit_test(test_every_length_and_start_equals_the_definition),
        cmocka_unit_test(test_the_copy_is_exact_and_writes_nothing_else),
        cmocka_unit_test(test_one_byte_and_one_word_are_the_same_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
