/* exact: digits before the point, wherever an exponent moves it, make the integer; those behind it must be 0.
 */
#include "mapping/exact.h"

#include <math.h>

#include "base/arena.h"
#include "base/number.h"

/* A number taken apart: +-digits[point]digits e exponent. */
struct exact_parts {
    bool minus;
    bool plain; /* digits only: no point, no exponent */
    struct slice whole;
    struct slice fraction;
    int64_t exponent; /* clamped to some EXACT_EXPONENT_MOST */
};

enum { EXACT_EXPONENT_MOST = 1000000000 }; /* no text is as long */

static struct slice exact_digits(const char **at, const char *end)
{
    const char *from = *at;
    while (*at < end && **at >= '0' && **at <= '9')
        ++*at;
    return slice_of(from, (size_t)(*at - from));
}

static bool exact_sign(const char **at, const char *end)
{
    bool minus = *at < end && **at == '-';
    if (*at < end && (**at == '-' || **at == '+'))
        ++*at;
    return minus;
}

static bool exact_exponent(const char **at, const char *end, int64_t *exponent)
{
    ++*at;
    bool minus = exact_sign(at, end);
    struct slice digits = exact_digits(at, end);
    int64_t sum = 0;
    for (size_t i = 0; i < digits.len && sum < EXACT_EXPONENT_MOST; i++)
        sum = sum * 10 + (digits.at[i] - '0');
    *exponent = minus ? -sum : sum;
    return digits.len > 0;
}

static bool exact_take_apart(struct slice text, struct exact_parts *parts)
{
    const char *at = text.at;
    const char *end = text.at + text.len;
    *parts = (struct exact_parts){.plain = true};
    parts->minus = exact_sign(&at, end);
    parts->whole = exact_digits(&at, end);
    parts->fraction = slice_of(at, 0);
    if (at < end && *at == '.') {
        at++;
        parts->fraction = exact_digits(&at, end);
        parts->plain = false;
    }
    if (parts->whole.len + parts->fraction.len == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        parts->plain = false;
        if (!exact_exponent(&at, end, &parts->exponent))
            return false;
    }
    return at == end;
}

/* The first `count` of the digits, and those behind them; all or none when there are not so many. */
static struct slice exact_first(struct slice digits, int64_t count)
{
    int64_t len = (int64_t)digits.len;
    return slice_of(digits.at, (size_t)(count < 0 ? 0 : count > len ? len : count));
}

static struct slice exact_behind(struct slice digits, int64_t count)
{
    size_t first = exact_first(digits, count).len;
    return slice_of(digits.at + first, digits.len - first);
}

/* False when the sum needs more than 64 bits. */
static bool exact_add(struct slice digits, uint64_t *sum)
{
    for (size_t i = 0; i < digits.len; i++)
        if (__builtin_mul_overflow(*sum, 10, sum) ||
            __builtin_add_overflow(*sum, (unsigned)(digits.at[i] - '0'), sum))
            return false;
    return true;
}

static bool exact_add_zeros(int64_t count, uint64_t *sum)
{
    for (; *sum != 0 && count > 0; count--)
        if (__builtin_mul_overflow(*sum, 10, sum))
            return false;
    return true;
}

static bool exact_is_zero(struct slice digits)
{
    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] != '0')
            return false;
    return true;
}

enum exact_result exact_int64_scaled(struct slice text, int tens, int64_t *value)
{
    struct exact_parts parts;
    uint64_t sum = 0;
    if (!exact_take_apart(text, &parts))
        return EXACT_NOT_A_NUMBER;
    int64_t whole = (int64_t)parts.whole.len + parts.exponent + tens; /* digits before the point */
    int64_t more = whole - (int64_t)parts.whole.len;
    if (!exact_add(exact_first(parts.whole, whole), &sum) ||
        !exact_add(exact_first(parts.fraction, more), &sum) ||
        !exact_add_zeros(more - (int64_t)parts.fraction.len, &sum) ||
        sum > (parts.minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX))
        return EXACT_RANGE;
    *value = (int64_t)(parts.minus ? 0 - sum : sum);
    bool all =
        exact_is_zero(exact_behind(parts.whole, whole)) && exact_is_zero(exact_behind(parts.fraction, more));
    return all ? EXACT_OK : EXACT_FRACTION;
}

enum exact_result exact_int64(struct slice text, int64_t *value)
{
    return exact_int64_scaled(text, 0, value);
}

enum exact_result exact_int64_of_double(double number, int64_t *value)
{
    const double most = 9223372036854775808.0; /* 2^63; cppcheck misreads it in hexadecimal */
    if (!isfinite(number) || number != trunc(number))
        return EXACT_FRACTION;
    if (number < -most || number >= most)
        return EXACT_RANGE;
    *value = (int64_t)number;
    return EXACT_OK;
}

bool exact_double_of_int64(int64_t integer, double *value)
{
    *value = (double)integer;
    return *value < 0x1p63 && (int64_t)*value == integer;
}

enum exact_result exact_double(struct slice text, double *value)
{
    struct exact_parts parts;
    int64_t integer = 0;
    if (!exact_take_apart(text, &parts))
        return EXACT_NOT_A_NUMBER;
    if (parts.plain) {
        enum exact_result result = exact_int64(text, &integer);
        return result != EXACT_OK || exact_double_of_int64(integer, value) ? result : EXACT_RANGE;
    }
    *value = number_double(text);
    return isfinite(*value) ? EXACT_OK : EXACT_RANGE;
}

/* ---- plain text ---- */

/* digits (no sign, at least one) with a point `scale` places from the right, or zeros behind when scale is
 * negative. */
static int exact_place_point(bool minus, struct slice digits, int64_t scale, struct arena *arena,
                             struct slice *text)
{
    while (digits.len > 1 && digits.at[0] == '0') {
        digits.at++;
        digits.len--;
    }
    bool zero = digits.at[0] == '0';
    int64_t behind = scale > 0 ? scale : 0;
    int64_t append = scale < 0 && !zero ? -scale : 0;
    int64_t front = behind >= (int64_t)digits.len ? behind - (int64_t)digits.len + 1 : 0;
    int64_t total = (minus && !zero) + front + (int64_t)digits.len + append + (behind > 0);
    if (total > EXACT_TEXT_MOST)
        return -1;
    char *to = arena_take(arena, (size_t)total);
    *text = slice_of(to, (size_t)total);
    memset(to, '0', (size_t)total);
    if (minus && !zero)
        *to++ = '-';
    memcpy(to + front, digits.at, digits.len);
    if (behind > 0) {
        char *point = to + front + digits.len - behind;
        memmove(point + 1, point, (size_t)behind);
        *point = '.';
    }
    return 0;
}

int exact_plain_text(struct slice number, struct arena *arena, struct slice *text)
{
    struct exact_parts parts;
    if (number.len > EXACT_TEXT_MOST || !exact_take_apart(number, &parts))
        return -1;
    char *digits = arena_take(arena, parts.whole.len + parts.fraction.len);
    memcpy(digits, parts.whole.at, parts.whole.len);
    if (parts.fraction.len > 0)
        memcpy(digits + parts.whole.len, parts.fraction.at, parts.fraction.len);
    struct slice all = slice_of(digits, parts.whole.len + parts.fraction.len);
    return exact_place_point(parts.minus, all, (int64_t)parts.fraction.len - parts.exponent, arena, text);
}

/* Divides the big-endian number by ten in place; answers the digit that is left. */
static unsigned exact_digit_off(unsigned char *number, size_t bytes)
{
    unsigned rest = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned now = rest << 8 | number[i];
        number[i] = (unsigned char)(now / 10);
        rest = now % 10;
    }
    return rest;
}

static void exact_negate(unsigned char *number, size_t bytes)
{
    unsigned carry = 1;
    for (size_t i = bytes; i-- > 0;) {
        unsigned now = (unsigned char)~number[i] + carry;
        number[i] = (unsigned char)now;
        carry = now >> 8;
    }
}

int exact_unscaled_text(struct slice unscaled, int64_t scale, struct arena *arena, struct slice *text)
{
    unsigned char number[EXACT_UNSCALED_MOST];
    char digits[EXACT_TEXT_MOST];
    size_t at = sizeof(digits);
    if (unscaled.len == 0 || unscaled.len > EXACT_UNSCALED_MOST)
        return -1;
    memcpy(number, unscaled.at, unscaled.len);
    bool minus = number[0] >= 0x80;
    if (minus)
        exact_negate(number, unscaled.len);
    size_t first = 0;
    do {
        digits[--at] = (char)('0' + exact_digit_off(number + first, unscaled.len - first));
        while (first < unscaled.len && number[first] == 0)
            first++;
    } while (first < unscaled.len);
    return exact_place_point(minus, slice_of(digits + at, sizeof(digits) - at), scale, arena, text);
}
