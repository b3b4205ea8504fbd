/* operation_read: GetRow and BatchGetRow. */
#include "emulator/change.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/read_answer.h"
#include "emulator/read_token.h"
#include "emulator/read_view.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* One row as it is asked for and as it was found. */
struct read_one {
    struct row asked; /* its key */
    struct slice key; /* encoded */
    struct read_token token;
    bool found;
    struct slice row;        /* PlainBuffer */
    struct slice next_token; /* at NULL: the row is whole */
    size_t read_bytes;
};

static int one_read(struct visit *visit, ProtobufCBinaryData key, ProtobufCBinaryData token,
                    struct read_one *one)
{
    *one = (struct read_one){.found = false};
    if (change_read_key(proto_slice(key), false, &one->asked, &visit->arena, &visit->refusal) != 0)
        return -1;
    return read_token_read(proto_slice(token), &one->token, &visit->refusal);
}

/* The key fits the table, and is encoded. */
static void one_find(struct visit *visit, const struct read_view *view, struct read_one *one)
{
    struct row row;
    const struct row_node *node = row_index_find(&view->table->rows, one->key);
    one->found = node != NULL && read_view_row(view, node, &row, &one->read_bytes, &visit->arena);
    if (!one->found)
        return;
    read_token_skip(&one->token, &row);
    one->next_token = read_token_cut(&row, LIMIT_RANGE_BYTES, &visit->arena);
    one->row = read_answer_pack(visit, &row);
}

/* ---- GetRow ---- */

static int get_row_read(struct visit *visit, const Ots__GetRowRequest *request, struct read_view *view,
                        struct read_one *one)
{
    struct read_wishes wishes = {.columns = request->columns_to_get,
                                 .column_count = request->n_columns_to_get,
                                 .time_range = request->time_range,
                                 .has_max_versions = request->has_max_versions,
                                 .max_versions = request->max_versions,
                                 .filter = proto_slice(request->filter),
                                 .start_column = request->start_column,
                                 .end_column = request->end_column};
    if (read_view_make(view, &wishes, &visit->arena, &visit->refusal) != 0)
        return -1;
    return one_read(visit, request->primary_key, request->token, one);
}

static void get_row_answer(struct visit *visit, const struct read_one *one)
{
    Ots__GetRowResponse answer = OTS__GET_ROW_RESPONSE__INIT;
    answer.consumed = read_answer_cost(visit, one->read_bytes);
    answer.row = proto_bytes(one->found ? one->row : SLICE(""));
    answer.has_next_token = one->next_token.at != NULL;
    answer.next_token = proto_bytes(one->next_token);
    proto_pack(&answer.base, &visit->answer);
}

int operation_get_row(struct visit *visit)
{
    const Ots__GetRowRequest *request = visit->message;
    struct read_view view;
    struct read_one one;
    if (get_row_read(visit, request, &view, &one) != 0)
        return -1;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL || change_match_key(&one.asked, table, &visit->refusal) != 0)
        return -1;
    one.key = row_key_encode(one.asked.keys, one.asked.key_count, &visit->arena);
    if (visit_spoil_read(visit, table, one.key, &visit->refusal) != 0 ||
        visit_join(visit, request->transaction_id) != 0 ||
        visit_lend_row(visit, table, &one.asked, one.key) != 0)
        return -1;
    read_view_aim(&view, table, visit->ground->now_ms);
    one_find(visit, &view, &one);
    get_row_answer(visit, &one);
    return 0;
}

/* ---- BatchGetRow ---- */

/* [assumed] An answer takes about so much; rows behind it are refused as by a busy server, which clients ask
 * again for. */
enum { BATCH_ANSWER_BYTES = 24 * 1024 * 1024 };

/* A table of the request. */
struct batch_part {
    const Ots__TableInBatchGetRowRequest *request;
    const struct store_table *table;
    struct read_view view;
    struct read_one *rows; /* n_primary_key of them */
};

static int batch_check(struct visit *visit, const Ots__BatchGetRowRequest *request)
{
    size_t rows = 0;
    if (request->n_tables == 0)
        return refusal_set(&visit->refusal, INVALID, "No row specified in the request of BatchGetRow.");
    for (size_t i = 0; i < request->n_tables; i++) {
        const Ots__TableInBatchGetRowRequest *table = request->tables[i];
        rows += table->n_primary_key;
        if (!limits_name(slice_text(table->table_name)))
            return refusal_set(&visit->refusal, INVALID, "Invalid table name: '%s'.", table->table_name);
        if (table->n_primary_key == 0)
            return refusal_set(&visit->refusal, INVALID, "No row is specified for table: '%s'.",
                               table->table_name);
        if (rows > LIMIT_BATCH_GET_ROWS)
            return refusal_set(&visit->refusal, INVALID, "Rows count exceeds the upper limit: %d.",
                               LIMIT_BATCH_GET_ROWS);
        for (size_t k = 0; k < i; k++)
            if (strcmp(table->table_name, request->tables[k]->table_name) == 0)
                return refusal_set(&visit->refusal, INVALID, "Duplicated table name: '%s'.",
                                   table->table_name);
    }
    return 0;
}

static int batch_read_part(struct visit *visit, struct batch_part *part)
{
    const Ots__TableInBatchGetRowRequest *request = part->request;
    struct read_wishes wishes = {.columns = request->columns_to_get,
                                 .column_count = request->n_columns_to_get,
                                 .time_range = request->time_range,
                                 .has_max_versions = request->has_max_versions,
                                 .max_versions = request->max_versions,
                                 .filter = proto_slice(request->filter),
                                 .start_column = request->start_column,
                                 .end_column = request->end_column,
                                 .batch = true};
    if (request->n_token > 0 && request->n_token != request->n_primary_key)
        return refusal_set(&visit->refusal, INVALID, "There must be a token for each row, or none.");
    if (read_view_make(&part->view, &wishes, &visit->arena, &visit->refusal) != 0)
        return -1;
    part->rows = arena_take(&visit->arena, request->n_primary_key * sizeof(part->rows[0]));
    for (size_t i = 0; i < request->n_primary_key; i++) {
        ProtobufCBinaryData token = {0, NULL};
        if (i < request->n_token)
            token = request->token[i];
        if (one_read(visit, request->primary_key[i], token, &part->rows[i]) != 0)
            return -1;
    }
    return 0;
}

/* Everything an answer's row may need; one piece a row. */
struct batch_get_row {
    Ots__RowInBatchGetRowResponse row;
    struct refusal refusal;
    Ots__Error error;
};

static Ots__RowInBatchGetRowResponse *batch_refuse_row(struct batch_get_row *made)
{
    made->row.is_ok = false;
    ots__error__init(&made->error);
    made->error.code = made->refusal.code;
    made->error.message = made->refusal.message;
    made->row.error = &made->error;
    return &made->row;
}

/* [assumed] A key that does not fit its table is its row's failure (the official SDK's own tests expect so);
 * one that fits no table is the request's. */
static Ots__RowInBatchGetRowResponse *batch_read_row(struct visit *visit, const struct batch_part *part,
                                                     struct read_one *one, size_t *answer_bytes)
{
    struct batch_get_row *made = arena_take(&visit->arena, sizeof(*made));
    ots__row_in_batch_get_row_response__init(&made->row);
    if (change_match_key(&one->asked, part->table, &made->refusal) != 0)
        return batch_refuse_row(made);
    if (*answer_bytes > BATCH_ANSWER_BYTES) {
        refusal_set(&made->refusal, "OTSServerBusy", "The answer is full: ask for this row again.");
        return batch_refuse_row(made);
    }
    one->key = row_key_encode(one->asked.keys, one->asked.key_count, &visit->arena);
    if (visit_spoil_read(visit, part->table, one->key, &made->refusal) != 0)
        return batch_refuse_row(made);
    one_find(visit, &part->view, one);
    *answer_bytes += one->row.len;
    made->row.is_ok = true;
    made->row.consumed = read_answer_cost(visit, one->read_bytes);
    made->row.has_row = one->found;
    made->row.row = proto_bytes(one->row);
    made->row.has_next_token = one->next_token.at != NULL;
    made->row.next_token = proto_bytes(one->next_token);
    return &made->row;
}

static Ots__TableInBatchGetRowResponse *batch_read_rows(struct visit *visit, struct batch_part *part,
                                                        size_t *answer_bytes)
{
    Ots__TableInBatchGetRowResponse *table = arena_take(&visit->arena, sizeof(*table));
    ots__table_in_batch_get_row_response__init(table);
    table->table_name = part->request->table_name;
    table->n_rows = part->request->n_primary_key;
    table->rows = arena_take(&visit->arena, table->n_rows * sizeof(table->rows[0]));
    read_view_aim(&part->view, part->table, visit->ground->now_ms);
    for (size_t i = 0; i < table->n_rows; i++)
        table->rows[i] = batch_read_row(visit, part, &part->rows[i], answer_bytes);
    return table;
}

static void batch_answer(struct visit *visit, struct batch_part *parts, size_t count)
{
    Ots__BatchGetRowResponse answer = OTS__BATCH_GET_ROW_RESPONSE__INIT;
    size_t answer_bytes = 0;
    answer.n_tables = count;
    answer.tables = arena_take(&visit->arena, count * sizeof(answer.tables[0]));
    for (size_t i = 0; i < count; i++)
        answer.tables[i] = batch_read_rows(visit, &parts[i], &answer_bytes);
    proto_pack(&answer.base, &visit->answer);
}

/* All tables first: nothing is read when one does not exist. */
int operation_batch_get_row(struct visit *visit)
{
    const Ots__BatchGetRowRequest *request = visit->message;
    if (batch_check(visit, request) != 0)
        return -1;
    struct batch_part *parts = arena_take(&visit->arena, request->n_tables * sizeof(parts[0]));
    for (size_t i = 0; i < request->n_tables; i++) {
        parts[i] = (struct batch_part){.request = request->tables[i]};
        if (batch_read_part(visit, &parts[i]) != 0)
            return -1;
    }
    for (size_t i = 0; i < request->n_tables; i++) {
        parts[i].table = visit_table(visit, request->tables[i]->table_name);
        if (parts[i].table == NULL)
            return -1;
    }
    batch_answer(visit, parts, request->n_tables);
    return 0;
}
