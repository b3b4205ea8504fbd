/* series_tags: see series_tags.h. */
#include "wire/series_tags.h"

#include "base/buffer.h"

/* Takes the character, if it is the next one. */
static bool take(struct slice text, size_t *at, char character)
{
    if (*at >= text.len || text.at[*at] != character)
        return false;
    (*at)++;
    return true;
}

/* Takes what lies before the character, and the character. */
static bool take_to(struct slice text, size_t *at, char character, struct slice *before)
{
    const char *from = text.at + *at;
    const char *found = memchr(from, character, text.len - *at);
    if (found == NULL)
        return false;
    *before = slice_of(from, (size_t)(found - from));
    *at += before->len + 1;
    return true;
}

int series_tags_next(struct slice text, size_t *at, struct slice *name, struct slice *value)
{
    if (text.len == 0)
        return 0;
    bool first = *at == 0;
    if (first && !take(text, at, '['))
        return -1;
    if (take(text, at, ']'))
        return *at == text.len ? 0 : -1;
    if (!first && !take(text, at, ','))
        return -1;
    bool whole = take(text, at, '"') && take_to(text, at, '=', name) && take_to(text, at, '"', value);
    return whole && memchr(name->at, '"', name->len) == NULL ? 1 : -1;
}

int64_t series_tags_count(struct slice text)
{
    struct slice name;
    struct slice value;
    size_t at = 0;
    int64_t count = 0;
    int more;
    while ((more = series_tags_next(text, &at, &name, &value)) > 0)
        count++;
    return more < 0 ? -1 : count;
}

int series_tags_put(struct buffer *to, const struct cell *tags, size_t count)
{
    int full = buffer_add(to, "[", 1);
    for (size_t i = 0; i < count && full == 0; i++) {
        full |= buffer_add_slice(to, i == 0 ? SLICE("\"") : SLICE(",\""));
        full |= buffer_add_slice(to, tags[i].name) | buffer_add(to, "=", 1);
        full |= buffer_add_slice(to, tags[i].bytes) | buffer_add(to, "\"", 1);
    }
    return full | buffer_add(to, "]", 1);
}
