/* series_fields: a null is passed over; everything else becomes a cell or the record's fault. */
#include "mapping/series_fields.h"

#include <math.h>

#include "mapping/cell.h"
#include "mapping/columns.h"
#include "mapping/mapping_fault.h"

static int fields_bad_name(struct slice name, struct mapping_fault *fault)
{
    return mapping_fault_set(
        fault, STAGE_LIMIT, name,
        "a field's name has 1 to %d lower case letters, digits and underscores, no digit "
        "first, and is none of the service's own",
        SERIES_NAME_MOST);
}

/* Without a listed type, where the value is no cell as it stands. */
static const char *fields_own_type(const struct series_fields *fields, const struct value_field *field,
                                   struct cell *cell)
{
    if (cell_is_nested(field)) {
        cell->type = CELL_STRING;
        cell->bytes = field->text;
        return NULL;
    }
    if (field->type == VALUE_BIG)
        return "an integer beyond 64 bits";
    cell_take(field, cell);
    if (fields->plan->integers_as_doubles && cell->type == CELL_INTEGER) {
        cell->type = CELL_DOUBLE;
        cell->number = (double)field->integer; /* rounded, as Java does */
    }
    return NULL;
}

static size_t fields_value_bytes(const struct cell *cell)
{
    if (cell->type == CELL_STRING || cell->type == CELL_BINARY)
        return cell->bytes.len;
    return cell->type == CELL_BOOLEAN ? 1 : 8;
}

/* With a conversion, or the words why there is none. */
static int fields_convert(struct series_fields *fields, const struct series_shape_field *shape,
                          const struct value_field *field, struct cell *cell, struct mapping_fault *fault)
{
    bool number = field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64;
    if (number && !isfinite(field->number))
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "a number that a double cannot hold");
    const char *why = shape->listed ? cell_convert(field, shape->type, fields->arena, cell)
                                    : fields_own_type(fields, field, cell);
    if (why != NULL && shape->listed)
        return mapping_fault_set(fault, STAGE_MAP, field->name, "type %s: %s", cell_type_name(shape->type),
                                 why);
    if (why != NULL)
        return mapping_fault_set(fault, STAGE_MAP, field->name, "%s", why);
    size_t bytes = fields_value_bytes(cell);
    if (bytes > COLUMNS_VALUE_MOST)
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "%zu bytes; a field takes at most %d",
                                 bytes, COLUMNS_VALUE_MOST);
    fields->bytes += bytes;
    return 0;
}

/* A value whose own type is the field's: true, and the cell is complete. Nearly every one goes this way. */
static inline bool fields_take(struct series_fields *fields, const struct series_shape_field *shape,
                               const struct value_field *field, struct cell *cell)
{
    size_t bytes = cell_take(field, cell);
    bool fits = shape->listed ? cell->type == shape->type
                              : cell->type != CELL_INTEGER || !fields->plan->integers_as_doubles;
    if (!fits || bytes > COLUMNS_VALUE_MOST)
        return false;
    fields->bytes += bytes;
    return true;
}

/* Is its name in the row already? */
static bool fields_are_same(const struct series_fields *fields, const struct series_shape_field *shape)
{
    return shape->again && fields->count > 0 && fields->cells[fields->count - 1].name.at == shape->name.at;
}

/* What is not simply a value for a field: nothing, or a fault. 1: go on, there is a cell to fill. */
static int fields_special(struct series_fields *fields, const struct series_shape_field *shape,
                          const struct value_field *field, struct mapping_fault *fault)
{
    if (fields_are_same(fields, shape) && fields->plan->same_name == SERIES_SAME_NAME_LAST)
        return 0;
    if (fields_are_same(fields, shape))
        return mapping_fault_set(fault, STAGE_MAP, field->name,
                                 "another field has the same name in lower case");
    if (shape->bad_name)
        return fields_bad_name(field->name, fault);
    if (fields->count == SERIES_FIELDS_MOST)
        return mapping_fault_set(fault, STAGE_LIMIT, field->name, "a row takes at most %d fields",
                                 SERIES_FIELDS_MOST);
    return 1;
}

static inline int fields_add(struct series_fields *fields, const struct series_shape_field *shape,
                             const struct value_field *field, struct mapping_fault *fault)
{
    if (field->is_null)
        return 0;
    if (__builtin_expect(shape->again || shape->bad_name || fields->count == SERIES_FIELDS_MOST, 0)) {
        int go_on = fields_special(fields, shape, field, fault);
        if (go_on <= 0)
            return go_on;
    }
    struct cell *cell = &fields->cells[fields->count];
    *cell = (struct cell){.name = shape->name, .op = CELL_PUT};
    if (!fields_take(fields, shape, field, cell) && fields_convert(fields, shape, field, cell, fault) != 0)
        return -1;
    fields->bytes += shape->name.len;
    fields->count++;
    return 0;
}

static int fields_check(const struct series_fields *fields, struct mapping_fault *fault)
{
    struct slice none = {0};
    if (fields->count == 0)
        return mapping_fault_set(fault, STAGE_MAP, none, "no field has a value");
    if (fields->bytes <= COLUMNS_ROW_MOST)
        return 0;
    return mapping_fault_set(fault, STAGE_LIMIT, none, "a row of %zu bytes; the service takes at most %d",
                             fields->bytes, COLUMNS_ROW_MOST);
}

int series_fields_put(struct series_fields *fields, const struct series_shape *shape,
                      const struct value *value, size_t bytes, struct row *row, struct mapping_fault *fault)
{
    fields->count = 0;
    fields->bytes = bytes;
    for (uint32_t i = 0; i < shape->field_count; i++)
        if (fields_add(fields, &shape->fields[i], &value->fields[shape->fields[i].at], fault) != 0)
            return -1;
    row->cells = fields->cells;
    row->cell_count = fields->count;
    return fields_check(fields, fault);
}
