/* throttle: token buckets in capacity units, one for reads and one for writes of each table, full at first.
 * Whole units, whole milliseconds, nothing rounded: the same times give the same answers. */
#ifndef EMULATOR_THROTTLE_H
#define EMULATOR_THROTTLE_H

#include "base/slice.h"
#include "emulator/limits.h"

enum throttle_kind { THROTTLE_READ, THROTTLE_WRITE, THROTTLE_KINDS };

enum { THROTTLE_RATE_MOST = 1000000000 };

struct throttle_limit {
    int64_t rate;  /* units a second; -1: no limit */
    int64_t burst; /* units a full bucket holds, at least 1 */
};

struct throttle_level {
    int64_t thousandths; /* of a unit; below 0 after more was used than there was */
    int64_t at_ms;
};

struct throttle_table {
    char name[LIMIT_NAME_BYTES + 1];
    struct throttle_level levels[THROTTLE_KINDS];
};

struct throttle {
    struct throttle_table *tables; /* owned; of names seen */
    size_t count;
};

void throttle_init(struct throttle *throttle);
void throttle_fini(struct throttle *throttle);

/* Are so many units (or, where the bucket never holds them, a full bucket) there? Takes nothing. */
bool throttle_has(struct throttle *throttle, const struct throttle_limit *limits, struct slice table,
                  enum throttle_kind kind, int64_t units, int64_t now_ms);

/* Takes them, there or not. */
void throttle_take(struct throttle *throttle, const struct throttle_limit *limits, struct slice table,
                   enum throttle_kind kind, int64_t units, int64_t now_ms);

#endif
