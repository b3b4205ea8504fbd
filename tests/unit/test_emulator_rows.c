/* emulator_rows: single rows, batches, bulk import and ranges through a visit: what is stored, what is
 * refused and at which level, and that a refused request leaves nothing behind. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "support/visit_rig.h"
#include "wire/plainbuffer.h"

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

static void assert_code(const struct visit_rig *rig, const char *code)
{
    assert_string_equal(rig->visit.refusal.code, code);
}

/* A row with the key k0 = text and the cells given. */
static struct row text_row(enum row_op op, struct cell *key, struct cell *cells, uint32_t count)
{
    return (struct row){.op = op, .keys = key, .key_count = 1, .cells = cells, .cell_count = count};
}

static int write_text(struct visit_rig *rig, enum row_op op, const char *key_text, struct cell *cells,
                      uint32_t count)
{
    struct cell key = visit_rig_text("k0", key_text);
    struct row row = text_row(op, &key, cells, count);
    return visit_rig_write(rig, "t", &row);
}

static bool get_text(struct visit_rig *rig, const char *key_text, struct row *row)
{
    struct cell key = visit_rig_text("k0", key_text);
    return visit_rig_get(rig, "t", &key, 1, row);
}

/* ---- single rows ---- */

static void test_a_put_replaces_the_whole_row(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    struct cell first[] = {visit_rig_number("b", 1), visit_rig_text("a", "x")};
    struct cell second[] = {visit_rig_number("c", 2)};
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(write_text(rig, ROW_PUT, "k", first, 2), 200);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cell_count, 2);
    assert_true(slice_equal(row.cells[0].name, SLICE("a"))); /* by name, not as sent */
    assert_int_equal(row.cells[0].timestamp_ms, VISIT_RIG_NOW);
    assert_int_equal(write_text(rig, ROW_PUT, "k", second, 1), 200);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cell_count, 1);
    assert_int_equal(row.cells[0].integer, 2);
    assert_int_equal(rig->applied, 2);
}

static void test_an_update_touches_only_its_cells(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    struct cell first[] = {visit_rig_number("a", 1), visit_rig_number("b", 5), visit_rig_number("c", 3)};
    struct cell changes[] = {visit_rig_number("a", 10), visit_rig_number("b", -7), visit_rig_number("c", 0)};
    changes[1].op = CELL_INCREMENT;
    changes[2].op = CELL_DELETE_ALL;
    visit_rig_make_table(rig, "t", "STRING", 1);
    write_text(rig, ROW_PUT, "k", first, 3);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", changes, 3), 200);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cell_count, 2);
    assert_int_equal(row.cells[0].integer, 10);
    assert_int_equal(row.cells[1].integer, -2);
}

static void test_a_refused_update_leaves_the_row_as_it_was(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    struct cell first[] = {visit_rig_number("a", 1), visit_rig_text("s", "x")};
    struct cell changes[] = {visit_rig_number("a", 10), visit_rig_number("s", 1)};
    struct cell over[] = {visit_rig_number("a", INT64_MAX)};
    changes[1].op = CELL_INCREMENT;
    over[0].op = CELL_INCREMENT;
    visit_rig_make_table(rig, "t", "STRING", 1);
    write_text(rig, ROW_PUT, "k", first, 2);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", changes, 2), 400);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", over, 1), 400);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cells[0].integer, 1);
    assert_int_equal(rig->refused, 2);
}

static void test_an_update_that_only_deletes_makes_no_row(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    struct cell gone[] = {visit_rig_number("a", 0)};
    struct cell kept[] = {visit_rig_number("a", 1)};
    gone[0].op = CELL_DELETE_ALL;
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", gone, 1), 200);
    assert_false(get_text(rig, "k", &row));
    write_text(rig, ROW_UPDATE, "k", kept, 1);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", gone, 1), 200);
    assert_true(get_text(rig, "k", &row)); /* the key stays */
    assert_int_equal(row.cell_count, 0);
    assert_int_equal(write_text(rig, ROW_DELETE, "k", NULL, 0), 200);
    assert_false(get_text(rig, "k", &row));
    assert_int_equal(write_text(rig, ROW_DELETE, "k", NULL, 0), 200);
}

static struct cell version(int64_t value, int64_t timestamp_ms)
{
    struct cell cell = visit_rig_number("v", value);
    cell.has_timestamp = true;
    cell.timestamp_ms = timestamp_ms;
    return cell;
}

static void test_versions_are_kept_newest_first_up_to_the_most(void **state)
{
    struct visit_rig *rig = *state;
    struct row row;
    struct cell puts[] = {version(1, 1000), version(3, 3000), version(2, 2000), version(0, 500)};
    struct cell one[] = {version(0, 2000)};
    one[0].op = CELL_DELETE_ONE;
    visit_rig_make_table(rig, "t", "STRING", 3);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", puts, 4), 200);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cell_count, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(row.cells[i].integer, 3 - i);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", one, 1), 200);
    assert_true(get_text(rig, "k", &row));
    assert_int_equal(row.cell_count, 2);
    assert_int_equal(row.cells[1].integer, 1);
}

static int write_expecting(struct visit_rig *rig, Ots__RowExistenceExpectation expect)
{
    struct cell key = visit_rig_text("k0", "k");
    struct cell cell = visit_rig_number("a", 1);
    struct row row = text_row(ROW_PUT, &key, &cell, 1);
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    condition.row_existence = expect;
    request.table_name = (char *)(uintptr_t) "t";
    request.row = visit_rig_row(rig, &row);
    request.condition = &condition;
    return visit_rig_run(rig, "PutRow", &request);
}

static void test_conditions_on_existence_hold(void **state)
{
    struct visit_rig *rig = *state;
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(write_expecting(rig, OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST), 403);
    assert_code(rig, "OTSConditionCheckFail");
    assert_int_equal(write_expecting(rig, OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST), 200);
    Ots__PutRowResponse *answer = visit_rig_answer(rig, &ots__put_row_response__descriptor);
    assert_int_equal(answer->consumed->capacity_unit->read, 1);
    assert_int_equal(answer->consumed->capacity_unit->write, 1);
    assert_int_equal(write_expecting(rig, OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST), 403);
    assert_int_equal(write_expecting(rig, OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST), 200);
}

static void test_auto_increment_keys_rise_and_come_back(void **state)
{
    struct visit_rig *rig = *state;
    struct plainbuffer_reader reader;
    struct error err;
    struct row back;
    struct cell keys[] = {visit_rig_text("k0", "p"), {.name = SLICE("k1"), .type = CELL_AUTO_INCREMENT}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    int64_t last = 0;
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    Ots__ReturnContent returns = OTS__RETURN_CONTENT__INIT;
    returns.has_return_type = true;
    returns.return_type = OTS__RETURN_TYPE__RT_PK;
    visit_rig_make_table(rig, "t", "STRING,AUTO", 1);
    request.table_name = (char *)(uintptr_t) "t";
    request.row = visit_rig_row(rig, &row);
    request.condition = &condition;
    request.return_content = &returns;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(visit_rig_run(rig, "PutRow", &request), 200);
        Ots__PutRowResponse *answer = visit_rig_answer(rig, &ots__put_row_response__descriptor);
        assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->row), &rig->arena, &err), 0);
        assert_int_equal(plainbuffer_next(&reader, &back, &err), 1);
        assert_int_equal(back.keys[1].type, CELL_INTEGER);
        assert_true(back.keys[1].integer > last);
        last = back.keys[1].integer;
    }
    assert_int_equal(rig->store.tables[0]->rows.count, 3);
    condition.row_existence = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST;
    assert_int_equal(visit_rig_run(rig, "PutRow", &request), 400);
    row.op = ROW_DELETE;
    assert_int_equal(visit_rig_write(rig, "t", &row), 400);
}

/* ---- what is refused ---- */

static void refuse_cell(struct visit_rig *rig, enum row_op op, struct cell cell, const char *code)
{
    assert_int_equal(write_text(rig, op, "k", &cell, 1), 400);
    assert_code(rig, code);
    assert_int_equal(rig->store.tables[0]->rows.count, 0);
}

static void test_cells_that_the_service_refuses(void **state)
{
    struct visit_rig *rig = *state;
    struct cell number = {.name = SLICE("d"), .type = CELL_DOUBLE, .number = NAN};
    struct cell cell = visit_rig_number("a", 1);
    char *large = arena_take(&rig->arena, LIMIT_VALUE_BYTES + 1);
    memset(large, 'x', LIMIT_VALUE_BYTES + 1);
    visit_rig_make_table(rig, "t", "STRING", 1);
    refuse_cell(rig, ROW_PUT, number, "OTSParameterInvalid");
    number.number = -INFINITY;
    refuse_cell(rig, ROW_UPDATE, number, "OTSParameterInvalid");
    refuse_cell(rig, ROW_PUT, visit_rig_number("1a", 1), "OTSParameterInvalid");
    refuse_cell(rig, ROW_PUT, visit_rig_number("a-b", 1), "OTSParameterInvalid");
    refuse_cell(rig, ROW_PUT, visit_rig_number("k0", 1), "OTSParameterInvalid");
    cell.has_timestamp = true;
    cell.timestamp_ms = VISIT_RIG_NOW + (int64_t)86400 * 1000 + 1;
    refuse_cell(rig, ROW_PUT, cell, "OTSParameterInvalid");
    cell.timestamp_ms = -1;
    refuse_cell(rig, ROW_PUT, cell, "OTSParameterInvalid");
    cell = visit_rig_number("a", 1);
    cell.op = CELL_INCREMENT;
    refuse_cell(rig, ROW_PUT, cell, "OTSParameterInvalid");
    cell = (struct cell){
        .name = SLICE("s"), .type = CELL_STRING, .bytes = slice_of(large, LIMIT_VALUE_BYTES + 1)};
    refuse_cell(rig, ROW_PUT, cell, "OTSParameterInvalid");
    cell.bytes.len--;
    assert_int_equal(write_text(rig, ROW_PUT, "k", &cell, 1), 200);
    assert_int_equal(write_text(rig, ROW_UPDATE, "k", NULL, 0), 400); /* nothing to update */
}

static void test_keys_that_the_service_refuses(void **state)
{
    struct visit_rig *rig = *state;
    char text[LIMIT_KEY_BYTES + 2] = {0};
    struct cell other = visit_rig_text("other", "k");
    struct cell number = visit_rig_number("k0", 1);
    struct cell two[] = {visit_rig_text("k0", "k"), visit_rig_text("k1", "k")};
    struct row row = text_row(ROW_PUT, &other, NULL, 0);
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(visit_rig_write(rig, "t", &row), 400);
    assert_code(rig, "OTSInvalidPK");
    row.keys = &number;
    assert_int_equal(visit_rig_write(rig, "t", &row), 400);
    assert_code(rig, "OTSInvalidPK");
    row = (struct row){.op = ROW_PUT, .keys = two, .key_count = 2};
    assert_int_equal(visit_rig_write(rig, "t", &row), 400);
    assert_code(rig, "OTSInvalidPK");
    memset(text, 'k', LIMIT_KEY_BYTES + 1);
    assert_int_equal(write_text(rig, ROW_PUT, text, NULL, 0), 400);
    assert_code(rig, "OTSParameterInvalid");
    text[LIMIT_KEY_BYTES] = 0;
    assert_int_equal(write_text(rig, ROW_PUT, text, NULL, 0), 200);
    assert_int_equal(visit_rig_write(rig, "no_such_table", &row), 404);
    assert_code(rig, "OTSObjectNotExist");
}

static void test_a_row_whose_checksum_or_end_is_wrong_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("k0", "k");
    struct cell cell = visit_rig_number("a", 1);
    struct row row = text_row(ROW_PUT, &key, &cell, 1);
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    visit_rig_make_table(rig, "t", "STRING", 1);
    request.table_name = (char *)(uintptr_t) "t";
    request.condition = &condition;
    request.row = visit_rig_row(rig, &row);
    for (size_t i = 0; i < request.row.len; i++) {
        request.row.data[i] ^= 1;
        assert_int_equal(visit_rig_run(rig, "PutRow", &request), 400);
        assert_code(rig, "OTSParameterInvalid");
        request.row.data[i] ^= 1;
    }
    for (size_t len = request.row.len; request.row.len-- > 0;)
        assert_int_equal(visit_rig_run(rig, "PutRow", &request), request.row.len == len ? 200 : 400);
    assert_int_equal(rig->store.tables[0]->rows.count, 0);
}

static void test_a_read_must_say_which_versions(void **state)
{
    struct visit_rig *rig = *state;
    struct cell key = visit_rig_text("k0", "k");
    struct row row = text_row(ROW_PUT, &key, NULL, 0);
    Ots__GetRowRequest get = OTS__GET_ROW_REQUEST__INIT;
    visit_rig_make_table(rig, "t", "STRING", 1);
    get.table_name = (char *)(uintptr_t) "t";
    get.primary_key = visit_rig_row(rig, &row);
    assert_int_equal(visit_rig_run(rig, "GetRow", &get), 400); /* neither versions nor a time range */
    get.has_max_versions = true;
    get.max_versions = 1;
    assert_int_equal(visit_rig_run(rig, "GetRow", &get), 200);
}

/* ---- batches ---- */

enum { MANY = 201 };

/* Rows k0 = "0000" ..., the same cell in each. */
struct many {
    Ots__BulkImportRequest bulk;
    Ots__RowInBulkImportRequest bulk_rows[MANY];
    Ots__RowInBulkImportRequest *bulk_at[MANY];
    Ots__BatchWriteRowRequest batch;
    Ots__TableInBatchWriteRowRequest table;
    Ots__TableInBatchWriteRowRequest *table_at[2];
    Ots__RowInBatchWriteRowRequest batch_rows[MANY];
    Ots__RowInBatchWriteRowRequest *batch_at[MANY];
    Ots__Condition condition;
};

static void many_fill_row(struct visit_rig *rig, struct many *many, int index)
{
    static char texts[MANY][16];
    snprintf(texts[index], sizeof(texts[index]), "%04d", index);
    struct cell key = visit_rig_text("k0", texts[index]);
    struct cell cell = visit_rig_number("a", index);
    struct row row = text_row(ROW_PUT, &key, &cell, 1);
    ots__row_in_bulk_import_request__init(&many->bulk_rows[index]);
    many->bulk_rows[index].type = OTS__OPERATION_TYPE__PUT;
    many->bulk_rows[index].row_change = visit_rig_row(rig, &row);
    many->bulk_at[index] = &many->bulk_rows[index];
    ots__row_in_batch_write_row_request__init(&many->batch_rows[index]);
    many->batch_rows[index].type = OTS__OPERATION_TYPE__PUT;
    many->batch_rows[index].row_change = many->bulk_rows[index].row_change;
    many->batch_rows[index].condition = &many->condition;
    many->batch_at[index] = &many->batch_rows[index];
}

static struct many *many_take(struct visit_rig *rig, size_t count)
{
    struct many *many = arena_take(&rig->arena, sizeof(*many));
    ots__bulk_import_request__init(&many->bulk);
    ots__batch_write_row_request__init(&many->batch);
    ots__table_in_batch_write_row_request__init(&many->table);
    ots__condition__init(&many->condition);
    for (int i = 0; i < MANY; i++)
        many_fill_row(rig, many, i);
    many->bulk.table_name = (char *)(uintptr_t) "t";
    many->bulk.n_rows = count;
    many->bulk.rows = many->bulk_at;
    many->table.table_name = many->bulk.table_name;
    many->table.n_rows = count;
    many->table.rows = many->batch_at;
    many->table_at[0] = &many->table;
    many->table_at[1] = &many->table;
    many->batch.n_tables = 1;
    many->batch.tables = many->table_at;
    return many;
}

/* The code of each refused row, "" for a written one, as one text. */
static const char *bulk_codes(struct visit_rig *rig)
{
    static char text[4096];
    Ots__BulkImportResponse *answer = visit_rig_answer(rig, &ots__bulk_import_response__descriptor);
    text[0] = 0;
    for (size_t i = 0; i < answer->n_rows; i++) {
        assert_int_equal(answer->rows[i]->is_ok, answer->rows[i]->error == NULL);
        assert_int_equal(answer->rows[i]->is_ok, answer->rows[i]->consumed != NULL);
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s;",
                 answer->rows[i]->is_ok ? "" : answer->rows[i]->error->code);
    }
    return text;
}

static void test_bulk_import_takes_200_rows_and_not_201(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 200);
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 200);
    assert_int_equal(rig->store.tables[0]->rows.count, 200);
    assert_int_equal(rig->applied, 200);
    many->bulk.n_rows = 201;
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 400);
    assert_code(rig, "OTSParameterInvalid");
    assert_string_equal(rig->visit.refusal.message, "Rows count exceeds the upper limit: 200.");
    many->bulk.n_rows = 0;
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 400);
}

static void test_bulk_import_refuses_by_row_what_only_the_table_knows(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    struct cell wrong = visit_rig_number("k0", 1);
    struct row row = text_row(ROW_PUT, &wrong, NULL, 0);
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 200);
    assert_string_equal(bulk_codes(rig), "OTSObjectNotExist;OTSObjectNotExist;OTSObjectNotExist;");
    visit_rig_make_table(rig, "t", "STRING", 1);
    many->bulk_rows[1].row_change = visit_rig_row(rig, &row);
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 200);
    assert_string_equal(bulk_codes(rig), ";OTSInvalidPK;;");
    assert_int_equal(rig->store.tables[0]->rows.count, 2);
    assert_int_equal(rig->refused, 4);
}

static void test_bulk_import_applies_rows_of_one_key_in_order(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    struct row back;
    visit_rig_make_table(rig, "t", "STRING", 1);
    struct cell key = visit_rig_text("k0", "0000");
    struct cell cell = visit_rig_number("a", 77);
    struct row row = text_row(ROW_UPDATE, &key, &cell, 1);
    many->bulk_rows[2].type = OTS__OPERATION_TYPE__UPDATE;
    many->bulk_rows[2].row_change = visit_rig_row(rig, &row);
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 200);
    assert_true(get_text(rig, "0000", &back));
    assert_int_equal(back.cells[0].integer, 77);
    assert_int_equal(rig->store.tables[0]->rows.count, 2);
}

static void test_bulk_import_takes_a_key_once_when_the_table_has_an_index(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    visit_rig_make_table(rig, "t", "STRING", 1);
    rig->store.tables[0]->meta->n_index_metas = 1; /* as if it had been created with one */
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 200);
    many->bulk_rows[2].row_change = many->bulk_rows[0].row_change;
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 400);
    assert_code(rig, "OTSParameterInvalid");
    assert_int_equal(rig->applied, 3);
}

static void test_one_bad_row_refuses_the_whole_batch_and_nothing_is_written(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    struct cell key = visit_rig_text("k0", "k");
    struct cell bad = {.name = SLICE("d"), .type = CELL_DOUBLE, .number = NAN};
    struct cell wrong = visit_rig_number("k0", 1);
    struct row nan_row = text_row(ROW_PUT, &key, &bad, 1);
    struct row wrong_row = text_row(ROW_PUT, &wrong, NULL, 0);
    visit_rig_make_table(rig, "t", "STRING", 1);
    many->batch_rows[2].row_change = visit_rig_row(rig, &nan_row);
    many->bulk_rows[2].row_change = many->batch_rows[2].row_change;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    assert_int_equal(visit_rig_run(rig, "BulkImport", &many->bulk), 400);
    many->batch_rows[2].row_change = visit_rig_row(rig, &wrong_row);
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    assert_code(rig, "OTSInvalidPK");
    assert_int_equal(rig->store.tables[0]->rows.count, 0);
    assert_int_equal(rig->applied, 0);
}

static void test_frames_that_refuse_a_batch(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    visit_rig_make_table(rig, "t", "STRING", 1);
    many->batch.n_tables = 2; /* the same table twice */
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->batch.n_tables = 0;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->batch.n_tables = 1;
    many->table.n_rows = 0;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->table.n_rows = 201;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->table.n_rows = 3;
    many->batch_rows[2].row_change = many->batch_rows[0].row_change; /* one row twice */
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->batch_rows[2].type = (Ots__OperationType)9;
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 400);
    many->table.n_rows = 2;
    many->table.table_name = (char *)(uintptr_t) "missing";
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 404);
    assert_int_equal(rig->store.tables[0]->rows.count, 0);
}

static void test_a_failed_condition_fails_its_row_only(void **state)
{
    struct visit_rig *rig = *state;
    struct many *many = many_take(rig, 3);
    Ots__Condition exists = OTS__CONDITION__INIT;
    exists.row_existence = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST;
    many->batch_rows[1].condition = &exists;
    visit_rig_make_table(rig, "t", "STRING", 1);
    assert_int_equal(visit_rig_run(rig, "BatchWriteRow", &many->batch), 200);
    Ots__BatchWriteRowResponse *answer = visit_rig_answer(rig, &ots__batch_write_row_response__descriptor);
    assert_int_equal(answer->n_tables, 1);
    assert_int_equal(answer->tables[0]->n_rows, 3);
    assert_true(answer->tables[0]->rows[0]->is_ok && answer->tables[0]->rows[2]->is_ok);
    assert_string_equal(answer->tables[0]->rows[1]->error->code, "OTSConditionCheckFail");
    assert_int_equal(rig->store.tables[0]->rows.count, 2);
}

/* ---- ranges ---- */

struct range {
    uint32_t from; /* keys; 0 and 999 stand for the bounds */
    uint32_t to;
    bool forward;
    int32_t limit;
};

static ProtobufCBinaryData range_key(struct visit_rig *rig, uint32_t number)
{
    static char texts[2][16];
    static int turn;
    struct cell key = {.name = SLICE("k0"), .type = number == 0 ? CELL_INF_MIN : CELL_INF_MAX};
    turn = 1 - turn;
    snprintf(texts[turn], sizeof(texts[turn]), "%04u", number);
    if (number != 0 && number != 999)
        key = visit_rig_text("k0", texts[turn]);
    struct row row = text_row(ROW_PUT, &key, NULL, 0);
    return visit_rig_row(rig, &row);
}

/* All rows of the range, page by page, must be the even numbers within it, in order. */
static void check_range(struct visit_rig *rig, const struct range *range)
{
    struct plainbuffer_reader reader;
    struct error err;
    struct row row;
    uint32_t next = range->forward ? range->from + range->from % 2 : range->from - range->from % 2;
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    request.table_name = (char *)(uintptr_t) "t";
    request.direction = range->forward ? OTS__DIRECTION__FORWARD : OTS__DIRECTION__BACKWARD;
    request.has_max_versions = true;
    request.max_versions = 1;
    request.has_limit = true;
    request.limit = range->limit;
    request.inclusive_start_primary_key = range_key(rig, range->from);
    request.exclusive_end_primary_key = range_key(rig, range->to);
    if (range->from == 0)
        next = 2;
    if (range->from == 999)
        next = 400;
    for (bool more = true; more;) {
        assert_int_equal(visit_rig_run(rig, "GetRange", &request), 200);
        Ots__GetRangeResponse *answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
        int32_t count = 0;
        assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->rows), &rig->arena, &err), 0);
        for (; plainbuffer_next(&reader, &row, &err) == 1; count++) {
            char text[16];
            snprintf(text, sizeof(text), "%04u", next);
            assert_true(slice_equal(row.keys[0].bytes, slice_text(text)));
            assert_int_equal(row.cells[0].integer, next);
            assert_true(range->forward ? next < range->to : next > range->to);
            next = range->forward ? next + 2 : next - 2;
        }
        more = answer->has_next_start_primary_key;
        assert_true(count <= range->limit);
        assert_true(!more || count == range->limit);
        request.inclusive_start_primary_key = answer->next_start_primary_key;
    }
    if (range->forward)
        assert_true(next >= range->to || next > 400);
    else
        assert_true(next <= range->to || next < 2);
}

static void fill_even(struct visit_rig *rig)
{
    visit_rig_make_table(rig, "t", "STRING", 1);
    for (int i = 2; i <= 400; i += 2) {
        char text[16];
        struct cell cell = visit_rig_number("a", i);
        snprintf(text, sizeof(text), "%04d", i);
        assert_int_equal(write_text(rig, ROW_PUT, text, &cell, 1), 200);
    }
}

static void test_ranges_run_both_ways_page_by_page(void **state)
{
    static const struct range ranges[] = {{0, 999, true, 7},    {0, 999, true, 200},   {999, 0, false, 7},
                                          {10, 20, true, 3},    {11, 21, true, 100},   {20, 10, false, 3},
                                          {21, 11, false, 100}, {399, 999, true, 1},   {1, 2, true, 5},
                                          {5, 0, false, 1},     {999, 398, false, 10}, {100, 101, true, 10}};
    struct visit_rig *rig = *state;
    fill_even(rig);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        check_range(rig, &ranges[i]);
}

static void test_a_range_that_begins_behind_its_end_is_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    fill_even(rig);
    request.table_name = (char *)(uintptr_t) "t";
    request.has_max_versions = true;
    request.max_versions = 1;
    request.inclusive_start_primary_key = range_key(rig, 10);
    request.exclusive_end_primary_key = range_key(rig, 10);
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    request.exclusive_end_primary_key = range_key(rig, 20);
    request.direction = OTS__DIRECTION__BACKWARD;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
    request.direction = OTS__DIRECTION__FORWARD;
    request.has_limit = true;
    request.limit = 0;
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 400);
}

static void test_an_answer_of_a_range_stops_at_5000_rows_or_4_mb(void **state)
{
    struct visit_rig *rig = *state;
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    char *large = arena_take(&rig->arena, 1 << 20);
    memset(large, 'x', 1 << 20);
    visit_rig_make_table(rig, "t", "STRING", 1);
    for (int i = 0; i < 6; i++) {
        char text[16];
        struct cell cell = {.name = SLICE("a"), .type = CELL_STRING, .bytes = slice_of(large, 1 << 20)};
        snprintf(text, sizeof(text), "%04d", i);
        assert_int_equal(write_text(rig, ROW_PUT, text, &cell, 1), 200);
    }
    request.table_name = (char *)(uintptr_t) "t";
    request.has_max_versions = true;
    request.max_versions = 1;
    request.inclusive_start_primary_key = range_key(rig, 0);
    request.exclusive_end_primary_key = range_key(rig, 999);
    assert_int_equal(visit_rig_run(rig, "GetRange", &request), 200);
    Ots__GetRangeResponse *answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
    assert_true(answer->has_next_start_primary_key);
    assert_in_range(answer->rows.len, 3 << 20, 4 << 20);
}

static size_t columns_of(struct visit_rig *rig, const char *column, bool *found)
{
    struct cell key = visit_rig_text("k0", "k");
    struct row row = text_row(ROW_PUT, &key, NULL, 0);
    struct plainbuffer_reader reader;
    struct error err;
    char *names[] = {(char *)(uintptr_t)column};
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    request.table_name = (char *)(uintptr_t) "t";
    request.primary_key = visit_rig_row(rig, &row);
    request.has_max_versions = true;
    request.max_versions = 1;
    request.n_columns_to_get = 1;
    request.columns_to_get = names;
    assert_int_equal(visit_rig_run(rig, "GetRow", &request), 200);
    Ots__GetRowResponse *answer = visit_rig_answer(rig, &ots__get_row_response__descriptor);
    *found = answer->row.len > 0;
    if (!*found)
        return 0;
    assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->row), &rig->arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    return row.cell_count;
}

static void test_a_row_without_any_of_the_columns_is_left_out(void **state)
{
    struct visit_rig *rig = *state;
    struct cell cells[] = {visit_rig_number("a", 1), visit_rig_number("b", 2)};
    bool found = false;
    visit_rig_make_table(rig, "t", "STRING", 1);
    write_text(rig, ROW_PUT, "k", cells, 2);
    assert_int_equal(columns_of(rig, "a", &found), 1);
    assert_true(found);
    columns_of(rig, "c", &found);
    assert_false(found);
    assert_int_equal(columns_of(rig, "k0", &found),
                     0); /* a key column is named: the row is there, without cells */
    assert_true(found);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_put_replaces_the_whole_row),
        CASE(test_an_update_touches_only_its_cells),
        CASE(test_a_refused_update_leaves_the_row_as_it_was),
        CASE(test_an_update_that_only_deletes_makes_no_row),
        CASE(test_versions_are_kept_newest_first_up_to_the_most),
        CASE(test_conditions_on_existence_hold),
        CASE(test_auto_increment_keys_rise_and_come_back),
        CASE(test_cells_that_the_service_refuses),
        CASE(test_keys_that_the_service_refuses),
        CASE(test_a_row_whose_checksum_or_end_is_wrong_is_refused),
        CASE(test_a_read_must_say_which_versions),
        CASE(test_bulk_import_takes_200_rows_and_not_201),
        CASE(test_bulk_import_refuses_by_row_what_only_the_table_knows),
        CASE(test_bulk_import_applies_rows_of_one_key_in_order),
        CASE(test_bulk_import_takes_a_key_once_when_the_table_has_an_index),
        CASE(test_one_bad_row_refuses_the_whole_batch_and_nothing_is_written),
        CASE(test_frames_that_refuse_a_batch),
        CASE(test_a_failed_condition_fails_its_row_only),
        CASE(test_ranges_run_both_ways_page_by_page),
        CASE(test_a_range_that_begins_behind_its_end_is_refused),
        CASE(test_an_answer_of_a_range_stops_at_5000_rows_or_4_mb),
        CASE(test_a_row_without_any_of_the_columns_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
