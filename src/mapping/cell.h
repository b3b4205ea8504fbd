/* cell: one field's value as a cell, exactly or not at all. Each answers NULL, or the words why not (static,
 * without the column). The cell's name is not touched; its bytes lie in the message, or in the arena. The
 * field is not null, and its numbers are finite.
 *
 * What is exact (java-connector.md B.6, narrowed by design.md promise 9):
 *   integer  from integers; from numbers and texts without a fraction ("12", "12.0", "1e3", "+12"), within
 * int64 double   from doubles; from integers that a double keeps; from texts with a point or an exponent,
 * correctly rounded, and from texts of integers that a double keeps boolean  from booleans; from the numbers
 * 0 and 1; from the texts "true" and "false" string   from everything: numbers as Java prints them, integers
 * beyond 64 bits by their digits, bytes as base64, nested values as their JSON text binary   from texts
 * (UTF-8), bytes, numbers (big-endian, as wide as their type), booleans (FF, 00), Decimals (their text); not
 * from nested values and integers beyond 64 bits */
#ifndef MAPPING_CELL_H
#define MAPPING_CELL_H

#include <math.h>

#include "mapping/plan.h"
#include "record/value.h"

struct arena;

/* By a listed type (columns and keys), for fields of a Map, for scalars, and for Decimals of a Struct too:
 * their schema's type, bytes, says nothing of the number that they are. */
const char *cell_convert(const struct value_field *field, enum cell_type type, struct arena *arena,
                         struct cell *cell);

/* By a listed type, for fields of a Struct: the schema's type must be the listed one (nested values may be
 * string). */
const char *cell_convert_struct(const struct value_field *field, enum cell_type type, struct cell *cell);

/* Without a listed type: by the schema's type, or by what the plan says about values of a Map. */
const char *cell_of_struct(const struct value_field *field, const struct mapping_plan *plan,
                           struct cell *cell);
const char *cell_of_map(const struct value_field *field, const struct mapping_plan *plan, struct arena *arena,
                        struct cell *cell);

/* A value that is a cell as it stands: the bytes it counts, or SIZE_MAX when it is none (nested, beyond 64
 * bits, not finite). */
static inline size_t cell_take(const struct value_field *field, struct cell *cell)
{
    switch (field->type) {
    case VALUE_INT8:
    case VALUE_INT16:
    case VALUE_INT32:
    case VALUE_INT64:
        cell->type = CELL_INTEGER;
        cell->integer = field->integer;
        return 8;
    case VALUE_FLOAT32:
    case VALUE_FLOAT64:
        cell->type = CELL_DOUBLE;
        cell->number = field->number;
        return isfinite(field->number) ? 8 : SIZE_MAX;
    case VALUE_BOOLEAN:
        cell->type = CELL_BOOLEAN;
        cell->boolean = field->boolean;
        return 1;
    case VALUE_STRING:
    case VALUE_BYTES:
        cell->type = field->type == VALUE_STRING ? CELL_STRING : CELL_BINARY;
        cell->bytes = field->text;
        return field->text.len;
    case VALUE_NULL:
    case VALUE_ARRAY:
    case VALUE_MAP:
    case VALUE_STRUCT:
    case VALUE_BIG:
        break;
    }
    return SIZE_MAX;
}

/* Arrays, maps and structs inside a value. */
bool cell_is_nested(const struct value_field *field);

/* "integer" "double" "boolean" "string" "binary", for messages. */
const char *cell_type_name(enum cell_type type);

#endif
