/* json: the reader's outer level: values, members, elements. The steps below it are in json_text, json_number
 * and json_nested. */
#include "base/json.h"

#include "base/json_text.h"

static struct json_reader json_reader_of(struct slice text, unsigned options, struct json_fault *fault)
{
    return (struct json_reader){text.at, text.at + text.len, options, fault};
}

/* Where the first value begins: behind a byte order mark and blanks. */
static const char *json_begin(const struct json_reader *reader)
{
    const char *at = reader->start;
    if (reader->end - at >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    return json_text_blanks(reader, at);
}

static const char *json_read_nested(const struct json_reader *reader, const char *at, unsigned depth,
                                    struct json_value *value)
{
    const char *start = at;
    value->kind = *at == '{' ? JSON_OBJECT : JSON_ARRAY;
    at = json_text_nested(reader, at, depth);
    if (at != NULL)
        value->text = slice_of(start, (size_t)(at - start));
    return at;
}

/* `depth` is that of the value if it is nested: 1 outside of everything. */
static inline const char *json_read(const struct json_reader *reader, const char *at, unsigned depth,
                                    struct json_value *value)
{
    value->escaped = false;
    if (__builtin_expect(at >= reader->end, 0))
        return json_text_literal(reader, at, value);
    if (*at == '"') {
        value->kind = JSON_STRING;
        return json_text_string(reader, at + 1, &value->text, &value->escaped);
    }
    if (*at == '-' || (*at >= '0' && *at <= '9'))
        return json_text_number(reader, at, value);
    if (*at == '{' || *at == '[')
        return json_read_nested(reader, at, depth, value);
    return json_text_literal(reader, at, value);
}

/* A number or a literal that stands alone must not run into other text: 0x10 is not 0. */
static const char *json_alone(const struct json_reader *reader, const char *at, enum json_kind kind)
{
    if (at == reader->end || kind >= JSON_STRING || (unsigned char)*at <= ' ')
        return at;
    if (*at == '/' && (reader->options & JSON_COMMENTS) != 0)
        return at;
    return json_text_fault(reader, at, "a blank was expected after the value");
}

int json_value(struct slice text, unsigned options, struct json_value *value, size_t *end,
               struct json_fault *fault)
{
    struct json_reader reader = json_reader_of(text, options, fault);
    const char *at = json_begin(&reader);
    at = at == NULL ? NULL : json_read(&reader, at, 1, value);
    if (at != NULL && (options & JSON_INSIDE) == 0)
        at = json_alone(&reader, at, value->kind);
    if (at == NULL)
        return -1;
    if (end != NULL)
        *end = (size_t)(at - text.at);
    return 0;
}

static int json_more(const struct json_reader *reader, const char *at, const char *what)
{
    json_text_fault(reader, at, what);
    reader->fault->more = true;
    return -1;
}

/* Name, colon, value and the blanks behind it. */
static inline const char *json_read_member(const struct json_reader *reader, const char *at,
                                           struct json_member *member)
{
    if (at >= reader->end || *at != '"')
        return json_text_fault(reader, at, "a name in double quotes was expected");
    at = json_text_string(reader, at + 1, &member->name, &member->name_escaped);
    if (at == NULL)
        return NULL;
    if (at >= reader->end || *at != ':') {
        at = json_text_blanks(reader, at);
        if (at == NULL || at >= reader->end || *at != ':')
            return at == NULL ? NULL : json_text_fault(reader, at, "a colon was expected");
    }
    at = json_text_blanks(reader, at + 1);
    at = at == NULL ? NULL : json_read(reader, at, 2, &member->value);
    return at == NULL ? NULL : json_text_blanks(reader, at);
}

/* Behind the opening brace and its blanks. */
static int json_read_members(const struct json_reader *reader, const char *at, struct json_member *members,
                             int most, size_t *end)
{
    int count = 0;
    bool closed = at < reader->end && *at == '}';
    while (!closed) {
        if (count == most)
            return json_more(reader, at, "more members than there is room for");
        at = json_read_member(reader, at, &members[count]);
        if (at == NULL)
            return -1;
        count++;
        closed = at < reader->end && *at == '}';
        if (!closed && (at >= reader->end || *at != ',')) {
            json_text_fault(reader, at, "a comma or a closing brace was expected");
            return -1;
        }
        at = closed ? at : json_text_blanks(reader, at + 1);
        if (at == NULL)
            return -1;
    }
    *end = (size_t)(at + 1 - reader->start);
    return count;
}

/* Behind the opening bracket, which must be `open`, and the blanks after it; NULL and a fault when it is
 * another. */
static const char *json_open(const struct json_reader *reader, char open, const char *what)
{
    const char *at = json_begin(reader);
    if (at == NULL)
        return NULL;
    if (at >= reader->end || *at != open)
        return json_text_fault(reader, at, what);
    return json_text_blanks(reader, at + 1);
}

int json_object_at(struct slice text, unsigned options, struct json_member *members, int most, size_t *end,
                   struct json_fault *fault)
{
    struct json_reader reader = json_reader_of(text, options, fault);
    const char *at = json_open(&reader, '{', "an object was expected");
    return at == NULL ? -1 : json_read_members(&reader, at, members, most, end);
}

int json_object(struct slice text, unsigned options, struct json_member *members, int most,
                struct json_fault *fault)
{
    size_t end;
    return json_object_at(text, options, members, most, &end, fault);
}

/* A value, the blanks behind it, and its comma with the blanks behind that; *closed when a bracket stands
 * there instead. */
static const char *json_read_element(const struct json_reader *reader, const char *at,
                                     struct json_value *value, bool *closed)
{
    at = json_read(reader, at, 2, value);
    at = at == NULL ? NULL : json_text_blanks(reader, at);
    if (at == NULL)
        return NULL;
    *closed = at < reader->end && *at == ']';
    if (*closed)
        return at;
    if (at >= reader->end || *at != ',')
        return json_text_fault(reader, at, "a comma or a closing bracket was expected");
    return json_text_blanks(reader, at + 1);
}

int json_array(struct slice text, unsigned options, struct json_value *values, int most,
               struct json_fault *fault)
{
    struct json_reader reader = json_reader_of(text, options, fault);
    const char *at = json_open(&reader, '[', "an array was expected");
    if (at == NULL)
        return -1;
    int count = 0;
    bool closed = at < reader.end && *at == ']';
    while (!closed) {
        if (count == most)
            return json_more(&reader, at, "more elements than there is room for");
        at = json_read_element(&reader, at, &values[count], &closed);
        if (at == NULL)
            return -1;
        count++;
    }
    return count;
}
