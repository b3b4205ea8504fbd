/* position: how far each partition of this assignment was read. Offsets of a partition ascend as long as it
 * is assigned, whoever reads further relies on it; when a topic is made anew or cut off, they do not. */
#ifndef KAFKA_POSITION_H
#define KAFKA_POSITION_H

#include "kafka/source.h"

struct position {
    const char *topic; /* lent: as long as the consumer's topics */
    int32_t partition;
    int64_t last; /* offset of the last message given; -1: none yet */
    bool ended;   /* its end was told */
};

struct position_table {
    struct position *items; /* by topic and partition, ascending */
    size_t count;
};

void position_set(struct position_table *table, const struct source_partition *partitions, size_t count);
void position_clear(struct position_table *table);

/* NULL: not assigned. */
struct position *position_find(const struct position_table *table, const char *topic, int32_t partition);

#endif
