/* series_mapper's fields: which ones, their names, types, order and limits; and the service's rules for
 * names.
 */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "mapping/series_rule.h"
#include "record/series.h"
#include "support/mapping_text.h"
#include "support/series_plans.h"

struct line {
    const char *fields; /* of the record, beside measurement, source and time */
    const char *wanted; /* fields, or the fault */
};

/* What a record with these fields becomes. */
static const char *said(const struct series_plan *plan, const char *fields)
{
    struct buffer record;
    buffer_init(&record, 1 << 26);
    buffer_print(&record, "{\"m\":\"a\",\"d\":\"s\",\"t\":1");
    if (fields[0] != 0)
        buffer_print(&record, ",");
    buffer_add(&record, fields, strlen(fields));
    buffer_print(&record, "}");
    buffer_add(&record, "", 1);
    const char *is = series_plans_said(plan, record.at);
    buffer_fini(&record);
    return strncmp(is, "a \"s\" {} @1000 | ", 17) == 0 ? is + 17 : is;
}

static void assert_lines(const struct series_plan *plan, const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *is = said(plan, lines[i].fields);
        if (strcmp(is, lines[i].wanted) != 0)
            fail_msg("%s\n  is     %s\n  wanted %s", lines[i].fields, is, lines[i].wanted);
    }
}

#define ASSERT_LINES(plan, lines) assert_lines(plan, lines, sizeof(lines) / sizeof((lines)[0]))

/* ---- without a listed type ---- */

static void test_fields_keep_the_types_of_the_record(void **state)
{
    static const struct line lines[] = {
        {"\"f\":9007199254740993", "f=i9007199254740993"},
        {"\"f\":-9223372036854775808", "f=i-9223372036854775808"},
        {"\"f\":1.0", "f=d1.0"},
        {"\"f\":1e3", "f=d1000.0"},
        {"\"f\":true", "f=btrue"},
        {"\"f\":\"x \\u00e9\"", "f=s\"x \xc3\xa9\""},
        {"\"f\":\"\"", "f=s\"\""},
        {"\"f\":{\"A\": [1,null]}", "f=s\"{\"A\": [1,null]}\""},
        {"\"f\":[1, \"x\"]", "f=s\"[1, \"x\"]\""},
        {"\"f\":null,\"g\":1", "g=i1"},
        {"\"f\":9223372036854775808", "! map f"},
        {"\"f\":-9223372036854775809", "! map f"},
        {"\"f\":1e999", "! limit f"},
        {"\"f\":null", "! map -"},
        {"", "! map -"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
}

static void test_a_structs_fields_keep_theirs(void **state)
{
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.source = (struct slice){0};
    plan.measurement = SERIES_MEASUREMENT_TOPIC;
    assert_string_equal(
        series_plans_said_of(
            &plan, CONVERT_STRING, NULL, CONVERT_JSON_ENVELOPE,
            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"t\",\"type\":\"int32\"},"
            "{\"field\":\"f\",\"type\":\"float\"},{\"field\":\"e\",\"type\":\"int16\"},"
            "{\"field\":\"d\",\"type\":\"bytes\"},{\"field\":\"c\",\"type\":\"string\",\"optional\":true},"
            "{\"field\":\"b\",\"type\":\"boolean\"}]},"
            "\"payload\":{\"t\":1,\"f\":0.5,\"e\":-3,\"d\":\"AQ==\",\"c\":null,\"b\":false}}"),
        "metrics.eu \"\" {} @1000 | b=bfalse d=x01 e=i-3 f=d0.5");
}

static void test_integers_become_doubles_as_in_java(void **state)
{
    static struct mapping_column listed[] = {{{"whole", 5}, CELL_INTEGER}};
    static const struct line lines[] = {
        {"\"f\":3", "f=d3.0"},
        {"\"f\":9007199254740993", "f=d9007199254740992.0"},
        {"\"f\":1.5,\"g\":true", "f=d1.5 g=btrue"},
        {"\"whole\":9007199254740993", "whole=i9007199254740993"},
        {"\"f\":9223372036854775808", "! map f"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.integers_as_doubles = true;
    plan.fields = listed;
    plan.field_count = 1;
    ASSERT_LINES(&plan, lines);
}

/* ---- with one ---- */

static struct mapping_column typed[] = {
    {{"i", 1}, CELL_INTEGER}, {{"d", 1}, CELL_DOUBLE}, {{"B", 1}, CELL_BOOLEAN},
    {{"s", 1}, CELL_STRING},  {{"X", 1}, CELL_BINARY},
};

static struct series_plan typed_plan(void)
{
    struct series_plan plan = series_plans_usual();
    plan.source = (struct slice){0};
    plan.fields = typed;
    plan.field_count = 5;
    return plan;
}

static const char *said_typed(const struct series_plan *plan, const char *fields)
{
    struct buffer record;
    buffer_init(&record, 1 << 16);
    buffer_print(&record, "{\"m\":\"a\",\"t\":1,%s}", fields);
    buffer_add(&record, "", 1);
    const char *is = series_plans_said(plan, record.at);
    buffer_fini(&record);
    return strncmp(is, "a \"\" {} @1000 | ", 16) == 0 ? is + 16 : is;
}

static void test_listed_types_convert_exactly_or_not_at_all(void **state)
{
    static const struct line lines[] = {
        {"\"i\":\"12.0\",\"d\":10,\"b\":\"true\",\"s\":1.0,\"x\":\"hi\"",
         "b=btrue d=d10.0 i=i12 s=s\"1.0\" x=x6869"},
        {"\"i\":12.5", "! map i"},
        {"\"i\":true", "! map i"},
        {"\"d\":9007199254740993", "! map d"},
        {"\"d\":\"1.5\"", "d=d1.5"},
        {"\"d\":1e999", "! limit d"},
        {"\"b\":2", "! map b"},
        {"\"b\":0", "b=bfalse"},
        {"\"s\":{\"a\":1}", "s=s\"{\"a\":1}\""},
        {"\"s\":18446744073709551616", "s=s\"18446744073709551616\""},
        {"\"x\":[1]", "! map x"},
        {"\"i\":null,\"other\":1", "other=i1"},
    };
    struct series_plan plan = typed_plan();
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_string_equal(said_typed(&plan, lines[i].fields), lines[i].wanted);
}

static void test_listed_fields_alone_when_not_all_are_mapped(void **state)
{
    struct series_plan plan = typed_plan();
    (void)state;
    plan.map_all = false;
    assert_string_equal(said_typed(&plan, "\"i\":1,\"e\":2,\"9\":{},\"Z\":1e999"), "i=i1");
    assert_string_equal(said_typed(&plan, "\"e\":2"), "! map -");
}

static void test_a_listed_field_is_found_by_its_name_in_lower_case(void **state)
{
    struct series_plan plan = typed_plan();
    (void)state;
    plan.map_all = false;
    assert_string_equal(said_typed(&plan, "\"I\":\"7\",\"b\":1,\"x\":\"h\""), "b=btrue i=i7 x=x68");
    plan.lowercase = false;
    assert_string_equal(said_typed(&plan, "\"I\":\"7\",\"b\":1,\"d\":1"), "d=d1.0");
    assert_string_equal(said_typed(&plan, "\"i\":\"7\",\"B\":1"), "! limit B"); /* the service takes no B */
}

/* ---- names ---- */

static void test_names_are_lowered_and_sorted(void **state)
{
    static const struct line lines[] = {
        {"\"b\":1,\"A_9\":2,\"Zz\":3,\"_\":4,\"a\":5", "_=i4 a=i5 a_9=i2 b=i1 zz=i3"},
        {"\"ab\":1,\"a\":2,\"a0\":3,\"abc\":4", "a=i2 a0=i3 ab=i1 abc=i4"},
        {"\"M\":1,\"D\":2,\"T\":3", "d=i2 m=i1 t=i3"}, /* those of the point are told by exact case */
        {"\"\xc3\x84\":1", "! limit \xc3\x84"},
        {"\"9a\":1", "! limit 9a"},
        {"\"a-b\":1", "! limit a-b"},
        {"\"a b\":1", "! limit a b"},
        {"\"\":1", "! limit "},
        {"\"9a\":null,\"b\":1", "b=i1"},
        {"\"_time\":1", "! limit _time"},
        {"\"_Tags\":1", "! limit _Tags"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
    plan.lowercase = false;
    assert_string_equal(said(&plan, "\"b\":1,\"a\":1"), "a=i1 b=i1");
    assert_string_equal(said(&plan, "\"b\":1,\"Cpu\":1"), "! limit Cpu");
}

static void test_names_that_fall_together_are_an_error(void **state)
{
    static const struct line lines[] = {
        {"\"cpu\":1,\"Cpu\":2", "! map Cpu"},
        {"\"CPU\":1,\"cpu\":2,\"Cpu\":3", "! map cpu"},
        {"\"cpu\":null,\"Cpu\":2", "cpu=i2"},
        {"\"cpu\":1,\"Cpu\":null", "cpu=i1"},
        {"\"cpu\":1,\"a\":2,\"cpus\":3", "a=i2 cpu=i1 cpus=i3"},
        {"\"cpu\":1,\"cpu\":2", "cpu=i2"}, /* one name, the last value: as in any JSON */
        {"\"9\":null,\"A\":1,\"a\":null,\"b\":1,\"B\":null,\"c\":1", "a=i1 b=i1 c=i1"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
}

static void test_or_the_last_of_the_record_stands(void **state)
{
    static const struct line lines[] = {
        {"\"cpu\":1,\"Cpu\":2", "cpu=i2"},
        {"\"Cpu\":1,\"cpu\":2", "cpu=i2"},
        {"\"CPU\":1,\"cpu\":2,\"x\":0,\"Cpu\":3", "cpu=i3 x=i0"},
        {"\"cpu\":1,\"Cpu\":null", "cpu=i1"},
        {"\"cpu\":1e999,\"Cpu\":2", "cpu=i2"}, /* nobody looks at the first */
        {"\"cpu\":1,\"Cpu\":1e999", "! limit Cpu"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.same_name = SERIES_SAME_NAME_LAST;
    ASSERT_LINES(&plan, lines);
}

static void test_thousands_of_names_may_fall_together(void **state)
{
    struct series_plan plan = series_plans_usual();
    struct buffer fields;
    (void)state;
    buffer_init(&fields, 1 << 24);
    for (unsigned i = 0; i < 1u << 14; i++) {
        char name[15] = "";
        for (unsigned bit = 0; bit < 14; bit++)
            name[bit] = (i >> bit & 1) != 0 ? 'A' : 'a';
        buffer_print(&fields, "%s\"%s\":%s", i == 0 ? "" : ",", name, i < 1u << 13 ? "1" : "null");
    }
    buffer_add(&fields, "", 1);
    assert_string_equal(said(&plan, fields.at), "! map Aaaaaaaaaaaaaa");
    plan.same_name = SERIES_SAME_NAME_LAST;
    assert_string_equal(said(&plan, fields.at), "aaaaaaaaaaaaaa=i1");
    buffer_fini(&fields);
}

/* ---- limits ---- */

/* `count` fields named f0000 and so on, each with this value. */
static void put_fields(struct buffer *to, unsigned count, const char *value)
{
    to->len = 0;
    for (unsigned i = 0; i < count; i++)
        buffer_print(to, "%s\"f%04u\":%s", i == 0 ? "" : ",", i, value);
    buffer_add(to, "", 1);
}

static void test_a_row_takes_1024_fields(void **state)
{
    struct series_plan plan = series_plans_usual();
    struct buffer fields;
    (void)state;
    buffer_init(&fields, 1 << 20);
    put_fields(&fields, 1024, "1");
    const char *is = said(&plan, fields.at);
    assert_memory_equal(is, "f0000=i1 f0001=i1", 17);
    assert_string_equal(is + strlen(is) - 8, "f1023=i1");
    put_fields(&fields, 1025, "1");
    assert_string_equal(said(&plan, fields.at), "! limit f1024");
    put_fields(&fields, 1024, "1");
    fields.len--;
    buffer_print(&fields, ",\"x\":null,\"y\":null");
    buffer_add(&fields, "", 1);
    assert_memory_equal(said(&plan, fields.at), "f0000=i1", 8);
    buffer_fini(&fields);
}

/* A record of `count` texts of `bytes` each. */
static const char *said_of_texts(const struct series_plan *plan, unsigned count, size_t bytes)
{
    static struct buffer fields;
    char *text = malloc(bytes + 3);
    if (fields.most == 0)
        buffer_init(&fields, 1 << 24);
    assert_non_null(text);
    memset(text, 'x', bytes + 2);
    text[0] = text[bytes + 1] = '"';
    text[bytes + 2] = 0;
    fields.len = 0;
    for (unsigned i = 0; i < count; i++) {
        buffer_print(&fields, "%s\"f%u\":", i == 0 ? "" : ",", i);
        buffer_add(&fields, text, bytes + 2);
    }
    buffer_add(&fields, "", 1);
    free(text);
    const char *is = said(plan, fields.at);
    return is[0] == '!' ? is : "a row";
}

static void test_values_and_rows_are_limited(void **state)
{
    static struct mapping_column listed[] = {{{"f0", 2}, CELL_BINARY}};
    struct series_plan plan = series_plans_usual();
    enum { VALUE_MOST = 2 * 1024 * 1024, ROW_MOST = 4 * 1024 * 1024 };
    size_t keys = 1 + 1 + 8; /* measurement, data source, time */
    (void)state;
    assert_string_equal(said_of_texts(&plan, 1, VALUE_MOST), "a row");
    assert_string_equal(said_of_texts(&plan, 1, VALUE_MOST + 1), "! limit f0");
    assert_string_equal(said_of_texts(&plan, 4, (ROW_MOST - keys) / 4 - 2), "a row");
    assert_string_equal(said_of_texts(&plan, 2, ROW_MOST / 2 - 7), "a row"); /* 2 names of 2: 4 + 10 bytes */
    assert_string_equal(said_of_texts(&plan, 2, ROW_MOST / 2 - 6), "! limit -");
    assert_string_equal(said_of_texts(&plan, 5, (ROW_MOST - 19) / 5), "! limit -"); /* one byte more */
    plan.fields = listed;
    plan.field_count = 1;
    assert_string_equal(said_of_texts(&plan, 1, VALUE_MOST + 1), "! limit f0");
}

/* ---- the rules themselves ---- */

static bool rule_of_length(bool (*rule)(struct slice text), size_t length)
{
    char text[200];
    memset(text, 'a', sizeof(text));
    return rule(slice_of(text, length));
}

static void test_names_have_1_to_128_bytes(void **state)
{
    (void)state;
    assert_false(rule_of_length(series_rule_field, 0));
    assert_true(rule_of_length(series_rule_field, 1));
    assert_true(rule_of_length(series_rule_field, 128));
    assert_false(rule_of_length(series_rule_field, 129));
    assert_false(rule_of_length(series_rule_measurement, 0));
    assert_true(rule_of_length(series_rule_measurement, 128));
    assert_false(rule_of_length(series_rule_measurement, 129));
    assert_false(rule_of_length(series_rule_tag_name, 0));
    assert_true(rule_of_length(series_rule_tag_name, 1));
    assert_false(rule_of_length(series_rule_tag_value, 0));
}

static void test_the_services_own_names_are_refused(void **state)
{
    static const char *const own[] = {"_m_name", "_data_source",      "_tags",
                                      "_time",   "_meta_update_time", "_attributes"};
    (void)state;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        assert_false(series_rule_field(slice_text(own[i])));
    assert_true(series_rule_field(SLICE("_times")));
    assert_true(series_rule_field(SLICE("m_name")));
}

static void test_broken_utf8_is_no_measurement(void **state)
{
    (void)state;
    assert_false(series_rule_measurement(SLICE("a\xff")));
    assert_false(series_rule_measurement(SLICE("\xc3")));
    assert_true(series_rule_measurement(SLICE("\xc3\xa9")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_keep_the_types_of_the_record),
        cmocka_unit_test(test_a_structs_fields_keep_theirs),
        cmocka_unit_test(test_integers_become_doubles_as_in_java),
        cmocka_unit_test(test_listed_types_convert_exactly_or_not_at_all),
        cmocka_unit_test(test_listed_fields_alone_when_not_all_are_mapped),
        cmocka_unit_test(test_a_listed_field_is_found_by_its_name_in_lower_case),
        cmocka_unit_test(test_names_are_lowered_and_sorted),
        cmocka_unit_test(test_names_that_fall_together_are_an_error),
        cmocka_unit_test(test_or_the_last_of_the_record_stands),
        cmocka_unit_test(test_thousands_of_names_may_fall_together),
        cmocka_unit_test(test_a_row_takes_1024_fields),
        cmocka_unit_test(test_values_and_rows_are_limited),
        cmocka_unit_test(test_names_have_1_to_128_bytes),
        cmocka_unit_test(test_the_services_own_names_are_refused),
        cmocka_unit_test(test_broken_utf8_is_no_measurement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
