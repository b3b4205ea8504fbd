/* check: a broken promise inside our own code. Always on, in releases too: stopping is safe (what was not
 * committed is read again), going on is not. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (__builtin_expect(!(condition), 0)) {                                                             \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);                  \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* Memory for small things does not run out (big memory is bounded by design): stop if it does. */
static inline void *check_memory(void *at)
{
    CHECK(at != NULL);
    return at;
}

#endif
