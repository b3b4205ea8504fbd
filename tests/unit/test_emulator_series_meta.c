/* emulator_series_meta: QueryTimeseriesMeta, UpdateTimeseriesMeta and DeleteTimeseriesMeta, through visits.
 */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "support/visit_rig_series.h"

static const struct cell one_field[] = {{.name = SLICE("v"), .type = CELL_INTEGER, .integer = 7}};

static void put(struct visit_rig *rig, const char *table, const char *measurement, const char *tags)
{
    struct visit_rig_point point = {.measurement = measurement,
                                    .source = "host",
                                    .tags = tags,
                                    .time_us = 5,
                                    .fields = one_field,
                                    .field_count = 1};
    assert_int_equal(visit_rig_put_points(rig, table, &point, 1), 200);
}

/* ---- asking ---- */

static Ots__QueryTimeseriesMetaRequest ask(void)
{
    Ots__QueryTimeseriesMetaRequest request = OTS__QUERY_TIMESERIES_META_REQUEST__INIT;
    static char name[] = "m";
    request.table_name = name;
    return request;
}

static const Ots__QueryTimeseriesMetaResponse *answer(struct visit_rig *rig,
                                                      const Ots__QueryTimeseriesMetaRequest *request)
{
    int status = visit_rig_run(rig, "QueryTimeseriesMeta", request);
    if (status != 200)
        fail_msg("%s", rig->visit.refusal.message);
    return visit_rig_answer(rig, &ots__query_timeseries_meta_response__descriptor);
}

/* The measurements of all series, in order. */
static void assert_series(struct visit_rig *rig, const char *wanted)
{
    char found[256] = "";
    Ots__QueryTimeseriesMetaRequest request = ask();
    const Ots__QueryTimeseriesMetaResponse *all = answer(rig, &request);
    for (size_t i = 0; i < all->n_timeseries_metas; i++) {
        size_t len = strlen(found);
        snprintf(found + len, sizeof(found) - len, "%s ",
                 all->timeseries_metas[i]->time_series_key->measurement);
    }
    assert_string_equal(found, wanted);
    assert_false(all->has_total_hit);
}

static void test_a_series_is_shown_with_both_forms_of_tags(void **state)
{
    struct visit_rig *rig = *state;
    Ots__QueryTimeseriesMetaRequest request = ask();
    put(rig, "m", "cpu", "os=linux,dc=a");
    const Ots__TimeseriesMeta *meta = answer(rig, &request)->timeseries_metas[0];
    const Ots__TimeseriesKey *key = meta->time_series_key;
    assert_string_equal(key->measurement, "cpu");
    assert_string_equal(key->source, "host");
    assert_string_equal(key->tags, "[\"dc=a\",\"os=linux\"]");
    assert_int_equal(key->n_tag_list, 2);
    assert_string_equal(key->tag_list[0]->name, "dc");
    assert_string_equal(key->tag_list[0]->value, "a");
    assert_string_equal(key->tag_list[1]->value, "linux");
    assert_int_equal(meta->update_time, (int64_t)VISIT_RIG_NOW * 1000);
    assert_null(meta->attributes);
}

static void test_pages_follow_each_other_and_all_are_counted_in_each(void **state)
{
    struct visit_rig *rig = *state;
    Ots__QueryTimeseriesMetaRequest request = ask();
    const char *names[] = {"e", "b", "a", "d", "c"};
    for (size_t i = 0; i < 5; i++)
        put(rig, "m", names[i], NULL);
    assert_series(rig, "a b c d e ");
    request.has_limit = true;
    request.limit = 2;
    char found[8] = "";
    for (int total = 0; total < 2; total++) {
        size_t pages = 0;
        found[0] = 0;
        request.has_token = false;
        request.has_get_total_hit = true;
        request.get_total_hit = total;
        do {
            const Ots__QueryTimeseriesMetaResponse *page = answer(rig, &request);
            for (size_t i = 0; i < page->n_timeseries_metas; i++)
                strcat(found, page->timeseries_metas[i]->time_series_key->measurement);
            assert_int_equal(page->has_total_hit, total);
            assert_int_equal(page->total_hit, total ? 5 : 0);
            request.has_token = page->has_next_token;
            request.token = page->next_token;
            pages++;
        } while (request.has_token);
        assert_string_equal(found, "abcde");
        assert_int_equal(pages, 3);
    }
}

static void test_a_token_that_is_none_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__QueryTimeseriesMetaRequest request = ask();
    request.has_token = true;
    request.token = (ProtobufCBinaryData){.len = 2, .data = (uint8_t *)(uintptr_t) "\7x"};
    assert_int_equal(visit_rig_run(rig, "QueryTimeseriesMeta", &request), 400);
    request.token = (ProtobufCBinaryData){.len = 1, .data = (uint8_t *)(uintptr_t) "\3"};
    assert_int_equal(visit_rig_run(rig, "QueryTimeseriesMeta", &request), 400);
    static char other[] = "other";
    request = ask();
    request.table_name = other;
    assert_int_equal(visit_rig_run(rig, "QueryTimeseriesMeta", &request), 404);
}

/* ---- UpdateTimeseriesMeta ---- */

static int update(struct visit_rig *rig, const char *table, const char *const *measurements,
                  const char *const *attributes, size_t count)
{
    Ots__UpdateTimeseriesMetaRequest request = OTS__UPDATE_TIMESERIES_META_REQUEST__INIT;
    Ots__TimeseriesMeta *metas = arena_take(&rig->arena, (count + 1) * sizeof(*metas));
    Ots__TimeseriesMeta **list = arena_take(&rig->arena, (count + 1) * sizeof(Ots__TimeseriesMeta *));
    for (size_t i = 0; i < count; i++) {
        ots__timeseries_meta__init(&metas[i]);
        metas[i].time_series_key = visit_rig_series(rig, measurements[i], "host", NULL);
        metas[i].attributes = (char *)(uintptr_t)attributes[i];
        list[i] = &metas[i];
    }
    request.table_name = (char *)(uintptr_t)table;
    request.timeseries_meta = list;
    request.n_timeseries_meta = count;
    return visit_rig_run(rig, "UpdateTimeseriesMeta", &request);
}

static const Ots__UpdateTimeseriesMetaResponse *updated(struct visit_rig *rig)
{
    return visit_rig_answer(rig, &ots__update_timeseries_meta_response__descriptor);
}

/* Of the only series. */
static const char *attributes_of(struct visit_rig *rig)
{
    Ots__QueryTimeseriesMetaRequest request = ask();
    const Ots__QueryTimeseriesMetaResponse *all = answer(rig, &request);
    assert_int_equal(all->n_timeseries_metas, 1);
    return all->timeseries_metas[0]->attributes;
}

static void test_attributes_are_kept_in_order_and_replaced_whole(void **state)
{
    struct visit_rig *rig = *state;
    const char *cpu = "cpu";
    assert_int_equal(update(rig, "m", &cpu, (const char *[]){"[\"b=2\",\"a=1\"]"}, 1), 200);
    assert_int_equal(updated(rig)->n_failed_rows, 0);
    assert_string_equal(attributes_of(rig), "[\"a=1\",\"b=2\"]");
    put(rig, "m", "cpu", NULL);
    assert_string_equal(attributes_of(rig), "[\"a=1\",\"b=2\"]");
    assert_int_equal(update(rig, "m", &cpu, (const char *[]){"[\"c=3\"]"}, 1), 200);
    assert_string_equal(attributes_of(rig), "[\"c=3\"]");
    assert_int_equal(update(rig, "m", &cpu, (const char *[]){NULL}, 1), 200);
    assert_null(attributes_of(rig));
}

static void test_an_update_moves_the_update_time(void **state)
{
    struct visit_rig *rig = *state;
    Ots__QueryTimeseriesMetaRequest request = ask();
    put(rig, "m", "cpu", NULL);
    rig->ground.now_ms += 7;
    assert_int_equal(update(rig, "m", (const char *[]){"cpu"}, (const char *[]){"[]"}, 1), 200);
    assert_int_equal(answer(rig, &request)->timeseries_metas[0]->update_time,
                     (VISIT_RIG_NOW + 7) * (int64_t)1000);
}

static void test_a_bad_series_is_its_own_failure(void **state)
{
    struct visit_rig *rig = *state;
    char longest[520] = "[\"a=";
    memset(longest + 4, 'x', 511);
    memcpy(longest + 4 + 511, "\"]", 3);
    char longer[520] = "[\"a=";
    memset(longer + 4, 'x', 512);
    memcpy(longer + 4 + 512, "\"]", 3);
    const char *names[] = {"a", "b#", "c", "d", "e", "f", "g", "h", "i"};
    const char *texts[] = {"[\"k=v\"]",   "[]",    "k=v", "[\"k=v\",\"k=w\"]", "[\"=v\"]", "[\"k=\"]",
                           "[\"k=v=w\"]", longest, longer};
    assert_int_equal(update(rig, "m", names, texts, 9), 200);
    const Ots__UpdateTimeseriesMetaResponse *answered = updated(rig);
    const int rows[] = {1, 2, 3, 4, 5, 6, 8};
    assert_int_equal(answered->n_failed_rows, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(answered->failed_rows[i]->row_index, rows[i]);
        assert_string_equal(answered->failed_rows[i]->error_code, "OTSParameterInvalid");
    }
    assert_non_null(strstr(answered->failed_rows[0]->error_message, "b#"));
    assert_non_null(strstr(answered->failed_rows[6]->error_message, "limit length: 512, length: 513"));
    assert_series(rig, "a h ");
}

static void test_updates_are_bounded_and_may_be_forbidden(void **state)
{
    struct visit_rig *rig = *state;
    const char *names[201];
    const char *texts[201];
    for (size_t i = 0; i < 201; i++) {
        names[i] = "cpu";
        texts[i] = "[]";
    }
    assert_int_equal(update(rig, "m", names, texts, 0), 400);
    assert_int_equal(update(rig, "m", names, texts, 200), 200);
    assert_int_equal(update(rig, "m", names, texts, 201), 400);
    Ots__UpdateTimeseriesTableRequest request = OTS__UPDATE_TIMESERIES_TABLE_REQUEST__INIT;
    Ots__TimeseriesMetaOptions options = OTS__TIMESERIES_META_OPTIONS__INIT;
    static char name[] = "m";
    options.has_allow_update_attributes = true;
    request.table_name = name;
    request.meta_options = &options;
    assert_int_equal(visit_rig_run(rig, "UpdateTimeseriesTable", &request), 200);
    assert_int_equal(update(rig, "m", names, texts, 1), 400);
    assert_non_null(strstr(rig->visit.refusal.message, "does not allow"));
}

/* ---- DeleteTimeseriesMeta ---- */

static void test_a_deleted_series_is_not_found_and_its_points_stay(void **state)
{
    struct visit_rig *rig = *state;
    Ots__DeleteTimeseriesMetaRequest request = OTS__DELETE_TIMESERIES_META_REQUEST__INIT;
    static char name[] = "m";
    put(rig, "m", "cpu", NULL);
    put(rig, "m", "mem", NULL);
    Ots__TimeseriesKey *keys[] = {visit_rig_series(rig, "mem", "host", NULL),
                                  visit_rig_series(rig, "b#", "host", NULL),
                                  visit_rig_series(rig, "unknown", "host", NULL)};
    request.table_name = name;
    request.timeseries_key = keys;
    request.n_timeseries_key = 3;
    assert_int_equal(visit_rig_run(rig, "DeleteTimeseriesMeta", &request), 200);
    const Ots__DeleteTimeseriesMetaResponse *answered =
        visit_rig_answer(rig, &ots__delete_timeseries_meta_response__descriptor);
    assert_int_equal(answered->n_failed_rows, 1);
    assert_int_equal(answered->failed_rows[0]->row_index, 1);
    assert_series(rig, "cpu ");
    assert_int_equal(store_find(&rig->store, SLICE("m"))->rows.count, 2);
    request.n_timeseries_key = 0;
    assert_int_equal(visit_rig_run(rig, "DeleteTimeseriesMeta", &request), 400);
    put(rig, "m", "mem", NULL);
    assert_series(rig, "cpu mem ");
}

static void test_what_has_expired_is_not_found(void **state)
{
    struct visit_rig *rig = *state;
    Ots__UpdateTimeseriesTableRequest request = OTS__UPDATE_TIMESERIES_TABLE_REQUEST__INIT;
    Ots__TimeseriesMetaOptions options = OTS__TIMESERIES_META_OPTIONS__INIT;
    static char name[] = "m";
    options.has_allow_update_attributes = true;
    options.has_meta_time_to_live = true;
    options.meta_time_to_live = 100;
    request.table_name = name;
    request.meta_options = &options;
    assert_int_equal(visit_rig_run(rig, "UpdateTimeseriesTable", &request), 200);
    put(rig, "m", "cpu", NULL);
    rig->ground.now_ms += 60 * 1000;
    put(rig, "m", "mem", NULL);
    assert_series(rig, "cpu mem ");
    rig->ground.now_ms += 60 * 1000;
    assert_series(rig, "mem ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_series_is_shown_with_both_forms_of_tags,
                                        visit_rig_setup_series, visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_pages_follow_each_other_and_all_are_counted_in_each,
                                        visit_rig_setup_series, visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_a_token_that_is_none_is_refused, visit_rig_setup_series,
                                        visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_attributes_are_kept_in_order_and_replaced_whole,
                                        visit_rig_setup_series, visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_an_update_moves_the_update_time, visit_rig_setup_series,
                                        visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_a_bad_series_is_its_own_failure, visit_rig_setup_series,
                                        visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_updates_are_bounded_and_may_be_forbidden, visit_rig_setup_series,
                                        visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_a_deleted_series_is_not_found_and_its_points_stay,
                                        visit_rig_setup_series, visit_rig_teardown),
        cmocka_unit_test_setup_teardown(test_what_has_expired_is_not_found, visit_rig_setup_series,
                                        visit_rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
