/* table_put: rows through the bucket, which keeps the order of each key, fills requests, splits those that
 * are refused until the guilty row is alone, and sends again what may be. What it never does is give up: that
 * is done here, when nothing has moved for as long as --retry-for says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bucket/bucket.h"
#include "cli/cli.h"
#include "cli/row_input.h"
#include "cli/table_commands.h"
#include "cli/table_key.h"
#include "cli/table_put_pairs.h"
#include "cli/table_session.h"
#include "loop/loop.h"
#include "mapping/key.h"
#include "mapping/mapping_fault.h"
#include "ots/write.h"
#include "wire/row_line.h"

enum {
    LINE_MOST = 32 << 20,    /* of JSON: a row of 4 MB, and what escapes make of it */
    WINDOW_BYTES = 16 << 20, /* of rows on their way */
    CONCURRENCY = 8,
    LINGER_MS = 5,
    SETTLE_MS = 2000, /* [assumed], as in a configuration */
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MOST_MS = 3000,
    WATCH_MS = 500,
    REQUEST_MOST_MS = 60 * 1000,
    WHY_SHOWN = 400,
    ARENA_CHUNK = 64 * 1024
};

struct put {
    struct receipt_book book; /* first: a receipt's book is the put; its run is the row's line */
    struct table_session *session;
    struct window *window;
    struct window_table room;
    struct sink *sink;
    struct bucket *bucket;
    struct row_input *input; /* NULL: one row of the command line */
    struct arena arena;
    struct clock_timer watch;
    int64_t moved_ms; /* when something was last settled */
    uint64_t written, refused, passed_over, dropped;
    uint64_t first_dropped; /* its line */
    bool has_increments;
    bool ended;   /* no more rows will come */
    bool failed;  /* given up, for `error` */
    bool blocked; /* a person is needed: for `trouble` */
    struct error error;
    struct error trouble; /* the bucket's last words */
};

static void put_on_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    struct put *put = (struct put *)(void *)book;
    put->moved_ms = loop_clock(put->session->loop)->now_ms;
    if (fate == FATE_WRITTEN || fate == FATE_SUPERSEDED) {
        put->written += count;
        return;
    }
    if (fate != FATE_DROPPED)
        return;
    put->dropped += count;
    if (put->first_dropped == 0 || run < put->first_dropped)
        put->first_dropped = run;
}

static void put_refuse(struct put *put, uint64_t number, const char *why)
{
    put->refused++;
    if (put->input == NULL)
        table_session_say(put->session, "%.*s", WHY_SHOWN, why);
    else
        table_session_say(put->session, "line %llu: %.*s", (unsigned long long)number, WHY_SHOWN, why);
}

static void put_on_reject(void *arg, const struct bucket_rejection *rejection)
{
    struct put *put = arg;
    put_refuse(put, (uint64_t)rejection->mark, rejection->why);
    receipt_settle(rejection->receipt, 1, FATE_SET_ASIDE);
}

static void put_go_on(struct put *put)
{
    if (put->ended || put->failed)
        bucket_hurry(put->bucket, true);
    else if (bucket_has_room(put->bucket))
        row_input_next(put->input);
}

static void put_on_room(void *arg)
{
    put_go_on(arg);
}

/* Not from inside the bucket: it is given up in the next turn. */
static void put_on_trouble(void *arg, const struct error *err)
{
    struct put *put = arg;
    put->blocked = err != NULL && err->kind == ERROR_CONFIG;
    if (err != NULL)
        put->trouble = *err;
    if (put->blocked)
        clock_start(loop_clock(put->session->loop), &put->watch, 0);
}

static void put_on_idle(void *arg)
{
    struct put *put = arg;
    if (put->ended || put->failed)
        loop_stop(put->session->loop);
}

/* Rows are on their way: what is waited for is the service, not the input. */
static bool put_is_waiting(const struct put *put)
{
    struct bucket_state state;
    bucket_read_state(put->bucket, &state);
    return state.in_flight > 0 || state.retrying_rows > 0 || state.open_rows > 0 || state.waiting_rows > 0;
}

static void put_give_up(struct put *put, const char *why)
{
    put->failed = true;
    error_set(&put->error, ERROR_FATAL, "%s%s%s", why, put->trouble.text[0] == 0 ? "" : ": ",
              put->trouble.text);
    bucket_drop(put->bucket);
    bucket_cut(put->bucket);
    if (!put_is_waiting(put))
        loop_stop(put->session->loop);
}

static void put_show_progress(const struct put *put)
{
    if (put->input != NULL && isatty(STDERR_FILENO) && !isatty(STDIN_FILENO))
        fprintf(stderr, "\r\033[K%llu rows written", (unsigned long long)put->written);
}

/* A request may take its time; asking again and again may not. */
static bool put_is_stuck(const struct put *put, int64_t now_ms)
{
    struct bucket_state state;
    int64_t still_ms = now_ms - put->moved_ms - put->session->words->retry_ms;
    bucket_read_state(put->bucket, &state);
    return still_ms > REQUEST_MOST_MS || (still_ms > 0 && state.retrying_rows > 0);
}

static void put_on_watch(void *arg, struct clock_timer *timer)
{
    struct put *put = arg;
    struct clock *clock = loop_clock(put->session->loop);
    if (put->failed)
        return;
    if (!put_is_waiting(put))
        put->moved_ms = clock->now_ms;
    put_show_progress(put);
    if (put->blocked)
        put_give_up(put, "stopped");
    else if (put_is_stuck(put, clock->now_ms))
        put_give_up(put, "given up, nothing was written for as long as --retry-for says");
    else
        clock_start(clock, timer, WATCH_MS);
}

static int put_check_key(const struct put *put, const struct row *row, struct error *err)
{
    const struct mapping_plan *schema = &put->session->schema;
    bool same = row->key_count == schema->key_count;
    for (uint32_t i = 0; same && i < row->key_count; i++) {
        enum cell_type type = row->keys[i].type, wanted = schema->keys[i].type;
        same = slice_equal(row->keys[i].name, schema->keys[i].name) &&
               (type == wanted || (type == CELL_INTEGER && wanted == CELL_AUTO_INCREMENT));
    }
    if (same)
        return 0;
    struct buffer keys;
    buffer_init(&keys, SIZE_MAX);
    table_key_print(schema, &keys);
    error_set(err, ERROR_RECORD, "primary_key: the table's is (%.*s)", (int)keys.len, keys.at);
    buffer_fini(&keys);
    return -1;
}

static int put_row(struct put *put, struct row *row, uint64_t number, struct error *err)
{
    struct mapping_fault fault;
    if (put_check_key(put, row, err) != 0)
        return -1;
    if (key_finish(row, &fault) != 0) {
        *err = fault.error;
        return -1;
    }
    size_t bytes = put->sink->class->row_size(put->sink, row);
    if (bytes > put->sink->bytes_most)
        return error_set(err, ERROR_RECORD, "the row takes %zu bytes, a request at most %zu", bytes,
                         put->sink->bytes_most);
    for (uint32_t i = 0; i < row->cell_count; i++)
        put->has_increments |= row->cells[i].op == CELL_INCREMENT;
    bucket_push(put->bucket, row, (struct receipt){&put->book, number}, (int64_t)number, NULL);
    return 0;
}

/* A line of another table was hardly meant for this one. */
static int put_check_table(const struct put *put, struct slice table, struct error *err)
{
    const struct table_words *words = put->session->words;
    const char *wanted = words->of != NULL ? words->of : words->words.arguments.at[0];
    if (table.at == NULL || slice_equal(table, slice_text(wanted)))
        return 0;
    return error_set(err, ERROR_RECORD,
                     "it is a row of table \"%.*s\"; --of names a table whose rows are wanted",
                     table.len > 255 ? 255 : (int)table.len, table.at);
}

static int put_line(struct put *put, struct slice line, uint64_t number, struct error *err)
{
    struct row_line found;
    arena_reset(&put->arena);
    int rc = row_line_read(line, &put->arena, &found, err);
    if (rc == 0)
        put->passed_over++;
    if (rc <= 0)
        return rc;
    if (found.series)
        return error_set(err, ERROR_RECORD,
                         "it is a row of a time-series table; this command writes to data tables");
    return put_check_table(put, found.table, err) != 0 ? -1 : put_row(put, &found.row, number, err);
}

static bool put_is_blank(struct slice line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] != ' ' && line.at[i] != '\t')
            return false;
    return line.at != NULL;
}

static void put_on_line(void *arg, struct slice line, uint64_t number)
{
    struct put *put = arg;
    struct error err;
    if (put->failed || put_is_blank(line))
        return;
    if (line.at == NULL)
        error_set(&err, ERROR_RECORD, "longer than %d MB", LINE_MOST >> 20);
    else if (put_line(put, line, number, &err) == 0)
        return;
    put_refuse(put, number, err.text);
}

static void put_on_piece(void *arg)
{
    struct put *put = arg;
    bucket_turn(put->bucket);
    put_go_on(put);
}

/* The rest goes out; without any there is nothing to wait for. */
static void put_end(struct put *put)
{
    put->ended = true;
    if (put_is_waiting(put))
        bucket_hurry(put->bucket, true);
    else
        loop_stop(put->session->loop);
}

static void put_on_end(void *arg, const struct error *err)
{
    struct put *put = arg;
    if (err != NULL) {
        put->failed = true;
        put->error = *err;
    }
    put_end(put);
}

static void put_init(struct put *put, struct table_session *session)
{
    struct bucket_options options = {.ordered = true,
                                     .concurrency = CONCURRENCY,
                                     .linger_ms = LINGER_MS,
                                     .settle_ms = SETTLE_MS,
                                     .backoff_first_ms = BACKOFF_FIRST_MS,
                                     .backoff_most_ms = BACKOFF_MOST_MS,
                                     .seed = chance_seed()};
    struct bucket_events events = {.arg = put,
                                   .on_reject = put_on_reject,
                                   .on_room = put_on_room,
                                   .on_trouble = put_on_trouble,
                                   .on_idle = put_on_idle};
    *put = (struct put){.book.settle = put_on_settle, .session = session};
    put->window = window_create(0);
    window_join(put->window, &put->room, WINDOW_BYTES);
    put->sink = ots_write_create(session->client, session->schema.table, WRITE_BATCH_WRITE_ROW, false);
    put->bucket = bucket_create(loop_clock(session->loop), put->sink, &put->room, &options, &events);
    put->moved_ms = loop_clock(session->loop)->now_ms;
    arena_init(&put->arena, ARENA_CHUNK);
    clock_timer_init(&put->watch, put_on_watch, put);
}

static void put_fini(struct put *put)
{
    clock_stop(loop_clock(put->session->loop), &put->watch);
    row_input_destroy(put->input);
    bucket_drop(put->bucket);
    bucket_destroy(put->bucket);
    ots_write_destroy(put->sink);
    window_leave(&put->room);
    window_destroy(put->window);
    arena_fini(&put->arena);
}

static void put_run(struct put *put)
{
    clock_start(loop_clock(put->session->loop), &put->watch, WATCH_MS);
    loop_run(put->session->loop);
}

static int put_pairs(struct put *put, struct error *err)
{
    const struct table_words *words = put->session->words;
    struct word_list pairs = {words->words.arguments.at + 1, words->words.arguments.count - 1};
    struct row row;
    if (table_put_pairs_read(&put->session->schema, &pairs, words->update, &put->arena, &row, err) != 0)
        return -1;
    if (put_row(put, &row, 1, err) != 0) {
        err->kind = ERROR_CONFIG;
        return -1;
    }
    put->ended = true;
    bucket_hurry(put->bucket, true);
    put_run(put);
    return 0;
}

static int put_open(const struct table_words *words, struct error *err)
{
    const char *file = words->words.arguments.count > 1 ? words->words.arguments.at[1] : "-";
    if (words->words.arguments.count > 2)
        return error_set(err, ERROR_CONFIG, "one file, or NAME=VALUE...");
    if (words->update)
        return error_set(err, ERROR_CONFIG,
                         "--update goes with NAME=VALUE; a line says by itself what it is");
    if (strcmp(file, "-") == 0)
        return STDIN_FILENO;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : error_set(err, ERROR_CONFIG, "open %.300s: %s", file, strerror(errno));
}

static int put_lines(struct put *put, struct error *err)
{
    struct row_input_events events = {
        .arg = put, .on_line = put_on_line, .on_piece = put_on_piece, .on_end = put_on_end};
    int fd = put_open(put->session->words, err);
    if (fd < 0)
        return -1;
    if (isatty(fd))
        table_session_say(put->session, "a row in JSON a line; Ctrl-D ends");
    put->input = row_input_create(put->session->loop, fd, LINE_MOST, &events);
    row_input_next(put->input);
    put_run(put);
    row_input_destroy(put->input);
    put->input = NULL;
    if (fd != STDIN_FILENO)
        close(fd);
    return 0;
}

/* What a person should know; a script knows by the exit code. */
static void put_sum_up(const struct put *put, bool lines)
{
    struct bucket_state state;
    bucket_read_state(put->bucket, &state);
    if (isatty(STDERR_FILENO) && lines)
        fputs("\r\033[K", stderr);
    if (put->dropped > 0)
        table_session_say(put->session, "%llu rows from line %llu on are perhaps not written",
                          (unsigned long long)put->dropped, (unsigned long long)put->first_dropped);
    if (state.cuts > 0 && put->has_increments)
        table_session_say(put->session, "answers were lost: an increment may have been added twice");
    if (isatty(STDERR_FILENO) || put->refused + put->dropped > 0)
        table_session_say(put->session, "%llu written, %llu refused, %llu passed over",
                          (unsigned long long)put->written, (unsigned long long)put->refused,
                          (unsigned long long)put->passed_over);
}

static int put_code(const struct put *put, struct error *err)
{
    if (!put->failed)
        return put->refused > 0 ? CLI_SET_ASIDE : CLI_DONE;
    *err = put->error;
    return -1;
}

int table_put(struct table_session *session, struct error *err)
{
    const struct word_list *arguments = &session->words->words.arguments;
    bool pairs = arguments->count > 1 && table_put_pairs_has(arguments->at[1]);
    struct put put;
    if (table_session_describe(session, arguments->at[0], err) != 0)
        return -1;
    put_init(&put, session);
    int rc = pairs ? put_pairs(&put, err) : put_lines(&put, err);
    if (rc == 0) {
        put_sum_up(&put, !pairs);
        rc = put_code(&put, err);
    }
    put_fini(&put);
    return rc;
}

static const struct command_option options[] = {
    {.name = "update",
     .help = "NAME=VALUE changes these columns, others stay; else the row is replaced",
     .offset = TABLE_WORDS_AT(update)},
    {.name = "of",
     .kind = COMMAND_TEXT,
     .value = "TABLE",
     .help = "lines may name this table instead of the one written to",
     .offset = TABLE_WORDS_AT(of)},
    {0}};

static const struct command_term examples[] = {
    {"otspipe table put orders id=o-1 price:double=9.5 paid:boolean=true", "one row"},
    {"otspipe table put orders rows.jsonl", "a file of them"},
    {"otspipe explain kafka_to_table.yaml <records.jsonl | otspipe table put orders",
     "records, as the job would write them"},
    {0}};

const struct command table_put_command = {
    .path = "table put",
    .summary = "writes rows",
    .arguments = "TABLE [FILE | NAME=VALUE...]",
    .least = 1,
    .most = COMMAND_ANY,
    .argument_kind = COMMAND_FILE,
    .endings = "jsonl json",
    .about = "Lines of FILE or of the standard input are JSON as 'table scan', 'explain' and the emulator's "
             "journal write it; their op is put, update or delete. Rows of one key are written in the order "
             "of the lines. A row that is refused is named with its line; the others are written.\n\nOne row "
             "alone as NAME=VALUE or NAME:TYPE=VALUE; types are string, integer, double, boolean, binary. "
             "Without one it is the table's, or string.",
    .options = options,
    .shared_title = TABLE_WORDS_SHARED_TITLE,
    .shared = table_words_shared,
    .examples = examples,
    .exits = table_words_exits,
    .variables = table_words_variables,
    .files = table_words_files,
    .see_also = "table scan, explain",
    .run = table_main,
};
