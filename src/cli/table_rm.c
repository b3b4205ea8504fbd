/* table_rm: a row by its key; with --table the table itself, which is asked about first. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_session.h"
#include "ots/look.h"

enum { ANSWER_MOST = 300 };

static int rm_row(struct table_session *session, struct error *err)
{
    const struct word_list *arguments = &session->words->words.arguments;
    struct word_list texts = {arguments->at + 1, arguments->count - 1};
    struct row key;
    if (texts.count == 0)
        return error_set(err, ERROR_CONFIG, "which row? Its key is missing; --table is for the table itself");
    if (table_session_describe(session, arguments->at[0], err) != 0 ||
        table_key_read(&session->schema, &texts, &session->arena, &key, err) != 0)
        return -1;
    ots_look_put_delete_row(session->schema.table, &key, &session->body);
    return table_session_ask(session, "DeleteRow", true, err);
}

/* The name, typed again. */
static int rm_confirm(const char *table, const char *instance, struct error *err)
{
    char answer[ANSWER_MOST];
    if (!isatty(STDIN_FILENO))
        return error_set(err, ERROR_CONFIG, "--yes is missing: nobody can be asked whether the table may go");
    fprintf(stderr, "table %s of instance %s goes with all its rows. Its name again, to go on: ", table,
            instance);
    if (fgets(answer, sizeof(answer), stdin) == NULL)
        answer[0] = 0;
    answer[strcspn(answer, "\n")] = 0;
    return strcmp(answer, table) == 0 ? 0 : error_set(err, ERROR_FATAL, "nothing was deleted");
}

static int rm_table(struct table_session *session, struct error *err)
{
    const char *table = session->words->words.arguments.at[0];
    if (session->words->words.arguments.count > 1)
        return error_set(err, ERROR_CONFIG, "--table deletes the whole table: it goes with no key");
    if (table_session_describe(session, table, err) != 0)
        return -1;
    if (!session->words->yes && rm_confirm(table, session->connection.options.instance, err) != 0)
        return -1;
    ots_look_put_delete_table(slice_text(table), &session->body);
    return table_session_ask(session, "DeleteTable", false, err);
}

int table_rm(struct table_session *session, struct error *err)
{
    return session->words->whole_table ? rm_table(session, err) : rm_row(session, err);
}

static const struct command_option options[] = {
    {.name = "table", .help = "the table itself with all its rows", .offset = TABLE_WORDS_AT(whole_table)},
    {.name = "yes", .help = "do not ask", .offset = TABLE_WORDS_AT(yes)},
    {0}};

static const struct command_term examples[] = {
    {"otspipe table rm orders o-1", "a row"}, {"otspipe table rm orders --table --yes", "a table"}, {0}};

const struct command table_rm_command = {
    .path = "table rm",
    .summary = "deletes a row, or a table",
    .arguments = "TABLE KEY... | TABLE --table",
    .least = 1,
    .most = COMMAND_ANY,
    .about = "Deletes a row, whether it is there or not. With --table it is the table itself with all its "
             "rows: its name is asked for on a terminal, --yes is wanted elsewhere.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table create, table put",
    .run = table_main,
};
