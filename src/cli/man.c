/* man: a command's manual page, as source for man(1), made from the same words as its --help. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/words.h"

enum { MAN_MOST = 1 << 20 };

struct man {
    const char *folder; /* NULL: one page, on stdout */
};

/* What roff would take for its own stands for itself; a hyphen can be copied into a shell. */
static void man_put_text(struct buffer *to, const char *text, size_t len)
{
    static const char special[] = "\\-'`^~";
    static const char *const written[] = {"\\e", "\\-", "\\(aq", "\\(ga", "\\(ha", "\\(ti"};
    if (len > 0 && text[0] == '.')
        buffer_print(to, "\\&");
    for (size_t i = 0; i < len; i++) {
        const char *found = strchr(special, text[i]);
        if (found != NULL && text[i] != 0)
            buffer_print(to, "%s", written[found - special]);
        else
            buffer_add(to, text + i, 1);
    }
}

static void man_put(struct buffer *to, const char *text)
{
    man_put_text(to, text, strlen(text));
}

/* A font, a text, the usual font. */
static void man_put_font(struct buffer *to, char font, const char *text)
{
    buffer_print(to, "\\f%c", font);
    man_put(to, text);
    buffer_print(to, "\\fR");
}

/* "otspipe-table-scan" */
static void man_put_name(struct buffer *to, const char *path, size_t len)
{
    buffer_print(to, "otspipe%s", len == 0 ? "" : "\\-");
    for (size_t i = 0; i < len; i++)
        buffer_print(to, path[i] == ' ' ? "\\-" : "%c", path[i]);
}

static void man_put_head(struct buffer *to, const struct command *command)
{
    buffer_print(to, ".TH \"");
    man_put_name(to, command->path, strlen(command->path));
    buffer_print(to, "\" 1 \"\" \"otspipe " OTSPIPE_VERSION "\" \"otspipe\"\n.SH NAME\n");
    man_put_name(to, command->path, strlen(command->path));
    buffer_print(to, " \\- ");
    man_put(to, command->summary);
    buffer_print(to, "\n.SH SYNOPSIS\n\\fBotspipe%s%s\\fR ", command->path[0] == 0 ? "" : " ", command->path);
    man_put_font(to, 'I', command->arguments);
    buffer_print(to, "%s[\\fIOPTIONS\\fR]\n", command->arguments[0] == 0 ? "" : " ");
}

/* Paragraphs; those that begin with a blank stand as they are. */
static void man_put_about(struct buffer *to, const char *about)
{
    buffer_print(to, ".SH DESCRIPTION\n");
    for (bool first = true; *about != 0; first = false) {
        const char *end = strstr(about, "\n\n");
        size_t len = end == NULL ? strlen(about) : (size_t)(end - about);
        bool plain = about[0] != ' ';
        buffer_print(to, "%s%s", first ? "" : ".PP\n", plain ? "" : ".nf\n");
        man_put_text(to, about, len);
        buffer_print(to, plain ? "\n" : "\n.fi\n");
        about += len + (end == NULL ? 0 : 2);
    }
}

static void man_put_terms(struct buffer *to, const char *title, const struct command_term *terms)
{
    if (terms == NULL)
        return;
    buffer_print(to, ".SH %s\n", title);
    for (; terms->term != NULL; terms++) {
        buffer_print(to, ".TP\n");
        man_put_font(to, 'B', terms->term);
        buffer_print(to, "\n");
        man_put(to, terms->meaning);
        buffer_print(to, "\n");
    }
}

static void man_put_option(struct buffer *to, const struct command_option *option)
{
    const char *without = option->preset != NULL ? option->preset : option->usual;
    buffer_print(to, ".TP\n\\fB\\-\\-");
    man_put_font(to, 'B', option->name);
    if (option->value != NULL) {
        buffer_print(to, " ");
        man_put_font(to, 'I', option->value);
    }
    buffer_print(to, "\n");
    man_put(to, option->help);
    buffer_print(to, "%s", option->repeats ? "; may be repeated" : "");
    if (without != NULL) {
        buffer_print(to, " (default: ");
        man_put(to, without);
        buffer_print(to, ")");
    }
    buffer_print(to, "\n");
}

static void man_put_options(struct buffer *to, const struct command *command)
{
    buffer_print(to, ".SH OPTIONS\n");
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL;
         option++)
        man_put_option(to, option);
    man_put_option(to, &command_help);
    if (command->shared == NULL)
        return;
    buffer_print(to, ".SS %s\n", command->shared_title);
    for (const struct command_option *option = command->shared; option->name != NULL; option++)
        man_put_option(to, option);
}

static void man_put_children(struct buffer *to, const struct command *command)
{
    if (command->children == NULL)
        return;
    buffer_print(to, ".SH COMMANDS\n");
    for (size_t i = 0; command->children[i] != NULL; i++) {
        const struct command *child = command->children[i];
        buffer_print(to, ".TP\n\\fB%s\\fR ", command_name(child));
        man_put_font(to, 'I', child->arguments);
        buffer_print(to, "\n");
        man_put(to, child->summary);
        buffer_print(to, "; \\fB");
        man_put_name(to, child->path, strlen(child->path));
        buffer_print(to, "\\fR(1)\n");
    }
}

static void man_put_examples(struct buffer *to, const struct command_term *examples)
{
    buffer_print(to, ".SH EXAMPLES\n");
    for (; examples->term != NULL; examples++) {
        buffer_print(to, ".TP\n");
        man_put_font(to, 'B', examples->term);
        buffer_print(to, "\n");
        man_put(to, examples->meaning);
        buffer_print(to, "\n");
    }
}

static void man_put_see_also(struct buffer *to, const struct command *command)
{
    const char *at = command->see_also == NULL ? "" : command->see_also;
    buffer_print(to, ".SH SEE ALSO\n%s", command->path[0] == 0 ? "" : "\\fBotspipe\\fR(1),\n");
    while (*at != 0) {
        size_t len = strcspn(at, ",");
        buffer_print(to, "\\fB");
        man_put_name(to, at, len);
        buffer_print(to, "\\fR(1),\n");
        at += len + strspn(at + len, ", ");
    }
    buffer_print(to, "and the pages of /usr/share/doc/otspipe or of the source's docs folder.\n");
}

static void man_put_page(struct buffer *to, const struct command *command)
{
    man_put_head(to, command);
    man_put_about(to, command->about);
    man_put_children(to, command);
    man_put_options(to, command);
    man_put_terms(to, "EXIT STATUS", command->exits);
    man_put_terms(to, "ENVIRONMENT", command->variables);
    man_put_terms(to, "FILES", command->files);
    man_put_examples(to, command->examples);
    man_put_see_also(to, command);
}

/* ---- where it goes ---- */

static int man_write(const struct command *command, FILE *to)
{
    struct buffer text;
    buffer_init(&text, MAN_MOST);
    man_put_page(&text, command);
    bool whole = fwrite(text.at, 1, text.len, to) == text.len && fflush(to) == 0;
    buffer_fini(&text);
    return whole ? 0 : -1;
}

/* FOLDER/otspipe-table-scan.1 */
static void man_name_file(const char *folder, const struct command *command, char *to, size_t room)
{
    size_t len = (size_t)snprintf(to, room, "%s/otspipe%s%s.1", folder, command->path[0] == 0 ? "" : "-",
                                  command->path);
    for (size_t i = strlen(folder); i < len && i < room; i++)
        if (to[i] == ' ')
            to[i] = '-';
}

static int man_write_file(const char *folder, const struct command *command, struct error *err)
{
    char file[4096];
    man_name_file(folder, command, file, sizeof(file));
    FILE *out = fopen(file, "w");
    bool good = out != NULL && man_write(command, out) == 0;
    if (out != NULL)
        good = fclose(out) == 0 && good;
    return good ? 0 : error_set(err, ERROR_CONFIG, "write %s: %s", file, strerror(errno));
}

static int man_write_all(const char *folder, const struct command *command, struct error *err)
{
    if (man_write_file(folder, command, err) != 0)
        return -1;
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        if (man_write_all(folder, command->children[i], err) != 0)
            return -1;
    return 0;
}

static int man_write_folder(const struct command *command, const char *folder)
{
    struct error err;
    int rc = mkdir(folder, 0777) == 0 || errno == EEXIST
                 ? man_write_all(folder, &commands_root, &err)
                 : error_set(&err, ERROR_CONFIG, "make %s: %s", folder, strerror(errno));
    if (rc != 0)
        words_tell(command, err.text);
    return rc == 0 ? CLI_DONE : CLI_FAILED;
}

static int man_words(const struct command *command, const struct man *man, const struct word_list *names)
{
    if (man->folder != NULL)
        return man_write_folder(command, man->folder);
    const struct command *asked = commands_find(names->at, names->count);
    if (asked == NULL)
        return CLI_USAGE;
    return man_write(asked, stdout) == 0 ? CLI_DONE : CLI_FAILED;
}

static int man_run(const struct command *command, int argc, char **argv)
{
    struct man man = {NULL};
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &man, &words, &code))
        code = man_words(command, &man, &words.arguments);
    words_fini(&words);
    return code;
}

static const struct command_option options[] = {{.name = "folder",
                                                 .kind = COMMAND_FOLDER,
                                                 .value = "DIR",
                                                 .help = "write every page there instead, one file each",
                                                 .offset = offsetof(struct man, folder)},
                                                {0}};

static const struct command_term examples[] = {
    {"otspipe man run | man -l -", "read a page that is not installed"},
    {"otspipe man table scan >otspipe-table-scan.1", "a command of a command"},
    {"otspipe man --folder man", "all of them"},
    {0}};

const struct command man_command = {
    .path = "man",
    .summary = "prints a command's manual page, as source for man(1)",
    .arguments = "[COMMAND...]",
    .most = 2,
    .argument_kind = COMMAND_COMMAND,
    .about = "Prints the manual page of a command, or of otspipe itself, on stdout, as source that man(1) "
             "and groff(1) "
             "format. 'cmake --install' installs all of them.",
    .options = options,
    .examples = examples,
    .exits = command_exits_of_a_text,
    .see_also = "help, completion",
    .run = man_run,
};
