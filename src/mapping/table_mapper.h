/* table_mapper: a message into a row of a data table, by the table's plan. Exactly or not at all: nothing is
 * rounded, wrapped or cut; what does not fit is this record's error, with the column. */
#ifndef MAPPING_TABLE_MAPPER_H
#define MAPPING_TABLE_MAPPER_H

#include "base/error.h"
#include "mapping/convert.h"
#include "mapping/plan.h"
#include "record/message.h"

/* The first fault found is told: the record's key, its value (conversion; both sides in every mode, as
 * Connect does), key columns in the table's order, fields in the record's order, the row as a whole. */
struct table_mapper; /* opaque */

struct table_mapper_options {
    const struct mapping_plan *plan; /* kept: outlives the mapper */
    enum convert_format key_format;
    enum convert_format value_format;
};

enum mapping_stage { STAGE_CONVERT, STAGE_TRANSFORM, STAGE_MAP, STAGE_LIMIT };

/* Why a record cannot become a row. */
struct mapping_fault {
    enum mapping_stage stage;
    bool of_key; /* STAGE_CONVERT: the record's key, else its value */
    bool has_column;
    char column[256]; /* cut at 255 bytes */
    struct error error;
};
const char *mapping_stage_name(enum mapping_stage stage); /* "convert" "transform" "map" "limit" */

struct table_mapper *table_mapper_create(const struct table_mapper_options *options);
void table_mapper_destroy(struct table_mapper *mapper);

enum mapping_result {
    MAPPING_ROW,  /* `row` is good until the next call; its views reach into the message */
    MAPPING_FAULT /* `fault` says why */
};
enum mapping_result table_mapper_map(struct table_mapper *mapper, const struct message *message,
                                     struct row *row, struct mapping_fault *fault);

#endif
