/* data_keep: a commit of the store becomes a commit of the file. */
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "emulator/data_private.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "wire/tablestore.pb-c.h"

/* ---- pieces ---- */

int data_keep_piece(struct data_instance *instance, struct error *err)
{
    struct data *data = instance->data;
    struct data_log *log = &instance->log;
    if (data_piece_empty(&data->piece))
        return 0;
    data_piece_finish(&data->piece);
    sqlite3_stmt *add = data_file_statement(data, DATA_ADD_PIECE);
    sqlite3_bind_int64(add, 1, ++log->last_piece);
    sqlite3_bind_blob64(add, 2, data->piece.at, data->piece.len, SQLITE_STATIC);
    log->bytes += data->piece.len;
    int rc = data_file_run(data, add, err);
    data_piece_begin(&data->piece);
    return rc;
}

/* Once a commit: the row as it is now stands for all of its changes up to here. */
static int keep_row(struct data_instance *instance, const struct store_change *change, struct error *err)
{
    struct buffer *piece = &instance->data->piece;
    if (change->kind == STORE_ROW_GONE)
        data_piece_add_gone(piece, change->table->kept_as, change->node);
    else if (change->node->noted)
        data_piece_add_row(piece, change->table->kept_as, change->node);
    change->node->noted = false;
    return piece->len < DATA_PIECE_FULL ? 0 : data_keep_piece(instance, err);
}

/* ---- tables ---- */

/* The values 2 to 8 of both statements. */
static void keep_bind_table(sqlite3_stmt *statement, const struct store_table *table)
{
    const int64_t numbers[] = {table->last_increment, table->created_us, table->raised_us, table->lowered_us,
                               table->streamed_us};
    struct buffer request;
    buffer_init(&request, SIZE_MAX);
    proto_pack(store_table_request(table), &request);
    sqlite3_bind_text64(statement, 2, table->name.at, table->name.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    sqlite3_bind_blob64(statement, 3, request.at, request.len, SQLITE_TRANSIENT);
    for (int i = 0; i < 5; i++)
        sqlite3_bind_int64(statement, 4 + i, numbers[i]);
    buffer_fini(&request);
}

static int keep_table_made(struct data_instance *instance, struct store_table *table, struct error *err)
{
    struct data *data = instance->data;
    sqlite3_stmt *add = data_file_statement(data, DATA_ADD_TABLE);
    sqlite3_bind_int64(add, 1, instance->id);
    keep_bind_table(add, table);
    sqlite3_bind_int(add, 9, (int)table->kind);
    if (data_file_run(data, add, err) != 0)
        return -1;
    table->kept_as = sqlite3_last_insert_rowid(data->file);
    return 0;
}

static int keep_table_altered(struct data *data, const struct store_table *table, struct error *err)
{
    sqlite3_stmt *alter = data_file_statement(data, DATA_ALTER_TABLE);
    sqlite3_bind_int64(alter, 1, table->kept_as);
    keep_bind_table(alter, table);
    return data_file_run(data, alter, err);
}

static int keep_table_gone(struct data *data, const struct store_table *table, struct error *err)
{
    sqlite3_stmt *gone = data_file_statement(data, DATA_DELETE_TABLE);
    sqlite3_bind_int64(gone, 1, table->kept_as);
    return data_file_run(data, gone, err);
}

static int keep_number(struct data *data, const struct store_table *table, struct error *err)
{
    sqlite3_stmt *number = data_file_statement(data, DATA_NUMBER_TABLE);
    sqlite3_bind_int64(number, 1, table->kept_as);
    sqlite3_bind_int64(number, 2, table->last_increment);
    return data_file_run(data, number, err);
}

/* ---- a commit ---- */

/* `numbered`: the table whose number was written last; a request takes many, mostly of one table. */
static int keep_change(struct data_instance *instance, const struct store_change *change,
                       const struct store_table **numbered, struct error *err)
{
    switch (change->kind) {
    case STORE_TABLE_MADE:
        return keep_table_made(instance, change->table, err);
    case STORE_TABLE_ALTERED:
        return keep_table_altered(instance->data, change->table, err);
    case STORE_TABLE_GONE:
        return keep_table_gone(instance->data, change->table, err);
    case STORE_NUMBER_TAKEN:
        if (*numbered == change->table)
            return 0;
        *numbered = change->table;
        return keep_number(instance->data, change->table, err);
    case STORE_ROW_MADE:
    case STORE_ROW_SET:
    case STORE_ROW_GONE:
        return keep_row(instance, change, err);
    }
    return 0;
}

static int keep_changes(struct data_instance *instance, const struct store_change *changes, size_t count,
                        struct error *err)
{
    const struct store_table *numbered = NULL;
    for (size_t i = 0; i < count; i++)
        if (keep_change(instance, &changes[i], &numbered, err) != 0)
            return -1;
    return data_keep_piece(instance, err);
}

static int keep_whole(struct data_instance *instance, const struct store_change *changes, size_t count,
                      struct error *err)
{
    struct data *data = instance->data;
    uint64_t before = instance->log.bytes;
    if (data_file_run(data, data_file_statement(data, DATA_BEGIN), err) != 0 ||
        keep_changes(instance, changes, count, err) != 0 ||
        data_sweep(instance, instance->log.bytes - before, err) != 0)
        return -1;
    return data_file_run(data, data_file_statement(data, DATA_COMMIT), err);
}

/* Some errors have ended the transaction already. */
static void keep_forget(struct data *data)
{
    struct error err;
    for (int i = 0; i < DATA_STATEMENTS; i++)
        sqlite3_reset(data->statements[i]);
    if (sqlite3_get_autocommit(data->file) == 0)
        data_file_run(data, data_file_statement(data, DATA_ROLLBACK), &err);
    data_piece_begin(&data->piece);
}

int data_keep(void *arg, const struct store_change *changes, size_t count, struct refusal *refusal)
{
    struct data_instance *instance = arg;
    struct data *data = instance->data;
    struct data_log before = instance->log;
    struct error err;
    if (keep_whole(instance, changes, count, &err) == 0) {
        data_sweep_done(instance);
        data->failing = false;
        return 0;
    }
    keep_forget(data);
    instance->log = before;
    if (!data->failing)
        log_error("emulator: requests that change something are refused: %s", err.text);
    data->failing = true;
    return refusal_set(refusal, "OTSInternalServerError", "Internal server error.");
}
