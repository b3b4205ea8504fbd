/* commands: the list, and the way to one of them. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/screen.h"
#include "cli/words.h"

struct asked {
    bool version;
};

static const struct command *const children[] = {&demo_command,
                                                 &run_command,
                                                 &check_command,
                                                 &explain_command,
                                                 &convert_command,
                                                 &emulator_command,
                                                 &table_command,
                                                 &help_command,
                                                 &man_command,
                                                 &completion_command,
                                                 NULL};

static const struct command_option options[] = {
    {.name = "version", .help = "the version, and nothing else", .offset = offsetof(struct asked, version)},
    {0}};

static const struct command_term variables[] = {
    {"NO_COLOR", "when it is not empty, nothing is coloured or bold"},
    {"COLUMNS", "the width of help where there is no terminal to ask"},
    {0}};

static const struct command_term exits[] = {
    {"0", "done"},
    {"1", "a pipeline failed, or what was asked for could not be had"},
    {"2", "a mistake on the command line or in a configuration"},
    {"3", "finished, but records were set aside, or rows were refused"},
    {"130, 143", "stopped by SIGINT, SIGTERM after an orderly drain"},
    {0}};

static const struct command_term examples[] = {
    {"otspipe demo", "see it work, with nothing else at hand"},
    {"otspipe check kafka_to_table.yaml", "find every mistake of a configuration"},
    {"otspipe run kafka_to_table.yaml", "the job, until Ctrl-C"},
    {"otspipe help table scan", "explain a command, as 'otspipe table scan --help' does"},
    {0}};

const struct command commands_root = {
    .path = "",
    .summary = "moves records from Kafka topics into Alibaba Cloud Tablestore tables",
    .arguments = "COMMAND ...",
    .about =
        "otspipe moves records from Kafka topics into Alibaba Cloud Tablestore tables.\n\n"
        "CONFIG is a YAML file, or the files of Kafka Connect: worker.properties connector.properties, or a "
        "connector's JSON. Options and arguments of a command may stand in any order.",
    .options = options,
    .children = children,
    .examples = examples,
    .exits = exits,
    .variables = variables,
};

static const struct command *commands_missing(const struct command *within, const char *name)
{
    struct error err;
    char hint[128] = "";
    const char *near = command_near_child(within, name);
    if (near != NULL)
        snprintf(hint, sizeof(hint), " is '%s' meant?", near);
    error_set(&err, ERROR_CONFIG, "there is no command '%.80s';%s 'otspipe%s%s --help' lists them", name,
              hint, within->path[0] == 0 ? "" : " ", within->path);
    words_tell(within, err.text);
    return NULL;
}

const struct command *commands_find(char *const *words, size_t count)
{
    const struct command *command = &commands_root;
    for (size_t i = 0; i < count; i++) {
        const struct command *child = command_child(command, words[i]);
        if (child == NULL)
            return commands_missing(command, words[i]);
        command = child;
    }
    return command;
}

static int commands_help(char *const *words, size_t count)
{
    const struct command *command = commands_find(words, count);
    if (command == NULL)
        return CLI_USAGE;
    help_print(command, stdout);
    return fflush(stdout) == 0 ? CLI_DONE : CLI_FAILED;
}

/* No command: options of its own. */
static int commands_options(const struct command *command, int argc, char **argv)
{
    struct asked asked = {false};
    struct words words;
    int code = CLI_DONE;
    bool good = words_start(command, argc, argv, &asked, &words, &code);
    if (good && asked.version)
        code = puts("otspipe " OTSPIPE_VERSION) >= 0 && fflush(stdout) == 0 ? CLI_DONE : CLI_FAILED;
    words_fini(&words);
    return code;
}

int commands_run(const struct command *command, int argc, char **argv)
{
    if (argc < 2) {
        help_print(command, stderr);
        return CLI_USAGE;
    }
    if (argv[1][0] == '-')
        return commands_options(command, argc, argv);
    const struct command *child = command_child(command, argv[1]);
    if (child == NULL)
        return commands_missing(command, argv[1]) == NULL ? CLI_USAGE : CLI_DONE;
    return child->run(child, argc - 1, argv + 1);
}

int commands_main(int argc, char **argv)
{
    screen_init();
    return commands_run(&commands_root, argc, argv);
}

/* ---- otspipe help ---- */

static int help_run(const struct command *command, int argc, char **argv)
{
    struct words words;
    int code = CLI_DONE;
    if (words_start(command, argc, argv, NULL, &words, &code))
        code = commands_help(words.arguments.at, words.arguments.count);
    words_fini(&words);
    return code;
}

static const struct command_term help_examples[] = {{"otspipe help run", "the same as 'otspipe run --help'"},
                                                    {"otspipe help table scan", "a command of a command"},
                                                    {0}};

const struct command help_command = {
    .path = "help",
    .summary = "explains a command",
    .arguments = "[COMMAND...]",
    .most = 2,
    .argument_kind = COMMAND_COMMAND,
    .about = "Explains a command: what it does, its options, its exit codes, with examples.",
    .examples = help_examples,
    .exits = command_exits_of_a_text,
    .see_also = "man",
    .run = help_run,
};
