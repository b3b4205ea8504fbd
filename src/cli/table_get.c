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
    struct table_list texts = {words->arguments.at + 1, words->arguments.count - 1};
    struct ots_look_columns columns = {words->columns.at, words->columns.count,
                                       words->max_versions > 0 ? words->max_versions : 1};
    struct row key, row;
    if (table_session_describe(session, words->arguments.at[0], err) != 0 ||
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
