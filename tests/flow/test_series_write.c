/* series_write: batches of points against a scripted service: what it is sent, what it said of each row, and
 * the meta times that go with the next points of a series. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/arena.h"
#include "bucket/bucket.h"
#include "loop/loop.h"
#include "support/fake_ots.h"
#include "timeseries/series_write.h"
#include "wire/series_read.h"
#include "wire/tablestore.pb-c.h"

enum { ROWS_MOST = 10 };

struct story {
    struct receipt_book book; /* first: a receipt's book is the story */
    struct loop *loop;
    struct fake_ots *fake;
    struct ots_client *client;
    struct sink *sink;
    struct arena arena;
    struct clock_timer guard;
    struct batch batch;
    struct batch_row rows[ROWS_MOST];
    int answers;
    int fates[ROWS_MOST][FATE_DROPPED + 1];
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("nothing happened for 20 seconds");
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
    struct series_write_options write = {.table = SLICE("cpu"), .rows_most = 200, .series_most = 1000};
    story->client = ots_client_create(story->loop, &options, &err);
    story->sink = series_write_create(story->client, &write);
    story->batch = (struct batch){.rows = story->rows, .on_answer = on_answer, .arg = story};
    buffer_init(&story->batch.body, story->sink->prefix_bytes + story->sink->bytes_most);
    buffer_init(&story->batch.reasons, 1 << 20);
    arena_init(&story->arena, 1 << 16);
    clock_timer_init(&story->guard, on_guard, story);
    clock_start(loop_clock(story->loop), &story->guard, 20000);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    clock_stop(loop_clock(story->loop), &story->guard);
    story->sink->class->forget(story->sink, &story->batch);
    buffer_fini(&story->batch.body);
    buffer_fini(&story->batch.reasons);
    arena_fini(&story->arena);
    series_write_destroy(story->sink);
    ots_client_destroy(story->client);
    fake_ots_destroy(story->fake);
    loop_destroy(story->loop);
    free(story);
    return 0;
}

struct one_row {
    struct cell keys[3];
    struct cell cell;
    struct row row;
};

/* A point: series "0" to "9" by the tens of the number, time by its ones. */
static const struct row *row_of(struct one_row *one, uint32_t number)
{
    uint32_t series = number / 10;
    one->keys[0] = (struct cell){.type = CELL_STRING, .bytes = SLICE("cpu")};
    one->keys[1] = (struct cell){.type = CELL_STRING, .bytes = slice_of(&"0123456789"[series], 1)};
    one->keys[2] = (struct cell){.type = CELL_INTEGER, .integer = number % 10};
    one->cell = (struct cell){.name = SLICE("value"), .type = CELL_INTEGER, .integer = number};
    one->row = (struct row){.op = ROW_PUT,
                            .key_hash = (series + 1) * 0x123456789abcdefu ^ series_time_mix(number % 10),
                            .keys = one->keys,
                            .key_count = 3,
                            .cells = &one->cell,
                            .cell_count = 1};
    return &one->row;
}

static void fill(struct story *story, const uint32_t *numbers, uint32_t count)
{
    struct batch *batch = &story->batch;
    batch->count = count;
    batch->body.len = 0;
    buffer_reserve(&batch->body, story->sink->prefix_bytes);
    batch->body.len = story->sink->prefix_bytes;
    for (uint32_t i = 0; i < count; i++) {
        struct one_row one;
        const struct row *row = row_of(&one, numbers[i]);
        size_t bytes = story->sink->class->row_size(story->sink, row);
        char *at = buffer_reserve(&batch->body, bytes);
        assert_ptr_equal(story->sink->class->put_row(story->sink, row, at), at + bytes);
        story->rows[i] = (struct batch_row){.key_hash = row->key_hash,
                                            .at = (uint32_t)(batch->body.len - story->sink->prefix_bytes),
                                            .bytes = (uint32_t)bytes,
                                            .verdict = 99};
        batch->body.len += bytes;
    }
}

static enum batch_outcome send_rows(struct story *story, const uint32_t *numbers, uint32_t count)
{
    int before = story->answers;
    fill(story, numbers, count);
    story->sink->class->send(story->sink, &story->batch);
    assert_int_equal(story->answers, before);
    loop_run(story->loop);
    assert_int_equal(story->answers, before + 1);
    return story->batch.outcome;
}

/* codes[i] NULL: the row is not spoken of. Meta times of rows, none when `times` is NULL. */
static void push_answer(struct story *story, const char *const *codes, uint32_t count, uint32_t *rows,
                        uint32_t *times, size_t time_count)
{
    Ots__PutTimeseriesDataResponse answer = OTS__PUT_TIMESERIES_DATA_RESPONSE__INIT;
    Ots__MetaUpdateStatus status = OTS__META_UPDATE_STATUS__INIT;
    Ots__FailedRowInfo failures[ROWS_MOST];
    Ots__FailedRowInfo *failed[ROWS_MOST];
    for (uint32_t i = 0; i < count; i++) {
        if (codes[i] == NULL)
            continue;
        Ots__FailedRowInfo *failure = &failures[answer.n_failed_rows];
        ots__failed_row_info__init(failure);
        failure->row_index = (int32_t)i;
        failure->error_code = (char *)(uintptr_t)codes[i];
        failure->error_message = (char *)(uintptr_t) "said by the script";
        failed[answer.n_failed_rows++] = failure;
    }
    answer.failed_rows = failed;
    status.row_ids = rows;
    status.meta_update_times = times;
    status.n_row_ids = status.n_meta_update_times = time_count;
    answer.meta_update_status = times == NULL ? NULL : &status;
    uint8_t bytes[2000];
    size_t len = ots__put_timeseries_data_response__pack(&answer, bytes);
    fake_ots_push(story->fake, &(struct fake_step){.body = slice_of(bytes, len)});
}

/* The rows that the server was sent, as their values. */
static struct series_rows sent_rows(struct story *story, size_t request, bool ignore_meta)
{
    const struct fake_request *sent = fake_ots_request(story->fake, request);
    struct series_rows rows;
    struct error err;
    assert_string_equal(sent->operation, "PutTimeseriesData");
    Ots__PutTimeseriesDataRequest *found =
        ots__put_timeseries_data_request__unpack(NULL, sent->body.len, (const uint8_t *)sent->body.at);
    assert_non_null(found);
    assert_string_equal(found->table_name, "cpu");
    assert_int_equal(found->has_meta_update_mode, ignore_meta);
    struct slice data = arena_copy(
        &story->arena, slice_of(found->rows_data->rows_data.data, found->rows_data->rows_data.len));
    assert_int_equal(series_read(SERIES_FLAT_BUFFER, data, &story->arena, &rows, &err), 0);
    ots__put_timeseries_data_request__free_unpacked(found, NULL);
    return rows;
}

static void assert_sent(struct story *story, size_t request, const uint32_t *numbers, uint32_t count)
{
    struct series_rows rows = sent_rows(story, request, false);
    assert_int_equal(rows.count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(rows.at[i].row.cells[0].integer, numbers[i]);
}

static const char *why(struct story *story, int index)
{
    assert_true(story->rows[index].why < story->batch.reasons.len);
    return story->batch.reasons.at + story->rows[index].why;
}

static void test_rows_that_are_not_spoken_of_were_written(void **state)
{
    struct story *story = *state;
    const uint32_t numbers[] = {1, 12, 13};
    push_answer(story, NULL, 0, NULL, NULL, 0);
    assert_int_equal(send_rows(story, numbers, 3), BATCH_ANSWERED);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(story->rows[i].verdict, VERDICT_OK);
        assert_int_equal(story->rows[i].why, UINT32_MAX);
    }
    assert_sent(story, 0, numbers, 3);
    assert_int_equal(sent_rows(story, 0, false).at[1].row.keys[2].integer, 2);
}

static void test_each_failed_row_has_its_own_verdict_and_reason(void **state)
{
    struct story *story = *state;
    const uint32_t numbers[] = {1, 2, 3, 4};
    push_answer(story, (const char *[]){NULL, "OTSParameterInvalid", "OTSServerBusy", NULL}, 4, NULL, NULL,
                0);
    assert_int_equal(send_rows(story, numbers, 4), BATCH_ANSWERED);
    static const enum verdict wanted[] = {VERDICT_OK, VERDICT_REJECT, VERDICT_RETRY, VERDICT_OK};
    for (int i = 0; i < 4; i++)
        assert_int_equal(story->rows[i].verdict, wanted[i]);
    assert_true(story->batch.throttled);
    assert_int_equal(strncmp(why(story, 1), "OTSParameterInvalid: said by the script (request ", 49), 0);
    assert_int_equal(strncmp(why(story, 2), "OTSServerBusy:", 14), 0);
}

static void test_what_the_service_said_of_a_series_goes_with_its_next_points(void **state)
{
    struct story *story = *state;
    const uint32_t first[] = {1, 11, 21}, second[] = {31, 12, 2, 22};
    push_answer(story, NULL, 0, (uint32_t[]){0, 1}, (uint32_t[]){1704164645, 77}, 2);
    assert_int_equal(send_rows(story, first, 3), BATCH_ANSWERED);
    push_answer(story, NULL, 0, (uint32_t[]){2}, (uint32_t[]){1704164000}, 1); /* older: forgotten */
    assert_int_equal(send_rows(story, second, 4), BATCH_ANSWERED);
    assert_int_equal(send_rows(story, second, 4), BATCH_ANSWERED);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(sent_rows(story, 0, false).at[i].meta_time_s, 0);
    for (size_t request = 1; request < 3; request++) {
        struct series_rows rows = sent_rows(story, request, false);
        assert_int_equal(rows.at[0].meta_time_s, 0);
        assert_int_equal(rows.at[1].meta_time_s, 77);
        assert_int_equal(rows.at[2].meta_time_s, 1704164645);
        assert_int_equal(rows.at[3].meta_time_s, 0);
    }
}

static void test_meta_that_is_left_alone_is_said_so(void **state)
{
    struct story *story = *state;
    const uint32_t numbers[] = {1};
    struct series_write_options options = {.table = SLICE("cpu"), .rows_most = 7, .ignore_meta = true};
    struct sink *usual = story->sink;
    story->sink = series_write_create(story->client, &options);
    assert_int_equal(story->sink->rows_most, 7);
    assert_false(story->sink->same_key);
    push_answer(story, NULL, 0, (uint32_t[]){0}, (uint32_t[]){5}, 1);
    assert_int_equal(send_rows(story, numbers, 1), BATCH_ANSWERED);
    assert_int_equal(send_rows(story, numbers, 1), BATCH_ANSWERED);
    assert_int_equal(sent_rows(story, 1, true).at[0].meta_time_s, 0); /* no series is remembered */
    story->sink->class->forget(story->sink, &story->batch);
    series_write_destroy(story->sink);
    story->sink = usual;
}

static void test_an_answer_that_does_not_fit_is_worthless(void **state)
{
    struct story *story = *state;
    const uint32_t numbers[] = {1, 2};
    push_answer(story, (const char *[]){NULL, NULL, "OTSServerBusy"}, 3, NULL, NULL, 0); /* a third row */
    assert_int_equal(send_rows(story, numbers, 2), BATCH_CUT);
    assert_non_null(strstr(story->batch.error.text, "to 2 rows cannot be read"));
    assert_false(story->batch.throttled);
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("well signed rubbish")});
    assert_int_equal(send_rows(story, numbers, 2), BATCH_CUT);
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_HALF, .body = SLICE("\x0a\x02\x08\x00")});
    assert_int_equal(send_rows(story, numbers, 2), BATCH_CUT);
    fake_ots_push_error(story->fake, 400, "OTSParameterInvalid", "said by the script");
    assert_int_equal(send_rows(story, numbers, 2), BATCH_REFUSED);
    assert_non_null(strstr(story->batch.error.text, "PutTimeseriesData: "));
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

/* Rows go from request to request as bytes: a whole refusal in halves, a busy row again, two points of one
 * series and time one after the other. */
static void test_rows_move_between_requests_and_stay_what_they_are(void **state)
{
    struct story *story = *state;
    struct window *window = window_create(1 << 20);
    struct window_table table;
    window_join(window, &table, 1 << 20);
    struct bucket_options options = {
        .ordered = true, .concurrency = 1, .backoff_first_ms = 1, .backoff_most_ms = 5, .seed = 1};
    struct bucket_events events = {.arg = story,
                                   .on_reject = on_reject,
                                   .on_room = on_nothing,
                                   .on_trouble = on_trouble,
                                   .on_idle = on_idle};
    const uint32_t numbers[] = {1, 2, 3, 11, 1};
    fake_ots_push_error(story->fake, 400, "OTSParameterInvalid", "said by the script");
    push_answer(story, (const char *[]){NULL, "OTSServerBusy"}, 2, (uint32_t[]){0}, (uint32_t[]){9}, 1);
    push_answer(story, NULL, 0, NULL, NULL, 0);
    struct bucket *bucket = bucket_create(loop_clock(story->loop), story->sink, &table, &options, &events);
    for (uint32_t i = 0; i < 5; i++) {
        struct one_row one;
        bucket_push(bucket, row_of(&one, numbers[i]), (struct receipt){&story->book, i}, i, NULL);
    }
    bucket_turn(bucket);
    loop_run(story->loop);

    size_t counts = 0, last = 0;
    for (size_t i = 0; i < fake_ots_count(story->fake); i++) {
        struct series_rows rows = sent_rows(story, i, false);
        for (uint32_t r = 0; r < rows.count; r++) {
            const struct row *row = &rows.at[r].row;
            uint32_t number = (uint32_t)row->cells[0].integer;
            assert_int_equal(row->keys[1].bytes.at[0], '0' + (int)number / 10);
            assert_int_equal(series_time_us(row), number % 10);
            assert_int_equal(rows.at[r].meta_time_s, i > 1 && number < 10 ? 9 : 0);
            for (uint32_t other = 0; other < r; other++) /* a point is never twice in one request */
                assert_int_not_equal(rows.at[other].row.cells[0].integer, number);
            last = number == 1 ? i : last;
        }
        counts += rows.count;
    }
    assert_int_equal(counts, 4 + 2 + 2 + 1 + 1); /* all, two halves, the busy one, the one that waited */
    assert_true(last > 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(story->fates[i][FATE_WRITTEN], 1);
    bucket_drop(bucket);
    bucket_destroy(bucket);
    window_leave(&table);
    window_destroy(window);
}

/* As the mapper lets it pass: as many fields and as many bytes of names and values as the service takes. */
static void test_the_largest_row_of_all_fits_a_request(void **state)
{
    enum {
        FIELDS = SERIES_FIELDS_MOST,
        LARGEST = 4 * 1024 * 1024,
        VALUE = LARGEST / FIELDS - SERIES_NAME_MOST
    };
    struct story *story = *state;
    struct one_row one;
    static char bytes[VALUE];
    struct row row = *row_of(&one, 1);
    row.cells = calloc(FIELDS, sizeof(*row.cells));
    row.cell_count = FIELDS;
    for (int i = 0; i < FIELDS; i++)
        row.cells[i] = (struct cell){.name = slice_of(bytes, SERIES_NAME_MOST),
                                     .type = i % 2 == 0 ? CELL_BINARY : CELL_STRING,
                                     .bytes = slice_of(bytes, VALUE)};
    assert_true(story->sink->class->row_size(story->sink, &row) > LARGEST);
    assert_true(story->sink->class->row_size(story->sink, &row) <= story->sink->bytes_most);
    free(row.cells);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_rows_that_are_not_spoken_of_were_written),
        CASE(test_each_failed_row_has_its_own_verdict_and_reason),
        CASE(test_what_the_service_said_of_a_series_goes_with_its_next_points),
        CASE(test_meta_that_is_left_alone_is_said_so),
        CASE(test_an_answer_that_does_not_fit_is_worthless),
        CASE(test_rows_move_between_requests_and_stay_what_they_are),
        CASE(test_the_largest_row_of_all_fits_a_request),
    };
    return cmocka_run_group_tests_name("series_write", tests, NULL, NULL);
}
