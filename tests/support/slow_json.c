/* slow_json: see the header. Nothing here is quick on purpose. */
#include "support/slow_json.h"

#include <stdlib.h>

struct slow {
    struct slice text;
    size_t at;
    bool comments;
    int depth;
};

static int slow_peek(struct slow *slow)
{
    return slow->at < slow->text.len ? (unsigned char)slow->text.at[slow->at] : -1;
}

static int slow_next(struct slow *slow)
{
    int c = slow_peek(slow);
    if (c >= 0)
        slow->at++;
    return c;
}

static bool slow_take(struct slow *slow, int wanted)
{
    if (slow_peek(slow) != wanted)
        return false;
    slow->at++;
    return true;
}

static bool slow_comment(struct slow *slow)
{
    if (slow_take(slow, '/')) {
        while (slow_peek(slow) >= 0 && slow_next(slow) != '\n')
            continue;
        return true;
    }
    if (!slow_take(slow, '*'))
        return false;
    int before = 0;
    for (int c = slow_next(slow); c >= 0; before = c, c = slow_next(slow))
        if (c == '/' && before == '*')
            return true;
    return false;
}

static bool slow_blanks(struct slow *slow)
{
    for (;;) {
        int c = slow_peek(slow);
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            slow->at++;
        } else if (c == '/' && slow->comments) {
            slow->at++;
            if (!slow_comment(slow))
                return false;
        } else {
            return true;
        }
    }
}

static void slow_append(struct slow_value *value, int byte)
{
    value->string[value->string_len++] = (char)byte;
}

static void slow_append_character(struct slow_value *value, uint32_t c)
{
    if (c >= 0xd800 && c <= 0xdfff)
        c = 0xfffd;
    if (c < 0x80) {
        slow_append(value, (int)c);
    } else if (c < 0x800) {
        slow_append(value, (int)(0xc0 + c / 64));
        slow_append(value, (int)(0x80 + c % 64));
    } else if (c < 0x10000) {
        slow_append(value, (int)(0xe0 + c / 4096));
        slow_append(value, (int)(0x80 + c / 64 % 64));
        slow_append(value, (int)(0x80 + c % 64));
    } else {
        slow_append(value, (int)(0xf0 + c / 262144));
        slow_append(value, (int)(0x80 + c / 4096 % 64));
        slow_append(value, (int)(0x80 + c / 64 % 64));
        slow_append(value, (int)(0x80 + c % 64));
    }
}

static long slow_hex(struct slow *slow)
{
    long sum = 0;
    for (int i = 0; i < 4; i++) {
        int c = slow_next(slow);
        if (c >= '0' && c <= '9')
            sum = sum * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            sum = sum * 16 + (c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            sum = sum * 16 + (c - 'A' + 10);
        else
            return -1;
    }
    return sum;
}

static bool slow_unicode(struct slow *slow, struct slow_value *value)
{
    long first = slow_hex(slow);
    if (first < 0)
        return false;
    size_t back = slow->at;
    if (first >= 0xd800 && first <= 0xdbff && slow_take(slow, '\\') && slow_take(slow, 'u')) {
        long second = slow_hex(slow);
        if (second >= 0xdc00 && second <= 0xdfff) {
            slow_append_character(value, (uint32_t)(0x10000 + (first - 0xd800) * 1024 + (second - 0xdc00)));
            return true;
        }
    }
    slow->at = back;
    slow_append_character(value, (uint32_t)first);
    return true;
}

static bool slow_escape(struct slow *slow, struct slow_value *value)
{
    const char *from = "\"\\/bfnrt";
    const char *to = "\"\\/\b\f\n\r\t";
    int c = slow_next(slow);
    if (c == 'u')
        return slow_unicode(slow, value);
    for (int i = 0; from[i] != 0; i++) {
        if (c == from[i]) {
            slow_append(value, to[i]);
            return true;
        }
    }
    return false;
}

/* A character of several bytes: decoded by arithmetic, refused when its value did not need so many. */
static bool slow_wide(struct slow *slow, int first, struct slow_value *value)
{
    int more = first >= 0xf8 ? -1 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (more < 0)
        return false;
    uint32_t c = (uint32_t)first & (0x3fu >> more);
    for (int i = 0; i < more; i++) {
        int next = slow_next(slow);
        if (next < 0x80 || next > 0xbf)
            return false;
        c = c * 64 + (uint32_t)(next - 0x80);
    }
    if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return false;
    slow_append_character(value, c);
    return true;
}

static bool slow_string(struct slow *slow, struct slow_value *value)
{
    value->kind = JSON_STRING;
    value->string = malloc(slow->text.len + 4);
    if (value->string == NULL || !slow_take(slow, '"'))
        return false;
    for (;;) {
        int c = slow_next(slow);
        if (c == '"')
            return true;
        if (c < 0x20)
            return false;
        if (c == '\\' && !slow_escape(slow, value))
            return false;
        if (c != '\\' && c < 0x80)
            slow_append(value, c);
        if (c >= 0x80 && !slow_wide(slow, c, value))
            return false;
    }
}

static int slow_digits(struct slow *slow)
{
    int count = 0;
    while (slow_peek(slow) >= '0' && slow_peek(slow) <= '9') {
        slow->at++;
        count++;
    }
    return count;
}

static void slow_integer(struct slow *slow, struct slow_value *value)
{
    __int128 sum = 0;
    __int128 limit = (__int128)1 << 100;
    bool minus = slow->text.at[value->at] == '-';
    for (size_t i = value->at + minus; i < slow->at; i++)
        if (sum < limit)
            sum = sum * 10 + (slow->text.at[i] - '0');
    sum = minus ? -sum : sum;
    value->kind = sum > INT64_MAX || sum < INT64_MIN ? JSON_BIG : JSON_INTEGER;
    value->integer = value->kind == JSON_INTEGER ? (int64_t)sum : 0;
}

static bool slow_number(struct slow *slow, struct slow_value *value)
{
    bool whole = true;
    slow_take(slow, '-');
    if (slow_digits(slow) == 0)
        return false;
    if (slow_take(slow, '.')) {
        whole = false;
        if (slow_digits(slow) == 0)
            return false;
    }
    if (slow_take(slow, 'e') || slow_take(slow, 'E')) {
        whole = false;
        if (!slow_take(slow, '+'))
            slow_take(slow, '-');
        if (slow_digits(slow) == 0)
            return false;
    }
    if (whole) {
        slow_integer(slow, value);
        return true;
    }
    char *copy = strndup(slow->text.at + value->at, slow->at - value->at);
    value->kind = JSON_DOUBLE;
    value->number = strtod(copy, NULL);
    free(copy);
    return true;
}

static bool slow_word(struct slow *slow, const char *word)
{
    for (; *word != 0; word++)
        if (!slow_take(slow, *word))
            return false;
    return true;
}

static bool slow_read(struct slow *slow, struct slow_value *value);

static bool slow_pass(struct slow *slow)
{
    struct slow_value value = {0};
    bool good = slow_read(slow, &value);
    slow_json_value_free(&value);
    return good;
}

static bool slow_pass_name(struct slow *slow)
{
    struct slow_value name = {0};
    bool good = slow_string(slow, &name) && slow_blanks(slow) && slow_take(slow, ':');
    slow_json_value_free(&name);
    return good && slow_blanks(slow);
}

static bool slow_nested(struct slow *slow, bool object)
{
    int close = object ? '}' : ']';
    slow->at++;
    if (!slow_blanks(slow))
        return false;
    if (slow_take(slow, close))
        return true;
    for (;;) {
        if (object && !slow_pass_name(slow))
            return false;
        if (!slow_pass(slow) || !slow_blanks(slow))
            return false;
        if (slow_take(slow, close))
            return true;
        if (!slow_take(slow, ',') || !slow_blanks(slow))
            return false;
    }
}

static bool slow_read_kind(struct slow *slow, struct slow_value *value)
{
    int c = slow_peek(slow);
    if (c == '"')
        return slow_string(slow, value);
    if (c == '-' || (c >= '0' && c <= '9'))
        return slow_number(slow, value);
    if (c == '{' || c == '[') {
        value->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        return ++slow->depth <= JSON_DEEPEST && slow_nested(slow, c == '{') && slow->depth-- > 0;
    }
    value->kind = c == 't' ? JSON_TRUE : c == 'f' ? JSON_FALSE : JSON_NULL;
    return slow_word(slow, c == 't' ? "true" : c == 'f' ? "false" : "null");
}

static bool slow_read(struct slow *slow, struct slow_value *value)
{
    value->at = slow->at;
    bool good = slow_read_kind(slow, value);
    value->end = slow->at;
    return good;
}

static bool slow_begin(struct slow *slow)
{
    if (slow->text.len >= 3 && memcmp(slow->text.at, "\xef\xbb\xbf", 3) == 0)
        slow->at = 3;
    return slow_blanks(slow);
}

int slow_json_value(struct slice text, bool comments, struct slow_value *value)
{
    struct slow slow = {.text = text, .comments = comments};
    *value = (struct slow_value){0};
    if (!slow_begin(&slow) || !slow_read(&slow, value))
        return 0;
    int next = slow_peek(&slow);
    bool blank = next < 0 || next <= ' ' || (next == '/' && comments);
    return value->kind >= JSON_STRING || blank ? 1 : 0;
}

void slow_json_value_free(struct slow_value *value)
{
    free(value->string);
    value->string = NULL;
}

static bool slow_member(struct slow *slow, struct slow_member *member)
{
    struct slow_value name = {0};
    bool good = slow_string(slow, &name);
    member->name = name.string;
    member->name_len = name.string_len;
    return good && slow_blanks(slow) && slow_take(slow, ':') && slow_blanks(slow) &&
           slow_read(slow, &member->value) && slow_blanks(slow);
}

static bool slow_members(struct slow *slow, struct slow_member *members, int *count)
{
    if (slow_take(slow, '}'))
        return true;
    for (;;) {
        if (!slow_member(slow, &members[(*count)++]))
            return false;
        if (slow_take(slow, '}'))
            return true;
        if (!slow_take(slow, ',') || !slow_blanks(slow))
            return false;
    }
}

int slow_json_object(struct slice text, bool comments, struct slow_member **members)
{
    struct slow slow = {.text = text, .comments = comments, .depth = 1};
    int count = 0;
    *members = calloc(text.len + 2, sizeof(**members));
    if (slow_begin(&slow) && slow_take(&slow, '{') && slow_blanks(&slow) &&
        slow_members(&slow, *members, &count))
        return count;
    slow_json_members_free(*members, count);
    *members = NULL;
    return -1;
}

void slow_json_members_free(struct slow_member *members, int count)
{
    for (int i = 0; i < count; i++) {
        free(members[i].name);
        slow_json_value_free(&members[i].value);
    }
    free(members);
}
