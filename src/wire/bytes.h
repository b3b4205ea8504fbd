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
static inline uint64_t bytes_get_some(const char *from, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)from;
    if (bytes >= 4)
        return bytes_get_u32(at) | (uint64_t)bytes_get_u32(at + bytes - 4) << (8 * (bytes - 4));
    if (bytes == 0)
        return 0;
    size_t last = bytes - 1;
    return at[0] | (uint64_t)at[bytes / 2] << (8 * (bytes / 2)) | (uint64_t)at[last] << (8 * last);
}

/* memcpy for what is mostly short: names and small values. Not a byte outside is read or written. */
static inline void bytes_copy(char *to, const char *from, size_t bytes)
{
    if (bytes > 16) {
        memcpy(to, from, bytes);
    } else if (bytes >= 8) {
        uint64_t last = bytes_get_u64(from + bytes - 8);
        bytes_put_u64(to, bytes_get_u64(from));
        bytes_put_u64(to + bytes - 8, last);
    } else if (bytes >= 4) {
        uint32_t last = bytes_get_u32(from + bytes - 4);
        bytes_put_u32(to, bytes_get_u32(from));
        bytes_put_u32(to + bytes - 4, last);
    } else if (bytes > 0) {
        to[0] = from[0];
        to[bytes / 2] = from[bytes / 2];
        to[bytes - 1] = from[bytes - 1];
    }
}

#endif
