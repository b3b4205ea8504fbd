/* screen: what is known of a terminal, and text from outside made fit for it: no control character of a value
 * ever reaches a terminal. */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "base/slice.h"

struct buffer;

/* Once, before the others: widths of characters are the C library's. */
void screen_init(void);

/* stdout is a terminal; stdout or stderr takes colours (NO_COLOR, TERM); the columns of either. */
bool screen_is_terminal(void);
bool screen_has_colour(int fd);
size_t screen_width(int fd);

/* Appends at most `most` bytes of the text and tells with "..." when there were more. What a terminal would
 * not show as one character stands as \n, \x1b or \u{202e}. */
void screen_put(struct buffer *to, struct slice text, size_t most);

/* Columns that a text of screen_put() takes; the bytes of it that fit into so many. */
size_t screen_text_width(struct slice text);
size_t screen_text_fit(struct slice text, size_t width);

#endif
