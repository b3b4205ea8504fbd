/* mapper: a message into a row of a table of either kind. */
#ifndef MAPPING_MAPPER_H
#define MAPPING_MAPPER_H

#include "mapping/series_mapper.h"

struct mapper {
    struct table_mapper *table;
    struct series_mapper *series; /* one of the two is NULL */
};

struct mapper_options {
    const struct mapping_plan *plan;
    const struct series_plan *series; /* NULL: a data table; plans are kept */
    enum convert_format key_format;
    enum convert_format value_format;
};

static inline void mapper_open(struct mapper *mapper, const struct mapper_options *options)
{
    *mapper = (struct mapper){0};
    if (options->series == NULL)
        mapper->table = table_mapper_create(
            &(struct table_mapper_options){options->plan, options->key_format, options->value_format});
    else
        mapper->series = series_mapper_create(
            &(struct series_mapper_options){options->series, options->key_format, options->value_format});
}

static inline void mapper_close(struct mapper *mapper)
{
    table_mapper_destroy(mapper->table);
    series_mapper_destroy(mapper->series);
}

/* As table_mapper_map(). */
static inline enum mapping_result mapper_map(struct mapper *mapper, const struct message *message,
                                             struct row *row, struct mapping_fault *fault)
{
    if (mapper->series == NULL)
        return table_mapper_map(mapper->table, message, row, fault);
    return series_mapper_map(mapper->series, message, row, fault);
}

#endif
