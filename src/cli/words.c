/* words: the walk over argv. */
#include "cli/words.h"

#include <ctype.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/number.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/screen.h"

enum { WORDS_CHUNK = 4096, TOLD_MOST = 8192, TOLD_ESCAPED_MOST = 65536 };

struct words_walk {
    const struct command *command;
    char *into;
    struct words *words;
    int argc;
    char **argv;
    int at;                 /* the next one */
    struct word_list *list; /* where plain words go */
};

/* Room doubles whenever the count is a power of two. */
static void list_add(struct words *words, struct word_list *list, char *text)
{
    if ((list->count & (list->count - 1)) == 0) {
        char **larger = arena_take(&words->arena, (list->count == 0 ? 1 : list->count * 2) * sizeof(char *));
        if (list->count > 0)
            memcpy(larger, list->at, list->count * sizeof(char *));
        list->at = larger;
    }
    list->at[list->count++] = text;
}

static int store_number(const struct command_option *option, const char *text, int64_t *to, struct error *err)
{
    if (number_int64(slice_text(text), to) && *to >= option->least && *to <= option->most)
        return 0;
    if (option->most == INT64_MAX)
        return error_set(err, ERROR_CONFIG, "--%s %.80s: a number from %lld up was expected", option->name,
                         text, (long long)option->least);
    return error_set(err, ERROR_CONFIG, "--%s %.80s: a number from %lld to %lld was expected", option->name,
                     text, (long long)option->least, (long long)option->most);
}

static int store_choice(const struct command_option *option, const char *text, int *to, struct error *err)
{
    const char *at = option->choices;
    for (int number = 1; *at != 0; number++) {
        size_t len = strcspn(at, " ");
        if (slice_equal(slice_text(text), slice_of(at, len))) {
            *to = number;
            return 0;
        }
        at += len + (at[len] == ' ');
    }
    return error_set(err, ERROR_CONFIG, "--%s %.80s: one of %s was expected", option->name, text,
                     option->choices);
}

static int store_names(const struct words_walk *walk, const struct command_option *option, const char *text,
                       struct word_list *to, struct error *err)
{
    char *rest = (char *)(uintptr_t)arena_copy(&walk->words->arena, slice_text(text)).at;
    *to = (struct word_list){NULL, 0};
    for (char *name = strsep(&rest, ","); name != NULL; name = strsep(&rest, ",")) {
        if (name[0] == 0)
            return error_set(err, ERROR_CONFIG, "--%s %.80s: a list of names such as a,b was expected",
                             option->name, text);
        list_add(walk->words, to, name);
    }
    return 0;
}

static int store_text(const struct words_walk *walk, const struct command_option *option, const char *text,
                      void *to, struct error *err)
{
    if (option->kind != COMMAND_TEXT && text[0] == 0)
        return error_set(err, ERROR_CONFIG, "--%s: the name of a %s was expected", option->name,
                         option->kind == COMMAND_FILE ? "file" : "folder");
    if (option->repeats)
        list_add(walk->words, to, (char *)(uintptr_t)text);
    else
        *(const char **)to = text;
    return 0;
}

static int walk_store(struct words_walk *walk, const struct command_option *option, const char *text,
                      struct error *err)
{
    void *to = walk->into + option->offset;
    if (option->read != NULL)
        return option->read(walk->into, text, err);
    switch (option->kind) {
    case COMMAND_NUMBER:
        return store_number(option, text, to, err);
    case COMMAND_CHOICE:
        return store_choice(option, text, to, err);
    case COMMAND_NAMES:
        return store_names(walk, option, text, to, err);
    case COMMAND_LIST:
        walk->list = to;
        list_add(walk->words, walk->list, (char *)(uintptr_t)text);
        return 0;
    case COMMAND_TEXT:
    case COMMAND_FILE:
    case COMMAND_FOLDER:
        return store_text(walk, option, text, to, err);
    case COMMAND_FLAG:
    case COMMAND_COMMAND:
        break;
    }
    *(bool *)to = true;
    return 0;
}

static int walk_presets(struct words_walk *walk, const struct command_option *options, struct error *err)
{
    for (; options != NULL && options->name != NULL; options++)
        if (options->preset != NULL && walk_store(walk, options, options->preset, err) != 0)
            return -1;
    return 0;
}

/* "-5" is a key, "-" is the standard input. */
static bool words_is_option(const char *text)
{
    return text[0] == '-' && text[1] != 0 && !isdigit((unsigned char)text[1]);
}

static int walk_unknown(const struct words_walk *walk, const char *text, size_t len, struct error *err)
{
    const char *path = walk->command->path, *blank = path[0] == 0 ? "" : " ", *near;
    char name[81] = "", hint[128] = "";
    memcpy(name, text, len > 80 ? 80 : len);
    near = command_near_option(walk->command, name + strspn(name, "-"));
    if (near != NULL)
        snprintf(hint, sizeof(hint), " is --%s meant?", near);
    return error_set(err, ERROR_CONFIG,
                     "%s is no option of 'otspipe%s%s';%s 'otspipe%s%s --help' shows the options%s", name,
                     blank, path, hint, blank, path,
                     walk->command->most > 0 ? "; -- goes before a value that begins with a dash" : "");
}

/* `equals` is where the option's '=' is, or NULL. */
static int walk_value(struct words_walk *walk, const struct command_option *option, char *equals,
                      struct error *err)
{
    walk->list = &walk->words->arguments;
    if (option->kind == COMMAND_FLAG && equals != NULL)
        return error_set(err, ERROR_CONFIG, "--%s: it takes no value", option->name);
    if (option->kind == COMMAND_FLAG)
        return walk_store(walk, option, "", err);
    char *value = equals != NULL ? equals + 1 : walk->at < walk->argc ? walk->argv[walk->at++] : NULL;
    if (value == NULL)
        return error_set(err, ERROR_CONFIG, "--%s: %s is missing behind it", option->name, option->value);
    int rc = walk_store(walk, option, value, err);
    if (option->secret)
        memset(value, '*', strlen(value));
    return rc;
}

static int walk_option(struct words_walk *walk, char *text, struct error *err)
{
    size_t len = strcspn(text, "=");
    const struct command_option *option = NULL;
    if (len > 2 && text[1] == '-')
        option = command_option(walk->command, text + 2, len - 2);
    if (option == NULL)
        return walk_unknown(walk, text, len, err);
    return walk_value(walk, option, text[len] == '=' ? text + len : NULL, err);
}

static int walk_all(struct words_walk *walk, struct error *err)
{
    bool options = true;
    while (walk->at < walk->argc) {
        char *text = walk->argv[walk->at++];
        if (options && strcmp(text, "--") == 0)
            options = false;
        else if (!options || !words_is_option(text))
            list_add(walk->words, walk->list, text);
        else if (walk_option(walk, text, err) != 0)
            return -1;
    }
    return 0;
}

static int walk_count(const struct words_walk *walk, struct error *err)
{
    const struct command *command = walk->command;
    const struct word_list *given = &walk->words->arguments;
    if (given->count > command->most && command->most == 0)
        return error_set(err, ERROR_CONFIG, "%.80s: no argument was expected", given->at[0]);
    if (given->count > command->most)
        return error_set(err, ERROR_CONFIG, "%.80s: nothing was expected here; usage: otspipe %s %s",
                         given->at[command->most], command->path, command->arguments);
    if (given->count < command->least)
        return error_set(err, ERROR_CONFIG, "usage: otspipe %s %s; 'otspipe %s --help' shows how",
                         command->path, command->arguments, command->path);
    return 0;
}

int words_read(const struct command *command, int argc, char **argv, void *into, struct words *words,
               struct error *err)
{
    struct words_walk walk = {command, into, words, argc, argv, 1, &words->arguments};
    words->arguments = (struct word_list){NULL, 0};
    arena_init(&words->arena, WORDS_CHUNK);
    if (walk_presets(&walk, command->options, err) != 0 || walk_presets(&walk, command->shared, err) != 0 ||
        walk_all(&walk, err) != 0)
        return -1;
    return walk_count(&walk, err);
}

void words_fini(struct words *words)
{
    arena_fini(&words->arena);
}

bool words_want_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

bool words_start(const struct command *command, int argc, char **argv, void *into, struct words *words,
                 int *code)
{
    struct error err;
    if (words_want_help(argc, argv)) {
        arena_init(&words->arena, WORDS_CHUNK);
        help_print(command, stdout);
        *code = fflush(stdout) == 0 ? CLI_DONE : CLI_FAILED;
        return false;
    }
    if (words_read(command, argc, argv, into, words, &err) == 0)
        return true;
    words_tell(command, err.text);
    *code = CLI_USAGE;
    return false;
}

void words_tell(const struct command *command, const char *text)
{
    struct buffer line;
    buffer_init(&line, TOLD_ESCAPED_MOST);
    screen_put(&line, slice_text(text), TOLD_MOST);
    fprintf(stderr, "otspipe%s%s: %.*s\n", command->path[0] == 0 ? "" : " ", command->path, (int)line.len,
            line.at);
    buffer_fini(&line);
}
