/* filter_rule: the part of a string column that a filter compares: cut out by a regular expression and read
 * as a string, an integer or a double. */
#ifndef EMULATOR_FILTER_RULE_H
#define EMULATOR_FILTER_RULE_H

#include "emulator/refusal.h"
#include "record/row.h"

struct Ots__ValueTransferRule;
struct arena;
struct filter_rule; /* opaque; in the arena it was read into */

/* `cost` is kept: what the expression costs is added to it. NULL and why. */
struct filter_rule *filter_rule_read(const struct Ots__ValueTransferRule *rule, uint64_t *cost,
                                     struct arena *arena, struct refusal *refusal);

/* The first part in parentheses, or the whole match when there is none, into `to`, which is a view into
 * `from`. False: not a string, no match, not such a number. */
bool filter_rule_apply(struct filter_rule *rule, const struct cell *from, struct cell *to);

#endif
