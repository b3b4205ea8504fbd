/* series_mapper: a message into a row of a time-series table (record/series.h), by the table's plan. Exactly
 * or not at all, as table_mapper: what does not fit is this record's error, with the field. */
#ifndef MAPPING_SERIES_MAPPER_H
#define MAPPING_SERIES_MAPPER_H

#include "mapping/series_plan.h"
#include "mapping/table_mapper.h"

/* The first fault found is told: the record's key, its value (conversion; both, as Connect does), that it is
 * no object, measurement, data source, tags in byte order of their names, time, fields in byte order of the
 * names they get, the row as a whole.
 *
 * What the stages mean: "map" the record does not fit the plan (a field is missing, null, of a type that
 * cannot be converted; a time with a remainder; two names that fall together; no field left); "limit" the
 * service would refuse it (series_rule.h; sizes, counts, a time before 1970, numbers that are not finite). */
struct series_mapper; /* opaque */

struct series_mapper_options {
    const struct series_plan *plan; /* kept: outlives the mapper */
    enum convert_format key_format;
    enum convert_format value_format;
};

struct series_mapper *series_mapper_create(const struct series_mapper_options *options);
void series_mapper_destroy(struct series_mapper *mapper);

/* As table_mapper_map(). */
enum mapping_result series_mapper_map(struct series_mapper *mapper, const struct message *message,
                                      struct row *row, struct mapping_fault *fault);

#endif
