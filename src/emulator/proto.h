/* proto: protobuf-c's messages in an arena: nothing to free, a message dies with its arena. */
#ifndef EMULATOR_PROTO_H
#define EMULATOR_PROTO_H

#include <protobuf-c/protobuf-c.h>

#include "base/slice.h"

struct arena;
struct buffer;

/* NULL when the bytes are not such a message. */
void *proto_unpack(const ProtobufCMessageDescriptor *kind, struct slice bytes, struct arena *arena);

/* The buffer is emptied first; its most is large enough for every answer of ours. */
void proto_pack(const ProtobufCMessage *message, struct buffer *to);

static inline struct slice proto_slice(ProtobufCBinaryData bytes)
{
    return slice_of(bytes.data, bytes.len);
}

static inline ProtobufCBinaryData proto_bytes(struct slice slice)
{
    return (ProtobufCBinaryData){.len = slice.len, .data = (uint8_t *)(uintptr_t)slice.at};
}

#endif
