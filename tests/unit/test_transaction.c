/* transaction: local transactions and atomic batches through visits: who sees what and when, who is refused,
 * what is told, and that a transaction leaves the same rows as the same writes without one. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/chance.h"
#include "base/error.h"
#include "support/visit_rig.h"
#include "wire/plainbuffer.h"

/* A rig with the table t (k0 string, k1 integer), and what was told. */
struct told {
    struct visit_rig *rig;
    char text[4096]; /* "operation k1 code;" of each change */
};

static void on_change(void *arg, const struct visit *visit, const struct change *change,
                      const struct refusal *refusal)
{
    struct told *told = arg;
    size_t len = strlen(told->text);
    snprintf(told->text + len, sizeof(told->text) - len, "%s %lld %s;", visit->operation->name,
             (long long)change->row.keys[1].integer, refusal == NULL ? "ok" : refusal->code);
}

static int setup(void **state)
{
    struct told *told = calloc(1, sizeof(*told));
    assert_non_null(told);
    told->rig = visit_rig_create();
    visit_rig_make_table(told->rig, "t", "STRING,INTEGER", 1);
    told->rig->ground.on_change = on_change;
    told->rig->ground.arg = told;
    *state = told;
    return 0;
}

static int teardown(void **state)
{
    struct told *told = *state;
    visit_rig_destroy(told->rig);
    free(told);
    return 0;
}

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static void assert_code(const struct visit_rig *rig, const char *code)
{
    assert_string_equal(rig->visit.refusal.code, code);
}

/* ---- requests ---- */

static int start_in(struct visit_rig *rig, const char *table, struct cell *keys, uint32_t count)
{
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = count};
    Ots__StartLocalTransactionRequest request = OTS__START_LOCAL_TRANSACTION_REQUEST__INIT;
    request.table_name = text(table);
    request.key = visit_rig_row(rig, &row);
    return visit_rig_run(rig, "StartLocalTransaction", &request);
}

/* The id, in the rig's arena. */
static char *start(struct visit_rig *rig, const char *partition)
{
    struct cell key = visit_rig_text("k0", partition);
    assert_int_equal(start_in(rig, "t", &key, 1), 200);
    Ots__StartLocalTransactionResponse *answer =
        visit_rig_answer(rig, &ots__start_local_transaction_response__descriptor);
    assert_int_equal(answer->consumed->capacity_unit->write, 1);
    return answer->transaction_id;
}

static int commit(struct visit_rig *rig, char *id)
{
    Ots__CommitTransactionRequest request = OTS__COMMIT_TRANSACTION_REQUEST__INIT;
    request.transaction_id = id;
    return visit_rig_run(rig, "CommitTransaction", &request);
}

static int abort_it(struct visit_rig *rig, char *id)
{
    Ots__AbortTransactionRequest request = OTS__ABORT_TRANSACTION_REQUEST__INIT;
    request.transaction_id = id;
    return visit_rig_run(rig, "AbortTransaction", &request);
}

struct writing {
    enum row_op op;
    const char *partition;
    int64_t number; /* k1 */
    struct cell cell;
    bool bare; /* no cell */
    Ots__RowExistenceExpectation expect;
};

static ProtobufCBinaryData row_of(struct visit_rig *rig, const struct writing *writing)
{
    struct cell keys[] = {visit_rig_text("k0", writing->partition), visit_rig_number("k1", writing->number)};
    struct cell cell = writing->cell;
    bool cells = writing->op != ROW_DELETE && !writing->bare;
    struct row row = {
        .op = writing->op, .keys = keys, .key_count = 2, .cells = &cell, .cell_count = cells ? 1 : 0};
    return visit_rig_row(rig, &row);
}

static int run_write(struct visit_rig *rig, const struct writing *writing, char *id)
{
    static const char *const names[] = {"", "PutRow", "UpdateRow", "DeleteRow"};
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT; /* the three have the same fields */
    Ots__Condition condition = OTS__CONDITION__INIT;
    condition.row_existence = writing->expect;
    request.table_name = text("t");
    request.row = row_of(rig, writing);
    request.condition = &condition;
    request.transaction_id = id;
    return visit_rig_run(rig, names[writing->op], &request);
}

static int put(struct visit_rig *rig, const char *partition, int64_t number, int64_t value, char *id)
{
    struct writing writing = {ROW_PUT, partition, number, visit_rig_number("v", value), false, 0};
    return run_write(rig, &writing, id);
}

static int erase(struct visit_rig *rig, const char *partition, int64_t number, char *id)
{
    struct writing writing = {.op = ROW_DELETE, .partition = partition, .number = number};
    return run_write(rig, &writing, id);
}

static int get(struct visit_rig *rig, const char *partition, int64_t number, char *id, int64_t *value)
{
    struct cell keys[] = {visit_rig_text("k0", partition), visit_rig_number("k1", number)};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    struct plainbuffer_reader reader;
    struct error err;
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    *value = -1; /* no row */
    request.table_name = text("t");
    request.primary_key = visit_rig_row(rig, &row);
    request.has_max_versions = true;
    request.max_versions = 1;
    request.transaction_id = id;
    int status = visit_rig_run(rig, "GetRow", &request);
    if (status != 200)
        return status;
    Ots__GetRowResponse *answer = visit_rig_answer(rig, &ots__get_row_response__descriptor);
    if (answer->row.len == 0)
        return 200;
    assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->row), &rig->arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    *value = row.cell_count == 0 ? 0 : row.cells[0].integer;
    return 200;
}

static int64_t value_of(struct visit_rig *rig, int64_t number, char *id)
{
    int64_t value;
    assert_int_equal(get(rig, "p", number, id, &value), 200);
    return value;
}

static ProtobufCBinaryData bound(struct visit_rig *rig, const char *partition, enum cell_type type)
{
    struct cell keys[] = {visit_rig_text("k0", partition), {.name = SLICE("k1"), .type = type}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    return visit_rig_row(rig, &row);
}

static int run_range(struct visit_rig *rig, const char *from, const char *to, bool forward, char *id)
{
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    request.table_name = text("t");
    request.direction = forward ? OTS__DIRECTION__FORWARD : OTS__DIRECTION__BACKWARD;
    request.has_max_versions = true;
    request.max_versions = 10;
    request.inclusive_start_primary_key = bound(rig, from, forward ? CELL_INF_MIN : CELL_INF_MAX);
    request.exclusive_end_primary_key = bound(rig, to, forward ? CELL_INF_MAX : CELL_INF_MIN);
    request.transaction_id = id;
    return visit_rig_run(rig, "GetRange", &request);
}

/* "k1=value@time ..." of all rows and versions of the partition p. */
static char *range(struct visit_rig *rig, bool forward, char *id)
{
    struct plainbuffer_reader reader;
    struct error err;
    struct row row;
    size_t room = 1 << 16;
    char *to = arena_take(&rig->arena, room);
    size_t len = 0;
    to[0] = 0;
    assert_int_equal(run_range(rig, "p", "p", forward, id), 200);
    Ots__GetRangeResponse *answer = visit_rig_answer(rig, &ots__get_range_response__descriptor);
    assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->rows), &rig->arena, &err), 0);
    while (plainbuffer_next(&reader, &row, &err) == 1) {
        len += (size_t)snprintf(to + len, room - len, "%lld", (long long)row.keys[1].integer);
        for (uint32_t i = 0; i < row.cell_count; i++)
            len += (size_t)snprintf(to + len, room - len, "=%lld@%lld", (long long)row.cells[i].integer,
                                    (long long)(row.cells[i].timestamp_ms - VISIT_RIG_NOW));
        len += (size_t)snprintf(to + len, room - len, " ");
    }
    return to;
}

/* ---- who sees what ---- */

static void test_changes_are_seen_inside_only_until_the_commit(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    put(rig, "p", 1, 1, NULL);
    put(rig, "p", 2, 2, NULL);
    char *id = start(rig, "p");
    assert_int_equal(put(rig, "p", 1, 10, id), 200);
    assert_int_equal(erase(rig, "p", 2, id), 200);
    assert_int_equal(put(rig, "p", 3, 30, id), 200);
    assert_int_equal(value_of(rig, 1, id), 10);
    assert_int_equal(value_of(rig, 2, id), -1);
    assert_int_equal(value_of(rig, 3, id), 30);
    assert_int_equal(value_of(rig, 1, NULL), 1);
    assert_int_equal(value_of(rig, 2, NULL), 2);
    assert_int_equal(value_of(rig, 3, NULL), -1);
    assert_string_equal(range(rig, true, id), "1=10@0 3=30@0 ");
    assert_string_equal(range(rig, false, id), "3=30@0 1=10@0 ");
    assert_string_equal(range(rig, true, NULL), "1=1@0 2=2@0 ");
    assert_int_equal(commit(rig, id), 200);
    assert_string_equal(range(rig, true, NULL), "1=10@0 3=30@0 ");
    assert_int_equal(rig->store.tables[0]->rows.count, 2);
    assert_int_equal(put(rig, "p", 1, 11, NULL), 200); /* the partition is free again */
}

static void test_nothing_stays_of_what_is_aborted(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    put(rig, "p", 1, 1, NULL);
    char *id = start(rig, "p");
    put(rig, "p", 1, 10, id);
    put(rig, "p", 2, 20, id);
    assert_int_equal(abort_it(rig, id), 200);
    assert_string_equal(range(rig, true, NULL), "1=1@0 ");
    assert_int_equal(put(rig, "p", 1, 2, id), 404);
    assert_code(rig, "OTSSessionNotExist");
    assert_int_equal(abort_it(rig, id), 404);
    assert_int_equal(commit(rig, id), 404);
    assert_string_equal(rig->visit.refusal.message, "Session not exist or may be timeout.");
    assert_int_equal(put(rig, "p", 1, 3, NULL), 200);
}

static void test_a_key_may_change_many_times_inside(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct writing add = {ROW_UPDATE, "p", 1, visit_rig_number("v", 5), false, 0};
    add.cell.op = CELL_INCREMENT;
    put(rig, "p", 1, 1, NULL);
    char *id = start(rig, "p");
    assert_int_equal(run_write(rig, &add, id), 200);
    assert_int_equal(run_write(rig, &add, id), 200);
    assert_int_equal(value_of(rig, 1, id), 11);
    assert_int_equal(erase(rig, "p", 1, id), 200);
    assert_int_equal(run_write(rig, &add, id), 200);
    assert_int_equal(value_of(rig, 1, id), 5);
    assert_int_equal(erase(rig, "p", 7, id), 200); /* was never there */
    assert_int_equal(put(rig, "p", 7, 7, id), 200);
    assert_int_equal(erase(rig, "p", 7, id), 200);
    assert_int_equal(value_of(rig, 1, NULL), 1);
    assert_int_equal(commit(rig, id), 200);
    assert_string_equal(range(rig, true, NULL), "1=5@0 ");
}

static void test_conditions_inside_see_what_was_done_inside(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct writing absent = {
        ROW_PUT, "p", 1, visit_rig_number("v", 1), false, OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST};
    char *id = start(rig, "p");
    assert_int_equal(run_write(rig, &absent, id), 200);
    assert_int_equal(run_write(rig, &absent, id), 403);
    assert_code(rig, "OTSConditionCheckFail");
    assert_int_equal(erase(rig, "p", 1, id), 200);
    assert_int_equal(run_write(rig, &absent, id), 200); /* a refusal did not end it */
    assert_int_equal(commit(rig, id), 200);
    assert_string_equal(told->text, "PutRow 1 OTSConditionCheckFail;CommitTransaction 1 ok;"
                                    "CommitTransaction 1 ok;CommitTransaction 1 ok;");
}

/* ---- what is told ---- */

static void test_changes_are_told_at_the_commit_in_their_order_and_with_their_versions(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    char *one = start(rig, "p");
    char *two = start(rig, "q");
    put(rig, "p", 3, 1, one);
    put(rig, "q", 9, 1, two);
    rig->ground.now_ms += 1000;
    put(rig, "p", 1, 1, one);
    assert_string_equal(told->text, "");
    rig->ground.now_ms += 1000;
    assert_int_equal(commit(rig, one), 200);
    assert_string_equal(told->text, "CommitTransaction 3 ok;CommitTransaction 1 ok;");
    assert_string_equal(range(rig, true, NULL), "1=1@1000 3=1@0 "); /* when written, not when committed */
    assert_int_equal(abort_it(rig, two), 200);
    assert_string_equal(told->text, "CommitTransaction 3 ok;CommitTransaction 1 ok;");
    assert_int_equal(commit(rig, start(rig, "p")), 200); /* with nothing in it */
}

/* ---- who is refused ---- */

static void test_others_cannot_write_where_a_transaction_is_open(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct writing update = {ROW_UPDATE, "p", 1, visit_rig_number("v", 5), false, 0};
    struct cell key = visit_rig_text("k0", "p");
    char *id = start(rig, "p");
    char *other = start(rig, "q");
    assert_int_equal(put(rig, "p", 1, 1, NULL), 409);
    assert_code(rig, "OTSRowOperationConflict");
    assert_string_equal(rig->visit.refusal.message, "Data is being modified by the other request.");
    assert_int_equal(run_write(rig, &update, NULL), 409);
    assert_int_equal(erase(rig, "p", 1, NULL), 409);
    assert_int_equal(start_in(rig, "t", &key, 1), 409);
    assert_code(rig, "OTSRowOperationConflict");
    assert_int_equal(put(rig, "p", 1, 1, other), 400); /* it holds q */
    assert_code(rig, "OTSDataOutOfRange");
    assert_string_equal(rig->visit.refusal.message,
                        "Data out of scope of transaction. Transaction PartKey:q. Data PartKey:p");
    assert_int_equal(put(rig, "pp", 1, 1, NULL), 200);
    assert_int_equal(put(rig, "p", 1, 2, id), 200);
    assert_int_equal(commit(rig, id), 200);
    assert_int_equal(put(rig, "p", 1, 1, NULL), 200);
}

static void test_a_transaction_reads_its_own_partition_only(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    int64_t value;
    char *id = start(rig, "p");
    assert_int_equal(get(rig, "q", 1, id, &value), 400);
    assert_code(rig, "OTSDataOutOfRange");
    assert_int_equal(run_range(rig, "p", "q", true, id), 400);
    assert_string_equal(rig->visit.refusal.message,
                        "Data out of scope of transaction. Transaction PartKey:p. Data PartKey:q");
    assert_int_equal(run_range(rig, "q", "p", false, id), 400);
    assert_int_equal(run_range(rig, "p", "p", true, id), 200);
    visit_rig_make_table(rig, "u", "STRING,INTEGER", 1);
    struct cell key = visit_rig_text("k0", "p");
    assert_int_equal(start_in(rig, "u", &key, 1), 200); /* the same value in another table */
}

static void test_a_transaction_is_gone_after_a_minute(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    char *id = start(rig, "p");
    put(rig, "p", 1, 1, id);
    rig->ground.now_ms += 59999;
    assert_int_equal(put(rig, "p", 1, 2, NULL), 409);
    assert_int_equal(put(rig, "p", 1, 3, id), 200);
    rig->ground.now_ms += 1;
    assert_int_equal(put(rig, "p", 1, 4, NULL), 200);
    assert_int_equal(commit(rig, id), 404);
    assert_code(rig, "OTSSessionNotExist");
    assert_int_equal(value_of(rig, 1, NULL), 4);
    assert_int_equal(rig->store.transactions.count, 0);
}

static void test_names_that_are_none_are_refused(void **state)
{
    static const char *const names[] = {"", "fake_transaction_id", "00000000-0000-0000-0000-00000000000",
                                        "00000000-0000-0000-0000-0000000000000",
                                        "00000000-0000-0000-0000-00000000000G"};
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    int64_t value;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(commit(rig, text(names[i])), 400);
        assert_int_equal(abort_it(rig, text(names[i])), 400);
        assert_int_equal(put(rig, "p", 1, 1, text(names[i])), 400);
        assert_int_equal(get(rig, "p", 1, text(names[i]), &value), 400);
        assert_string_equal(rig->visit.refusal.message, "TransactionID is invalid.");
    }
    assert_int_equal(commit(rig, text("00000000-0000-0000-0000-000000000000")), 404);
    assert_code(rig, "OTSSessionNotExist");
}

static void test_what_a_transaction_cannot_begin_with(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct cell two[] = {visit_rig_text("k0", "p"), visit_rig_number("k1", 1)};
    struct cell wrong = visit_rig_number("k0", 1);
    struct cell other = visit_rig_text("k1", "p");
    assert_int_equal(start_in(rig, "t", two, 2), 400);
    assert_string_equal(rig->visit.refusal.message, "StartLocalTransaction support only one primary key.");
    assert_int_equal(start_in(rig, "t", &wrong, 1), 400);
    assert_code(rig, "OTSInvalidPK");
    assert_string_equal(rig->visit.refusal.message,
                        "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.");
    assert_int_equal(start_in(rig, "t", &other, 1), 400);
    assert_string_equal(rig->visit.refusal.message, "Validate PK name fail. Input: k1, Meta: k0.");
    assert_int_equal(start_in(rig, "missing", two, 1), 404);
    assert_int_equal(start_in(rig, "", two, 1), 400);
    assert_string_equal(rig->visit.refusal.message, "Invalid table name: ''.");
    visit_rig_make_table(rig, "numbered", "STRING,AUTO", 1);
    assert_int_equal(start_in(rig, "numbered", two, 1), 400);
    rig->store.tables[0]->meta->has_enable_local_txn = true;
    assert_int_equal(start_in(rig, "t", two, 1), 400);
    assert_non_null(strstr(rig->visit.refusal.message, "explicit-transaction-disabled table"));
    rig->store.tables[0]->meta->enable_local_txn = true;
    assert_int_equal(start_in(rig, "t", two, 1), 200);
}

static void test_a_transaction_takes_4_mb_and_no_byte_more(void **state)
{
    enum { ROWS = 3, KEY = 1 + 8 + 4, NAME = 1 };
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    char *large = arena_take(&rig->arena, LIMIT_VALUE_BYTES);
    struct writing writing = {ROW_PUT, "p", 0, {.name = SLICE("v"), .type = CELL_STRING}, false, 0};
    size_t left = LIMIT_TRANSACTION_BYTES;
    memset(large, 'x', LIMIT_VALUE_BYTES);
    char *id = start(rig, "p");
    for (int i = 0; i < ROWS; i++) {
        size_t most = i == ROWS - 1 ? left : LIMIT_VALUE_BYTES;
        writing.number = i;
        writing.cell.bytes = slice_of(large, most - KEY - NAME);
        if (i == ROWS - 1) {
            writing.cell.bytes.len++;
            assert_int_equal(run_write(rig, &writing, id), 400);
            assert_code(rig, "OTSOutOfTransactionDataSizeLimit");
            writing.cell.bytes.len--;
        }
        most = i == 0 ? most - 1000 : most;
        writing.cell.bytes.len = most - KEY - NAME;
        assert_int_equal(run_write(rig, &writing, id), 200);
        left -= most;
    }
    assert_int_equal(left, 0);
    assert_int_equal(erase(rig, "p", 1, id), 400);
    assert_int_equal(commit(rig, id), 200);
    assert_int_equal(rig->store.tables[0]->rows.count, ROWS);
}

static void test_so_many_are_open_at_one_time(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    char partition[16];
    for (int i = 0; i < LIMIT_TRANSACTIONS; i++) {
        snprintf(partition, sizeof(partition), "%d", i);
        start(rig, partition);
    }
    struct cell key = visit_rig_text("k0", "more");
    assert_int_equal(start_in(rig, "t", &key, 1), 403);
    assert_code(rig, "OTSQuotaExhausted");
    rig->ground.now_ms += LIMIT_TRANSACTION_MS;
    start(rig, "more");
    assert_int_equal(rig->store.transactions.count, 1);
}

static void test_a_transaction_goes_with_its_table(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    Ots__DeleteTableRequest request = OTS__DELETE_TABLE_REQUEST__INIT;
    char *id = start(rig, "p");
    put(rig, "p", 1, 1, id);
    request.table_name = text("t");
    assert_int_equal(visit_rig_run(rig, "DeleteTable", &request), 200);
    visit_rig_make_table(rig, "t", "STRING,INTEGER", 1);
    assert_int_equal(commit(rig, id), 404);
    assert_int_equal(put(rig, "p", 2, 1, NULL), 200);
}

/* ---- batches ---- */

enum { BATCH = 4 };

struct batch {
    Ots__BatchWriteRowRequest request;
    Ots__TableInBatchWriteRowRequest table;
    Ots__TableInBatchWriteRowRequest *table_at[2];
    Ots__RowInBatchWriteRowRequest rows[BATCH];
    Ots__RowInBatchWriteRowRequest *row_at[BATCH];
    Ots__Condition conditions[BATCH];
    struct writing writings[BATCH];
};

/* Puts of p 0, 1, 2, 3; batch_run() writes them as they are then. */
static void batch_init(struct batch *batch)
{
    memset(batch, 0, sizeof(*batch));
    ots__batch_write_row_request__init(&batch->request);
    ots__table_in_batch_write_row_request__init(&batch->table);
    for (int i = 0; i < BATCH; i++) {
        ots__row_in_batch_write_row_request__init(&batch->rows[i]);
        ots__condition__init(&batch->conditions[i]);
        batch->writings[i] = (struct writing){ROW_PUT, "p", i, visit_rig_number("v", i + 100), false, 0};
        batch->rows[i].condition = &batch->conditions[i];
        batch->row_at[i] = &batch->rows[i];
    }
    batch->table.table_name = text("t");
    batch->table.rows = batch->row_at;
    batch->table.n_rows = BATCH;
    batch->table_at[0] = &batch->table;
    batch->request.tables = batch->table_at;
    batch->request.n_tables = 1;
}

/* "code;" of each row, or the status when all is refused. */
static const char *batch_run(struct visit_rig *rig, struct batch *batch)
{
    static char codes[512];
    codes[0] = 0;
    for (int i = 0; i < BATCH; i++) {
        batch->rows[i].type = (Ots__OperationType)batch->writings[i].op;
        batch->rows[i].row_change = row_of(rig, &batch->writings[i]);
        batch->conditions[i].row_existence = batch->writings[i].expect;
    }
    int status = visit_rig_run(rig, "BatchWriteRow", &batch->request);
    if (status != 200) {
        snprintf(codes, sizeof(codes), "%d", status);
        return codes;
    }
    Ots__BatchWriteRowResponse *answer = visit_rig_answer(rig, &ots__batch_write_row_response__descriptor);
    for (size_t i = 0; i < answer->tables[0]->n_rows; i++) {
        const Ots__RowInBatchWriteRowResponse *row = answer->tables[0]->rows[i];
        assert_int_equal(row->is_ok, row->error == NULL);
        assert_int_equal(row->is_ok, row->consumed != NULL);
        snprintf(codes + strlen(codes), sizeof(codes) - strlen(codes), "%s;",
                 row->is_ok ? "" : row->error->code);
    }
    return codes;
}

static void test_a_batch_inside_answers_row_by_row(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct batch batch;
    char *id = start(rig, "p");
    batch_init(&batch);
    batch.writings[1].partition = "q";
    batch.writings[2].expect = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST;
    assert_string_equal(batch_run(rig, &batch), "OTSRowOperationConflict;;OTSRowOperationConflict;"
                                                "OTSRowOperationConflict;");
    batch.request.transaction_id = id;
    assert_string_equal(batch_run(rig, &batch), ";OTSDataOutOfRange;OTSConditionCheckFail;;");
    assert_string_equal(range(rig, true, NULL), "");
    assert_int_equal(commit(rig, id), 200);
    assert_string_equal(range(rig, true, NULL), "0=100@0 3=103@0 ");
    assert_string_equal(batch_run(rig, &batch), "404");
}

static void test_bulk_import_fails_by_row_where_a_transaction_is_open(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct writing here = {ROW_PUT, "p", 1, visit_rig_number("v", 1), false, 0};
    struct writing there = {ROW_PUT, "q", 1, visit_rig_number("v", 1), false, 0};
    Ots__RowInBulkImportRequest rows[2] = {OTS__ROW_IN_BULK_IMPORT_REQUEST__INIT,
                                           OTS__ROW_IN_BULK_IMPORT_REQUEST__INIT};
    Ots__RowInBulkImportRequest *row_at[] = {&rows[0], &rows[1]};
    Ots__BulkImportRequest request = OTS__BULK_IMPORT_REQUEST__INIT;
    start(rig, "p");
    rows[0].type = rows[1].type = OTS__OPERATION_TYPE__PUT;
    rows[0].row_change = row_of(rig, &here);
    rows[1].row_change = row_of(rig, &there);
    request.table_name = text("t");
    request.rows = row_at;
    request.n_rows = 2;
    assert_int_equal(visit_rig_run(rig, "BulkImport", &request), 200);
    Ots__BulkImportResponse *answer = visit_rig_answer(rig, &ots__bulk_import_response__descriptor);
    assert_string_equal(answer->rows[0]->error->code, "OTSRowOperationConflict");
    assert_true(answer->rows[1]->is_ok);
}

static void test_an_atomic_batch_does_all_or_nothing(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct batch batch;
    batch_init(&batch);
    batch.request.has_is_atomic = true;
    batch.request.is_atomic = true;
    put(rig, "p", 0, 1, NULL);
    batch.writings[3].expect = OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST;
    assert_string_equal(batch_run(rig, &batch), "OTSConditionCheckFail;OTSConditionCheckFail;"
                                                "OTSConditionCheckFail;OTSConditionCheckFail;");
    assert_string_equal(range(rig, true, NULL), "0=1@0 ");
    batch.writings[3].expect = OTS__ROW_EXISTENCE_EXPECTATION__IGNORE;
    batch.writings[3].op = ROW_DELETE;
    assert_string_equal(batch_run(rig, &batch), ";;;;");
    assert_string_equal(range(rig, true, NULL), "0=100@0 1=101@0 2=102@0 ");
    assert_non_null(strstr(told->text, "BatchWriteRow 3 ok;"));
}

static void test_an_atomic_batch_is_for_one_partition_of_one_table(void **state)
{
    struct told *told = *state;
    struct visit_rig *rig = told->rig;
    struct batch batch;
    batch_init(&batch);
    batch.request.has_is_atomic = true;
    batch.request.is_atomic = true;
    batch.writings[2].partition = "q";
    assert_string_equal(batch_run(rig, &batch), "OTSDataOutOfRange;OTSDataOutOfRange;OTSDataOutOfRange;"
                                                "OTSDataOutOfRange;");
    Ots__BatchWriteRowResponse *answer = visit_rig_answer(rig, &ots__batch_write_row_response__descriptor);
    assert_string_equal(answer->tables[0]->rows[0]->error->message,
                        "Data out of scope of atomic. Atomic PartKey:p. Data PartKey:q");
    assert_int_equal(rig->store.tables[0]->rows.count, 0);
    batch.writings[2].partition = "p";
    batch.request.transaction_id = start(rig, "p");
    assert_string_equal(batch_run(rig, &batch), "400"); /* one or the other */
    batch.request.transaction_id = NULL;
    assert_string_equal(batch_run(rig, &batch), "OTSRowOperationConflict;OTSRowOperationConflict;"
                                                "OTSRowOperationConflict;OTSRowOperationConflict;");
    Ots__TableInBatchWriteRowRequest other = batch.table;
    visit_rig_make_table(rig, "u", "STRING,INTEGER", 1);
    other.table_name = text("u");
    batch.table_at[1] = &other;
    batch.request.n_tables = 2;
    assert_string_equal(batch_run(rig, &batch), "400");
}

/* ---- the same as without ---- */

static struct writing random_writing(struct chance *chance)
{
    struct writing writing = {.partition = "p", .cell = visit_rig_number("v", 0)};
    writing.op = (enum row_op)(1 + chance_below(chance, 3));
    writing.number = (int64_t)chance_below(chance, 6);
    writing.cell.integer = (int64_t)chance_below(chance, 100);
    writing.cell.op = writing.op == ROW_UPDATE && chance_below(chance, 2) == 0 ? CELL_INCREMENT : CELL_PUT;
    writing.expect = (Ots__RowExistenceExpectation)chance_below(chance, 3);
    return writing;
}

static void test_random_writes_end_the_same_inside_and_outside(void **state)
{
    struct told *told = *state;
    struct visit_rig *inside = told->rig;
    struct visit_rig *outside = visit_rig_create();
    struct chance chance;
    chance_init(&chance, 7);
    visit_rig_make_table(outside, "t", "STRING,INTEGER", 1);
    for (int round = 0; round < 200; round++) {
        char *id = start(inside, "p");
        char *before = range(inside, true, NULL);
        bool keeps = chance_below(&chance, 3) > 0;
        for (uint64_t i = chance_below(&chance, 20); i > 0; i--) {
            struct writing writing = random_writing(&chance);
            int status = run_write(inside, &writing, id);
            if (keeps)
                assert_int_equal(run_write(outside, &writing, NULL), status);
            if (keeps)
                assert_string_equal(range(inside, true, id), range(outside, true, NULL));
            assert_string_equal(range(inside, true, NULL), before);
            outside->ground.now_ms = ++inside->ground.now_ms;
        }
        assert_int_equal(keeps ? commit(inside, id) : abort_it(inside, id), 200);
        assert_string_equal(range(inside, true, NULL), range(outside, true, NULL));
        arena_reset(&inside->arena);
        arena_reset(&outside->arena);
        told->text[0] = 0;
    }
    assert_int_equal(inside->store.tables[0]->bytes, outside->store.tables[0]->bytes);
    visit_rig_destroy(outside);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_changes_are_seen_inside_only_until_the_commit),
        CASE(test_nothing_stays_of_what_is_aborted),
        CASE(test_a_key_may_change_many_times_inside),
        CASE(test_conditions_inside_see_what_was_done_inside),
        CASE(test_changes_are_told_at_the_commit_in_their_order_and_with_their_versions),
        CASE(test_others_cannot_write_where_a_transaction_is_open),
        CASE(test_a_transaction_reads_its_own_partition_only),
        CASE(test_a_transaction_is_gone_after_a_minute),
        CASE(test_names_that_are_none_are_refused),
        CASE(test_what_a_transaction_cannot_begin_with),
        CASE(test_a_transaction_takes_4_mb_and_no_byte_more),
        CASE(test_so_many_are_open_at_one_time),
        CASE(test_a_transaction_goes_with_its_table),
        CASE(test_a_batch_inside_answers_row_by_row),
        CASE(test_bulk_import_fails_by_row_where_a_transaction_is_open),
        CASE(test_an_atomic_batch_does_all_or_nothing),
        CASE(test_an_atomic_batch_is_for_one_partition_of_one_table),
        CASE(test_random_writes_end_the_same_inside_and_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
