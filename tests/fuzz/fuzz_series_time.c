/* fuzz_series_time: the first byte picks the unit and whether to truncate, the rest is a text. A slow and
 * obvious twin, which writes the digits out, must say the same; so must the ways for integers and doubles. */
#include <stdlib.h>

#include "base/check.h"
#include "base/number.h"
#include "mapping/series_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MOST = 200, INT64_DIGITS = 19 };

struct decimal {
    bool minus;
    char digits[TEXT_MOST];
    int64_t count;
    int64_t point; /* so many digits stand before it */
};

static bool is_digit(struct slice text, size_t at)
{
    return at < text.len && text.at[at] >= '0' && text.at[at] <= '9';
}

static size_t take_digits(struct slice text, size_t at, struct decimal *decimal)
{
    for (; is_digit(text, at); at++)
        decimal->digits[decimal->count++] = text.at[at];
    return at;
}

static bool take_exponent(struct slice text, size_t at, struct decimal *decimal)
{
    int64_t exponent = 0;
    bool minus = at < text.len && text.at[at] == '-';
    if (at < text.len && (text.at[at] == '-' || text.at[at] == '+'))
        at++;
    if (!is_digit(text, at))
        return false;
    for (; is_digit(text, at); at++)
        exponent = exponent > 1000000 ? exponent : exponent * 10 + (text.at[at] - '0');
    decimal->point += minus ? -exponent : exponent;
    return at == text.len;
}

static bool take_apart(struct slice text, struct decimal *decimal)
{
    size_t at = 0;
    *decimal = (struct decimal){.minus = text.len > 0 && text.at[0] == '-'};
    if (text.len > 0 && (text.at[0] == '-' || text.at[0] == '+'))
        at = 1;
    at = take_digits(text, at, decimal);
    decimal->point = decimal->count;
    if (at < text.len && text.at[at] == '.')
        at = take_digits(text, at + 1, decimal);
    if (decimal->count == 0)
        return false;
    if (at < text.len && (text.at[at] == 'e' || text.at[at] == 'E'))
        return take_exponent(text, at + 1, decimal);
    return at == text.len;
}

/* The digit of 10^-(at + 1 - point): 0 in front of all and behind all. */
static unsigned digit_at(const struct decimal *decimal, int64_t at)
{
    return at < 0 || at >= decimal->count ? 0 : (unsigned)(decimal->digits[at] - '0');
}

static enum series_time_result twin_of(const struct decimal *decimal, bool truncate, int64_t *time_us)
{
    int64_t first = 0;
    __int128 sum = 0;
    while (first < decimal->count && decimal->digits[first] == '0')
        first++;
    *time_us = 0;
    if (first == decimal->count)
        return SERIES_TIME_OK;
    if (decimal->minus)
        return SERIES_TIME_NEGATIVE;
    if (decimal->point - first > INT64_DIGITS)
        return SERIES_TIME_RANGE;
    for (int64_t at = first; at < decimal->point; at++)
        sum = sum * 10 + digit_at(decimal, at);
    if (sum > INT64_MAX)
        return SERIES_TIME_RANGE;
    *time_us = (int64_t)sum;
    for (int64_t at = first; at < decimal->count && !truncate; at++)
        if (at >= decimal->point && digit_at(decimal, at) != 0)
            return SERIES_TIME_REMAINDER;
    return SERIES_TIME_OK;
}

static enum series_time_result twin(struct slice text, enum series_unit unit, bool truncate, int64_t *time_us)
{
    static const int tens[] = {6, 3, 0, -3};
    struct decimal decimal;
    if (!take_apart(text, &decimal))
        return SERIES_TIME_NOT_A_NUMBER;
    decimal.point += tens[unit];
    return twin_of(&decimal, truncate, time_us);
}

static void agrees(const struct value_field *field, enum series_unit unit, bool truncate,
                   enum series_time_result wanted, int64_t wanted_us)
{
    int64_t time_us = 0;
    CHECK(series_time_of(field, unit, truncate, &time_us) == wanted);
    CHECK(wanted != SERIES_TIME_OK || time_us == wanted_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t time_us = 0;
    if (size == 0 || size > TEXT_MOST)
        return 0;
    enum series_unit unit = (enum series_unit)(data[0] & 3);
    bool truncate = (data[0] & 4) != 0;
    char *copy = check_memory(malloc(size)); /* of its size, so that a sanitizer sees a read behind it */
    struct slice text = slice_of(copy, size - 1);
    memcpy(copy, data + 1, size - 1);
    enum series_time_result wanted = twin(text, unit, truncate, &time_us);
    struct value_field field = {.type = VALUE_STRING, .text = text};
    agrees(&field, unit, truncate, wanted, time_us);
    field = (struct value_field){.type = VALUE_INT64};
    if (number_int64(text, &field.integer))
        agrees(&field, unit, truncate, wanted, time_us);
    field = (struct value_field){.type = VALUE_FLOAT64, .digit_count = (uint16_t)text.len};
    field.digits = text.at;
    if (text.len > 0)
        agrees(&field, unit, truncate, wanted, time_us);
    free(copy);
    return 0;
}
