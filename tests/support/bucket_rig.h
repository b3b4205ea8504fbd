/* bucket_rig: a bucket on a clock of its own before a sink that a script answers. A script is words:
 *
 *   +a1 +a2u +b1d +*1   push: key, number, op (put when none, u update, d delete); key * is a placeholder
 *   turn                the end of a take
 *   >a1,b1              the next request that was sent has just these rows
 *   none                no request was sent that the script has not named
 *   0:ORX               request 0 (they are counted as sent) is answered: OK, RETRY, REJECT for each row
 *   0:slow              refused as a whole, throttled; also 0:retry 0:cut 0:unsent 0:refused 0:blocked
 *   @50                 50 ms pass
 *   drop hurry cut      as in bucket.h
 *   =a1W,b1S            the fates told since the last such word, in order: W written, S superseded, D
 * dropped, X rejected trouble well        on_trouble was called with an error, with NULL, since the last such
 * word idle                on_idle was called since the last such word keys=2              so many keys are
 * busy; likewise flying= open= waiting= retrying= splits= limit=
 */
#ifndef SUPPORT_BUCKET_RIG_H
#define SUPPORT_BUCKET_RIG_H

#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "bucket/bucket.h"
#include "record/original.h"

enum { RIG_ROWS = 4096, RIG_REQUESTS = 4096, RIG_NAME = 8, RIG_PREFIX = 16 };

struct rig_row {
    char name[RIG_NAME];
    char key;
    size_t bytes;
};

struct rig {
    struct sink sink;
    struct receipt_book book;
    struct clock clock;
    struct window *own_window; /* NULL: the test's */
    struct window_table table;
    struct bucket *bucket;
    struct rig_row rows[RIG_ROWS]; /* receipts are indexes into this */
    size_t row_count;
    struct batch *requests[RIG_REQUESTS]; /* NULL once answered */
    char sent[RIG_REQUESTS][512];
    size_t sent_count;
    size_t named; /* requests that the script has named */
    char fates[4096];
    int troubles, wells, idles, rooms, cuts, forgotten;
    char why[512];
    const char *says; /* what the script is about */
    const char *script;
    size_t row_bytes; /* of the next pushes */
    bool ordered;
};

static size_t rig_row_size(struct sink *sink, const struct row *row)
{
    (void)sink;
    return RIG_NAME + (size_t)row->cells[0].integer;
}

static char *rig_put_row(struct sink *sink, const struct row *row, char *to)
{
    (void)sink;
    memcpy(to, row->cells[0].name.at, RIG_NAME);
    memset(to + RIG_NAME, row->cells[0].name.at[0], (size_t)row->cells[0].integer);
    return to + RIG_NAME + row->cells[0].integer;
}

/* A list of names with commas; what does not fit is left out. */
static void rig_add_words(char *list, size_t room, const char *name, const char *ending)
{
    size_t len = strlen(list);
    if (len + RIG_NAME + 4 > room)
        return;
    if (name != NULL && len > 0)
        list[len++] = ',';
    for (const char *at = name; at != NULL && *at != 0; at++)
        list[len++] = *at;
    memcpy(list + len, ending, strlen(ending) + 1);
}

/* The bytes in the body are those of the row that the batch says is there. */
static void rig_check_row(struct rig *rig, const struct batch *batch, uint32_t i)
{
    const struct batch_row *row = &batch->rows[i];
    const struct rig_row *known = &rig->rows[row->receipt.run];
    const char *at = batch->body.at + RIG_PREFIX + row->at;
    CHECK(row->bytes == known->bytes && row->verdict == VERDICT_RETRY && row->why == UINT32_MAX);
    CHECK(memcmp(at, known->name, RIG_NAME) == 0);
    for (size_t b = RIG_NAME; b < row->bytes; b++)
        CHECK(at[b] == known->name[0]);
    CHECK(i == 0 || row->at == batch->rows[i - 1].at + batch->rows[i - 1].bytes);
}

/* Never two requests in flight with one key. */
static void rig_check_keys(struct rig *rig, const struct batch *batch)
{
    for (size_t r = 0; r < rig->sent_count; r++)
        for (uint32_t i = 0; rig->requests[r] != NULL && i < rig->requests[r]->count; i++)
            for (uint32_t j = 0; j < batch->count; j++)
                CHECK(batch->rows[j].placeholder || rig->requests[r]->rows[i].placeholder ||
                      rig->requests[r]->rows[i].key_hash != batch->rows[j].key_hash);
}

static void rig_send(struct sink *sink, struct batch *batch)
{
    struct rig *rig = (struct rig *)sink;
    CHECK(rig->sent_count < RIG_REQUESTS && batch->count > 0 && batch->count <= sink->rows_most);
    CHECK(batch->body.len - RIG_PREFIX <= sink->bytes_most);
    if (rig->ordered)
        rig_check_keys(rig, batch);
    char *sent = rig->sent[rig->sent_count];
    for (uint32_t i = 0; i < batch->count; i++) {
        rig_check_row(rig, batch, i);
        rig_add_words(sent, sizeof(rig->sent[0]), rig->rows[batch->rows[i].receipt.run].name, "");
    }
    rig->requests[rig->sent_count++] = batch;
    batch->sink_state = rig;
}

static void rig_cut(struct sink *sink, struct batch *batch)
{
    (void)batch;
    ((struct rig *)sink)->cuts++;
}

static void rig_forget(struct sink *sink, struct batch *batch)
{
    (void)batch;
    ((struct rig *)sink)->forgotten++;
}

static const struct sink_class rig_class = {rig_row_size, rig_put_row, rig_send, rig_cut, rig_forget};

static void rig_fate(struct rig *rig, uint64_t run, char letter)
{
    const char ending[2] = {letter, 0};
    rig_add_words(rig->fates, sizeof(rig->fates), rig->rows[run].name, ending);
}

static void rig_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    struct rig *rig = (struct rig *)((char *)book - offsetof(struct rig, book));
    CHECK(count == 1); /* every row is a run */
    rig_fate(rig, run, "WSKAD"[fate]);
}

/* Rows are pushed with the records they were made of: a refused row brings its own back. */
static bool rig_keeps_originals;

static const struct message_header rig_header = {{"H", 1}, {NULL, 0}};

static struct message rig_original(const struct rig_row *row)
{
    return (struct message){
        .timestamp_ms = row->key, .value = slice_text(row->name), .headers = &rig_header, .header_count = 1};
}

static void rig_check_original(const struct rig *rig, const struct bucket_rejection *rejection)
{
    struct message read = {0};
    struct message_header header = {0};
    const struct rig_row *row = &rig->rows[rejection->receipt.run];
    assert_int_equal(rejection->original.len > 0, rig_keeps_originals);
    if (!rig_keeps_originals)
        return;
    assert_int_equal(original_header_count(rejection->original), 1);
    original_read(rejection->original, &read, &header);
    assert_true(slice_equal(read.value, slice_text(row->name)));
    assert_int_equal(read.timestamp_ms, row->key);
    assert_null(read.key.at);
    assert_true(slice_equal(header.name, SLICE("H")));
    assert_null(header.value.at);
}

static void rig_on_reject(void *arg, const struct bucket_rejection *rejection)
{
    struct rig *rig = arg;
    CHECK(rejection->mark == (int64_t)rejection->receipt.run);
    rig_check_original(rig, rejection);
    snprintf(rig->why, sizeof(rig->why), "%s", rejection->why);
    rig_fate(rig, rejection->receipt.run, 'X');
}

static void rig_on_room(void *arg)
{
    ((struct rig *)arg)->rooms++;
}

static void rig_on_trouble(void *arg, const struct error *err)
{
    struct rig *rig = arg;
    rig->troubles += err != NULL;
    rig->wells += err == NULL;
    if (err != NULL)
        snprintf(rig->why, sizeof(rig->why), "%s", err->text);
}

static void rig_on_idle(void *arg)
{
    ((struct rig *)arg)->idles++;
}

static const struct bucket_options rig_options = {.ordered = true,
                                                  .concurrency = 2,
                                                  .linger_ms = 10,
                                                  .settle_ms = 1000,
                                                  .backoff_first_ms = 100,
                                                  .backoff_most_ms = 1000,
                                                  .seed = 7};

/* Rows a request: 4. Same keys in one request are allowed. */
static struct rig *rig_create_in(struct window *window, size_t share, const struct bucket_options *options)
{
    struct rig *rig = check_memory(calloc(1, sizeof(*rig)));
    rig->sink = (struct sink){&rig_class, 4, 1 << 20, RIG_PREFIX, true, 0};
    rig->book.settle = rig_settle;
    rig->row_bytes = 4;
    rig->says = "";
    rig->ordered = options->ordered;
    clock_init(&rig->clock, 1000, 0);
    window_join(window, &rig->table, share);
    struct bucket_events events = {rig, rig_on_reject, rig_on_room, rig_on_trouble, rig_on_idle};
    rig->bucket = bucket_create(&rig->clock, &rig->sink, &rig->table, options, &events);
    return rig;
}

static inline struct rig *rig_create(const struct bucket_options *options)
{
    struct window *window = window_create(1 << 20);
    struct rig *rig = rig_create_in(window, 1 << 20, options);
    rig->own_window = window;
    return rig;
}

/* Everything must be settled. */
static void rig_destroy(struct rig *rig)
{
    bucket_destroy(rig->bucket);
    assert_int_equal(rig->table.held, 0);
    window_leave(&rig->table);
    if (rig->own_window != NULL)
        window_destroy(rig->own_window);
    clock_fini(&rig->clock);
    free(rig);
}

static void rig_pass(struct rig *rig, int64_t ms)
{
    int64_t until = rig->clock.now_ms + ms;
    int64_t due;
    while (clock_next_ms(&rig->clock, &due) && due <= until)
        clock_run(&rig->clock, due > rig->clock.now_ms ? due : rig->clock.now_ms, 0);
    clock_run(&rig->clock, until, 0);
}

static uint64_t rig_hash(char key)
{
    return (uint64_t)(unsigned char)key * 0x123456789abcdefu;
}

static void rig_push(struct rig *rig, const char *name)
{
    CHECK(rig->row_count < RIG_ROWS);
    size_t len = strlen(name);
    struct rig_row *known = &rig->rows[rig->row_count];
    snprintf(known->name, sizeof(known->name), "%s", name);
    known->key = name[0];
    known->bytes = RIG_NAME + rig->row_bytes;
    struct cell cell = {.name = slice_of(known->name, RIG_NAME), .integer = (int64_t)rig->row_bytes};
    struct row row = {.op = name[len - 1] == 'u'   ? ROW_UPDATE
                            : name[len - 1] == 'd' ? ROW_DELETE
                                                   : ROW_PUT,
                      .placeholder = name[0] == '*',
                      .key_hash = rig_hash(name[0]),
                      .cells = &cell,
                      .cell_count = 1};
    struct receipt receipt = {&rig->book, rig->row_count};
    struct message original = rig_original(known);
    bucket_push(rig->bucket, &row, receipt, (int64_t)rig->row_count++,
                rig_keeps_originals ? &original : NULL);
}

static void rig_fail(struct rig *rig, const char *word, const char *seen)
{
    fail_msg("%s\nscript: %s\n    at: %s\n  seen: %s", rig->says, rig->script, word, seen);
}

static void rig_verdicts(struct rig *rig, struct batch *batch, const char *letters)
{
    if (strlen(letters) != batch->count)
        rig_fail(rig, letters, "another number of rows");
    batch->outcome = BATCH_ANSWERED;
    for (uint32_t i = 0; i < batch->count; i++) {
        batch->rows[i].verdict = letters[i] == 'O'   ? VERDICT_OK
                                 : letters[i] == 'R' ? VERDICT_RETRY
                                                     : VERDICT_REJECT;
        if (letters[i] == 'O')
            continue;
        batch->rows[i].why = (uint32_t)batch->reasons.len;
        buffer_print(&batch->reasons, "Code%c row %u", letters[i], i);
        buffer_add(&batch->reasons, "", 1);
    }
}

static void rig_answer(struct rig *rig, size_t number, const char *words)
{
    static const char *const outcomes[] = {"answered", "retry",   "cut", "unsent",
                                           "refused",  "blocked", "slow"};
    struct batch *batch = number < rig->sent_count ? rig->requests[number] : NULL;
    if (batch == NULL)
        rig_fail(rig, words, "no such request in flight");
    rig->requests[number] = NULL;
    size_t outcome = 0;
    while (outcome < 7 && strcmp(outcomes[outcome], words) != 0)
        outcome++;
    if (outcome == 7)
        rig_verdicts(rig, batch, words);
    else
        batch->outcome = outcome == 6 ? BATCH_RETRY : (enum batch_outcome)outcome;
    batch->throttled = outcome == 6;
    error_set(&batch->error, ERROR_RETRY, "Whole: %s", words);
    batch->on_answer(batch->arg, batch);
}

static bool rig_state_word(struct rig *rig, const char *word)
{
    struct bucket_state state;
    bucket_read_state(rig->bucket, &state);
    const struct {
        const char *name;
        uint64_t value;
    } known[] = {{"keys=", state.keys},
                 {"flying=", state.in_flight},
                 {"open=", state.open_rows},
                 {"waiting=", state.waiting_rows},
                 {"retrying=", state.retrying_rows},
                 {"splits=", state.splits},
                 {"limit=", state.limit},
                 {"cuts=", (uint64_t)rig->cuts}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t len = strlen(known[i].name);
        char seen[32];
        snprintf(seen, sizeof(seen), "%llu", (unsigned long long)known[i].value);
        if (strncmp(word, known[i].name, len) == 0)
            return strcmp(word + len, seen) == 0 ? true : (rig_fail(rig, word, seen), true);
    }
    return false;
}

static void rig_expect_sent(struct rig *rig, const char *word)
{
    const char *seen = rig->named < rig->sent_count ? rig->sent[rig->named] : "nothing sent";
    if (strcmp(word + 1, seen) != 0)
        rig_fail(rig, word, seen);
    rig->named++;
}

static void rig_expect_once(struct rig *rig, const char *word, int *count)
{
    if (*count != 1)
        rig_fail(rig, word, *count == 0 ? "never" : "more than once");
    *count = 0;
}

static void rig_word(struct rig *rig, const char *word)
{
    if (word[0] == '+')
        rig_push(rig, word + 1);
    else if (word[0] == '>')
        rig_expect_sent(rig, word);
    else if (word[0] == '@')
        rig_pass(rig, atoll(word + 1));
    else if (word[0] >= '0' && word[0] <= '9')
        rig_answer(rig, (size_t)atoi(word), strchr(word, ':') + 1);
    else if (word[0] == '=') {
        if (strcmp(word + 1, rig->fates) != 0)
            rig_fail(rig, word, rig->fates);
        rig->fates[0] = 0;
    } else if (strcmp(word, "none") == 0) {
        if (rig->named < rig->sent_count)
            rig_fail(rig, word, rig->sent[rig->named]);
    } else if (strcmp(word, "turn") == 0)
        bucket_turn(rig->bucket);
    else if (strcmp(word, "drop") == 0)
        bucket_drop(rig->bucket);
    else if (strcmp(word, "hurry") == 0)
        bucket_hurry(rig->bucket, true);
    else if (strcmp(word, "cut") == 0)
        bucket_cut(rig->bucket);
    else if (strcmp(word, "trouble") == 0)
        rig_expect_once(rig, word, &rig->troubles);
    else if (strcmp(word, "well") == 0)
        rig_expect_once(rig, word, &rig->wells);
    else if (strcmp(word, "idle") == 0)
        rig_expect_once(rig, word, &rig->idles);
    else if (!rig_state_word(rig, word))
        rig_fail(rig, word, "an unknown word");
}

static void rig_run(struct rig *rig, const char *script)
{
    char words[2048];
    rig->script = script;
    snprintf(words, sizeof(words), "%s", script);
    char *save = NULL;
    for (char *word = strtok_r(words, " \n", &save); word != NULL; word = strtok_r(NULL, " \n", &save))
        rig_word(rig, word);
}

#endif
