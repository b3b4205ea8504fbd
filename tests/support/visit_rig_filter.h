/* visit_rig_filter: filters and column conditions as the bytes that requests carry. All in the arena. */
#ifndef SUPPORT_VISIT_RIG_FILTER_H
#define SUPPORT_VISIT_RIG_FILTER_H

#include "base/arena.h"
#include "record/row.h"
#include "wire/tablestore.pb-c.h"

enum { RIG_PASS_IF_MISSING = 1, RIG_ANY_VERSION = 2 };

/* value->name is the column. */
ProtobufCBinaryData visit_rig_single(struct arena *arena, Ots__ComparatorType comparator,
                                     const struct cell *value, int flags);

/* The same with a regular expression; cast -1: none. */
ProtobufCBinaryData visit_rig_regex(struct arena *arena, Ots__ComparatorType comparator,
                                    const struct cell *value, const char *regex, int cast);

ProtobufCBinaryData visit_rig_composite(struct arena *arena, Ots__LogicalOperator combinator,
                                        const ProtobufCBinaryData *subs, size_t count);
ProtobufCBinaryData visit_rig_page(struct arena *arena, int32_t offset, int32_t limit);

/* Type byte and payload. */
ProtobufCBinaryData visit_rig_bare(struct arena *arena, const struct cell *value);

#endif
