/* name_table: open addressing, at most a quarter full. */
#include "mapping/name_table.h"

#include <stdlib.h>

#include "base/chance.h"
#include "base/check.h"
#include "mapping/name_hash.h"

void name_table_init(struct name_table *table, uint32_t most)
{
    uint32_t room = 16;
    while (room / 4 < most)
        room *= 2;
    *table = (struct name_table){.mask = room - 1, .seed = chance_seed()};
    table->names = check_memory(calloc(most + 1, sizeof(*table->names)));
    table->slots = check_memory(calloc(room, sizeof(*table->slots)));
}

void name_table_fini(struct name_table *table)
{
    free(table->names);
    free(table->slots);
}

/* The slot of the name, or the free one where it would be. */
static uint32_t *name_table_slot(const struct name_table *table, struct slice name)
{
    uint32_t at = (uint32_t)name_hash(table->seed, name) & table->mask;
    while (table->slots[at] != 0 && !name_hash_equal(table->names[table->slots[at] - 1], name))
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

int32_t name_table_enter(struct name_table *table, struct slice name)
{
    uint32_t *slot = name_table_slot(table, name);
    if (*slot == 0) {
        table->names[table->count++] = name;
        *slot = table->count;
    }
    return (int32_t)*slot - 1;
}

int32_t name_table_find(const struct name_table *table, struct slice name)
{
    return table->count == 0 ? NAME_TABLE_NONE : (int32_t)*name_table_slot(table, name) - 1;
}
