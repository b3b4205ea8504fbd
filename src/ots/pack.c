/* pack: in one piece, with no copy between. */
#include "ots/pack.h"

#include "base/buffer.h"
#include "base/check.h"

void ots_pack(const ProtobufCMessage *message, struct buffer *body)
{
    size_t bytes = protobuf_c_message_get_packed_size(message);
    buffer_reset(body, SIZE_MAX);
    char *to = buffer_reserve(body, bytes);
    CHECK(to != NULL);
    body->len = protobuf_c_message_pack(message, (uint8_t *)to);
}
