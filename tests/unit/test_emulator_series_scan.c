/* emulator_series_scan: SplitTimeseriesScanTask and ScanTimeseriesData, through visits. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "support/visit_rig_series.h"

enum { SERIES = 40, TIMES = 5, POINTS = SERIES * TIMES, ROWS_MOST = 6000 };

static const struct cell fields[] = {{.name = SLICE("a"), .type = CELL_INTEGER, .integer = 7},
                                     {.name = SLICE("b"), .type = CELL_STRING, .bytes = SLICE("x")}};

static void put(struct visit_rig *rig, const char *measurement, const char *source, int64_t time_us)
{
    struct visit_rig_point point = {
        .measurement = measurement, .source = source, .time_us = time_us, .fields = fields, .field_count = 2};
    assert_int_equal(visit_rig_put_points(rig, "m", &point, 1), 200);
}

/* Half of the series are of "cpu", half of "mem"; times are 10 to 14. */
static int setup(void **state)
{
    struct visit_rig *rig = visit_rig_create();
    visit_rig_make_series_table(rig, "m", -1);
    for (int i = 0; i < POINTS; i++) {
        char source[16];
        snprintf(source, sizeof(source), "h%d", i / TIMES);
        put(rig, i / TIMES % 2 == 0 ? "cpu" : "mem", source, 10 + i % TIMES);
    }
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    visit_rig_destroy(*state);
    return 0;
}

static char table_name[] = "m";

static Ots__ScanTimeseriesDataRequest scan(void)
{
    Ots__ScanTimeseriesDataRequest request = OTS__SCAN_TIMESERIES_DATA_REQUEST__INIT;
    request.table_name = table_name;
    return request;
}

/* What a scan has found: how often each series was there at each time. */
struct found {
    int times[SERIES][TIMES];
    size_t rows;
    size_t pages;
    uint32_t cells; /* of the last row */
};

static void count_row(const struct row *row, struct found *found)
{
    int series;
    assert_int_equal(row->key_count, 5);
    assert_int_equal(sscanf(row->keys[2].bytes.at, "h%d", &series), 1);
    bool cpu = slice_equal(row->keys[1].bytes, SLICE("cpu"));
    assert_int_equal(cpu, series % 2 == 0);
    found->times[series][row->keys[4].integer - 10]++;
    found->rows++;
    found->cells = row->cell_count;
}

/* All pages of a request. */
static void run(struct visit_rig *rig, Ots__ScanTimeseriesDataRequest request, struct found *found)
{
    static struct row rows[ROWS_MOST];
    *found = (struct found){.rows = 0};
    do {
        if (visit_rig_run(rig, "ScanTimeseriesData", &request) != 200)
            fail_msg("%s", rig->visit.refusal.message);
        const Ots__ScanTimeseriesDataResponse *page =
            visit_rig_answer(rig, &ots__scan_timeseries_data_response__descriptor);
        assert_int_equal(page->data_serialize_type, OTS__ROWS_SERIALIZE_TYPE__RST_PLAIN_BUFFER);
        size_t count = visit_rig_rows(rig, page->data, rows, ROWS_MOST);
        for (size_t i = 0; i < count; i++)
            count_row(&rows[i], found);
        found->pages++;
        request.has_token = page->has_next_token;
        request.token = page->next_token;
    } while (request.has_token);
}

static void add(struct found *to, const struct found *found)
{
    for (int i = 0; i < POINTS; i++)
        to->times[i / TIMES][i % TIMES] += found->times[i / TIMES][i % TIMES];
    to->rows += found->rows;
}

static void assert_each_once(const struct found *found)
{
    for (int i = 0; i < POINTS; i++)
        assert_int_equal(found->times[i / TIMES][i % TIMES], 1);
    assert_int_equal(found->rows, POINTS);
}

static void test_every_point_is_there_once_however_small_the_pages(void **state)
{
    const int limits[] = {0, 1, 7, POINTS};
    const size_t pages[] = {1, POINTS, 29, 1};
    for (size_t i = 0; i < 4; i++) {
        Ots__ScanTimeseriesDataRequest request = scan();
        struct found found;
        request.has_limit = limits[i] > 0;
        request.limit = limits[i];
        run(*state, request, &found);
        assert_each_once(&found);
        assert_int_equal(found.pages, pages[i]);
    }
}

static void test_times_and_fields_are_chosen(void **state)
{
    Ots__ScanTimeseriesDataRequest request = scan();
    Ots__TimeseriesFieldsToGet field = OTS__TIMESERIES_FIELDS_TO_GET__INIT;
    Ots__TimeseriesFieldsToGet *list = &field;
    struct found found;
    static char name[] = "b";
    request.has_start_time_us = request.has_end_time_us = true;
    request.start_time_us = 11;
    request.end_time_us = 13;
    run(*state, request, &found);
    assert_int_equal(found.rows, SERIES * 2);
    assert_int_equal(found.times[3][1] + found.times[3][2], 2);
    assert_int_equal(found.cells, 2);
    field.name = name;
    request.fields_to_get = &list;
    request.n_fields_to_get = 1;
    run(*state, request, &found);
    assert_int_equal(found.cells, 1);
}

static const Ots__SplitTimeseriesScanTaskResponse *split(struct visit_rig *rig, const char *measurement,
                                                         int32_t count)
{
    Ots__SplitTimeseriesScanTaskRequest request = OTS__SPLIT_TIMESERIES_SCAN_TASK_REQUEST__INIT;
    request.table_name = table_name;
    request.measurement_name = (char *)(uintptr_t)measurement;
    request.split_count_hint = count;
    if (visit_rig_run(rig, "SplitTimeseriesScanTask", &request) != 200)
        return NULL;
    return visit_rig_answer(rig, &ots__split_timeseries_scan_task_response__descriptor);
}

/* All splits together; the one with the most points. */
static size_t run_splits(struct visit_rig *rig, const Ots__SplitTimeseriesScanTaskResponse *splits,
                         struct found *all)
{
    size_t most = 0;
    *all = (struct found){.rows = 0};
    for (size_t i = 0; i < splits->n_split_infos; i++) {
        struct found found;
        Ots__ScanTimeseriesDataRequest request = scan();
        request.has_split_info = request.has_limit = true;
        request.split_info = splits->split_infos[i];
        request.limit = 7;
        run(rig, request, &found);
        add(all, &found);
        most = found.rows > most ? found.rows : most;
    }
    return most;
}

static void test_splits_have_every_point_once(void **state)
{
    struct visit_rig *rig = *state;
    struct found found;
    for (int32_t count = 1; count <= 5; count++) {
        const Ots__SplitTimeseriesScanTaskResponse *splits = split(rig, NULL, count);
        assert_int_equal(splits->n_split_infos, count);
        size_t most = run_splits(rig, splits, &found);
        assert_each_once(&found);
        assert_true(count == 1 || most < POINTS);
    }
    run_splits(rig, split(rig, "mem", 3), &found);
    assert_int_equal(found.rows, POINTS / 2);
    assert_int_equal(found.times[0][0], 0);
    assert_int_equal(found.times[1][0], 1);
}

static void test_what_cannot_be_scanned_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__ScanTimeseriesDataRequest request = scan();
    static char other[] = "other";
    assert_null(split(rig, NULL, 0));
    assert_null(split(rig, NULL, 1001));
    assert_int_equal(split(rig, NULL, 1000)->n_split_infos, 1000);
    request.table_name = other;
    assert_int_equal(visit_rig_run(rig, "ScanTimeseriesData", &request), 404);
    request = scan();
    request.has_start_time_us = true;
    request.start_time_us = -1;
    assert_int_equal(visit_rig_run(rig, "ScanTimeseriesData", &request), 400);
    request = scan();
    request.has_token = true;
    request.token = (ProtobufCBinaryData){.len = 2, .data = (uint8_t *)(uintptr_t) "\7x"};
    assert_int_equal(visit_rig_run(rig, "ScanTimeseriesData", &request), 400);
    request = scan();
    request.has_data_serialize_type = true;
    request.data_serialize_type = OTS__ROWS_SERIALIZE_TYPE__RST_FLAT_BUFFER;
    assert_int_equal(visit_rig_run(rig, "ScanTimeseriesData", &request), 400);
}

static void test_a_split_that_is_none_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    const char *bad[] = {"\5", "\4\1\0\0\0\0\0\0\0", "\5\0\0\0\0\0\0\0\0", "\5\1\0\0\0\1\0\0\0",
                         "\5\0\1\1\0\0\0\0\0"};
    const size_t lengths[] = {1, 9, 9, 9, 9};
    for (size_t i = 0; i < 5; i++) {
        Ots__ScanTimeseriesDataRequest request = scan();
        request.has_split_info = true;
        request.split_info = (ProtobufCBinaryData){.len = lengths[i], .data = (uint8_t *)(uintptr_t)bad[i]};
        assert_int_equal(visit_rig_run(rig, "ScanTimeseriesData", &request), 400);
    }
}

/* One answer does not look for ever for points that are not there. */
static void test_an_answer_ends_after_many_series_without_a_point(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point points[200];
    static char sources[200][16];
    Ots__ScanTimeseriesDataRequest request = scan();
    struct found found;
    for (int i = 0; i < 200; i++)
        points[i] = (struct visit_rig_point){
            .measurement = "cpu", .source = sources[i], .time_us = 5, .fields = fields, .field_count = 1};
    for (int i = 0; i < 100200; i++) {
        snprintf(sources[i % 200], sizeof(sources[0]), "a%d", i);
        if (i % 200 == 199)
            assert_int_equal(visit_rig_put_points_only(rig, "m", points, 200), 200);
    }
    request.has_start_time_us = true;
    request.start_time_us = 10;
    run(rig, request, &found);
    assert_each_once(&found);
    assert_int_equal(found.pages, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_point_is_there_once_however_small_the_pages),
        cmocka_unit_test(test_times_and_fields_are_chosen),
        cmocka_unit_test(test_splits_have_every_point_once),
        cmocka_unit_test(test_what_cannot_be_scanned_is_refused),
        cmocka_unit_test(test_a_split_that_is_none_is_refused),
        cmocka_unit_test(test_an_answer_ends_after_many_series_without_a_point),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
