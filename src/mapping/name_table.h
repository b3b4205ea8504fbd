/* name_table: names that a configuration lists, numbered from 0; finds the number of one. */
#ifndef MAPPING_NAME_TABLE_H
#define MAPPING_NAME_TABLE_H

#include "base/slice.h"

struct name_table {
    struct slice *names;
    uint32_t count;
    uint32_t *slots; /* number + 1; 0: free */
    uint32_t mask;
    uint64_t seed;
};

enum { NAME_TABLE_NONE = -1 };

/* For at most `most` names. */
void name_table_init(struct name_table *table, uint32_t most);
void name_table_fini(struct name_table *table);

/* The number of the name, a new one when it has none yet; its bytes are kept. */
int32_t name_table_enter(struct name_table *table, struct slice name);

/* NAME_TABLE_NONE when it is not listed. */
int32_t name_table_find(const struct name_table *table, struct slice name);

#endif
