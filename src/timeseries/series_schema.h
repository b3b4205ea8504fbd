/* series_schema: the bodies of DescribeTimeseriesTable, CreateTimeseriesTable and of a probe, and what a
 * description says. Pure: bytes in, bytes out. */
#ifndef TIMESERIES_SERIES_SCHEMA_H
#define TIMESERIES_SERIES_SCHEMA_H

#include "timeseries/series_table.h"

struct buffer;

/* Replace what the buffer had. */
void series_schema_put_describe(const struct series_table_options *options, struct buffer *body);
void series_schema_put_create(const struct series_table_options *options, struct buffer *body);

/* GetTimeseriesData of a series that is hardly there: has no effect. */
void series_schema_put_probe(const struct series_table_options *options, struct buffer *body);

/* 0; or -1, ERROR_RETRY: the bytes are no description. */
int series_schema_read(const struct series_table_options *options, struct slice answer,
                       struct ots_description *description, struct error *err);

#endif
