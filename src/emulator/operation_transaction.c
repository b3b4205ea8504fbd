/* operation_transaction: StartLocalTransaction, CommitTransaction, AbortTransaction. */
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "emulator/transaction.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

/* Each of the three costs a write unit. */
struct transaction_cost {
    Ots__CapacityUnit unit;
    Ots__ConsumedCapacity consumed;
};

static void transaction_fill_cost(struct transaction_cost *cost)
{
    ots__capacity_unit__init(&cost->unit);
    ots__consumed_capacity__init(&cost->consumed);
    cost->unit.has_read = true;
    cost->unit.has_write = true;
    cost->unit.write = 1;
    cost->consumed.capacity_unit = &cost->unit;
}

int operation_start_local_transaction(struct visit *visit)
{
    const Ots__StartLocalTransactionRequest *request = visit->message;
    Ots__StartLocalTransactionResponse answer = OTS__START_LOCAL_TRANSACTION_RESPONSE__INIT;
    struct transaction_cost cost;
    struct row row;
    if (change_read_key(proto_slice(request->key), false, &row, &visit->arena, &visit->refusal) != 0)
        return -1;
    struct store_table *table = visit_table(visit, request->table_name);
    if (table == NULL)
        return -1;
    if (row.key_count != 1)
        return refusal_set(&visit->refusal, "OTSParameterInvalid",
                           "StartLocalTransaction support only one primary key.");
    if (change_match_partition(&row, table, &visit->refusal) != 0)
        return -1;
    const struct transaction *transaction =
        transaction_start(table, &row.keys[0], visit->ground->now_ms, &visit->refusal);
    if (transaction == NULL)
        return -1;
    transaction_fill_cost(&cost);
    answer.transaction_id = (char *)(uintptr_t)transaction_id(transaction);
    answer.consumed = &cost.consumed;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* The two answers have the same fields. */
static void transaction_answer(struct visit *visit)
{
    Ots__CommitTransactionResponse answer = OTS__COMMIT_TRANSACTION_RESPONSE__INIT;
    struct transaction_cost cost;
    transaction_fill_cost(&cost);
    answer.consumed = &cost.consumed;
    proto_pack(&answer.base, &visit->answer);
}

/* The changes become the visit's, which tells them. */
int operation_commit_transaction(struct visit *visit)
{
    const Ots__CommitTransactionRequest *request = visit->message;
    struct transaction *transaction = transaction_find(visit->ground->store, request->transaction_id,
                                                       visit->ground->now_ms, &visit->refusal);
    if (transaction == NULL)
        return -1;
    visit->change_count = transaction_commit(transaction, &visit->arena, &visit->changes);
    transaction_answer(visit);
    return 0;
}

int operation_abort_transaction(struct visit *visit)
{
    const Ots__AbortTransactionRequest *request = visit->message;
    struct transaction *transaction = transaction_find(visit->ground->store, request->transaction_id,
                                                       visit->ground->now_ms, &visit->refusal);
    if (transaction == NULL)
        return -1;
    transaction_end(transaction);
    transaction_answer(visit);
    return 0;
}
