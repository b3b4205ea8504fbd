/* name_set: the names of one record, to find the ones that come twice. Memory is kept from record to record.
 */
#ifndef MAPPING_NAME_SET_H
#define MAPPING_NAME_SET_H

#include "record/value.h"

struct name_set {
    uint32_t *slots; /* index into the fields + 1; 0: free */
    uint32_t room;   /* a power of two */
    uint32_t mask;
    uint64_t seed;
};

void name_set_init(struct name_set *set);
void name_set_fini(struct name_set *set);

/* Empty, with room for `count` names. */
void name_set_begin(struct name_set *set, uint32_t count);

/* Enters fields[index].name. Answers the index of the field that has this name already, or `index` when it is
 * new. */
uint32_t name_set_enter(struct name_set *set, const struct value_field *fields, uint32_t index);

/* Does one of the fields entered have this name? */
bool name_set_has(const struct name_set *set, const struct value_field *fields, struct slice name);

#endif
