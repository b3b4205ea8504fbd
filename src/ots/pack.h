/* pack: a protobuf message as the body of a request. */
#ifndef OTS_PACK_H
#define OTS_PACK_H

#include <protobuf-c/protobuf-c.h>

struct buffer;

/* Replaces what the buffer had. */
void ots_pack(const ProtobufCMessage *message, struct buffer *body);

#endif
