/* series_fields: the fields of a point, in byte order of their names, within the service's limits. */
#ifndef MAPPING_SERIES_FIELDS_H
#define MAPPING_SERIES_FIELDS_H

#include "mapping/series_shape.h"
#include "mapping/table_mapper.h"
#include "record/series.h"

struct series_fields {
    const struct series_plan *plan;
    struct arena *arena; /* texts and bytes that conversions make */
    uint32_t count;
    size_t bytes; /* names and values of the row so far */
    struct cell cells[SERIES_FIELDS_MOST];
};

/* Into the row's cells; `bytes` is what its keys count. 0, or -1 and fault. */
int series_fields_put(struct series_fields *fields, const struct series_shape *shape,
                      const struct value *value, size_t bytes, struct row *row, struct mapping_fault *fault);

#endif
