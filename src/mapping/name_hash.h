/* name_hash: 64 bits out of some bytes: 8 at a time, folded by a wide multiplication. Not for secrets; with a
 * seed that nobody outside knows, collisions cannot be made on purpose. Nothing is read outside of the bytes.
 */
#ifndef MAPPING_NAME_HASH_H
#define MAPPING_NAME_HASH_H

#include "base/slice.h"

static inline uint64_t name_hash_load(const char *at, size_t bytes)
{
    uint64_t word = 0;
    memcpy(&word, at, bytes);
    return word;
}

static inline uint64_t name_hash_mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ 0x9e3779b97f4a7c15ULL) * (b ^ 0xd1b54a32d192ed03ULL);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last 1 to 8 bytes; short ones by two loads that may overlap. */
static inline uint64_t name_hash_tail(const char *at, size_t bytes)
{
    if (bytes == 8)
        return name_hash_load(at, 8);
    if (bytes >= 4)
        return name_hash_load(at, 4) | name_hash_load(at + bytes - 4, 4) << 32;
    if (bytes == 0)
        return 0;
    return (unsigned char)at[0] | (uint64_t)(unsigned char)at[bytes / 2] << 8 |
           (uint64_t)(unsigned char)at[bytes - 1] << 16;
}

static inline uint64_t name_hash(uint64_t seed, struct slice bytes)
{
    const char *at = bytes.at;
    size_t left = bytes.len;
    uint64_t hash = seed;
    for (; left > 8; left -= 8, at += 8)
        hash = name_hash_mix(hash, name_hash_load(at, 8));
    return name_hash_mix(hash ^ name_hash_tail(at, left), bytes.len);
}

/* The same bytes, without a call for short ones. */
static inline bool name_hash_equal(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    if (a.len > 16)
        return memcmp(a.at, b.at, a.len) == 0;
    if (a.len > 8)
        return name_hash_load(a.at, 8) == name_hash_load(b.at, 8) &&
               name_hash_load(a.at + a.len - 8, 8) == name_hash_load(b.at + b.len - 8, 8);
    return name_hash_tail(a.at, a.len) == name_hash_tail(b.at, b.len);
}

#endif
