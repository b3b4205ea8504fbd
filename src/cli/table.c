/* table: `otspipe table COMMAND`: looks into an instance, and changes a little of it. */
#include <stdio.h>

#include "base/check.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/table_commands.h"
#include "cli/table_session.h"

typedef int table_run_fn(struct table_session *session, struct error *err);

static const struct table_work {
    const struct command *command;
    table_run_fn *run;
} works[] = {
    {&table_ls_command, table_ls},         {&table_describe_command, table_describe},
    {&table_create_command, table_create}, {&table_get_command, table_get},
    {&table_scan_command, table_scan},     {&table_put_command, table_put},
    {&table_rm_command, table_rm},
};

static table_run_fn *table_find(const struct command *command)
{
    table_run_fn *run = NULL;
    for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++)
        run = works[i].command == command ? works[i].run : run;
    CHECK(run != NULL);
    return run;
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

static int table_run(const struct command *command, const struct table_words *words)
{
    struct table_session session;
    struct error err;
    int code = table_session_open(&session, command, words, &err);
    enum log_level level = log_level();
    log_set_level(LOG_WARN);
    log_set_output(table_on_log, &session);
    if (code == 0)
        code = table_find(command)(&session, &err);
    if (code < 0)
        code = table_fail(&session, &err);
    log_set_output(NULL, NULL);
    log_set_level(level);
    table_session_close(&session);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    return code == CLI_DONE ? CLI_FAILED : code;
}

int table_main(const struct command *command, int argc, char **argv)
{
    struct table_words words = {.ttl_s = -1};
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &words, &words.words, &code))
        code = table_run(command, &words);
    table_words_fini(&words);
    return code;
}

static const struct command *const children[] = {
    &table_ls_command,   &table_describe_command, &table_create_command, &table_get_command,
    &table_scan_command, &table_put_command,      &table_rm_command,     NULL};

static const struct command_term examples[] = {
    {"otspipe table ls", "the tables of the emulator, where nobody says otherwise"},
    {"otspipe table create orders id:string", "a table"},
    {"otspipe table put orders id=o-1 price:double=9.5", "a row"},
    {"otspipe table scan orders --config kafka_to_table.yaml", "the rows that a job has written"},
    {0}};

const struct command table_command = {
    .path = "table",
    .summary = "look into the emulator or a real instance: ls, describe, create, get, scan, put, rm",
    .arguments = "COMMAND ...",
    .about = "Looks into the emulator, or into a real instance, and changes a little of it.\n\n"
             "Which instance is said by --endpoint, --instance and --access-key-file, by --config with a "
             "configuration "
             "of 'otspipe run', or by the environment. Where nothing says it, it is what 'otspipe emulator' "
             "starts.",
    .children = children,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "emulator, explain",
    .run = commands_run,
};
