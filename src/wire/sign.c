/* sign: the text that is signed, and the form of its date. */
#include "wire/sign.h"

#include <stdio.h>
#include <time.h>

#include "base/buffer.h"
#include "wire/bytes.h"

static char lower(char sign)
{
    return sign >= 'A' && sign <= 'Z' ? (char)(sign - 'A' + 'a') : sign;
}

/* Byte order of the names in lower case. */
static int name_compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < len; i++) {
        unsigned char x = (unsigned char)lower(a.at[i]);
        unsigned char y = (unsigned char)lower(b.at[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_signed(struct slice name)
{
    struct slice prefix = SLICE("x-ots-");
    if (name.len < prefix.len || name_compare((struct slice){name.at, prefix.len}, prefix) != 0)
        return false;
    return name_compare(name, SLICE("x-ots-signature")) != 0 &&
           name_compare(name, SLICE("x-ots-signaturev4")) != 0;
}

/* The signed headers in order; -1 when there are more than SIGN_HEADERS_MOST. */
static int sort_signed(const struct sign_header *headers, size_t count,
                       const struct sign_header *sorted[SIGN_HEADERS_MOST])
{
    int used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sign_header *header = &headers[i];
        if (!is_signed(header->name))
            continue;
        if (used == SIGN_HEADERS_MOST)
            return -1;
        int at = used++;
        for (; at > 0 && name_compare(header->name, sorted[at - 1]->name) < 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = header;
    }
    return used;
}

static struct slice trim(struct slice value)
{
    while (value.len > 0 && (value.at[0] == ' ' || value.at[0] == '\t'))
        value = (struct slice){value.at + 1, value.len - 1};
    while (value.len > 0 && (value.at[value.len - 1] == ' ' || value.at[value.len - 1] == '\t'))
        value.len--;
    return value;
}

static void add_header(const struct sign_header *header, struct buffer *text)
{
    struct slice value = trim(header->value);
    char *to = buffer_reserve(text, header->name.len + value.len + 2);
    if (to == NULL)
        return;
    for (size_t i = 0; i < header->name.len; i++)
        *to++ = lower(header->name.at[i]);
    *to++ = ':';
    bytes_copy(to, value.at, value.len);
    to[value.len] = '\n';
    text->len += header->name.len + value.len + 2;
}

static void add_headers(const struct sign_header *headers, size_t count, struct buffer *text)
{
    const struct sign_header *sorted[SIGN_HEADERS_MOST];
    int used = sort_signed(headers, count, sorted);
    for (int i = 0; i < used; i++)
        add_header(sorted[i], text);
}

void sign_request_text(struct slice path, const struct sign_header *headers, size_t count,
                       struct buffer *text)
{
    buffer_add_slice(text, path);
    buffer_add_slice(text, SLICE("\nPOST\n\n"));
    add_headers(headers, count, text);
}

void sign_answer_text(struct slice path, const struct sign_header *headers, size_t count, struct buffer *text)
{
    add_headers(headers, count, text);
    buffer_add_slice(text, path);
}

struct slice sign_find(const struct sign_header *headers, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (name_compare(headers[i].name, name) == 0)
            return headers[i].value;
    }
    return (struct slice){NULL, 0};
}

size_t sign_date(int64_t wall_ms, char date[SIGN_DATE + 1])
{
    bool before_1970 = wall_ms % 1000 < 0;
    time_t seconds = (time_t)(wall_ms / 1000 - (before_1970 ? 1 : 0));
    int64_t ms = wall_ms % 1000 + (before_1970 ? 1000 : 0);
    struct tm tm = {0};
    char text[96]; /* room for any int, whatever the clock says */
    gmtime_r(&seconds, &tm);
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)ms);
    memcpy(date, text, SIGN_DATE);
    date[SIGN_DATE] = 0;
    return SIGN_DATE;
}

/* "Z", or a point, digits and "Z". */
static bool is_fraction(struct slice text)
{
    if (text.len == 1)
        return text.at[0] == 'Z';
    if (text.len < 3 || text.at[0] != '.' || text.at[text.len - 1] != 'Z')
        return false;
    for (size_t i = 1; i < text.len - 1; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return true;
}

static const char date_form[] = "dddd-dd-ddTdd:dd:dd";
enum { DATE_FORM = sizeof(date_form) - 1 };

static bool has_date_form(const char *at)
{
    for (size_t i = 0; i < DATE_FORM; i++) {
        bool digit = at[i] >= '0' && at[i] <= '9';
        if (date_form[i] == 'd' ? !digit : at[i] != date_form[i])
            return false;
    }
    return true;
}

static int read_digits(const char *at, int digits)
{
    int value = 0;
    for (int i = 0; i < digits; i++)
        value = value * 10 + (at[i] - '0');
    return value;
}

static struct tm read_date(const char *at)
{
    return (struct tm){.tm_year = read_digits(at, 4) - 1900,
                       .tm_mon = read_digits(at + 5, 2) - 1,
                       .tm_mday = read_digits(at + 8, 2),
                       .tm_hour = read_digits(at + 11, 2),
                       .tm_min = read_digits(at + 14, 2),
                       .tm_sec = read_digits(at + 17, 2)};
}

int sign_parse_date(struct slice date, int64_t *wall_ms)
{
    if (date.len <= DATE_FORM || !has_date_form(date.at) ||
        !is_fraction((struct slice){date.at + DATE_FORM, date.len - DATE_FORM}))
        return -1;
    struct tm given = read_date(date.at);
    struct tm tm = given;
    time_t seconds = timegm(&tm); /* mends 30 February and the like: what it had to mend is no date */
    if (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday || tm.tm_hour != given.tm_hour ||
        tm.tm_min != given.tm_min || tm.tm_sec != given.tm_sec)
        return -1;
    *wall_ms = (int64_t)seconds * 1000;
    return 0;
}
