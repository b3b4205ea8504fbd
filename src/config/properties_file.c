/* properties_file: Java's .properties, by the rules of java.util.Properties (the class documentation of Java
 * 17). */
#include "base/buffer.h"
#include "config/document.h"

struct properties_file {
    struct config_document *document; /* lent */
    struct config_mistakes *mistakes; /* lent */
    enum config_charset charset;
    const char *at;
    const char *end;
    const char *line_start;
    unsigned line;
    struct buffer key;
    struct buffer value;
};

static bool properties_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool properties_is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static bool properties_at_line_end(const struct properties_file *file)
{
    return file->at == file->end || properties_is_line_end(*file->at);
}

/* Over CR, LF or CRLF. */
static void properties_skip_line_end(struct properties_file *file)
{
    if (file->at == file->end)
        return;
    if (file->at[0] == '\r' && file->at + 1 < file->end && file->at[1] == '\n')
        file->at++;
    file->at++;
    file->line++;
    file->line_start = file->at;
}

static void properties_skip_blanks(struct properties_file *file)
{
    while (file->at < file->end && properties_is_blank(*file->at))
        file->at++;
}

static void properties_skip_line(struct properties_file *file)
{
    while (!properties_at_line_end(file))
        file->at++;
}

static struct config_place properties_place(const struct properties_file *file)
{
    return config_document_place(file->document, file->line, (unsigned)(file->at - file->line_start) + 1);
}

/* The number of a code unit as UTF-8. Surrogate pairs, the only way to write a character above U+FFFF in such
 * a file, are joined by properties_unicode(). */
static void properties_put_code(struct buffer *to, unsigned code)
{
    char text[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i > 1; i--) {
        text[i - 1] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    text[0] = (char)(first[len] | code);
    buffer_add(to, text, len);
}

static int properties_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (c | 32) - 'a' + 10;
    return -1;
}

/* Four hex digits at `at`, or -1. */
static int properties_hex(const char *at, const char *end)
{
    int code = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = properties_digit(at[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

/* Behind "\u". A lone surrogate becomes U+FFFD. */
static int properties_unicode(struct properties_file *file, struct buffer *to)
{
    int code = properties_hex(file->at, file->end);
    if (code < 0) {
        config_mistake(file->mistakes, CONFIG_ERROR, properties_place(file), NULL,
                       "malformed \\u escape; four hexadecimal digits were expected");
        return -1;
    }
    file->at += 4;
    bool high = code >= 0xd800 && code < 0xdc00;
    int low = high && file->end - file->at >= 6 && file->at[0] == '\\' && file->at[1] == 'u'
                  ? properties_hex(file->at + 2, file->end)
                  : -1;
    if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        file->at += 6;
    } else if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd;
    }
    properties_put_code(to, (unsigned)code);
    return 0;
}

/* Behind a backslash. */
static int properties_escape(struct properties_file *file, struct buffer *to)
{
    static const char names[] = "tnrf";
    static const char bytes[] = "\t\n\r\f";
    if (file->at == file->end)
        return 0;
    if (properties_is_line_end(*file->at)) {
        properties_skip_line_end(file);
        properties_skip_blanks(file);
        return 0;
    }
    char c = *file->at++;
    const char *known = strchr(names, c);
    if (c == 'u')
        return properties_unicode(file, to);
    if (c != 0 && known != NULL)
        buffer_add(to, &bytes[known - names], 1);
    else
        buffer_add(to, &c, 1);
    return 0;
}

/* One character of a key or a value. */
static int properties_take(struct properties_file *file, struct buffer *to)
{
    char c = *file->at++;
    if (c == '\\')
        return properties_escape(file, to);
    if (file->charset == CONFIG_LATIN1)
        properties_put_code(to, (unsigned char)c);
    else
        buffer_add(to, &c, 1);
    return 0;
}

/* Blanks, and backslashes at the end of a line: the setting goes on in the next one. */
static void properties_skip_gap(struct properties_file *file)
{
    properties_skip_blanks(file);
    while (file->end - file->at > 1 && file->at[0] == '\\' && properties_is_line_end(file->at[1])) {
        file->at++;
        properties_skip_line_end(file);
        properties_skip_blanks(file);
    }
}

static int properties_key(struct properties_file *file)
{
    while (!properties_at_line_end(file) && !properties_is_blank(*file->at) && *file->at != '=' &&
           *file->at != ':')
        if (properties_take(file, &file->key) != 0)
            return -1;
    properties_skip_gap(file);
    if (file->at < file->end && (*file->at == '=' || *file->at == ':')) {
        file->at++;
        properties_skip_gap(file);
    }
    return 0;
}

static int properties_value(struct properties_file *file)
{
    while (!properties_at_line_end(file))
        if (properties_take(file, &file->value) != 0)
            return -1;
    return 0;
}

static int properties_setting(struct properties_file *file)
{
    struct config_entry entry = {.kind = CONFIG_TEXT, .key = properties_place(file)};
    buffer_reset(&file->key, CONFIG_FILE_MOST);
    buffer_reset(&file->value, CONFIG_FILE_MOST);
    if (properties_key(file) != 0)
        return -1;
    entry.value = properties_place(file);
    if (properties_value(file) != 0)
        return -1;
    if (file->key.len == 0 && file->value.len == 0)
        return 0; /* a line of nothing but a backslash */
    return config_document_add(file->document, buffer_slice(&file->key), buffer_slice(&file->value), &entry,
                               file->mistakes);
}

static int properties_line(struct properties_file *file)
{
    int result = 0;
    properties_skip_blanks(file);
    if (file->at < file->end && (*file->at == '#' || *file->at == '!'))
        properties_skip_line(file);
    else if (!properties_at_line_end(file))
        result = properties_setting(file);
    properties_skip_line_end(file);
    return result;
}

int config_properties_read(struct config_document *document, struct slice text, enum config_charset charset,
                           struct config_mistakes *mistakes)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct properties_file file = {.document = document, .mistakes = mistakes, .charset = charset, .line = 1};
    bool marked = text.len >= 3 && memcmp(text.at, mark, 3) == 0;
    file.at = marked ? text.at + 3 : text.at;
    file.end = text.at + text.len;
    file.line_start = file.at;
    buffer_init(&file.key, 2 * (size_t)CONFIG_FILE_MOST);
    buffer_init(&file.value, 2 * (size_t)CONFIG_FILE_MOST);
    int result = 0;
    while (file.at < file.end && result == 0)
        result = properties_line(&file);
    buffer_fini(&file.key);
    buffer_fini(&file.value);
    return result;
}
