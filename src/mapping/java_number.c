/* java_number: plain from 0.001 to below ten million, else one digit, a point, and an exponent. */
#include "mapping/java_number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* d.ddddd * 10^exponent */
struct java_digits {
    char digits[24];
    int count;
    int exponent;
    bool minus;
};

static bool java_reads_back(const char *text, double number, bool narrow)
{
    return narrow ? strtof(text, NULL) == (float)number : strtod(text, NULL) == number;
}

/* Takes "-1.25e+07" apart; whatever the locale has for a point is passed over. */
static void java_take_apart(const char *text, struct java_digits *digits)
{
    *digits = (struct java_digits){.minus = *text == '-'};
    for (; *text != 0 && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9')
            digits->digits[digits->count++] = *text;
    digits->exponent = (int)strtol(text + 1, NULL, 10);
    while (digits->count > 1 && digits->digits[digits->count - 1] == '0')
        digits->count--;
}

/* Below the normal numbers fewer digits tell neighbours apart; two are the fewest that Java looks for. */
static int java_fewest(double number, bool narrow)
{
    if (fabs(number) < (narrow ? (double)FLT_MIN : DBL_MIN))
        return 2;
    return narrow ? 6 : 15;
}

static void java_shortest(double number, bool narrow, struct java_digits *digits)
{
    char text[40];
    int most = narrow ? 9 : 17;
    for (int precision = java_fewest(number, narrow); precision <= most; precision++) {
        snprintf(text, sizeof(text), "%.*e", precision - 1, number);
        if (java_reads_back(text, number, narrow))
            break;
    }
    java_take_apart(text, digits);
}

static char *java_put_digits(char *to, const struct java_digits *digits, int from, int until)
{
    for (int i = from; i < until; i++)
        *to++ = i >= 0 && i < digits->count ? digits->digits[i] : '0';
    return to;
}

static char *java_put_plain(char *to, const struct java_digits *digits)
{
    int whole = digits->exponent + 1; /* digits before the point */
    int until = digits->count > whole + 1 ? digits->count : whole + 1;
    to = java_put_digits(to, digits, whole < 1 ? whole - 1 : 0, whole);
    *to++ = '.';
    return java_put_digits(to, digits, whole, until);
}

size_t java_number_double(double number, bool narrow, char *to)
{
    struct java_digits digits;
    char *start = to;
    java_shortest(number, narrow, &digits);
    if (digits.minus)
        *to++ = '-';
    if (number == 0 || (digits.exponent >= -3 && digits.exponent < 7))
        return (size_t)(java_put_plain(to, &digits) - start);
    *to++ = digits.digits[0];
    *to++ = '.';
    to = java_put_digits(to, &digits, 1, digits.count > 2 ? digits.count : 2);
    return (size_t)(to - start) + (size_t)sprintf(to, "E%d", digits.exponent);
}

size_t java_number_int64(int64_t integer, char *to)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (integer < 0)
        digits[--at] = '-';
    memcpy(to, digits + at, sizeof(digits) - at);
    return sizeof(digits) - at;
}
