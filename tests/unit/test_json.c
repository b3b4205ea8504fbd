/* json: the dialect that Kafka Connect's JsonConverter accepts (kafka-connect.md 1.1), exact numbers, places,
 * writers. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/json.h"
#include "base/utf8.h"
#include "support/slow_json.h"

static struct json_member members[64];
static struct json_fault fault;

static int object(const char *text)
{
    return json_object(slice_text(text), 0, members, 64, &fault);
}

static void assert_slice(struct slice slice, const char *text)
{
    assert_int_equal(slice.len, strlen(text));
    assert_memory_equal(slice.at, text, slice.len);
}

static void test_every_kind_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(object("{\"n\":null,\"t\":true,\"f\":false,\"i\":-12,\"d\":1.5,\"e\":1e3,\"s\":\"x\\n\","
                            "\"o\":{\"a\":[1,{}]},\"a\":[ 1 , 2 ],\"b\":9223372036854775808}"),
                     10);
    enum json_kind kinds[] = {JSON_NULL,   JSON_TRUE,   JSON_FALSE,  JSON_INTEGER, JSON_DOUBLE,
                              JSON_DOUBLE, JSON_STRING, JSON_OBJECT, JSON_ARRAY,   JSON_BIG};
    for (int i = 0; i < 10; i++)
        assert_int_equal(members[i].value.kind, kinds[i]);
    assert_slice(members[0].name, "n");
    assert_int_equal(members[3].value.integer, -12);
    assert_true(members[4].value.number == 1.5);
    assert_true(members[5].value.number == 1000);
    assert_true(members[6].value.escaped);
    assert_slice(members[6].value.text, "x\\n");
    assert_slice(members[7].value.text, "{\"a\":[1,{}]}");
    assert_slice(members[8].value.text, "[ 1 , 2 ]");
    assert_slice(members[9].value.text, "9223372036854775808");
}

static void test_what_jackson_accepts_is_accepted(void **state)
{
    (void)state;
    const char *good[] = {
        "{}",
        " \t\r\n{ } ",
        "{\"a\":1} trailing",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":01}",
        "{\"a\":-007}",
        "\xef\xbb\xbf{\"a\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\\ud800\"}",
        "{\"\":\"\"}",
        "{\"a\":-0.0e-0}",
        "{\"a\":\"\x7f\"}",
        "{\"a\":1E+5}",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (object(good[i]) < 0)
            fail_msg("refused: %s: %s", good[i], fault.what);
    assert_int_equal(object("{\"a\":1,\"a\":2}"), 2);
    assert_int_equal(object("{\"a\":01}"), 1);
    assert_int_equal(members[0].value.integer, 1);
}

static void test_what_jackson_refuses_is_refused(void **state)
{
    (void)state;
    const char *bad[] = {
        "",
        "  ",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":'x'}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":5.}",
        "{\"a\":1e}",
        "{\"a\":1e+}",
        "{\"a\":-}",
        "{\"a\":0x10}",
        "{\"a\":1 /*c*/}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\xf4\x90\x80\x80\"}",
        "{\"a\":\"\xe4\xb8\"}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":{\"b\"}}",
        "{\"a\":{\"b\":1]}",
        "{\"a\":tru}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "[1]",
        "5",
        "nul",
        "{\"a\":\"\\",
        "{\"a\":\"x",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (object(bad[i]) >= 0)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(json_object(slice_of("{\"a\":\"\0\"}", 9), 0, members, 64, &fault), -1);
}

static void test_a_fault_says_where_and_what(void **state)
{
    (void)state;
    unsigned line, column;
    const char *text = "{\"a\":1,\n \"\xe4\xb8\xad\": x}";
    assert_int_equal(object(text), -1);
    assert_int_equal(fault.at, 16);
    assert_string_equal(fault.what, "a value was expected");
    json_place(slice_text(text), fault.at, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 7);
}

static void test_the_first_value_stands_alone(void **state)
{
    (void)state;
    struct json_value value;
    size_t end;
    assert_int_equal(json_value(SLICE(" 12 x"), 0, &value, &end, &fault), 0);
    assert_int_equal(value.integer, 12);
    assert_int_equal(end, 3);
    assert_int_equal(json_value(SLICE("\"ab\"x"), 0, &value, &end, &fault), 0);
    assert_slice(value.text, "ab");
    assert_int_equal(end, 4);
    assert_int_equal(json_value(SLICE("[1,[2]]]"), 0, &value, NULL, &fault), 0);
    assert_slice(value.text, "[1,[2]]");
    assert_int_equal(json_value(SLICE("0x10"), 0, &value, NULL, &fault), -1);
    assert_int_equal(json_value(SLICE("truex"), 0, &value, NULL, &fault), -1);
    assert_int_equal(json_value(SLICE("null"), 0, &value, NULL, &fault), 0);
}

static void test_arrays_are_read_like_objects(void **state)
{
    (void)state;
    struct json_value values[3];
    assert_int_equal(json_array(SLICE("[]"), 0, values, 3, &fault), 0);
    assert_int_equal(json_array(SLICE("[1, \"b\" ,{}]"), 0, values, 3, &fault), 3);
    assert_int_equal(values[2].kind, JSON_OBJECT);
    assert_int_equal(json_array(SLICE("[1,2,3,4]"), 0, values, 3, &fault), -1);
    assert_true(fault.more);
    assert_int_equal(json_array(SLICE("[1,]"), 0, values, 3, &fault), -1);
    assert_false(fault.more);
    assert_int_equal(json_array(SLICE("{}"), 0, values, 3, &fault), -1);
}

static void test_more_members_than_room_is_said_so(void **state)
{
    (void)state;
    size_t end;
    assert_int_equal(json_object(SLICE("{\"a\":1,\"b\":2}"), 0, members, 1, &fault), -1);
    assert_true(fault.more);
    assert_int_equal(json_object_at(SLICE("{\"a\":1,\"b\":2}}"), 0, members, 2, &end, &fault), 2);
    assert_int_equal(end, 13);
}

static void test_comments_are_an_option(void **state)
{
    (void)state;
    const char *text = "// first\n{/**/\"a\"/* x */:1, // y\n\"b\":[1//\n,2]}";
    assert_int_equal(object(text), -1);
    assert_int_equal(json_object(slice_text(text), JSON_COMMENTS, members, 64, &fault), 2);
    assert_int_equal(json_object(SLICE("{\"a\":1 /* "), JSON_COMMENTS, members, 64, &fault), -1);
    assert_int_equal(json_object(SLICE("{\"a\":1 /*/}"), JSON_COMMENTS, members, 64, &fault), -1);
    assert_int_equal(json_object(SLICE("{\"a\":\"// no\"}"), JSON_COMMENTS, members, 64, &fault), 1);
    assert_slice(members[0].value.text, "// no");
}

static void assert_nested(size_t levels, int wanted)
{
    char *text = malloc(levels * 2 + 16);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', levels);
    memset(text + 5 + levels, ']', levels);
    text[5 + 2 * levels] = '}';
    assert_int_equal(json_object(slice_of(text, 6 + 2 * levels), 0, members, 64, &fault), wanted);
    free(text);
}

static void test_nesting_ends_at_a_thousand(void **state)
{
    (void)state;
    assert_nested(JSON_DEEPEST - 1, 1);
    assert_nested(JSON_DEEPEST, -1);
    assert_nested(3000000, -1);
}

static void assert_integer(const char *text, enum json_kind kind, int64_t integer)
{
    struct json_value value;
    assert_int_equal(json_value(slice_text(text), 0, &value, NULL, &fault), 0);
    assert_int_equal(value.kind, kind);
    if (kind == JSON_INTEGER)
        assert_true(value.integer == integer);
    assert_slice(value.text, text);
}

static void test_integers_are_exact_to_the_last_one(void **state)
{
    (void)state;
    assert_integer("9223372036854775807", JSON_INTEGER, INT64_MAX);
    assert_integer("-9223372036854775808", JSON_INTEGER, INT64_MIN);
    assert_integer("9223372036854775808", JSON_BIG, 0);
    assert_integer("-9223372036854775809", JSON_BIG, 0);
    assert_integer("18446744073709551617", JSON_BIG, 0);
    assert_integer("00000000000000000000000000000000012", JSON_INTEGER, 12);
    assert_integer("-00000000000000000000000000000", JSON_INTEGER, 0);
    assert_integer("-0", JSON_INTEGER, 0);
    assert_integer("123456789012345678901234567890", JSON_BIG, 0);
    assert_integer("9007199254740993", JSON_INTEGER, 9007199254740993);
}

static void assert_double(const char *text)
{
    struct json_value value;
    double wanted = strtod(text, NULL);
    assert_int_equal(json_value(slice_text(text), 0, &value, NULL, &fault), 0);
    assert_int_equal(value.kind, JSON_DOUBLE);
    if (memcmp(&value.number, &wanted, sizeof(wanted)) != 0)
        fail_msg("%s: %.17g instead of %.17g", text, value.number, wanted);
}

static void test_doubles_are_correctly_rounded(void **state)
{
    (void)state;
    const char *hard[] = {
        "0.1",
        "1e23",
        "8.41",
        "-0.0",
        "1.0",
        "9007199254740993.0",
        "9007199254740992.5",
        "1e400",
        "-1e400",
        "1e-400",
        "5e-324",
        "2.4703282292062328e-324",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "0e99999999999999999999",
        "1e-99999999999999999999",
        "123456789012345678901234567890.5",
        "0.1234567890123456789",
        "1e22",
        "1e-22",
        "18446744073709551615e1",
        "99999999999999999999e5",
        "-99999999999999999999e5",
        "9999999999999999999e5",
        "-9999999999999999.999",
        "18446744073709551615e27",
        "18446744073709551615e-27",
        "9223372036854775809e-3",
        "0000000000000000000000000000001.5",
        "1.00000000000000000000000000000000000000000001",
        "4503599627370497.5",
        "4503599627370498.5",
        "9007199254740993e0",
        "1125899906842624.125",
    };
    for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++)
        assert_double(hard[i]);
}

static void test_random_decimals_agree_with_the_c_library(void **state)
{
    (void)state;
    struct chance chance;
    chance_init(&chance, 7);
    for (int i = 0; i < 200000; i++) {
        char text[64];
        uint64_t digits = chance_next(&chance) >> chance_below(&chance, 64);
        int exponent = (int)chance_below(&chance, 70) - 35;
        snprintf(text, sizeof(text), "%llue%d", (unsigned long long)digits, exponent);
        assert_double(text);
        double number;
        uint64_t bits = chance_next(&chance);
        memcpy(&number, &bits, sizeof(number));
        snprintf(text, sizeof(text), "%.*e", (int)chance_below(&chance, 18), number);
        if (isfinite(number))
            assert_double(text);
        snprintf(text, sizeof(text), "%.*f", 1 + (int)chance_below(&chance, 12),
                 ldexp(1.0 + (double)digits, -40));
        assert_double(text);
    }
}

static void assert_unescaped(const char *text, const char *plain)
{
    char to[64];
    assert_int_equal(json_unescape(slice_text(text), to), strlen(plain));
    assert_memory_equal(to, plain, strlen(plain));
}

static void test_escapes_are_resolved(void **state)
{
    (void)state;
    assert_unescaped("a\\n\\t\\\"\\\\\\/\\b\\f\\rz", "a\n\t\"\\/\b\f\rz");
    assert_unescaped("\\u4e2d\\u00E9\\u0041", "\xe4\xb8\xad\xc3\xa9"
                                              "A");
    assert_unescaped("\\ud83d\\ude00", "\xf0\x9f\x98\x80");
    assert_unescaped("\\ud800", "\xef\xbf\xbd");
    assert_unescaped("\\ud800x\\udc00", "\xef\xbf\xbdx\xef\xbf\xbd");
    assert_unescaped("\\ud800\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

static void test_strings_are_written_so_that_they_can_be_read(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    json_put_string(&buffer, slice_of("a\"\\\n\x01\xe4\xb8\xad\xff/\x7f\0z", 13));
    buffer_add(&buffer, "", 1);
    assert_string_equal(buffer.at, "\"a\\\"\\\\\\n\\u0001\xe4\xb8\xad\xef\xbf\xbd/\x7f\\u0000z\"");
    buffer_reset(&buffer, 1000);
    json_put_integer(&buffer, INT64_MIN);
    json_put_double(&buffer, 0.1);
    json_put_double(&buffer, -INFINITY);
    json_put_double(&buffer, NAN);
    buffer_add(&buffer, "", 1);
    assert_string_equal(buffer.at, "-92233720368547758080.1\"-Infinity\"\"NaN\"");
    buffer_fini(&buffer);
}

static void test_broken_utf8_is_mended_as_java_does(void **state)
{
    (void)state;
    char to[64];
    struct slice text = SLICE("a\xff\xe4\xb8|\xf0\x9f\x98|\xc0\x80|\xed\xa0\x80");
    size_t len = utf8_mend(text, to);
    const char *wanted = "a\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd|"
                         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd";
    assert_int_equal(len, strlen(wanted));
    assert_memory_equal(to, wanted, len);
}

/* Copies of this size exactly, so that the address sanitizer sees a byte read too far. */
static void assert_twins_agree(const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    memcpy(copy, text, len);
    copy = realloc(copy, len == 0 ? 1 : len);
    struct slow_member *slow;
    struct slice slice = slice_of(copy, len);
    int wanted = slow_json_object(slice, false, &slow);
    int count = json_object(slice, 0, members, 64, &fault);
    assert_int_equal(count, wanted);
    for (int i = 0; i < count; i++) {
        assert_int_equal(members[i].value.kind, slow[i].value.kind);
        assert_ptr_equal(members[i].value.text.at,
                         copy + slow[i].value.at + (slow[i].value.kind == JSON_STRING));
    }
    slow_json_members_free(slow, count < 0 ? 0 : count);
    free(copy);
}

static void test_cut_and_damaged_records_agree_with_the_slow_twin(void **state)
{
    (void)state;
    struct chance chance;
    const char *record =
        "{\"id\":\"user-\\u00e9 000123\",\"n\":[1,{\"x\":null}],\"age\":42,\"b\":1234.56,"
        "\"name\":\"caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 long enough\",\"t\":true,\"e\":-1e-3}";
    size_t len = strlen(record);
    char damaged[256];
    chance_init(&chance, 3);
    for (size_t cut = 0; cut <= len; cut++)
        assert_twins_agree(record, cut);
    for (int i = 0; i < 20000; i++) {
        memcpy(damaged, record, len);
        for (uint64_t hits = 1 + chance_below(&chance, 3); hits > 0; hits--)
            damaged[chance_below(&chance, len)] =
                "\"\\{}[],:01.eE-+ntu\n \x80\xff"[chance_below(&chance, 23)];
        assert_twins_agree(damaged, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_is_told_apart),
        cmocka_unit_test(test_what_jackson_accepts_is_accepted),
        cmocka_unit_test(test_what_jackson_refuses_is_refused),
        cmocka_unit_test(test_a_fault_says_where_and_what),
        cmocka_unit_test(test_the_first_value_stands_alone),
        cmocka_unit_test(test_arrays_are_read_like_objects),
        cmocka_unit_test(test_more_members_than_room_is_said_so),
        cmocka_unit_test(test_comments_are_an_option),
        cmocka_unit_test(test_nesting_ends_at_a_thousand),
        cmocka_unit_test(test_integers_are_exact_to_the_last_one),
        cmocka_unit_test(test_doubles_are_correctly_rounded),
        cmocka_unit_test(test_random_decimals_agree_with_the_c_library),
        cmocka_unit_test(test_escapes_are_resolved),
        cmocka_unit_test(test_strings_are_written_so_that_they_can_be_read),
        cmocka_unit_test(test_broken_utf8_is_mended_as_java_does),
        cmocka_unit_test(test_cut_and_damaged_records_agree_with_the_slow_twin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
