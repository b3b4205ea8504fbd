/* series_plan: what the configuration of a time-series table says about mapping, resolved once: names
 * checked, types parsed. Read-only after.
 *
 * A field that is the measurement, the data source, a tag or the time (exact case) is not a field of the row;
 * one may be several of these. A null is as if the field were not there, but for the data source. */
#ifndef MAPPING_SERIES_PLAN_H
#define MAPPING_SERIES_PLAN_H

#include "mapping/plan.h"

/* Where the measurement comes from. */
enum series_measurement {
    SERIES_MEASUREMENT_FIELD, /* the value of the field of that name, as text */
    SERIES_MEASUREMENT_TOPIC, /* the topic's name: "<topic>" in Connect files */
    SERIES_MEASUREMENT_FIXED  /* always that text */
};

enum series_unit { SERIES_SECONDS, SERIES_MILLISECONDS, SERIES_MICROSECONDS, SERIES_NANOSECONDS };

/* Two fields of a record whose names are the same in lower case, both with a value. */
enum series_same_name { SERIES_SAME_NAME_ERROR, SERIES_SAME_NAME_LAST };

struct series_plan {
    struct slice table;
    enum series_measurement measurement;
    struct slice measurement_name; /* the field's name, or the text itself */
    struct slice source; /* the field's name, which must be there, null is ""; empty: the data source is "" */
    struct slice *tags;  /* names of fields, as given, no two alike; in any order */
    uint32_t tag_count;
    bool tags_required; /* a tag that is missing or null is the record's error; else it is left out */
    struct slice time;  /* the field's name */
    enum series_unit unit;
    bool time_truncate;            /* what is below a microsecond is cut; else it is the record's error */
    struct mapping_column *fields; /* with a type; their names as given, no two alike once they are written */
    uint32_t field_count;
    bool map_all;   /* every other field too */
    bool lowercase; /* ASCII letters of the fields' names; a field is then listed by its name in lower case */
    enum series_same_name same_name;
    bool integers_as_doubles; /* without a listed type; rounded, as the newest Java code does */
};

#endif
