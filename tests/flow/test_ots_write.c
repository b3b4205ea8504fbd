/* ots/write: batches against a scripted service: every row of every answer to the row that it is about, and
 * to no other. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/log.h"
#include "bucket/bucket.h"
#include "loop/loop.h"
#include "ots/write.h"
#include "support/fake_ots.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

enum { ROWS_MOST = 10 };

struct story {
    struct receipt_book book; /* first: a receipt's book is the story */
    struct loop *loop;
    struct fake_ots *fake;
    struct ots_client *client;
    struct sink *sink;
    struct clock_timer guard;
    struct batch batch;
    struct batch_row rows[ROWS_MOST];
    int answers;
    int fates[ROWS_MOST][FATE_DROPPED + 1];
    int warnings;
    char last_warning[512];
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("nothing happened for 20 seconds");
}

static void on_line(void *arg, enum log_level level, struct slice line)
{
    struct story *story = arg;
    if (level > LOG_WARN || memmem(line.at, line.len, "code=", 5) == NULL)
        return;
    story->warnings++;
    snprintf(story->last_warning, sizeof(story->last_warning), "%.*s", SLICE_ARG(line));
}

static void on_answer(void *arg, struct batch *batch)
{
    struct story *story = arg;
    assert_ptr_equal(batch, &story->batch);
    story->answers++;
    loop_stop(story->loop);
}

static void on_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    struct story *story = (struct story *)book;
    assert_int_equal(count, 1); /* every row has a run of its own */
    story->fates[run][fate]++;
}

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    struct error err;
    story->book.settle = on_settle;
    story->loop = loop_create();
    story->fake = fake_ots_create(story->loop);
    struct ots_client_options options = fake_ots_options(story->fake);
    story->client = ots_client_create(story->loop, &options, &err);
    story->sink = ots_write_create(story->client, SLICE("orders"), WRITE_BULK_IMPORT, true);
    story->batch = (struct batch){.rows = story->rows, .on_answer = on_answer, .arg = story};
    buffer_init(&story->batch.body, story->sink->prefix_bytes + story->sink->bytes_most);
    buffer_init(&story->batch.reasons, 1 << 20);
    clock_timer_init(&story->guard, on_guard, story);
    clock_start(loop_clock(story->loop), &story->guard, 20000);
    log_set_output(on_line, story);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    log_set_output(NULL, NULL);
    clock_stop(loop_clock(story->loop), &story->guard);
    story->sink->class->forget(story->sink, &story->batch);
    buffer_fini(&story->batch.body);
    buffer_fini(&story->batch.reasons);
    ots_write_destroy(story->sink);
    ots_client_destroy(story->client);
    fake_ots_destroy(story->fake);
    loop_destroy(story->loop);
    free(story);
    return 0;
}

struct one_row {
    struct cell key;
    struct cell cell;
    struct row row;
};

static const struct row *row_of(struct one_row *one, int64_t number)
{
    one->key = (struct cell){.name = SLICE("id"), .type = CELL_INTEGER, .integer = number};
    one->cell = (struct cell){.name = SLICE("value"), .type = CELL_STRING, .bytes = SLICE("some text")};
    one->row = (struct row){.op = ROW_PUT,
                            .key_hash = (uint64_t)number + 1,
                            .keys = &one->key,
                            .key_count = 1,
                            .cells = &one->cell,
                            .cell_count = 1};
    return &one->row;
}

static void fill(struct story *story, uint32_t count)
{
    struct batch *batch = &story->batch;
    batch->count = count;
    batch->body.len = 0;
    buffer_reserve(&batch->body, story->sink->prefix_bytes);
    batch->body.len = story->sink->prefix_bytes;
    for (uint32_t i = 0; i < count; i++) {
        struct one_row one;
        const struct row *row = row_of(&one, i);
        size_t bytes = story->sink->class->row_size(story->sink, row);
        char *at = buffer_reserve(&batch->body, bytes);
        assert_ptr_equal(story->sink->class->put_row(story->sink, row, at), at + bytes);
        batch->body.len += bytes;
        story->rows[i].verdict = 99;
    }
}

static enum batch_outcome send_rows(struct story *story, uint32_t count)
{
    int before = story->answers;
    fill(story, count);
    story->sink->class->send(story->sink, &story->batch);
    assert_int_equal(story->answers, before);
    loop_run(story->loop);
    assert_int_equal(story->answers, before + 1);
    return story->batch.outcome;
}

static void push_rows(struct story *story, const char *const *codes, size_t count)
{
    fake_ots_push(story->fake,
                  &(struct fake_step){.body = fake_ots_rows(story->fake, "orders", codes, count)});
}

static const char *why(struct story *story, int index)
{
    assert_true(story->rows[index].why < story->batch.reasons.len);
    return story->batch.reasons.at + story->rows[index].why;
}

/* The ids of a BulkImport that the server was sent. */
static size_t ids_of(const struct fake_request *request, int64_t ids[ROWS_MOST])
{
    struct arena arena;
    arena_init(&arena, 4096);
    assert_string_equal(request->operation, "BulkImport");
    Ots__BulkImportRequest *sent =
        ots__bulk_import_request__unpack(NULL, request->body.len, (const uint8_t *)request->body.at);
    assert_non_null(sent);
    assert_string_equal(sent->table_name, "orders");
    size_t count = sent->n_rows;
    for (size_t i = 0; i < count; i++) {
        struct plainbuffer_reader reader;
        struct row row;
        struct error err;
        struct slice change = slice_of(sent->rows[i]->row_change.data, sent->rows[i]->row_change.len);
        assert_int_equal(plainbuffer_open(&reader, change, &arena, &err), 0);
        assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
        ids[i] = row.keys[0].integer;
    }
    ots__bulk_import_request__free_unpacked(sent, NULL);
    arena_fini(&arena);
    return count;
}

static void test_written_rows_are_ok(void **state)
{
    struct story *story = *state;
    int64_t ids[ROWS_MOST];
    push_rows(story, (const char *[]){NULL, NULL, NULL}, 3);
    assert_int_equal(send_rows(story, 3), BATCH_ANSWERED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(story->rows[i].verdict, VERDICT_OK);
    assert_false(story->batch.throttled);
    assert_int_equal(ids_of(fake_ots_request(story->fake, 0), ids), 3);
    assert_int_equal(ids[2], 2);
}

static void test_each_row_has_its_own_verdict_and_reason(void **state)
{
    struct story *story = *state;
    push_rows(story,
              (const char *[]){NULL, "OTSParameterInvalid", "OTSServerBusy", NULL, "OTSParameterInvalid"}, 5);
    assert_int_equal(send_rows(story, 5), BATCH_ANSWERED);
    static const enum verdict wanted[] = {VERDICT_OK, VERDICT_REJECT, VERDICT_RETRY, VERDICT_OK,
                                          VERDICT_REJECT};
    for (int i = 0; i < 5; i++)
        assert_int_equal(story->rows[i].verdict, wanted[i]);
    assert_true(story->batch.throttled);
    assert_string_equal(why(story, 1), "OTSParameterInvalid: said by the script (request "
                                       "0005f0e1-0000-0000-0000-000000000001)");
    assert_int_equal(strncmp(why(story, 2), "OTSServerBusy:", 14), 0);
    assert_int_equal(strncmp(why(story, 4), "OTSParameterInvalid:", 20), 0);
    assert_int_equal(story->rows[0].why, UINT32_MAX);
    push_rows(story, (const char *[]){NULL, NULL}, 2); /* the slot is used again: nothing of before is left */
    assert_int_equal(send_rows(story, 2), BATCH_ANSWERED);
    assert_int_equal(story->rows[1].verdict, VERDICT_OK);
    assert_false(story->batch.throttled);
}

static void test_an_unknown_code_of_a_row_is_retried_loudly(void **state)
{
    struct story *story = *state;
    push_rows(story, (const char *[]){NULL, "OTSSomethingNew"}, 2);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(send_rows(story, 2), BATCH_ANSWERED);
        assert_int_equal(story->rows[1].verdict, VERDICT_RETRY);
        log_warn("another line, so that the log itself does not hold the same one back");
    }
    assert_int_equal(story->warnings, 1); /* not for every request */
    assert_non_null(strstr(story->last_warning, "OTSSomethingNew"));
    assert_non_null(strstr(story->last_warning, "table=orders"));
}

static void test_answers_that_do_not_fit_the_request_are_worthless(void **state)
{
    struct story *story = *state;
    push_rows(story, (const char *[]){NULL, NULL}, 2);
    assert_int_equal(send_rows(story, 3), BATCH_CUT); /* a row too few */
    assert_non_null(strstr(story->batch.error.text, "to 3 rows cannot be read"));
    push_rows(story, (const char *[]){"OTSServerBusy", NULL, NULL, NULL}, 4);
    assert_int_equal(send_rows(story, 3), BATCH_CUT); /* one too many */
    assert_false(story->batch.throttled);
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("well signed rubbish")});
    assert_int_equal(send_rows(story, 3), BATCH_CUT);
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("")});
    assert_int_equal(send_rows(story, 1), BATCH_CUT);
    const char *const codes[] = {NULL};
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_FORGED,
                                                   .body = fake_ots_rows(story->fake, "orders", codes, 1)});
    assert_int_equal(send_rows(story, 1), BATCH_CUT);
}

static void test_half_an_answer_and_none_are_cut(void **state)
{
    struct story *story = *state;
    const char *const codes[] = {NULL, NULL};
    struct slice body = fake_ots_rows(story->fake, "orders", codes, 2);
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_HALF, .body = body});
    assert_int_equal(send_rows(story, 2), BATCH_CUT);
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_CLOSE});
    assert_int_equal(send_rows(story, 2), BATCH_CUT);
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_SILENT});
    assert_int_equal(send_rows(story, 2), BATCH_CUT);
    push_rows(story, codes, 2);
    assert_int_equal(send_rows(story, 2), BATCH_ANSWERED); /* and goes on */
}

static void test_a_batch_that_is_cut_answers_once(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_SILENT});
    story->sink->class->cut(story->sink, &story->batch); /* never sent: nothing */
    fill(story, 2);
    story->sink->class->send(story->sink, &story->batch);
    story->sink->class->cut(story->sink, &story->batch);
    assert_int_equal(story->answers, 0);
    loop_run(story->loop);
    assert_int_equal(story->batch.outcome, BATCH_UNSENT); /* it had not left yet */
    story->sink->class->cut(story->sink, &story->batch);  /* not in flight any more: nothing */
    assert_int_equal(story->answers, 1);
}

static void test_a_whole_refusal_goes_by_its_code(void **state)
{
    static const struct {
        int status;
        const char *code;
        enum batch_outcome outcome;
        bool throttled;
    } cases[] = {
        {503, "OTSServerBusy", BATCH_RETRY, true},
        {503, "OTSTimeout", BATCH_CUT, false},
        {403, "OTSNotEnoughCapacityUnit", BATCH_RETRY, true},
        {400, "OTSParameterInvalid", BATCH_REFUSED, false},
        {413, "OTSRequestBodyTooLarge", BATCH_REFUSED, false},
        {404, "OTSObjectNotExist", BATCH_BLOCKED, false},
        {403, "OTSNoPermissionAccess", BATCH_BLOCKED, false},
        {500, "OTSInternalServerError", BATCH_RETRY, false},
    };
    struct story *story = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fake_ots_push_error(story->fake, cases[i].status, cases[i].code, "said by the script");
        assert_int_equal(send_rows(story, 2), cases[i].outcome);
        assert_int_equal(story->batch.throttled, cases[i].throttled);
        assert_non_null(strstr(story->batch.error.text, cases[i].code));
        assert_non_null(strstr(story->batch.error.text, "BulkImport: "));
    }
    fake_ots_push(story->fake,
                  &(struct fake_step){.way = FAKE_UNSIGNED, .status = 503, .body = SLICE("<h1>busy</h1>")});
    assert_int_equal(send_rows(story, 2), BATCH_RETRY);
}

static void test_nobody_there_means_nothing_was_sent(void **state)
{
    struct story *story = *state;
    struct error err;
    struct ots_client_options options = fake_ots_options(story->fake);
    options.endpoint = "http://127.0.0.1:1";
    struct ots_client *client = ots_client_create(story->loop, &options, &err);
    struct sink *sink = ots_write_create(client, SLICE("orders"), WRITE_BULK_IMPORT, true);
    fill(story, 1);
    sink->class->send(sink, &story->batch);
    loop_run(story->loop);
    assert_int_equal(story->batch.outcome, BATCH_UNSENT);
    sink->class->forget(sink, &story->batch);
    ots_write_destroy(sink);
    ots_client_destroy(client);
}

static void test_only_bulk_import_takes_a_key_twice(void **state)
{
    struct story *story = *state;
    struct sink *batch_write = ots_write_create(story->client, SLICE("t"), WRITE_BATCH_WRITE_ROW, true);
    struct sink *indexed = ots_write_create(story->client, SLICE("t"), WRITE_BULK_IMPORT, false);
    assert_true(story->sink->same_key);
    assert_false(batch_write->same_key);
    assert_false(indexed->same_key);
    assert_int_equal(batch_write->rows_most, 200);
    ots_write_destroy(batch_write);
    ots_write_destroy(indexed);
}

static void on_reject(void *arg, const struct bucket_rejection *rejection)
{
    (void)arg;
    fail_msg("rejected: %s", rejection->why);
}

static void on_nothing(void *arg)
{
    (void)arg;
}

static void on_trouble(void *arg, const struct error *err)
{
    (void)arg;
    (void)err;
}

static void on_idle(void *arg)
{
    struct story *story = arg;
    loop_stop(story->loop);
}

/* The sequence in which the official SDK loses a row: a partial failure, then a retry that is refused as a
 * whole, then one more partial failure. Every retry must carry the failed rows and no others, and a row is
 * written only once it was told so. */
static void test_e50_no_verdict_reaches_another_row(void **state)
{
    struct story *story = *state;
    struct window *window = window_create(1 << 20);
    struct window_table table;
    window_join(window, &table, 1 << 20);
    struct bucket_options options = {.ordered = true,
                                     .linger_ms = 1,
                                     .settle_ms = 100,
                                     .backoff_first_ms = 1,
                                     .backoff_most_ms = 5,
                                     .seed = 1};
    struct bucket_events events = {.arg = story,
                                   .on_reject = on_reject,
                                   .on_room = on_nothing,
                                   .on_trouble = on_trouble,
                                   .on_idle = on_idle};
    push_rows(story, (const char *[]){NULL, "OTSServerBusy", NULL, "OTSRowOperationConflict", NULL}, 5);
    fake_ots_push_error(story->fake, 503, "OTSServerBusy", "Server is busy.");
    push_rows(story, (const char *[]){NULL, "OTSServerBusy"}, 2);
    push_rows(story, (const char *[]){NULL}, 1);
    struct bucket *bucket = bucket_create(loop_clock(story->loop), story->sink, &table, &options, &events);
    for (uint64_t i = 0; i < 5; i++) {
        struct one_row one;
        bucket_push(bucket, row_of(&one, (int64_t)i), (struct receipt){&story->book, i}, (int64_t)i, NULL);
    }
    bucket_turn(bucket);
    loop_run(story->loop);

    static const struct {
        size_t count;
        int64_t ids[5];
    } wanted[] = {{5, {0, 1, 2, 3, 4}}, {2, {1, 3}}, {2, {1, 3}}, {1, {3}}};
    assert_int_equal(fake_ots_count(story->fake), 4);
    for (size_t i = 0; i < 4; i++) {
        int64_t ids[ROWS_MOST];
        assert_int_equal(ids_of(fake_ots_request(story->fake, i), ids), wanted[i].count);
        assert_memory_equal(ids, wanted[i].ids, wanted[i].count * sizeof(ids[0]));
    }
    for (int i = 0; i < 5; i++)
        assert_int_equal(story->fates[i][FATE_WRITTEN], 1);
    bucket_drop(bucket);
    bucket_destroy(bucket);
    window_leave(&table);
    window_destroy(window);
}

enum { LARGEST_COLUMNS = 1024, LARGEST_NAME = 255, LARGEST_ROW = 4 * 1024 * 1024 };

/* As the mapper lets it pass: as many columns and as many bytes of names and values as the service takes. */
static void test_the_largest_row_of_all_fits_a_request(void **state)
{
    struct story *story = *state;
    static struct cell cells[LARGEST_COLUMNS];
    static char bytes[LARGEST_ROW / LARGEST_COLUMNS];
    struct cell keys[4];
    size_t name = 255, value = sizeof(bytes) - 2 * LARGEST_NAME;
    for (int i = 0; i < 4; i++)
        keys[i] = (struct cell){.name = slice_of(bytes, 1), .type = CELL_STRING, .bytes = slice_of(bytes, 1)};
    for (int i = 0; i < LARGEST_COLUMNS; i++)
        cells[i] = (struct cell){
            .name = slice_of(bytes, name), .type = CELL_STRING, .bytes = slice_of(bytes, value)};
    cells[0].bytes.at = check_memory(calloc(1, LARGEST_ROW));
    cells[0].bytes.len = LARGEST_ROW - 4 * 2 - LARGEST_COLUMNS * name - (LARGEST_COLUMNS - 1) * value;
    struct row row = {
        .op = ROW_PUT, .keys = keys, .key_count = 4, .cells = cells, .cell_count = LARGEST_COLUMNS};
    assert_true(story->sink->class->row_size(story->sink, &row) > LARGEST_ROW);
    assert_true(story->sink->class->row_size(story->sink, &row) <= story->sink->bytes_most);
    struct sink *other = ots_write_create(story->client, SLICE("orders"), WRITE_BATCH_WRITE_ROW, true);
    assert_true(other->class->row_size(other, &row) <= other->bytes_most);
    ots_write_destroy(other);
    free((void *)(uintptr_t)cells[0].bytes.at);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_written_rows_are_ok),
        CASE(test_each_row_has_its_own_verdict_and_reason),
        CASE(test_an_unknown_code_of_a_row_is_retried_loudly),
        CASE(test_answers_that_do_not_fit_the_request_are_worthless),
        CASE(test_half_an_answer_and_none_are_cut),
        CASE(test_a_batch_that_is_cut_answers_once),
        CASE(test_a_whole_refusal_goes_by_its_code),
        CASE(test_nobody_there_means_nothing_was_sent),
        CASE(test_only_bulk_import_takes_a_key_twice),
        CASE(test_the_largest_row_of_all_fits_a_request),
        CASE(test_e50_no_verdict_reaches_another_row),
    };
    return cmocka_run_group_tests_name("ots_write", tests, NULL, NULL);
}
