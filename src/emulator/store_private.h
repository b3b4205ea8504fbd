/* store_private: between store.c, which knows tables, and store_change.c, which can take changes back. */
#ifndef EMULATOR_STORE_PRIVATE_H
#define EMULATOR_STORE_PRIVATE_H

#include "emulator/store.h"

void store_table_destroy(struct store_table *table);

void store_insert(struct store *store, struct store_table *table, uint32_t place);
uint32_t store_remove(struct store *store, const struct store_table *table);

/* All but the rows and what is counted about them. */
void store_swap_schema(struct store_table *one, struct store_table *other);

void store_note(struct store *store, struct store_change change);

#endif
