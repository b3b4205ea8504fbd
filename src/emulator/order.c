/* order: hashes in open addressing; nothing is ever taken out. */
#include "emulator/order.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "emulator/change.h"
#include "wire/row_line.h"

enum { ORDER_ROOM = 1024, ORDER_LONGEST = 64 * 1024 /* any key, escaped */ };

void order_init(struct order *order)
{
    *order = (struct order){.keys = NULL};
}

void order_fini(struct order *order)
{
    free(order->keys);
    order_init(order);
}

void order_reset(struct order *order)
{
    free(order->keys);
    order->keys = NULL;
    order->room = order->used = 0;
    order->went_back = 0;
}

int order_set_column(struct order *order, struct slice name)
{
    if (name.len > 0 && !limits_name(name))
        return -1;
    order_reset(order);
    memcpy(order->column, name.len == 0 ? "" : name.at, name.len);
    order->column[name.len] = 0;
    return 0;
}

/* The place of the key, or the free place where it would go. There always is a free one. */
static struct order_key *order_place(const struct order *order, uint64_t hash)
{
    size_t at = hash & (order->room - 1);
    while (order->keys[at].hash != 0 && order->keys[at].hash != hash)
        at = (at + 1) & (order->room - 1);
    return &order->keys[at];
}

static void order_grow(struct order *order)
{
    struct order old = *order;
    order->room = old.room == 0 ? ORDER_ROOM : old.room * 2;
    order->keys = check_memory(calloc(order->room, sizeof(order->keys[0])));
    for (size_t i = 0; i < old.room; i++)
        if (old.keys[i].hash != 0)
            *order_place(order, old.keys[i].hash) = old.keys[i];
    free(old.keys);
}

static void order_keep_example(struct order *order, const struct change *change, int64_t old, int64_t new)
{
    struct order_example *example = &order->examples[order->went_back];
    struct buffer key;
    buffer_init(&key, ORDER_LONGEST);
    row_line_put_key(&key, &change->row);
    bool fits = buffer_add(&key, "", 1) == 0 && key.len <= ORDER_KEY_TEXT;
    *example = (struct order_example){.old = old, .new = new};
    memcpy(example->table, change->table.at, change->table.len);
    memcpy(example->key, fits ? key.at : "", fits ? key.len : 1);
    buffer_fini(&key);
}

static void order_look_at(struct order *order, const struct change *change, uint64_t hash, int64_t value)
{
    if (order->used * 2 >= order->room)
        order_grow(order);
    struct order_key *key = order_place(order, hash);
    if (key->hash != 0 && value < key->value) {
        if (order->went_back < ORDER_EXAMPLES)
            order_keep_example(order, change, key->value, value);
        order->went_back++;
    }
    order->used += key->hash == 0 ? 1 : 0;
    *key = (struct order_key){hash, value};
}

void order_look(struct order *order, const struct change *change, int64_t table_made_us)
{
    uint64_t hash = change->key_hash ^ (uint64_t)table_made_us * 0x9e3779b97f4a7c15u;
    if (order->column[0] == 0 || change->row.op == ROW_DELETE)
        return;
    for (uint32_t i = 0; i < change->row.cell_count; i++) {
        const struct cell *cell = &change->row.cells[i];
        if (cell->op == CELL_PUT && cell->type == CELL_INTEGER &&
            slice_equal(cell->name, slice_text(order->column)))
            order_look_at(order, change, hash == 0 ? 1 : hash, cell->integer);
    }
}

static void order_print_example(const struct order_example *example, struct buffer *to)
{
    buffer_print(to, "{\"table\":\"%s\",\"key\":%s,\"old\":%lld,\"new\":%lld}", example->table,
                 example->key[0] == 0 ? "null" : example->key, (long long)example->old,
                 (long long)example->new);
}

void order_print(const struct order *order, struct buffer *to)
{
    buffer_print(to, "\"order_went_back\":%llu,\"order_examples\":[", (unsigned long long)order->went_back);
    for (size_t i = 0; i < ORDER_EXAMPLES && i < order->went_back; i++) {
        buffer_add_slice(to, i == 0 ? SLICE("") : SLICE(","));
        order_print_example(&order->examples[i], to);
    }
    buffer_add_slice(to, SLICE("]"));
}
