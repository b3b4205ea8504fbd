/* exact: decimal text to numbers and back, without losing anything, and the texts of Decimals. */
#ifndef MAPPING_EXACT_H
#define MAPPING_EXACT_H

#include "base/slice.h"

struct arena;

enum exact_result {
    EXACT_OK,
    EXACT_NOT_A_NUMBER,
    EXACT_FRACTION, /* it has a fraction that is not 0 */
    EXACT_RANGE     /* an integer outside int64, or digits that a double does not keep */
};

/* Text as Java's BigDecimal reads it: "12" "+12" "12.0" "1e3" ".5" "5."; no blanks, no names, no hexadecimal.
 */
enum exact_result exact_int64(struct slice text, int64_t *value);

/* The same for the number times 10^tens. EXACT_FRACTION: *value is the number without its fraction. */
enum exact_result exact_int64_scaled(struct slice text, int tens, int64_t *value);

/* A double that is an integer within int64. */
enum exact_result exact_int64_of_double(double number, int64_t *value);

/* Whole numbers without point and exponent must be kept to the last digit; others are rounded correctly, as a
 * JSON number is, but not to infinity. */
enum exact_result exact_double(struct slice text, double *value);

/* True when the double keeps the integer. */
bool exact_double_of_int64(int64_t integer, double *value);

/* Plain decimal text (no exponent) of a number or of a Decimal's unscaled value (two's complement,
 * big-endian), in the arena. -1 when it would have more than EXACT_TEXT_MOST characters, or when there is no
 * number. */
enum { EXACT_TEXT_MOST = 1024, EXACT_UNSCALED_MOST = 400 };
int exact_plain_text(struct slice number, struct arena *arena, struct slice *text);
int exact_unscaled_text(struct slice unscaled, int64_t scale, struct arena *arena, struct slice *text);

#endif
