/* sides: a record's key and its value, each through its converter. */
#ifndef MAPPING_SIDES_H
#define MAPPING_SIDES_H

#include "mapping/table_mapper.h"
#include "record/value.h"

struct sides {
    struct converter *key;
    struct converter *value;
};

void sides_init(struct sides *sides, enum convert_format key, enum convert_format value);
void sides_fini(struct sides *sides);

/* Both are read in every mode, as Connect does: a key that cannot be read is the record's fault even if
 * unused. 0, or -1 and fault. */
int sides_read(const struct sides *sides, const struct message *message, struct value *key,
               struct value *value, struct mapping_fault *fault);

#endif
