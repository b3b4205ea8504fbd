/* decimal: what a single division of doubles cannot do, with 128-bit integers: 5^27 is the largest power of
 * five within 64 bits. */
#include "base/decimal.h"

#include <math.h>

const double decimal_tens[DECIMAL_TENS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

enum { DECIMAL_FIVES = 27 };

static uint64_t decimal_five_to(int64_t exponent)
{
    uint64_t power = 1;
    for (uint64_t base = 5; exponent > 0; exponent >>= 1, base *= base)
        if (exponent & 1)
            power *= base;
    return power;
}

/* bits * 2^shift, with `more` telling that something not 0 follows the last bit. bits has its highest bit
 * set. */
static double decimal_round(uint64_t bits, bool more, int shift)
{
    uint64_t kept = bits >> 11;
    uint64_t rest = bits & 0x7ff;
    bool up = rest > 0x400 || (rest == 0x400 && (more || (kept & 1) != 0));
    return ldexp((double)(kept + up), shift + 11);
}

static double decimal_times(uint64_t mantissa, int64_t exponent)
{
    unsigned __int128 product = (unsigned __int128)mantissa * decimal_five_to(exponent);
    uint64_t high = (uint64_t)(product >> 64);
    if (high == 0) {
        int up = __builtin_clzll((uint64_t)product);
        return decimal_round((uint64_t)product << up, false, (int)exponent - up);
    }
    int up = __builtin_clzll(high);
    uint64_t bits = (uint64_t)(product << up >> 64);
    return decimal_round(bits, (uint64_t)(product << up) != 0, (int)exponent + 64 - up);
}

static double decimal_over(uint64_t mantissa, int64_t exponent)
{
    uint64_t five = decimal_five_to(exponent);
    int up_mantissa = __builtin_clzll(mantissa);
    int up_five = __builtin_clzll(five);
    uint64_t over = mantissa << up_mantissa;
    uint64_t under = five << up_five;
    int half = over >= under; /* so that the quotient has exactly 64 bits */
    unsigned __int128 wide = (unsigned __int128)over << (64 - half);
    uint64_t bits = (uint64_t)(wide / under);
    return decimal_round(bits, wide != (unsigned __int128)bits * under,
                         half - 64 + up_five - up_mantissa - (int)exponent);
}

bool decimal_exactly(uint64_t mantissa, int64_t exponent, double *value)
{
    if (exponent < -DECIMAL_FIVES || exponent > DECIMAL_FIVES)
        return false;
    if (mantissa == 0)
        *value = 0;
    else
        *value = exponent < 0 ? decimal_over(mantissa, -exponent) : decimal_times(mantissa, exponent);
    return true;
}
