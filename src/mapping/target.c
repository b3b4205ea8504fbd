/* target: a table of the plan's names, and what it said about the last shape. */
#include "mapping/target.h"

#include <stdlib.h>

#include "base/check.h"
#include "mapping/coordinates.h"

/* The first one of a name stays: keys go before columns. */
static void target_enter(struct target_table *table, struct slice name, struct target target)
{
    uint32_t known = table->names.count;
    int32_t number = name_table_enter(&table->names, name);
    if (table->names.count > known)
        table->found[number] = target;
}

void target_table_init(struct target_table *table, const struct mapping_plan *plan)
{
    uint32_t most = plan->key_count + plan->column_count;
    *table = (struct target_table){.plan = plan};
    table->found = check_memory(calloc(most + 1, sizeof(*table->found)));
    name_table_init(&table->names, most);
    name_set_init(&table->key_names);
    for (uint32_t i = 0; i < plan->key_count; i++)
        target_enter(table, plan->keys[i].name, (struct target){TARGET_KEY, i});
    for (uint32_t i = 0; i < plan->column_count; i++)
        target_enter(table, plan->columns[i].name, (struct target){TARGET_LISTED, i});
}

void target_table_fini(struct target_table *table)
{
    name_table_fini(&table->names);
    free(table->found);
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
    int32_t number = name_table_find(&table->names, name);
    if (number >= 0 && table->found[number].kind == TARGET_KEY)
        return table->found[number];
    if (table->plan->key_mode == KEY_MODE_SEARCH && slice_equal(name, COORDINATES_TIME))
        return (struct target){TARGET_UNLISTED, 0}; /* every row has one of its own */
    if (number >= 0)
        return table->found[number];
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
