/* expiry: what a table's time to live leaves of its rows. A version expires when so many seconds have passed
 * since its timestamp, in whole seconds as the service counts; nobody sees it from then on. [assumed] A row
 * whose versions have all expired is gone, and one without cells expires by the time of its write. The memory
 * follows: each write to such a table clears away a few rows' worth. */
#ifndef EMULATOR_EXPIRY_H
#define EMULATOR_EXPIRY_H

#include "emulator/row_cells.h"

struct row_node;
struct store_table;

struct row_cells_sight expiry_sight(const struct store_table *table, int64_t now_ms);

/* True when nothing is left of the row. */
bool expiry_gone(const struct row_node *node, struct row_cells_sight sight);

/* Looks at the next few rows and takes away what nobody can see. Cells are unpacked in the arena. */
void expiry_sweep(struct store_table *table, int64_t now_ms, struct arena *arena);

#endif
