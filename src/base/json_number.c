/* json_number: integers exactly, decimals correctly rounded. One pass over the digits in the usual case. */
#include "base/decimal.h"
#include "base/json_text.h"
#include "base/number.h"

enum { JSON_WHOLE_DIGITS = 19, JSON_EXPONENT_MOST = 100000 }; /* 19 digits never pass 64 bits */

/* Adds a run of digits to the sum, which wraps after 19; answers where it ends. */
static inline const char *json_digits(const char *at, const char *end, uint64_t *sum)
{
    uint64_t total = *sum;
    for (; at < end && (unsigned)(*at - '0') <= 9; at++)
        total = total * 10 + (unsigned)(*at - '0');
    *sum = total;
    return at;
}

/* Integers that the sum does not tell: too many digits (leading zeros count), or beyond int64. */
static void json_integer_long(struct json_value *value)
{
    char plain[24];
    size_t minus = value->text.at[0] == '-';
    size_t first = minus;
    while (first + 1 < value->text.len && value->text.at[first] == '0')
        first++;
    size_t digits = value->text.len - first;
    value->kind = JSON_BIG;
    if (digits > JSON_WHOLE_DIGITS)
        return;
    plain[0] = '-';
    memcpy(plain + minus, value->text.at + first, digits);
    if (number_int64(slice_of(plain, digits + minus), &value->integer))
        value->kind = JSON_INTEGER;
}

/* At the e; answers where the exponent ends. */
static const char *json_exponent(const struct json_reader *reader, const char *at, int64_t *exponent)
{
    const char *sign = at + 1;
    bool minus = sign < reader->end && *sign == '-';
    const char *first = sign + (sign < reader->end && (*sign == '-' || *sign == '+'));
    const char *end = first;
    int64_t sum = 0;
    for (; end < reader->end && (unsigned)(*end - '0') <= 9; end++)
        if (sum < JSON_EXPONENT_MOST)
            sum = sum * 10 + (*end - '0');
    if (end == first)
        return json_text_fault(reader, at, "a digit was expected in the exponent");
    *exponent += minus ? -sum : sum;
    return end;
}

static double json_rounded(struct slice text, uint64_t sum, int64_t exponent, bool whole)
{
    double number;
    if (__builtin_expect(whole && decimal_double(sum, exponent, &number), 1))
        return text.at[0] == '-' ? -number : number;
    return number_double(text);
}

/* From the point or the e on; `sum` of the digits before it. */
static const char *json_decimal(const struct json_reader *reader, const char *at, uint64_t sum,
                                struct json_value *value)
{
    const char *start = value->text.at;
    int64_t exponent = 0;
    int64_t others = (*start == '-') + (*at == '.');
    if (*at == '.') {
        const char *first = at + 1;
        at = json_digits(first, reader->end, &sum);
        if (at == first)
            return json_text_fault(reader, at, "a digit was expected after the decimal point");
        exponent = first - at;
    }
    bool whole = at - start - others <= JSON_WHOLE_DIGITS;
    if (at < reader->end && (*at == 'e' || *at == 'E'))
        at = json_exponent(reader, at, &exponent);
    if (at == NULL)
        return NULL;
    value->kind = JSON_DOUBLE;
    value->text.len = (size_t)(at - start);
    value->number = json_rounded(value->text, sum, exponent, whole);
    return at;
}

const char *json_text_number(const struct json_reader *reader, const char *at, struct json_value *value)
{
    uint64_t sum = 0;
    bool minus = *at == '-';
    const char *first = at + minus;
    const char *end = json_digits(first, reader->end, &sum);
    value->text.at = at;
    if (__builtin_expect(end == first, 0))
        return json_text_fault(reader, at, "a digit was expected after the minus");
    if (end < reader->end && (*end == '.' || *end == 'e' || *end == 'E'))
        return json_decimal(reader, end, sum, value);
    value->text.len = (size_t)(end - at);
    value->kind = JSON_INTEGER;
    value->integer = (int64_t)(minus ? 0 - sum : sum);
    if (__builtin_expect(end - first > JSON_WHOLE_DIGITS || sum > INT64_MAX, 0))
        json_integer_long(value);
    return end;
}
