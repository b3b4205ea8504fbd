/* ots against the emulator, which checks every header, signature, digest and checksum: tables made and
 * recognised, wrong credentials named, and rows through bucket and sink under random faults, none lost, none
 * out of order. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "bucket/bucket.h"
#include "emulator/change.h"
#include "emulator/emulator.h"
#include "emulator/keyring.h"
#include "loop/loop.h"
#include "ots/table.h"
#include "ots/write.h"

enum { KEYS = 40, ROWS = 2000 };

struct story {
    struct receipt_book book; /* first: a receipt's book is the story */
    struct loop *loop;
    struct emulator *emulator;
    struct ots_client *client;
    struct clock_timer guard;
    char endpoint[64];
    struct mapping_plan plan;
    struct ots_table_options options;
    struct ots_table_state state;
    struct error error; /* of the last table check; kind ERROR_NONE: none */
    int settled[ROWS];
    int64_t applied[KEYS]; /* the newest change of each key */
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("nothing happened for 60 seconds");
}

static void on_line(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    assert_null(memmem(line.at, line.len, "testsecret", 10));
}

static void on_change(void *arg, const struct change *change, const struct refusal *refusal)
{
    struct story *story = arg;
    if (refusal == NULL)
        story->applied[change->row.keys[0].integer] = change->row.cells[0].integer;
}

static void on_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    struct story *story = (struct story *)book;
    assert_true(fate == FATE_WRITTEN || fate == FATE_SUPERSEDED);
    assert_int_equal(count, 1);
    story->settled[run]++;
}

static struct ots_client_options options_of(const struct story *story)
{
    return (struct ots_client_options){
        .endpoint = story->endpoint,
        .instance = "local",
        .access_key_id = "testid",
        .access_key_secret = "testsecret",
        .http = {.connections_most = 32,
                 .connect_timeout_ms = 5000,
                 .stall_timeout_ms = 5000,
                 .total_timeout_ms = 5000,
                 .reply_most = 1 << 20},
    };
}

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    struct error err;
    story->book.settle = on_settle;
    story->loop = loop_create();
    story->emulator = emulator_create(
        story->loop, &(struct emulator_options){.latency_ms = 1, .on_change = on_change, .arg = story}, &err);
    assert_non_null(story->emulator);
    snprintf(story->endpoint, sizeof(story->endpoint), "http://127.0.0.1:%d", emulator_port(story->emulator));
    struct ots_client_options options = options_of(story);
    story->client = ots_client_create(story->loop, &options, &err);
    story->plan =
        (struct mapping_plan){.table = SLICE("orders"), .keys = {{{"id", 2}, CELL_INTEGER}}, .key_count = 1};
    story->options =
        (struct ots_table_options){.plan = &story->plan, .auto_create = true, .ttl_s = -1, .max_versions = 1};
    clock_timer_init(&story->guard, on_guard, story);
    clock_start(loop_clock(story->loop), &story->guard, 60000);
    log_set_output(on_line, story);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    log_set_output(NULL, NULL);
    clock_stop(loop_clock(story->loop), &story->guard);
    ots_client_destroy(story->client);
    emulator_destroy(story->emulator);
    loop_destroy(story->loop);
    free(story);
    return 0;
}

static void on_done(void *arg, const struct ots_table_state *state, const struct error *err)
{
    struct story *story = arg;
    story->state = *state;
    story->error = err != NULL ? *err : (struct error){.kind = ERROR_NONE};
    loop_stop(story->loop);
}

static enum error_kind check(struct story *story, struct ots_client *client)
{
    struct ots_table_check *check =
        ots_table_check_start(client, loop_clock(story->loop), &story->options, 5000, on_done, story);
    loop_run(story->loop);
    ots_table_check_destroy(check);
    return story->error.kind;
}

static void test_a_table_is_made_once_and_recognised_after_that(void **state)
{
    struct story *story = *state;
    struct mapping_column columns[] = {{{"price", 5}, CELL_DOUBLE}, {{"id", 2}, CELL_INTEGER}};
    story->plan.columns = columns;
    story->plan.column_count = 2;
    story->options.define_columns = true;
    story->plan.keys[1] = (struct mapping_column){SLICE("seq"), CELL_AUTO_INCREMENT};
    story->plan.key_count = 2;
    assert_int_equal(check(story, story->client), ERROR_NONE);
    assert_true(story->state.created);
    assert_int_equal(check(story, story->client), ERROR_NONE);
    assert_false(story->state.created);
    story->plan.key_count = 1;
    assert_int_equal(check(story, story->client), ERROR_CONFIG);
    assert_string_equal(story->error.text,
                        "table orders has primary key (id INTEGER, seq INTEGER AUTO_INCREMENT); the "
                        "configuration says (id INTEGER): column 2 is another one; change "
                        "primary_key.columns, or write to another table");
}

static void assert_refused(struct story *story, const struct ots_client_options *options, const char *words)
{
    struct error err;
    struct ots_client *client = ots_client_create(story->loop, options, &err);
    assert_int_equal(check(story, client), ERROR_CONFIG);
    if (strstr(story->error.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", story->error.text, words);
    assert_null(strstr(story->error.text, "wrong-secret"));
    ots_client_destroy(client);
}

static void test_wrong_credentials_are_named(void **state)
{
    struct story *story = *state;
    struct ots_client_options options = options_of(story);
    options.access_key_secret = "wrong-secret";
    assert_refused(story, &options, "the access key secret does not belong");
    options = options_of(story);
    options.access_key_id = "nobody";
    assert_refused(story, &options, "check the access key id");
    options = options_of(story);
    options.instance = "elsewhere";
    assert_refused(story, &options, "OTSAuthFailed");
}

static void set_faults(struct story *story, const char *faults)
{
    struct error err = {0};
    if (emulator_set_faults(story->emulator, slice_text(faults), &err) != 0)
        fail_msg("%s", err.text);
}

/* Signed with it too: the emulator would not accept the signature otherwise. */
static void test_a_token_is_sent_and_asked_for(void **state)
{
    struct story *story = *state;
    struct ots_client_options options = options_of(story);
    struct error err;
    emulator_destroy(story->emulator);
    struct keyring_pair pair = {.id = "testid", .secret = "testsecret", .sts_token = "CAIS+/=token"};
    story->emulator =
        emulator_create(story->loop, &(struct emulator_options){.pairs = &pair, .pair_count = 1}, &err);
    assert_non_null(story->emulator);
    snprintf(story->endpoint, sizeof(story->endpoint), "http://127.0.0.1:%d", emulator_port(story->emulator));
    assert_refused(story, &options, "OTSAuthFailed");
    options.sts_token = "CAIS+/=token";
    struct ots_client *client = ots_client_create(story->loop, &options, &err);
    assert_int_equal(check(story, client), ERROR_NONE);
    ots_client_destroy(client);
}

static void test_a_token_that_expires_is_named_and_good_again_when_it_is_renewed(void **state)
{
    struct story *story = *state;
    struct ots_client_options options = options_of(story);
    struct error err;
    emulator_destroy(story->emulator);
    struct keyring_pair pair = {.id = "testid", .secret = "testsecret", .sts_token = "old"};
    story->emulator =
        emulator_create(story->loop, &(struct emulator_options){.pairs = &pair, .pair_count = 1}, &err);
    assert_non_null(story->emulator);
    snprintf(story->endpoint, sizeof(story->endpoint), "http://127.0.0.1:%d", emulator_port(story->emulator));
    options.sts_token = "old";
    struct ots_client *client = ots_client_create(story->loop, &options, &err);
    set_faults(story, "{\"rules\":[{\"action\":\"expire_token\",\"token\":\"old\",\"skip\":1000}]}");
    assert_int_equal(check(story, client), ERROR_NONE);
    ots_client_destroy(client);
    set_faults(story, "{\"rules\":[{\"action\":\"expire_token\",\"token\":\"old\"}]}");
    assert_refused(story, &options, "the STS token is wrong or has expired");
    set_faults(story, "{\"rules\":[{\"action\":\"expire_token\",\"token\":\"older\"}]}");
    client = ots_client_create(story->loop, &options, &err);
    assert_int_equal(check(story, client), ERROR_NONE);
    ots_client_destroy(client);
}

static void on_reject(void *arg, const struct bucket_rejection *rejection)
{
    (void)arg;
    fail_msg("rejected: %s", rejection->why);
}

static void on_room(void *arg)
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

static void push_rows(struct story *story, struct bucket *bucket)
{
    for (uint64_t i = 0; i < ROWS; i++) {
        struct cell key = {.name = SLICE("id"), .type = CELL_INTEGER, .integer = (int64_t)(i % KEYS)};
        struct cell cell = {.name = SLICE("n"), .type = CELL_INTEGER, .integer = (int64_t)i};
        struct row row = {.op = ROW_PUT,
                          .key_hash = i % KEYS + 1,
                          .keys = &key,
                          .key_count = 1,
                          .cells = &cell,
                          .cell_count = 1};
        bucket_push(bucket, &row, (struct receipt){&story->book, i}, (int64_t)i, NULL);
    }
    bucket_turn(bucket);
}

static void write_rows(struct story *story, enum write_request_kind kind)
{
    struct window *window = window_create(1 << 20);
    struct window_table table;
    window_join(window, &table, 1 << 20);
    struct bucket_options options = {.ordered = true,
                                     .linger_ms = 1,
                                     .settle_ms = 20,
                                     .backoff_first_ms = 1,
                                     .backoff_most_ms = 10,
                                     .seed = 7};
    struct bucket_events events = {.arg = story,
                                   .on_reject = on_reject,
                                   .on_room = on_room,
                                   .on_trouble = on_trouble,
                                   .on_idle = on_idle};
    struct sink *sink = ots_write_create(story->client, SLICE("orders"), kind, true);
    struct bucket *bucket = bucket_create(loop_clock(story->loop), sink, &table, &options, &events);
    push_rows(story, bucket);
    loop_run(story->loop);
    bucket_drop(bucket);
    bucket_destroy(bucket);
    ots_write_destroy(sink);
    window_leave(&table);
    window_destroy(window);
}

/* Writes all rows in both ways under the faults: none lost, none out of order. */
static void write_under(struct story *story, const char *faults)
{
    static const enum write_request_kind kinds[] = {WRITE_BULK_IMPORT, WRITE_BATCH_WRITE_ROW};
    assert_int_equal(check(story, story->client), ERROR_NONE);
    for (size_t kind = 0; kind < 2; kind++) {
        set_faults(story, faults);
        memset(story->settled, 0, sizeof(story->settled));
        memset(story->applied, 0, sizeof(story->applied));
        write_rows(story, kinds[kind]);
        for (int i = 0; i < ROWS; i++)
            assert_int_equal(story->settled[i], 1);
        for (int i = 0; i < KEYS; i++)
            assert_int_equal(story->applied[i], ROWS - KEYS + i);
        assert_true(emulator_counters(story->emulator)->faults > 10);
        assert_int_equal(emulator_counters(story->emulator)->keys_in_flight_twice, 0);
        emulator_reset(story->emulator);
    }
}

static void test_faults_lose_nothing_and_mix_up_nothing(void **state)
{
    write_under(
        *state,
        "{\"seed\": 3, \"rules\": ["
        "{\"action\": \"row_error\", \"code\": \"OTSServerBusy\", \"probability\": 0.05},"
        "{\"action\": \"row_error\", \"code\": \"OTSRowOperationConflict\", \"probability\": 0.05},"
        "{\"action\": \"error\", \"code\": \"OTSServerBusy\", \"probability\": 0.1},"
        "{\"action\": \"error\", \"code\": \"OTSTimeout\", \"probability\": 0.03},"
        "{\"action\": \"error\", \"status\": 502, \"body\": \"<h1>bad gateway</h1>\", \"probability\": 0.03},"
        "{\"action\": \"cut_before\", \"probability\": 0.03},"
        "{\"action\": \"late\", \"ms\": 1, \"ms_most\": 5, \"probability\": 0.03},"
        "{\"action\": \"cut_after\", \"probability\": 0.03}]}");
}

static void test_answers_that_go_wrong_lose_nothing_and_mix_up_nothing(void **state)
{
    write_under(*state, "{\"seed\": 5, \"rules\": ["
                        "{\"action\": \"throttle\", \"write_rate\": 20000, \"write_burst\": 300},"
                        "{\"action\": \"delay\", \"ms\": 1, \"slow_probability\": 0.1, \"slow_ms\": 15},"
                        "{\"action\": \"half_answer\", \"probability\": 0.1},"
                        "{\"action\": \"half_answer\", \"bytes\": 0, \"probability\": 0.05},"
                        "{\"action\": \"wrong_length\", \"probability\": 0.1},"
                        "{\"action\": \"wrong_digest\", \"probability\": 0.1},"
                        "{\"action\": \"wrong_signature\", \"probability\": 0.1},"
                        "{\"action\": \"drip\", \"bytes\": 40, \"ms\": 1, \"probability\": 0.1},"
                        "{\"action\": \"no_request_id\", \"probability\": 0.1}]}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_table_is_made_once_and_recognised_after_that),
        CASE(test_wrong_credentials_are_named),
        CASE(test_a_token_is_sent_and_asked_for),
        CASE(test_a_token_that_expires_is_named_and_good_again_when_it_is_renewed),
        CASE(test_faults_lose_nothing_and_mix_up_nothing),
        CASE(test_answers_that_go_wrong_lose_nothing_and_mix_up_nothing),
    };
    return cmocka_run_group_tests_name("ots_emulator", tests, NULL, NULL);
}
