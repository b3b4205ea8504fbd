/* json_number: integers exactly, decimals correctly rounded. One pass over the digits in the usual case. */
#include "base/decimal.h"
#include "base/json_text.h"
#include "base/number.h"

/* A number being read. */
struct json_digits {
    uint64_t sum;     /* of all digits, point or not; wraps after 19 */
    int64_t exponent; /* of ten */
    bool minus;
};

enum { JSON_SAFE_DIGITS = 18, JSON_EXPONENT_MOST = 100000 };

static inline bool json_digit(const char *at, const char *end, unsigned *digit)
{
    if (at >= end)
        return false;
    *digit = (unsigned)(*at - '0');
    return *digit <= 9;
}

/* Adds a run of digits; answers where it ends. */
static inline const char *json_digits_add(struct json_digits *digits, const char *at, const char *end)
{
    unsigned digit;
    for (; json_digit(at, end, &digit); at++)
        digits->sum = digits->sum * 10 + digit;
    return at;
}

/* Integers of more than 18 digits, leading zeros counted. */
static void json_integer_long(struct json_value *value)
{
    struct slice digits = value->text;
    char plain[24];
    size_t minus = digits.at[0] == '-';
    size_t zeros = minus;
    while (zeros + 1 < digits.len && digits.at[zeros] == '0')
        zeros++;
    digits = slice_of(digits.at + zeros, digits.len - zeros);
    value->kind = JSON_BIG;
    if (digits.len > 19)
        return;
    plain[0] = '-';
    memcpy(plain + minus, digits.at, digits.len);
    if (number_int64(slice_of(plain, digits.len + minus), &value->integer))
        value->kind = JSON_INTEGER;
}

static const char *json_fraction(const struct json_reader *reader, const char *at, struct json_digits *digits)
{
    const char *end = json_digits_add(digits, at + 1, reader->end);
    if (end == at + 1)
        return json_text_fault(reader, at, "a digit was expected after the decimal point");
    digits->exponent -= end - at - 1;
    return end;
}

static const char *json_exponent(const struct json_reader *reader, const char *at, struct json_digits *digits)
{
    bool minus = at + 1 < reader->end && at[1] == '-';
    const char *first = at + 1 + (minus || (at + 1 < reader->end && at[1] == '+'));
    int64_t exponent = 0;
    unsigned digit;
    const char *end = first;
    for (; json_digit(end, reader->end, &digit); end++)
        if (exponent < JSON_EXPONENT_MOST)
            exponent = exponent * 10 + digit;
    if (end == first)
        return json_text_fault(reader, at, "a digit was expected in the exponent");
    digits->exponent += minus ? -exponent : exponent;
    return end;
}

/* From the point or the exponent on. */
static const char *json_decimal(const struct json_reader *reader, const char *at, struct json_digits *digits,
                                struct json_value *value)
{
    const char *start = value->text.at;
    if (*at == '.')
        at = json_fraction(reader, at, digits);
    bool whole = at != NULL && at - start <= 20; /* 19 digits and a point, or less: sum has not wrapped */
    if (at != NULL && at < reader->end && (*at == 'e' || *at == 'E'))
        at = json_exponent(reader, at, digits);
    if (at == NULL)
        return NULL;
    value->kind = JSON_DOUBLE;
    value->text = slice_of(start, (size_t)(at - start));
    if (whole && decimal_double(digits->sum, digits->exponent, &value->number))
        value->number = digits->minus ? -value->number : value->number;
    else
        value->number = number_double(value->text);
    return at;
}

const char *json_text_number(const struct json_reader *reader, const char *at, struct json_value *value)
{
    struct json_digits digits = {.minus = *at == '-'};
    const char *first = at + digits.minus;
    value->text.at = at;
    const char *end = json_digits_add(&digits, first, reader->end);
    if (end == first)
        return json_text_fault(
            reader, at, digits.minus ? "a digit was expected after the minus" : "a value was expected");
    if (end < reader->end && (*end == '.' || (*end | 0x20) == 'e'))
        return json_decimal(reader, end, &digits, value);
    value->text.len = (size_t)(end - at);
    value->kind = JSON_INTEGER;
    value->integer = (int64_t)(digits.minus ? 0 - digits.sum : digits.sum);
    if (__builtin_expect(end - first > JSON_SAFE_DIGITS, 0))
        json_integer_long(value);
    return end;
}
