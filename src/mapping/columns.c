/* columns: a null is passed over or deletes; everything else becomes a cell or the record's fault. */
#include "mapping/columns.h"

#include <math.h>

#include "mapping/cell.h"
#include "mapping/coordinates.h"
#include "mapping/mapping_fault.h"

static size_t columns_value_bytes(const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
    case CELL_DOUBLE:
        return 8;
    case CELL_BOOLEAN:
        return 1;
    case CELL_STRING:
    case CELL_BINARY:
        return cell->bytes.len;
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    return 0;
}

void columns_begin(struct columns *columns, const struct row *row)
{
    columns->count = 0;
    columns->bytes = 0;
    for (uint32_t i = 0; i < row->key_count; i++)
        columns->bytes += row->keys[i].name.len + columns_value_bytes(&row->keys[i]);
}

void columns_add_time(struct columns *columns, int64_t ms)
{
    struct cell *cell = &columns->cells[columns->count++];
    *cell = (struct cell){.name = COORDINATES_TIME, .type = CELL_INTEGER, .op = CELL_PUT, .integer = ms};
    columns->bytes += cell->name.len + columns_value_bytes(cell);
}

static const char *columns_convert(const struct columns *columns, const struct value_field *field,
                                   enum value_shape shape, struct target target, struct cell *cell)
{
    const struct mapping_plan *plan = columns->plan;
    if (target.kind == TARGET_PLAIN && shape == SHAPE_MAP)
        return cell_of_map(field, plan, columns->arena, cell);
    if (target.kind == TARGET_PLAIN)
        return cell_of_struct(field, plan, cell);
    enum cell_type type = plan->columns[target.index].type;
    if (shape == SHAPE_STRUCT && !field->decimal)
        return cell_convert_struct(field, type, cell);
    return cell_convert(field, type, columns->arena, cell);
}

static int columns_refuse(const struct columns *columns, struct slice name, struct target target,
                          const char *why, struct mapping_fault *fault)
{
    if (target.kind != TARGET_LISTED)
        return mapping_fault_set(fault, STAGE_MAP, name, "%s", why);
    return mapping_fault_set(fault, STAGE_MAP, name, "type %s: %s",
                             cell_type_name(columns->plan->columns[target.index].type), why);
}

static int columns_bad_name(struct slice name, struct mapping_fault *fault)
{
    return mapping_fault_set(fault, STAGE_LIMIT, name,
                             "a column name has 1 to %d letters, digits and underscores, and no digit first",
                             TARGET_NAME_LONGEST);
}

/* A number that overflowed to infinity is found here, whatever the column's type. */
static bool columns_is_finite(const struct value_field *field)
{
    bool number = field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64;
    return !number || isfinite(field->number);
}

/* With a conversion, or the words why there is none. */
static int columns_put_slowly(struct columns *columns, const struct value_field *field,
                              enum value_shape shape, struct target target, struct cell *cell,
                              struct mapping_fault *fault)
{
    if (!columns_is_finite(field))
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "a number that a double cannot hold");
    const char *why = columns_convert(columns, field, shape, target, cell);
    if (why != NULL)
        return columns_refuse(columns, field->name, target, why, fault);
    size_t bytes = columns_value_bytes(cell);
    if (bytes > COLUMNS_VALUE_MOST)
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "%zu bytes; a column takes at most %d",
                                 bytes, COLUMNS_VALUE_MOST);
    columns->bytes += bytes;
    return 0;
}

/* A value whose own type is the column's: true, and the cell is complete. Nearly every cell goes this way. */
static inline bool columns_put(struct columns *columns, const struct value_field *field,
                               enum value_shape shape, struct target target, struct cell *cell)
{
    if (target.kind == TARGET_PLAIN && shape == SHAPE_MAP && columns->plan->map_values != MAP_VALUES_TYPED)
        return false;
    size_t bytes = cell_take(field, cell);
    if (bytes > COLUMNS_VALUE_MOST)
        return false;
    columns->bytes += bytes;
    return target.kind == TARGET_PLAIN || cell->type == columns->plan->columns[target.index].type;
}

/* What is not simply a value for a column: nothing, a deletion, or a fault. 1: go on, there is a cell to
 * fill. */
static int columns_special(struct columns *columns, const struct value_field *field, struct target target,
                           struct mapping_fault *fault)
{
    if (target.kind == TARGET_KEY || target.kind == TARGET_UNLISTED ||
        (field->is_null && !columns->delete_nulls))
        return 0;
    if (target.kind == TARGET_BAD_NAME)
        return columns_bad_name(field->name, fault);
    if (columns->count == MAPPING_COLUMNS_MOST)
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "a row takes at most %d columns",
                                 MAPPING_COLUMNS_MOST);
    return 1;
}

static inline int columns_add_one(struct columns *columns, const struct value_field *field,
                                  enum value_shape shape, struct target target, struct mapping_fault *fault)
{
    if (target.kind >= TARGET_KEY || field->is_null || columns->count == MAPPING_COLUMNS_MOST) {
        int go_on = columns_special(columns, field, target, fault);
        if (go_on <= 0)
            return go_on;
    }
    struct cell *cell = &columns->cells[columns->count];
    *cell = (struct cell){.name = field->name, .op = field->is_null ? CELL_DELETE_ALL : CELL_PUT};
    size_t before = columns->bytes;
    if (!field->is_null && !columns_put(columns, field, shape, target, cell)) {
        columns->bytes = before;
        if (columns_put_slowly(columns, field, shape, target, cell, fault) != 0)
            return -1;
    }
    columns->bytes += field->name.len;
    columns->count++;
    return 0;
}

int columns_add(struct columns *columns, const struct value *value, const struct target *targets,
                struct mapping_fault *fault)
{
    for (uint32_t i = 0; i < value->count; i++)
        if (columns_add_one(columns, &value->fields[i], value->shape, targets[i], fault) != 0)
            return -1;
    return 0;
}

int columns_check(const struct columns *columns, struct mapping_fault *fault)
{
    struct slice none = {0};
    if (columns->bytes <= COLUMNS_ROW_MOST)
        return 0;
    return mapping_fault_set(fault, STAGE_LIMIT, none, "a row of %zu bytes; the service takes at most %d",
                             columns->bytes, COLUMNS_ROW_MOST);
}
