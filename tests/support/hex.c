/* hex: see hex.h. */
#include "support/hex.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "support/cmocka_all.h"

static int digit(char sign)
{
    const char *digits = "0123456789abcdef";
    const char *at = sign == 0 ? NULL : strchr(digits, sign);
    if (at == NULL)
        fail_msg("'%c' is not a hex digit", sign);
    return at == NULL ? 0 : (int)(at - digits);
}

struct slice hex_take(struct arena *arena, const char *hex)
{
    size_t len = strlen(hex) / 2;
    assert_int_equal(strlen(hex), 2 * len);
    char *at = arena_take(arena, len);
    for (size_t i = 0; i < len; i++)
        at[i] = (char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    return slice_of(at, len);
}

void hex_assert_equal(struct slice bytes, const char *hex)
{
    char *text = check_memory(malloc(2 * bytes.len + 1));
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = "0123456789abcdef"[(unsigned char)bytes.at[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes.at[i] & 15];
    }
    text[2 * bytes.len] = 0;
    bool equal = strcmp(text, hex) == 0;
    if (!equal)
        print_error("     got %s\nexpected %s\n", text, hex);
    free(text);
    assert_true(equal);
}
