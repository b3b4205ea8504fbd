/* underway: linear probing, closed again behind a removed key. */
#include "emulator/underway.h"

#include <stdlib.h>

#include "base/check.h"

void underway_init(struct underway *underway)
{
    *underway = (struct underway){.keys = NULL};
}

void underway_fini(struct underway *underway)
{
    free(underway->keys);
    underway_init(underway);
}

/* The place of the key, or the free place where it would go. There always is a free one. */
static size_t underway_place(const struct underway *underway, uint64_t hash)
{
    size_t at = hash & (underway->room - 1);
    while (underway->keys[at].count > 0 && underway->keys[at].hash != hash)
        at = (at + 1) & (underway->room - 1);
    return at;
}

bool underway_has(const struct underway *underway, uint64_t hash)
{
    return underway->used > 0 && underway->keys[underway_place(underway, hash)].count > 0;
}

static void underway_grow(struct underway *underway)
{
    struct underway old = *underway;
    underway->room = old.room == 0 ? 256 : old.room * 2;
    underway->keys = check_memory(calloc(underway->room, sizeof(underway->keys[0])));
    for (size_t i = 0; i < old.room; i++)
        if (old.keys[i].count > 0)
            underway->keys[underway_place(underway, old.keys[i].hash)] = old.keys[i];
    free(old.keys);
}

void underway_add(struct underway *underway, uint64_t hash)
{
    if (underway->used * 2 >= underway->room)
        underway_grow(underway);
    struct underway_key *key = &underway->keys[underway_place(underway, hash)];
    underway->used += key->count == 0 ? 1 : 0;
    key->hash = hash;
    key->count++;
}

/* Moves later keys of the run into the hole, so that probing still finds them. */
static void underway_close(struct underway *underway, size_t hole)
{
    size_t mask = underway->room - 1;
    for (size_t at = (hole + 1) & mask; underway->keys[at].count > 0; at = (at + 1) & mask) {
        size_t home = underway->keys[at].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        underway->keys[hole] = underway->keys[at];
        underway->keys[at].count = 0;
        hole = at;
    }
}

void underway_remove(struct underway *underway, uint64_t hash)
{
    CHECK(underway->room > 0);
    size_t at = underway_place(underway, hash);
    CHECK(underway->keys[at].count > 0);
    underway->keys[at].count--;
    if (underway->keys[at].count > 0)
        return;
    underway->used--;
    underway_close(underway, at);
}
