/* read_view: what a reader wants of each row: columns, versions, a filter; and a stored row as it is seen
 * through it. The same for GetRow, BatchGetRow and GetRange (tablestore-protocol.md 3.3). */
#ifndef EMULATOR_READ_VIEW_H
#define EMULATOR_READ_VIEW_H

#include "emulator/refusal.h"
#include "emulator/row_cells.h"

struct Ots__TimeRange;
struct arena;
struct filter;
struct row_node;
struct store_table;

/* What a request says. All is lent. */
struct read_wishes {
    char *const *columns;
    size_t column_count;
    const struct Ots__TimeRange *time_range; /* NULL: none */
    bool has_max_versions;
    int32_t max_versions;
    struct slice filter;      /* empty: none */
    const char *start_column; /* NULL: none */
    const char *end_column;
    bool batch; /* of BatchGetRow: its messages are other ones */
};

struct read_view {
    struct slice *columns;       /* sorted, each once */
    size_t column_count;         /* 0: all */
    struct slice start_column;   /* at NULL: from the first */
    struct slice end_column;     /* at NULL: to the last; else to before it */
    int64_t from_ms;             /* versions from here ... */
    int64_t until_ms;            /* ... to before here */
    uint32_t max_versions;       /* of those, for each column */
    const struct filter *filter; /* NULL: none */
    uint32_t page_offset;        /* columns passed over ... */
    uint32_t page_limit;         /* ... and given then; 0: no page */
    const struct store_table *table;
    struct row_cells_sight sight;
    bool keeps_row; /* a key column is named: the row is given even without any of the columns */
};

/* All that can be checked without the table. Kept in the arena. -1 and why. */
int read_view_make(struct read_view *view, const struct read_wishes *wishes, struct arena *arena,
                   struct refusal *refusal);

/* At this table, now. */
void read_view_aim(struct read_view *view, const struct store_table *table, int64_t now_ms);

/* The row as it is seen: views into the node, and the key in the arena. `read_bytes`: what was read to know,
 * as the service counts sizes. False: there is nothing to give. */
bool read_view_row(const struct read_view *view, const struct row_node *node, struct row *row,
                   size_t *read_bytes, struct arena *arena);

/* Only the key. */
void read_view_key(const struct store_table *table, const struct row_node *node, struct row *row,
                   struct arena *arena);

#endif
