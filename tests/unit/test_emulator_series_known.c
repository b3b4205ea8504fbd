/* emulator_series_known: what PutTimeseriesData makes and tells of the series of its points, through visits.
 */
#include "support/cmocka_all.h"

#include "emulator/series_known.h"
#include "support/visit_rig_series.h"

enum { NOW_S = VISIT_RIG_NOW / 1000 };

/* The update time of the one series that there is. */
static int64_t updated_us(const struct visit_rig *rig)
{
    struct series_known known;
    struct row_cursor cursor;
    const struct store_table *series = store_find_series(&rig->store, SLICE("m"));
    const struct row_node *node = row_index_at_least(&series->rows, SLICE(""), &cursor);
    assert_int_equal(series->rows.count, 1);
    assert_true(series_known_read(series, node, rig->ground.now_ms, &known));
    return known.updated_us;
}

static void test_a_new_series_is_told_with_the_row_that_made_it(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point points[4] = {visit_rig_a_point(), visit_rig_a_point(), visit_rig_a_point(),
                                        visit_rig_a_point()};
    points[1].time_us++;
    points[1].meta_time_s = NOW_S - 1;
    points[2].time_us += 2;
    points[2].meta_time_s = NOW_S;
    points[3].source = "other";
    const Ots__MetaUpdateStatus *status = visit_rig_put_answered(rig, points, 4)->meta_update_status;
    assert_non_null(status);
    assert_int_equal(status->n_row_ids, 3);
    assert_int_equal(status->n_meta_update_times, 3);
    assert_int_equal(status->row_ids[0], 0);
    assert_int_equal(status->row_ids[1], 1);
    assert_int_equal(status->row_ids[2], 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(status->meta_update_times[i], NOW_S);
    assert_int_equal(visit_rig_count_series(rig), 2);
}

static void test_who_knows_the_time_is_told_nothing(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point point = visit_rig_a_point();
    visit_rig_put_answered(rig, &point, 1);
    point.meta_time_s = NOW_S;
    assert_null(visit_rig_put_answered(rig, &point, 1)->meta_update_status);
}

static void test_the_update_time_is_refreshed_now_and_then(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point point = visit_rig_a_point();
    visit_rig_put_answered(rig, &point, 1);
    assert_int_equal(updated_us(rig), VISIT_RIG_NOW * INT64_C(1000));
    point.meta_time_s = NOW_S;
    rig->ground.now_ms += 599000;
    assert_null(visit_rig_put_answered(rig, &point, 1)->meta_update_status);
    assert_int_equal(updated_us(rig), VISIT_RIG_NOW * INT64_C(1000));
    rig->ground.now_ms += 1000;
    const Ots__MetaUpdateStatus *status = visit_rig_put_answered(rig, &point, 1)->meta_update_status;
    assert_int_equal(status->meta_update_times[0], NOW_S + 600);
    assert_int_equal(updated_us(rig), (NOW_S + 600) * INT64_C(1000000));
}

static void test_a_refresh_keeps_the_attributes(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point point = visit_rig_a_point();
    struct series_known known = {.updated_us = 5, .attributes = SLICE("[\"a=1\"]")};
    struct refusal refusal = {.status = 0};
    struct row_cursor cursor;
    visit_rig_put_answered(rig, &point, 1);
    struct store_table *series = store_find_series(&rig->store, SLICE("m"));
    const struct row_node *node = row_index_at_least(&series->rows, SLICE(""), &cursor);
    struct slice id = arena_copy(&rig->arena, row_index_key(node));
    series_known_set(series, id, &known, rig->ground.now_ms, &rig->arena);
    assert_int_equal(store_commit(&rig->store, &refusal), 0);
    visit_rig_put_answered(rig, &point, 1);
    assert_true(series_known_find(series, id, rig->ground.now_ms, &known));
    assert_int_equal(known.updated_us, VISIT_RIG_NOW * INT64_C(1000));
    assert_true(slice_equal(known.attributes, SLICE("[\"a=1\"]")));
}

static void test_a_put_that_ignores_the_meta_leaves_it_alone(void **state)
{
    struct visit_rig *rig = *state;
    struct visit_rig_point point = visit_rig_a_point();
    assert_int_equal(visit_rig_put_points_only(rig, "m", &point, 1), 200);
    const Ots__PutTimeseriesDataResponse *answer =
        visit_rig_answer(rig, &ots__put_timeseries_data_response__descriptor);
    assert_null(answer->meta_update_status);
    assert_int_equal(visit_rig_count_points(rig), 1);
    assert_int_equal(visit_rig_count_series(rig), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, visit_rig_setup_series, visit_rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_series_is_told_with_the_row_that_made_it),
        TEST(test_who_knows_the_time_is_told_nothing),
        TEST(test_the_update_time_is_refreshed_now_and_then),
        TEST(test_a_refresh_keeps_the_attributes),
        TEST(test_a_put_that_ignores_the_meta_leaves_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
