/* store: the tables of one instance, in memory. A table keeps the message that made it: DescribeTable shows
 * it again. One thread; nothing here waits. */
#ifndef EMULATOR_STORE_H
#define EMULATOR_STORE_H

#include "base/arena.h"
#include "emulator/limits.h"
#include "emulator/row_index.h"
#include "record/row.h"

struct Ots__CreateTableRequest;
struct refusal;

struct store_column {
    struct slice name;
    enum cell_type type;
    bool auto_increment; /* key columns only */
};

struct store_table {
    struct arena arena;                   /* the schema's memory */
    struct Ots__CreateTableRequest *meta; /* as asked for, in the arena */
    struct slice name;
    struct store_column keys[LIMIT_KEYS];
    uint32_t key_count;
    struct store_column defined[LIMIT_DEFINED_COLUMNS];
    uint32_t defined_count;
    uint32_t max_versions;
    int64_t deviation_ms; /* how far a timestamp may be from now */
    int64_t created_us;
    int64_t last_increment; /* the highest auto-increment value given out */
    struct row_index rows;
};

struct store {
    struct store_table *tables[LIMIT_TABLES];
    uint32_t count;
};

void store_init(struct store *store);
void store_fini(struct store *store);

/* NULL: no such table. */
struct store_table *store_find(const struct store *store, struct slice name);

/* `body` is a CreateTableRequest, unpacked once more into the table's own memory. -1 and why: a schema that
 * the service refuses, a name in use, too many tables. */
int store_create(struct store *store, struct slice body, int64_t now_us, struct refusal *refusal);

void store_delete(struct store *store, struct store_table *table);

/* The table has a secondary index: BulkImport takes a key once then. */
bool store_table_has_index(const struct store_table *table);

#endif
