/* operation_batch: BatchWriteRow and BulkImport. A parameter error of any row refuses the whole request,
 * nothing is done then; what only the table knows is a row's own failure in BulkImport and the request's in
 * BatchWriteRow (tablestore-protocol.md 8.3; java-connector.md F.11). */
#include "emulator/operation.h"
#include "emulator/operation_write.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "emulator/transaction.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

static void write_fill_error(Ots__Error *error, struct refusal *refusal)
{
    ots__error__init(error);
    error->code = refusal->code;
    error->message = refusal->message;
}

static int write_count_rows(struct visit *visit, size_t rows)
{
    if (rows > LIMIT_BATCH_ROWS)
        return refusal_set(&visit->refusal, INVALID, "Rows count exceeds the upper limit: %d.",
                           LIMIT_BATCH_ROWS);
    return 0;
}

static int write_refuse_empty(struct visit *visit, const char *table)
{
    return refusal_set(&visit->refusal, INVALID, "No operation is specified for table: '%s'.", table);
}

static int write_count_bytes(struct visit *visit)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < visit->change_count; i++)
        bytes += visit->changes[i].bytes;
    if (bytes > LIMIT_BATCH_BYTES)
        return refusal_set(
            &visit->refusal, INVALID,
            "The total data size of %s request exceeds the limit, limit size: %d, data size: %zu.",
            visit->operation->name, LIMIT_BATCH_BYTES, bytes);
    return 0;
}

/* Two changes of one table and key. At most 200 rows, so comparing every pair of hashes is the cheap way. */
static bool write_repeats(const struct visit *visit)
{
    for (uint32_t i = 1; i < visit->change_count; i++) {
        const struct change *one = &visit->changes[i];
        for (uint32_t k = 0; k < i; k++) {
            const struct change *two = &visit->changes[k];
            if (one->key_hash == two->key_hash && one->key.at != NULL && two->key.at != NULL &&
                slice_equal(one->key, two->key) && slice_equal(one->table, two->table))
                return true;
        }
    }
    return false;
}

static int write_operation(struct visit *visit, Ots__OperationType type, enum row_op *op)
{
    *op = (enum row_op)type;
    if (type != OTS__OPERATION_TYPE__PUT && type != OTS__OPERATION_TYPE__UPDATE &&
        type != OTS__OPERATION_TYPE__DELETE)
        return refusal_set(&visit->refusal, INVALID, "Invalid type of row operation: %d.", (int)type);
    return 0;
}

static int batch_count_rows(struct visit *visit, const Ots__BatchWriteRowRequest *request)
{
    size_t rows = 0;
    if (request->n_tables == 0)
        return refusal_set(&visit->refusal, INVALID, "No row is specified in BatchWriteRow.");
    for (size_t i = 0; i < request->n_tables; i++) {
        rows += request->tables[i]->n_rows;
        if (request->tables[i]->n_rows == 0)
            return write_refuse_empty(visit, request->tables[i]->table_name);
    }
    return write_count_rows(visit, rows);
}

static int batch_check_tables(struct visit *visit, const Ots__BatchWriteRowRequest *request)
{
    for (size_t i = 0; i < request->n_tables; i++) {
        const char *name = request->tables[i]->table_name;
        if (!limits_name(slice_text(name)))
            return refusal_set(&visit->refusal, INVALID, "Invalid table name: '%s'.", name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(name, request->tables[k]->table_name) == 0)
                return refusal_set(&visit->refusal, INVALID, "Duplicated table name: '%s'.", name);
    }
    return 0;
}

/* One table, so that all rows can be in one partition. [assumed] A batch inside a transaction is as atomic as
 * the transaction, so it cannot be asked for twice. */
static int batch_check_atomic(struct visit *visit, const Ots__BatchWriteRowRequest *request)
{
    if (!request->has_is_atomic || !request->is_atomic)
        return 0;
    if (request->n_tables > 1)
        return refusal_set(&visit->refusal, INVALID, "An atomic batch is for one table only.");
    if (request->transaction_id != NULL)
        return refusal_set(&visit->refusal, INVALID, "An atomic batch goes without a transaction.");
    return 0;
}

static int batch_read_table(struct visit *visit, const Ots__TableInBatchWriteRowRequest *table)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const Ots__RowInBatchWriteRowRequest *row = table->rows[i];
        struct change_source source = {.table = slice_text(table->table_name),
                                       .plainbuffer = proto_slice(row->row_change),
                                       .condition = row->condition,
                                       .returns = row->return_content};
        if (write_operation(visit, row->type, &source.op) != 0 ||
            operation_write_read_change(visit, &source) != 0)
            return -1;
    }
    return 0;
}

int operation_batch_write_row_read(struct visit *visit)
{
    const Ots__BatchWriteRowRequest *request = visit->message;
    if (batch_count_rows(visit, request) != 0 || batch_check_tables(visit, request) != 0 ||
        batch_check_atomic(visit, request) != 0)
        return -1;
    operation_write_make_room(visit, LIMIT_BATCH_ROWS);
    for (size_t i = 0; i < request->n_tables; i++)
        if (batch_read_table(visit, request->tables[i]) != 0)
            return -1;
    if (write_repeats(visit))
        return refusal_set(&visit->refusal, INVALID,
                           "The input parameter is invalid: a row is in the request twice.");
    return write_count_bytes(visit);
}

/* Everything an answer's row may need; one piece a row. */
struct batch_answer_row {
    Ots__RowInBatchWriteRowResponse row;
    Ots__Error error;
};

static Ots__RowInBatchWriteRowResponse *batch_answer_row(struct visit *visit, struct change *change)
{
    struct batch_answer_row *made = arena_take(&visit->arena, sizeof(*made));
    ots__row_in_batch_write_row_response__init(&made->row);
    made->row.is_ok = change->refusal == NULL;
    if (change->refusal != NULL) {
        write_fill_error(&made->error, change->refusal);
        made->row.error = &made->error;
        return &made->row;
    }
    made->row.consumed = operation_write_cost(change, &visit->arena);
    made->row.has_row = change->answer_row.at != NULL;
    made->row.row = proto_bytes(change->answer_row);
    return &made->row;
}

static Ots__TableInBatchWriteRowResponse *batch_answer_table(struct visit *visit, char *name,
                                                             struct change *changes, size_t count)
{
    Ots__TableInBatchWriteRowResponse *table = arena_take(&visit->arena, sizeof(*table));
    ots__table_in_batch_write_row_response__init(table);
    table->table_name = name;
    table->n_rows = count;
    table->rows = arena_take(&visit->arena, count * sizeof(table->rows[0]));
    for (size_t i = 0; i < count; i++)
        table->rows[i] = batch_answer_row(visit, &changes[i]);
    return table;
}

static void batch_answer(struct visit *visit, const Ots__BatchWriteRowRequest *request)
{
    Ots__BatchWriteRowResponse answer = OTS__BATCH_WRITE_ROW_RESPONSE__INIT;
    struct change *changes = visit->changes;
    answer.n_tables = request->n_tables;
    answer.tables = arena_take(&visit->arena, request->n_tables * sizeof(answer.tables[0]));
    for (size_t i = 0; i < request->n_tables; i++) {
        const Ots__TableInBatchWriteRowRequest *table = request->tables[i];
        answer.tables[i] = batch_answer_table(visit, table->table_name, changes, table->n_rows);
        changes += table->n_rows;
    }
    proto_pack(&answer.base, &visit->answer);
}

/* All tables and all schemas first: nothing is done when one row does not fit. */
static int batch_match(struct visit *visit, struct store_table **tables)
{
    for (uint32_t i = 0; i < visit->change_count; i++) {
        const struct change *change = &visit->changes[i];
        bool same = i > 0 && change->table.at == visit->changes[i - 1].table.at;
        tables[i] = same ? tables[i - 1] : visit_table(visit, change->table.at);
        if (tables[i] == NULL || change_match(change, tables[i], visit->ground->now_ms, &visit->refusal) != 0)
            return -1;
    }
    return 0;
}

static void batch_apply(struct visit *visit, struct store_table **tables)
{
    for (uint32_t i = 0; i < visit->change_count; i++)
        visit_apply(visit, &visit->changes[i], tables[i], false);
}

/* The first key columns of all rows are one value; else every row fails with the first that differs. */
static bool batch_is_one_partition(struct visit *visit)
{
    char own[TRANSACTION_PARTITION];
    char other[TRANSACTION_PARTITION];
    struct refusal refusal = {.status = 0};
    const struct cell *first = &visit->changes[0].row.keys[0];
    for (uint32_t i = 1; i < visit->change_count && refusal.status == 0; i++) {
        const struct cell *partition = &visit->changes[i].row.keys[0];
        if (transaction_same_partition(first, partition))
            continue;
        transaction_print(first, own);
        transaction_print(partition, other);
        refusal_set(&refusal, "OTSDataOutOfRange",
                    "Data out of scope of atomic. Atomic PartKey:%s. Data PartKey:%s", own, other);
    }
    for (uint32_t i = 0; i < visit->change_count && refusal.status != 0; i++)
        visit_refuse_change(visit, &visit->changes[i], &refusal);
    return refusal.status == 0;
}

/* All or nothing: the first row that fails takes back those before it. [assumed] Each row then carries its
 * error. */
static void batch_apply_atomic(struct visit *visit, struct store_table *table)
{
    size_t mark = store_mark(visit->ground->store);
    uint32_t applied = 0;
    if (!batch_is_one_partition(visit))
        return;
    while (applied < visit->change_count && visit_apply(visit, &visit->changes[applied], table, false) == 0)
        applied++;
    if (applied == visit->change_count)
        return;
    store_undo(visit->ground->store, mark);
    const struct refusal *refusal = visit->changes[applied].refusal;
    for (uint32_t i = 0; i < visit->change_count; i++)
        visit_refuse_change(visit, &visit->changes[i], refusal);
}

int operation_batch_write_row(struct visit *visit)
{
    const Ots__BatchWriteRowRequest *request = visit->message;
    struct store_table *tables[LIMIT_BATCH_ROWS] = {NULL};
    if (visit_join(visit, request->transaction_id) != 0 || batch_match(visit, tables) != 0)
        return -1;
    if (request->has_is_atomic && request->is_atomic)
        batch_apply_atomic(visit, tables[0]);
    else
        batch_apply(visit, tables);
    batch_answer(visit, request);
    return 0;
}

int operation_bulk_import_read(struct visit *visit)
{
    const Ots__BulkImportRequest *request = visit->message;
    if (request->n_rows == 0)
        return write_refuse_empty(visit, request->table_name);
    if (write_count_rows(visit, request->n_rows) != 0)
        return -1;
    if (!limits_name(slice_text(request->table_name)))
        return refusal_set(&visit->refusal, INVALID, "Invalid table name: '%s'.", request->table_name);
    operation_write_make_room(visit, request->n_rows);
    for (size_t i = 0; i < request->n_rows; i++) {
        const Ots__RowInBulkImportRequest *row = request->rows[i];
        struct change_source source = {.table = slice_text(request->table_name),
                                       .plainbuffer = proto_slice(row->row_change)};
        if (write_operation(visit, row->type, &source.op) != 0 ||
            operation_write_read_change(visit, &source) != 0)
            return -1;
    }
    return write_count_bytes(visit);
}

struct bulk_answer_row {
    Ots__RowInBulkImportResponse row;
    Ots__Error error;
};

static Ots__RowInBulkImportResponse *bulk_answer_row(struct visit *visit, struct change *change)
{
    struct bulk_answer_row *made = arena_take(&visit->arena, sizeof(*made));
    ots__row_in_bulk_import_response__init(&made->row);
    made->row.is_ok = change->refusal == NULL;
    if (change->refusal != NULL) {
        write_fill_error(&made->error, change->refusal);
        made->row.error = &made->error;
        return &made->row;
    }
    made->row.consumed = operation_write_cost(change, &visit->arena);
    return &made->row;
}

static void bulk_answer(struct visit *visit, const Ots__BulkImportRequest *request)
{
    Ots__BulkImportResponse answer = OTS__BULK_IMPORT_RESPONSE__INIT;
    answer.table_name = request->table_name;
    answer.n_rows = visit->change_count;
    answer.rows = arena_take(&visit->arena, answer.n_rows * sizeof(answer.rows[0]));
    for (uint32_t i = 0; i < visit->change_count; i++)
        answer.rows[i] = bulk_answer_row(visit, &visit->changes[i]);
    proto_pack(&answer.base, &visit->answer);
}

static void bulk_import_row(struct visit *visit, struct change *change, struct store_table *table)
{
    struct refusal refusal = {.status = 0};
    if (table == NULL)
        refusal_set(&refusal, "OTSObjectNotExist", "Requested table does not exist.");
    if (table == NULL || change_match(change, table, visit->ground->now_ms, &refusal) != 0)
        visit_refuse_change(visit, change, &refusal);
    else
        visit_apply(visit, change, table, false);
}

int operation_bulk_import(struct visit *visit)
{
    const Ots__BulkImportRequest *request = visit->message;
    struct store_table *table = store_find(visit->ground->store, slice_text(request->table_name));
    if (table != NULL && visit_table(visit, request->table_name) == NULL)
        return -1;
    /* [assumed] The service names no rule for repeated keys; the official writer keeps them apart for such
     * tables. */
    if (table != NULL && store_table_has_index(table) && write_repeats(visit))
        return refusal_set(&visit->refusal, INVALID,
                           "A row is in the request twice, and the table has an index.");
    for (uint32_t i = 0; i < visit->change_count; i++)
        bulk_import_row(visit, &visit->changes[i], table);
    bulk_answer(visit, request);
    return 0;
}
