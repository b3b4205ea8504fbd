/* target: a hash table over the plan's names, and what it said about the last shape. */
#include "mapping/target.h"

#include <stdlib.h>

#include "base/chance.h"
#include "base/check.h"
#include "mapping/coordinates.h"
#include "mapping/name_hash.h"

static struct slice target_name_of(const struct target_table *table, uint32_t slot)
{
    if (slot <= MAPPING_KEYS_MOST)
        return table->plan->keys[slot - 1].name;
    return table->plan->columns[slot - MAPPING_KEYS_MOST - 1].name;
}

/* The slot of the name, or the free one where it would be. */
static uint32_t *target_slot(const struct target_table *table, struct slice name)
{
    uint32_t at = (uint32_t)name_hash(table->seed, name) & table->mask;
    while (table->slots[at] != 0 && !name_hash_equal(target_name_of(table, table->slots[at]), name))
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

/* The first one of a name stays: keys go before columns. */
static void target_enter(struct target_table *table, struct slice name, uint32_t number)
{
    uint32_t *slot = target_slot(table, name);
    if (*slot == 0)
        *slot = number;
}

void target_table_init(struct target_table *table, const struct mapping_plan *plan)
{
    uint32_t room = 16;
    while (room / 4 < plan->key_count + plan->column_count)
        room *= 2;
    *table = (struct target_table){.plan = plan, .mask = room - 1, .seed = chance_seed()};
    table->slots = check_memory(calloc(room, sizeof(*table->slots)));
    name_set_init(&table->key_names);
    for (uint32_t i = 0; i < plan->key_count; i++)
        target_enter(table, plan->keys[i].name, 1 + i);
    for (uint32_t i = 0; i < plan->column_count; i++)
        target_enter(table, plan->columns[i].name, 1 + MAPPING_KEYS_MOST + i);
}

void target_table_fini(struct target_table *table)
{
    free(table->slots);
    name_set_fini(&table->key_names);
    free(table->key.targets);
    free(table->value.targets);
}

bool target_name_is_good(struct slice name)
{
    if (name.len == 0 || name.len > TARGET_NAME_LONGEST || (name.at[0] >= '0' && name.at[0] <= '9'))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

struct target target_find(const struct target_table *table, struct slice name)
{
    uint32_t number = *target_slot(table, name);
    if (number != 0 && number <= MAPPING_KEYS_MOST)
        return (struct target){TARGET_KEY, number - 1};
    if (table->plan->key_mode == KEY_MODE_SEARCH && slice_equal(name, COORDINATES_TIME))
        return (struct target){TARGET_UNLISTED, 0}; /* every row has one of its own */
    if (number != 0)
        return (struct target){TARGET_LISTED, number - MAPPING_KEYS_MOST - 1};
    if (table->plan->column_count > 0)
        return (struct target){TARGET_UNLISTED, 0};
    return (struct target){target_name_is_good(name) ? TARGET_PLAIN : TARGET_BAD_NAME, 0};
}

static void target_grow(struct target_shape *shape, uint32_t room)
{
    if (room <= shape->room)
        return;
    free(shape->targets);
    shape->room = room < 32 ? 32 : room * 2;
    shape->targets = check_memory(malloc(shape->room * sizeof(*shape->targets)));
}

void target_sort(const struct target_table *table, const struct value *value, struct target_shape *shape)
{
    if (__builtin_expect(value->names != 0 && value->names == shape->names, 1))
        return;
    target_grow(shape, value->count);
    memset(shape->keys, -1, sizeof(shape->keys));
    shape->names = value->names;
    for (uint32_t i = 0; i < value->count; i++) {
        shape->targets[i] = target_find(table, value->fields[i].name);
        if (shape->targets[i].kind == TARGET_KEY)
            shape->keys[shape->targets[i].index] = (int32_t)i;
    }
}

static void target_shade(struct target_table *table, const struct value *key, const struct value *value)
{
    name_set_begin(&table->key_names, key->count);
    for (uint32_t i = 0; i < key->count; i++)
        name_set_enter(&table->key_names, key->fields, i);
    for (uint32_t i = 0; i < value->count; i++)
        if (table->value.targets[i].kind != TARGET_KEY &&
            name_set_has(&table->key_names, key->fields, value->fields[i].name))
            table->value.targets[i].kind = TARGET_UNLISTED;
}

void target_sort_both(struct target_table *table, const struct value *key, const struct value *value)
{
    bool known = key->names != 0 && key->names == table->shade && value->names != 0 &&
                 value->names == table->value.names;
    target_sort(table, key, &table->key);
    if (known)
        return;
    table->value.names = 0; /* sorted anew: what the last key took is free again */
    target_sort(table, value, &table->value);
    target_shade(table, key, value);
    table->shade = key->names;
}
