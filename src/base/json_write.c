/* json_write: strings out of their escapes and into them; places in a text. */
#include <stdio.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"

/* ---- reading ---- */

static unsigned json_hex4(const char *at)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)at[i];
        value = value << 4 | ((c & 0xf) + (c > '9' ? 9 : 0));
    }
    return value;
}

static bool json_low_follows(const char *at, const char *end)
{
    return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && (json_hex4(at + 2) & 0xfc00) == 0xdc00;
}

/* At the backslash of a \u escape; answers where it ends, the second of a pair included. */
static const char *json_unescape_u(const char *at, const char *end, char **to)
{
    uint32_t character = json_hex4(at + 2);
    at += 6;
    if ((character & 0xfc00) == 0xd800 && json_low_follows(at, end)) {
        character = 0x10000 + ((character & 0x3ff) << 10) + (json_hex4(at + 2) & 0x3ff);
        at += 6;
    } else if ((character & 0xf800) == 0xd800) {
        character = UTF8_REPLACEMENT;
    }
    *to = utf8_put(*to, character);
    return at;
}

static char json_unescape_letter(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return letter; /* quote, backslash, slash */
    }
}

size_t json_unescape(struct slice text, char *to)
{
    const char *at = text.at;
    const char *end = text.at + text.len;
    char *start = to;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash == NULL ? end : backslash) - at);
        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end)
            break;
        if (at[1] == 'u') {
            at = json_unescape_u(at, end, &to);
        } else {
            *to++ = json_unescape_letter(at[1]);
            at += 2;
        }
    }
    return (size_t)(to - start);
}

void json_place(struct slice text, size_t at, unsigned *line, unsigned *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.at[i] == '\n') {
            *line += 1;
            *column = 1;
        } else if (((unsigned char)text.at[i] & 0xc0) != 0x80) {
            *column += 1;
        }
    }
}

/* ---- writing ---- */

static void json_put_escape(struct buffer *to, unsigned char c)
{
    static const char letters[] = "btn\0fr"; /* from 8 on; 11 has none */
    if (c == '"' || c == '\\')
        buffer_add(to, (char[]){'\\', (char)c}, 2);
    else if (c >= 8 && c <= 13 && c != 11)
        buffer_add(to, (char[]){'\\', letters[c - 8]}, 2);
    else
        buffer_print(to, "\\u%04X", c);
}

/* How many bytes from `at` on may stand as they are. */
static size_t json_as_it_is(const char *at, const char *end)
{
    const char *from = at;
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') {
        size_t len = utf8_length(at, end);
        if (len == 0)
            break;
        at += len;
    }
    return (size_t)(at - from);
}

void json_put_string(struct buffer *to, struct slice text)
{
    const char *at = text.at;
    const char *end = text.at + text.len;
    buffer_add(to, "\"", 1);
    while (at < end) {
        size_t plain = json_as_it_is(at, end);
        buffer_add(to, at, plain);
        at += plain;
        if (at == end)
            break;
        if ((unsigned char)*at < 0x80) {
            json_put_escape(to, (unsigned char)*at++);
        } else {
            buffer_add(to, "\xef\xbf\xbd", 3);
            at += utf8_broken(at, end);
        }
    }
    buffer_add(to, "\"", 1);
}

void json_put_integer(struct buffer *to, int64_t value)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%lld", (long long)value);
    buffer_add(to, text, (size_t)len);
}

void json_put_double(struct buffer *to, double value)
{
    char text[40];
    size_t len = number_print_double(value, text);
    bool named = text[len - 1] == 'N' || text[len - 1] == 'y';
    buffer_add(to, "\"", named ? 1 : 0);
    buffer_add(to, text, len);
    buffer_add(to, "\"", named ? 1 : 0);
}
