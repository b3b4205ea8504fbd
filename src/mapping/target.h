/* target: where a field goes, told by its name: a key column, a listed column, a plain column, or nowhere.
 * Records of one topic look alike, so what stood at position i of the last record is tried first; only
 * another name costs a look-up. */
#ifndef MAPPING_TARGET_H
#define MAPPING_TARGET_H

#include "mapping/plan.h"
#include "record/value.h"

enum target_kind {
    TARGET_KEY,      /* the primary key column `index` */
    TARGET_LISTED,   /* the white-list's column `index` */
    TARGET_PLAIN,    /* a column without a listed type */
    TARGET_UNLISTED, /* there is a white-list and it is not in it */
    TARGET_BAD_NAME  /* it would be a plain column, but Tablestore refuses the name */
};

struct target {
    enum target_kind kind;
    uint32_t index;
};

enum { TARGET_POSITIONS = 1024, TARGET_NAME_MOST = 40, TARGET_NAME_LONGEST = 255 };

struct target_memory {
    struct target target;
    uint32_t len; /* of the name; 0: nothing remembered */
    char name[TARGET_NAME_MOST];
};

struct target_table {
    const struct mapping_plan *plan;
    uint32_t
        *slots; /* hash table: 1 + index of a key, then 1 + MAPPING_KEYS_MOST + index of a listed column */
    uint32_t mask;
    uint64_t seed;
    struct target_memory *memory; /* by position */
};

void target_table_init(struct target_table *table, const struct mapping_plan *plan);
void target_table_fini(struct target_table *table);

struct target target_find(struct target_table *table, uint32_t position, struct slice name);

/* [A-Za-z_][A-Za-z0-9_]*, at most 255 bytes. */
bool target_name_is_good(struct slice name);

#endif
