/* points_view: what a reader wants of each point of a time-series table, and a point as it is seen through
 * that. The same for GetTimeseriesData and ScanTimeseriesData (tablestore-protocol.md 5.4). */
#ifndef EMULATOR_POINTS_VIEW_H
#define EMULATOR_POINTS_VIEW_H

#include "emulator/row_cells.h"

struct Ots__TimeseriesFieldsToGet;
struct arena;
struct refusal;
struct row_node;
struct store_table;

struct points_view {
    struct Ots__TimeseriesFieldsToGet *const *fields;
    size_t field_count; /* 0: all */
    const struct store_table *table;
    struct row_cells_sight sight;
};

/* The fields are lent. -1 and why. */
int points_view_make(struct points_view *view, struct Ots__TimeseriesFieldsToGet *const *fields, size_t count,
                     struct refusal *refusal);

/* At this table, now. */
void points_view_aim(struct points_view *view, const struct store_table *points, int64_t now_ms);

/* The point as an answer has it: five key columns, and cells whose names tell their type too. Views into the
 * node, and the arena. `read_bytes`: as the service counts sizes. False: there is nothing to give. */
bool points_view_row(const struct points_view *view, const struct row_node *node, struct row *row,
                     size_t *read_bytes, struct arena *arena);

#endif
