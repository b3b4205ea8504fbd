/* json_text: the innermost steps of the JSON reader: blanks, strings, numbers, literals. For json.c and
 * json_nested.c only. Each step takes where it begins and answers where it ended, or NULL with the fault set.
 * What nearly every byte goes through is inline. */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/json.h"

struct json_reader {
    const char *start;
    const char *end;
    unsigned options;
    struct json_fault *fault;
};

/* Always NULL. */
const char *json_text_fault(const struct json_reader *reader, const char *at, const char *what);

/* Blanks, and comments when they are allowed; an open block comment is a fault. */
const char *json_text_blanks_rest(const struct json_reader *reader, const char *at);

static inline const char *json_text_blanks(const struct json_reader *reader, const char *at)
{
    if (at < reader->end && *at == ' ')
        at++;
    if (__builtin_expect(at < reader->end && (unsigned char)*at > ' ' && *at != '/', 1))
        return at;
    return json_text_blanks_rest(reader, at);
}

/* Where plain ASCII text stops: at a quote, a backslash, a control character, a byte above 0x7f, or the end.
 */
static inline const char *json_text_plain(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* Bytes above 0x7f are negative here, so one comparison finds them and the control characters. */
        __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmplt_epi8(bytes, blank));
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_or_si128(stop, _mm_cmpeq_epi8(bytes, backslash)));
        if (hits != 0)
            return at + __builtin_ctz(hits);
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ' && (unsigned char)*at < 0x80)
        at++;
    return at;
}

/* Goes on where plain text stopped: to the closing quote. */
const char *json_text_string_rest(const struct json_reader *reader, const char *at, bool *escaped);

/* `at` is behind the opening quote; the answer is behind the closing one. */
static inline const char *json_text_string(const struct json_reader *reader, const char *at,
                                           struct slice *text, bool *escaped)
{
    const char *start = at;
    *escaped = false;
    at = json_text_plain(at, reader->end);
    if (__builtin_expect(at >= reader->end || *at != '"', 0)) {
        at = json_text_string_rest(reader, at, escaped);
        if (at == NULL)
            return NULL;
    }
    *text = slice_of(start, (size_t)(at - start));
    return at + 1;
}

/* `at` is at a minus or a digit. */
const char *json_text_number(const struct json_reader *reader, const char *at, struct json_value *value);

/* true, false, null. */
const char *json_text_literal(const struct json_reader *reader, const char *at, struct json_value *value);

/* The whole of an object or an array, brackets included; `depth` counts it. */
const char *json_text_nested(const struct json_reader *reader, const char *at, unsigned depth);

#endif
