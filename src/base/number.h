/* number: integers and doubles to and from text, exactly or not at all, never by locale. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/slice.h"

/* Decimal digits with an optional minus and nothing else, within int64: true and *value. */
bool number_int64(struct slice text, int64_t *value);

/* The shortest text that reads back as the same double ("0.1", "1e300", "-0.0", "50.0"): `at` holds at least
 * 32 bytes; answers the length. Whole numbers keep a ".0". NaN, Infinity, -Infinity by name. */
size_t number_print_double(double value, char *at);

/* Correctly rounded, C locale; the text must be a JSON number. */
double number_double(struct slice text);

#endif
