/* emulator_conditions: column conditions of writes, and what a time to live and fewer versions leave to be
 * seen, by reads, conditions and increments; and that memory follows. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "support/visit_rig.h"
#include "support/visit_rig_filter.h"

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

static char *lasting(const char *text)
{
    return (char *)(uintptr_t)text;
}

enum {
    ANY = OTS__ROW_EXISTENCE_EXPECTATION__IGNORE,
    EXISTS = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST,
    NOT_EXISTS = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST
};

static ProtobufCBinaryData compare(struct visit_rig *rig, Ots__ComparatorType comparator, const char *name,
                                   int64_t value, int flags)
{
    struct cell cell = visit_rig_number(name, value);
    return visit_rig_single(&rig->arena, comparator, &cell, flags);
}

static ProtobufCBinaryData equals(struct visit_rig *rig, const char *name, int64_t value, int flags)
{
    return compare(rig, OTS__COMPARATOR_TYPE__CT_EQUAL, name, value, flags);
}

/* The three messages have the same fields. */
static int write_if(struct visit_rig *rig, const struct row *row, int expect, ProtobufCBinaryData condition)
{
    static const char *const names[] = {"", "PutRow", "UpdateRow", "DeleteRow"};
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition whole = OTS__CONDITION__INIT;
    whole.row_existence = (Ots__RowExistenceExpectation)expect;
    whole.has_column_condition = condition.len > 0;
    whole.column_condition = condition;
    request.table_name = lasting("t");
    request.row = visit_rig_row(rig, row);
    request.condition = &whole;
    return visit_rig_run(rig, names[row->op], &request);
}

static int write_cell(struct visit_rig *rig, enum row_op op, const char *key_text, struct cell cell,
                      int expect, ProtobufCBinaryData condition)
{
    struct cell key = visit_rig_text("k0", key_text);
    struct row row = {.op = op, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
    row.cell_count = op == ROW_DELETE ? 0 : 1;
    return write_if(rig, &row, expect, condition);
}

static const ProtobufCBinaryData nothing = {0, NULL};

static int put(struct visit_rig *rig, const char *key, const char *name, int64_t value)
{
    return write_cell(rig, ROW_PUT, key, visit_rig_number(name, value), ANY, nothing);
}

static bool get(struct visit_rig *rig, const char *key_text, struct row *row)
{
    struct cell key = visit_rig_text("k0", key_text);
    return visit_rig_get(rig, "t", &key, 1, row);
}

/* -1: no such row; -2: a row without the column. */
static int64_t value_of(struct visit_rig *rig, const char *key, const char *name)
{
    struct row row;
    if (!get(rig, key, &row))
        return -1;
    for (uint32_t i = 0; i < row.cell_count; i++)
        if (slice_equal(row.cells[i].name, slice_text(name)))
            return row.cells[i].integer;
    return -2;
}

static void set_options(struct visit_rig *rig, int32_t time_to_live_s, int32_t max_versions)
{
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    options.has_time_to_live = true;
    options.time_to_live = time_to_live_s;
    options.has_max_versions = true;
    options.max_versions = max_versions;
    request.table_name = lasting("t");
    request.table_options = &options;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
}

/* ---- column conditions ---- */

static void assert_failed(const struct visit_rig *rig, int status)
{
    assert_int_equal(status, 403);
    assert_string_equal(rig->visit.refusal.code, "OTSConditionCheckFail");
    assert_string_equal(rig->visit.refusal.message, "Condition check failed.");
}

static void test_every_write_asks_its_column_condition(void **state)
{
    struct visit_rig *rig = *state;
    struct cell more = visit_rig_number("a", 1);
    more.op = CELL_INCREMENT;
    visit_rig_make_table(rig, "t", "STRING", 1);
    put(rig, "k", "a", 1);
    ProtobufCBinaryData no = equals(rig, "a", 2, RIG_PASS_IF_MISSING);
    ProtobufCBinaryData yes = equals(rig, "a", 1, RIG_PASS_IF_MISSING);
    assert_failed(rig, write_cell(rig, ROW_PUT, "k", visit_rig_number("b", 9), ANY, no));
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", visit_rig_number("b", 9), ANY, no));
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", more, ANY, no));
    assert_failed(rig, write_cell(rig, ROW_DELETE, "k", more, ANY, no));
    assert_int_equal(value_of(rig, "k", "a"), 1);
    assert_int_equal(value_of(rig, "k", "b"), -2);
    assert_int_equal(write_cell(rig, ROW_UPDATE, "k", more, ANY, yes), 200);
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", more, ANY, yes));
    assert_int_equal(write_cell(rig, ROW_PUT, "k", visit_rig_number("a", 5), ANY, no), 200);
    assert_failed(rig, write_cell(rig, ROW_DELETE, "k", more, ANY, yes));
    assert_int_equal(write_cell(rig, ROW_DELETE, "k", more, ANY, equals(rig, "a", 5, 0)), 200);
    assert_int_equal(value_of(rig, "k", "a"), -1);
}

/* The official Python SDK's own test of the service. */
static void test_of_a_row_that_is_not_there_every_column_is_missing(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cell = visit_rig_number("a", 1);
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_failed(rig, write_cell(rig, ROW_PUT, "k", cell, ANY, equals(rig, "a", 1, 0)));
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 1, 0)));
    assert_failed(rig, write_cell(rig, ROW_DELETE, "k", cell, ANY, equals(rig, "a", 1, 0)));
    assert_int_equal(value_of(rig, "k", "a"), -1);
    ProtobufCBinaryData passing = equals(rig, "a", 1, RIG_PASS_IF_MISSING);
    assert_int_equal(write_cell(rig, ROW_DELETE, "k", cell, ANY, passing), 200);
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, ANY, passing), 200);
    const Ots__PutRowResponse *answer = visit_rig_answer(rig, &ots__put_row_response__descriptor);
    assert_int_equal(answer->consumed->capacity_unit->read, 1);
    assert_int_equal(answer->consumed->capacity_unit->write, 1);
    struct cell key = visit_rig_text("k0", "new");
    assert_int_equal(write_cell(rig, ROW_PUT, "new", cell, ANY,
                                visit_rig_single(&rig->arena, OTS__COMPARATOR_TYPE__CT_EQUAL, &key, 0)),
                     200);
}

static void test_the_rows_existence_is_asked_first(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cell = visit_rig_number("a", 1);
    ProtobufCBinaryData passing = equals(rig, "a", 1, RIG_PASS_IF_MISSING);
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, EXISTS, passing), 403);
    assert_string_equal(rig->visit.refusal.message, "Row does not exist which is expected existent");
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, NOT_EXISTS, passing), 200);
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, EXISTS, passing), 200);
    assert_failed(rig, write_cell(rig, ROW_PUT, "k", cell, EXISTS, equals(rig, "a", 2, 0)));
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, NOT_EXISTS, equals(rig, "a", 2, 0)), 403);
    assert_string_equal(rig->visit.refusal.message, "Row exists which is expected nonexistent");
}

static void test_a_condition_of_any_version_sees_all_that_are_kept(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cell = visit_rig_number("a", 0);
    cell.has_timestamp = true;
    visit_rig_make_table(rig, "t", "STRING", 3);
    for (int64_t i = 0; i < 5; i++) {
        cell.integer = i;
        cell.timestamp_ms = i;
        assert_int_equal(write_cell(rig, ROW_UPDATE, "k", cell, ANY, nothing), 200);
    }
    cell.timestamp_ms = 4;
    cell.integer = 4;
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 3, 0)));
    assert_int_equal(write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 3, RIG_ANY_VERSION)), 200);
    assert_int_equal(write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 2, RIG_ANY_VERSION)), 200);
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 1, RIG_ANY_VERSION)));
    set_options(rig, -1, 2);
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", cell, ANY, equals(rig, "a", 2, RIG_ANY_VERSION)));
}

static void test_a_page_and_other_bytes_are_no_condition(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cell = visit_rig_number("a", 1);
    uint8_t bytes[] = {8, 1};
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, ANY, visit_rig_page(&rig->arena, 0, 1)), 400);
    assert_string_equal(rig->visit.refusal.code, "OTSParameterInvalid");
    assert_int_equal(write_cell(rig, ROW_PUT, "k", cell, ANY, (ProtobufCBinaryData){2, bytes}), 400);
    assert_int_equal(value_of(rig, "k", "a"), -1);
}

static void test_a_failed_condition_in_a_batch_fails_its_row_only(void **state)
{
    struct visit_rig *rig = *state;
    Ots__BatchWriteRowRequest request = OTS__BATCH_WRITE_ROW_REQUEST__INIT;
    Ots__TableInBatchWriteRowRequest table = OTS__TABLE_IN_BATCH_WRITE_ROW_REQUEST__INIT;
    Ots__TableInBatchWriteRowRequest *tables = &table;
    Ots__RowInBatchWriteRowRequest rows[3];
    Ots__RowInBatchWriteRowRequest *at[3];
    Ots__Condition conditions[3];
    static const char *const keys[] = {"0", "1", "2"};
    visit_rig_make_table(rig, "t", "STRING", 1);
    for (int i = 0; i < 3; i++) {
        struct cell key = visit_rig_text("k0", keys[i]);
        struct cell cell = visit_rig_number("b", 9);
        struct row row = {.op = ROW_UPDATE, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
        put(rig, keys[i], "a", i);
        ots__condition__init(&conditions[i]);
        conditions[i].has_column_condition = true;
        conditions[i].column_condition = equals(rig, "a", 1, 0);
        ots__row_in_batch_write_row_request__init(&rows[i]);
        rows[i].type = OTS__OPERATION_TYPE__UPDATE;
        rows[i].row_change = visit_rig_row(rig, &row);
        rows[i].condition = &conditions[i];
        at[i] = &rows[i];
    }
    table.table_name = lasting("t");
    table.n_rows = 3;
    table.rows = at;
    request.n_tables = 1;
    request.tables = &tables;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &request), 200);
    const Ots__BatchWriteRowResponse *answer =
        visit_rig_answer(rig, &ots__batch_write_row_response__descriptor);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(answer->tables[0]->rows[i]->is_ok, i == 1);
        assert_int_equal(value_of(rig, keys[i], "b"), i == 1 ? 9 : -2);
    }
    assert_string_equal(answer->tables[0]->rows[0]->error->message, "Condition check failed.");
    assert_int_equal(answer->tables[0]->rows[1]->consumed->capacity_unit->read, 1);
}

/* ---- time to live ---- */

enum { TTL_S = 100, TTL_MS = TTL_S * 1000 };

static void pass(struct visit_rig *rig, int64_t ms)
{
    rig->ground.now_ms = VISIT_RIG_NOW + ms;
}

static void make_mortal(struct visit_rig *rig)
{
    visit_rig_make_table(rig, "t", "STRING", 3);
    set_options(rig, TTL_S, 3);
}

static void test_a_version_is_seen_until_its_last_second(void **state)
{
    struct visit_rig *rig = *state;
    make_mortal(rig);
    put(rig, "k", "a", 1);
    pass(rig, TTL_MS - 1);
    assert_int_equal(value_of(rig, "k", "a"), 1);
    pass(rig, TTL_MS);
    assert_int_equal(value_of(rig, "k", "a"), -1);
    set_options(rig, -1, 3);
    assert_int_equal(value_of(rig, "k", "a"), 1); /* it was not cleared away yet */
}

static void test_versions_of_one_row_expire_one_by_one(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    make_mortal(rig);
    put(rig, "k", "a", 1);
    for (int64_t i = 2; i <= 3; i++) {
        pass(rig, (i - 1) * 10000);
        assert_int_equal(write_cell(rig, ROW_UPDATE, "k", visit_rig_number("a", i), ANY, nothing), 200);
    }
    write_cell(rig, ROW_UPDATE, "k", visit_rig_number("b", 4), ANY, nothing);
    for (uint32_t left = 4; left > 2; left--) {
        assert_true(get(rig, "k", &row));
        assert_int_equal(row.cell_count, left);
        pass(rig, TTL_MS + (int64_t)(4 - left) * 10000);
    }
    assert_true(get(rig, "k", &row));
    assert_int_equal(row.cell_count, 2);
    assert_int_equal(row.cells[0].integer, 3);
    pass(rig, TTL_MS + 20000);
    assert_false(get(rig, "k", &row));
}

static void test_expired_cells_count_for_nothing_in_writes(void **state)
{
    struct visit_rig *rig = *state;
    struct cell more = visit_rig_number("a", 1);
    more.op = CELL_INCREMENT;
    make_mortal(rig);
    put(rig, "k", "a", 10);
    put(rig, "other", "a", 10);
    pass(rig, 50000);
    write_cell(rig, ROW_UPDATE, "k", visit_rig_number("b", 1), ANY, nothing);
    pass(rig, TTL_MS);
    assert_failed(rig, write_cell(rig, ROW_UPDATE, "k", more, ANY, equals(rig, "a", 10, 0)));
    assert_int_equal(write_cell(rig, ROW_UPDATE, "k", more, EXISTS, equals(rig, "b", 1, 0)), 200);
    assert_int_equal(value_of(rig, "k", "a"), 1); /* from nothing */
    assert_int_equal(write_cell(rig, ROW_UPDATE, "other", more, EXISTS, nothing), 403);
    assert_int_equal(write_cell(rig, ROW_PUT, "other", visit_rig_number("c", 2), NOT_EXISTS, nothing), 200);
    assert_int_equal(value_of(rig, "other", "a"), -2);
}

static void test_a_row_of_its_key_only_expires_by_its_write(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("k0", "bare");
    struct row bare = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    struct cell gone = visit_rig_number("a", 0);
    gone.op = CELL_DELETE_ALL;
    make_mortal(rig);
    assert_int_equal(visit_rig_write(rig, "t", &bare), 200);
    put(rig, "k", "a", 1);
    pass(rig, 50000);
    assert_int_equal(write_cell(rig, ROW_UPDATE, "k", gone, ANY, nothing), 200);
    assert_int_equal(value_of(rig, "bare", "a"), -2);
    pass(rig, TTL_MS);
    assert_int_equal(value_of(rig, "bare", "a"), -1);
    assert_int_equal(value_of(rig, "k", "a"), -2);
    pass(rig, TTL_MS + 50000);
    assert_int_equal(value_of(rig, "k", "a"), -1);
}

static void test_ranges_and_batches_pass_over_what_has_expired(void **state)
{
    struct visit_rig *rig = *state;
    struct cell lowest = {.name = SLICE("k0"), .type = CELL_INF_MIN};
    struct cell highest = {.name = SLICE("k0"), .type = CELL_INF_MAX};
    struct row from = {.op = ROW_PUT, .keys = &lowest, .key_count = 1};
    struct row to = {.op = ROW_PUT, .keys = &highest, .key_count = 1};
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    make_mortal(rig);
    put(rig, "1", "a", 1);
    put(rig, "2", "a", 1);
    pass(rig, 50000);
    request.table_name = lasting("t");
    request.inclusive_start_primary_key = visit_rig_row(rig, &from);
    request.exclusive_end_primary_key = visit_rig_row(rig, &to);
    request.has_max_versions = true;
    request.max_versions = 1;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 200);
    const Ots__GetRangeResponse *answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
    size_t both = answer->rows.len;
    assert_true(both > 0);
    pass(rig, TTL_MS);
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 200);
    answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
    assert_int_equal(answer->rows.len, 0);
    assert_false(answer->has_next_start_primary_key);
}

/* A hundred rows live at any time; ten thousand were written. */
static void test_memory_follows_what_lives(void **state)
{
    struct visit_rig *rig = *state;
    make_mortal(rig);
    const struct store_table *table = rig->store.tables[0];
    for (int i = 0; i < 10000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "%04d", i * 7919 % 10000);
        pass(rig, (int64_t)i * 1000);
        assert_int_equal(put(rig, key, "a", i), 200);
        assert_true(table->rows.count <= (uint64_t)3 * TTL_S);
    }
    assert_true(table->rows.count >= TTL_S);
    assert_true(table->bytes < (uint64_t)3 * TTL_S * 64);
}

static void test_expired_versions_of_living_rows_are_cleared_away(void **state)
{
    struct visit_rig *rig = *state;
    visit_rig_make_table(rig, "t", "STRING", 1000);
    set_options(rig, TTL_S, 1000);
    const struct store_table *table = rig->store.tables[0];
    for (int i = 0; i < 500; i++) {
        pass(rig, i == 499 ? TTL_MS - 1 : i);
        write_cell(rig, ROW_UPDATE, "k", visit_rig_number("a", i), ANY, nothing);
    }
    assert_true(table->bytes > 500);
    pass(rig, TTL_MS + 1000);
    put(rig, "other", "a", 1); /* the sweep comes by */
    put(rig, "other", "a", 1);
    assert_int_equal(table->rows.count, 2);
    assert_true(table->bytes < 100);
    assert_int_equal(value_of(rig, "k", "a"), 499);
}

static void test_fewer_versions_hide_the_older_ones_at_once(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    visit_rig_make_table(rig, "t", "STRING", 3);
    for (int64_t i = 1; i <= 3; i++) {
        pass(rig, i);
        write_cell(rig, ROW_UPDATE, "k", visit_rig_number("a", i), ANY, nothing);
    }
    assert_true(get(rig, "k", &row));
    assert_int_equal(row.cell_count, 3);
    set_options(rig, -1, 2);
    assert_true(get(rig, "k", &row));
    assert_int_equal(row.cell_count, 2);
    assert_int_equal(row.cells[1].integer, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_every_write_asks_its_column_condition),
        CASE(test_of_a_row_that_is_not_there_every_column_is_missing),
        CASE(test_the_rows_existence_is_asked_first),
        CASE(test_a_condition_of_any_version_sees_all_that_are_kept),
        CASE(test_a_page_and_other_bytes_are_no_condition),
        CASE(test_a_failed_condition_in_a_batch_fails_its_row_only),
        CASE(test_a_version_is_seen_until_its_last_second),
        CASE(test_versions_of_one_row_expire_one_by_one),
        CASE(test_expired_cells_count_for_nothing_in_writes),
        CASE(test_a_row_of_its_key_only_expires_by_its_write),
        CASE(test_ranges_and_batches_pass_over_what_has_expired),
        CASE(test_memory_follows_what_lives),
        CASE(test_expired_versions_of_living_rows_are_cleared_away),
        CASE(test_fewer_versions_hide_the_older_ones_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
