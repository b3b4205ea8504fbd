/* point: a record that becomes a point of a time series: 5 tags and 5 fields, about 200 bytes. */
#ifndef BENCH_POINT_H
#define BENCH_POINT_H

#include <stdint.h>

struct buffer;

/* Adds the record of a server at a time of its own for each id. The tags follow from the server, so that one
 * is one series. */
void point_put(struct buffer *to, unsigned server, uint64_t id);

#endif
