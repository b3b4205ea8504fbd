/* bytes: little-endian numbers to and from memory of any alignment. */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t bytes_get_u32(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    return le32toh(value);
}

static inline uint64_t bytes_get_u64(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof(value));
    return le64toh(value);
}

static inline char *bytes_put_u32(char *to, uint32_t value)
{
    value = htole32(value);
    memcpy(to, &value, sizeof(value));
    return to + sizeof(value);
}

static inline char *bytes_put_u64(char *to, uint64_t value)
{
    value = htole64(value);
    memcpy(to, &value, sizeof(value));
    return to + sizeof(value);
}

/* The first bytes (0 to 7) of a word, in memory order, the rest zero; reads nothing behind them. */
static inline uint64_t bytes_get_some(const char *at, size_t bytes)
{
    uint64_t word = 0;
    if (bytes >= 4)
        return bytes_get_u32(at) | (uint64_t)bytes_get_u32(at + bytes - 4) << (8 * (bytes - 4));
    for (size_t i = 0; i < bytes; i++)
        word |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return word;
}

#endif
