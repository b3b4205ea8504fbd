/* keys: one key set, preset and printed, and the small words that all readers of values share. */
#include "config/keys.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/utf8.h"

struct slice config_trim(struct slice text)
{
    while (text.len > 0 && isspace((unsigned char)text.at[0]))
        text = slice_of(text.at + 1, text.len - 1);
    while (text.len > 0 && isspace((unsigned char)text.at[text.len - 1]))
        text.len--;
    return text;
}

bool config_same_word(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

bool config_next_item(struct slice *rest, struct slice *item)
{
    if (rest->at == NULL)
        return false;
    const char *comma = rest->len == 0 ? NULL : memchr(rest->at, ',', rest->len);
    size_t len = comma == NULL ? rest->len : (size_t)(comma - rest->at);
    *item = config_trim(slice_of(rest->at, len));
    *rest = comma == NULL ? slice_of(NULL, 0) : slice_of(comma + 1, rest->len - len - 1);
    return true;
}

int config_key_set(const struct config_key *key, enum config_form form, struct slice text, void *base,
                   struct arena *arena, struct error *err)
{
    return key->type->set(key, form, config_trim(text), (char *)base + key->at, arena, err);
}

static const char *key_preset(const struct config_key *key, enum config_form form, bool compat)
{
    if (compat && key->compat_preset != NULL)
        return key->compat_preset;
    return form == CONFIG_FORM_CONNECT && key->connect_preset != NULL ? key->connect_preset : key->preset;
}

void config_key_preset(const struct config_key *key, enum config_form form, bool compat, void *base,
                       struct arena *arena)
{
    struct error err = {0};
    const char *preset = key_preset(key, form, compat);
    if (preset == NULL || (key->flags & CONFIG_OWN) != 0)
        return;
    CHECK(config_key_set(key, CONFIG_FORM_YAML, slice_text(preset), base, arena, &err) == 0);
}

void config_key_print(const struct config_key *key, const void *base, struct buffer *to)
{
    key->type->print(key, (const char *)base + key->at, to);
}

static bool scalar_is_plain_byte(char c)
{
    return isalnum((unsigned char)c) || (c != 0 && strchr("_-./:+", c) != NULL);
}

/* Without quotes only what cannot mean anything else. */
static bool scalar_is_plain(struct slice text)
{
    if (text.len == 0 || slice_equal(text, SLICE("null")) || text.at[text.len - 1] == ':')
        return false;
    if (!isalnum((unsigned char)text.at[0]) && text.at[0] != '/' && text.at[0] != '_')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!scalar_is_plain_byte(text.at[i]))
            return false;
    return true;
}

/* U+0080 to U+009F are not allowed as they are; in UTF-8 they are 0xc2 and a byte below 0xa0. */
static bool scalar_is_c1(struct slice text, size_t i)
{
    return (unsigned char)text.at[i] == 0xc2 && i + 1 < text.len && (unsigned char)text.at[i + 1] < 0xa0;
}

/* Of three bytes in UTF-8: U+2028 and U+2029 are ends of a line to YAML, blanks around them would go; U+FFFE
 * and U+FFFF libyaml takes for control characters. */
static const struct {
    const char *bytes, *escape;
} scalar_escapes[] = {{"\xe2\x80\xa8", "\\u2028"},
                      {"\xe2\x80\xa9", "\\u2029"},
                      {"\xef\xbf\xbe", "\\ufffe"},
                      {"\xef\xbf\xbf", "\\uffff"}};

static const char *scalar_escape(struct slice text, size_t i)
{
    for (size_t e = 0; e < sizeof(scalar_escapes) / sizeof(scalar_escapes[0]); e++)
        if (text.len - i >= 3 && memcmp(text.at + i, scalar_escapes[e].bytes, 3) == 0)
            return scalar_escapes[e].escape;
    return NULL;
}

static size_t scalar_put_quoted(struct buffer *to, struct slice text, size_t i)
{
    char c = text.at[i];
    const char *escape = scalar_escape(text, i);
    if (escape != NULL) {
        buffer_print(to, "%s", escape);
        return i + 3;
    }
    if (c == '"' || c == '\\')
        buffer_print(to, "\\%c", c);
    else if ((unsigned char)c < ' ' || c == 0x7f)
        buffer_print(to, "\\x%02x", (unsigned char)c);
    else if (scalar_is_c1(text, i))
        buffer_print(to, "\\x%02x", (unsigned char)text.at[++i]);
    else
        buffer_add(to, &c, 1);
    return i + 1;
}

static void scalar_put(struct buffer *to, struct slice text, bool dollars)
{
    if (scalar_is_plain(text)) {
        buffer_add_slice(to, text);
        return;
    }
    buffer_add(to, "\"", 1);
    for (size_t i = 0; i < text.len;) {
        if (dollars && text.len - i >= 2 && memcmp(text.at + i, "${", 2) == 0)
            buffer_add(to, "$", 1);
        i = scalar_put_quoted(to, text, i);
    }
    buffer_add(to, "\"", 1);
}

void config_put_scalar(struct buffer *to, struct slice text)
{
    scalar_put(to, text, true);
}

/* "${NAME}" and nothing else: needs no quotes. */
static bool scalar_is_variable(struct slice text)
{
    if (text.len < 4 || memcmp(text.at, "${", 2) != 0 || text.at[text.len - 1] != '}')
        return false;
    for (size_t i = 2; i < text.len - 1; i++)
        if (!isalnum((unsigned char)text.at[i]) && text.at[i] != '_')
            return false;
    return true;
}

void config_put_written(struct buffer *to, struct slice text)
{
    if (scalar_is_variable(text))
        buffer_add_slice(to, text);
    else
        scalar_put(to, text, false);
}

void config_put_comment(struct buffer *to, struct slice text)
{
    for (size_t i = 0; i < text.len;) {
        size_t len = utf8_length(text.at + i, text.at + text.len);
        bool strange = len == 0 || (unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f ||
                       scalar_is_c1(text, i) || scalar_escape(text, i) != NULL;
        buffer_add(to, strange ? "?" : text.at + i, strange ? 1 : len);
        i += len == 0 ? 1 : len;
    }
}
