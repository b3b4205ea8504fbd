/* series_read: rows_data of PutTimeseriesData, in its three encodings, into rows as record/series.h has them
 * (tablestore-protocol.md 5.1 to 5.5). Hostile bytes in; names and values are views into them, cells are in
 * the arena.
 *
 * What is checked is the form: lengths, types, UTF-8, no name twice in a row. Tags and fields may come in any
 * order and are sorted [assumed: the SDKs sort them, what the service would do is not known]. Lengths, signs
 * and characters that the service refuses are the caller's business. Errors are ERROR_RETRY and name the row,
 * counted from 0. */
#ifndef WIRE_SERIES_READ_H
#define WIRE_SERIES_READ_H

#include "record/series.h"

struct arena;
struct error;

/* TimeseriesRows.type. */
enum series_encoding { SERIES_FLAT_BUFFER = 0, SERIES_PLAIN_BUFFER = 1, SERIES_PROTO_BUFFER = 2 };

struct series_row {
    struct row row;       /* key_hash is 0 */
    uint32_t meta_time_s; /* meta_cache_update_time; 0: not known to the sender */
};

struct series_rows {
    struct series_row *at;
    uint32_t count;
};

/* In FlatBuffers any number of offsets may lead to one place. More cells (keys too) or bytes of text than
 * these are refused, however small the buffer is; honest requests of 200 rows and 4 MB have fewer. */
enum { SERIES_READ_CELLS_MOST = 300000, SERIES_READ_TEXT_MOST = 64 << 20 };

/* 0, or -1: nothing can be made of the bytes. An unknown encoding is an error. */
int series_read(uint32_t encoding, struct slice bytes, struct arena *arena, struct series_rows *rows,
                struct error *err);

#endif
