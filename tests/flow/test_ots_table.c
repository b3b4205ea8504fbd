/* ots/table: is the table there and ours? Against a scripted service; real time, short waits. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/log.h"
#include "loop/loop.h"
#include "ots/table.h"
#include "support/fake_ots.h"
#include "wire/tablestore.pb-c.h"

struct story {
    struct loop *loop;
    struct fake_ots *fake;
    struct ots_client *client;
    struct clock_timer guard;
    struct mapping_plan plan;
    struct ots_table_options options;
    int64_t retry_ms;
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

static void on_line(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    assert_null(memmem(line.at, line.len, "testsecret", 10));
}

static int set_up(void **state)
{
    struct story *story = calloc(1, sizeof(*story));
    struct error err;
    story->loop = loop_create();
    story->fake = fake_ots_create(story->loop);
    struct ots_client_options options = fake_ots_options(story->fake);
    story->client = ots_client_create(story->loop, &options, &err);
    story->plan =
        (struct mapping_plan){.table = SLICE("orders"), .keys = {{{"id", 2}, CELL_STRING}}, .key_count = 1};
    story->options =
        (struct ots_table_options){.plan = &story->plan, .auto_create = true, .ttl_s = -1, .max_versions = 1};
    story->retry_ms = 5000;
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
    struct ots_table_check *check = ots_table_check_start(story->client, loop_clock(story->loop),
                                                          &story->options, story->retry_ms, on_done, story);
    assert_int_equal(story->done, 0);
    loop_run(story->loop);
    assert_int_equal(story->done, 1);
    for (; operations[count] != NULL; count++)
        assert_string_equal(fake_ots_request(story->fake, count)->operation, operations[count]);
    assert_int_equal(fake_ots_count(story->fake), count);
    ots_table_check_destroy(check);
}

#define CHECK_SENDS(story, ...) check(story, (const char *const[]){__VA_ARGS__, NULL})

static void push_described(struct story *story, bool active, bool has_index)
{
    struct slice body = fake_ots_description(story->fake, "orders", active, has_index);
    fake_ots_push(story->fake, &(struct fake_step){.body = body});
}

static void push_ok(struct story *story)
{
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("")});
}

static void push_missing(struct story *story)
{
    fake_ots_push_error(story->fake, 404, "OTSObjectNotExist", "Requested table does not exist.");
}

/* Not there, and not as a time-series table either. */
static void push_unknown(struct story *story)
{
    push_missing(story);
    push_missing(story);
}

static void test_a_table_that_is_ours_takes_one_request(void **state)
{
    struct story *story = *state;
    push_described(story, true, false);
    CHECK_SENDS(story, "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_false(story->state.created);
    assert_false(story->state.has_index);
    assert_int_equal(story->state.key_count, 1);
}

static void test_an_index_is_told(void **state)
{
    struct story *story = *state;
    push_described(story, true, true);
    CHECK_SENDS(story, "DescribeTable");
    assert_true(story->state.has_index);
}

static void test_a_missing_table_is_an_error_at_once_where_creating_is_not_allowed(void **state)
{
    struct story *story = *state;
    story->options.auto_create = false;
    push_unknown(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(
        strstr(story->error.text, "table orders: it does not exist and auto_create (auto.create) is off"));
    assert_non_null(strstr(story->error.text, "OTSObjectNotExist"));
}

static void test_a_missing_table_is_created_and_awaited(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    push_ok(story);
    push_described(story, true, false);
    fake_ots_push_error(story->fake, 404, "OTSTableNotReady", "The table is not ready.");
    fake_ots_push_error(story->fake, 503, "OTSPartitionUnavailable", "The partition is not available.");
    push_ok(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable", "GetRow",
                "GetRow", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.created);
    struct slice body = fake_ots_request(story->fake, 2)->body;
    Ots__CreateTableRequest *sent =
        ots__create_table_request__unpack(NULL, body.len, (const uint8_t *)body.at);
    assert_non_null(sent);
    assert_string_equal(sent->table_meta->table_name, "orders");
    assert_int_equal(sent->table_options->time_to_live, -1);
    ots__create_table_request__free_unpacked(sent, NULL);
}

/* The service may call it missing, or refuse to describe it: nobody knows. */
static void test_a_time_series_table_of_that_name_is_named(void **state)
{
    static const char *const codes[] = {"OTSObjectNotExist", "OTSParameterInvalid"};
    struct story *story = *state;
    story->options.look_only = true;
    for (size_t i = 0; i < 2; i++) {
        fake_ots_push_error(story->fake, i == 0 ? 404 : 400, codes[i], "said by the script");
        push_ok(story);
    }
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "table orders: there is a time-series table of this name"));
    struct slice described = fake_ots_request(story->fake, 0)->body;
    assert_true(slice_equal(described, fake_ots_request(story->fake, 1)->body));
    struct ots_table_check *again = ots_table_check_start(story->client, loop_clock(story->loop),
                                                          &story->options, story->retry_ms, on_done, story);
    loop_run(story->loop);
    assert_string_equal(fake_ots_request(story->fake, 3)->operation, "DescribeTimeseriesTable");
    assert_non_null(strstr(story->error.text, "there is a time-series table of this name"));
    ots_table_check_destroy(again);
}

static void test_a_description_that_is_refused_for_another_reason_is_told(void **state)
{
    struct story *story = *state;
    fake_ots_push_error(story->fake, 400, "OTSParameterInvalid", "Invalid table name");
    fake_ots_push_error(story->fake, 403, "OTSNoPermissionAccess", "DescribeTimeseriesTable is denied.");
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "Invalid table name"));
}

/* Who may not look for the other kind may create all the same; and weather there passes, too. */
static void test_the_other_kind_need_not_be_known(void **state)
{
    struct story *story = *state;
    push_missing(story);
    fake_ots_push_error(story->fake, 503, "OTSServerUnavailable", "Server is not available.");
    push_missing(story);
    fake_ots_push_error(story->fake, 403, "OTSNoPermissionAccess", "DescribeTimeseriesTable is denied.");
    push_ok(story);
    push_described(story, true, false);
    push_ok(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "DescribeTable", "DescribeTimeseriesTable",
                "CreateTable", "DescribeTable", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.created);
}

static void test_a_table_that_is_not_seen_yet_is_waited_for(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    push_ok(story);
    push_missing(story);
    fake_ots_push_error(story->fake, 409, "OTSObjectAlreadyExist", "Requested table already exists.");
    push_described(story, false, false);
    push_described(story, true, false);
    push_ok(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable",
                "CreateTable", "DescribeTable", "DescribeTable", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.created);
}

static void test_a_lost_race_is_as_good(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    fake_ots_push_error(story->fake, 409, "OTSObjectAlreadyExist", "Requested table already exists.");
    push_described(story, true, false);
    push_ok(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_false(story->state.created);
}

/* Nobody knows whether the create was done: the description does. */
static void test_a_create_without_an_answer_is_looked_after(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_HALF, .body = SLICE("half")});
    push_described(story, true, false);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

static void test_a_reader_that_may_not_read_may_write(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    push_ok(story);
    push_described(story, true, false);
    fake_ots_push_error(story->fake, 403, "OTSNoPermissionAccess", "GetRow is denied.");
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

static void test_another_primary_key_is_shown_side_by_side(void **state)
{
    struct story *story = *state;
    story->plan.keys[0] = (struct mapping_column){SLICE("customer"), CELL_STRING};
    story->plan.keys[1] = (struct mapping_column){SLICE("seq"), CELL_AUTO_INCREMENT};
    story->plan.key_count = 2;
    push_described(story, true, false);
    CHECK_SENDS(story, "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_string_equal(story->error.text,
                        "table orders has primary key (id STRING); the configuration says "
                        "(customer STRING, seq INTEGER AUTO_INCREMENT): column 1 is another one; change "
                        "primary_key.columns, or write to another table");
}

static void test_what_needs_a_person_is_said_at_once(void **state)
{
    struct story *story = *state;
    fake_ots_push_error(story->fake, 403, "OTSAuthFailed", "Signature mismatch.");
    CHECK_SENDS(story, "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "OTSAuthFailed"));
    assert_non_null(strstr(story->error.text, "access key secret"));
    assert_non_null(strstr(story->error.text, "request 0005f0e1"));
}

static void test_permission_to_create_is_needed_to_create(void **state)
{
    struct story *story = *state;
    push_unknown(story);
    fake_ots_push_error(story->fake, 403, "OTSNoPermissionAccess", "CreateTable is denied.");
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable");
    assert_int_equal(story->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(story->error.text, "CreateTable: 403 OTSNoPermissionAccess"));
}

static void test_a_wrong_clock_does_not_stop_a_start(void **state)
{
    struct story *story = *state;
    struct slice body = fake_ots_error(story->fake, "OTSAuthFailed",
                                       "Mismatch between system time and x-ots-date: 1970-01-01.");
    fake_ots_push(story->fake, &(struct fake_step){.status = 403, .skew_ms = 3600 * 1000, .body = body});
    push_described(story, true, false);
    CHECK_SENDS(story, "DescribeTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

static void test_weather_passes(void **state)
{
    struct story *story = *state;
    fake_ots_push_error(story->fake, 503, "OTSServerUnavailable", "Server is not available.");
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_FORGED});
    fake_ots_push(story->fake, &(struct fake_step){.body = SLICE("well signed rubbish")});
    push_described(story, true, false);
    CHECK_SENDS(story, "DescribeTable", "DescribeTable", "DescribeTable", "DescribeTable");
    assert_int_equal(story->error.kind, ERROR_NONE);
}

static void test_weather_that_lasts_is_reported(void **state)
{
    struct story *story = *state;
    struct error err;
    struct ots_client_options options = fake_ots_options(story->fake);
    options.endpoint = "http://127.0.0.1:1";
    struct ots_client *client = ots_client_create(story->loop, &options, &err);
    struct ots_table_check *check =
        ots_table_check_start(client, loop_clock(story->loop), &story->options, 200, on_done, story);
    loop_run(story->loop);
    assert_int_equal(story->done, 1);
    assert_int_equal(story->error.kind, ERROR_RETRY);
    assert_non_null(strstr(story->error.text, "table orders"));
    assert_non_null(strstr(story->error.text, "127.0.0.1:1"));
    ots_table_check_destroy(check);
    ots_client_destroy(client);
}

static void test_a_white_list_with_more_columns_than_a_table_defines_gets_its_table(void **state)
{
    struct story *story = *state;
    struct mapping_column many[33];
    for (int i = 0; i < 33; i++)
        many[i] = (struct mapping_column){SLICE("c"), CELL_STRING};
    story->plan.columns = many;
    story->plan.column_count = 33;
    story->options.define_columns = true;
    push_unknown(story);
    push_ok(story);
    push_described(story, true, false);
    push_ok(story);
    CHECK_SENDS(story, "DescribeTable", "DescribeTimeseriesTable", "CreateTable", "DescribeTable", "GetRow");
    assert_int_equal(story->error.kind, ERROR_NONE);
    assert_true(story->state.created);
    struct slice body = fake_ots_request(story->fake, 2)->body;
    Ots__CreateTableRequest *sent =
        ots__create_table_request__unpack(NULL, body.len, (const uint8_t *)body.at);
    assert_non_null(sent);
    assert_int_equal(sent->table_meta->n_defined_column, 0);
    ots__create_table_request__free_unpacked(sent, NULL);
}

static void test_a_check_may_be_given_up(void **state)
{
    struct story *story = *state;
    fake_ots_push(story->fake, &(struct fake_step){.way = FAKE_SILENT});
    struct ots_table_check *check = ots_table_check_start(story->client, loop_clock(story->loop),
                                                          &story->options, story->retry_ms, on_done, story);
    ots_table_check_destroy(check);
    assert_int_equal(story->done, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_table_that_is_ours_takes_one_request),
        CASE(test_an_index_is_told),
        CASE(test_a_missing_table_is_an_error_at_once_where_creating_is_not_allowed),
        CASE(test_a_missing_table_is_created_and_awaited),
        CASE(test_a_time_series_table_of_that_name_is_named),
        CASE(test_a_description_that_is_refused_for_another_reason_is_told),
        CASE(test_the_other_kind_need_not_be_known),
        CASE(test_a_table_that_is_not_seen_yet_is_waited_for),
        CASE(test_a_lost_race_is_as_good),
        CASE(test_a_create_without_an_answer_is_looked_after),
        CASE(test_a_reader_that_may_not_read_may_write),
        CASE(test_another_primary_key_is_shown_side_by_side),
        CASE(test_what_needs_a_person_is_said_at_once),
        CASE(test_permission_to_create_is_needed_to_create),
        CASE(test_a_wrong_clock_does_not_stop_a_start),
        CASE(test_weather_passes),
        CASE(test_weather_that_lasts_is_reported),
        CASE(test_a_white_list_with_more_columns_than_a_table_defines_gets_its_table),
        CASE(test_a_check_may_be_given_up),
    };
    return cmocka_run_group_tests_name("ots_table", tests, NULL, NULL);
}
