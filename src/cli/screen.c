/* screen: a terminal asked by ioctl, characters by wcwidth() in a UTF-8 locale, whatever the user's. */
#include "cli/screen.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buffer.h"
#include "base/number.h"
#include "base/utf8.h"

enum { WIDTH_UNKNOWN = 80, WIDTH_LEAST = 20, WIDTH_MOST = 10000 };

void screen_init(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
}

bool screen_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

bool screen_has_colour(int fd)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool dumb = terminal != NULL && strcmp(terminal, "dumb") == 0;
    return !dumb && (no_colour == NULL || no_colour[0] == 0) && isatty(fd);
}

size_t screen_width(int fd)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    int64_t width = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    else if (columns == NULL || !number_int64(slice_text(columns), &width) || width <= 0)
        width = WIDTH_UNKNOWN;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : (size_t)width;
}

/* Characters that are not seen but move others about: marks of direction, joiners, the byte order mark. */
static bool screen_is_invisible(uint32_t character)
{
    return (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

static void screen_put_escape(struct buffer *to, uint32_t character)
{
    static const char known[] = "\n\t\r";
    static const char letters[] = "ntr";
    const char *place = character != 0 && character < 0x80 ? strchr(known, (int)character) : NULL;
    if (place != NULL)
        buffer_print(to, "\\%c", letters[place - known]);
    else if (character < 0x100)
        buffer_print(to, "\\x%02x", character);
    else
        buffer_print(to, "\\u{%x}", character);
}

/* One character, or one byte that is none; answers the bytes that it was. */
static size_t screen_put_one(struct buffer *to, const char *at, const char *end)
{
    size_t length = utf8_length(at, end);
    if (length == 0) {
        screen_put_escape(to, (unsigned char)*at);
        return 1;
    }
    uint32_t character = utf8_character(at, length);
    if (character == 0 || wcwidth((wchar_t)character) < 0 || screen_is_invisible(character))
        screen_put_escape(to, character);
    else
        buffer_add(to, at, length);
    return length;
}

void screen_put(struct buffer *to, struct slice text, size_t most)
{
    const char *at = text.at, *end = text.at + text.len;
    size_t stop = to->len + most;
    while (at < end && to->len < stop)
        at += screen_put_one(to, at, end);
    if (at < end)
        buffer_add_slice(to, SLICE("..."));
}

size_t screen_text_width(struct slice text)
{
    size_t width = 0;
    const char *end = text.at + text.len;
    for (const char *at = text.at; at < end;) {
        size_t length = utf8_length(at, end);
        width += (size_t)wcwidth((wchar_t)utf8_character(at, length));
        at += length;
    }
    return width;
}

size_t screen_text_fit(struct slice text, size_t width)
{
    size_t used = 0;
    const char *at = text.at, *end = text.at + text.len;
    while (at < end) {
        size_t length = utf8_length(at, end);
        used += (size_t)wcwidth((wchar_t)utf8_character(at, length));
        if (used > width)
            break;
        at += length;
    }
    return (size_t)(at - text.at);
}
