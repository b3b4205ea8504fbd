/* histogram: how often values came, in classes a sixteenth of a power of two wide: quantiles to 6 %, without
 * keeping the values. Of one thread. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_CLASSES = 61 * 16 };

struct histogram {
    uint64_t count;
    uint64_t most; /* the largest value, exactly */
    uint64_t classes[HISTOGRAM_CLASSES];
};

void histogram_add(struct histogram *histogram, uint64_t value);

/* The value that the given part (0.99) of all values do not exceed: the upper end of its class, never above
 * the largest. 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double part);

#endif
