/* series_time: a field as the time of a point: microseconds since 1970, without loss. */
#ifndef MAPPING_SERIES_TIME_H
#define MAPPING_SERIES_TIME_H

#include "mapping/series_plan.h"
#include "record/value.h"

enum series_time_result {
    SERIES_TIME_OK,
    SERIES_TIME_NOT_A_NUMBER,
    SERIES_TIME_RANGE,    /* beyond int64 in microseconds */
    SERIES_TIME_NEGATIVE, /* the service takes none before 1970 */
    SERIES_TIME_REMAINDER /* below a microsecond, and it is not to be cut */
};

/* Numbers, integers beyond 64 bits, Decimals, and texts of numbers ("1645459200000", "1.6e12"). A decimal of
 * JSON counts by its digits: 1645459200.123456 seconds are exact. The field is not null. */
enum series_time_result series_time_of(const struct value_field *field, enum series_unit unit, bool truncate,
                                       int64_t *time_us);

/* "1645459200000", "+1e3", ".5": as exact.h reads them. */
enum series_time_result series_time_of_text(struct slice text, enum series_unit unit, bool truncate,
                                            int64_t *time_us);

/* What is wrong, in words for a person; not for OK. */
const char *series_time_words(enum series_time_result result);

#endif
