/* order: does a column that should only grow go back? For tests of clients that must keep the order of each
 * key: the last value of every key is remembered, across deletes, as long as its table lives. Off until it is
 * given a column; then it keeps 24 bytes or so for each key. */
#ifndef EMULATOR_ORDER_H
#define EMULATOR_ORDER_H

#include "base/slice.h"
#include "emulator/limits.h"

struct buffer;
struct change;

enum { ORDER_EXAMPLES = 5, ORDER_KEY_TEXT = 512 };

struct order_key {
    uint64_t hash; /* of table and key; 0: a free place */
    int64_t value;
};

struct order_example {
    char table[LIMIT_NAME_BYTES + 1];
    char key[ORDER_KEY_TEXT]; /* JSON; "" when it is longer */
    int64_t old;
    int64_t new;
};

struct order {
    char column[LIMIT_NAME_BYTES + 1]; /* "": off */
    struct order_key *keys;            /* owned */
    size_t room;                       /* a power of two, or 0 */
    size_t used;
    uint64_t went_back;
    struct order_example examples[ORDER_EXAMPLES]; /* the first ones */
};

void order_init(struct order *order);
void order_fini(struct order *order);

/* Begins anew. -1: not a name of a column, nor empty (off). */
int order_set_column(struct order *order, struct slice name);

/* Counts from 0; the column stays, the values are forgotten. */
void order_reset(struct order *order);

/* A put or update as it was applied. `table_made_us` tells a table from one of its name before it. */
void order_look(struct order *order, const struct change *change, int64_t table_made_us);

/* "order_went_back":0,"order_examples":[...] */
void order_print(const struct order *order, struct buffer *to);

#endif
