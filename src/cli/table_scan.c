/* table_scan: rows of a range, page after page, each shown before the next is asked for. */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_rows.h"
#include "cli/table_session.h"
#include "loop/loop.h"
#include "ots/look.h"

enum { PAGE_ROWS = 5000, PROGRESS_MS = 500, PAGE_CHUNK = 1 << 20 };

struct scan {
    struct table_session *session;
    struct table_key_range range;
    struct ots_look_columns columns;
    struct table_rows rows;
    struct arena page_arena;
    struct buffer start; /* of the next page */
    struct slice end;
    uint64_t left; /* rows still wanted */
    bool shows_progress;
    int64_t shown_ms;
};

static void scan_show_progress(struct scan *scan, bool last)
{
    int64_t now_ms = loop_clock(scan->session->loop)->now_ms;
    if (!scan->shows_progress || (!last && now_ms - scan->shown_ms < PROGRESS_MS))
        return;
    scan->shown_ms = now_ms;
    if (last)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\r\033[K%llu rows", (unsigned long long)scan->rows.count);
}

static int scan_ask(struct scan *scan, struct error *err)
{
    const struct table_session *session = scan->session;
    uint64_t limit = scan->left < PAGE_ROWS ? scan->left : 0; /* 0: the service's own limit of a page */
    struct ots_look_range range = {.table = session->schema.table,
                                   .start = buffer_slice(&scan->start),
                                   .end = scan->end,
                                   .backward = session->words->reverse,
                                   .limit = scan->range.checked ? 0 : (int32_t)limit,
                                   .columns = &scan->columns};
    ots_look_put_range(&range, &scan->session->body);
    return table_session_ask(scan->session, "GetRange", true, err);
}

/* 1: shown; 0: nothing more is wanted. */
static int scan_row(struct scan *scan, struct row *row, struct error *err)
{
    int place = table_key_place(&scan->range, row);
    if (place < 0 || scan->left == 0)
        return 0;
    if (place > 0)
        return 1;
    scan->left--;
    return table_rows_add(&scan->rows, row, err) != 0 ? -1 : 1;
}

static int scan_rows(struct scan *scan, struct ots_look_page *page, struct error *err)
{
    struct row row;
    int rc = plainbuffer_next(&page->rows, &row, err);
    for (; rc > 0; rc = plainbuffer_next(&page->rows, &row, err)) {
        int shown = scan_row(scan, &row, err);
        if (shown < 0)
            return -1;
        if (shown == 0)
            scan->left = 0;
    }
    return rc;
}

/* A page without rows may say that the range goes on, but not from where it began. */
static int scan_go_on(struct scan *scan, struct slice next, struct error *err)
{
    if (slice_equal(next, buffer_slice(&scan->start)))
        return error_set(err, ERROR_FATAL, "GetRange: the next page begins where this one did");
    buffer_reset(&scan->start, SIZE_MAX);
    buffer_add_slice(&scan->start, next);
    return 0;
}

/* 1: there may be more. */
static int scan_page(struct scan *scan, struct error *err)
{
    struct ots_look_page page;
    if (scan_ask(scan, err) != 0)
        return -1;
    arena_reset(&scan->page_arena);
    if (ots_look_page(buffer_slice(&scan->session->reply), &scan->page_arena, &page, err) != 0 ||
        scan_rows(scan, &page, err) != 0)
        return -1;
    if (page.next.at == NULL || scan->left == 0)
        return 0;
    scan_show_progress(scan, false);
    return scan_go_on(scan, page.next, err) != 0 ? -1 : 1;
}

static int scan_all(struct scan *scan, struct error *err)
{
    int rc = 1;
    while (rc > 0)
        rc = scan_page(scan, err);
    scan_show_progress(scan, true);
    if (table_rows_flush(&scan->rows, err) != 0)
        return -1;
    if (rc < 0)
        return -1;
    if (scan->rows.count == 0)
        table_session_say(scan->session, "there is no row");
    if (scan->rows.grid.hidden > 0)
        table_session_say(scan->session,
                          "%zu columns did not fit: see --columns, --json, or a wider terminal",
                          scan->rows.grid.hidden);
    return CLI_DONE;
}

static void scan_begin(struct scan *scan, struct table_session *session)
{
    const struct table_words *words = session->words;
    struct slice start = ots_look_key(&scan->range.start, &session->arena);
    scan->session = session;
    scan->columns = (struct ots_look_columns){words->columns.at, words->columns.count,
                                              words->max_versions > 0 ? (int32_t)words->max_versions : 1};
    scan->end = ots_look_key(&scan->range.end, &session->arena);
    scan->left = words->limit > 0 ? (uint64_t)words->limit : UINT64_MAX;
    buffer_init(&scan->start, SIZE_MAX);
    buffer_add_slice(&scan->start, start);
    arena_init(&scan->page_arena, PAGE_CHUNK);
    table_rows_init(&scan->rows, session);
    scan->shows_progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
}

int table_scan(struct table_session *session, struct error *err)
{
    struct scan scan = {.shown_ms = 0};
    if (table_session_describe(session, session->words->words.arguments.at[0], err) != 0 ||
        table_key_range(&session->schema, session->words, &session->arena, &scan.range, err) != 0)
        return -1;
    scan_begin(&scan, session);
    int rc = scan_all(&scan, err);
    table_rows_fini(&scan.rows);
    buffer_fini(&scan.start);
    arena_fini(&scan.page_arena);
    return rc;
}

static const struct command_option options[] = {
    {.name = "from",
     .kind = COMMAND_LIST,
     .value = "KEY...",
     .help = "begin here; columns of the key that are left out are their least",
     .offset = TABLE_WORDS_AT(from)},
    {.name = "to",
     .kind = COMMAND_LIST,
     .value = "KEY...",
     .help = "end before this",
     .offset = TABLE_WORDS_AT(to)},
    {.name = "key",
     .kind = COMMAND_LIST,
     .value = "KEY...",
     .help = "rows whose first key columns are these",
     .offset = TABLE_WORDS_AT(key)},
    {.name = "prefix",
     .kind = COMMAND_LIST,
     .value = "KEY...",
     .help = "the same, but the last one may go on: a string, or binary",
     .offset = TABLE_WORDS_AT(prefix)},
    {.name = "reverse",
     .help = "from the greatest key to the least; --from is above --to then",
     .offset = TABLE_WORDS_AT(reverse)},
    {.name = "limit",
     .kind = COMMAND_NUMBER,
     .value = "N",
     .least = 1,
     .most = INT64_MAX,
     .usual = "all",
     .help = "at most so many rows",
     .offset = TABLE_WORDS_AT(limit)},
    TABLE_WORDS_COLUMNS,
    TABLE_WORDS_VERSIONS("up to so many versions of each column, shown with their times"),
    TABLE_WORDS_JSON,
    {0}};

static const struct command_term examples[] = {
    {"otspipe table scan orders --limit 20", "the first rows"},
    {"otspipe table scan events --key sensor-7 --reverse --limit 1", "the last row of a device"},
    {"otspipe table scan orders --prefix o-2024- --columns price,state", "two columns of some"},
    {"otspipe table scan events --from sensor-7 100 --to sensor-8 | otspipe table put copy --of events",
     "a range into another table"},
    {0}};

const struct command table_scan_command = {
    .path = "table scan",
    .summary = "rows in the order of their keys",
    .arguments = "TABLE",
    .least = 1,
    .most = 1,
    .about = "Rows in the order of their keys, page after page, in constant memory: JSON lines in a pipe and "
             "with --json, a table on a terminal. Versions are shown, and stand in the lines, with "
             "--max-versions only: 'table put' would write them as they are.\n\nKEY... are the first key "
             "columns, as in 'table get'; TABLE stands before the options that take them.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table get, table put",
    .run = table_main,
};
