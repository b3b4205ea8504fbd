/* filter: which rows a reader wants, and on which rows a writer's column condition holds. Both are the same
 * message (tablestore-protocol.md 3.5): a tree of comparisons of one column with a constant, or, for readers
 * only, a page of a row's columns. The bytes are hostile until read. */
#ifndef EMULATOR_FILTER_H
#define EMULATOR_FILTER_H

#include "emulator/refusal.h"
#include "record/row.h"

struct arena;
struct filter; /* opaque; in the arena it was read into */

enum filter_use { FILTER_OF_READ, FILTER_OF_CONDITION };

/* `bytes` is a serialized Filter. NULL and why: not such a message, more filters than the service takes, a
 * value no column can have, a page where rows are chosen. */
const struct filter *filter_read(struct slice bytes, enum filter_use use, struct arena *arena,
                                 struct refusal *refusal);

/* The row as it was read: its cells sorted by name, versions of one name newest first. What it does not have
 * is missing. A page holds for every row. */
bool filter_match(const struct filter *filter, const struct row *row);

/* True when the filter is a page: so many columns are passed over, so many are given at most. */
bool filter_page(const struct filter *filter, uint32_t *offset, uint32_t *limit);

/* What its regular expressions have cost so far. Above FILTER_COST_MOST, a good part of a second, they find
 * nothing any more: who reads many rows stops before. */
enum { FILTER_COST_MOST = 10000000 };
uint64_t filter_cost(const struct filter *filter);

#endif
