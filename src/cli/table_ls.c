/* table_ls: names of tables, one a line; on a terminal and as JSON with their primary keys. */
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/grid.h"
#include "cli/screen.h"
#include "cli/table_commands.h"
#include "cli/table_describe.h"
#include "cli/table_key.h"
#include "cli/table_session.h"
#include "ots/look.h"

enum { TEXT_MOST = 64 * 1024, NAME_SHOWN = 255 };

struct listing {
    char **names;
    size_t count;
    struct buffer text;
    struct grid grid;
};

static int ls_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void ls_put_grid(struct listing *listing, const struct mapping_plan *schema)
{
    struct buffer *text = &listing->text;
    buffer_reset(text, TEXT_MOST);
    screen_put(text, schema->table, NAME_SHOWN);
    grid_put(&listing->grid, SLICE("table"), buffer_slice(text), false);
    buffer_reset(text, TEXT_MOST);
    table_key_print(schema, text);
    grid_put(&listing->grid, SLICE("primary key"), buffer_slice(text), false);
    grid_end_row(&listing->grid);
}

static void ls_put_json(struct listing *listing, const struct mapping_plan *schema)
{
    struct buffer *text = &listing->text;
    buffer_reset(text, TEXT_MOST);
    buffer_print(text, "{\"table\":");
    json_put_string(text, schema->table);
    buffer_print(text, ",\"primary_key\":");
    table_describe_put_key(schema, text);
    buffer_print(text, "}\n");
    fwrite(text->at, 1, text->len, stdout);
}

/* A table that went away since it was listed is not there. */
static int ls_one(struct table_session *session, struct listing *listing, const char *name, struct error *err)
{
    if (table_session_describe(session, name, err) != 0)
        return session->outcome == OTS_MISSING ? 0 : -1;
    if (session->words->json)
        ls_put_json(listing, &session->schema);
    else
        ls_put_grid(listing, &session->schema);
    return 0;
}

static int ls_all(struct table_session *session, struct listing *listing, struct error *err)
{
    bool names_only = !session->words->json && !screen_is_terminal();
    for (size_t i = 0; i < listing->count; i++) {
        if (names_only)
            puts(listing->names[i]);
        else if (ls_one(session, listing, listing->names[i], err) != 0)
            return -1;
    }
    grid_show(&listing->grid, stdout);
    return 0;
}

int table_ls(struct table_session *session, struct error *err)
{
    struct listing listing = {.count = 0};
    ots_look_put_list(&session->body);
    if (table_session_ask(session, "ListTable", true, err) != 0)
        return -1;
    if (ots_look_tables(buffer_slice(&session->reply), &session->arena, &listing.names, &listing.count,
                        err) != 0)
        return -1;
    if (listing.count > 0)
        qsort(listing.names, listing.count, sizeof(char *), ls_by_name);
    else
        table_session_say(session, "there is no table yet; 'otspipe table create NAME id:string' makes one");
    buffer_init(&listing.text, SIZE_MAX);
    grid_init(&listing.grid, screen_width(STDOUT_FILENO), screen_has_colour(STDOUT_FILENO));
    int rc = ls_all(session, &listing, err);
    grid_fini(&listing.grid);
    buffer_fini(&listing.text);
    return rc;
}

static const struct command_option options[] = {TABLE_WORDS_JSON, {0}};

static const struct command_term examples[] = {
    {"otspipe table ls", "of the emulator, where nobody says otherwise"},
    {"otspipe table ls --config kafka_to_table.yaml", "of the instance that a job writes to"},
    {0}};

const struct command table_ls_command = {
    .path = "table ls",
    .summary = "the tables of the instance",
    .arguments = "",
    .least = 0,
    .most = 0,
    .about = "The names of the tables, one a line; on a terminal and with --json with their primary keys.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table describe",
    .run = table_main,
};
