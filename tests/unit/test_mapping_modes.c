/* table_mapper: what is not in the manual's main line: the primary key mode search, fields of the key as
 * columns, nested values in Maps only, single values that are no JSON. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "mapping/coordinates.h"
#include "mapping/table_mapper.h"
#include "support/mapping_text.h"

static struct buffer text;

#define FIELD(name, type) "{\"field\":\"" name "\",\"type\":\"" type "\",\"optional\":true}"
#define STRUCT(fields, payload)                                                                              \
    "{\"schema\":{\"type\":\"struct\",\"fields\":[" fields "]},\"payload\":" payload "}"

static struct message message_of(const char *key, const char *value)
{
    return (struct message){
        .topic = SLICE("orders.eu"),
        .partition = 3,
        .offset = 42,
        .timestamp_ms = 1700000000123,
        .key = slice_text(key),
        .value = slice_text(value),
    };
}

static const char *said(struct table_mapper *mapper, const struct message *message)
{
    struct row row;
    struct mapping_fault fault;
    if (table_mapper_map(mapper, message, &row, &fault) == MAPPING_ROW)
        return mapping_text_row(&text, &row);
    text.len = 0;
    buffer_print(&text, "! %s %s", mapping_stage_name(fault.stage), fault.has_column ? fault.column : "-");
    buffer_add(&text, "", 1);
    return text.at;
}

static void assert_mapped(struct table_mapper *mapper, const char *key, const char *value, const char *wanted)
{
    struct message message = message_of(key, value);
    for (int round = 0; round < 2; round++)
        assert_string_equal(said(mapper, &message), wanted);
}

static struct table_mapper *mapper_of(const struct mapping_plan *plan, enum convert_format key,
                                      enum convert_format value)
{
    struct table_mapper_options options = {plan, key, value};
    return table_mapper_create(&options);
}

static struct mapping_plan plan_of(enum mapping_key_mode mode)
{
    struct mapping_plan plan = {
        .table = SLICE("t"),
        .key_mode = mode,
        .map_values = MAP_VALUES_TYPED,
        .keys = {{SLICE("id"), CELL_INTEGER}},
        .key_count = 1,
    };
    coordinates_plan(&plan);
    return plan;
}

/* ---- search ---- */

#define SEARCH_KEY "md5=s\"a4583\" topic=s\"orders.eu\" partition=i3 offset=i42"

static void test_search_has_four_keys_and_a_timestamp(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_SEARCH);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    assert_mapped(mapper, NULL, "{\"a\":1}", "put " SEARCH_KEY " | timestamp=i1700000000123 a=i1");
    assert_mapped(mapper, NULL, "{\"timestamp\":5,\"md5\":\"x\",\"a\":2,\"offset\":1}",
                  "put " SEARCH_KEY " | timestamp=i1700000000123 a=i2");
    assert_mapped(mapper, NULL, NULL, "put " SEARCH_KEY " | timestamp=i1700000000123");
    table_mapper_destroy(mapper);
    plan.insert_mode = INSERT_UPDATE;
    mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    assert_mapped(mapper, NULL, "{\"a\":1}", "update " SEARCH_KEY " | timestamp=i1700000000123 a=i1");
    assert_mapped(mapper, NULL, "{\"a\":null}", "! transform -");
    assert_mapped(mapper, NULL, NULL, "! transform -");
    table_mapper_destroy(mapper);
}

static void test_a_white_list_cannot_take_the_timestamp_away(void **state)
{
    (void)state;
    struct mapping_column columns[] = {{SLICE("a"), CELL_INTEGER}, {SLICE("timestamp"), CELL_STRING}};
    struct mapping_plan plan = plan_of(KEY_MODE_SEARCH);
    plan.columns = columns;
    plan.column_count = 2;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    assert_mapped(mapper, NULL, "{\"a\":1,\"timestamp\":\"x\",\"b\":3}",
                  "put " SEARCH_KEY " | timestamp=i1700000000123 a=i1");
    table_mapper_destroy(mapper);
}

static void test_a_record_without_time_needs_the_local_clock(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_SEARCH);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    struct message message = message_of(NULL, "{}");
    struct row row;
    struct mapping_fault fault;
    message.timestamp_ms = -1;
    assert_string_equal(said(mapper, &message), "! map timestamp");
    table_mapper_destroy(mapper);
    plan.time = TIME_OF_WRITING;
    mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    int64_t before = (int64_t)time(NULL) * 1000;
    assert_int_equal(table_mapper_map(mapper, &message, &row, &fault), MAPPING_ROW);
    assert_in_range(row.cells[0].integer, before, before + 100000);
    table_mapper_destroy(mapper);
}

/* ---- fields of the key as columns ---- */

static void test_fields_of_the_key_become_columns_and_win(void **state) /* the recording pk-key-columns */
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY);
    plan.key_columns = true;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", "{\"region\":\"VALUE\",\"A\":\"x\",\"id\":99}",
                  "put id=i1 | A=s\"x\" region=s\"eu\"");
    assert_mapped(mapper, "{\"id\":2}", "{\"region\":\"VALUE\",\"A\":\"x\",\"id\":99}",
                  "put id=i2 | region=s\"VALUE\" A=s\"x\"");
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", "{\"region\":\"VALUE\",\"A\":\"x\",\"id\":99}",
                  "put id=i1 | A=s\"x\" region=s\"eu\"");
    assert_mapped(mapper, "{\"id\":1,\"A\":null}", "{\"region\":\"VALUE\",\"A\":\"x\"}",
                  "put id=i1 | region=s\"VALUE\"");
    assert_mapped(mapper, "5", "{\"A\":1}", "put id=i5 | A=i1");
    assert_mapped(mapper, "5", "{\"key\":1}",
                  "put id=i5 | key=i1"); /* the key is no column, and hides none */
    table_mapper_destroy(mapper);
}

static void test_fields_of_the_key_never_write_a_tombstone(void **state) /* E2 */
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY);
    plan.key_columns = true;
    plan.delete_mode = DELETE_ROW;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", NULL, "delete id=i1 |");
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", "{\"region\":\"x\",\"A\":1}",
                  "put id=i1 | A=i1 region=s\"eu\"");
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", NULL, "delete id=i1 |");
    table_mapper_destroy(mapper);
    plan.delete_mode = DELETE_NONE;
    mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "{\"id\":1,\"region\":\"eu\"}", NULL, "put id=i1 |");
    table_mapper_destroy(mapper);
}

static void test_a_text_as_key_becomes_the_column_key(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA);
    plan.key_columns = true;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    assert_mapped(mapper, "k", "{\"key\":1,\"a\":2}",
                  "put topic_partition=s\"orders.eu_3\" offset=i42 | a=i2 key=s\"k\"");
    assert_mapped(mapper, NULL, "{\"key\":1,\"a\":2}",
                  "put topic_partition=s\"orders.eu_3\" offset=i42 | key=i1 a=i2");
    table_mapper_destroy(mapper);
    mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_STRING);
    assert_mapped(mapper, "k", "v",
                  "put topic_partition=s\"orders.eu_3\" offset=i42 | value=s\"v\" key=s\"k\"");
    table_mapper_destroy(mapper);
    plan = plan_of(KEY_MODE_RECORD_KEY);
    plan.key_columns = true;
    plan.keys[0].type = CELL_STRING;
    mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_STRING);
    assert_mapped(mapper, "k", "v", "put id=s\"k\" | value=s\"v\"");
    table_mapper_destroy(mapper);
}

static void test_a_white_list_chooses_among_the_fields_of_both(void **state)
{
    (void)state;
    struct mapping_column columns[] = {{SLICE("a"), CELL_INTEGER}, {SLICE("b"), CELL_STRING}};
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA);
    plan.key_columns = true;
    plan.columns = columns;
    plan.column_count = 2;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "{\"a\":\"7\",\"x\":1}", "{\"a\":1,\"b\":2,\"c\":3}",
                  "put topic_partition=s\"orders.eu_3\" offset=i42 | b=s\"2\" a=i7");
    assert_mapped(mapper, "{\"a\":\"x\"}", "{\"b\":2}", "! map a");
    assert_mapped(mapper, "true", "{\"b\":2}", "! map -");
    table_mapper_destroy(mapper);
}

static void test_an_update_writes_what_the_key_has(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY);
    plan.key_columns = true;
    plan.insert_mode = INSERT_UPDATE;
    plan.delete_mode = DELETE_COLUMN;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_JSON, CONVERT_JSON);
    assert_mapped(mapper, "{\"id\":1,\"r\":2}", "{}", "update id=i1 | r=i2");
    assert_mapped(mapper, "{\"id\":1,\"a\":null}", "{\"a\":1,\"b\":null}", "update id=i1 | b=del a=del");
    assert_mapped(mapper, "{\"id\":1}", "{}", "! transform -");
    table_mapper_destroy(mapper);
}

/* ---- nested values ---- */

static void test_nested_values_are_text_in_maps_only(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA);
    plan.nested = NESTED_TEXT_IN_MAPS;
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON);
    assert_mapped(mapper, NULL, "{\"o\":{\"a\":1}}",
                  "put topic_partition=s\"orders.eu_3\" offset=i42 | o=s\"{\"a\":1}\"");
    table_mapper_destroy(mapper);
    mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
    assert_mapped(mapper, NULL, STRUCT("{\"field\":\"o\",\"type\":\"struct\",\"fields\":[]}", "{\"o\":{}}"),
                  "! map o");
    table_mapper_destroy(mapper);
}

/* ---- single values with a schema ---- */

static void test_a_single_value_with_a_schema_is_the_column_value(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_KAFKA);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_STRING, CONVERT_JSON_ENVELOPE);
#define ONE(type, payload) "{\"schema\":{\"type\":\"" type "\"},\"payload\":" payload "}"
#define KAFKA_KEY "put topic_partition=s\"orders.eu_3\" offset=i42 | "
    assert_mapped(mapper, NULL, ONE("int32", "5"), KAFKA_KEY "value=i5");
    assert_mapped(mapper, NULL, ONE("double", "1.5"), KAFKA_KEY "value=d1.5");
    assert_mapped(mapper, NULL, ONE("boolean", "true"), KAFKA_KEY "value=btrue");
    assert_mapped(mapper, NULL, ONE("bytes", "\"AAH/\""), KAFKA_KEY "value=x0001ff");
    assert_mapped(mapper, NULL, "{\"schema\":null,\"payload\":5}", "! map -");
    assert_mapped(mapper, NULL,
                  "{\"schema\":{\"type\":\"array\",\"items\":{\"type\":\"int8\"}},\"payload\":[1]}",
                  "! map -");
    table_mapper_destroy(mapper);
}

static const char *said_of_bytes(struct table_mapper *mapper, struct slice key, struct slice value)
{
    struct message message = message_of(NULL, NULL);
    message.key = key;
    message.value = value;
    return said(mapper, &message);
}

static void test_numbers_and_bytes_are_keys_and_values(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of(KEY_MODE_RECORD_KEY);
    struct table_mapper *mapper = mapper_of(&plan, CONVERT_INT64, CONVERT_FLOAT32);
    assert_string_equal(said_of_bytes(mapper, SLICE("\0\0\0\0\0\0\0\7"), SLICE("\x3f\xc0\0\0")),
                        "put id=i7 | value=d1.5");
    assert_string_equal(said_of_bytes(mapper, SLICE("\0\0\0\0\0\0\0\7"), SLICE("\x7f\xc0\0\0")),
                        "! limit value"); /* NaN */
    assert_string_equal(said_of_bytes(mapper, SLICE("7"), SLICE("\x3f\xc0\0\0")), "! convert -");
    table_mapper_destroy(mapper);
    plan.keys[0].type = CELL_BINARY;
    mapper = mapper_of(&plan, CONVERT_BYTES, CONVERT_BYTES);
    assert_string_equal(said_of_bytes(mapper, SLICE("\0k"), SLICE("\0v")), "put id=x006b | value=x0076");
    assert_string_equal(said_of_bytes(mapper, SLICE("k"), (struct slice){0}), "put id=x6b |");
    table_mapper_destroy(mapper);
    mapper = mapper_of(&plan, CONVERT_BOOLEAN, CONVERT_BOOLEAN);
    assert_string_equal(said_of_bytes(mapper, SLICE("\1"), SLICE("\1")), "! map id");
    table_mapper_destroy(mapper);
}

static int setup(void **state)
{
    (void)state;
    buffer_init(&text, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_fini(&text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_has_four_keys_and_a_timestamp),
        cmocka_unit_test(test_a_white_list_cannot_take_the_timestamp_away),
        cmocka_unit_test(test_a_record_without_time_needs_the_local_clock),
        cmocka_unit_test(test_fields_of_the_key_become_columns_and_win),
        cmocka_unit_test(test_fields_of_the_key_never_write_a_tombstone),
        cmocka_unit_test(test_a_text_as_key_becomes_the_column_key),
        cmocka_unit_test(test_a_white_list_chooses_among_the_fields_of_both),
        cmocka_unit_test(test_an_update_writes_what_the_key_has),
        cmocka_unit_test(test_nested_values_are_text_in_maps_only),
        cmocka_unit_test(test_a_single_value_with_a_schema_is_the_column_value),
        cmocka_unit_test(test_numbers_and_bytes_are_keys_and_values),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
