/* bucket_key: the table of busy keys. 16 bytes an entry, linear probing, at most three quarters full; it
 * grows by doubling and does not shrink: it is as large as the window once needed. */
#include "bucket/bucket_private.h"

#include <stdlib.h>

#include "base/check.h"

enum { KEY_BITS_FIRST = 8 };

static void key_table_alloc(struct key_table *keys, unsigned bits)
{
    keys->entries = check_memory(calloc((size_t)1 << bits, sizeof(*keys->entries)));
    keys->shift = 64 - bits;
    keys->mask = ((size_t)1 << bits) - 1;
}

void bucket_key_init(struct key_table *keys)
{
    *keys = (struct key_table){0};
    key_table_alloc(keys, KEY_BITS_FIRST);
}

void bucket_key_fini(struct key_table *keys)
{
    free(keys->entries);
    *keys = (struct key_table){0};
}

/* Fibonacci hashing: good places even from hashes that differ in few bits. */
static size_t key_home(const struct key_table *keys, uint64_t hash)
{
    return (size_t)((hash * 0x9e3779b97f4a7c15u) >> keys->shift);
}

/* Where the hash is, or the free place where it would be. */
static struct key_entry *key_probe(const struct key_table *keys, uint64_t hash)
{
    size_t at = key_home(keys, hash);
    while (keys->entries[at].holder != 0 && keys->entries[at].hash != hash)
        at = (at + 1) & keys->mask;
    return &keys->entries[at];
}

static void key_table_grow(struct key_table *keys)
{
    struct key_entry *old = keys->entries;
    size_t size = keys->mask + 1;
    key_table_alloc(keys, 64 - keys->shift + 1);
    for (size_t i = 0; i < size; i++)
        if (old[i].holder != 0)
            *key_probe(keys, old[i].hash) = old[i];
    free(old);
}

struct key_entry *bucket_key_find(const struct key_table *keys, uint64_t hash)
{
    struct key_entry *entry = key_probe(keys, hash);
    return entry->holder == 0 ? NULL : entry;
}

struct key_entry *bucket_key_claim(struct key_table *keys, uint64_t hash)
{
    if (keys->count >= (keys->mask + 1) / 4 * 3)
        key_table_grow(keys);
    struct key_entry *entry = key_probe(keys, hash);
    if (entry->holder == 0) {
        entry->hash = hash;
        keys->count++;
    }
    return entry;
}

/* The entries behind it move back into the gap, as far as their own homes allow. */
void bucket_key_remove(struct key_table *keys, struct key_entry *entry)
{
    size_t gap = (size_t)(entry - keys->entries);
    for (size_t at = (gap + 1) & keys->mask; keys->entries[at].holder != 0; at = (at + 1) & keys->mask) {
        size_t home = key_home(keys, keys->entries[at].hash);
        if (((at - home) & keys->mask) < ((at - gap) & keys->mask))
            continue; /* its home lies behind the gap */
        keys->entries[gap] = keys->entries[at];
        gap = at;
    }
    keys->entries[gap].holder = 0;
    keys->count--;
}
