/* series_shape: where the parts of a point stand in a value, told by the names of its fields. Records of one
 * topic have the same names in the same places, so this is worked out, and the fields are sorted, once a
 * shape (struct value's `names`). */
#ifndef MAPPING_SERIES_SHAPE_H
#define MAPPING_SERIES_SHAPE_H

#include "base/arena.h"
#include "mapping/name_table.h"
#include "mapping/series_plan.h"
#include "record/value.h"

/* What is taken from a field and is none of the row's fields. The tags follow, in byte order. */
enum { SERIES_ROLE_MEASUREMENT, SERIES_ROLE_SOURCE, SERIES_ROLE_TIME, SERIES_ROLE_TAGS };

/* A field of the row. */
struct series_shape_field {
    struct slice name; /* as it is written; lies in the shape */
    uint32_t at;       /* index of the value's field */
    uint32_t rank;     /* among fields of one name: lower ones count first */
    bool again;        /* the field before it has the same name; then name.at is the same too */
    bool bad_name;     /* the service refuses it */
    bool listed;       /* with the type */
    enum cell_type type;
};

struct series_shape {
    const struct series_plan *plan;
    struct slice *tags;       /* names in byte order */
    struct name_table roles;  /* names of the measurement, the source, the time and the tags */
    int32_t *role_numbers;    /* by role: its name's number in `roles`, or NAME_TABLE_NONE */
    struct name_table listed; /* names of the plan's fields as they are written */
    enum cell_type *types;    /* by number in `listed` */
    struct arena texts;       /* of `listed` */

    uint64_t names;                    /* 0: not of a value that can come again */
    int32_t *number_at;                /* by number in `roles`: index of the value's field, or -1 */
    int32_t *role_at;                  /* by role, the same */
    struct arena arena;                /* the fields and their names */
    struct series_shape_field *fields; /* in byte order of their names */
    uint32_t field_count;
};

void series_shape_init(struct series_shape *shape, const struct series_plan *plan);
void series_shape_fini(struct series_shape *shape);

/* From now on this value's. It is a Struct or a Map. */
void series_shape_learn(struct series_shape *shape, const struct value *value);

static inline void series_shape_sort(struct series_shape *shape, const struct value *value)
{
    if (__builtin_expect(value->names == 0 || value->names != shape->names, 0))
        series_shape_learn(shape, value);
}

/* NULL: the value has no such field. */
static inline const struct value_field *series_shape_role(const struct series_shape *shape,
                                                          const struct value *value, uint32_t role)
{
    return shape->role_at[role] < 0 ? NULL : &value->fields[shape->role_at[role]];
}

#endif
