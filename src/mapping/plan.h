/* plan: what a table's configuration says about mapping, resolved once: names checked, types parsed.
 * Read-only after. */
#ifndef MAPPING_PLAN_H
#define MAPPING_PLAN_H

#include "record/row.h"

enum mapping_key_mode {
    KEY_MODE_KAFKA,        /* topic_partition STRING = <topic>_<partition>, offset INTEGER */
    KEY_MODE_RECORD_KEY,   /* named columns out of the record's key */
    KEY_MODE_RECORD_VALUE, /* named columns out of the record's value */
    KEY_MODE_SEARCH        /* md5 STRING, topic STRING, partition INTEGER, offset INTEGER, of the record's
                              coordinates; and a column timestamp INTEGER (ms) */
};

enum mapping_insert_mode { INSERT_PUT, INSERT_UPDATE };
enum mapping_delete_mode { DELETE_NONE, DELETE_ROW, DELETE_COLUMN, DELETE_ROW_AND_COLUMN };

/* What values of a Map become when the white-list gives no type. */
enum mapping_map_values {
    MAP_VALUES_BINARY, /* the manual: string UTF-8, boolean FF/00, int8/16/32/64 and floats big-endian */
    MAP_VALUES_STRING, /* the newest Java code */
    MAP_VALUES_TYPED   /* integer, double, boolean, string; nested as JSON text */
};

/* Objects and arrays without a listed type. */
enum mapping_nested {
    NESTED_ERROR,       /* the manual's tables of types have no place for them */
    NESTED_TEXT,        /* their JSON text */
    NESTED_TEXT_IN_MAPS /* in a Map their JSON text, in a Struct an error: the newest Java code */
};

/* Where KEY_MODE_SEARCH has its timestamp from. */
enum mapping_time { TIME_OF_RECORD, TIME_OF_WRITING };

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
    enum mapping_nested nested;
    enum mapping_time time;
    bool key_columns; /* fields of the record's key become columns too, and go before those of the value */
    struct mapping_column keys[MAPPING_KEYS_MOST];
    uint32_t key_count;             /* by coordinates_plan() in KEY_MODE_KAFKA and KEY_MODE_SEARCH */
    struct mapping_column *columns; /* the white-list; count 0: every field of the value */
    uint32_t column_count;
};

#endif
