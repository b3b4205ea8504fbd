/* help: a page of words, wrapped. */
#include "cli/help.h"

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/command.h"
#include "cli/screen.h"

enum { HELP_MOST = 1 << 20, HELP_WIDTH_MOST = 100, TERM_WIDTH_MOST = 40, TERM_MOST = 160 };

struct help {
    struct buffer *to;
    size_t width;
    bool bold;
};

static void help_heading(const struct help *help, const char *title)
{
    buffer_print(help->to, help->bold ? "\n\033[1m%s:\033[0m\n" : "\n%s:\n", title);
}

static void help_pad(const struct help *help, size_t from, size_t column)
{
    if (from < column)
        buffer_print(help->to, "%*s", (int)(column - from), "");
}

/* Words from the column `at` on; lines after the first begin at `indent`. Ends the line. */
static void help_wrap(const struct help *help, const char *text, size_t len, size_t at, size_t indent)
{
    const char *end = text + len;
    bool first = true;
    while (text < end) {
        size_t word = strcspn(text, " \n");
        if (word > (size_t)(end - text))
            word = (size_t)(end - text);
        if (!first && at + 1 + word > help->width) {
            buffer_print(help->to, "\n");
            help_pad(help, 0, indent);
            at = indent;
        } else if (!first) {
            buffer_print(help->to, " ");
            at++;
        }
        buffer_add(help->to, text, word);
        at += word;
        text += word + (text + word < end);
        first = false;
    }
    buffer_print(help->to, "\n");
}

/* A term at column 2, its meaning at `column`, on the next line where the term is too long. */
static void help_term(const struct help *help, const char *term, const char *meaning, size_t column)
{
    size_t at = 2 + strlen(term);
    buffer_print(help->to, "  %s", term);
    if (at + 2 > column) {
        buffer_print(help->to, "\n");
        at = 0;
    }
    help_pad(help, at, column);
    help_wrap(help, meaning, strlen(meaning), column, column);
}

static size_t help_column(size_t longest)
{
    return longest > TERM_WIDTH_MOST ? TERM_WIDTH_MOST + 4 : longest + 4;
}

static void help_terms(const struct help *help, const char *title, const struct command_term *terms)
{
    size_t longest = 0;
    if (terms == NULL)
        return;
    for (size_t i = 0; terms[i].term != NULL; i++)
        longest = strlen(terms[i].term) > longest ? strlen(terms[i].term) : longest;
    help_heading(help, title);
    for (size_t i = 0; terms[i].term != NULL; i++)
        help_term(help, terms[i].term, terms[i].meaning, help_column(longest));
}

static void help_about(const struct help *help, const char *about)
{
    while (*about != 0) {
        const char *end = strstr(about, "\n\n");
        size_t len = end == NULL ? strlen(about) : (size_t)(end - about);
        buffer_print(help->to, "\n");
        if (about[0] == ' ')
            buffer_print(help->to, "%.*s\n", (int)len, about);
        else
            help_wrap(help, about, len, 0, 0);
        about += len + (end == NULL ? 0 : 2);
    }
}

static size_t option_term(const struct command_option *option, char text[TERM_MOST])
{
    int len = snprintf(text, TERM_MOST, "--%s%s%s", option->name, option->value == NULL ? "" : " ",
                       option->value == NULL ? "" : option->value);
    return (size_t)len;
}

static size_t help_longest(const struct command_option *options, size_t longest)
{
    char term[TERM_MOST];
    for (; options != NULL && options->name != NULL; options++) {
        size_t len = option_term(options, term);
        longest = len > longest ? len : longest;
    }
    return longest;
}

static void help_option(const struct help *help, const struct command_option *option, size_t column)
{
    char term[TERM_MOST], meaning[1024];
    const char *without = option->preset != NULL ? option->preset : option->usual;
    option_term(option, term);
    snprintf(meaning, sizeof(meaning), "%s%s%s%s%s", option->help, option->repeats ? "; may be repeated" : "",
             without == NULL ? "" : " (default: ", without == NULL ? "" : without,
             without == NULL ? "" : ")");
    help_term(help, term, meaning, column);
}

static void help_options(const struct help *help, const struct command *command)
{
    size_t column =
        help_column(help_longest(command->shared, help_longest(command->options, strlen("--help"))));
    help_heading(help, "Options");
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL;
         option++)
        help_option(help, option, column);
    help_option(help, &command_help, column);
    if (command->shared == NULL)
        return;
    help_heading(help, command->shared_title);
    for (const struct command_option *option = command->shared; option->name != NULL; option++)
        help_option(help, option, column);
}

static void child_term(const struct command *child, char text[TERM_MOST])
{
    snprintf(text, TERM_MOST, "%s%s%s", command_name(child), child->arguments[0] == 0 ? "" : " ",
             child->arguments);
}

static void help_children(const struct help *help, const struct command *command)
{
    char term[TERM_MOST];
    size_t longest = 0;
    if (command->children == NULL)
        return;
    for (size_t i = 0; command->children[i] != NULL; i++) {
        child_term(command->children[i], term);
        longest = strlen(term) > longest ? strlen(term) : longest;
    }
    help_heading(help, "Commands");
    for (size_t i = 0; command->children[i] != NULL; i++) {
        child_term(command->children[i], term);
        help_term(help, term, command->children[i]->summary, help_column(longest));
    }
}

/* The command as it is typed, then what it does. */
static void help_examples(const struct help *help, const struct command_term *examples)
{
    if (examples == NULL)
        return;
    help_heading(help, "Examples");
    for (size_t i = 0; examples[i].term != NULL; i++) {
        buffer_print(help->to, "  %s\n      ", examples[i].term);
        help_wrap(help, examples[i].meaning, strlen(examples[i].meaning), 6, 6);
    }
}

void help_put(const struct command *command, struct buffer *to, size_t width, bool bold)
{
    struct help help = {to, width, bold};
    buffer_print(to, "usage: otspipe%s%s%s%s%s\n", command->path[0] == 0 ? "" : " ", command->path,
                 command->arguments[0] == 0 ? "" : " ", command->arguments, " [OPTIONS]");
    help_about(&help, command->about);
    help_children(&help, command);
    help_options(&help, command);
    help_terms(&help, "Environment", command->variables);
    help_terms(&help, "Files", command->files);
    help_terms(&help, "Exit codes", command->exits);
    help_examples(&help, command->examples);
}

void help_print(const struct command *command, FILE *to)
{
    struct buffer text;
    size_t width = screen_width(fileno(to));
    buffer_init(&text, HELP_MOST);
    help_put(command, &text, width > HELP_WIDTH_MOST ? HELP_WIDTH_MOST : width,
             to == stdout && screen_has_colour(STDOUT_FILENO));
    fwrite(text.at, 1, text.len, to);
    buffer_fini(&text);
}
