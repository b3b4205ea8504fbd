/* histogram: values below 16 have a class each; above, the four bits behind the leading one choose it. */
#include "base/histogram.h"

static unsigned histogram_class(uint64_t value)
{
    if (value < 16)
        return (unsigned)value;
    unsigned shift = 59 - (unsigned)__builtin_clzll(value);
    return shift * 16 + (unsigned)(value >> shift);
}

/* The largest value of a class. */
static uint64_t histogram_end(unsigned at)
{
    if (at < 16)
        return at;
    unsigned shift = at / 16 - 1;
    return (((uint64_t)(at % 16 + 16) + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->count++;
    histogram->classes[histogram_class(value)]++;
    if (value > histogram->most)
        histogram->most = value;
}

uint64_t histogram_quantile(const struct histogram *histogram, double part)
{
    double wanted = part * (double)histogram->count;
    uint64_t below = 0;
    for (unsigned i = 0; i < HISTOGRAM_CLASSES; i++) {
        below += histogram->classes[i];
        if (below > 0 && (double)below >= wanted)
            return histogram_end(i) < histogram->most ? histogram_end(i) : histogram->most;
    }
    return histogram->most;
}
