/* key: conversions and limits of key columns. */
#include "mapping/key.h"

#include <math.h>

#include "base/arena.h"
#include "base/chance.h"
#include "mapping/cell.h"
#include "mapping/mapping_fault.h"
#include "mapping/name_hash.h"

enum { KEY_VALUE_MOST = 1024 }; /* bytes of a string or binary key column: a limit of the service */

static const char *key_refused(const struct value_field *field)
{
    if (cell_is_nested(field))
        return "an object or an array cannot be a primary key";
    return NULL;
}

static int key_convert(const struct mapping_column *column, const struct value_field *field,
                       enum value_shape shape, struct arena *arena, struct cell *cell,
                       struct mapping_fault *fault)
{
    bool number = field->type == VALUE_FLOAT32 || field->type == VALUE_FLOAT64;
    if (number && !isfinite(field->number))
        return mapping_fault_set(fault, STAGE_LIMIT, column->name, "a number that a double cannot hold");
    const char *why = key_refused(field);
    if (why == NULL)
        why = shape == SHAPE_STRUCT && !field->decimal ? cell_convert_struct(field, column->type, cell)
                                                       : cell_convert(field, column->type, arena, cell);
    if (why != NULL)
        return mapping_fault_set(fault, STAGE_MAP, column->name, "primary key of type %s: %s",
                                 cell_type_name(column->type), why);
    return 0;
}

static void key_begin(const struct mapping_column *column, struct cell *cell)
{
    *cell = (struct cell){.name = column->name, .type = column->type, .op = CELL_PUT};
}

int key_from_field(const struct mapping_column *column, const struct value_field *field,
                   enum value_shape shape, struct arena *arena, struct cell *cell,
                   struct mapping_fault *fault)
{
    key_begin(column, cell);
    if (field == NULL && column->type == CELL_AUTO_INCREMENT)
        return 0;
    if (field == NULL)
        return mapping_fault_set(fault, STAGE_MAP, column->name,
                                 "the record has no such field for the primary key");
    if (field->is_null)
        return mapping_fault_set(fault, STAGE_MAP, column->name, "a primary key cannot be null");
    return key_convert(column, field, shape, arena, cell, fault);
}

int key_from_scalar(const struct mapping_plan *plan, const struct value_field *field, struct arena *arena,
                    struct cell *cell, struct mapping_fault *fault)
{
    struct slice none = {0};
    if (plan->key_count != 1)
        return mapping_fault_set(fault, STAGE_MAP, none, "a single value cannot fill %u primary key columns",
                                 plan->key_count);
    if (field->type == VALUE_BOOLEAN)
        return mapping_fault_set(fault, STAGE_MAP, plan->keys[0].name,
                                 "a boolean alone cannot be a primary key");
    key_begin(&plan->keys[0], cell);
    return key_convert(&plan->keys[0], field, SHAPE_SCALAR, arena, cell, fault);
}

static bool key_has_bytes(const struct cell *key)
{
    return key->type == CELL_STRING || key->type == CELL_BINARY;
}

uint64_t key_seed(void)
{
    static uint64_t seed;
    if (seed == 0)
        seed = chance_seed() | 1;
    return seed;
}

uint64_t key_hash(const struct cell *keys, uint32_t count)
{
    uint64_t hash = key_seed();
    for (uint32_t i = 0; i < count; i++) {
        hash = name_hash_mix(hash, keys[i].type); /* the string "1" and the binary "1" are two keys */
        if (key_has_bytes(&keys[i]))
            hash = name_hash(hash, keys[i].bytes); /* its length goes in as well: "a" "bc" is not "ab" "c" */
        else
            hash = name_hash_mix(hash, (uint64_t)keys[i].integer);
    }
    return hash;
}

int key_finish(struct row *row, struct mapping_fault *fault)
{
    row->placeholder = false;
    for (uint32_t i = 0; i < row->key_count; i++) {
        const struct cell *key = &row->keys[i];
        row->placeholder |= key->type == CELL_AUTO_INCREMENT;
        if (key_has_bytes(key) && key->bytes.len > KEY_VALUE_MOST)
            return mapping_fault_set(fault, STAGE_LIMIT, key->name,
                                     "%zu bytes; a primary key takes at most %d", key->bytes.len,
                                     KEY_VALUE_MOST);
    }
    row->key_hash = key_hash(row->keys, row->key_count);
    return 0;
}
