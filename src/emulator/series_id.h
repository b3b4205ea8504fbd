/* series_id: which series: measurement, data source, tags; as requests name it and as it is stored. A stored
 * series is row_key bytes of three strings, the tags as one text (wire/series_tags.h), the key of its row
 * among the series of a table; a stored point is that and its time, the key of its row among the points. */
#ifndef EMULATOR_SERIES_ID_H
#define EMULATOR_SERIES_ID_H

#include "record/row.h"

struct Ots__TimeseriesKey;
struct arena;
struct refusal;

struct series_id {
    struct slice measurement;
    struct slice source;
    const struct cell *tags; /* in byte order of their names, no name twice */
    uint32_t tag_count;
};

/* Of a point (record/series.h); lent. */
struct series_id series_id_of_row(const struct row *row);

/* Both forms of tags are read and sorted; one of them at a time. The form is checked, the rules are not. -1
 * and why. */
int series_id_read(struct series_id *id, const struct Ots__TimeseriesKey *from, struct arena *arena,
                   struct refusal *refusal);

/* The service's rules (tablestore-protocol.md 5.5 and 7). -1 and which one is broken. */
int series_id_check(const struct series_id *id, struct refusal *refusal);

/* In the arena. */
struct slice series_id_encode(const struct series_id *id, struct arena *arena);
struct slice series_id_encode_point(struct slice series, int64_t time_us, struct arena *arena);

/* A stored point's series and time. */
struct slice series_id_of_point(struct slice point);
int64_t series_id_time_us(struct slice point);

/* What a stored series is made of; in the arena. */
struct series_id_texts {
    struct slice measurement;
    struct slice source;
    struct slice tags;
};
struct series_id_texts series_id_decode(struct slice series, struct arena *arena);

#endif
