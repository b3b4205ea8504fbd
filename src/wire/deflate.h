/* deflate: zlib streams (RFC 1950), which is what Tablestore calls "deflate" (tablestore-protocol.md 1.8). */
#ifndef WIRE_DEFLATE_H
#define WIRE_DEFLATE_H

#include "base/slice.h"

struct buffer;
struct error;

/* Appends. `bytes` is what the sender says comes out: more or less than that, or what is no zlib stream to
 * its last byte, is an error. Memory is bounded by `bytes` and by the buffer's most, whatever the stream
 * holds. */
int deflate_unpack(struct slice packed, size_t bytes, struct buffer *to, struct error *err);

/* Appends. -1: it does not fit into the buffer. */
int deflate_pack(struct slice plain, struct buffer *to);

#endif
