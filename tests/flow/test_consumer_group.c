/* consumer: rebalancing, lost assignments, joining again, commits that fail, closing and giving up, trouble.
 */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "support/mock_kafka.h"
#include "support/parallel.h"
#include "support/taker.h"

enum { API_OFFSET_COMMIT = 8, API_HEARTBEAT = 12 };

static struct mock_kafka mock;

/* The mock holds a group back for a session time-out less a second when its members change, and for 3 s at
 * first. */
static const struct consumer_property quick[] = {{"session.timeout.ms", "4000", NULL},
                                                 {"heartbeat.interval.ms", "100", NULL},
                                                 {"topic.metadata.refresh.interval.ms", "200", NULL}};

static struct consumer_options options_of(const char *group, const struct consumer_topic *topic)
{
    return (struct consumer_options){.brokers = mock_kafka_brokers(&mock),
                                     .group = group,
                                     .topics = topic,
                                     .topic_count = 1,
                                     .lane_count = 1,
                                     .properties = quick,
                                     .property_count = 3};
}

static struct taker *taker_new(void)
{
    struct taker *taker = calloc(1, sizeof(*taker));
    assert_non_null(taker);
    return taker;
}

static void filled_topic(const char *topic, int partitions, int count)
{
    mock_kafka_topic(&mock, topic, partitions);
    mock_kafka_fill(&mock, topic, partitions, 0, count, 100);
    mock_kafka_flush(&mock);
}

struct wanted {
    struct taker *taker;
    uint64_t total;
};

static bool has_total(void *arg)
{
    const struct wanted *wanted = arg;
    return wanted->taker->total >= wanted->total;
}

static void run_until_total(struct taker *taker, uint64_t total)
{
    struct wanted wanted = {taker, total};
    taker_run(taker->loop, has_total, &wanted, "all records");
    assert_int_equal(taker->total, total);
}

static bool has_commit(void *arg)
{
    const struct taker *taker = arg;
    return taker->commits > 0;
}

static bool has_assignment(void *arg)
{
    const struct taker *taker = arg;
    return taker->holds;
}

static bool is_revoked(void *arg)
{
    const struct taker *taker = arg;
    return taker->revoked;
}

static bool has_two_assignments(void *arg)
{
    const struct taker *taker = arg;
    return taker->assigns >= 2;
}

/* --- a second member comes: drain, commit, release; then each has its share and nothing comes twice --- */

/* On a busy machine the mock needs a round more: the first member has all of it once again between. */
static bool both_hold_half(void *arg)
{
    struct taker *const *both = arg;
    return both[0]->holds && both[1]->holds && both[0]->assigned == 2 && both[1]->assigned == 2;
}

static bool both_have_all(void *arg)
{
    struct taker *const *both = arg;
    return both[0]->total + both[1]->total >= 4 * 320;
}

static void nothing_is_given(void *arg, const struct message *message)
{
    (void)arg;
    fail_msg("offset %lld was given after the revoke", (long long)message->offset);
}

static void test_a_revoke_waits_for_the_release_and_nothing_is_lost_or_doubled(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"shared", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-shared", &topic);
    struct taker *both[2] = {taker_new(), taker_new()};
    filled_topic("shared", 4, 300);
    both[0]->keeps_revoked = true;
    taker_start(both[0], loop, &options);
    run_until_total(both[0], 4 * 300);
    taker_commit(
        both[0]); /* now: the mock refuses commits while members join; the real broker's test commits later */
    taker_run(loop, has_commit, both[0], "the answer to the commit");
    assert_int_equal(both[0]->committed.kind, ERROR_NONE);

    taker_start(both[1], loop, &options);
    taker_run(loop, is_revoked, both[0], "the revoke");
    mock_kafka_fill(&mock, "shared", 4, 300, 20, 100);
    mock_kafka_flush(&mock);
    assert_int_equal(source_take(both[0]->source, 0, 200, nothing_is_given, NULL), 0);
    assert_false(both[1]->holds);
    both[0]->keeps_revoked = false;
    both[0]->blocked[0] = both[1]->blocked[0] = true; /* what nobody commits is not to be taken on the way */
    taker_release(both[0]);

    taker_run(loop, both_hold_half, both, "both to have half of the partitions");
    both[0]->blocked[0] = both[1]->blocked[0] = false;
    taker_take(both[0]);
    taker_take(both[1]);
    taker_run(loop, both_have_all, both, "the last records");
    assert_int_equal(both[0]->total + both[1]->total, 4 * 320);
    taker_close(both[1]);
    taker_close(both[0]);
    free(both[0]);
    free(both[1]);
    loop_destroy(loop);
}

/* --- thrown out of the group --- */

static void test_a_lost_assignment_is_told_and_the_group_is_joined_again(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"taken-away", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-lost", &topic);
    struct taker *taker = taker_new();
    filled_topic("taken-away", 2, 50);
    taker_start(taker, loop, &options);
    run_until_total(taker, 100);
    rd_kafka_mock_push_request_errors(mock.cluster, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    taker_run(loop, has_two_assignments, taker, "the next assignment");
    assert_int_equal(taker->losts, 1);
    assert_int_equal(taker->revokes, 0);
    run_until_total(taker, 200); /* nothing was committed: all of it again */
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

static void test_joining_again_gives_up_the_assignment_without_a_revoke(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"rejoined", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-rejoin", &topic);
    struct taker *taker = taker_new();
    filled_topic("rejoined", 3, 50);
    taker_start(taker, loop, &options);
    run_until_total(taker, 150);
    taker_commit(taker);
    taker_run(loop, has_commit, taker, "the answer to the commit");
    taker->holds = false; /* the user has dropped everything by itself */
    for (size_t i = 0; i < taker->partition_count; i++)
        taker->partitions[i].assigned = false;
    source_rejoin(taker->source);
    mock_kafka_fill(&mock, "rejoined", 3, 50, 5, 100);
    mock_kafka_flush(&mock);
    assert_int_equal(source_take(taker->source, 0, 200, nothing_is_given, NULL), 0);
    taker_run(loop, has_two_assignments, taker, "the next assignment");
    run_until_total(taker, 165);
    assert_int_equal(taker->revokes + taker->losts, 0);
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

/* --- commits --- */

static bool has_three_commits(void *arg)
{
    const struct taker *taker = arg;
    return taker->commits >= 3;
}

static void commit_and_wait(struct taker *taker)
{
    unsigned before = taker->commits;
    taker_commit(taker);
    taker_run(taker->loop, before == 0 ? has_commit : has_three_commits, taker, "the answer to the commit");
}

static bool has_two_commits(void *arg)
{
    const struct taker *taker = arg;
    return taker->commits >= 2;
}

static void test_a_failed_commit_is_told_with_its_kind(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"committed", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-commit", &topic);
    struct taker *taker = taker_new();
    filled_topic("committed", 1, 10);
    taker_start(taker, loop, &options);
    run_until_total(taker, 10);
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSET_COMMIT, 1,
                                      RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS);
    commit_and_wait(taker);
    assert_int_equal(taker->committed.kind, ERROR_RETRY);
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSET_COMMIT, 1,
                                      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    taker_commit(taker);
    taker_run(loop, has_two_commits, taker, "the answer to the second commit");
    assert_int_equal(taker->committed.kind, ERROR_CONFIG);
    commit_and_wait(taker);
    assert_int_equal(taker->committed.kind, ERROR_NONE);
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

/* --- closing early, giving up --- */

static void test_closing_before_anything_was_assigned(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"early", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-early", &topic);
    struct taker *taker = taker_new();
    taker_start(taker, loop, &options);
    taker_close(taker);
    assert_int_equal(taker->assigns + taker->revokes + taker->losts, 0);
    free(taker);
    loop_destroy(loop);
}

static void test_giving_up_at_once_with_records_queued(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"given-up", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-given-up", &topic);
    struct taker *taker = taker_new();
    filled_topic("given-up", 2, 500);
    taker->blocked[0] = true;
    taker_start(taker, loop, &options);
    taker_run(loop, has_assignment, taker, "the assignment");
    consumer_destroy(taker->source);
    taker_start(taker, loop, &options); /* and before the first turn of the loop */
    consumer_destroy(taker->source);
    free(taker);
    loop_destroy(loop);
}

/* --- trouble --- */

static bool has_trouble(void *arg)
{
    const struct taker *taker = arg;
    return taker->troubles > 0;
}

static bool is_well(void *arg)
{
    const struct taker *taker = arg;
    return taker->well > 0;
}

static void test_a_missing_topic_is_said_and_waited_for(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"late", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-late", &topic);
    struct taker *taker = taker_new();
    mock_kafka_topic(&mock, "late", 2);
    rd_kafka_mock_topic_set_error(mock.cluster, "late", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    taker_start(taker, loop, &options);
    taker_run(loop, has_trouble, taker, "the trouble");
    assert_string_equal(taker->what, "topic late");
    assert_int_equal(taker->trouble.kind, ERROR_RETRY);
    assert_non_null(strstr(taker->trouble.text, "looked for again every 30 s"));
    assert_int_equal(taker->well, 0);
    rd_kafka_mock_topic_set_error(mock.cluster, "late", RD_KAFKA_RESP_ERR_NO_ERROR);
    mock_kafka_fill(&mock, "late", 2, 0, 30, 100);
    mock_kafka_flush(&mock);
    run_until_total(taker, 60);
    assert_true(is_well(taker));
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

static void test_an_unreachable_broker_is_said_with_address_and_reason(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"nowhere", 0};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-nowhere", &topic);
    struct taker *taker = taker_new();
    options.brokers = "127.0.0.1:1";
    taker_start(taker, loop, &options);
    taker_run(loop, has_trouble, taker, "the trouble");
    assert_string_equal(taker->what, "broker 127.0.0.1:1");
    assert_int_equal(taker->trouble.kind, ERROR_RETRY);
    assert_non_null(strstr(taker->trouble.text, "Connection refused; tried again within 10 s; "));
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

static int start_cluster(void **state)
{
    (void)state;
    mock_kafka_start(&mock, 1, 100);
    return 0;
}

static int stop_cluster(void **state)
{
    (void)state;
    mock_kafka_stop(&mock);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_revoke_waits_for_the_release_and_nothing_is_lost_or_doubled),
        cmocka_unit_test(test_a_lost_assignment_is_told_and_the_group_is_joined_again),
        cmocka_unit_test(test_joining_again_gives_up_the_assignment_without_a_revoke),
        cmocka_unit_test(test_a_failed_commit_is_told_with_its_kind),
        cmocka_unit_test(test_closing_before_anything_was_assigned),
        cmocka_unit_test(test_giving_up_at_once_with_records_queued),
        cmocka_unit_test(test_a_missing_topic_is_said_and_waited_for),
        cmocka_unit_test(test_an_unreachable_broker_is_said_with_address_and_reason),
    };
    return parallel_run(tests, sizeof(tests) / sizeof(tests[0]), start_cluster, stop_cluster);
}
