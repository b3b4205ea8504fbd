/* change: one row change that a client asks for, from its bytes to the moment it is applied.
 * Everything it points to lives in the arena of its visit. A point of a time series is one too: its row lies
 * as record/series.h says, its key as emulator/series_id.h. */
#ifndef EMULATOR_CHANGE_H
#define EMULATOR_CHANGE_H

#include "emulator/refusal.h"
#include "record/row.h"

struct Ots__Condition;
struct Ots__ReturnContent;
struct arena;
struct filter;
struct store_table;

/* RowExistenceExpectation, with its numbers. */
enum change_expect { CHANGE_ANY, CHANGE_EXISTS, CHANGE_NOT_EXISTS };

struct change {
    struct slice table;
    struct row row;
    struct slice key;  /* see emulator/row_key.h; at NULL while a placeholder waits for its number */
    uint64_t key_hash; /* of table and key */
    size_t bytes;      /* as the service counts sizes */
    enum change_expect expect;
    const struct filter *filter;              /* the column condition; NULL: none */
    const struct Ots__ReturnContent *returns; /* NULL: nothing */
    bool point;                               /* of a time series; then a put without all that */
    uint32_t meta_time_s;                     /* of a point: its series' update time as its client knows it */

    /* the outcome */
    bool held;               /* applied in a transaction: not real before its commit */
    struct refusal *refusal; /* NULL: applied */
    struct slice answer_row; /* PlainBuffer; at NULL: not asked for */
};

/* What a change is made from. */
struct change_source {
    struct slice table;
    enum row_op op;
    struct slice plainbuffer;
    const struct Ots__Condition *condition;   /* NULL: none */
    const struct Ots__ReturnContent *returns; /* NULL: none */
};

/* Reads the bytes of a row of a data table and checks what can be checked without the table: shape, names,
 * types, sizes. -1 and why.
 */
int change_read(struct change *change, const struct change_source *source, struct arena *arena,
                struct refusal *refusal);

/* Checks the change against the table's schema and clock. -1 and why. */
int change_match(const struct change *change, const struct store_table *table, int64_t now_ms,
                 struct refusal *refusal);

/* Applies it whole or not at all: condition, auto-increment, cells. -1 and why; then the table is as it was.
 * `now_ms` is the version of cells without a timestamp. */
int change_apply(struct change *change, struct store_table *table, int64_t now_ms, struct arena *arena,
                 struct refusal *refusal);

/* A key-only row's bytes, as reads send it: exactly one row, values or range bounds, no cells, no marker. */
int change_read_key(struct slice plainbuffer, bool bounds, struct row *row, struct arena *arena,
                    struct refusal *refusal);

/* The same of the first column alone. */
int change_match_partition(const struct row *row, const struct store_table *table, struct refusal *refusal);

/* The key columns are those of the table, in its order. -1: OTSInvalidPK. */
int change_match_key(const struct row *row, const struct store_table *table, struct refusal *refusal);

/* One write unit or one read unit for each started 4 KB. */
int32_t change_units(size_t bytes);

#endif
