/* check: everything that is wrong with a configuration, then the configuration in effect, or what connecting
 * shows. */
#include <stdio.h>

#include "base/buffer.h"
#include "cli/check_connect.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/mistake.h"
#include "cli/words.h"

enum { CHECK_TEXT_MOST = 16 << 20 };

struct check {
    bool reference;
    int compat; /* enum settings_compat */
    bool connect;
};

static int check_write(const struct buffer *text)
{
    bool whole = fwrite(text->at, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
    if (!whole)
        perror("otspipe check: stdout");
    return whole ? CLI_DONE : CLI_FAILED;
}

static int check_print_reference(void)
{
    struct buffer text;
    buffer_init(&text, CHECK_TEXT_MOST);
    settings_reference(&text);
    int code = check_write(&text);
    buffer_fini(&text);
    return code;
}

static int check_print(const struct settings *settings)
{
    struct buffer text;
    buffer_init(&text, CHECK_TEXT_MOST);
    settings_print(settings, &text);
    int code = check_write(&text);
    buffer_fini(&text);
    return code;
}

static int check_connections(const struct settings *settings)
{
    return check_connect(settings) > 0 ? CLI_FAILED : CLI_DONE;
}

static int check_files(const struct check *check, const struct word_list *files)
{
    int code;
    struct settings *settings = mistake_read_settings((const char *const *)files->at, files->count,
                                                      (enum settings_compat)check->compat);
    if (settings == NULL)
        return CLI_USAGE;
    settings_compare(settings, mistake_put, NULL);
    if (check->connect)
        code = check_connections(settings);
    else
        code = check_print(settings);
    settings_destroy(settings);
    return code;
}

/* Without a configuration it is a question that only --reference answers. */
static int check_words(const struct command *command, const struct check *check,
                       const struct word_list *files)
{
    if (check->reference)
        return check_print_reference();
    if (files->count > 0)
        return check_files(check, files);
    words_tell(command, "which configuration? 'otspipe check --help' shows how");
    return CLI_USAGE;
}

static int check_main(const struct command *command, int argc, char **argv)
{
    struct check check = {0};
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &check, &words, &code))
        code = check_words(command, &check, &words.arguments);
    words_fini(&words);
    return code;
}

static const struct command_option options[] = {
    {.name = "connect",
     .help = "then try brokers, topics, group, endpoint, access key, clock, tables, and the error topic or "
             "table, "
             "each for 2 s at most: a line each instead of the configuration; nothing is written, no group "
             "is joined",
     .offset = offsetof(struct check, connect)},
    {.name = "reference",
     .help = "print every key of a configuration, as markdown, and nothing else",
     .offset = offsetof(struct check, reference)},
    COMMAND_COMPAT(offsetof(struct check, compat)),
    {0}};

static const struct command_term examples[] = {
    {"otspipe check kafka_to_table.yaml", "every mistake at once, or the configuration in effect"},
    {"otspipe check connect-standalone.properties connect-tablestore-sink-quickstart.properties",
     "the files of Kafka Connect, shown as YAML"},
    {"otspipe check --connect kafka_to_table.yaml", "whether all that it names can be reached, too"},
    {"otspipe check --reference", "the manual of all keys"},
    {0}};

static const struct command_term exits[] = {
    {"0", "nothing is wrong; there may be warnings"},
    {"1",
     "with --connect: something cannot be reached or is not as configured; the result could not be written"},
    {"2", "something is wrong, with the configuration or the command line"},
    {0}};

const struct command check_command = {
    .path = "check",
    .summary = "find every mistake of a configuration; show the configuration in effect",
    .arguments = "CONFIG...",
    .most = COMMAND_ANY,
    .argument_kind = COMMAND_FILE,
    .endings = COMMAND_CONFIG_ENDINGS,
    .about =
        "Says everything that is wrong with a configuration, as file:line:column: key: what is wrong; "
        "what would "
        "be right, on stderr. When nothing is, prints the configuration in effect as YAML, secrets "
        "hidden. For "
        "Connect files notes say where the manual and the newest Java connector differ in what these do. No "
        "connection is made without --connect.\n\n" COMMAND_CONFIG_ABOUT,
    .options = options,
    .examples = examples,
    .exits = exits,
    .variables = command_variables_of_a_job,
    .files = command_files_of_a_job,
    .see_also = "run, explain",
    .run = check_main,
};
