/* table_create: a table that was not there, until it takes rows. */
#include <stdlib.h>

#include "base/check.h"
#include "cli/cli.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_session.h"
#include "loop/loop.h"
#include "ots/table.h"

struct creation {
    struct loop *loop;
    bool created;
    bool failed;
    struct error error;
};

static void create_on_done(void *arg, const struct ots_table_state *state, const struct error *err)
{
    struct creation *creation = arg;
    creation->created = state->created;
    creation->failed = err != NULL;
    if (err != NULL)
        creation->error = *err;
    loop_stop(creation->loop);
}

/* That it is missing is what is wanted; the check below looks again, but may not say so. */
static int create_is_new(struct table_session *session, const char *table, struct error *err)
{
    if (table_session_describe(session, table, err) == 0)
        return error_set(err, ERROR_FATAL,
                         "there is a table %s already; 'otspipe table describe %s' shows it", table, table);
    return session->outcome == OTS_MISSING ? 0 : -1;
}

static int create_wait(struct table_session *session, const struct ots_table_options *options,
                       struct error *err)
{
    struct creation creation = {.loop = session->loop};
    struct ots_table_check *check =
        ots_table_check_start(session->client, loop_clock(session->loop), options, session->words->retry_ms,
                              create_on_done, &creation);
    loop_run(session->loop);
    ots_table_check_destroy(check);
    if (!creation.failed && !creation.created)
        return error_set(err, ERROR_FATAL, "somebody else has made table %.*s just now",
                         SLICE_ARG(options->plan->table));
    if (!creation.failed)
        return CLI_DONE;
    *err = creation.error;
    err->kind = ERROR_FATAL;
    return -1;
}

int table_create(struct table_session *session, struct error *err)
{
    const struct table_words *words = session->words;
    struct mapping_plan plan = {.table = slice_text(words->words.arguments.at[0])};
    struct ots_table_options options = {.plan = &plan,
                                        .auto_create = true,
                                        .ttl_s = words->ttl_s,
                                        .max_versions = (int32_t)words->max_versions};
    char *declared = check_memory(strdup(words->words.arguments.at[1]));
    int rc = table_key_declare(declared, &plan, err);
    if (rc == 0)
        rc = create_is_new(session, words->words.arguments.at[0], err);
    if (rc == 0)
        rc = create_wait(session, &options, err);
    free(declared);
    return rc;
}

static const struct command_option options[] = {{.name = "ttl",
                                                 .kind = COMMAND_TEXT,
                                                 .value = "TIME",
                                                 .preset = "forever",
                                                 .help = "how long rows live: 86400, 24h, 30d or forever",
                                                 .read = table_words_ttl},
                                                {.name = "max-versions",
                                                 .kind = COMMAND_NUMBER,
                                                 .value = "N",
                                                 .least = 1,
                                                 .most = INT32_MAX,
                                                 .preset = "1",
                                                 .help = "how many versions of a column are kept",
                                                 .offset = TABLE_WORDS_AT(max_versions)},
                                                {0}};

static const struct command_term examples[] = {
    {"otspipe table create orders id:string", "one key column"},
    {"otspipe table create events device:string,at:integer,n:auto_increment --ttl 30d --max-versions 3",
     "three of them; rows go after 30 days"},
    {0}};

const struct command table_create_command = {
    .path = "table create",
    .summary = "makes a table",
    .arguments = "TABLE NAME:TYPE[,NAME:TYPE...]",
    .least = 2,
    .most = 2,
    .about = "Makes a table with 1 to 4 key columns; types are string, integer, binary and auto_increment "
             "(not for the first one). Comes back when the table takes rows.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table describe, table put",
    .run = table_main,
};
