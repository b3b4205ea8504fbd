/* number: exact text for numbers. */
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool number_int64(struct slice text, int64_t *value)
{
    size_t at = text.len > 0 && text.at[0] == '-' ? 1 : 0;
    uint64_t sum = 0;
    uint64_t most = at == 1 ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (at == text.len || text.len - at > 19)
        return false;
    for (size_t i = at; i < text.len; i++) {
        unsigned digit = (unsigned)(text.at[i] - '0');
        if (digit > 9)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > most)
        return false;
    *value = (int64_t)(at == 1 ? 0 - sum : sum);
    return true;
}

static locale_t number_locale(void)
{
    static locale_t c_locale;
    if (c_locale == (locale_t)0)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return c_locale;
}

double number_double(struct slice text)
{
    char small[64];
    char *copy = text.len < sizeof(small) ? small : malloc(text.len + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, text.at, text.len);
    copy[text.len] = 0;
    double value = strtod_l(copy, NULL, number_locale());
    if (copy != small)
        free(copy);
    return value;
}

static size_t number_print_named(double value, char *at)
{
    const char *name = isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    return (size_t)snprintf(at, 32, "%s", name);
}

/* The fewest digits that read back the same, in the form of %e; answers the count of digits. */
static int number_digits(double value, char *at)
{
    for (int digits = 1; digits < 17; digits++) {
        snprintf(at, 32, "%.*e", digits - 1, value);
        if (strtod(at, NULL) == value)
            return digits;
    }
    snprintf(at, 32, "%.16e", value);
    return 17;
}

/* Plain from 0.00001 up to 16 digits before the point, with an exponent outside. */
static int number_print_finite(double value, char *at)
{
    int digits = number_digits(value, at);
    int exponent = (int)strtol(strchr(at, 'e') + 1, NULL, 10);
    if (exponent < -5 || exponent > 15)
        return (int)strlen(at);
    int decimals = digits - 1 - exponent;
    return snprintf(at, 32, "%.*f", decimals < 1 ? 1 : decimals, value);
}

size_t number_print_double(double value, char *at)
{
    if (!isfinite(value))
        return number_print_named(value, at);
    locale_t before = uselocale(number_locale());
    int len = number_print_finite(value, at);
    uselocale(before);
    return (size_t)len;
}
