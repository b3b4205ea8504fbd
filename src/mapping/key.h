/* key: the primary key of a row, in the table's order, and its hash. */
#ifndef MAPPING_KEY_H
#define MAPPING_KEY_H

#include "mapping/table_mapper.h"
#include "record/value.h"

struct arena;

/* One column out of a field: NULL when the record has none. 0, or -1 and fault. */
int key_from_field(const struct mapping_column *column, const struct value_field *field,
                   enum value_shape shape, struct arena *arena, struct cell *cell,
                   struct mapping_fault *fault);

/* A scalar is the one key column there is. */
int key_from_scalar(const struct mapping_plan *plan, const struct value_field *field, struct arena *arena,
                    struct cell *cell, struct mapping_fault *fault);

/* Sets placeholder and key_hash from the keys, and checks their sizes. */
int key_finish(struct row *row, struct mapping_fault *fault);

/* Equal keys of one process have equal hashes: the seed is drawn once a process, so that nobody can make
 * collisions on purpose. */
uint64_t key_hash(const struct cell *keys, uint32_t count);
uint64_t key_seed(void); /* that seed */

#endif
