/* columns: the attribute columns of a row out of a value's fields, in the record's order, within the
 * service's limits. */
#ifndef MAPPING_COLUMNS_H
#define MAPPING_COLUMNS_H

#include "mapping/table_mapper.h"
#include "mapping/target.h"

struct arena;

struct columns {
    const struct mapping_plan *plan;
    struct arena *arena;
    bool delete_nulls; /* a null field deletes the column; else it is passed over */
    uint32_t count;
    size_t bytes; /* names and values so far, keys included: the size that the service limits */
    struct cell cells[MAPPING_COLUMNS_MOST];
};

enum { COLUMNS_VALUE_MOST = 2 * 1024 * 1024, COLUMNS_ROW_MOST = 4 * 1024 * 1024 };

/* Begins a row with these keys. */
void columns_begin(struct columns *columns, const struct row *row);

/* The column timestamp of KEY_MODE_SEARCH, `ms` since 1970. */
void columns_add_time(struct columns *columns, int64_t ms);

/* The fields of a value and where they go. 0, or -1 and fault. */
int columns_add(struct columns *columns, const struct value *value, const struct target *targets,
                struct mapping_fault *fault);

/* The row as a whole. */
int columns_check(const struct columns *columns, struct mapping_fault *fault);

#endif
