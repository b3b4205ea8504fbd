/* utf8: one table-free step for a character, 16 bytes at a time for plain ASCII. */
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What may stand second, by the first byte: 0xe0, 0xed, 0xf0 and 0xf4 narrow it. */
static bool utf8_second(unsigned char first, unsigned char second)
{
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high;
}

static size_t utf8_wanted(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* How many bytes from `at` on belong to one character as far as it goes. */
static size_t utf8_fitting(const char *at, const char *end, size_t wanted)
{
    size_t count = 1;
    if (wanted < 2 || end - at < 2 || !utf8_second((unsigned char)at[0], (unsigned char)at[1]))
        return count;
    for (count = 2; count < wanted && at + count < end; count++)
        if (((unsigned char)at[count] & 0xc0) != 0x80)
            break;
    return count;
}

size_t utf8_length(const char *at, const char *end)
{
    size_t wanted = utf8_wanted((unsigned char)*at);
    if (wanted <= 1)
        return wanted;
    return utf8_fitting(at, end, wanted) == wanted ? wanted : 0;
}

uint32_t utf8_character(const char *at, size_t length)
{
    static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (unsigned char)at[0] & first[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | ((unsigned char)at[i] & 0x3f);
    return character;
}

size_t utf8_broken(const char *at, const char *end)
{
    return utf8_fitting(at, end, utf8_wanted((unsigned char)*at));
}

const char *utf8_skip_ascii(const char *at, const char *end)
{
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        unsigned high = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)at));
        if (high != 0)
            return at + __builtin_ctz(high);
    }
#endif
    while (at < end && (unsigned char)*at < 0x80)
        at++;
    return at;
}

const char *utf8_check(const char *at, const char *end)
{
    for (at = utf8_skip_ascii(at, end); at < end; at = utf8_skip_ascii(at, end)) {
        size_t len = utf8_length(at, end);
        if (len == 0)
            return at;
        at += len;
    }
    return at;
}

char *utf8_put(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    static const unsigned char marks[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(marks[more] | character >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | (character >> (6 * more) & 0x3f));
    return to;
}

size_t utf8_mend(struct slice text, char *to)
{
    const char *at = text.at;
    const char *end = text.at + text.len;
    char *start = to;
    while (at < end) {
        const char *good = utf8_check(at, end);
        memcpy(to, at, (size_t)(good - at));
        to += good - at;
        at = good;
        if (at < end) {
            to = utf8_put(to, UTF8_REPLACEMENT);
            at += utf8_broken(at, end);
        }
    }
    return (size_t)(to - start);
}
