/* hex: bytes as text in tests. */
#ifndef SUPPORT_HEX_H
#define SUPPORT_HEX_H

#include "base/slice.h"

struct arena;

/* The bytes, in the arena; fails the test on anything that is not pairs of digits. */
struct slice hex_take(struct arena *arena, const char *hex);

/* Fails with both as text. */
void hex_assert_equal(struct slice bytes, const char *hex);

#endif
