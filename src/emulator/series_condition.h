/* series_condition: which series a QueryTimeseriesMeta wants: a tree of comparisons of what is known about a
 * series with constants (tablestore-protocol.md 3.9). The bytes are hostile until read. */
#ifndef EMULATOR_SERIES_CONDITION_H
#define EMULATOR_SERIES_CONDITION_H

#include "base/slice.h"

struct Ots__MetaQueryCondition;
struct arena;
struct refusal;
struct series_condition; /* opaque; in the arena it was read into */

/* [assumed] The service documents no such limits. */
enum { SERIES_CONDITIONS_MOST = 100, SERIES_CONDITION_DEEPEST = 10 };

/* What a series is compared by. Tags and attributes are texts as wire/series_tags.h has them. */
struct series_condition_facts {
    struct slice measurement;
    struct slice source;
    struct slice tags;
    struct slice attributes;
    int64_t update_time_us;
};

/* NULL and why: not such a message, an unknown type or operator, too many, too deep. */
const struct series_condition *series_condition_read(const struct Ots__MetaQueryCondition *from,
                                                     struct arena *arena, struct refusal *refusal);

/* Texts compare in byte order. [assumed] A tag or an attribute that the series does not have holds for no
 * operator. */
bool series_condition_match(const struct series_condition *condition,
                            const struct series_condition_facts *facts);

#endif
