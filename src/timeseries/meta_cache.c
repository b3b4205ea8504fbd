/* meta_cache: a flat table of sets, a cache line each. A series may lie in either of two sets: it goes into
 * the one with more room, and makes room by going to the other. So nearly every place is used before anything
 * is forgotten. */
#include "timeseries/meta_cache.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/check.h"

enum { SETS_FIRST = 64, FULL_EIGHTHS = 7 };

struct meta_cache_entry {
    uint64_t series_hash;
    uint32_t update_s; /* 0: a free place */
    uint32_t used_s;
};

void meta_cache_init(struct meta_cache *cache, uint32_t series_most)
{
    *cache = (struct meta_cache){.sets_most = series_most / META_CACHE_WAYS +
                                              (series_most % META_CACHE_WAYS != 0 ? 1 : 0)};
}

void meta_cache_fini(struct meta_cache *cache)
{
    free(cache->entries);
    *cache = (struct meta_cache){.entries = NULL};
}

size_t meta_cache_bytes(const struct meta_cache *cache)
{
    return (size_t)cache->sets * META_CACHE_WAYS * sizeof(struct meta_cache_entry);
}

static inline struct meta_cache_entry *cache_set(const struct meta_cache *cache, uint32_t part)
{
    uint64_t set = (uint64_t)part * cache->sets >> 32;
    return &cache->entries[set * META_CACHE_WAYS];
}

/* The two sets of a series, from the two halves of its hash mixed once more. */
static inline void cache_sets(const struct meta_cache *cache, uint64_t hash, struct meta_cache_entry *sets[2])
{
    uint64_t mixed = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u;
    sets[0] = cache_set(cache, (uint32_t)(mixed >> 32));
    sets[1] = cache_set(cache, (uint32_t)mixed);
}

static inline bool entry_is_free(const struct meta_cache_entry *entry)
{
    return entry->update_s == 0;
}

static struct meta_cache_entry *cache_entry(const struct meta_cache *cache, uint64_t hash)
{
    struct meta_cache_entry *sets[2];
    if (cache->sets == 0)
        return NULL;
    cache_sets(cache, hash, sets);
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < META_CACHE_WAYS; i++)
            if (sets[s][i].series_hash == hash && !entry_is_free(&sets[s][i]))
                return &sets[s][i];
    return NULL;
}

uint32_t meta_cache_find(struct meta_cache *cache, uint64_t series_hash, uint32_t now_s)
{
    struct meta_cache_entry *entry = cache_entry(cache, series_hash);
    if (entry == NULL || now_s - entry->used_s > META_CACHE_FRESH_S)
        return 0;
    entry->used_s = now_s;
    return entry->update_s;
}

static int set_taken(const struct meta_cache_entry *set)
{
    int taken = 0;
    for (int i = 0; i < META_CACHE_WAYS; i++)
        taken += !entry_is_free(&set[i]);
    return taken;
}

static struct meta_cache_entry *set_room(struct meta_cache_entry *set)
{
    for (int i = 0; i < META_CACHE_WAYS; i++)
        if (entry_is_free(&set[i]))
            return &set[i];
    return NULL;
}

/* Of two full sets: one that can go to its other set makes room; else the one that was not asked for longest
 * is forgotten. */
static struct meta_cache_entry *cache_make_room(const struct meta_cache *cache,
                                                struct meta_cache_entry *const sets[2])
{
    struct meta_cache_entry *oldest = sets[0];
    for (int i = 0; i < 2 * META_CACHE_WAYS; i++) {
        struct meta_cache_entry *entry = &sets[i / META_CACHE_WAYS][i % META_CACHE_WAYS];
        struct meta_cache_entry *its[2];
        cache_sets(cache, entry->series_hash, its);
        struct meta_cache_entry *to = set_room(its[its[0] == sets[i / META_CACHE_WAYS] ? 1 : 0]);
        if (to != NULL) {
            *to = *entry;
            entry->update_s = 0;
            return entry;
        }
        if (entry->used_s < oldest->used_s)
            oldest = entry;
    }
    return oldest;
}

/* Where one that is not there yet goes. */
static struct meta_cache_entry *cache_place(const struct meta_cache *cache, uint64_t hash)
{
    struct meta_cache_entry *sets[2];
    cache_sets(cache, hash, sets);
    struct meta_cache_entry *place = set_room(sets[set_taken(sets[0]) <= set_taken(sets[1]) ? 0 : 1]);
    return place != NULL ? place : cache_make_room(cache, sets);
}

/* By half of what it is: a full table has 16 bytes to 27 for each series. */
static void cache_grow(struct meta_cache *cache)
{
    struct meta_cache old = *cache;
    uint64_t sets = old.sets == 0 ? SETS_FIRST : old.sets + (uint64_t)old.sets / 2;
    cache->sets = sets > cache->sets_most ? cache->sets_most : (uint32_t)sets;
    cache->entries =
        check_memory(calloc((size_t)cache->sets * META_CACHE_WAYS, sizeof(struct meta_cache_entry)));
    cache->count = 0;
    for (size_t i = 0; i < (size_t)old.sets * META_CACHE_WAYS; i++) {
        if (entry_is_free(&old.entries[i]))
            continue;
        struct meta_cache_entry *to = cache_place(cache, old.entries[i].series_hash);
        cache->count += entry_is_free(to);
        *to = old.entries[i];
    }
    free(old.entries);
}

void meta_cache_put(struct meta_cache *cache, uint64_t series_hash, uint32_t update_s, uint32_t now_s)
{
    struct meta_cache_entry *entry = cache_entry(cache, series_hash);
    if (update_s == 0 || cache->sets_most == 0)
        return;
    if (entry == NULL) {
        uint64_t full = (uint64_t)cache->sets * META_CACHE_WAYS / 8 * FULL_EIGHTHS;
        if (cache->count >= full && cache->sets < cache->sets_most)
            cache_grow(cache);
        entry = cache_place(cache, series_hash);
        cache->count += entry_is_free(entry);
        *entry = (struct meta_cache_entry){.series_hash = series_hash};
    }
    if (update_s > entry->update_s)
        entry->update_s = update_s;
    entry->used_s = now_s;
}
