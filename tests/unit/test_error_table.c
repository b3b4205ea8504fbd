/* error_table: what its rows look like, what is left of a record that is too large or that the service
 * refuses, and that what is given up comes home. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/check.h"
#include "channel/error_table.h"
#include "loop/clock.h"
#include "wire/row_line.h"

enum { RECORDS = 8, REQUESTS = 8, PREFIX = 16, MB = 1 << 20 };

/* A sink whose bytes of a row are its line, and which answers when it is told to. */
struct story {
    struct sink sink;
    struct clock clock;
    struct aside *aside;
    struct batch *batches[REQUESTS]; /* NULL once answered */
    size_t sent, cuts;
    struct aside_record records[RECORDS];
    unsigned confirmed, given_up;
    struct error trouble;
};

static size_t story_row_size(struct sink *sink, const struct row *row)
{
    struct buffer line;
    (void)sink;
    buffer_init(&line, 16 * MB);
    row_line_put(&line, SLICE("t"), row);
    size_t bytes = line.len;
    buffer_fini(&line);
    return bytes;
}

static char *story_put_row(struct sink *sink, const struct row *row, char *to)
{
    struct buffer line;
    (void)sink;
    buffer_init(&line, 16 * MB);
    row_line_put(&line, SLICE("t"), row);
    char *end = mempcpy(to, line.at, line.len);
    buffer_fini(&line);
    return end;
}

static void story_send(struct sink *sink, struct batch *batch)
{
    struct story *story = (struct story *)sink;
    CHECK(story->sent < REQUESTS);
    story->batches[story->sent++] = batch;
}

static void story_cut(struct sink *sink, struct batch *batch)
{
    (void)batch;
    ((struct story *)sink)->cuts++;
}

static void story_forget(struct sink *sink, struct batch *batch)
{
    (void)sink;
    (void)batch;
}

static const struct sink_class story_sink = {story_row_size, story_put_row, story_send, story_cut,
                                             story_forget};

static void on_done(void *arg, struct aside_record *record, bool confirmed)
{
    struct story *story = arg;
    assert_in_range(record - story->records, 0, RECORDS - 1);
    story->confirmed += confirmed;
    story->given_up += !confirmed;
}

static void on_trouble(void *arg, const struct aside *aside, const struct error *err)
{
    struct story *story = arg;
    assert_ptr_equal(aside, story->aside);
    if (err != NULL)
        story->trouble = *err;
}

static void story_begin(struct story *story)
{
    *story = (struct story){.sink = {&story_sink, 200, 16 * MB, PREFIX, true, 0}};
    clock_init(&story->clock, 1000, 1700000000000);
    story->aside = error_table_create(&story->clock, &story->sink, "errors");
    story->aside->events = (struct aside_events){story, on_done, on_trouble};
}

static void story_end(struct story *story)
{
    error_table_destroy(story->aside);
    clock_fini(&story->clock);
}

static void put(struct story *story, size_t number, struct slice key, struct slice value)
{
    story->records[number] = (struct aside_record){
        .message = {.topic = SLICE("orders"),
                    .partition = 3,
                    .offset = 1000 + (int64_t)number,
                    .key = key,
                    .value = value},
        .why = SLICE("price: not a number"),
        .stage = "map",
        .documents = story->records[number].documents,
    };
    unsigned before = story->confirmed + story->given_up;
    aside_put(story->aside, &story->records[number]);
    assert_int_equal(story->confirmed + story->given_up, before); /* never from inside the call */
}

/* From a later turn. */
static void pass_ms(struct story *story, int64_t ms)
{
    clock_run(&story->clock, story->clock.now_ms + ms, story->clock.wall_ms + ms);
}

static void answer(struct story *story, size_t request, enum batch_outcome outcome, enum verdict verdict)
{
    struct batch *batch = story->batches[request];
    assert_non_null(batch);
    story->batches[request] = NULL;
    batch->outcome = outcome;
    error_set(&batch->error, ERROR_RETRY, "cut");
    for (uint32_t i = 0; i < batch->count; i++) {
        batch->rows[i].verdict = (uint8_t)verdict;
        batch->rows[i].why = (uint32_t)batch->reasons.len;
        buffer_add(&batch->reasons, "OTSParameterInvalid: no", sizeof("OTSParameterInvalid: no"));
    }
    batch->on_answer(batch->arg, batch);
    pass_ms(story, 0);
}

static const char *sent_rows(struct story *story, size_t request)
{
    assert_in_range(request, 0, story->sent - 1);
    struct batch *batch = story->batches[request];
    CHECK(buffer_add(&batch->body, "", 1) == 0);
    batch->body.len--;
    return batch->body.at + PREFIX;
}

#define KEY(offset) "[[\"topic_partition\",\"string\",\"orders_3\"],[\"offset\",\"integer\"," offset "]]"
#define ROW(offset, columns)                                                                                 \
    "\"table\":\"t\",\"op\":\"put\",\"primary_key\":" KEY(offset) ",\"columns\":[" columns "]"
#define INFO(words) "[\"error_info\",\"string\",\"" words "\"]"
#define WHY "price: not a number"

static void test_a_record_is_a_row_in_the_manuals_form(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    put(&story, 0, (struct slice){NULL, 0}, SLICE("v"));
    assert_string_equal(sent_rows(&story, 0), ROW("1000", "[\"value\",\"binary\",\"dg==\"]," INFO(WHY)));
    answer(&story, 0, BATCH_ANSWERED, VERDICT_OK);
    assert_int_equal(story.confirmed, 1);
    put(&story, 1, SLICE(""), (struct slice){NULL, 0});
    assert_string_equal(sent_rows(&story, 1), ROW("1001", "[\"key\",\"binary\",\"\"]," INFO(WHY)));
    answer(&story, 1, BATCH_ANSWERED, VERDICT_OK);
    assert_int_equal(story.confirmed, 2);
    story_end(&story);
}

/* How many bytes of a column are in the row; -1: it is not there. */
static ssize_t column_bytes(const char *row, const char *name)
{
    char mark[40];
    snprintf(mark, sizeof(mark), "[\"%s\",\"binary\",\"", name);
    const char *at = strstr(row, mark);
    if (at == NULL)
        return -1;
    at += strlen(mark);
    size_t len = strcspn(at, "\"");
    char *bytes = check_memory(malloc(len + 1));
    ssize_t count = base64_decode(slice_of(at, len), bytes);
    free(bytes);
    return count;
}

static void is_cut(size_t key, size_t value, bool documents, ssize_t key_left, ssize_t value_left)
{
    static char large[5 * MB];
    struct story story;
    char mark[200];
    story_begin(&story);
    story.records[0].documents = documents;
    put(&story, 0, slice_of(large, key), slice_of(large, value));
    const char *row = sent_rows(&story, 0);
    assert_int_equal(column_bytes(row, "key"), key_left);
    assert_int_equal(column_bytes(row, "value"), value_left);
    snprintf(mark, sizeof(mark), WHY " [cut: key: %zd of %zu bytes; value: %zd of %zu bytes]\"]]",
             key_left < 0 ? 0 : key_left, key, value_left < 0 ? 0 : value_left, value);
    assert_non_null(strstr(row, KEY("1000")));
    assert_non_null(strstr(row, mark));
    answer(&story, 0, BATCH_ANSWERED, VERDICT_OK);
    assert_int_equal(story.confirmed, 1);
    story_end(&story);
}

static void test_a_record_too_large_is_cut_with_a_mark_and_its_place_and_reason_stay_whole(void **state)
{
    (void)state;
    is_cut(1, 2 * MB + 1, false, 1, 2 * MB);
    is_cut(2 * MB + 1, 1, false, 2 * MB, 1);
    is_cut(3 * MB, 3 * MB, false, 2 * MB, 2 * MB - (64 << 10));
}

/* Half of a JSON document is none. */
static void test_a_document_too_large_is_left_out_and_never_cut(void **state)
{
    (void)state;
    is_cut(1, 2 * MB + 1, true, 1, -1);
    is_cut(2 * MB + 1, 2 * MB, true, -1, 2 * MB);
    is_cut(2 * MB, 2 * MB, true, 2 * MB, -1);
}

static void test_what_just_fits_is_not_cut(void **state)
{
    (void)state;
    static char large[2 * MB];
    struct story story;
    story_begin(&story);
    put(&story, 0, slice_of(large, 2 * MB - (64 << 10)), slice_of(large, 2 * MB));
    assert_int_equal(column_bytes(sent_rows(&story, 0), "value"), 2 * MB);
    assert_null(strstr(sent_rows(&story, 0), "[cut:"));
    answer(&story, 0, BATCH_ANSWERED, VERDICT_OK);
    story_end(&story);
}

static void test_a_row_that_is_refused_goes_again_with_its_place_and_reason_only(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    put(&story, 0, SLICE("key"), SLICE("v"));
    answer(&story, 0, BATCH_ANSWERED, VERDICT_REJECT);
    assert_int_equal(story.confirmed + story.given_up, 0);
    assert_string_equal(sent_rows(&story, 1),
                        ROW("1000", INFO(WHY " [cut: key: 0 of 3 bytes; value: 0 of 1 bytes]")));
    answer(&story, 1, BATCH_ANSWERED, VERDICT_OK);
    assert_int_equal(story.confirmed, 1);
    assert_int_equal(story.trouble.kind, ERROR_NONE);
    story_end(&story);
}

static void test_a_record_that_nobody_takes_is_the_end_and_is_not_confirmed(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    put(&story, 0, SLICE("key"), SLICE("v"));
    answer(&story, 0, BATCH_ANSWERED, VERDICT_REJECT);
    answer(&story, 1, BATCH_REFUSED, VERDICT_RETRY);
    assert_int_equal(story.trouble.kind, ERROR_FATAL);
    assert_non_null(strstr(story.trouble.text, "neither be written nor set aside: topic=orders partition=3 "
                                               "offset=1000: "));
    assert_int_equal(story.confirmed, 0);
    assert_int_equal(story.given_up, 1);
    story_end(&story);
}

/* Two requests may be in flight; the third record waits for a place. */
static void test_a_cut_gives_up_what_waits_and_what_flies_comes_home_once(void **state)
{
    (void)state;
    struct story story;
    story_begin(&story);
    for (size_t i = 0; i < 3; i++) {
        put(&story, i, SLICE("key"), SLICE("v"));
        pass_ms(&story, 20);
    }
    assert_int_equal(story.sent, 2);
    aside_cut(story.aside);
    assert_int_equal(story.given_up, 1);
    assert_int_equal(story.cuts, 2);
    assert_int_equal(aside_in_flight(story.aside), 2);
    answer(&story, 0, BATCH_CUT, VERDICT_RETRY);
    answer(&story, 1, BATCH_ANSWERED, VERDICT_OK);
    pass_ms(&story, 60000);
    assert_int_equal(story.sent, 2);
    assert_int_equal(story.confirmed, 1);
    assert_int_equal(story.given_up, 2);
    assert_int_equal(aside_in_flight(story.aside), 0);
    story_end(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_is_a_row_in_the_manuals_form),
        cmocka_unit_test(test_a_record_too_large_is_cut_with_a_mark_and_its_place_and_reason_stay_whole),
        cmocka_unit_test(test_a_document_too_large_is_left_out_and_never_cut),
        cmocka_unit_test(test_what_just_fits_is_not_cut),
        cmocka_unit_test(test_a_row_that_is_refused_goes_again_with_its_place_and_reason_only),
        cmocka_unit_test(test_a_record_that_nobody_takes_is_the_end_and_is_not_confirmed),
        cmocka_unit_test(test_a_cut_gives_up_what_waits_and_what_flies_comes_home_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
