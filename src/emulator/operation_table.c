/* operation_table: CreateTable, ListTable, DeleteTable. */
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

/* The store reads the body again when the table is made, and that may be later. */
int operation_create_table_read(struct visit *visit)
{
    visit->body = arena_copy(&visit->arena, visit->body);
    return 0;
}

int operation_create_table(struct visit *visit)
{
    Ots__CreateTableResponse answer = OTS__CREATE_TABLE_RESPONSE__INIT;
    if (store_create(visit->ground->store, STORE_DATA, visit->body, visit->ground->now_ms * 1000,
                     &visit->refusal) != 0)
        return -1;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* [assumed] Time-series tables have a list of their own. */
int operation_list_table(struct visit *visit)
{
    const struct store *store = visit->ground->store;
    Ots__ListTableResponse answer = OTS__LIST_TABLE_RESPONSE__INIT;
    char *names[LIMIT_TABLES];
    answer.table_names = names;
    for (uint32_t i = 0; i < store->count; i++)
        if (store->tables[i]->kind == STORE_DATA)
            names[answer.n_table_names++] = store->tables[i]->meta->table_meta->table_name;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_delete_table(struct visit *visit)
{
    const Ots__DeleteTableRequest *request = visit->message;
    Ots__DeleteTableResponse answer = OTS__DELETE_TABLE_RESPONSE__INIT;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    store_delete(table);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}
