/* help: what --help shows of a command, wrapped to the terminal; headings are bold where that is seen. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

struct buffer;
struct command;

void help_print(const struct command *command, FILE *to);

/* The same as a text of lines of at most `width` columns. */
void help_put(const struct command *command, struct buffer *to, size_t width, bool bold);

#endif
