/* transaction: the open ones, and what each has changed. */
#include "emulator/transaction.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "emulator/change.h"
#include "emulator/refusal.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

enum { TRANSACTION_ID = 36, TRANSACTION_CHUNK = 2048 };

struct transaction {
    struct list node;
    struct transactions *owner;
    char id[TRANSACTION_ID + 1];
    struct store_table *table;
    struct cell partition; /* its bytes are in the arena */
    int64_t end_ms;
    size_t bytes; /* written so far */
    struct arena arena;
    struct row_index rows;  /* as the transaction left them */
    struct row_index gone;  /* keys of rows that it deleted, or that are still not there */
    struct change *changes; /* malloc'd; what they point to is in the arena */
    uint32_t count;
    uint32_t room;
};

void transaction_init_all(struct transactions *transactions)
{
    *transactions = (struct transactions){.count = 0};
    list_init(&transactions->open);
}

void transaction_end(struct transaction *transaction)
{
    transaction->owner->count--;
    list_remove(&transaction->node);
    row_index_fini(&transaction->rows);
    row_index_fini(&transaction->gone);
    arena_fini(&transaction->arena);
    free(transaction->changes);
    free(transaction);
}

/* Those of the table, and those that end until then. */
static void transactions_sweep(struct transactions *transactions, const struct store_table *table,
                               int64_t until_ms)
{
    for (struct list *node = transactions->open.next; node != &transactions->open;) {
        struct transaction *transaction = LIST_OWNER(node, struct transaction, node);
        node = node->next;
        if (transaction->table == table || transaction->end_ms <= until_ms)
            transaction_end(transaction);
    }
}

void transaction_fini_all(struct transactions *transactions)
{
    transactions_sweep(transactions, NULL, INT64_MAX);
}

void transaction_drop_all(struct transactions *transactions, const struct store_table *table)
{
    transactions_sweep(transactions, table, INT64_MIN);
}

/* ---- partitions ---- */

bool transaction_same_partition(const struct cell *one, const struct cell *two)
{
    if (one->type != two->type)
        return false;
    if (one->type == CELL_STRING || one->type == CELL_BINARY)
        return slice_equal(one->bytes, two->bytes);
    return one->type == CELL_INTEGER && one->integer == two->integer;
}

void transaction_print(const struct cell *partition, char text[TRANSACTION_PARTITION])
{
    int len =
        partition->bytes.len < TRANSACTION_PARTITION ? (int)partition->bytes.len : TRANSACTION_PARTITION - 1;
    if (partition->type == CELL_STRING)
        snprintf(text, TRANSACTION_PARTITION, "%.*s", len, partition->bytes.at);
    else if (partition->type == CELL_INTEGER)
        snprintf(text, TRANSACTION_PARTITION, "%lld", (long long)partition->integer);
    else
        snprintf(text, TRANSACTION_PARTITION, "(%s)",
                 partition->type == CELL_BINARY    ? "binary"
                 : partition->type == CELL_INF_MIN ? "INF_MIN"
                                                   : "INF_MAX");
}

int transaction_check(const struct transaction *transaction, const struct store_table *table,
                      const struct cell *partition, struct refusal *refusal)
{
    char own[TRANSACTION_PARTITION];
    char other[TRANSACTION_PARTITION];
    if (transaction->table != table) /* [assumed] the code */
        return refusal_set(refusal, "OTSParameterInvalid", "The transaction belongs to the table '%.*s'.",
                           SLICE_ARG(transaction->table->name));
    if (transaction_same_partition(&transaction->partition, partition))
        return 0;
    transaction_print(&transaction->partition, own);
    transaction_print(partition, other);
    return refusal_set(refusal, "OTSDataOutOfRange",
                       "Data out of scope of transaction. Transaction PartKey:%s. Data PartKey:%s", own,
                       other);
}

int transaction_check_free(struct store_table *table, const struct cell *partition, int64_t now_ms,
                           struct refusal *refusal)
{
    const struct transactions *transactions = &table->store->transactions;
    for (struct list *node = transactions->open.next; node != &transactions->open; node = node->next) {
        const struct transaction *transaction = LIST_OWNER(node, struct transaction, node);
        if (transaction->table == table && transaction->end_ms > now_ms &&
            transaction_same_partition(&transaction->partition, partition))
            return refusal_set(refusal, "OTSRowOperationConflict",
                               "Data is being modified by the other request.");
    }
    return 0;
}

/* ---- beginning ---- */

/* The service wants the feature asked for at creation, and two of the official clients cannot ask. [assumed]
 * A table has it unless it was refused. */
static int transaction_check_table(const struct store_table *table, struct refusal *refusal)
{
    if (table->meta->has_enable_local_txn && !table->meta->enable_local_txn)
        return refusal_set(
            refusal, "OTSParameterInvalid",
            "Try to call method using explicit transaction on explicit-transaction-disabled table.");
    for (uint32_t i = 0; i < table->key_count; i++)
        if (table->keys[i].auto_increment)
            return refusal_set(refusal, "OTSParameterInvalid",
                               "A table has an auto-increment column or local transactions, not both.");
    if (table->store->transactions.count >= LIMIT_TRANSACTIONS) /* [assumed]: a bound of ours */
        return refusal_set(refusal, "OTSQuotaExhausted", "Number of transactions exceeds the quota:%d.",
                           LIMIT_TRANSACTIONS);
    return 0;
}

/* In the shape of a UUID: 48 bits of the time, then a number. */
static void transaction_name(struct transaction *transaction, int64_t now_ms)
{
    uint64_t count = ++transaction->owner->made;
    uint64_t time = (uint64_t)now_ms;
    snprintf(transaction->id, sizeof(transaction->id), "%08x-%04x-%04x-%04x-%012llx",
             (unsigned)(time >> 16 & 0xffffffffu), (unsigned)(time & 0xffff),
             (unsigned)(count >> 32 & 0xffff), (unsigned)(count >> 16 & 0xffff),
             (unsigned long long)(count * 0x9e3779b97f4a7c15u >> 16));
}

struct transaction *transaction_start(struct store_table *table, const struct cell *partition, int64_t now_ms,
                                      struct refusal *refusal)
{
    if (transaction_check_free(table, partition, now_ms, refusal) != 0)
        return NULL;
    transactions_sweep(&table->store->transactions, NULL, now_ms);
    if (transaction_check_table(table, refusal) != 0)
        return NULL;
    struct transaction *transaction = check_memory(calloc(1, sizeof(*transaction)));
    transaction->owner = &table->store->transactions;
    transaction->table = table;
    transaction->end_ms = now_ms + LIMIT_TRANSACTION_MS;
    transaction->partition = *partition;
    arena_init(&transaction->arena, TRANSACTION_CHUNK);
    row_index_init(&transaction->rows);
    row_index_init(&transaction->gone);
    if (partition->type != CELL_INTEGER)
        transaction->partition.bytes = arena_copy(&transaction->arena, partition->bytes);
    list_push(&transaction->owner->open, &transaction->node);
    transaction->owner->count++;
    transaction_name(transaction, now_ms);
    return transaction;
}

const char *transaction_id(const struct transaction *transaction)
{
    return transaction->id;
}

static bool transaction_is_name(const char *id)
{
    for (int i = 0; i < TRANSACTION_ID; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
        if (dash ? id[i] != '-' : !digit)
            return false;
    }
    return id[TRANSACTION_ID] == 0;
}

struct transaction *transaction_find(struct store *store, const char *id, int64_t now_ms,
                                     struct refusal *refusal)
{
    struct transactions *transactions = &store->transactions;
    if (!transaction_is_name(id)) {
        refusal_set(refusal, "OTSParameterInvalid", "TransactionID is invalid.");
        return NULL;
    }
    struct transaction *found = NULL;
    for (struct list *node = transactions->open.next; node != &transactions->open; node = node->next) {
        struct transaction *transaction = LIST_OWNER(node, struct transaction, node);
        if (strcmp(transaction->id, id) == 0)
            found = transaction;
    }
    if (found != NULL && found->end_ms <= now_ms) {
        transaction_end(found);
        found = NULL;
    }
    if (found == NULL)
        refusal_set(refusal, "OTSSessionNotExist", "Session not exist or may be timeout.");
    return found;
}

/* ---- rows ---- */

static char *transaction_copy(struct slice packed)
{
    if (packed.len == 0)
        return NULL;
    char *copy = check_memory(malloc(packed.len));
    memcpy(copy, packed.at, packed.len);
    return copy;
}

static void transaction_lend_row(struct transaction *transaction, const struct row_node *node)
{
    struct slice packed = row_index_cells(node);
    store_set_row(transaction->table, row_index_key(node), NULL, transaction_copy(packed), packed.len);
}

static void transaction_lend_gone(struct transaction *transaction, struct slice key)
{
    struct row_node *node = row_index_find(&transaction->table->rows, key);
    if (node != NULL)
        store_remove_row(transaction->table, node);
}

void transaction_lend(struct transaction *transaction, struct slice key)
{
    const struct row_node *node = row_index_find(&transaction->rows, key);
    if (node != NULL)
        transaction_lend_row(transaction, node);
    else if (row_index_find(&transaction->gone, key) != NULL)
        transaction_lend_gone(transaction, key);
}

void transaction_lend_all(struct transaction *transaction)
{
    struct row_cursor cursor;
    for (const struct row_node *node = row_index_at_least(&transaction->rows, SLICE(""), &cursor);
         node != NULL; node = row_index_next(&transaction->rows, &cursor))
        transaction_lend_row(transaction, node);
    for (const struct row_node *node = row_index_at_least(&transaction->gone, SLICE(""), &cursor);
         node != NULL; node = row_index_next(&transaction->gone, &cursor))
        transaction_lend_gone(transaction, row_index_key(node));
}

static void transaction_forget(struct row_index *index, struct slice key)
{
    struct row_node *node = row_index_find(index, key);
    if (node == NULL)
        return;
    row_index_remove(index, node);
    row_index_free(node);
}

/* The row as it is in the table now. */
static void transaction_keep_row(struct transaction *transaction, struct slice key)
{
    bool added;
    const struct row_node *node = row_index_find(&transaction->table->rows, key);
    transaction_forget(&transaction->rows, key);
    transaction_forget(&transaction->gone, key);
    struct row_node *kept =
        row_index_enter(node == NULL ? &transaction->gone : &transaction->rows, key, &added);
    if (node != NULL)
        row_index_set(kept, transaction_copy(row_index_cells(node)), row_index_cells(node).len);
}

/* ---- changes ---- */

static struct cell *transaction_copy_cells(const struct cell *cells, uint32_t count, struct arena *arena)
{
    struct cell *copies = arena_take(arena, count * sizeof(copies[0]));
    for (uint32_t i = 0; i < count; i++) {
        copies[i] = cells[i];
        copies[i].name = arena_copy(arena, cells[i].name);
        bool has_value = cells[i].op == CELL_PUT || cells[i].op == CELL_INCREMENT;
        if (has_value && (cells[i].type == CELL_STRING || cells[i].type == CELL_BINARY))
            copies[i].bytes = arena_copy(arena, cells[i].bytes);
    }
    return copies;
}

/* All that those who hear of a change may look at. */
static struct change transaction_copy_change(const struct change *change, struct arena *arena)
{
    struct change copy = {.table = arena_copy(arena, change->table),
                          .row = change->row,
                          .key = arena_copy(arena, change->key),
                          .key_hash = change->key_hash,
                          .bytes = change->bytes,
                          .expect = change->expect};
    copy.row.keys = transaction_copy_cells(change->row.keys, change->row.key_count, arena);
    copy.row.cells = transaction_copy_cells(change->row.cells, change->row.cell_count, arena);
    return copy;
}

/* The version is that of the moment of writing, so it is told with it. */
static void transaction_keep_change(struct transaction *transaction, const struct change *change,
                                    int64_t now_ms)
{
    if (transaction->count == transaction->room) {
        transaction->room = transaction->room == 0 ? 16 : 2 * transaction->room;
        transaction->changes =
            check_memory(realloc(transaction->changes, transaction->room * sizeof(transaction->changes[0])));
    }
    struct change *kept = &transaction->changes[transaction->count++];
    *kept = transaction_copy_change(change, &transaction->arena);
    for (uint32_t i = 0; i < kept->row.cell_count; i++) {
        struct cell *cell = &kept->row.cells[i];
        if (cell->op == CELL_PUT && !cell->has_timestamp)
            cell->timestamp_ms = now_ms;
        cell->has_timestamp |= cell->op == CELL_PUT;
    }
    transaction->bytes += change->bytes;
}

int transaction_apply(struct transaction *transaction, struct change *change, int64_t now_ms,
                      struct arena *arena, struct refusal *refusal)
{
    struct store *store = transaction->table->store;
    size_t mark = store_mark(store);
    if (transaction->bytes + change->bytes > LIMIT_TRANSACTION_BYTES)
        return refusal_set(refusal, "OTSOutOfTransactionDataSizeLimit",
                           "The data of the transaction exceeds the limit: %d.", LIMIT_TRANSACTION_BYTES);
    transaction_lend(transaction, change->key);
    int done = change_apply(change, transaction->table, now_ms, arena, refusal);
    if (done == 0) {
        transaction_keep_row(transaction, change->key);
        transaction_keep_change(transaction, change, now_ms);
    }
    store_undo(store, mark);
    return done;
}

uint32_t transaction_commit(struct transaction *transaction, struct arena *arena, struct change **changes)
{
    uint32_t count = transaction->count;
    *changes = arena_take(arena, count * sizeof(**changes));
    for (uint32_t i = 0; i < count; i++)
        (*changes)[i] = transaction_copy_change(&transaction->changes[i], arena);
    transaction_lend_all(transaction); /* and nobody takes them out again */
    transaction_end(transaction);
    return count;
}
