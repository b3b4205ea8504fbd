/* decimal: mantissa times a power of ten, to the nearest double. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* mantissa * 10^exponent, correctly rounded (to even at a half): true and *value. False when the numbers are
 * too large for this way (more than 64 bits, exponents beyond -27 to 27): number_double() does those. */
bool decimal_double(uint64_t mantissa, int64_t exponent, double *value);

#endif
