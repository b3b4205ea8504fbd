/* decimal: mantissa times a power of ten, to the nearest double. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* mantissa * 10^exponent, correctly rounded (to even at a half): true and *value. False when the numbers are
 * too large for this way (more than 64 bits, exponents beyond -27 to 27): number_double() does those. */
bool decimal_exactly(uint64_t mantissa, int64_t exponent, double *value);

enum { DECIMAL_TENS = 22 }; /* 10^22 is the last power of ten that is a double */
extern const double decimal_tens[DECIMAL_TENS + 1];

/* One division or multiplication of two exact doubles is correctly rounded: that is nearly every number there
 * is. */
static inline bool decimal_double(uint64_t mantissa, int64_t exponent, double *value)
{
    if (__builtin_expect(mantissa > (1ULL << 53) || exponent < -DECIMAL_TENS || exponent > DECIMAL_TENS, 0))
        return decimal_exactly(mantissa, exponent, value);
    *value =
        exponent < 0 ? (double)mantissa / decimal_tens[-exponent] : (double)mantissa * decimal_tens[exponent];
    return true;
}

#endif
