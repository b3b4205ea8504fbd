/* plan: what a table's configuration says about mapping, resolved once: names checked, types parsed.
 * Read-only after. */
#ifndef MAPPING_PLAN_H
#define MAPPING_PLAN_H

#include "record/row.h"

enum mapping_key_mode {
    KEY_MODE_KAFKA,        /* topic_partition STRING = <topic>_<partition>, offset INTEGER */
    KEY_MODE_RECORD_KEY,   /* named columns out of the record's key */
    KEY_MODE_RECORD_VALUE, /* named columns out of the record's value */
    KEY_MODE_SEARCH        /* md5, topic, partition, offset: refused until the data-table issue */
};

enum mapping_insert_mode { INSERT_PUT, INSERT_UPDATE };
enum mapping_delete_mode { DELETE_NONE, DELETE_ROW, DELETE_COLUMN, DELETE_ROW_AND_COLUMN };

/* What values of a Map become when the white-list gives no type. */
enum mapping_map_values {
    MAP_VALUES_BINARY, /* the manual: string UTF-8, boolean FF/00, int8/16/32/64 and floats big-endian */
    MAP_VALUES_STRING, /* the newest Java code */
    MAP_VALUES_TYPED   /* integer, double, boolean, string; nested as JSON text */
};

/* A primary key column or a white-listed one. */
struct mapping_column {
    struct slice name;
    enum cell_type type; /* INTEGER DOUBLE BOOLEAN STRING BINARY AUTO_INCREMENT */
};

enum { MAPPING_KEYS_MOST = 4, MAPPING_COLUMNS_MOST = 1024 };

struct mapping_plan {
    struct slice table;
    enum mapping_key_mode key_mode;
    enum mapping_insert_mode insert_mode;
    enum mapping_delete_mode delete_mode;
    enum mapping_map_values map_values;
    bool nested_as_text; /* objects and arrays without a type become JSON text; else they are an error */
    struct mapping_column keys[MAPPING_KEYS_MOST];
    uint32_t key_count;             /* 2 in KEY_MODE_KAFKA, filled in by the configuration */
    struct mapping_column *columns; /* the white-list; count 0: every field of the value */
    uint32_t column_count;
};

#endif
