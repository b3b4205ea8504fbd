/* series_known: what a time-series table knows about a series beside its points: its row among the series of
 * the table. It is made by the first point that is put, or by UpdateTimeseriesMeta. */
#ifndef EMULATOR_SERIES_KNOWN_H
#define EMULATOR_SERIES_KNOWN_H

#include "base/slice.h"

struct arena;
struct row_node;
struct store_table;

struct series_known {
    int64_t updated_us;
    struct slice attributes; /* a text as wire/series_tags.h has it; empty: none */
};

/* From a row of the series; texts are views into it. False: nobody sees it any more. */
bool series_known_read(const struct store_table *series, const struct row_node *node, int64_t now_ms,
                       struct series_known *known);

/* By the stored series (emulator/series_id.h). False: there is none. */
bool series_known_find(const struct store_table *series, struct slice id, int64_t now_ms,
                       struct series_known *known);

/* Made, or made new. Its time to live begins at updated_us. */
void series_known_set(struct store_table *series, struct slice id, const struct series_known *known,
                      int64_t now_ms, struct arena *arena);

#endif
