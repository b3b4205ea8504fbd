/* row_cells: the attribute cells of a stored row, packed: a count, a base time, then each cell as name, type,
 * time against the base and value. Cells are sorted by name, versions of one name newest first. A row without
 * cells is no bytes, or a count of 0 and the time of its write when its table has a time to live. */
#ifndef EMULATOR_ROW_CELLS_H
#define EMULATOR_ROW_CELLS_H

#include "record/row.h"

struct arena;

/* Only cells with a value and a timestamp. Answers malloc'd memory and its length; NULL and 0 for no cells.
 */
char *row_cells_pack(const struct cell *cells, uint32_t count, size_t *bytes);
char *row_cells_pack_none(int64_t written_ms, size_t *bytes);

/* How many cells are in there. */
uint32_t row_cells_count(struct slice packed);

/* All of them; names and bytes are views into `packed`. `cells` has room for row_cells_count(). */
void row_cells_unpack(struct slice packed, struct cell *cells);

/* Which of a table's versions can be seen. */
struct row_cells_sight {
    int64_t oldest_ms;     /* what is older has expired; INT64_MIN: nothing has */
    uint32_t max_versions; /* of each name */
};

/* Those that can be seen; answers how many. Same room. */
uint32_t row_cells_see(struct slice packed, struct row_cells_sight sight, struct cell *cells);

/* The times of the oldest and the newest cell; of a row without cells that of its write, INT64_MAX when that
 * is not known. */
void row_cells_span(struct slice packed, int64_t *oldest_ms, int64_t *newest_ms);

/* False: nothing that is made here, and nothing else here may be asked about it. */
bool row_cells_valid(struct slice packed);

/* Where (name, time) is or belongs among sorted cells. */
uint32_t row_cells_place(const struct cell *cells, uint32_t count, struct slice name, int64_t timestamp_ms);

/* The size the service counts: name and value, 8 for numbers, 1 for a boolean. */
size_t row_cells_size_of(const struct cell *cell);

/* Of its key and its cells. */
size_t row_cells_size_of_row(const struct row *row);

#endif
