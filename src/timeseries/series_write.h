/* series_write: the sink of a time-series table: batch to PutTimeseriesData, answer to verdicts, and the meta
 * times of the answers into the cache that the next requests are filled from. */
#ifndef TIMESERIES_SERIES_WRITE_H
#define TIMESERIES_SERIES_WRITE_H

#include "bucket/sink.h"
#include "ots/client.h"

struct series_write_options {
    struct slice table;   /* copied */
    uint32_t rows_most;   /* in a request: 1 to SERIES_ROWS_MOST */
    bool ignore_meta;     /* meta_update_mode MUM_IGNORE: the series' meta is left alone */
    uint32_t series_most; /* series whose meta time is remembered; 0: none */
};

/* The sink is good until series_write_destroy(). */
struct sink *series_write_create(struct ots_client *client, const struct series_write_options *options);
void series_write_destroy(struct sink *sink);

#endif
