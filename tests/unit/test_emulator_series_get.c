/* emulator_series_get: GetTimeseriesData through visits: ranges both ways, pages, fields, and the form of the
 * answer. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "support/visit_rig_series.h"

enum { ROWS_MOST = 300 };

static char table_name[] = "m";

static Ots__GetTimeseriesDataRequest request_for(struct visit_rig *rig)
{
    Ots__GetTimeseriesDataRequest request = OTS__GET_TIMESERIES_DATA_REQUEST__INIT;
    request.table_name = table_name;
    request.time_series_key = visit_rig_series(rig, "cpu", "host", NULL);
    return request;
}

static void range(Ots__GetTimeseriesDataRequest *request, int64_t begin_us, int64_t end_us)
{
    request->has_begin_time = request->has_end_time = true;
    request->begin_time = begin_us;
    request->end_time = end_us;
}

static const Ots__GetTimeseriesDataResponse *get(struct visit_rig *rig,
                                                 const Ots__GetTimeseriesDataRequest *request)
{
    assert_int_equal(visit_rig_run(rig, "GetTimeseriesData", request), 200);
    return visit_rig_answer(rig, &ots__get_timeseries_data_response__descriptor);
}

/* "1 2 3": the times of the rows. */
static void expect_times(struct visit_rig *rig, const Ots__GetTimeseriesDataRequest *request,
                         const char *times)
{
    struct row rows[ROWS_MOST];
    char found[256] = "";
    const Ots__GetTimeseriesDataResponse *answer = get(rig, request);
    size_t count = visit_rig_rows(rig, answer->rows_data, rows, ROWS_MOST);
    for (size_t i = 0; i < count; i++)
        snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s%lld", i == 0 ? "" : " ",
                 (long long)rows[i].keys[4].integer);
    assert_string_equal(found, times);
    assert_false(answer->has_next_token);
}

static void put_some(struct visit_rig *rig)
{
    static const int64_t times[] = {3, 1, 5, 2, 4};
    for (int i = 0; i < 5; i++)
        visit_rig_put_at(rig, "m", times[i], times[i] * 10);
}

static void test_the_answer_has_key_columns_and_typed_names(void **state)
{
    struct visit_rig *rig = *state;
    struct cell fields[5] = {visit_rig_number("i", -3),
                             visit_rig_text("s", "text"),
                             {.name = SLICE("d"), .type = CELL_DOUBLE, .number = 1.5},
                             {.name = SLICE("b"), .type = CELL_BOOLEAN, .boolean = true},
                             {.name = SLICE("y"), .type = CELL_BINARY, .bytes = {"\0\xff", 2}}};
    struct visit_rig_point point = {.measurement = "cpu",
                                    .source = "host",
                                    .tags = "region=cn,os=linux",
                                    .time_us = 1700000000000001,
                                    .fields = fields,
                                    .field_count = 5};
    static const char *const keys[] = {"_#h", "_m_name", "_data_source", "_tags", "_time"};
    static const char *const names[] = {"b:b", "d:d", "i:i", "s:s", "y:y"};
    struct row row;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    assert_int_equal(visit_rig_put_points(rig, "m", &point, 1), 200);
    request.time_series_key = visit_rig_series(rig, "cpu", "host", "os=linux,region=cn");
    assert_int_equal(visit_rig_rows(rig, get(rig, &request)->rows_data, &row, 1), 1);
    assert_int_equal(row.key_count, 5);
    for (int i = 0; i < 5; i++)
        assert_true(slice_equal(row.keys[i].name, slice_text(keys[i])));
    assert_int_equal(row.keys[0].bytes.len, 16);
    assert_true(slice_equal(row.keys[1].bytes, SLICE("cpu")));
    assert_true(slice_equal(row.keys[2].bytes, SLICE("host")));
    assert_true(slice_equal(row.keys[3].bytes, SLICE("[\"os=linux\",\"region=cn\"]")));
    assert_int_equal(row.keys[4].integer, 1700000000000001);
    assert_int_equal(row.cell_count, 5);
    for (int i = 0; i < 5; i++) {
        assert_true(slice_equal(row.cells[i].name, slice_text(names[i])));
        assert_false(row.cells[i].has_timestamp);
    }
    assert_true(row.cells[0].boolean);
    assert_true(row.cells[1].number == 1.5);
    assert_int_equal(row.cells[2].integer, -3);
    assert_true(slice_equal(row.cells[3].bytes, SLICE("text")));
    assert_true(slice_equal(row.cells[4].bytes, slice_of("\0\xff", 2)));
}

static void test_a_range_has_its_begin_and_not_its_end(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    expect_times(rig, &request, "1 2 3 4 5");
    range(&request, 2, 4);
    expect_times(rig, &request, "2 3");
    range(&request, 0, 1);
    expect_times(rig, &request, "");
    range(&request, 5, INT64_MAX);
    expect_times(rig, &request, "5");
}

static void test_backward_is_the_same_range_from_its_end(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    request.has_backward = request.backward = true;
    expect_times(rig, &request, "5 4 3 2 1");
    range(&request, 2, 4);
    expect_times(rig, &request, "3 2");
    request.backward = false;
    expect_times(rig, &request, "2 3");
}

static void test_a_specific_time_is_one_point(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    request.has_specific_time = true;
    request.specific_time = 3;
    expect_times(rig, &request, "3");
    request.specific_time = 6;
    expect_times(rig, &request, "");
}

static void test_other_series_are_not_seen(void **state)
{
    struct visit_rig *rig = *state;
    struct cell field = visit_rig_number("v", 1);
    static const char *const sources[] = {"", "hos", "host", "hosts"};
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    for (int i = 0; i < 4; i++) {
        struct visit_rig_point point = {.measurement = i == 2 ? "cpv" : "cpu",
                                        .source = sources[i],
                                        .time_us = 2,
                                        .fields = &field,
                                        .field_count = 1};
        assert_int_equal(visit_rig_put_points(rig, "m", &point, 1), 200);
    }
    expect_times(rig, &request, "1 2 3 4 5");
    request.has_backward = request.backward = true;
    expect_times(rig, &request, "5 4 3 2 1");
    request.time_series_key = visit_rig_series(rig, "cpu", "", NULL);
    expect_times(rig, &request, "2");
    request.time_series_key = visit_rig_series(rig, "cpu", "host", "os=linux");
    expect_times(rig, &request, "");
}

static void read_by_pages(struct visit_rig *rig, bool backward)
{
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    int64_t expected = backward ? 9 : 0;
    request.has_limit = true;
    request.limit = 3;
    request.has_backward = true;
    request.backward = backward;
    range(&request, 0, 10);
    for (int page = 0; page < 4; page++) {
        struct row rows[ROWS_MOST];
        const Ots__GetTimeseriesDataResponse *answer = get(rig, &request);
        size_t count = visit_rig_rows(rig, answer->rows_data, rows, ROWS_MOST);
        assert_int_equal(count, page < 3 ? 3 : 1);
        for (size_t i = 0; i < count; i++, expected += backward ? -1 : 1)
            assert_int_equal(rows[i].keys[4].integer, expected);
        assert_true(answer->has_next_token == (page < 3));
        request.has_token = true;
        request.token = answer->next_token;
    }
}

static void test_a_token_goes_on_where_the_limit_was_reached(void **state)
{
    struct visit_rig *rig = *state;
    for (int64_t i = 0; i < 12; i++)
        visit_rig_put_at(rig, "m", i, i);
    read_by_pages(rig, false);
    read_by_pages(rig, true);
}

static void test_a_page_ends_at_5000_points_and_at_4_mb(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    size_t bytes = (size_t)1 << 20;
    char *large = arena_take(&rig->arena, bytes);
    memset(large, 'x', bytes);
    struct cell field = {.name = SLICE("v"), .type = CELL_STRING, .bytes = slice_of(large, bytes)};
    struct row *rows = arena_take(&rig->arena, 5001 * sizeof(rows[0]));
    for (int64_t i = 0; i < 5001; i++)
        visit_rig_put_at(rig, "m", i, i);
    const Ots__GetTimeseriesDataResponse *answer = get(rig, &request);
    assert_int_equal(visit_rig_rows(rig, answer->rows_data, rows, 5001), 5000);
    assert_true(answer->has_next_token);
    for (int64_t i = 0; i < 5; i++) {
        struct visit_rig_point point = {
            .measurement = "cpu", .source = "large", .time_us = i, .fields = &field, .field_count = 1};
        assert_int_equal(visit_rig_put_points(rig, "m", &point, 1), 200);
    }
    request.time_series_key = visit_rig_series(rig, "cpu", "large", NULL);
    answer = get(rig, &request);
    assert_int_equal(visit_rig_rows(rig, answer->rows_data, rows, 5), 3);
    assert_true(answer->has_next_token);
}

static void test_fields_are_chosen_by_name_and_type(void **state)
{
    struct visit_rig *rig = *state;
    struct cell first[2] = {visit_rig_number("a", 1), visit_rig_number("b", 2)};
    struct cell second[1] = {visit_rig_text("a", "x")};
    struct visit_rig_point points[2] = {
        {.measurement = "cpu", .source = "host", .time_us = 1, .fields = first, .field_count = 2},
        {.measurement = "cpu", .source = "host", .time_us = 2, .fields = second, .field_count = 1}};
    char name[] = "a";
    struct row rows[4];
    Ots__TimeseriesFieldsToGet wanted = OTS__TIMESERIES_FIELDS_TO_GET__INIT;
    Ots__TimeseriesFieldsToGet *fields[] = {&wanted};
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    assert_int_equal(visit_rig_put_points(rig, "m", points, 2), 200);
    request.n_fields_to_get = 1;
    request.fields_to_get = fields;
    wanted.name = name;
    assert_int_equal(visit_rig_rows(rig, get(rig, &request)->rows_data, rows, 4), 2);
    assert_int_equal(rows[0].cell_count, 1);
    wanted.has_type = true;
    wanted.type = 1;
    expect_times(rig, &request, "1");
    wanted.type = 4;
    expect_times(rig, &request, "2");
    wanted.type = 0;
    expect_times(rig, &request, "1 2");
    name[0] = 'c';
    expect_times(rig, &request, "");
}

static void expect_refused(struct visit_rig *rig, const Ots__GetTimeseriesDataRequest *request,
                           const char *message)
{
    assert_int_equal(visit_rig_run(rig, "GetTimeseriesData", request), 400);
    assert_string_equal(rig->visit.refusal.code, "OTSParameterInvalid");
    assert_string_equal(rig->visit.refusal.message, message);
}

static void test_what_makes_no_sense_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    range(&request, 4, 4);
    expect_refused(rig, &request, "Invalid time range: [4, 4).");
    range(&request, -1, 4);
    expect_refused(rig, &request, "Invalid time range: [-1, 4).");
    range(&request, 2, 4);
    request.has_token = true;
    request.token = proto_bytes(SLICE("wrong"));
    expect_refused(rig, &request, "Invalid token.");
    request.token = proto_bytes(SLICE("\2\4\0\0\0\0\0\0\0")); /* behind the range */
    expect_refused(rig, &request, "Invalid token.");
    request = request_for(rig);
    request.time_series_key = visit_rig_series(rig, "", "host", NULL);
    expect_refused(rig, &request, "Invalid measurement name: ''.");
    request.time_series_key = visit_rig_series(rig, "cpu", "host", "a=1,a=2");
    expect_refused(rig, &request, "The tag 'a' is there twice.");
    request.time_series_key = visit_rig_series(rig, "cpu", "host", "[a=1]");
    expect_refused(rig, &request, "The text of the tags is not of the form [\"name=value\",...].");
}

static void test_a_token_past_the_range_is_refused_in_both_ways(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetTimeseriesDataRequest request = request_for(rig);
    put_some(rig);
    range(&request, 2, 4);
    request.has_token = request.has_backward = request.backward = true;
    request.token = proto_bytes(SLICE("\2\1\0\0\0\0\0\0\0"));
    expect_refused(rig, &request, "Invalid token.");
    request.token = proto_bytes(SLICE("\2\2\0\0\0\0\0\0\0"));
    expect_times(rig, &request, "2");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, visit_rig_setup_series, visit_rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_the_answer_has_key_columns_and_typed_names),
        TEST(test_a_range_has_its_begin_and_not_its_end),
        TEST(test_backward_is_the_same_range_from_its_end),
        TEST(test_a_specific_time_is_one_point),
        TEST(test_other_series_are_not_seen),
        TEST(test_a_token_goes_on_where_the_limit_was_reached),
        TEST(test_a_page_ends_at_5000_points_and_at_4_mb),
        TEST(test_fields_are_chosen_by_name_and_type),
        TEST(test_what_makes_no_sense_is_refused),
        TEST(test_a_token_past_the_range_is_refused_in_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
