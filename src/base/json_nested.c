/* json_nested: passes over an object or an array inside a value, checking every byte. A loop with a stack of
 * bits (one a level: object or array), so that no text can exhaust the C stack. */
#include "base/json_text.h"

struct json_levels {
    uint64_t objects[JSON_DEEPEST / 64 + 1]; /* a bit for each level: it is an object */
    unsigned depth;
};

static void json_level_set(struct json_levels *levels, bool object)
{
    uint64_t bit = 1ULL << (levels->depth % 64);
    uint64_t *word = &levels->objects[levels->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
}

static bool json_level_is_object(const struct json_levels *levels)
{
    return (levels->objects[levels->depth / 64] >> (levels->depth % 64) & 1) != 0;
}

/* A name and its colon; then a value is due. */
static const char *json_nested_name(const struct json_reader *reader, const char *at)
{
    struct slice name;
    bool escaped;
    if (at >= reader->end || *at != '"')
        return json_text_fault(reader, at, "a name in double quotes was expected");
    at = json_text_string(reader, at + 1, &name, &escaped);
    at = at == NULL ? NULL : json_text_blanks(reader, at);
    if (at == NULL)
        return NULL;
    if (at >= reader->end || *at != ':')
        return json_text_fault(reader, at, "a colon was expected");
    return json_text_blanks(reader, at + 1);
}

static const char *json_nested_scalar(const struct json_reader *reader, const char *at)
{
    struct json_value value;
    struct slice text;
    bool escaped;
    if (at < reader->end && *at == '"')
        return json_text_string(reader, at + 1, &text, &escaped);
    if (at < reader->end && (*at == '-' || (*at >= '0' && *at <= '9')))
        return json_text_number(reader, at, &value);
    return json_text_literal(reader, at, &value);
}

/* At an opening bracket: one level down. Sets *due when a value must follow (not so for {} and []). */
static const char *json_nested_enter(const struct json_reader *reader, const char *at,
                                     struct json_levels *levels, bool *due)
{
    bool object = *at == '{';
    if (++levels->depth > JSON_DEEPEST)
        return json_text_fault(reader, at, "nested deeper than 1000");
    json_level_set(levels, object);
    at = json_text_blanks(reader, at + 1);
    *due = at != NULL && !(at < reader->end && *at == (object ? '}' : ']'));
    return *due && object ? json_nested_name(reader, at) : at;
}

/* Behind a value, or at the bracket of an empty level: closes levels; stops behind the last one or where a
 * value is due. */
static const char *json_nested_leave(const struct json_reader *reader, const char *at,
                                     struct json_levels *levels, unsigned outside)
{
    while (levels->depth > outside) {
        bool object = json_level_is_object(levels);
        at = json_text_blanks(reader, at);
        if (at == NULL)
            return NULL;
        if (at < reader->end && *at == ',') {
            at = json_text_blanks(reader, at + 1);
            return at != NULL && object ? json_nested_name(reader, at) : at;
        }
        if (at >= reader->end || *at != (object ? '}' : ']'))
            return json_text_fault(reader, at,
                                   object ? "a comma or a closing brace was expected"
                                          : "a comma or a closing bracket was expected");
        levels->depth--;
        at++;
    }
    return at;
}

const char *json_text_nested(const struct json_reader *reader, const char *at, unsigned depth)
{
    struct json_levels levels = {.depth = depth - 1};
    do {
        bool due = false;
        if (at < reader->end && (*at == '{' || *at == '['))
            at = json_nested_enter(reader, at, &levels, &due);
        else
            at = json_nested_scalar(reader, at);
        if (at != NULL && !due)
            at = json_nested_leave(reader, at, &levels, depth - 1);
    } while (at != NULL && levels.depth >= depth);
    return at;
}
