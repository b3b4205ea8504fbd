/* series_mapper: the sample of the manual's configuration, the parts of a point's key, what is no point, and
 * the hash that keeps order. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "record/series.h"
#include "support/mapping_text.h"
#include "support/series_plans.h"

struct line {
    const char *value;
    const char *wanted;
};

static void assert_lines(const struct series_plan *plan, const struct line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *is = series_plans_said(plan, lines[i].value);
        if (strcmp(is, lines[i].wanted) != 0)
            fail_msg("%s\n  is     %s\n  wanted %s", lines[i].value, is, lines[i].wanted);
    }
}

#define ASSERT_LINES(plan, lines) assert_lines(plan, lines, sizeof(lines) / sizeof((lines)[0]))

/* {"m":...,"d":"","t":1,"f":1} and the like */
#define REST "\"d\":\"s\",\"t\":1,\"f\":1}"
#define DONE " | f=i1"

static void test_the_sample_of_the_manuals_configuration(void **state)
{
    static struct mapping_column cpu[] = {{{"cpu", 3}, CELL_DOUBLE}};
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.time = SLICE("timestamp");
    plan.fields = cpu;
    plan.field_count = 1;
    assert_string_equal(
        series_plans_said(&plan, "{\"m\":\"host\",\"d\":\"server-01\",\"region\":\"cn-hangzhou\",\"level\":3,"
                                 "\"timestamp\":1645459200000,\"cpu\":10,\"Mem_Used\":5.5,\"ok\":true,"
                                 "\"note\":null}"),
        "host \"server-01\" {level=\"3\" region=\"cn-hangzhou\"} @1645459200000000 | cpu=d10.0 mem_used=d5.5 "
        "ok=btrue");
}

static void test_only_objects_are_points(void **state)
{
    struct series_plan plan = series_plans_usual();
    (void)state;
    assert_string_equal(series_plans_said(&plan, NULL), "! map -");
    assert_string_equal(series_plans_said(&plan, ""), "! map -");
    assert_string_equal(series_plans_said(&plan, "null"), "! map -");
    assert_string_equal(series_plans_said(&plan, "\"text\""), "! map -");
    assert_string_equal(series_plans_said(&plan, "[{\"m\":1}]"), "! map -");
    assert_string_equal(series_plans_said(&plan, "{\"m\":"), "! convert -");
    assert_string_equal(
        series_plans_said_of(&plan, CONVERT_STRING, NULL, CONVERT_STRING, "{\"m\":\"a\"," REST), "! map -");
}

static void test_the_records_key_is_read_and_not_used(void **state)
{
    struct series_plan plan = series_plans_usual();
    const char *value = "{\"m\":\"a\"," REST;
    (void)state;
    assert_string_equal(series_plans_said_of(&plan, CONVERT_JSON, "{\"m\":\"b\"}", CONVERT_JSON, value),
                        "a \"s\" {} @1000" DONE);
    assert_string_equal(series_plans_said_of(&plan, CONVERT_JSON, "{", CONVERT_JSON, value), "! convert -");
}

static void test_a_struct_is_welcome(void **state)
{
    struct series_plan plan = series_plans_usual();
    (void)state;
    assert_string_equal(
        series_plans_said_of(
            &plan, CONVERT_STRING, NULL, CONVERT_JSON_ENVELOPE,
            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"field\":\"m\",\"type\":\"string\"},"
            "{\"field\":\"d\",\"type\":\"string\",\"optional\":true},{\"field\":\"t\",\"type\":\"int64\"},"
            "{\"field\":\"level\",\"type\":\"int8\"},{\"field\":\"B\",\"type\":\"bytes\"},"
            "{\"field\":\"A\",\"type\":\"float\"}]},"
            "\"payload\":{\"m\":\"a\",\"d\":null,\"t\":7,\"level\":3,\"B\":\"AP8=\",\"A\":1.5}}"),
        "a \"\" {level=\"3\"} @7000 | a=d1.5 b=x00ff");
}

static void test_a_measurement_is_a_text_of_a_field(void **state)
{
    static const struct line lines[] = {
        {"{\"m\":\"cpu_1.a-b\"," REST, "cpu_1.a-b \"s\" {} @1000" DONE},
        {"{\"m\":42," REST, "42 \"s\" {} @1000" DONE},
        {"{\"m\":1.5," REST, "1.5 \"s\" {} @1000" DONE},
        {"{\"m\":true," REST, "true \"s\" {} @1000" DONE},
        {"{\"m\":18446744073709551616," REST, "18446744073709551616 \"s\" {} @1000" DONE},
        {"{\"m\":\"\xe6\xb8\xa9\"," REST, "\xe6\xb8\xa9 \"s\" {} @1000" DONE},
        {"{" REST, "! map m"},
        {"{\"M\":\"a\"," REST, "! map m"},
        {"{\"m\":null," REST, "! map m"},
        {"{\"m\":{\"a\":1}," REST, "! map m"},
        {"{\"m\":[1]," REST, "! map m"},
        {"{\"m\":1e999," REST, "! limit m"},
        {"{\"m\":\"\"," REST, "! limit m"},
        {"{\"m\":\"a#b\"," REST, "! limit m"},
        {"{\"m\":\"a b\"," REST, "! limit m"},
        {"{\"m\":\"a\\tb\"," REST, "! limit m"},
        {"{\"m\":\"a\\u007f\"," REST, "! limit m"},
        {"{\"m\":\"a\\u00a0\"," REST, "! limit m"},
        {"{\"m\":\"a\\u200b\"," REST, "! limit m"},
        {"{\"m\":\"\\udb40\\udc20\"," REST, "! limit m"},
        {"{\"m\":\"\\u00a1\\u200a\"," REST, "! limit m"},
        {"{\"m\":\"\\u00a1\\u2010\\u3001\"," REST, "\xc2\xa1\xe2\x80\x90\xe3\x80\x81 \"s\" {} @1000" DONE},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
}

static void test_a_measurement_can_be_the_topic_or_fixed(void **state)
{
    struct series_plan plan = series_plans_usual();
    const char *value = "{\"m\":5," REST;
    (void)state;
    plan.measurement = SERIES_MEASUREMENT_TOPIC;
    assert_string_equal(series_plans_said(&plan, value), "metrics.eu \"s\" {} @1000 | f=i1 m=i5");
    plan.measurement = SERIES_MEASUREMENT_FIXED;
    assert_string_equal(series_plans_said(&plan, value), "m \"s\" {} @1000 | f=i1 m=i5");
    plan.measurement_name = SLICE("a b");
    assert_string_equal(series_plans_said(&plan, value), "! limit -");
}

static void test_a_data_source_is_there_or_null(void **state)
{
    static const struct line lines[] = {
        {"{\"m\":\"a\",\"t\":1,\"f\":1,\"d\":\"any # \\\"text\\\"\"}", "a \"any # \"text\"\" {} @1000" DONE},
        {"{\"m\":\"a\",\"t\":1,\"f\":1,\"d\":7}", "a \"7\" {} @1000" DONE},
        {"{\"m\":\"a\",\"t\":1,\"f\":1,\"d\":null}", "a \"\" {} @1000" DONE},
        {"{\"m\":\"a\",\"t\":1,\"f\":1,\"d\":\"\"}", "a \"\" {} @1000" DONE},
        {"{\"m\":\"a\",\"t\":1,\"f\":1}", "! map d"},
        {"{\"m\":\"a\",\"t\":1,\"f\":1,\"d\":{}}", "! map d"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
    plan.source = (struct slice){0};
    assert_string_equal(series_plans_said(&plan, lines[4].value), "a \"\" {} @1000" DONE);
    assert_string_equal(series_plans_said(&plan, lines[1].value), "a \"\" {} @1000 | d=i7 f=i1");
    assert_string_equal(series_plans_said(&plan, "{\"m\":\"a\",\"\":\"no source\"," REST), "! limit ");
}

#define TAGS(more) "{\"m\":\"a\",\"d\":\"s\",\"t\":1,\"f\":1" more "}"
#define TAGGED(tags) "a \"s\" {" tags "} @1000" DONE

static void test_tags_are_texts_in_the_order_of_their_names(void **state)
{
    static const struct line lines[] = {
        {TAGS(",\"region\":\"cn\",\"level\":\"x\""), TAGGED("level=\"x\" region=\"cn\"")},
        {TAGS(",\"level\":-9223372036854775808"), TAGGED("level=\"-9223372036854775808\"")},
        {TAGS(",\"level\":1.0"), TAGGED("level=\"1.0\"")},
        {TAGS(",\"level\":1e30"), TAGGED("level=\"1.0E30\"")},
        {TAGS(",\"level\":false"), TAGGED("level=\"false\"")},
        {TAGS(",\"level\":99999999999999999999"), TAGGED("level=\"99999999999999999999\"")},
        {TAGS(",\"level\":\"a b\\u00e9\\n\""), TAGGED("level=\"a b\xc3\xa9\n\"")},
        {TAGS(",\"region\":null,\"level\":1"), TAGGED("level=\"1\"")},
        {TAGS(",\"region\":\"r\""), TAGGED("region=\"r\"")},
        {TAGS(""), TAGGED("")},
        {TAGS(",\"level\":[1]"), "! map level"},
        {TAGS(",\"level\":{}"), "! map level"},
        {TAGS(",\"level\":1e999"), "! limit level"},
        {TAGS(",\"level\":\"\""), "! limit level"},
        {TAGS(",\"level\":\"a=b\""), "! limit level"},
        {TAGS(",\"level\":\"a\\\"b\""), "! limit level"},
        {TAGS(",\"region\":\"=\",\"level\":\"=\""), "! limit level"}, /* the first in byte order */
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
}

static void test_tags_can_be_required(void **state)
{
    static const struct line lines[] = {
        {TAGS(",\"region\":\"cn\",\"level\":\"x\""), TAGGED("level=\"x\" region=\"cn\"")},
        {TAGS(",\"region\":null,\"level\":1"), "! map region"},
        {TAGS(",\"region\":1"), "! map level"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.tags_required = true;
    ASSERT_LINES(&plan, lines);
}

static void test_a_tag_with_a_bad_name_is_named(void **state)
{
    static struct slice bad[] = {{"a=b", 3}, {"a\"b", 3}, {"a b", 3}, {"\xc3\xa9", 2}, {"a\x7f", 2}};
    static struct slice good[] = {{"!~\\#A", 5}};
    struct series_plan plan = series_plans_usual();
    const char *value = TAGS(",\"a=b\":1,\"a\\\"b\":1,\"a b\":1,\"\xc3\xa9\":1,\"a\x7f\":1,\"!~\\\\#A\":1");
    (void)state;
    plan.tag_count = 1;
    plan.map_all = false;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char wanted[32];
        plan.tags = &bad[i];
        snprintf(wanted, sizeof(wanted), "! limit %.*s", SLICE_ARG(bad[i]));
        assert_string_equal(series_plans_said(&plan, value), wanted);
        assert_string_equal(series_plans_said(&plan, TAGS("")), "! map -"); /* it is not there */
    }
    plan.tags = good;
    plan.map_all = true;
    assert_string_equal(series_plans_said(&plan, TAGS(",\"!~\\\\#A\":1")), TAGGED("!~\\#A=\"1\""));
}

static void test_a_time_is_there_and_fits(void **state)
{
    static const struct line lines[] = {
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":\"1645459200000.0\"}", "a \"s\" {} @1645459200000000" DONE},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":1.6e12}", "a \"s\" {} @1600000000000000" DONE},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":0}", "a \"s\" {} @0" DONE},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":null}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":true}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":\"now\"}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":[1]}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":1.0001}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":9223372036854775807}", "! map t"},
        {"{\"m\":\"a\",\"d\":\"s\",\"f\":1,\"t\":-1}", "! limit t"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
    plan.time_truncate = true;
    assert_string_equal(series_plans_said(&plan, lines[8].value), "a \"s\" {} @1000" DONE);
    plan.unit = SERIES_NANOSECONDS;
    assert_string_equal(series_plans_said(&plan, lines[9].value), "a \"s\" {} @9223372036854775" DONE);
}

static void test_one_field_may_be_several_parts(void **state)
{
    static struct slice tags[] = {{"t", 1}, {"m", 1}, {"d", 1}};
    struct series_plan plan = series_plans_usual();
    (void)state;
    plan.tags = tags;
    plan.tag_count = 3;
    plan.source = SLICE("m");
    assert_string_equal(series_plans_said(&plan, "{\"m\":\"a\"," REST),
                        "a \"a\" {d=\"s\" m=\"a\" t=\"1\"} @1000" DONE);
}

static void test_the_first_fault_is_told(void **state)
{
    static const struct line lines[] = {
        {"{\"level\":\"\",\"t\":-1,\"9\":1}", "! map m"},
        {"{\"m\":\"a\",\"level\":\"\",\"t\":-1,\"9\":1}", "! map d"},
        {"{\"m\":\"a\",\"d\":1,\"level\":\"\",\"t\":-1,\"9\":1}", "! limit level"},
        {"{\"m\":\"a\",\"d\":1,\"t\":-1,\"9\":1}", "! limit t"},
        {"{\"m\":\"a\",\"d\":1,\"t\":1,\"z\":1e999,\"9\":1}", "! limit 9"},
    };
    struct series_plan plan = series_plans_usual();
    (void)state;
    ASSERT_LINES(&plan, lines);
}

/* ---- limits ---- */

/* A record whose measurement, source and tag have these lengths. */
static const char *said_of_lengths(size_t measurement, size_t source, size_t tag)
{
    struct series_plan plan = series_plans_usual();
    struct buffer record;
    buffer_init(&record, 4096);
    buffer_print(&record, "{\"m\":\"%0*d\",\"d\":\"%0*d\",\"t\":1,\"f\":1,\"region\":\"%0*d\"}",
                 (int)measurement, 7, (int)source, 7, (int)tag, 7);
    buffer_add(&record, "", 1);
    const char *is = series_plans_said(&plan, record.at);
    buffer_fini(&record);
    return is;
}

static void test_texts_are_limited(void **state)
{
    (void)state;
    assert_true(said_of_lengths(128, 256, 512 - 6)[0] == '0');
    assert_string_equal(said_of_lengths(129, 1, 1), "! limit m");
    assert_string_equal(said_of_lengths(1, 257, 1), "! limit d");
    assert_string_equal(said_of_lengths(1, 1, 512 - 5), "! limit -");
}

/* ---- the hash ---- */

static struct slice hash_tags[] = {{"x", 1}, {"y", 1}};

/* The hash of the series alone, and a time to take it out of the key's. */
static uint64_t hash_of(struct series_mapper *mapper, const char *value, int64_t time_us)
{
    uint64_t hash;
    assert_true(series_plans_map(mapper, value, &hash)[0] != '!');
    return hash ^ series_time_mix(time_us);
}

static struct series_mapper *hash_mapper(struct series_plan *plan)
{
    struct series_mapper_options options = {plan, CONVERT_STRING, CONVERT_JSON};
    *plan = series_plans_usual();
    plan->tags = hash_tags;
    plan->tag_count = 2;
    return series_mapper_create(&options);
}

static void test_equal_points_have_equal_hashes(void **state)
{
    struct series_plan plan;
    struct series_mapper *one = hash_mapper(&plan);
    struct series_mapper *two = hash_mapper(&plan);
    const char *value = "{\"m\":\"a\",\"d\":\"s\",\"t\":1,\"x\":1,\"y\":\"2\",\"f\":1}";
    (void)state;
    uint64_t hash = hash_of(one, value, 1000);
    assert_true(hash == hash_of(two, value, 1000));
    assert_true(hash ==
                hash_of(one, "{\"F\":2,\"y\":2,\"x\":\"1\",\"t\":\"1.0\",\"d\":\"s\",\"m\":\"a\"}", 1000));
    assert_true(hash == hash_of(one, "{\"m\":\"a\",\"d\":\"s\",\"t\":2,\"x\":1,\"y\":\"2\",\"f\":1}", 2000));
    series_mapper_destroy(one);
    series_mapper_destroy(two);
}

static void test_different_series_have_different_hashes(void **state)
{
    static const char *const values[] = {
        "{\"m\":\"ab\",\"d\":\"c\",\"t\":1,\"f\":1}",
        "{\"m\":\"a\",\"d\":\"bc\",\"t\":1,\"f\":1}",
        "{\"m\":\"abc\",\"d\":\"\",\"t\":1,\"f\":1}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1,\"x\":\"bc\"}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1,\"y\":\"bc\"}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1,\"x\":\"b\",\"y\":\"c\"}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1,\"x\":\"c\",\"y\":\"b\"}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1,\"x\":\"by\",\"y\":\"c\"}",
        "{\"m\":\"a\",\"d\":\"\",\"t\":1,\"f\":1}",
    };
    enum { VALUES = sizeof(values) / sizeof(values[0]) };
    struct series_plan plan;
    struct series_mapper *mapper = hash_mapper(&plan);
    uint64_t hashes[VALUES];
    (void)state;
    for (size_t i = 0; i < VALUES; i++) {
        hashes[i] = hash_of(mapper, values[i], 1000);
        for (size_t j = 0; j < i; j++)
            assert_true(hashes[i] != hashes[j]);
    }
    series_mapper_destroy(mapper);
}

static void test_changing_shapes_are_told_apart(void **state)
{
    struct series_plan plan = series_plans_usual();
    struct series_mapper_options options = {&plan, CONVERT_STRING, CONVERT_JSON};
    struct series_mapper *mapper = series_mapper_create(&options);
    uint64_t hash;
    (void)state;
    for (int round = 0; round < 2; round++) {
        assert_string_equal(series_plans_map(mapper, "{\"m\":\"a\"," REST, &hash), "a \"s\" {} @1000" DONE);
        assert_string_equal(series_plans_map(mapper, "{\"f\":\"b\",\"m\":\"a\",\"t\":1,\"d\":\"s\"}", &hash),
                            "a \"s\" {} @1000 | f=s\"b\"");
        assert_string_equal(series_plans_map(mapper, "{\"f\":1}", &hash), "! map m");
        assert_string_equal(series_plans_map(mapper, "{\"level\":\"1\",\"E\":1,\"m\":\"a\"," REST, &hash),
                            "a \"s\" {level=\"1\"} @1000 | e=i1 f=i1");
    }
    series_mapper_destroy(mapper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sample_of_the_manuals_configuration),
        cmocka_unit_test(test_only_objects_are_points),
        cmocka_unit_test(test_the_records_key_is_read_and_not_used),
        cmocka_unit_test(test_a_struct_is_welcome),
        cmocka_unit_test(test_a_measurement_is_a_text_of_a_field),
        cmocka_unit_test(test_a_measurement_can_be_the_topic_or_fixed),
        cmocka_unit_test(test_a_data_source_is_there_or_null),
        cmocka_unit_test(test_tags_are_texts_in_the_order_of_their_names),
        cmocka_unit_test(test_tags_can_be_required),
        cmocka_unit_test(test_a_tag_with_a_bad_name_is_named),
        cmocka_unit_test(test_a_time_is_there_and_fits),
        cmocka_unit_test(test_one_field_may_be_several_parts),
        cmocka_unit_test(test_the_first_fault_is_told),
        cmocka_unit_test(test_texts_are_limited),
        cmocka_unit_test(test_equal_points_have_equal_hashes),
        cmocka_unit_test(test_different_series_have_different_hashes),
        cmocka_unit_test(test_changing_shapes_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
