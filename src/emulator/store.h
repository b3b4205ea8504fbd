/* store: the tables of one instance, in memory, and the only way to change them. A table keeps the message
 * that made it: DescribeTable shows it again.
 *
 * What is changed can be taken back until store_commit(): every change leaves a note of what was there
 * before. A visit commits what its operation did, or takes all of it back, so a request that is refused as a
 * whole has changed nothing. Whoever makes changes outside of a visit commits them himself.
 *
 * A time-series table is two tables of one name, made and deleted together: its points, a row for each series
 * and time; and its series, a row for each with what is known about it, as if in a table of their own. All
 * that holds for rows holds for both: versions and time to live, order, the file, taking back. What is in
 * their rows: emulator/series_id.h and emulator/series_known.h. */
#ifndef EMULATOR_STORE_H
#define EMULATOR_STORE_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "emulator/limits.h"
#include "emulator/row_index.h"
#include "emulator/transaction.h"
#include "record/row.h"

struct Ots__CreateTableRequest;
struct Ots__CreateTimeseriesTableRequest;
struct refusal;
struct store;

/* The numbers are in data files. */
enum store_kind { STORE_DATA = 0, STORE_POINTS = 1, STORE_SERIES = 2 };

struct store_column {
    struct slice name;
    enum cell_type type;
    bool auto_increment; /* key columns only */
};

struct store_table {
    struct store *store;
    struct arena arena; /* the schema's memory */
    enum store_kind kind;
    /* As asked for, in the arena; the one that is not of its kind is NULL. */
    struct Ots__CreateTableRequest *meta;
    struct Ots__CreateTimeseriesTableRequest *series_meta;
    struct slice name;
    struct store_column keys[LIMIT_KEYS];
    uint32_t key_count;
    struct store_column defined[LIMIT_DEFINED_COLUMNS];
    uint32_t defined_count;
    uint32_t max_versions;
    int64_t time_to_live_s; /* -1: for ever */
    bool no_update;         /* UpdateRow is forbidden */
    int64_t deviation_ms;   /* how far a timestamp may be from now */
    int64_t created_us;
    int64_t raised_us;      /* the reserved throughput; 0: never */
    int64_t lowered_us;     /* likewise */
    int64_t streamed_us;    /* a stream was added to the table; 0: never, or at creation */
    int64_t last_increment; /* the highest auto-increment value given out */
    struct row_index rows;
    struct row_cursor sweep; /* where expired cells are looked for next */
    uint64_t bytes;          /* keys and packed cells of all rows */
    int64_t kept_as;         /* the keeper's name for it; 0: it has none yet */
};

enum store_change_kind {
    STORE_TABLE_MADE,
    STORE_TABLE_ALTERED, /* `before` is the old one, without its rows */
    STORE_TABLE_GONE,    /* `place` is where it stood */
    STORE_NUMBER_TAKEN,  /* `number` is the last_increment before */
    STORE_ROW_MADE,      /* with its first cells */
    STORE_ROW_SET,       /* `packed` are the old cells */
    STORE_ROW_GONE       /* the node is out of the index, and still whole */
};

/* Note of a change. Its table, node and old values live until the commit. */
struct store_change {
    enum store_change_kind kind;
    uint32_t packed_bytes;
    struct store_table *table;
    struct row_node *node;
    union {
        char *packed;
        struct store_table *before;
        uint32_t place;
        int64_t number;
    };
};

/* Makes changes last, all of them or none. -1 and why: the store takes them back then. */
typedef int store_keep_fn(void *arg, const struct store_change *changes, size_t count,
                          struct refusal *refusal);

struct store {
    struct store_table *tables[LIMIT_TABLES];
    uint32_t count;
    struct transactions transactions;
    struct store_change *changes; /* owned; since the last commit */
    size_t change_count;
    size_t change_room;
    store_keep_fn *keep; /* NULL: in memory only */
    void *keeper;
};

void store_init(struct store *store);
void store_fini(struct store *store);

/* A data table, or the points of a time-series table. NULL: no such table. */
struct store_table *store_find(const struct store *store, struct slice name);

/* The series of a time-series table that is there. */
struct store_table *store_find_series(const struct store *store, struct slice name);

/* The table that has an index of this name. */
struct store_table *store_find_index(const struct store *store, struct slice name);

/* Tables of all kinds and indexes share one space of names. */
bool store_name_taken(const struct store *store, struct slice name);

/* `body` is a CreateTableRequest or, for both tables of a time-series table, points first, a
 * CreateTimeseriesTableRequest, unpacked once more into the table's own memory. -1 and why: a schema that the
 * service refuses, a name in use, too many tables. */
int store_create(struct store *store, enum store_kind kind, struct slice body, int64_t now_us,
                 struct refusal *refusal);

/* What it was made from. */
const ProtobufCMessage *store_table_request(const struct store_table *table);

/* The same table with another schema: `request` (lent, copied) is read as for store_create(); the name stays.
 * -1 and why: nothing changed. */
int store_alter(struct store_table *table, const ProtobufCMessage *request, struct refusal *refusal);

void store_delete(struct store_table *table);

/* The row of this key gets these cells and is made when there is none. `node` is the row when the caller has
 * it, or NULL. `packed` is given (see row_index_set()); the old cells stay readable until the commit. */
void store_set_row(struct store_table *table, struct slice key, struct row_node *node, char *packed,
                   size_t bytes);

void store_remove_row(struct store_table *table, struct row_node *node);

/* The next auto-increment value: `least` or, when that was passed, one above the last. */
int64_t store_take_number(struct store_table *table, int64_t least);

/* -1 and why when it cannot be kept; then all since the last commit is taken back. */
int store_commit(struct store *store, struct refusal *refusal);

/* A place in the changes since the last commit, for store_undo(): what came behind it is taken back. */
static inline size_t store_mark(const struct store *store)
{
    return store->change_count;
}
void store_undo(struct store *store, size_t mark);

/* The table has a secondary index: BulkImport takes a key once then. */
bool store_table_has_index(const struct store_table *table);

#endif
