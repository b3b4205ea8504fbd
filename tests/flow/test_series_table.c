/* series_table: is the time-series table there? Against a scripted service; real time, short waits. What is
 * the same for both kinds of table is tested in test_ots_table.c. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "loop/loop.h"
#include "support/fake_ots.h"
#include "support/hex.h"
#include "timeseries/series_table.h"
#include "wire/tablestore.pb-c.h"

struct story {
    struct loop *loop;
    struct fake_ots *fake;
    struct ots_client *client;
    struct clock_timer guard;
    struct series_table_options options;
    int done;
    struct ots_table_state state;
    struct error error; /* kind ERROR_NONE: none */
};

static void on_guard(void *arg, struct clock_timer *timer)
{
    (void)arg;
    (void)timer;
    fail_msg("nothing happened for 20 seconds");
}

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    struct error err;
    story->loop = loop_create();
    story->fake = fake_ots_create(story->loop);
    struct ots_client_options options = fake_ots_options(story->fake);
    story->client = ots_client_create(story->loop, &options, &err);
    story->options =
        (struct series_table_options){.table = SLICE("ts1"), .auto_create = true, .ttl_s = 86400};
    clock_timer_init(&story->guard, on_guard, story);
    clock_start(loop_clock(story->loop), &story->guard, 20000);
    *state = story;
    return 0;
}

static int tear_down(void **state)
{
    struct story *story = *state;
    clock_stop(loop_clock(story->loop), &story->guard);
    ots_client_destroy(story->client);
    fake_ots_destroy(story->fake);
    loop_destroy(story->loop);
    free(story);
    return 0;
}

static void on_done(void *arg, const struct ots_table_state *state, const struct error *err)
{
    struct story *story = arg;
    story->done++;
    story->state = *state;
    story->error = err != NULL ? *err : (struct error){.kind = ERROR_NONE};
    loop_stop(story->loop);
}

/* Every request that was sent, in order, must be these. */
static void check(struct story *story, const char *const *operations)
{
    size_t count = 0;
    struct ots_table_check *check = series_table_check_start(story->client, loop_clock(story->loop),
                                                             &story->options, 5000, on_done, story);
    loop_run(story->loop);
    assert_int_equal(story->done, 1);
    for (; operations[count] != NULL; count++)
        assert_string_equal(fake_ots_request(story->fake, count)->operation, operations[count]);
    assert_int_equal(fake_ots_count(story->fake), count);
    ots_table_check_destroy(check);
}

#define CHECK_SENDS(story, ...) check(story, (const char *const[]){__VA_ARGS__, NULL})

static void push_described(struct story *story, const char *status)
{
    Ots__DescribeTimeseriesTableResponse answer = OTS__DESCRIBE_TIMESERIES_TABLE_RESPONSE__INIT;
    Ots__TimeseriesTableMeta meta = OTS__TIMESERIES_TABLE_META__INIT;
    char name[] = "ts1";
    uint8_t bytes[100];
    meta.table_name = name;
    meta.status = (char *)(uintptr_t)status;
    answer.table_meta = &meta;
    size_t len = ots__describe_timeseries_table_response__pack(&answer, bytes);
    fake_ots_push(story->fake, &(struct fake_step){.body = slice_of(bytes, len)});
}

static void push_ok(struct story *story)
{
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("")});
}

static void push_missing(struct story *story)
{
    fake_ots_push_error(story->fake, 404, "OTSObjectNotExist", "Requested table does not exist.");
}

static void assert_body(struct story *story, size_t request, const char *hex)
{
    hex_assert_equal(fake_ots_request(story->fake, request)->body, hex);
}

static void test_a_table_that_is_there_takes_one_request(void **state)
{
    struct story *story = *state;
    push_described(story, "CREATED");
    CHECK_SENDS(story, "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.reached);
    assert_false(story->state.created);
    assert_body(story, 0, "0a03747331"); /* as the Java SDK sends it: java/027 */
}

static void test_a_table_without_a_status_is_there(void **state)
{
    struct story *story = *state;
    push_described(story, NULL);
    CHECK_SENDS(story, "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

static void test_a_missing_table_is_created_and_awaited(void **state)
{
    struct story *story = *state;
    push_missing(story);
    push_missing(story);
    push_ok(story);
    push_described(story, "CREATING");
    push_described(story, "CREATED");
    fake_ots_push_error(story->fake, 404, "OTSTableNotReady", "The table is not ready.");
    push_ok(story);
    CHECK_SENDS(story, "DescribeTimeseriesTable", "DescribeTable", "CreateTimeseriesTable",
                "DescribeTimeseriesTable", "DescribeTimeseriesTable", "GetTimeseriesData",
                "GetTimeseriesData");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.created);
    assert_body(story, 2, "0a0b0a0374733112040880a3052000"); /* as the Java SDK sends it: java/023 */
    struct slice body = fake_ots_request(story->fake, 5)->body;
    Ots__GetTimeseriesDataRequest *probe =
        ots__get_timeseries_data_request__unpack(NULL, body.len, (const uint8_t *)body.at);
    assert_string_equal(probe->table_name, "ts1");
    assert_true(probe->has_begin_time && probe->has_end_time && probe->end_time > probe->begin_time);
    assert_int_equal(probe->limit, 1);
    ots__get_timeseries_data_request__free_unpacked(probe, NULL);
}

static void test_a_missing_table_is_an_error_at_once_where_creating_is_not_allowed(void **state)
{
    struct story *story = *state;
    story->options.auto_create = false;
    push_missing(story);
    CHECK_SENDS(story, "DescribeTimeseriesTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "table ts1: it does not exist"));
    assert_non_null(strstr(story->error.text, "(DescribeTimeseriesTable: OTSObjectNotExist, request "));
}

static void test_a_look_creates_nothing(void **state)
{
    struct story *story = *state;
    story->options.look_only = true;
    push_missing(story);
    CHECK_SENDS(story, "DescribeTimeseriesTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.missing);
}

static void test_a_data_table_of_that_name_is_named(void **state)
{
    struct story *story = *state;
    fake_ots_push_error(story->fake, 400, "OTSParameterInvalid", "said by the script");
    fake_ots_push(story->fake,
                  &(struct fake_step){.body = fake_ots_description(story->fake, "ts1", true, false)});
    CHECK_SENDS(story, "DescribeTimeseriesTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "table ts1: there is a data table of this name"));
}

static void test_rubbish_is_not_a_description(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("well signed rubbish")});
    push_described(story, "CREATED");
    CHECK_SENDS(story, "DescribeTimeseriesTable", "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_table_that_is_there_takes_one_request),
        CASE(test_a_table_without_a_status_is_there),
        CASE(test_a_missing_table_is_created_and_awaited),
        CASE(test_a_missing_table_is_an_error_at_once_where_creating_is_not_allowed),
        CASE(test_a_look_creates_nothing),
        CASE(test_a_data_table_of_that_name_is_named),
        CASE(test_rubbish_is_not_a_description),
    };
    return cmocka_run_group_tests_name("series_table", tests, NULL, NULL);
}
