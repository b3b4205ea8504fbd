/* row_cells: the attribute cells of a stored row, packed: a count, a base time, then each cell as name, type,
 * time against the base and value. Cells are sorted by name, versions of one name newest first. */
#ifndef EMULATOR_ROW_CELLS_H
#define EMULATOR_ROW_CELLS_H

#include "record/row.h"

struct arena;

/* Only cells with a value and a timestamp. Answers malloc'd memory and its length; NULL and 0 for no cells.
 */
char *row_cells_pack(const struct cell *cells, uint32_t count, size_t *bytes);

/* How many cells are in there. */
uint32_t row_cells_count(struct slice packed);

/* All of them; names and bytes are views into `packed`. `cells` has room for row_cells_count(). */
void row_cells_unpack(struct slice packed, struct cell *cells);

/* False: nothing that row_cells_pack() makes, and nothing else here may be asked about it. */
bool row_cells_valid(struct slice packed);

/* Where (name, time) is or belongs among sorted cells. */
uint32_t row_cells_place(const struct cell *cells, uint32_t count, struct slice name, int64_t timestamp_ms);

/* The size the service counts: name and value, 8 for numbers, 1 for a boolean. */
size_t row_cells_size_of(const struct cell *cell);

#endif
