/* series_time: numbers and texts to microseconds, exactly or not at all. */
#include "support/cmocka_all.h"

#include "mapping/series_time.h"
#include "support/mapping_text.h"
#include "support/series_plans.h"

struct line {
    enum series_unit unit;
    const char *text;
    enum series_time_result wanted;
    int64_t time_us; /* for OK */
};

static void assert_times(const struct line *lines, size_t count, bool truncate)
{
    for (size_t i = 0; i < count; i++) {
        int64_t time_us = -1;
        enum series_time_result is =
            series_time_of_text(slice_text(lines[i].text), lines[i].unit, truncate, &time_us);
        if (is != lines[i].wanted || (is == SERIES_TIME_OK && time_us != lines[i].time_us))
            fail_msg("unit %d, %s: is %d %lld, wanted %d %lld", lines[i].unit, lines[i].text, is,
                     (long long)time_us, lines[i].wanted, (long long)lines[i].time_us);
    }
}

#define ASSERT_TIMES(lines, truncate) assert_times(lines, sizeof(lines) / sizeof((lines)[0]), truncate)

static void test_every_unit_becomes_microseconds(void **state)
{
    static const struct line lines[] = {
        {SERIES_SECONDS, "1645459200", SERIES_TIME_OK, 1645459200000000},
        {SERIES_MILLISECONDS, "1645459200123", SERIES_TIME_OK, 1645459200123000},
        {SERIES_MICROSECONDS, "1645459200123456", SERIES_TIME_OK, 1645459200123456},
        {SERIES_NANOSECONDS, "1645459200123456000", SERIES_TIME_OK, 1645459200123456},
        {SERIES_SECONDS, "0", SERIES_TIME_OK, 0},
        {SERIES_NANOSECONDS, "-0", SERIES_TIME_OK, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, false);
    ASSERT_TIMES(lines, true);
}

static void test_other_ways_to_write_a_number_are_read(void **state)
{
    static const struct line lines[] = {
        {SERIES_MILLISECONDS, "1645459200000.0", SERIES_TIME_OK, 1645459200000000},
        {SERIES_MILLISECONDS, "1.6e12", SERIES_TIME_OK, 1600000000000000},
        {SERIES_MILLISECONDS, "16E+11", SERIES_TIME_OK, 1600000000000000},
        {SERIES_MILLISECONDS, "+0001", SERIES_TIME_OK, 1000},
        {SERIES_SECONDS, "1645459200.5", SERIES_TIME_OK, 1645459200500000},
        {SERIES_SECONDS, "1645459200.123456", SERIES_TIME_OK, 1645459200123456},
        {SERIES_SECONDS, "1645459200.1234560000", SERIES_TIME_OK, 1645459200123456},
        {SERIES_SECONDS, ".000001", SERIES_TIME_OK, 1},
        {SERIES_SECONDS, "5.", SERIES_TIME_OK, 5000000},
        {SERIES_SECONDS, "1e-6", SERIES_TIME_OK, 1},
        {SERIES_NANOSECONDS, "1645459200.123e9", SERIES_TIME_OK, 1645459200123000},
        {SERIES_NANOSECONDS, "9223372036854775808000", SERIES_TIME_RANGE, 0},
        {SERIES_NANOSECONDS, "9223372036854775807000", SERIES_TIME_OK, INT64_MAX},
        {SERIES_SECONDS, "0e999999999999", SERIES_TIME_OK, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, false);
}

static void test_nothing_overflows(void **state)
{
    static const struct line lines[] = {
        {SERIES_SECONDS, "9223372036854", SERIES_TIME_OK, 9223372036854000000},
        {SERIES_SECONDS, "9223372036855", SERIES_TIME_RANGE, 0},
        {SERIES_SECONDS, "9223372036854.775807", SERIES_TIME_OK, INT64_MAX},
        {SERIES_SECONDS, "9223372036854.775808", SERIES_TIME_RANGE, 0},
        {SERIES_MILLISECONDS, "9223372036854775", SERIES_TIME_OK, 9223372036854775000},
        {SERIES_MILLISECONDS, "9223372036854776", SERIES_TIME_RANGE, 0},
        {SERIES_MICROSECONDS, "9223372036854775807", SERIES_TIME_OK, INT64_MAX},
        {SERIES_MICROSECONDS, "9223372036854775808", SERIES_TIME_RANGE, 0},
        {SERIES_MICROSECONDS, "18446744073709551616", SERIES_TIME_RANGE, 0},
        {SERIES_MICROSECONDS, "1e999999999999", SERIES_TIME_RANGE, 0},
        {SERIES_MICROSECONDS, "99999999999999999999.5", SERIES_TIME_RANGE, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, false);
    ASSERT_TIMES(lines, true);
}

static void test_a_remainder_below_a_microsecond_is_an_error(void **state)
{
    static const struct line lines[] = {
        {SERIES_NANOSECONDS, "1645459200123456001", SERIES_TIME_REMAINDER, 0},
        {SERIES_NANOSECONDS, "999", SERIES_TIME_REMAINDER, 0},
        {SERIES_SECONDS, "1645459200.1234567", SERIES_TIME_REMAINDER, 0},
        {SERIES_MICROSECONDS, "1.5", SERIES_TIME_REMAINDER, 0},
        {SERIES_MICROSECONDS, "1e-1000000000", SERIES_TIME_REMAINDER, 0},
        {SERIES_MICROSECONDS, "0.00000000000000000000000000001", SERIES_TIME_REMAINDER, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, false);
}

static void test_truncation_cuts_it(void **state)
{
    static const struct line lines[] = {
        {SERIES_NANOSECONDS, "1645459200123456999", SERIES_TIME_OK, 1645459200123456},
        {SERIES_NANOSECONDS, "999", SERIES_TIME_OK, 0},
        {SERIES_SECONDS, "1645459200.1234567", SERIES_TIME_OK, 1645459200123456},
        {SERIES_MICROSECONDS, "1e-1000000000", SERIES_TIME_OK, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, true);
}

static void test_times_before_1970_are_refused(void **state)
{
    static const struct line lines[] = {
        {SERIES_SECONDS, "-1", SERIES_TIME_NEGATIVE, 0},
        {SERIES_NANOSECONDS, "-1", SERIES_TIME_NEGATIVE, 0},
        {SERIES_SECONDS, "-0.0000001", SERIES_TIME_NEGATIVE, 0},
        {SERIES_SECONDS, "-1e30", SERIES_TIME_NEGATIVE, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, false);
    ASSERT_TIMES(lines, true);
}

static void test_what_is_no_number_is_said_so(void **state)
{
    static const struct line lines[] = {
        {SERIES_SECONDS, "", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, " 1", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "1 ", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "0x10", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "1e", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, ".", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "--1", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "-", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "NaN", SERIES_TIME_NOT_A_NUMBER, 0},
        {SERIES_SECONDS, "2022-02-21", SERIES_TIME_NOT_A_NUMBER, 0},
    };
    (void)state;
    ASSERT_TIMES(lines, true);
}

/* ---- fields ---- */

static void assert_field(struct value_field field, enum series_unit unit, bool truncate,
                         enum series_time_result wanted, int64_t wanted_us)
{
    int64_t time_us = -1;
    assert_int_equal(series_time_of(&field, unit, truncate, &time_us), wanted);
    if (wanted == SERIES_TIME_OK)
        assert_true(time_us == wanted_us);
}

static void test_integers_are_scaled_without_their_text(void **state)
{
    struct value_field field = {.type = VALUE_INT64, .integer = 1645459200123};
    (void)state;
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_OK, 1645459200123000000);
    assert_field(field, SERIES_MILLISECONDS, false, SERIES_TIME_OK, 1645459200123000);
    assert_field(field, SERIES_MICROSECONDS, false, SERIES_TIME_OK, 1645459200123);
    assert_field(field, SERIES_NANOSECONDS, false, SERIES_TIME_REMAINDER, 0);
    assert_field(field, SERIES_NANOSECONDS, true, SERIES_TIME_OK, 1645459200);
    field.integer = 9223372036855;
    assert_field(field, SERIES_SECONDS, true, SERIES_TIME_RANGE, 0);
    field.integer = -1;
    assert_field(field, SERIES_NANOSECONDS, true, SERIES_TIME_NEGATIVE, 0);
    field = (struct value_field){.type = VALUE_INT32, .integer = 7};
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_OK, 7000000);
}

static void test_decimals_count_by_their_digits(void **state)
{
    struct value_field field = {.type = VALUE_FLOAT64, .number = 1645459200.123456};
    (void)state;
    assert_field(field, SERIES_SECONDS, true, SERIES_TIME_REMAINDER, 0); /* nobody knows its digits */
    field.digits = "1645459200.123456,";
    field.digit_count = 17;
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_OK, 1645459200123456);
    field = (struct value_field){.type = VALUE_FLOAT64, .number = 1645459200.0};
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_OK, 1645459200000000);
    field.number = 1e300;
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_RANGE, 0);
    field = (struct value_field){.type = VALUE_BYTES, .decimal = true, .text = SLICE("12.5")};
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_OK, 12500000);
    field.decimal = false;
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_NOT_A_NUMBER, 0);
    field = (struct value_field){.type = VALUE_BIG, .text = SLICE("9223372036854775808")};
    assert_field(field, SERIES_NANOSECONDS, true, SERIES_TIME_OK, 9223372036854775);
    field = (struct value_field){.type = VALUE_BOOLEAN, .boolean = true};
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_NOT_A_NUMBER, 0);
    field = (struct value_field){.type = VALUE_MAP, .text = SLICE("1")};
    assert_field(field, SERIES_SECONDS, false, SERIES_TIME_NOT_A_NUMBER, 0);
}

static void test_a_record_brings_its_digits(void **state)
{
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.unit = SERIES_SECONDS;
    assert_string_equal(series_plans_said(&plan, "{\"m\":\"h\",\"d\":\"\",\"t\":1645459200.123456,\"f\":1}"),
                        "h \"\" {} @1645459200123456 | f=i1");
    assert_string_equal(
        series_plans_said(&plan, "{\"m\":\"h\",\"d\":\"\",\"t\":\"1645459200.123456\",\"f\":1}"),
        "h \"\" {} @1645459200123456 | f=i1");
    assert_string_equal(
        series_plans_said_of(
            &plan, CONVERT_STRING, NULL, CONVERT_JSON_ENVELOPE,
            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"m\",\"type\":\"string\"},"
            "{\"field\":\"d\",\"type\":\"string\"},{\"field\":\"t\",\"type\":\"double\"},"
            "{\"field\":\"f\",\"type\":\"int32\"}]},"
            "\"payload\":{\"m\":\"h\",\"d\":\"\",\"t\":1645459200.123456,\"f\":1}}"),
        "h \"\" {} @1645459200123456 | f=i1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_unit_becomes_microseconds),
        cmocka_unit_test(test_other_ways_to_write_a_number_are_read),
        cmocka_unit_test(test_nothing_overflows),
        cmocka_unit_test(test_a_remainder_below_a_microsecond_is_an_error),
        cmocka_unit_test(test_truncation_cuts_it),
        cmocka_unit_test(test_times_before_1970_are_refused),
        cmocka_unit_test(test_what_is_no_number_is_said_so),
        cmocka_unit_test(test_integers_are_scaled_without_their_text),
        cmocka_unit_test(test_decimals_count_by_their_digits),
        cmocka_unit_test(test_a_record_brings_its_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
