/* base64: four characters for three bytes. */
#include "base/base64.h"

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64_put(const unsigned char *from, size_t bytes, char *to)
{
    uint32_t bits = (uint32_t)from[0] << 16;
    bits |= bytes > 1 ? (uint32_t)from[1] << 8 : 0;
    bits |= bytes > 2 ? from[2] : 0;
    to[0] = base64_alphabet[bits >> 18];
    to[1] = base64_alphabet[bits >> 12 & 63];
    to[2] = bytes > 1 ? base64_alphabet[bits >> 6 & 63] : '=';
    to[3] = bytes > 2 ? base64_alphabet[bits & 63] : '=';
}

size_t base64_encode(struct slice bytes, char *to)
{
    const unsigned char *from = (const unsigned char *)bytes.at;
    char *start = to;
    for (size_t left = bytes.len; left > 0; to += 4) {
        size_t now = left < 3 ? left : 3;
        base64_put(from, now, to);
        from += now;
        left -= now;
    }
    return (size_t)(to - start);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters of which the last `padding` are '='; writes 3 - padding bytes. */
static int base64_take(const char *from, size_t padding, char *to)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4 - padding; i++) {
        int digit = base64_digit(from[i]);
        if (digit < 0)
            return -1;
        bits |= (uint32_t)digit << (18 - 6 * i);
    }
    for (size_t i = 0; i < 3 - padding; i++)
        to[i] = (char)(bits >> (16 - 8 * i));
    return 0;
}

ssize_t base64_decode(struct slice text, char *to)
{
    if (text.len % 4 != 0)
        return -1;
    char *start = to;
    for (size_t at = 0; at < text.len; at += 4) {
        const char *from = text.at + at;
        bool last = at + 4 == text.len;
        size_t padding = !last || from[3] != '=' ? 0 : from[2] == '=' ? 2 : 1;
        if (base64_take(from, padding, to) != 0)
            return -1;
        to += 3 - padding;
    }
    return to - start;
}
