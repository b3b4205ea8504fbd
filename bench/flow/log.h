/* log: what the bench broker serves: a few thousand records a partition, prepared once as record batches with
 * their checksums, replayed with the base offset patched in front (the checksum does not cover it). */
#ifndef FLOW_LOG_H
#define FLOW_LOG_H

#include "base/slice.h"

struct flow_log; /* opaque: one partition */

enum { FLOW_IDS = 1000000, FLOW_DISTINCT = 5000 }; /* ids of a partition begin so far apart; small records */

struct flow_shape {
    size_t bytes;       /* of a record, about; flat JSON */
    bool envelope;      /* the record with its schema around it, which is not counted in `bytes` */
    uint64_t bad_every; /* one record in so many is no JSON; 0: none is */
    uint32_t series;    /* points of so many time series, 5 tags and 5 fields each; 0: other records */
};

/* Keys are distinct over all partitions within `distinct` records each. */
struct flow_log *flow_log_create(uint32_t partition, struct flow_shape shape, uint64_t distinct);
void flow_log_destroy(struct flow_log *log);

/* Records in each batch: 200 small ones, fewer large ones. */
uint64_t flow_log_batch_records(size_t bytes);

/* Bytes of one batch (they are all of nearly the same length). */
size_t flow_log_batch_bytes(const struct flow_log *log, uint64_t offset);

/* The batch that holds the offset, its base offset patched, copied to `to`; answers its length. */
size_t flow_log_put(const struct flow_log *log, uint64_t offset, char *to);

#endif
