/* emulator_series_put: PutTimeseriesData through visits: points stored, replaced, refused one by one or with
 * their request. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>

#include "emulator/row_cells.h"
#include "support/visit_rig_series.h"
#include "wire/crc32c.h"

enum { NOW_S = VISIT_RIG_NOW / 1000 };

static uint32_t cells_of_first(const struct visit_rig *rig, struct cell *cells)
{
    struct row_cursor cursor;
    const struct row_node *node =
        row_index_at_least(&store_find(&rig->store, SLICE("m"))->rows, SLICE(""), &cursor);
    assert_non_null(node);
    row_cells_unpack(row_index_cells(node), cells);
    return row_cells_count(row_index_cells(node));
}

/* ---- points ---- */

static void test_a_put_replaces_the_whole_point(void **state)
{
    struct visit_rig *rig = *state;
    struct cell fields[2] = {visit_rig_number("a", 1), visit_rig_number("b", 2)};
    struct cell cells[4];
    struct visit_rig_point point = visit_rig_a_point();
    point.fields = fields;
    point.field_count = 2;
    visit_rig_put_answered(rig, &point, 1);
    fields[0] = visit_rig_text("c", "x");
    point.field_count = 1;
    visit_rig_put_answered(rig, &point, 1);
    assert_int_equal(visit_rig_count_points(rig), 1);
    assert_int_equal(cells_of_first(rig, cells), 1);
    assert_true(slice_equal(cells[0].name, SLICE("c")));
}

static void test_of_one_time_the_last_row_of_a_request_stays(void **state)
{
    struct visit_rig *rig = *state;
    struct cell first = visit_rig_number("v", 1);
    struct cell last = visit_rig_number("v", 2);
    struct cell cells[4];
    struct visit_rig_point points[2] = {visit_rig_a_point(), visit_rig_a_point()};
    points[0].fields = &first;
    points[1].fields = &last;
    visit_rig_put_answered(rig, points, 2);
    assert_int_equal(visit_rig_count_points(rig), 1);
    assert_int_equal(cells_of_first(rig, cells), 1);
    assert_int_equal(cells[0].integer, 2);
    assert_int_equal(rig->applied, 2);
}

static void test_tags_are_one_set_whatever_their_form_and_order(void **state)
{
    struct visit_rig *rig = *state;
    static const char *const forms[] = {"os=linux,region=cn", "region=cn,os=linux",
                                        "[\"os=linux\",\"region=cn\"]", "[\"region=cn\",\"os=linux\"]"};
    for (int i = 0; i < 4; i++) {
        struct visit_rig_point point = visit_rig_a_point();
        point.tags = forms[i];
        visit_rig_put_answered(rig, &point, 1);
    }
    assert_int_equal(visit_rig_count_points(rig), 1);
    struct visit_rig_point none = visit_rig_a_point();
    none.tags = NULL;
    visit_rig_put_answered(rig, &none, 1);
    none.tags = "[]";
    visit_rig_put_answered(rig, &none, 1);
    assert_int_equal(visit_rig_count_points(rig), 2);
    assert_int_equal(visit_rig_count_series(rig), 2);
}

static void test_points_differ_by_each_part_of_their_key(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point points[5] = {visit_rig_a_point(), visit_rig_a_point(), visit_rig_a_point(),
                                        visit_rig_a_point(), visit_rig_a_point()};
    points[1].measurement = "mem";
    points[2].source = "";
    points[3].tags = "os=linux";
    points[4].time_us++;
    visit_rig_put_answered(rig, points, 5);
    assert_int_equal(visit_rig_count_points(rig), 5);
    assert_int_equal(visit_rig_count_series(rig), 4);
}

static void test_a_point_expires_by_its_own_time(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest get = OTS__GET_TIMESERIES_DATA_REQUEST__INIT;
    char name[] = "short";
    visit_rig_make_series_table(rig, name, 100);
    visit_rig_put_at(rig, name, (NOW_S - 99) * INT64_C(1000000), 1);
    visit_rig_put_at(rig, name, (NOW_S - 100) * INT64_C(1000000), 2);
    get.table_name = name;
    get.time_series_key = visit_rig_series(rig, "cpu", "host", NULL);
    for (int seconds = 0; seconds < 2; seconds++) {
        struct row rows[4];
        assert_int_equal(visit_rig_run(rig, "GetTimeseriesData", &get), 200);
        const Ots__GetTimeseriesDataResponse *answer =
            visit_rig_answer(rig, &ots__get_timeseries_data_response__descriptor);
        assert_int_equal(visit_rig_rows(rig, answer->rows_data, rows, 4), seconds == 0 ? 1 : 0);
        rig->ground.now_ms += 1000;
    }
    visit_rig_put_at(rig, name, (NOW_S + 1) * INT64_C(1000000), 3);
    assert_int_equal(store_find(&rig->store, SLICE("short"))->rows.count, 1); /* the others are swept away */
}

/* ---- rows that fail ---- */

static void expect_failure(struct visit_rig *rig, const struct visit_rig_point *bad, const char *message)
{
    struct visit_rig_point points[3] = {visit_rig_a_point(), *bad, visit_rig_a_point()};
    points[2].time_us++;
    rig->applied = rig->refused = 0;
    const Ots__PutTimeseriesDataResponse *answer = visit_rig_put_answered(rig, points, 3);
    assert_int_equal(answer->n_failed_rows, 1);
    assert_int_equal(answer->failed_rows[0]->row_index, 1);
    assert_string_equal(answer->failed_rows[0]->error_code, "OTSParameterInvalid");
    assert_string_equal(answer->failed_rows[0]->error_message, message);
    assert_int_equal(rig->applied, 2);
    assert_int_equal(rig->refused, 1);
    assert_int_equal(visit_rig_count_points(rig), 2);
    assert_int_equal(visit_rig_count_series(rig), 1);
}

static void test_a_bad_measurement_fails_its_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    char name[130];
    struct visit_rig_point bad = visit_rig_a_point();
    bad.measurement = "";
    expect_failure(rig, &bad, "Invalid measurement name: ''.");
    bad.measurement = "a#b";
    expect_failure(rig, &bad, "Invalid measurement name: 'a#b'.");
    bad.measurement = "a b";
    expect_failure(rig, &bad, "Invalid measurement name: 'a b'.");
    memset(name, 'm', sizeof(name));
    name[129] = 0;
    bad.measurement = name;
    visit_rig_put_answered(rig, &bad, 1);
    assert_int_equal(visit_rig_count_series(rig), 1);
    name[128] = 0;
    visit_rig_put_answered(rig, &bad, 1);
    assert_int_equal(visit_rig_count_series(rig), 2);
}

static void test_a_data_source_that_is_too_long_fails_its_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    char name[258];
    struct visit_rig_point bad = visit_rig_a_point();
    memset(name, 's', sizeof(name));
    name[257] = 0;
    bad.source = name;
    expect_failure(rig, &bad, "The length of data source exceeds the limit, limit length: 256, length: 257.");
    name[256] = 0;
    visit_rig_put_answered(rig, &bad, 1);
    assert_int_equal(visit_rig_count_series(rig), 2);
}

static void test_bad_tags_fail_their_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    char tags[600] = "k=";
    struct visit_rig_point bad = visit_rig_a_point();
    bad.tags = "k=";
    expect_failure(rig, &bad, "Invalid value of tag 'k': ''.");
    bad.tags = "=v";
    expect_failure(rig, &bad, "Invalid name of tag: ''.");
    bad.tags = "k=a\"b";
    expect_failure(rig, &bad, "Invalid value of tag 'k': 'a\"b'.");
    bad.tags = "k=a=b";
    expect_failure(rig, &bad, "Invalid value of tag 'k': 'a=b'.");
    bad.tags = "k y=v";
    expect_failure(rig, &bad, "Invalid name of tag: 'k y'.");
    memset(tags + 2, 'v', 512);
    bad.tags = tags;
    expect_failure(rig, &bad, "The length of tags exceeds the limit, limit length: 512, length: 513.");
    tags[2 + 511] = 0;
    visit_rig_put_answered(rig, &bad, 1);
    assert_int_equal(visit_rig_count_series(rig), 2);
}

static void test_a_time_before_1970_fails_its_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point bad = visit_rig_a_point();
    bad.time_us = -1;
    expect_failure(rig, &bad, "Invalid time: -1.");
    bad.time_us = 0;
    visit_rig_put_answered(rig, &bad, 1);
    assert_int_equal(visit_rig_count_points(rig), 3);
}

static void test_bad_names_of_fields_fail_their_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    static const char *const names[] = {
        "",           "V", "1v", "v-w", "_time", "_m_name", "_data_source", "_tags", "_meta_update_time",
        "_attributes"};
    char name[130];
    struct visit_rig_point bad = visit_rig_a_point();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char message[100];
        struct cell field = visit_rig_number(names[i], 1);
        bad.fields = &field;
        snprintf(message, sizeof(message), "Invalid field name: '%s'.", names[i]);
        expect_failure(rig, &bad, message);
    }
    memset(name, 'f', sizeof(name));
    name[128] = 0;
    struct cell field = visit_rig_number(name, 1);
    bad.fields = &field;
    bad.time_us = 5;
    assert_int_equal(visit_rig_put_answered(rig, &bad, 1)->n_failed_rows, 0);
    name[128] = 'f';
    name[129] = 0;
    field = visit_rig_number(name, 1);
    assert_int_equal(visit_rig_put_answered(rig, &bad, 1)->n_failed_rows, 1);
}

static void test_bad_values_fail_their_row_alone(void **state)
{
    struct visit_rig *rig = *state;
    struct cell field = {.name = SLICE("v"), .type = CELL_DOUBLE, .number = INFINITY};
    struct visit_rig_point bad = visit_rig_a_point();
    bad.fields = &field;
    expect_failure(rig, &bad, "The double of field 'v' is NaN or infinite.");
    size_t bytes = ((size_t)2 << 20) + 1;
    char *large = arena_take(&rig->arena, bytes);
    memset(large, 'x', bytes);
    field = (struct cell){.name = SLICE("v"), .type = CELL_BINARY, .bytes = slice_of(large, bytes)};
    expect_failure(rig, &bad, "The length of field 'v' exceeds the MaxLength:2097152 with 2097153.");
    bad.field_count = 0;
    expect_failure(rig, &bad, "The row has no field.");
}

static void test_a_point_has_at_most_1024_fields(void **state)
{
    struct visit_rig *rig = *state;
    struct cell *fields = arena_take(&rig->arena, 1025 * sizeof(fields[0]));
    struct visit_rig_point bad = visit_rig_a_point();
    for (int i = 0; i < 1025; i++) {
        char *name = arena_take(&rig->arena, 16);
        snprintf(name, 16, "f%04d", i);
        fields[i] = visit_rig_number(name, i);
    }
    bad.fields = fields;
    bad.field_count = 1025;
    expect_failure(rig, &bad,
                   "The number of fields exceeds the limit, limit count: 1024, field count: 1025.");
    bad.field_count = 1024;
    bad.time_us = 5;
    assert_int_equal(visit_rig_put_answered(rig, &bad, 1)->n_failed_rows, 0);
}

/* ---- requests that fail ---- */

static void test_more_than_200_rows_are_refused(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point *points = arena_take(&rig->arena, 201 * sizeof(points[0]));
    for (int i = 0; i < 201; i++) {
        points[i] = visit_rig_a_point();
        points[i].time_us = i;
    }
    assert_int_equal(visit_rig_put_points(rig, "m", points, 201), 400);
    assert_string_equal(rig->visit.refusal.message, "Rows count exceeds the upper limit: 200.");
    assert_int_equal(visit_rig_put_points(rig, "m", points, 0), 400);
    assert_string_equal(rig->visit.refusal.message, "No row is specified in PutTimeseriesData.");
    assert_int_equal(visit_rig_count_points(rig), 0);
    visit_rig_put_answered(rig, points, 200);
    assert_int_equal(visit_rig_count_points(rig), 200);
}

static void test_more_than_4_mb_are_refused(void **state)
{
    struct visit_rig *rig = *state;
    size_t bytes = (size_t)2 << 20;
    char *large = arena_take(&rig->arena, bytes);
    memset(large, 'x', bytes);
    struct cell field = {.name = SLICE("v"), .type = CELL_BINARY, .bytes = slice_of(large, bytes)};
    struct visit_rig_point points[2] = {visit_rig_a_point(), visit_rig_a_point()};
    points[0].fields = points[1].fields = &field;
    points[1].time_us++;
    assert_int_equal(visit_rig_put_points(rig, "m", points, 2), 400);
    assert_non_null(strstr(rig->visit.refusal.message, "limit size: 4194304"));
    assert_int_equal(rig->refused, 2);
    field.bytes.len -= 100;
    visit_rig_put_answered(rig, points, 2);
}

static void test_bytes_that_are_no_rows_are_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__PutTimeseriesDataRequest request = OTS__PUT_TIMESERIES_DATA_REQUEST__INIT;
    Ots__TimeseriesRows rows = OTS__TIMESERIES_ROWS__INIT;
    char table[] = "m";
    request.table_name = table;
    request.rows_data = &rows;
    for (int type = 0; type < 4; type++) {
        rows.type = (Ots__RowsSerializeType)type;
        rows.rows_data = proto_bytes(SLICE("\x0a\x7fnothing"));
        assert_int_equal(visit_rig_run(rig, "PutTimeseriesData", &request), 400);
        assert_string_equal(rig->visit.refusal.code, "OTSParameterInvalid");
    }
}

static void test_a_wrong_checksum_refuses_the_request(void **state)
{
    struct visit_rig *rig = *state;
    Ots__PutTimeseriesDataRequest request = OTS__PUT_TIMESERIES_DATA_REQUEST__INIT;
    Ots__TimeseriesRows rows = OTS__TIMESERIES_ROWS__INIT;
    /* cpu, host, os=linux, at 5: v = 1 */
    struct slice bytes =
        SLICE("\x0a\x25\x0a\x1a\x0a\x03"
              "cpu\x12\x04host\x22\x0d\x0a\x02os\x12\x07linux64\x10\x05\x1a\x05\x0a\x01v\x10\x01 ");
    char table[] = "m";
    request.table_name = table;
    request.rows_data = &rows;
    rows.type = OTS__ROWS_SERIALIZE_TYPE__RST_PROTO_BUFFER;
    rows.rows_data = proto_bytes(slice_of(bytes.at, bytes.len - 1));
    rows.has_flatbuffer_crc32c = true;
    rows.flatbuffer_crc32c = (int32_t)crc32c(bytes.at, bytes.len - 1);
    assert_int_equal(visit_rig_run(rig, "PutTimeseriesData", &request), 200);
    rows.flatbuffer_crc32c ^= 1;
    assert_int_equal(visit_rig_run(rig, "PutTimeseriesData", &request), 400);
    assert_string_equal(rig->visit.refusal.message, "The checksum of the rows does not match: crc32c.");
    assert_int_equal(visit_rig_count_points(rig), 1);
}

static void test_a_table_that_is_not_there_refuses_the_request(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point point = visit_rig_a_point();
    assert_int_equal(visit_rig_put_points(rig, "other", &point, 1), 404);
    assert_int_equal(rig->refused, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, visit_rig_setup_series, visit_rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_put_replaces_the_whole_point),
        TEST(test_of_one_time_the_last_row_of_a_request_stays),
        TEST(test_tags_are_one_set_whatever_their_form_and_order),
        TEST(test_points_differ_by_each_part_of_their_key),
        TEST(test_a_point_expires_by_its_own_time),
        TEST(test_a_bad_measurement_fails_its_row_alone),
        TEST(test_a_data_source_that_is_too_long_fails_its_row_alone),
        TEST(test_bad_tags_fail_their_row_alone),
        TEST(test_a_time_before_1970_fails_its_row_alone),
        TEST(test_bad_names_of_fields_fail_their_row_alone),
        TEST(test_bad_values_fail_their_row_alone),
        TEST(test_a_point_has_at_most_1024_fields),
        TEST(test_more_than_200_rows_are_refused),
        TEST(test_more_than_4_mb_are_refused),
        TEST(test_bytes_that_are_no_rows_are_refused),
        TEST(test_a_wrong_checksum_refuses_the_request),
        TEST(test_a_table_that_is_not_there_refuses_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
