/* table: `otspipe table COMMAND`: looks into an instance, and changes a little of it. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/screen.h"
#include "cli/table_commands.h"
#include "cli/table_session.h"

struct table_command {
    const char *name;
    unsigned bit;
    const char *arguments;
    size_t least, most; /* arguments */
    int (*run)(struct table_session *session, struct error *err);
    const char *help;
    const char *more; /* of its own --help */
};

enum { ANY = 10000 };

static const struct table_command commands[] = {
    {"ls", TABLE_LS, "", 0, 0, table_ls, "the tables of the instance",
     "Names, one a line; on a terminal and with --json with their primary keys.\n"},
    {"describe", TABLE_DESCRIBE, "TABLE", 1, 1, table_describe,
     "primary key, defined columns, options, indexes", "One JSON object in a pipe and with --json.\n"},
    {"create", TABLE_CREATE, "TABLE NAME:TYPE[,NAME:TYPE...]", 2, 2, table_create, "makes a table",
     "1 to 4 key columns; types are string, integer, binary and auto_increment (not for the first one).\n"
     "Comes back when the table takes rows.\n\n"
     "  otspipe table create orders id:string\n"
     "  otspipe table create events device:string,at:integer,n:auto_increment --ttl 30d --max-versions 3\n"},
    {"get", TABLE_GET, "TABLE KEY...", 2, ANY, table_get, "one row",
     "KEY is a value for each key column, in the table's order; binary as hex:00ff or base64:AP8=.\n\n"
     "  otspipe table get orders o-1\n"
     "  otspipe table get events sensor-7 -5 12 --columns temperature --max-versions 10\n"},
    {"scan", TABLE_SCAN, "TABLE", 1, 1, table_scan, "rows in the order of their keys",
     "JSON lines in a pipe and with --json, a table on a terminal. Versions are shown, and stand in the "
     "lines,\n"
     "with --max-versions only: 'table put' would write them as they are.\n\n"
     "  otspipe table scan orders --limit 20\n"
     "  otspipe table scan events --key sensor-7 --reverse --limit 1\n"
     "  otspipe table scan orders --prefix o-2024- --columns price,state\n"
     "  otspipe table scan events --from sensor-7 100 --to sensor-8 | otspipe table put copy --of events\n"},
    {"put", TABLE_PUT, "TABLE [FILE | NAME=VALUE...]", 1, ANY, table_put, "writes rows",
     "Lines of FILE or of the standard input are JSON as 'table scan', 'explain' and the emulator's journal\n"
     "write it; their op is put, update or delete. Rows of one key are written in the order of the lines. A "
     "row\n"
     "that is refused is named with its line; the others are written. One row alone as NAME=VALUE or\n"
     "NAME:TYPE=VALUE; types are string, integer, double, boolean, binary. Without one it is the table's, "
     "or\n"
     "string.\n\n"
     "  otspipe table put orders id=o-1 price:double=9.5 paid:boolean=true\n"
     "  otspipe table put orders rows.jsonl\n"
     "  otspipe explain kafka_to_table.yaml <records.jsonl | otspipe table put orders\n"},
    {"rm", TABLE_RM, "TABLE KEY... | TABLE --table", 1, ANY, table_rm, "deletes a row, or a table",
     "  otspipe table rm orders o-1\n"
     "  otspipe table rm orders --table --yes\n"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void table_help(FILE *to)
{
    fputs("usage: otspipe table COMMAND [OPTIONS] [TABLE] ...\n\n"
          "Looks into the emulator, or into a real instance.\n\n",
          to);
    for (size_t i = 0; i < COMMANDS; i++) {
        char words[64];
        snprintf(words, sizeof(words), "%s %s", commands[i].name, commands[i].arguments);
        fprintf(to, "  %-38s %s\n", words, commands[i].help);
    }
    fputs(
        "\n'otspipe table COMMAND --help' shows its options. Which instance is said by --endpoint, "
        "--instance and\n"
        "--access-key-file, by --config with a configuration of 'otspipe run', or by the variables "
        "OTSPIPE_ENDPOINT,\n"
        "OTSPIPE_INSTANCE, OTSPIPE_ACCESS_KEY_ID, OTSPIPE_ACCESS_KEY_SECRET and OTSPIPE_STS_TOKEN. Where "
        "nothing\n"
        "says it, it is what 'otspipe emulator' starts.\n\n"
        "Exit codes: 0 done; 1 refused, not there, or not reached; 2 a mistake on the command line or in a\n"
        "configuration; 3 done, but rows were refused.\n\n"
        "  otspipe table ls\n"
        "  otspipe table create orders id:string\n"
        "  otspipe table put orders id=o-1 price:double=9.5\n"
        "  otspipe table scan orders --config kafka_to_table.yaml\n",
        to);
}

static void table_help_of(const struct table_command *command)
{
    printf("usage: otspipe table %s %s%s[OPTIONS]\n\n%s\n", command->name, command->arguments,
           command->arguments[0] == 0 ? "" : " ", command->more);
    table_words_help(command->bit);
}

static const struct table_command *table_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static void table_on_log(void *arg, enum log_level level, struct slice line)
{
    (void)level;
    table_session_say(arg, "%.*s", SLICE_ARG(line));
}

/* Words may be empty: then there is nothing to say. */
static int table_fail(const struct table_session *session, const struct error *err)
{
    if (err->text[0] != 0)
        table_session_say(session, "%s", err->text);
    return err->kind == ERROR_CONFIG ? CLI_USAGE : CLI_FAILED;
}

static int table_run(const struct table_command *command, const struct table_words *words)
{
    struct table_session session;
    struct error err;
    int code = table_session_open(&session, command->name, words, &err);
    enum log_level level = log_level();
    log_set_level(LOG_WARN);
    log_set_output(table_on_log, &session);
    if (code == 0)
        code = command->run(&session, &err);
    if (code < 0)
        code = table_fail(&session, &err);
    log_set_output(NULL, NULL);
    log_set_level(level);
    table_session_close(&session);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    return code == CLI_DONE ? CLI_FAILED : code;
}

static int table_check_count(const struct table_command *command, const struct table_words *words,
                             struct error *err)
{
    if (words->arguments.count >= command->least && words->arguments.count <= command->most)
        return 0;
    if (words->arguments.count > command->most)
        return error_set(err, ERROR_CONFIG, "%.80s: nothing was expected here; usage: otspipe table %s %s",
                         words->arguments.at[command->most], command->name, command->arguments);
    return error_set(err, ERROR_CONFIG, "usage: otspipe table %s %s", command->name, command->arguments);
}

static int table_run_words(const struct table_command *command, int argc, char **argv)
{
    struct table_session nobody = {.command = command->name};
    struct table_words words;
    struct error err;
    int code = CLI_DONE;
    bool good = table_words_read(&words, command->bit, argc, argv, &err) == 0;
    if (good && words.help)
        table_help_of(command);
    else if (!good || table_check_count(command, &words, &err) != 0)
        code = table_fail(&nobody, &err);
    else
        code = table_run(command, &words);
    table_words_fini(&words);
    return code;
}

int cli_table(int argc, char **argv)
{
    screen_init();
    if (argc < 2) {
        table_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        table_help(stdout);
        return CLI_DONE;
    }
    const struct table_command *command = table_find(argv[1]);
    if (command != NULL)
        return table_run_words(command, argc - 1, argv + 1);
    fprintf(stderr, "otspipe table: there is no command '%.80s'; 'otspipe table --help' lists them\n",
            argv[1]);
    return CLI_USAGE;
}
