/* utf8: well-formed or not (no overlong forms, no surrogates, at most U+10FFFF). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

/* Bytes of the well-formed character at `at` (1 to 4), or 0 when it is none. at < end. */
size_t utf8_length(const char *at, const char *end);

/* The character of utf8_length() bytes, at least 1. */
uint32_t utf8_character(const char *at, size_t length);

/* When utf8_length() says 0: how many bytes one U+FFFD stands for, at least 1 (as Java and browsers count).
 */
size_t utf8_broken(const char *at, const char *end);

/* Where the first byte that is not ASCII stands; the end when there is none. */
const char *utf8_skip_ascii(const char *at, const char *end);

/* Where the first broken character stands; the end when there is none. */
const char *utf8_check(const char *at, const char *end);

/* A copy in which U+FFFD stands for what is broken; `to` has room for 3 * text.len bytes. Answers the length.
 */
size_t utf8_mend(struct slice text, char *to);

/* Writes the character (at most U+10FFFF, no surrogate) and answers where it ends: at most 4 bytes. */
char *utf8_put(char *to, uint32_t character);

enum { UTF8_REPLACEMENT = 0xfffd };

#endif
