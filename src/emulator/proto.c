/* proto: an allocator for protobuf-c on an arena. */
#include "emulator/proto.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"

static void *proto_alloc(void *arena, size_t bytes)
{
    return arena_take(arena, bytes);
}

static void proto_free(void *arena, void *at)
{
    (void)arena; /* goes with the arena */
    (void)at;
}

void *proto_unpack(const ProtobufCMessageDescriptor *kind, struct slice bytes, struct arena *arena)
{
    ProtobufCAllocator allocator = {.alloc = proto_alloc, .free = proto_free, .allocator_data = arena};
    return protobuf_c_message_unpack(kind, &allocator, bytes.len, (const uint8_t *)bytes.at);
}

void proto_pack(const ProtobufCMessage *message, struct buffer *to)
{
    buffer_reset(to, to->room);
    size_t bytes = protobuf_c_message_get_packed_size(message);
    char *at = buffer_reserve(to, bytes);
    CHECK(at != NULL);
    to->len = protobuf_c_message_pack(message, (uint8_t *)at);
}
