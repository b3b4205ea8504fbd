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
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
/* -fanalyzer of gcc 12 forgets memory that is kept in an element of an array and calls it leaked here. Leaks
 * are looked for when the tests run. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static inline void *check_memory(void *at)
{
    CHECK(at != NULL);
    return at;
}
#pragma GCC diagnostic pop

#endif
