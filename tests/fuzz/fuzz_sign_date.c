/* fuzz_sign_date: any bytes as a date. One that is read comes back from our writer as the same second. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "wire/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t wall_ms;
    int64_t again_ms;
    char date[SIGN_DATE + 1];
    char *edge = check_memory(malloc(size + 1));
    memcpy(edge, data, size);
    if (sign_parse_date(slice_of(edge, size), &wall_ms) == 0) {
        CHECK(wall_ms % 1000 == 0);
        CHECK(sign_date(wall_ms, date) == SIGN_DATE);
        CHECK(memcmp(date, edge, 19) == 0);
        CHECK(sign_parse_date(slice_of(date, SIGN_DATE), &again_ms) == 0 && again_ms == wall_ms);
    }
    free(edge);
    return 0;
}
