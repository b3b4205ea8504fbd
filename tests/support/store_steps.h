/* store_steps: random changes of a store, of every kind: tables made, altered and deleted, rows set and
 * removed, numbers taken, in data tables and a time-series table. The same seed makes the same changes. */
#ifndef SUPPORT_STORE_STEPS_H
#define SUPPORT_STORE_STEPS_H

#include "base/slice.h"

struct chance;
struct store;

/* One change; it is not committed. */
void store_step(struct store *store, struct chance *chance);

/* By hand: a table "t0".."t4" with keys "id" (string) and "seq" (integer, auto-increment). */
void store_steps_make_table(struct store *store, int number);

/* Cells of `bytes` bytes and a little more. */
void store_steps_set(struct store *store, int table, const char *id, int64_t seq, size_t bytes);

/* Nothing when there is no such row. */
void store_steps_remove(struct store *store, int table, const char *id, int64_t seq);

#endif
