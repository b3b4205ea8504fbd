/* consumer: reading, lanes, commits, ends and closing, against librdkafka's mock cluster on a real loop. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "support/mock_kafka.h"
#include "support/parallel.h"
#include "support/taker.h"

static struct mock_kafka mock;

/* The mock holds a group back for a session time-out less a second when its members change, and for 3 s at
 * first. */
static const struct consumer_property short_session[] = {{"session.timeout.ms", "4000", NULL},
                                                         {"heartbeat.interval.ms", "100", NULL}};

static const struct consumer_topic three_topics[] = {{"orders", 0}, {"items", 0}, {"events", 1}};

static struct consumer_options options_of(const char *group, const struct consumer_topic *topics,
                                          size_t count)
{
    return (struct consumer_options){.brokers = mock_kafka_brokers(&mock),
                                     .group = group,
                                     .topics = topics,
                                     .topic_count = count,
                                     .lane_count = 2,
                                     .properties = short_session,
                                     .property_count = 2};
}

static struct taker *taker_new(void)
{
    struct taker *taker = calloc(1, sizeof(*taker));
    assert_non_null(taker);
    return taker;
}

/* --- everything arrives, in its lane, in order, and a new member goes on where the last one committed --- */

struct wanted {
    struct taker *taker;
    uint64_t total;
};

static bool has_total(void *arg)
{
    const struct wanted *wanted = arg;
    return wanted->taker->total >= wanted->total;
}

static bool has_commit(void *arg)
{
    const struct taker *taker = arg;
    return taker->commits > 0;
}

static void run_until_total(struct taker *taker, uint64_t total)
{
    struct wanted wanted = {taker, total};
    taker_run(taker->loop, has_total, &wanted, "all records");
    assert_int_equal(taker->total, total);
}

static void test_all_topics_arrive_and_a_new_member_goes_on_at_the_commit(void **state)
{
    (void)state;
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-all", three_topics, 3);
    mock_kafka_topic(&mock, "orders", 4);
    mock_kafka_topic(&mock, "items", 1);
    mock_kafka_topic(&mock, "events", 3);
    mock_kafka_fill(&mock, "orders", 4, 0, 1500, 100);
    mock_kafka_fill(&mock, "items", 1, 0, 700, 100);
    mock_kafka_fill(&mock, "events", 3, 0, 900, 100);
    mock_kafka_flush(&mock);

    struct taker *first = taker_new();
    taker_start(first, loop, &options);
    run_until_total(first, 4 * 1500 + 700 + 3 * 900);
    assert_int_equal(first->given[0], 4 * 1500 + 700);
    assert_int_equal(first->given[1], 3 * 900);
    assert_int_equal(first->partition_count, 8);
    taker_commit(first);
    taker_run(loop, has_commit, first, "the answer to the commit");
    assert_int_equal(first->committed.kind, ERROR_NONE);
    taker_close(first);
    assert_int_equal(first->revokes, 1);

    mock_kafka_fill(&mock, "orders", 4, 1500, 10, 100);
    mock_kafka_flush(&mock);
    struct taker *second = taker_new();
    taker_start(second, loop, &options);
    run_until_total(second, 40);
    assert_int_equal(taker_find(second, "orders", 3)->next, 1510);
    assert_int_equal(taker_find(second, "orders", 3)->given, 10);
    taker_close(second);
    free(first);
    free(second);
    loop_destroy(loop);
}

/* --- what a message holds --- */

struct seen {
    unsigned count;
    bool null_key[4], null_value[4];
    char key[4][8], value[4][8], header[4][32];
    size_t header_count[4];
    int64_t timestamp_ms[4];
};

static void see(void *arg, const struct message *message)
{
    struct seen *seen = arg;
    unsigned i = seen->count++;
    assert_true(i < 4);
    seen->null_key[i] = message->key.at == NULL;
    seen->null_value[i] = message->value.at == NULL;
    snprintf(seen->key[i], 8, "%.*s", SLICE_ARG(message->key));
    snprintf(seen->value[i], 8, "%.*s", SLICE_ARG(message->value));
    seen->header_count[i] = message->header_count;
    seen->timestamp_ms[i] = message->timestamp_ms;
    for (size_t h = 0; h < message->header_count; h++) {
        size_t len = strlen(seen->header[i]);
        snprintf(seen->header[i] + len, 32 - len, "%.*s=%.*s;", SLICE_ARG(message->headers[h].name),
                 message->headers[h].value.at == NULL ? 4 : (int)message->headers[h].value.len,
                 message->headers[h].value.at == NULL ? "null" : message->headers[h].value.at);
    }
}

static void test_keys_values_headers_and_nulls_come_as_they_were_sent(void **state)
{
    (void)state;
    static const struct consumer_topic topic[] = {{"shapes", 0}};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-shapes", topic, 1);
    options.headers = true;
    struct seen seen = {0};
    rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
    rd_kafka_header_add(headers, "a", -1, "1", 1);
    rd_kafka_header_add(headers, "a", -1, NULL, 0);
    rd_kafka_header_add(headers, "empty", -1, "", 0);
    mock_kafka_topic(&mock, "shapes", 1);
    mock_kafka_produce(&mock, "shapes", 0, SLICE("k"), SLICE("v"), headers);
    mock_kafka_produce(&mock, "shapes", 0, SLICE(""), SLICE(""), NULL);
    mock_kafka_produce(&mock, "shapes", 0, (struct slice){0}, SLICE("v"), NULL);
    mock_kafka_produce(&mock, "shapes", 0, SLICE("gone"), (struct slice){0}, NULL);
    mock_kafka_flush(&mock);
    rd_kafka_headers_destroy(headers);

    struct taker *taker = taker_new();
    taker->on_message = see;
    taker->arg = &seen;
    taker_start(taker, loop, &options);
    run_until_total(taker, 4);
    assert_string_equal(seen.key[0], "k");
    assert_string_equal(seen.value[0], "v");
    assert_string_equal(seen.header[0], "a=1;a=null;empty=;");
    assert_int_equal(seen.header_count[0], 3);
    assert_true(seen.timestamp_ms[0] > 1600000000000);
    assert_false(seen.null_key[1] || seen.null_value[1]);
    assert_string_equal(seen.key[1], "");
    assert_int_equal(seen.header_count[1], 0);
    assert_true(seen.null_key[2]);
    assert_string_equal(seen.key[3], "gone");
    assert_true(seen.null_value[3]);
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

/* --- a lane that is not taken from --- */

static const struct consumer_topic fast_and_slow[] = {{"fast", 0}, {"slow", 1}};
enum { WIDE = 20000, WIDE_COUNT = 200 }; /* WIDE_COUNT a partition: the mock keeps 5 MB of each */

/* In records: the queue's own limit, half of 4 MB; one fetch answer that was on its way, ten records a
 * partition from the mock; and marks of the library without bytes, up to nine seen. */
enum { SLOW_MOST = (2 << 20) / WIDE + 3 * 10 + 16 };

static bool fast_is_done_and_slow_is_full(void *arg)
{
    const struct taker *taker = arg;
    return taker->given[0] == 2 * WIDE_COUNT && consumer_queued(taker->source, 1) * WIDE >= 2 << 20;
}

static void test_a_blocked_lane_stops_no_other_and_holds_little(void **state)
{
    (void)state;
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-slow", fast_and_slow, 2);
    mock_kafka_topic(&mock, "fast", 2);
    mock_kafka_topic(&mock, "slow", 3);
    mock_kafka_fill(&mock, "slow", 3, 0, WIDE_COUNT, WIDE);
    mock_kafka_fill(&mock, "fast", 2, 0, WIDE_COUNT, WIDE);
    mock_kafka_flush(&mock);

    struct taker *taker = taker_new();
    taker->blocked[1] = true;
    taker_start(taker, loop, &options);
    taker_run(loop, fast_is_done_and_slow_is_full, taker,
              "all of the fast lane and a full queue of the slow one");
    assert_int_equal(taker->given[1], 0);
    assert_in_range(consumer_queued(taker->source, 1), 1, SLOW_MOST);
    taker->blocked[1] = false;
    taker_take(taker);
    run_until_total(taker, 5 * WIDE_COUNT);
    taker_close(taker);
    free(taker);
    loop_destroy(loop);
}

/* --- the end of what there is, told once a partition, empty ones too --- */

static bool has_five_ends(void *arg)
{
    const struct taker *taker = arg;
    return taker->ends >= 5;
}

static bool has_ten_more(void *arg)
{
    const struct taker *taker = arg;
    return taker->total >= 310;
}

static void test_the_end_of_every_partition_is_told_once(void **state)
{
    (void)state;
    static const struct consumer_topic topics[] = {{"ending", 0}, {"empty", 1}};
    struct loop *loop = loop_create();
    struct consumer_options options = options_of("connect-ends", topics, 2);
    options.tell_ends = true;
    mock_kafka_topic(&mock, "ending", 3);
    mock_kafka_topic(&mock, "empty", 2);
    mock_kafka_fill(&mock, "ending", 3, 0, 100, 50);
    mock_kafka_flush(&mock);
    struct taker *taker = taker_new();
    taker_start(taker, loop, &options);
    taker_run(loop, has_five_ends, taker, "the ends");
    assert_int_equal(taker->total, 300);
    mock_kafka_fill(&mock, "ending", 1, 100, 10, 50);
    mock_kafka_flush(&mock);
    taker_run(loop, has_ten_more, taker, "ten more");
    taker_close(taker);
    assert_int_equal(taker->ends, 5);
    free(taker);
    loop_destroy(loop);
}

static int start_cluster(void **state)
{
    (void)state;
    mock_kafka_start(&mock, 1, 10);
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
        cmocka_unit_test(test_all_topics_arrive_and_a_new_member_goes_on_at_the_commit),
        cmocka_unit_test(test_keys_values_headers_and_nulls_come_as_they_were_sent),
        cmocka_unit_test(test_a_blocked_lane_stops_no_other_and_holds_little),
        cmocka_unit_test(test_the_end_of_every_partition_is_told_once),
    };
    return parallel_run(tests, sizeof(tests) / sizeof(tests[0]), start_cluster, stop_cluster);
}
