/* series_key: what a point is found by: measurement, data source, tags and time, and their hash. */
#ifndef MAPPING_SERIES_KEY_H
#define MAPPING_SERIES_KEY_H

#include "mapping/series_shape.h"
#include "mapping/table_mapper.h"

struct series_key_tag {
    uint64_t hash;  /* of the name */
    bool good_name; /* the service takes it */
};

struct series_key {
    const struct series_plan *plan;
    const struct series_shape *shape;
    struct arena *arena;         /* texts of numbers */
    struct series_key_tag *tags; /* in byte order of their names */
    struct cell *cells;
    size_t bytes; /* what the last keys count in a row's size */
};

/* Keeps the shape and the arena. */
void series_key_init(struct series_key *key, const struct series_shape *shape, struct arena *arena);
void series_key_fini(struct series_key *key);

/* The row's keys and its hash out of the message and its value, which the shape is of. 0, or -1 and fault. */
int series_key_put(struct series_key *key, const struct message *message, const struct value *value,
                   struct row *row, struct mapping_fault *fault);

#endif
