/* row_line: the JSON of design.md section 7. */
#include "support/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "base/buffer.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_has_its_form),
        cmocka_unit_test(test_operations_of_an_update),
        cmocka_unit_test(test_a_deletion_has_no_columns),
        cmocka_unit_test(test_range_bounds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
