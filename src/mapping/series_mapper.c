/* series_mapper: the order of things for one record: both sides are converted, the names are told from each
 * other, then the key of the point, then its fields. */
#include "mapping/series_mapper.h"

#include <stdlib.h>

#include "base/check.h"
#include "mapping/mapping_fault.h"
#include "mapping/series_fields.h"
#include "mapping/series_key.h"
#include "mapping/sides.h"

struct series_mapper {
    struct sides sides;
    struct arena arena; /* texts and bytes that conversions make */
    struct series_shape shape;
    struct series_key key;
    struct series_fields fields;
};

struct series_mapper *series_mapper_create(const struct series_mapper_options *options)
{
    struct series_mapper *mapper = check_memory(calloc(1, sizeof(*mapper)));
    sides_init(&mapper->sides, options->key_format, options->value_format);
    arena_init(&mapper->arena, 4096);
    series_shape_init(&mapper->shape, options->plan);
    series_key_init(&mapper->key, &mapper->shape, &mapper->arena);
    mapper->fields.plan = options->plan;
    mapper->fields.arena = &mapper->arena;
    return mapper;
}

void series_mapper_destroy(struct series_mapper *mapper)
{
    if (mapper == NULL)
        return;
    sides_fini(&mapper->sides);
    series_key_fini(&mapper->key);
    series_shape_fini(&mapper->shape);
    arena_fini(&mapper->arena);
    free(mapper);
}

/* Both are read, the key as well: see sides_read(). */
static int mapper_read(struct series_mapper *mapper, const struct message *message, struct value *value,
                       struct mapping_fault *fault)
{
    struct value key;
    struct slice none = {0};
    if (sides_read(&mapper->sides, message, &key, value, fault) != 0)
        return -1;
    if (value->shape == SHAPE_STRUCT || value->shape == SHAPE_MAP)
        return 0;
    return mapping_fault_set(fault, STAGE_MAP, none, "the value is %s; a point is an object with fields",
                             value->shape == SHAPE_NONE ? "null" : "a single value");
}

enum mapping_result series_mapper_map(struct series_mapper *mapper, const struct message *message,
                                      struct row *row, struct mapping_fault *fault)
{
    struct value value;
    arena_reset(&mapper->arena);
    if (mapper_read(mapper, message, &value, fault) != 0)
        return MAPPING_FAULT;
    series_shape_sort(&mapper->shape, &value);
    if (series_key_put(&mapper->key, message, &value, row, fault) != 0 ||
        series_fields_put(&mapper->fields, &mapper->shape, &value, mapper->key.bytes, row, fault) != 0)
        return MAPPING_FAULT;
    row->op = ROW_PUT;
    row->placeholder = false;
    return MAPPING_ROW;
}
