/* deflate: zlib in one go, between memory and memory. */
#include "wire/deflate.h"

#include <zlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"

enum { DEFLATE_MOST = 1 << 30 }; /* zlib counts in unsigned int */

/* `to` has room for one byte more than there should be. */
static int unpack_into(z_stream *stream, char *to, size_t bytes, struct error *err)
{
    stream->next_out = (unsigned char *)to;
    stream->avail_out = (uInt)bytes;
    int rc = inflate(stream, Z_FINISH);
    if (rc == Z_BUF_ERROR && stream->avail_out == 0) { /* full, and the end of the stream not seen yet */
        stream->avail_out = 1;
        rc = inflate(stream, Z_FINISH);
    }
    if (rc == Z_STREAM_END && stream->avail_in > 0)
        return error_set(err, ERROR_RECORD, "bytes behind the end of the deflate stream");
    if (rc != Z_STREAM_END && stream->total_out > bytes)
        return error_set(err, ERROR_RECORD, "more bytes come out of the deflate stream than were promised");
    if (rc != Z_STREAM_END)
        return error_set(err, ERROR_RECORD, "the deflate stream is broken or ends too early");
    if (stream->total_out != bytes)
        return error_set(err, ERROR_RECORD, "%lu bytes come out of the deflate stream, %zu were promised",
                         stream->total_out, bytes);
    return 0;
}

int deflate_unpack(struct slice packed, size_t bytes, struct buffer *to, struct error *err)
{
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed.at, .avail_in = (uInt)packed.len};
    char *at = bytes > DEFLATE_MOST || packed.len > DEFLATE_MOST ? NULL : buffer_reserve(to, bytes + 1);
    if (at == NULL)
        return error_set(err, ERROR_RECORD, "the deflate stream is too large");
    int rc = inflateInit(&stream);
    CHECK(rc == Z_OK);
    rc = unpack_into(&stream, at, bytes, err);
    inflateEnd(&stream);
    if (rc == 0)
        to->len += bytes;
    return rc;
}

int deflate_pack(struct slice plain, struct buffer *to)
{
    uLong bound = compressBound(plain.len);
    char *at = plain.len > DEFLATE_MOST ? NULL : buffer_reserve(to, bound);
    if (at == NULL)
        return -1;
    uLongf bytes = bound;
    CHECK(compress2((Bytef *)at, &bytes, (const Bytef *)plain.at, plain.len, Z_BEST_SPEED) == Z_OK);
    to->len += bytes;
    return 0;
}
