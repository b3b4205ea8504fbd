/* backoff: the next wait. Doubles from first_ms to most_ms; the wait is half of it fixed and half by chance,
 * so that many that fail together do not come back together. */
#ifndef BASE_BACKOFF_H
#define BASE_BACKOFF_H

#include "base/chance.h"

struct backoff {
    int64_t first_ms;
    int64_t most_ms;
    int64_t next_ms; /* 0: nothing failed since the last reset */
};

static inline void backoff_reset(struct backoff *backoff)
{
    backoff->next_ms = 0;
}

static inline int64_t backoff_wait_ms(struct backoff *backoff, struct chance *chance)
{
    int64_t wait = backoff->next_ms == 0 ? backoff->first_ms : backoff->next_ms;
    backoff->next_ms = wait * 2 > backoff->most_ms ? backoff->most_ms : wait * 2;
    return wait / 2 + (int64_t)chance_below(chance, (uint64_t)(wait - wait / 2) + 1);
}

#endif
