/* series_request: the body of PutTimeseriesData around pieces of rows (wire/series_piece.h), by hand: no
 * malloc a row. Rows are written as they arrive; leave SERIES_REQUEST_PREFIX bytes in front of the first one,
 * and series_request_finish() puts right before it what goes there: the protobuf request with the checksum of
 * the rows, and the FlatBuffers root with a reference to each row. */
#ifndef WIRE_SERIES_REQUEST_H
#define WIRE_SERIES_REQUEST_H

#include "base/slice.h"

/* Table name, tags and lengths; the root and SERIES_ROWS_MOST references. A multiple of eight. */
enum { SERIES_REQUEST_PREFIX = 1152 };

struct series_request {
    struct slice table;
    bool ignore_meta;   /* MUM_IGNORE: the meta of the series is left alone */
    const uint32_t *at; /* where each row's piece begins, counted from the first one */
    uint32_t count;     /* 1 to SERIES_ROWS_MOST */
};

/* `first` is the first row's piece, `bytes` those of all. Answers the whole body, which ends where they end.
 */
struct slice series_request_finish(const struct series_request *request, char *first, size_t bytes);

#endif
