/* emulator_series_tables: time-series tables beside data tables, through visits: made, listed, described,
 * changed, deleted, and kept apart from the other kind. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "support/visit_rig.h"

static int setup(void **state)
{
    *state = visit_rig_create();
    return 0;
}

static int teardown(void **state)
{
    visit_rig_destroy(*state);
    return 0;
}

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static void assert_refused(const struct visit_rig *rig, const char *code, const char *message)
{
    assert_string_equal(rig->visit.refusal.code, code);
    assert_string_equal(rig->visit.refusal.message, message);
}

/* ---- requests ---- */

struct made {
    Ots__CreateTimeseriesTableRequest request;
    Ots__TimeseriesTableMeta meta;
    Ots__TimeseriesTableOptions options;
    Ots__TimeseriesMetaOptions meta_options;
};

static struct made made(const char *name)
{
    struct made made = {.request = OTS__CREATE_TIMESERIES_TABLE_REQUEST__INIT,
                        .meta = OTS__TIMESERIES_TABLE_META__INIT,
                        .options = OTS__TIMESERIES_TABLE_OPTIONS__INIT,
                        .meta_options = OTS__TIMESERIES_META_OPTIONS__INIT};
    made.meta.table_name = text(name);
    return made;
}

static int create(struct visit_rig *rig, struct made *made)
{
    made->request.table_meta = &made->meta;
    made->meta.table_options = made->options.has_time_to_live ? &made->options : NULL;
    bool meta_options =
        made->meta_options.has_allow_update_attributes || made->meta_options.has_meta_time_to_live;
    made->meta.meta_options = meta_options ? &made->meta_options : NULL;
    return visit_rig_run(rig, "CreateTimeseriesTable", &made->request);
}

static void create_plain(struct visit_rig *rig, const char *name)
{
    struct made table = made(name);
    assert_int_equal(create(rig, &table), 200);
}

static const Ots__TimeseriesTableMeta *describe(struct visit_rig *rig, const char *name)
{
    Ots__DescribeTimeseriesTableRequest request = OTS__DESCRIBE_TIMESERIES_TABLE_REQUEST__INIT;
    request.table_name = text(name);
    assert_int_equal(visit_rig_run(rig, "DescribeTimeseriesTable", &request), 200);
    Ots__DescribeTimeseriesTableResponse *answer =
        visit_rig_answer(rig, &ots__describe_timeseries_table_response__descriptor);
    assert_int_equal(answer->n_analytical_stores, 0);
    return answer->table_meta;
}

static int update(struct visit_rig *rig, Ots__TimeseriesTableOptions *options,
                  Ots__TimeseriesMetaOptions *meta)
{
    Ots__UpdateTimeseriesTableRequest request = OTS__UPDATE_TIMESERIES_TABLE_REQUEST__INIT;
    request.table_name = text("m");
    request.table_options = options;
    request.meta_options = meta;
    return visit_rig_run(rig, "UpdateTimeseriesTable", &request);
}

static int delete_table(struct visit_rig *rig, const char *name)
{
    Ots__DeleteTimeseriesTableRequest request = OTS__DELETE_TIMESERIES_TABLE_REQUEST__INIT;
    request.table_name = text(name);
    return visit_rig_run(rig, "DeleteTimeseriesTable", &request);
}

/* ---- tests ---- */

static void test_a_table_is_described_with_what_was_not_said(void **state)
{
    struct visit_rig *rig = *state;
    create_plain(rig, "m");
    const Ots__TimeseriesTableMeta *meta = describe(rig, "m");
    assert_string_equal(meta->table_name, "m");
    assert_string_equal(meta->status, "CREATED");
    assert_true(meta->table_options->has_time_to_live);
    assert_int_equal(meta->table_options->time_to_live, -1);
    assert_true(meta->meta_options->has_allow_update_attributes);
    assert_true(meta->meta_options->allow_update_attributes);
    assert_true(meta->meta_options->has_meta_time_to_live);
    assert_int_equal(meta->meta_options->meta_time_to_live, -1);
}

static void test_a_table_is_described_as_it_was_asked_for(void **state)
{
    struct visit_rig *rig = *state;
    struct made table = made("m");
    table.options.has_time_to_live = true;
    table.options.time_to_live = 86400;
    table.meta_options.has_allow_update_attributes = table.meta_options.has_meta_time_to_live = true;
    table.meta_options.meta_time_to_live = 700000;
    table.request.has_enable_analytical_store = true; /* false, as the Java SDK always says */
    assert_int_equal(create(rig, &table), 200);
    const Ots__TimeseriesTableMeta *meta = describe(rig, "m");
    assert_int_equal(meta->table_options->time_to_live, 86400);
    assert_false(meta->meta_options->allow_update_attributes);
    assert_int_equal(meta->meta_options->meta_time_to_live, 700000);
}

static void test_the_two_kinds_have_a_list_each(void **state)
{
    struct visit_rig *rig = *state;
    Ots__ListTimeseriesTableRequest request = OTS__LIST_TIMESERIES_TABLE_REQUEST__INIT;
    Ots__ListTableRequest data_request = OTS__LIST_TABLE_REQUEST__INIT;
    create_plain(rig, "m2");
    visit_rig_make_table(rig, "d", "STRING", 1);
    create_plain(rig, "m1");
    assert_int_equal(visit_rig_run(rig, "ListTimeseriesTable", &request), 200);
    Ots__ListTimeseriesTableResponse *answer =
        visit_rig_answer(rig, &ots__list_timeseries_table_response__descriptor);
    assert_int_equal(answer->n_table_metas, 2);
    assert_string_equal(answer->table_metas[0]->table_name, "m2");
    assert_string_equal(answer->table_metas[1]->table_name, "m1");
    assert_string_equal(answer->table_metas[1]->status, "CREATED");
    assert_int_equal(visit_rig_run(rig, "ListTable", &data_request), 200);
    Ots__ListTableResponse *data_answer = visit_rig_answer(rig, &ots__list_table_response__descriptor);
    assert_int_equal(data_answer->n_table_names, 1);
    assert_string_equal(data_answer->table_names[0], "d");
}

static void test_an_update_changes_what_it_names_and_no_more(void **state)
{
    struct visit_rig *rig = *state;
    Ots__TimeseriesTableOptions options = OTS__TIMESERIES_TABLE_OPTIONS__INIT;
    Ots__TimeseriesMetaOptions meta_options = OTS__TIMESERIES_META_OPTIONS__INIT;
    create_plain(rig, "m");
    options.has_time_to_live = true;
    options.time_to_live = 100;
    assert_int_equal(update(rig, &options, NULL), 200);
    meta_options.has_allow_update_attributes = true;
    assert_int_equal(update(rig, NULL, &meta_options), 200);
    meta_options.has_allow_update_attributes = false;
    meta_options.has_meta_time_to_live = true;
    meta_options.meta_time_to_live = 200;
    assert_int_equal(update(rig, NULL, &meta_options), 200);
    const Ots__TimeseriesTableMeta *meta = describe(rig, "m");
    assert_int_equal(meta->table_options->time_to_live, 100);
    assert_false(meta->meta_options->allow_update_attributes);
    assert_int_equal(meta->meta_options->meta_time_to_live, 200);
    assert_int_equal(store_find(&rig->store, SLICE("m"))->time_to_live_s, 100);
    assert_int_equal(store_find_series(&rig->store, SLICE("m"))->time_to_live_s, 200);
}

static void test_a_refused_update_changes_nothing(void **state)
{
    struct visit_rig *rig = *state;
    Ots__TimeseriesTableOptions options = OTS__TIMESERIES_TABLE_OPTIONS__INIT;
    Ots__TimeseriesMetaOptions meta_options = OTS__TIMESERIES_META_OPTIONS__INIT;
    create_plain(rig, "m");
    assert_int_equal(update(rig, NULL, NULL), 400);
    assert_refused(rig, "OTSParameterInvalid", "Nothing is specified to update the table.");
    options.has_time_to_live = true;
    assert_int_equal(update(rig, &options, NULL), 400);
    assert_refused(rig, "OTSParameterInvalid", "Invalid time to live of data: 0.");
    options.time_to_live = 100;
    meta_options.has_meta_time_to_live = true;
    meta_options.meta_time_to_live = 200; /* while attributes may be updated */
    assert_int_equal(update(rig, &options, &meta_options), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "A time to live of meta needs allow_update_attributes to be false.");
    assert_int_equal(describe(rig, "m")->table_options->time_to_live, -1);
    assert_int_equal(describe(rig, "m")->meta_options->meta_time_to_live, -1);
}

static void test_a_deleted_table_is_gone_with_its_series(void **state)
{
    struct visit_rig *rig = *state;
    create_plain(rig, "m");
    create_plain(rig, "other");
    assert_int_equal(delete_table(rig, "m"), 200);
    assert_int_equal(rig->store.count, 2);
    assert_null(store_find_series(&rig->store, SLICE("m")));
    assert_int_equal(delete_table(rig, "m"), 404);
    assert_refused(rig, "OTSObjectNotExist", "Requested table does not exist.");
    create_plain(rig, "m");
}

static void test_both_kinds_share_one_space_of_names(void **state)
{
    struct visit_rig *rig = *state;
    struct made twice = made("m");
    struct made data = made("d");
    create_plain(rig, "m");
    visit_rig_make_table(rig, "d", "STRING", 1);
    assert_int_equal(create(rig, &twice), 409);
    assert_refused(rig, "OTSObjectAlreadyExist", "Requested table already exists.");
    assert_int_equal(create(rig, &data), 409);
    assert_int_equal(rig->store.count, 3);
}

static void test_an_operation_of_the_other_kind_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__DescribeTableRequest request = OTS__DESCRIBE_TABLE_REQUEST__INIT;
    struct cell key = visit_rig_text("_m_name", "cpu");
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    create_plain(rig, "m");
    visit_rig_make_table(rig, "d", "STRING", 1);
    assert_int_equal(delete_table(rig, "d"), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "'d' is a data table: DeleteTimeseriesTable is for the other kind.");
    request.table_name = text("m");
    assert_int_equal(visit_rig_run(rig, "DescribeTable", &request), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "'m' is a time-series table: DescribeTable is for the other kind.");
    assert_int_equal(visit_rig_write(rig, "m", &row), 400);
    assert_refused(rig, "OTSParameterInvalid", "'m' is a time-series table: PutRow is for the other kind.");
}

static void test_a_bulk_import_into_a_time_series_table_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("_m_name", "cpu");
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    Ots__RowInBulkImportRequest one = OTS__ROW_IN_BULK_IMPORT_REQUEST__INIT;
    Ots__RowInBulkImportRequest *rows[] = {&one};
    Ots__BulkImportRequest request = OTS__BULK_IMPORT_REQUEST__INIT;
    create_plain(rig, "m");
    one.type = OTS__OPERATION_TYPE__PUT;
    one.row_change = visit_rig_row(rig, &row);
    request.table_name = text("m");
    request.n_rows = 1;
    request.rows = rows;
    assert_int_equal(visit_rig_run(rig, "BulkImport", &request), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "'m' is a time-series table: BulkImport is for the other kind.");
}

static void test_a_time_series_table_counts_twice(void **state)
{
    struct visit_rig *rig = *state;
    char name[16];
    struct made last = made("last");
    for (int i = 0; i < 31; i++) {
        snprintf(name, sizeof(name), "m%d", i);
        create_plain(rig, name);
    }
    visit_rig_make_table(rig, "d", "STRING", 1);
    assert_int_equal(create(rig, &last), 403);
    assert_refused(rig, "OTSQuotaExhausted", "Number of tables exceeds the quota:64.");
    assert_int_equal(rig->store.count, 63);
    visit_rig_make_table(rig, "e", "STRING", 1);
}

static void test_what_this_emulator_does_not_know_is_refused_by_name(void **state)
{
    struct visit_rig *rig = *state;
    char *keys[] = {text("_m_name"), text("host")};
    Ots__TimeseriesAnalyticalStore store = OTS__TIMESERIES_ANALYTICAL_STORE__INIT;
    Ots__TimeseriesAnalyticalStore *stores[] = {&store};
    Ots__LastpointIndexMetaForCreate index = OTS__LASTPOINT_INDEX_META_FOR_CREATE__INIT;
    Ots__LastpointIndexMetaForCreate *indexes[] = {&index};
    Ots__PrimaryKeySchema field = OTS__PRIMARY_KEY_SCHEMA__INIT;
    Ots__PrimaryKeySchema *fields[] = {&field};
    struct made tables[7];
    static const char *const words[7] = {"analytical stores",
                                         "analytical stores",
                                         "lastpoint indexes",
                                         "custom key columns (timeseries_key_schema)",
                                         "field primary keys (field_primary_key_schema)",
                                         "disable_hash_partition_key",
                                         "disable_timeseries_meta_index"};
    index.index_table_name = text("i");
    field.name = text("seq");
    for (int i = 0; i < 7; i++)
        tables[i] = made("m");
    tables[0].request.has_enable_analytical_store = tables[0].request.enable_analytical_store = true;
    tables[1].request.n_analytical_stores = 1;
    tables[1].request.analytical_stores = stores;
    tables[2].request.n_lastpoint_index_metas = 1;
    tables[2].request.lastpoint_index_metas = indexes;
    tables[3].meta.n_timeseries_key_schema = 2;
    tables[3].meta.timeseries_key_schema = keys;
    tables[4].meta.n_field_primary_key_schema = 1;
    tables[4].meta.field_primary_key_schema = fields;
    tables[5].meta.has_disable_hash_partition_key = tables[5].meta.disable_hash_partition_key = true;
    tables[6].meta.has_disable_timeseries_meta_index = tables[6].meta.disable_timeseries_meta_index = true;
    for (int i = 0; i < 7; i++) {
        char message[128];
        snprintf(message, sizeof(message), "This emulator does not know %s of time-series tables.", words[i]);
        assert_int_equal(create(rig, &tables[i]), 400);
        assert_refused(rig, "OTSParameterInvalid", message);
    }
    assert_int_equal(rig->store.count, 0);
}

static void test_names_and_times_to_live_have_limits(void **state)
{
    struct visit_rig *rig = *state;
    char name[130];
    struct made table = made(name);
    memset(name, 'a', sizeof(name));
    name[129] = 0;
    assert_int_equal(create(rig, &table), 400);
    name[128] = 0;
    assert_int_equal(create(rig, &table), 200);
    table = made("1");
    assert_int_equal(create(rig, &table), 400);
    assert_refused(rig, "OTSParameterInvalid", "Invalid table name: '1'.");
    table = made("m");
    table.options.has_time_to_live = true;
    table.options.time_to_live = -2;
    assert_int_equal(create(rig, &table), 400);
    assert_refused(rig, "OTSParameterInvalid", "Invalid time to live of data: -2.");
    table = made("m");
    table.meta_options.has_meta_time_to_live = true;
    assert_int_equal(create(rig, &table), 400);
    assert_refused(rig, "OTSParameterInvalid", "Invalid time to live of meta: 0.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_table_is_described_with_what_was_not_said, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_table_is_described_as_it_was_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_two_kinds_have_a_list_each, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_update_changes_what_it_names_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_refused_update_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_deleted_table_is_gone_with_its_series, setup, teardown),
        cmocka_unit_test_setup_teardown(test_both_kinds_share_one_space_of_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_operation_of_the_other_kind_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_bulk_import_into_a_time_series_table_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_time_series_table_counts_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_this_emulator_does_not_know_is_refused_by_name, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_names_and_times_to_live_have_limits, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
