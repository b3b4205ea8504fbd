/* name_set: open addressing over the fields themselves, at most a quarter full. */
#include "mapping/name_set.h"

#include <stdlib.h>

#include "base/chance.h"
#include "base/check.h"
#include "mapping/name_hash.h"

void name_set_init(struct name_set *set)
{
    *set = (struct name_set){.seed = chance_seed()};
}

void name_set_fini(struct name_set *set)
{
    free(set->slots);
}

void name_set_begin(struct name_set *set, uint32_t count)
{
    uint32_t room = 64;
    while (room / 4 < count)
        room *= 2;
    if (room > set->room) {
        free(set->slots);
        set->slots = check_memory(malloc(room * sizeof(*set->slots)));
        set->room = room;
    }
    set->mask = room - 1;
    memset(set->slots, 0, room * sizeof(*set->slots));
}

uint32_t name_set_enter(struct name_set *set, const struct value_field *fields, uint32_t index)
{
    uint32_t slot = (uint32_t)name_hash(set->seed, fields[index].name) & set->mask;
    for (; set->slots[slot] != 0; slot = (slot + 1) & set->mask) {
        uint32_t other = set->slots[slot] - 1;
        if (name_hash_equal(fields[other].name, fields[index].name))
            return other;
    }
    set->slots[slot] = index + 1;
    return index;
}

bool name_set_has(const struct name_set *set, const struct value_field *fields, struct slice name)
{
    uint32_t slot = (uint32_t)name_hash(set->seed, name) & set->mask;
    for (; set->slots[slot] != 0; slot = (slot + 1) & set->mask)
        if (name_hash_equal(fields[set->slots[slot] - 1].name, name))
            return true;
    return false;
}
