/* operation_schema: CreateIndex, DropIndex, AddDefinedColumn, DeleteDefinedColumn. Each makes the message
 * that would create the table as it shall be; the rules of CreateTable then judge it. */
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* All four answer with an empty message. */
static int schema_alter(struct visit *visit, struct store_table *table, const Ots__CreateTableRequest *meta)
{
    Ots__CreateIndexResponse answer = OTS__CREATE_INDEX_RESPONSE__INIT;
    if (store_alter(table, &meta->base, &visit->refusal) != 0)
        return -1;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_create_index(struct visit *visit)
{
    const Ots__CreateIndexRequest *request = visit->message;
    struct store_table *table = visit_table(visit, request->main_table_name);
    if (table == NULL)
        return -1;
    if (store_name_taken(visit->ground->store, slice_text(request->index_meta->name)))
        return refusal_set(&visit->refusal, "OTSObjectAlreadyExist", "Requested index already exists.");
    Ots__CreateTableRequest meta = *table->meta;
    meta.index_metas = arena_take(&visit->arena, (meta.n_index_metas + 1) * sizeof(meta.index_metas[0]));
    for (size_t i = 0; i < meta.n_index_metas; i++)
        meta.index_metas[i] = table->meta->index_metas[i];
    meta.index_metas[meta.n_index_metas++] = request->index_meta;
    return schema_alter(visit, table, &meta);
}

int operation_drop_index(struct visit *visit)
{
    const Ots__DropIndexRequest *request = visit->message;
    struct store_table *table = visit_table(visit, request->main_table_name);
    if (table == NULL)
        return -1;
    Ots__CreateTableRequest meta = *table->meta;
    meta.index_metas = arena_take(&visit->arena, (meta.n_index_metas + 1) * sizeof(meta.index_metas[0]));
    meta.n_index_metas = 0;
    for (size_t i = 0; i < table->meta->n_index_metas; i++)
        if (strcmp(table->meta->index_metas[i]->name, request->index_name) != 0)
            meta.index_metas[meta.n_index_metas++] = table->meta->index_metas[i];
    if (meta.n_index_metas == table->meta->n_index_metas)
        return refusal_set(&visit->refusal, "OTSObjectNotExist", "Requested index does not exist.");
    return schema_alter(visit, table, &meta);
}

/* The table's columns in an array with room for `more`. */
static void schema_copy_columns(struct visit *visit, Ots__TableMeta *meta, size_t more)
{
    Ots__DefinedColumnSchema **columns = meta->defined_column;
    meta->defined_column = arena_take(&visit->arena, (meta->n_defined_column + more) * sizeof(columns[0]));
    for (size_t i = 0; i < meta->n_defined_column; i++)
        meta->defined_column[i] = columns[i];
}

int operation_add_defined_column(struct visit *visit)
{
    const Ots__AddDefinedColumnRequest *request = visit->message;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    if (request->n_columns == 0)
        return refusal_set(&visit->refusal, INVALID, "No defined column is specified.");
    Ots__CreateTableRequest meta = *table->meta;
    Ots__TableMeta columns = *table->meta->table_meta;
    meta.table_meta = &columns;
    schema_copy_columns(visit, &columns, request->n_columns);
    for (size_t i = 0; i < request->n_columns; i++)
        columns.defined_column[columns.n_defined_column++] = request->columns[i];
    return schema_alter(visit, table, &meta);
}

/* -1: there is no such column. */
static int schema_remove_column(Ots__TableMeta *meta, const char *name)
{
    for (size_t i = 0; i < meta->n_defined_column; i++) {
        if (strcmp(meta->defined_column[i]->name, name) == 0) {
            meta->defined_column[i] = meta->defined_column[--meta->n_defined_column];
            return 0;
        }
    }
    return -1;
}

/* A column that an index names stays until the index is dropped: the index would not be allowed without it.
 */
int operation_delete_defined_column(struct visit *visit)
{
    const Ots__DeleteDefinedColumnRequest *request = visit->message;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    if (request->n_columns == 0)
        return refusal_set(&visit->refusal, INVALID, "No defined column is specified.");
    Ots__CreateTableRequest meta = *table->meta;
    Ots__TableMeta columns = *table->meta->table_meta;
    meta.table_meta = &columns;
    schema_copy_columns(visit, &columns, 1);
    for (size_t i = 0; i < request->n_columns; i++)
        if (schema_remove_column(&columns, request->columns[i]) != 0)
            return refusal_set(&visit->refusal, INVALID, "The column is not defined: '%s'.",
                               request->columns[i]);
    return schema_alter(visit, table, &meta);
}
