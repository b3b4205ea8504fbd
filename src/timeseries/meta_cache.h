/* meta_cache: when the service last wrote down the meta of a series, as its answers said: a time in seconds
 * goes out with every point, and the service need not look where it is known. A series is its 64-bit hash:
 * two series of one hash (one chance in some ten millions with a million series) share a time, and the one
 * that came later would stay without meta until the time is forgotten. Not knowing costs the service work,
 * nothing else; so a full cache forgets what was not asked for longest, among a few. */
#ifndef TIMESERIES_META_CACHE_H
#define TIMESERIES_META_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct meta_cache_entry;

struct meta_cache {
    struct meta_cache_entry *entries;
    uint32_t sets;      /* of META_CACHE_WAYS entries each; 0: nothing is kept yet */
    uint32_t sets_most; /* 0: nothing is ever kept */
    uint32_t count;
};

enum {
    META_CACHE_FRESH_S = 3600, /* not asked for that long: unknown again, as the SDKs do it */
    META_CACHE_WAYS = 4
};

/* Memory comes as series are seen, 16 bytes for each entry, up to `series_most` entries (rounded up to a
 * set). */
void meta_cache_init(struct meta_cache *cache, uint32_t series_most);
void meta_cache_fini(struct meta_cache *cache);

/* Seconds since 1970, 0: not known. now_s is of any clock that does not go back. */
uint32_t meta_cache_find(struct meta_cache *cache, uint64_t series_hash, uint32_t now_s);

/* The service has said it. An older time than the one that is kept changes nothing, nor does 0. */
void meta_cache_put(struct meta_cache *cache, uint64_t series_hash, uint32_t update_s, uint32_t now_s);

size_t meta_cache_bytes(const struct meta_cache *cache);

#endif
