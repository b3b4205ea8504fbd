/* proto_put: fields of protobuf messages, written by hand for the messages of the hot path. */
#ifndef WIRE_PROTO_PUT_H
#define WIRE_PROTO_PUT_H

#include <stddef.h>
#include <stdint.h>

static inline size_t proto_put_varint_size(uint64_t value)
{
    size_t bits = 64 - (size_t)__builtin_clzll(value | 1);
    return (bits + 6) / 7;
}

static inline char *proto_put_varint(char *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *to++ = (char)(value | 0x80);
    *to++ = (char)value;
    return to;
}

/* A field of bytes whose tag is one byte: whole; and what stands in front of its content. */
static inline size_t proto_put_bytes_size(size_t bytes)
{
    return 1 + proto_put_varint_size(bytes) + bytes;
}

static inline char *proto_put_bytes(char *to, char tag, size_t bytes)
{
    *to++ = tag;
    return proto_put_varint(to, bytes);
}

#endif
