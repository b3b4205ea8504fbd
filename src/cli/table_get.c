/* table_get: one row by its key. */
#include "cli/cli.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_rows.h"
#include "cli/table_session.h"
#include "ots/look.h"

static int get_show(struct table_session *session, struct row *row, struct error *err)
{
    struct table_rows rows;
    table_rows_init(&rows, session);
    int rc = table_rows_one(&rows, row, err);
    table_rows_fini(&rows);
    return rc;
}

int table_get(struct table_session *session, struct error *err)
{
    const struct table_words *words = session->words;
    struct word_list texts = {words->words.arguments.at + 1, words->words.arguments.count - 1};
    struct ots_look_columns columns = {words->columns.at, words->columns.count,
                                       words->max_versions > 0 ? (int32_t)words->max_versions : 1};
    struct row key, row;
    if (table_session_describe(session, words->words.arguments.at[0], err) != 0 ||
        table_key_read(&session->schema, &texts, &session->arena, &key, err) != 0)
        return -1;
    ots_look_put_row(session->schema.table, &key, &columns, &session->body);
    if (table_session_ask(session, "GetRow", true, err) != 0)
        return -1;
    int found = ots_look_row(buffer_slice(&session->reply), &session->arena, &row, err);
    if (found > 0)
        return get_show(session, &row, err);
    if (found < 0)
        return -1;
    return error_set(err, ERROR_FATAL, "there is no row with this key%s",
                     words->columns.count > 0 ? " and any of these columns" : "");
}

static const struct command_option options[] = {
    TABLE_WORDS_COLUMNS,
    TABLE_WORDS_VERSIONS("up to so many versions of each column, shown with their times"),
    TABLE_WORDS_JSON,
    {0}};

static const struct command_term examples[] = {
    {"otspipe table get orders o-1", "by its key"},
    {"otspipe table get events sensor-7 -5 12 --columns temperature --max-versions 10",
     "a key of three columns; the last ten values of one column"},
    {0}};

const struct command table_get_command = {
    .path = "table get",
    .summary = "one row",
    .arguments = "TABLE KEY...",
    .least = 2,
    .most = COMMAND_ANY,
    .about =
        "One row. KEY is a value for each key column, in the table's order; binary as hex:00ff or "
        "base64:AP8=. Negative numbers are values; -- goes before any other value that begins with a dash.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table scan",
    .run = table_main,
};
