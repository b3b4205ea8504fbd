/* base64: standard alphabet, padded. The reader is strict: one text for each sequence of bytes. */
#include "wire/digest.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_three(const unsigned char *from, size_t count, char *to)
{
    uint32_t word = (uint32_t)from[0] << 16;
    word |= count > 1 ? (uint32_t)from[1] << 8 : 0;
    word |= count > 2 ? (uint32_t)from[2] : 0;
    to[0] = alphabet[word >> 18];
    to[1] = alphabet[word >> 12 & 63];
    to[2] = count > 1 ? alphabet[word >> 6 & 63] : '=';
    to[3] = count > 2 ? alphabet[word & 63] : '=';
}

size_t digest_base64_encode(struct slice bytes, char *to)
{
    const unsigned char *from = (const unsigned char *)bytes.at;
    char *begin = to;
    for (size_t left = bytes.len; left > 0; to += 4) {
        size_t count = left < 3 ? left : 3;
        encode_three(from, count, to);
        from += count;
        left -= count;
    }
    *to = 0;
    return (size_t)(to - begin);
}

/* 0 to 63, or -1. */
static int decode_one(char sign)
{
    if (sign >= 'A' && sign <= 'Z')
        return sign - 'A';
    if (sign >= 'a' && sign <= 'z')
        return sign - 'a' + 26;
    if (sign >= '0' && sign <= '9')
        return sign - '0' + 52;
    if (sign == '+')
        return 62;
    return sign == '/' ? 63 : -1;
}

/* Four signs, the last `padding` of them '='. */
static int decode_four(const char *from, int padding, char *to)
{
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) {
        int bits = i < 4 - padding ? decode_one(from[i]) : 0;
        if (bits < 0)
            return -1;
        word = word << 6 | (uint32_t)bits;
    }
    if ((word & ((1u << (8 * padding)) - 1)) != 0)
        return -1;
    for (int i = 0; i < 3 - padding; i++)
        to[i] = (char)(word >> (16 - 8 * i));
    return 0;
}

static int padding_of(struct slice text)
{
    if (text.len == 0 || text.at[text.len - 1] != '=')
        return 0;
    return text.at[text.len - 2] == '=' ? 2 : 1;
}

ssize_t digest_base64_decode(struct slice text, char *to)
{
    if (text.len % 4 != 0)
        return -1;
    int padding = padding_of(text);
    for (size_t i = 0; i < text.len; i += 4) {
        if (decode_four(text.at + i, i + 4 == text.len ? padding : 0, to + i / 4 * 3) != 0)
            return -1;
    }
    return (ssize_t)(text.len / 4 * 3) - padding;
}
