/* sides: the key first; its fault is told before the value's. */
#include "mapping/sides.h"

#include "mapping/mapping_fault.h"

void sides_init(struct sides *sides, enum convert_format key, enum convert_format value)
{
    sides->key = converter_create(key);
    sides->value = converter_create(value);
}

void sides_fini(struct sides *sides)
{
    converter_destroy(sides->key);
    converter_destroy(sides->value);
}

int sides_read(const struct sides *sides, const struct message *message, struct value *key,
               struct value *value, struct mapping_fault *fault)
{
    if (converter_read(sides->key, message->key, key, &fault->error) != 0)
        return mapping_fault_convert(fault, true);
    if (converter_read(sides->value, message->value, value, &fault->error) != 0)
        return mapping_fault_convert(fault, false);
    return 0;
}
