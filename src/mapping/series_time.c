/* series_time: integers by one multiplication or division, everything else by its digits. */
#include "mapping/series_time.h"

#include "mapping/exact.h"

static enum series_time_result time_of_integer(int64_t number, enum series_unit unit, bool truncate,
                                               int64_t *time_us)
{
    static const int64_t factors[] = {1000000, 1000, 1}; /* nanoseconds are divided */
    if (number < 0)
        return SERIES_TIME_NEGATIVE;
    if (unit != SERIES_NANOSECONDS)
        return __builtin_mul_overflow(number, factors[unit], time_us) ? SERIES_TIME_RANGE : SERIES_TIME_OK;
    *time_us = number / 1000;
    return number % 1000 == 0 || truncate ? SERIES_TIME_OK : SERIES_TIME_REMAINDER;
}

enum series_time_result series_time_of_text(struct slice text, enum series_unit unit, bool truncate,
                                            int64_t *time_us)
{
    static const int tens[] = {6, 3, 0, -3};
    enum exact_result result = exact_int64_scaled(text, tens[unit], time_us);
    if (result == EXACT_NOT_A_NUMBER)
        return SERIES_TIME_NOT_A_NUMBER;
    if (text.at[0] == '-' && (result != EXACT_OK || *time_us != 0))
        return SERIES_TIME_NEGATIVE;
    if (result == EXACT_RANGE)
        return SERIES_TIME_RANGE;
    return result == EXACT_OK || truncate ? SERIES_TIME_OK : SERIES_TIME_REMAINDER;
}

/* Without its digits only a whole number is sure to be what was meant. */
static enum series_time_result time_of_double(const struct value_field *field, enum series_unit unit,
                                              bool truncate, int64_t *time_us)
{
    int64_t whole;
    if (field->digit_count > 0)
        return series_time_of_text(slice_of(field->digits, field->digit_count), unit, truncate, time_us);
    switch (exact_int64_of_double(field->number, &whole)) {
    case EXACT_OK:
        return time_of_integer(whole, unit, truncate, time_us);
    case EXACT_RANGE:
        return SERIES_TIME_RANGE;
    case EXACT_FRACTION:
    case EXACT_NOT_A_NUMBER:
        break;
    }
    return SERIES_TIME_REMAINDER;
}

enum series_time_result series_time_of(const struct value_field *field, enum series_unit unit, bool truncate,
                                       int64_t *time_us)
{
    switch (field->type) {
    case VALUE_INT8:
    case VALUE_INT16:
    case VALUE_INT32:
    case VALUE_INT64:
        return time_of_integer(field->integer, unit, truncate, time_us);
    case VALUE_FLOAT32:
    case VALUE_FLOAT64:
        return time_of_double(field, unit, truncate, time_us);
    case VALUE_STRING:
    case VALUE_BIG:
        return series_time_of_text(field->text, unit, truncate, time_us);
    case VALUE_BYTES:
        if (field->decimal)
            return series_time_of_text(field->text, unit, truncate, time_us);
        break;
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_ARRAY:
    case VALUE_MAP:
    case VALUE_STRUCT:
        break;
    }
    return SERIES_TIME_NOT_A_NUMBER;
}

const char *series_time_words(enum series_time_result result)
{
    static const char *const words[] = {
        [SERIES_TIME_OK] = "",
        [SERIES_TIME_NOT_A_NUMBER] = "neither a number nor a text of one",
        [SERIES_TIME_RANGE] = "beyond 64 bits in microseconds",
        [SERIES_TIME_NEGATIVE] = "before 1970; the service takes none",
        [SERIES_TIME_REMAINDER] = "not a whole number of microseconds; time.truncate would cut it",
    };
    return words[result];
}
