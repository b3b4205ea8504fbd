/* transaction: local transactions (tablestore-protocol.md 3.6): changes of one partition that others see when
 * they are committed, all at once. An open transaction holds the partition: whoever writes there without it
 * is refused. It lives 60 seconds.
 *
 * What a transaction changed is kept beside the table: for each key the row as the transaction left it. A
 * request inside it has these rows lent to the table for its time; store_undo() takes them out again. */
#ifndef EMULATOR_TRANSACTION_H
#define EMULATOR_TRANSACTION_H

#include "base/list.h"
#include "base/slice.h"

struct arena;
struct cell;
struct change;
struct refusal;
struct store;
struct store_table;
struct transaction; /* opaque */

/* Of one store. */
struct transactions {
    struct list open;
    uint32_t count;
    uint64_t made;
};

void transaction_init_all(struct transactions *transactions);
void transaction_fini_all(struct transactions *transactions);

/* Its table goes. */
void transaction_drop_all(struct transactions *transactions, const struct store_table *table);

/* NULL and why: the table has none, the partition is held, too many. `partition` is the first key column. */
struct transaction *transaction_start(struct store_table *table, const struct cell *partition, int64_t now_ms,
                                      struct refusal *refusal);

/* The name it goes by; its own memory. */
const char *transaction_id(const struct transaction *transaction);

/* NULL and why: no such name, or its time is over. */
struct transaction *transaction_find(struct store *store, const char *id, int64_t now_ms,
                                     struct refusal *refusal);

/* -1 and why when the key is not in the transaction's table and partition. */
int transaction_check(const struct transaction *transaction, const struct store_table *table,
                      const struct cell *partition, struct refusal *refusal);

/* -1: OTSRowOperationConflict, a transaction holds the partition. */
int transaction_check_free(struct store_table *table, const struct cell *partition, int64_t now_ms,
                           struct refusal *refusal);

bool transaction_same_partition(const struct cell *one, const struct cell *two);

/* The partition's value as messages show it, cut when long. */
enum { TRANSACTION_PARTITION = 64 };
void transaction_print(const struct cell *partition, char text[TRANSACTION_PARTITION]);

/* To the table, until store_undo(): one row as the transaction left it, or all. */
void transaction_lend(struct transaction *transaction, struct slice key);
void transaction_lend_all(struct transaction *transaction);

/* change_apply() inside the transaction, in its table and partition; the change is kept. */
int transaction_apply(struct transaction *transaction, struct change *change, int64_t now_ms,
                      struct arena *arena, struct refusal *refusal);

/* Its rows become the table's, and it ends. Answers its changes, in their order, in the arena. */
uint32_t transaction_commit(struct transaction *transaction, struct arena *arena, struct change **changes);

/* Nothing of it stays. */
void transaction_end(struct transaction *transaction);

#endif
