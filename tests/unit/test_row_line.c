/* row_line: the JSON of design.md section 7. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "wire/row_line.h"

static void assert_line(const struct row *row, const char *expected)
{
    struct buffer line;
    buffer_init(&line, 64 * 1024);
    row_line_put(&line, SLICE("orders"), row);
    buffer_add(&line, "", 1);
    assert_string_equal(line.at, expected);
    buffer_fini(&line);
}

static void test_every_type_has_its_form(void **state)
{
    (void)state;
    struct cell keys[] = {{.name = SLICE("id"), .type = CELL_INTEGER, .integer = INT64_MIN},
                          {.name = SLICE("s"), .type = CELL_STRING, .bytes = SLICE("a\"b\n")},
                          {.name = SLICE("b"), .type = CELL_BINARY, .bytes = {"\0\xff\x10", 3}},
                          {.name = SLICE("n"), .type = CELL_AUTO_INCREMENT}};
    struct cell cells[] = {{.name = SLICE("t"), .type = CELL_BOOLEAN, .boolean = true},
                           {.name = SLICE("f"), .type = CELL_BOOLEAN, .boolean = false},
                           {.name = SLICE("d"), .type = CELL_DOUBLE, .number = 0.1},
                           {.name = SLICE("w"), .type = CELL_DOUBLE, .number = 50},
                           {.name = SLICE("x"), .type = CELL_DOUBLE, .number = NAN},
                           {.name = SLICE("y"), .type = CELL_DOUBLE, .number = -INFINITY},
                           {.name = SLICE("e"), .type = CELL_BINARY, .bytes = {NULL, 0}},
                           {.name = SLICE("v"),
                            .type = CELL_STRING,
                            .bytes = SLICE(""),
                            .has_timestamp = true,
                            .timestamp_ms = 1704164645678}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 4, .cells = cells, .cell_count = 8};
    assert_line(
        &row,
        "\"table\":\"orders\",\"op\":\"put\",\"primary_key\":[[\"id\",\"integer\",-9223372036854775808],"
        "[\"s\",\"string\",\"a\\\"b\\n\"],[\"b\",\"binary\",\"AP8Q\"],[\"n\",\"auto_increment\",null]],"
        "\"columns\":[[\"t\",\"boolean\",true],[\"f\",\"boolean\",false],[\"d\",\"double\",0.1],"
        "[\"w\",\"double\",50.0],[\"x\",\"double\",\"NaN\"],[\"y\",\"double\",\"-Infinity\"],"
        "[\"e\",\"binary\",\"\"],[\"v\",\"string\",\"\",1704164645678]]");
}

static void test_operations_of_an_update(void **state)
{
    (void)state;
    struct cell key = {.name = SLICE("id"), .type = CELL_INTEGER, .integer = 7};
    struct cell cells[] = {
        {.name = SLICE("a"), .op = CELL_DELETE_ALL},
        {.name = SLICE("b"), .op = CELL_DELETE_ONE, .has_timestamp = true, .timestamp_ms = 5},
        {.name = SLICE("c"), .op = CELL_INCREMENT, .integer = -3}};
    struct row row = {.op = ROW_UPDATE, .keys = &key, .key_count = 1, .cells = cells, .cell_count = 3};
    assert_line(
        &row,
        "\"table\":\"orders\",\"op\":\"update\",\"primary_key\":[[\"id\",\"integer\",7]],"
        "\"columns\":[[\"a\",\"delete_all\",null],[\"b\",\"delete_one\",null,5],[\"c\",\"increment\",-3]]");
}

static void test_a_deletion_has_no_columns(void **state)
{
    (void)state;
    struct cell key = {.name = SLICE("id"), .type = CELL_INTEGER, .integer = 7};
    struct row row = {.op = ROW_DELETE, .keys = &key, .key_count = 1, .cells = &key, .cell_count = 1};
    assert_line(
        &row,
        "\"table\":\"orders\",\"op\":\"delete\",\"primary_key\":[[\"id\",\"integer\",7]],\"columns\":[]");
}

static void test_range_bounds_have_names(void **state)
{
    (void)state;
    struct cell keys[] = {{.name = SLICE("a"), .type = CELL_INF_MIN},
                          {.name = SLICE("b"), .type = CELL_INF_MAX}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    assert_line(&row, "\"table\":\"orders\",\"op\":\"put\",\"primary_key\":[[\"a\",\"inf_min\",null],"
                      "[\"b\",\"inf_max\",null]],\"columns\":[]");
}

struct reading {
    struct arena arena;
    struct row_line line;
    struct error error;
};

static int set_up(void **state)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    arena_init(&reading->arena, 4096);
    *state = reading;
    return 0;
}

static int tear_down(void **state)
{
    struct reading *reading = *state;
    arena_fini(&reading->arena);
    free(reading);
    return 0;
}

static int read_line(struct reading *reading, const char *text)
{
    return row_line_read(slice_text(text), &reading->arena, &reading->line, &reading->error);
}

#define ROW(op, columns)                                                                                     \
    "\"table\":\"orders\",\"op\":\"" op "\",\"primary_key\":[[\"id\",\"integer\",7]],\"columns\":[" columns  \
    "]"

#define SERIES(tags, fields)                                                                                 \
    "\"table\":\"cpu\",\"op\":\"timeseries\",\"measurement\":\"host\",\"data_source\":\"\",\"tags\":[" tags  \
    "],\"time_us\":1645459200000000,\"fields\":[" fields "]"

static void test_a_point_of_a_series_has_its_own_form(void **state)
{
    (void)state;
    struct cell keys[] = {{.type = CELL_STRING, .bytes = SLICE("host")},
                          {.type = CELL_STRING, .bytes = SLICE("")},
                          {.name = SLICE("level"), .type = CELL_STRING, .bytes = SLICE("3")},
                          {.name = SLICE("region"), .type = CELL_STRING, .bytes = SLICE("cn-\"1")},
                          {.type = CELL_INTEGER, .integer = 1645459200000000}};
    struct cell cells[] = {{.name = SLICE("cpu"), .type = CELL_DOUBLE, .number = 10},
                           {.name = SLICE("ok"), .type = CELL_BOOLEAN, .boolean = true}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 5, .cells = cells, .cell_count = 2};
    struct buffer line;
    buffer_init(&line, 64 * 1024);
    row_line_put_series(&line, SLICE("cpu"), &row);
    buffer_add(&line, "", 1);
    assert_string_equal(line.at, SERIES("[\"level\",\"3\"],[\"region\",\"cn-\\\"1\"]",
                                        "[\"cpu\",\"double\",10.0],[\"ok\",\"boolean\",true]"));
    buffer_fini(&line);
}

static void test_tags_and_fields_of_a_line_are_put_into_byte_order(void **state)
{
    struct reading *reading = *state;
    const struct row *row = &reading->line.row;
    const char *fields = "[\"b\",\"binary\",\"AP8Q\"],[\"a\",\"double\",\"NaN\"],[\"B\",\"integer\",-7]";
    char line[400];
    snprintf(line, sizeof(line),
             "{\"seq\":1," SERIES("[\"z\",\"1\"],[\"y\",\"\\u00e9\"]", "%s") ",\"result\":\"ok\"}", fields);
    assert_int_equal(read_line(reading, line), 1);
    assert_true(reading->line.series);
    struct buffer again;
    buffer_init(&again, 64 * 1024);
    row_line_put_series(&again, reading->line.table, row);
    buffer_add(&again, "", 1);
    assert_string_equal(
        again.at, SERIES("[\"y\",\"\xc3\xa9\"],[\"z\",\"1\"]",
                         "[\"B\",\"integer\",-7],[\"a\",\"double\",\"NaN\"],[\"b\",\"binary\",\"AP8Q\"]"));
    assert_int_equal(row->key_count, 5);
    buffer_fini(&again);
    assert_int_equal(read_line(reading, "{" ROW("put", "") "}"), 1);
    assert_false(reading->line.series);
}

static void test_what_was_written_is_read_as_it_was(void **state)
{
    static const char *const lines[] = {
        ROW("put",
            "[\"s\",\"string\",\"a\\\"b\\n\xc3\xa9\"],[\"b\",\"binary\",\"AP8Q\"],[\"t\",\"boolean\",false]"),
        ROW("put", "[\"d\",\"double\",-0.0],[\"x\",\"double\",\"NaN\"],[\"y\",\"double\",\"-Infinity\"]"),
        ROW("put", "[\"i\",\"integer\",-9223372036854775808,1704164645678]"),
        ROW("update", "[\"a\",\"delete_all\",null],[\"b\",\"delete_one\",null,5],[\"c\",\"increment\",-3]"),
        ROW("delete", ""),
        "\"table\":\"t\",\"op\":\"put\",\"primary_key\":[[\"k\",\"binary\",\"\"],[\"n\",\"auto_increment\","
        "null]],"
        "\"columns\":[]",
    };
    struct reading *reading = *state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char whole[400];
        snprintf(whole, sizeof(whole), "{%s}\n", lines[i]);
        assert_int_equal(read_line(reading, whole), 1);
        struct buffer line;
        buffer_init(&line, 64 * 1024);
        row_line_put(&line, reading->line.table, &reading->line.row);
        buffer_add(&line, "", 1);
        assert_string_equal(line.at, lines[i]);
        buffer_fini(&line);
    }
}

static void test_what_stands_around_a_row_is_passed_over(void **state)
{
    struct reading *reading = *state;
    assert_int_equal(read_line(reading, "{\"topic\":\"o\",\"partition\":0,\"offset\":3," ROW("put", "") "}"),
                     1);
    assert_int_equal(read_line(reading, "{\"seq\":1,\"time_ms\":2,\"request\":\"r\"," ROW(
                                            "put", "") ",\"result\":\"ok\"}"),
                     1);
    assert_int_equal(reading->line.row.keys[0].integer, 7);
    assert_int_equal(read_line(reading, "{\"op\":\"delete\",\"primary_key\":[[\"id\",\"integer\",7]]}"), 1);
    assert_null(reading->line.table.at);
}

static void test_a_line_may_say_that_there_is_nothing_to_write(void **state)
{
    struct reading *reading = *state;
    assert_int_equal(read_line(reading, "{" ROW("put", "") ",\"result\":\"OTSServerBusy\"}"), 0);
    assert_int_equal(read_line(reading, "{\"seq\":1,\"event\":\"unanswered\"}"), 0);
    assert_int_equal(read_line(reading, "{\"offset\":1,\"op\":\"skip\",\"reason\":\"tombstone\"}"), 0);
}

static void test_what_is_not_exactly_a_row_is_an_error_in_words(void **state)
{
    static const struct {
        const char *line;
        const char *words;
    } cases[] = {
        {"", "column 1: no row in JSON: "},
        {"[]", "column 1: no row in JSON: "},
        {"{" ROW("put", "") "}{}", "something follows the row"},
        {"{" ROW("put", "") ",\"colour\":1}", "\"colour\" is no member of a row"},
        {"{" ROW("upsert", "") "}", "op: "},
        {"{\"op\":\"put\"}", "primary_key: a list"},
        {"{\"op\":\"put\",\"primary_key\":[]}", "primary_key: a list"},
        {"{\"op\":\"put\",\"primary_key\":[[\"k\",\"double\",1.5]]}", "primary_key: k: a key column is"},
        {"{\"op\":\"put\",\"primary_key\":[[\"k\",\"inf_min\",null]]}",
         "primary_key: k: its type is not known"},
        {"{\"op\":\"put\",\"primary_key\":[[\"k\",\"string\",\"a\",5]]}",
         "primary_key: k: a key column takes no"},
        {"{\"op\":\"put\",\"primary_key\":[[\"k\",\"string\",null]]}", "primary_key: k: a text was expected"},
        {"{" ROW("put", "[\"a\",\"integer\",1.0]") "}", "columns: a: an integer within 64 bits"},
        {"{" ROW("put", "[\"a\",\"integer\",9223372036854775808]") "}",
         "columns: a: an integer within 64 bits"},
        {"{" ROW("put", "[\"a\",\"double\",1e999]") "}", "columns: a: no number that a double holds"},
        {"{" ROW("put", "[\"a\",\"double\",9007199254740993]") "}",
         "columns: a: no number that a double holds"},
        {"{" ROW("put", "[\"a\",\"binary\",\"AP8\"]") "}", "columns: a: this is no base64"},
        {"{" ROW("put", "[\"a\",\"boolean\",1]") "}", "columns: a: true or false"},
        {"{" ROW("put", "[\"a\",\"number\",1]") "}", "columns: a: its type is not known"},
        {"{" ROW("put", "[\"a\",\"delete_all\",null]") "}", "columns: a: its type is not known"},
        {"{" ROW("put", "[\"a\",\"string\",\"x\",-1]") "}", "columns: a: a version is"},
        {"{" ROW("put", "[\"a\",\"string\"]") "}", "columns: a column is [name, type, value]"},
        {"{" ROW("put", "[\"a\",\"string\",\"\",1,2]") "}", "columns: a column is [name, type, value]"},
        {"{" ROW("update", "[\"a\",\"delete_one\",null]") "}", "columns: a: delete_one needs a version"},
        {"{" ROW("update", "[\"a\",\"delete_all\",null,5]") "}", "columns: a: delete_one needs a version"},
        {"{" ROW("update", "[\"a\",\"delete_all\",1]") "}", "columns: a: a deletion has null"},
        {"{" ROW("update", "[\"a\",\"increment\",1,5]") "}", "columns: a: an increment takes no version"},
        {"{" ROW("delete", "[\"a\",\"string\",\"\"]") "}", "columns: a deletion of a row has none"},
        {"{\"table\":1,\"op\":\"delete\",\"primary_key\":[[\"id\",\"integer\",7]]}", "table: a text"},
        {"{\"op\":\"error\",\"stage\":\"map\",\"error\":\"a b\"}", "it was no row already: a b"},
        {"{" ROW("put", "") ",\"fields\":[]}", "\"fields\" is no member of a row of a data table"},
        {"{" SERIES("", "[\"a\",\"integer\",1]") ",\"columns\":[]}",
         "\"columns\" is no member of a row of a time-series table"},
        {"{" SERIES("[\"a\",\"b\"],[\"a\",\"c\"]", "[\"a\",\"integer\",1]") "}",
         "tags: a: it is there twice"},
        {"{" SERIES("[\"a\",1]", "[\"a\",\"integer\",1]") "}", "tags: a tag is [name, value]"},
        {"{" SERIES("[\"a\",\"b\",\"c\"]", "[\"a\",\"integer\",1]") "}", "tags: a tag is [name, value]"},
        {"{" SERIES("", "") "}", "fields: a list of 1 to 1024"},
        {"{" SERIES("", "[\"a\",\"integer\",1],[\"a\",\"integer\",2]") "}", "fields: a: it is there twice"},
        {"{" SERIES("", "[\"a\",\"integer\",1,5]") "}", "fields: a: a field takes no version"},
        {"{" SERIES("", "[\"a\",\"delete_all\",null]") "}", "fields: a: its type is not known"},
        {"{\"op\":\"timeseries\",\"data_source\":\"\"}", "measurement: a text"},
        {"{\"op\":\"timeseries\",\"measurement\":\"m\"}", "data_source: a text"},
        {"{\"op\":\"timeseries\",\"measurement\":\"m\",\"data_source\":\"\"}", "time_us: a number"},
        {"{\"op\":\"timeseries\",\"measurement\":\"m\",\"data_source\":\"\",\"time_us\":-1}",
         "time_us: a number"},
        {"{\"op\":\"timeseries\",\"measurement\":\"m\",\"data_source\":\"\",\"time_us\":1,\"tags\":{}}",
         "tags: a list"},
    };
    struct reading *reading = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_line(reading, cases[i].line), -1);
        assert_int_equal(reading->error.kind, ERROR_RECORD);
        if (strstr(reading->error.text, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].line, reading->error.text);
    }
}

static void test_a_row_has_at_most_1024_columns(void **state)
{
    struct reading *reading = *state;
    struct buffer line;
    buffer_init(&line, 1 << 20);
    buffer_print(&line, "{\"op\":\"put\",\"primary_key\":[[\"id\",\"integer\",7]],\"columns\":[");
    for (int i = 0; i < ROW_LINE_CELLS_MOST; i++)
        buffer_print(&line, "%s[\"c%d\",\"integer\",%d]", i == 0 ? "" : ",", i, i);
    size_t before = line.len;
    buffer_print(&line, "]}");
    assert_int_equal(row_line_read(buffer_slice(&line), &reading->arena, &reading->line, &reading->error), 1);
    assert_int_equal(reading->line.row.cells[1023].integer, 1023);
    line.len = before;
    buffer_print(&line, ",[\"more\",\"integer\",1]]}");
    assert_int_equal(row_line_read(buffer_slice(&line), &reading->arena, &reading->line, &reading->error),
                     -1);
    assert_non_null(strstr(reading->error.text, "at most 1024 columns"));
    buffer_fini(&line);
}

#define READING(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_has_its_form),
        cmocka_unit_test(test_operations_of_an_update),
        cmocka_unit_test(test_a_deletion_has_no_columns),
        cmocka_unit_test(test_range_bounds_have_names),
        cmocka_unit_test(test_a_point_of_a_series_has_its_own_form),
        READING(test_what_was_written_is_read_as_it_was),
        READING(test_tags_and_fields_of_a_line_are_put_into_byte_order),
        READING(test_what_stands_around_a_row_is_passed_over),
        READING(test_a_line_may_say_that_there_is_nothing_to_write),
        READING(test_what_is_not_exactly_a_row_is_an_error_in_words),
        READING(test_a_row_has_at_most_1024_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
