/* target: where a field goes, told by its name: a key column, a listed column, a plain column, or nowhere.
 * Records of one topic have the same names in the same places, so this is worked out once a shape (struct
 * value's `names`). */
#ifndef MAPPING_TARGET_H
#define MAPPING_TARGET_H

#include "mapping/name_set.h"
#include "mapping/name_table.h"
#include "mapping/plan.h"
#include "record/value.h"

enum target_kind {
    TARGET_PLAIN,    /* a column without a listed type */
    TARGET_LISTED,   /* the white-list's column `index` */
    TARGET_KEY,      /* the primary key column `index` */
    TARGET_UNLISTED, /* nowhere: there is a white-list and it is not in it, or another field has its name */
    TARGET_BAD_NAME  /* it would be a plain column, but Tablestore refuses the name */
};

struct target {
    enum target_kind kind;
    uint32_t index;
};

/* Of the fields of one value. */
struct target_shape {
    struct target *targets;
    int32_t keys[MAPPING_KEYS_MOST]; /* index of the field that is the key column, or -1 */
    uint32_t room;
    uint64_t names; /* 0: not of a value that can come again */
};

struct target_table {
    const struct mapping_plan *plan;
    struct name_table names;   /* keys, then listed columns */
    struct target *found;      /* by number of the name */
    struct target_shape key;   /* the last shape of the record's key */
    struct target_shape value; /* and of its value */
    struct name_set key_names; /* of target_shade() */
    uint64_t shade;            /* the key's names in the last target_shade() */
};

enum { TARGET_NAME_LONGEST = 255 };

void target_table_init(struct target_table *table, const struct mapping_plan *plan);
void target_table_fini(struct target_table *table);

struct target target_find(const struct target_table *table, struct slice name);

/* Targets of a Struct's or a Map's fields, into the table's `key` or `value`. */
void target_sort(const struct target_table *table, const struct value *value, struct target_shape *shape);

/* The same for both; fields of the value whose name the key has too go nowhere: plan's key_columns. */
void target_sort_both(struct target_table *table, const struct value *key, const struct value *value);

/* [A-Za-z_][A-Za-z0-9_]*, at most 255 bytes. */
bool target_name_is_good(struct slice name);

#endif
