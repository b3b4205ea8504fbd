/* json_text: what the inline steps leave: comments, escapes, other alphabets, literals, faults. */
#include "base/json_text.h"

#include "base/utf8.h"

const char *json_text_fault(const struct json_reader *reader, const char *at, const char *what)
{
    *reader->fault = (struct json_fault){.at = (size_t)(at - reader->start), .what = what};
    return NULL;
}

static bool json_text_is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static const char *json_text_comment(const struct json_reader *reader, const char *at)
{
    size_t left = (size_t)(reader->end - at);
    if (left >= 2 && at[1] == '/') {
        const char *line = memchr(at, '\n', left);
        return line == NULL ? reader->end : line + 1;
    }
    const char *close = left >= 4 && at[1] == '*' ? memmem(at + 2, left - 2, "*/", 2) : NULL;
    return close == NULL ? json_text_fault(reader, at, "a comment without an end") : close + 2;
}

const char *json_text_blanks_rest(const struct json_reader *reader, const char *at)
{
    while (at != NULL && at < reader->end) {
        if (json_text_is_blank(*at))
            at++;
        else if (*at == '/' && (reader->options & JSON_COMMENTS) != 0)
            at = json_text_comment(reader, at);
        else
            break;
    }
    return at;
}

static bool json_text_is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *json_text_escape(const struct json_reader *reader, const char *at)
{
    static const char letters[] = {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'};
    size_t wanted = reader->end - at >= 2 && at[1] == 'u' ? 6 : 2;
    if ((size_t)(reader->end - at) < wanted)
        return json_text_fault(reader, at, "the text ends inside a string");
    if (wanted == 2 && memchr(letters, at[1], sizeof(letters)) == NULL)
        return json_text_fault(reader, at, "an escape that JSON does not have");
    for (size_t i = 2; i < wanted; i++)
        if (!json_text_is_hex(at[i]))
            return json_text_fault(reader, at, "four hexadecimal digits were expected after \\u");
    return at + wanted;
}

/* One character that is not plain. */
static const char *json_text_special(const struct json_reader *reader, const char *at)
{
    if (*at == '\\')
        return json_text_escape(reader, at);
    if ((unsigned char)*at < ' ')
        return json_text_fault(reader, at, "a control character in a string, which must be escaped");
    size_t len = utf8_length(at, reader->end);
    return len == 0 ? json_text_fault(reader, at, "bytes that are not UTF-8") : at + len;
}

const char *json_text_string_rest(const struct json_reader *reader, const char *at, bool *escaped)
{
    while (at < reader->end && *at != '"') {
        *escaped |= *at == '\\';
        at = json_text_special(reader, at);
        if (at == NULL)
            return NULL;
        if (at < reader->end && (unsigned char)*at < 0x80)
            at = json_text_plain(at, reader->end);
    }
    return at < reader->end ? at : json_text_fault(reader, at, "the text ends inside a string");
}

static inline bool json_text_is(const struct json_reader *reader, const char *at, const char *word,
                                size_t len)
{
    return (size_t)(reader->end - at) >= len && memcmp(at, word, len) == 0;
}

const char *json_text_literal(const struct json_reader *reader, const char *at, struct json_value *value)
{
    size_t len = 4;
    if (json_text_is(reader, at, "true", 4)) {
        value->kind = JSON_TRUE;
    } else if (json_text_is(reader, at, "null", 4)) {
        value->kind = JSON_NULL;
    } else if (json_text_is(reader, at, "false", 5)) {
        value->kind = JSON_FALSE;
        len = 5;
    } else {
        return json_text_fault(reader, at,
                               at < reader->end ? "a value was expected" : "the text ends before a value");
    }
    value->text = slice_of(at, len);
    return at + len;
}
