/* series: how a row of a time-series table lies in struct row. op is ROW_PUT, nothing is a placeholder.
 *   keys   measurement, data source, the tags in byte order of their names, the time; all but the time are
 *          CELL_STRING and a tag's cell bears its name
 *   cells  the fields in byte order of their names, no name twice: INTEGER, DOUBLE, BOOLEAN, STRING, BINARY
 * key_hash is of series and time together, so that the bucket keeps order for each point of a series; the
 * series alone is found in it again. */
#ifndef RECORD_SERIES_H
#define RECORD_SERIES_H

#include "record/row.h"

enum { SERIES_MEASUREMENT = 0, SERIES_SOURCE = 1, SERIES_TAGS = 2, SERIES_BESIDE_TAGS = 3 };

/* What the service takes (tablestore-protocol.md 7); bytes. */
enum {
    SERIES_MEASUREMENT_MOST = 128, /* and no '#', no blanks; at least 1 */
    SERIES_SOURCE_MOST = 256,
    SERIES_TAGS_BYTES_MOST = 512, /* names and values of all tags together [assumed] */
    SERIES_NAME_MOST = 128,       /* tables and fields */
    SERIES_FIELDS_MOST = 1024,
    SERIES_ROWS_MOST = 200
};

static inline uint32_t series_tag_count(const struct row *row)
{
    return row->key_count - SERIES_BESIDE_TAGS;
}

/* Microseconds since 1970. */
static inline int64_t series_time_us(const struct row *row)
{
    return row->keys[row->key_count - 1].integer;
}

/* key_hash = hash of the series ^ this; so the hash of the series = key_hash ^ this. */
static inline uint64_t series_time_mix(int64_t time_us)
{
    uint64_t word = (uint64_t)time_us * 0x9e3779b97f4a7c15u;
    return word ^ word >> 32;
}

#endif
