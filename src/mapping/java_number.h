/* java_number: numbers as Java prints them ("1.0", "1.0E30"): what a column of type string gets, so that rows
 * written by the Java connector and by us read the same. Digits are the fewest that read back the same. */
#ifndef MAPPING_JAVA_NUMBER_H
#define MAPPING_JAVA_NUMBER_H

#include "base/slice.h"

/* `to` has room for JAVA_NUMBER_BYTES; finite numbers only. `narrow`: the number is a float. Answers the
 * length. */
enum { JAVA_NUMBER_BYTES = 32 };
size_t java_number_double(double number, bool narrow, char *to);
size_t java_number_int64(int64_t integer, char *to);

#endif
