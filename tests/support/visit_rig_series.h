/* visit_rig_series: points put and got through visits. Messages are in the rig's arena. */
#ifndef SUPPORT_VISIT_RIG_SERIES_H
#define SUPPORT_VISIT_RIG_SERIES_H

#include "support/visit_rig.h"

/* A point as a request says it. */
struct visit_rig_point {
    const char *measurement;
    const char *source;
    const char *tags; /* "a=1,b=2": as a list; ["a=1"]: as a text; NULL: none */
    int64_t time_us;
    uint32_t meta_time_s;
    const struct cell *fields;
    size_t field_count;
};

/* A time to live of -1: for ever. */
void visit_rig_make_series_table(struct visit_rig *rig, const char *name, int32_t ttl_s);

Ots__TimeseriesKey *visit_rig_series(struct visit_rig *rig, const char *measurement, const char *source,
                                     const char *tags);

/* PutTimeseriesData by protobuf rows; the status. The second ignores the series' meta. */
int visit_rig_put_points(struct visit_rig *rig, const char *table, const struct visit_rig_point *points,
                         size_t count);
int visit_rig_put_points_only(struct visit_rig *rig, const char *table, const struct visit_rig_point *points,
                              size_t count);

/* The same with one integer field "v" at a time of one series: cpu, host, no tags; must be done whole. */
void visit_rig_put_at(struct visit_rig *rig, const char *table, int64_t time_us, int64_t v);

/* The same point for every test: cpu of host, os=linux, region=cn, at 1000 s, one field v. */
struct visit_rig_point visit_rig_a_point(void);

/* Into table m; the request must be answered, its rows need not be written. */
const Ots__PutTimeseriesDataResponse *
visit_rig_put_answered(struct visit_rig *rig, const struct visit_rig_point *points, size_t count);

/* What table m holds. */
uint64_t visit_rig_count_points(const struct visit_rig *rig);
uint64_t visit_rig_count_series(const struct visit_rig *rig);

/* For cmocka: a rig with the time-series table m. */
int visit_rig_setup_series(void **state);
int visit_rig_teardown(void **state);

/* The rows in an answer. */
size_t visit_rig_rows(struct visit_rig *rig, ProtobufCBinaryData bytes, struct row *rows, size_t most);

#endif
