/* series_piece: a point of a time series as a piece of a FlatBuffers message (tablestore-protocol.md 5.2): a
 * row group of its own with one row, as the SDKs send it. FlatBuffers counts from place to place, so that a
 * piece with all its tables and their shapes in it means the same wherever it lies, as long as that is a
 * multiple of eight bytes from the message's begin. Pieces are written once, as rows arrive, and moved as
 * they are. */
#ifndef WIRE_SERIES_PIECE_H
#define WIRE_SERIES_PIECE_H

#include "record/series.h"
#include "wire/bytes.h"

/* Where things lie in a piece, in bytes from its begin. */
enum {
    SERIES_PIECE_GROUP_AT = 56, /* the row group: what the message refers to */
    SERIES_PIECE_TIME_AT = 88,
    SERIES_PIECE_META_AT = 104
};

/* Exact bytes, a multiple of eight, and the writing of them. meta_cache_update_time is 0. */
size_t series_piece_size(const struct row *row);
char *series_piece_put(const struct row *row, char *to);

static inline int64_t series_piece_time_us(const char *piece)
{
    return (int64_t)bytes_get_u64(piece + SERIES_PIECE_TIME_AT);
}

/* meta_cache_update_time: seconds since 1970, 0: not known. */
static inline void series_piece_set_meta(char *piece, uint32_t update_s)
{
    bytes_put_u32(piece + SERIES_PIECE_META_AT, update_s);
}

#endif
