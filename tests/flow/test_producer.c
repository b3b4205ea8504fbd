/* producer: the error topic on a real loop, against librdkafka's mock cluster: confirmed, refused, cut off,
 * too large. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/producer.h"
#include "loop/loop.h"
#include "support/mock_kafka.h"
#include "support/taker.h"

enum { PRODUCE_KEY = 0, RECORDS = 50 };

static struct mock_kafka mock;

struct story {
    struct loop *loop;
    struct aside *aside;
    struct aside_record records[RECORDS];
    unsigned confirmed, given_up, troubles, wells;
    struct error trouble; /* the last */
};

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
    story->troubles += err != NULL;
    story->wells += err == NULL;
    if (err != NULL)
        story->trouble = *err;
}

static void story_begin(struct story *story, const char *topic)
{
    static const struct consumer_property quick[] = {{"retry.backoff.ms", "20", NULL},
                                                     {"reconnect.backoff.ms", "20", NULL},
                                                     {"reconnect.backoff.max.ms", "50", NULL},
                                                     {"topic.metadata.propagation.max.ms", "200", NULL},
                                                     {"topic.metadata.refresh.interval.ms", "50", NULL},
                                                     {"acks", "0", NULL}}; /* in vain */
    struct error err;
    *story = (struct story){.loop = loop_create()};
    struct producer_options options = {.brokers = mock_kafka_brokers(&mock),
                                       .topic = topic,
                                       .pipeline = "pipe",
                                       .properties = quick,
                                       .property_count = sizeof(quick) / sizeof(quick[0])};
    story->aside = producer_create(story->loop, &options, &err);
    assert_non_null(story->aside);
    story->aside->events = (struct aside_events){story, on_done, on_trouble};
}

static void story_end(struct story *story)
{
    producer_destroy(story->aside);
    loop_destroy(story->loop);
}

static void put(struct story *story, size_t count, struct slice value)
{
    for (size_t i = 0; i < count; i++) {
        story->records[i] = (struct aside_record){
            .message = {.topic = SLICE("from"), .offset = (int64_t)i, .timestamp_ms = -1, .value = value},
            .why = SLICE("bad"),
            .stage = "map"};
        assert_true(aside_put(story->aside, &story->records[i]) >= value.len);
    }
    assert_int_equal(story->confirmed, 0); /* never from inside the call */
}

static bool all_confirmed(void *arg)
{
    const struct story *story = arg;
    return story->confirmed == RECORDS;
}

static bool has_trouble(void *arg)
{
    const struct story *story = arg;
    return story->troubles > 0;
}

static bool is_well(void *arg)
{
    const struct story *story = arg;
    return story->wells > 0;
}

static void test_records_are_confirmed_and_counted_once(void **state)
{
    (void)state;
    struct story story;
    mock_kafka_topic(&mock, "errors", 3);
    story_begin(&story, "errors");
    put(&story, RECORDS, SLICE("v"));
    taker_run(story.loop, all_confirmed, &story, "the confirmations");
    assert_int_equal(story.given_up + story.troubles + story.wells, 0);
    story_end(&story);
}

static void test_a_refusal_is_said_and_tried_again_until_it_is_over(void **state)
{
    (void)state;
    struct story story;
    mock_kafka_topic(&mock, "refused", 1);
    story_begin(&story, "refused");
    rd_kafka_mock_push_request_errors(mock.cluster, PRODUCE_KEY, 2,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    put(&story, RECORDS, SLICE("v"));
    taker_run(story.loop, all_confirmed, &story, "the confirmations");
    taker_run(story.loop, is_well, &story, "the end of the trouble");
    assert_int_equal(story.trouble.kind, ERROR_RETRY);
    assert_non_null(strstr(story.trouble.text, "allow this user to write"));
    story_end(&story);
}

/* Only the record that does not fit is made smaller, and as often as it takes. */
static void test_what_the_topic_finds_too_large_is_made_smaller(void **state)
{
    (void)state;
    struct story story;
    mock_kafka_topic(&mock, "small", 1);
    story_begin(&story, "small");
    rd_kafka_mock_push_request_errors(mock.cluster, PRODUCE_KEY, 2, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                                      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    static char large[900000];
    put(&story, 1, slice_of(large, sizeof(large)));
    story.confirmed = RECORDS - 1;
    taker_run(story.loop, all_confirmed, &story, "the confirmation");
    assert_in_range(story.records[0].room, 249000, 251000);
    assert_int_equal(story.troubles, 0);
    story_end(&story);
}

static void test_a_broker_that_is_down_is_waited_for_without_limit_and_can_be_left(void **state)
{
    (void)state;
    struct story story;
    mock_kafka_topic(&mock, "down", 1);
    rd_kafka_mock_broker_set_down(mock.cluster, 1);
    story_begin(&story, "down");
    put(&story, RECORDS, SLICE("v"));
    taker_run(story.loop, has_trouble, &story, "the trouble");
    assert_int_equal(story.confirmed + story.given_up, 0);
    aside_cut(story.aside);
    assert_int_equal(aside_in_flight(story.aside), 0);
    rd_kafka_mock_broker_set_up(mock.cluster, 1);
    taker_run(story.loop, all_confirmed, &story, "what could not be called back");
    story_end(&story);
    rd_kafka_mock_broker_set_down(mock.cluster, 1);
    story_begin(&story, "down");
    put(&story, RECORDS, SLICE("v"));
    story_end(&story); /* without an answer */
    rd_kafka_mock_broker_set_up(mock.cluster, 1);
}

static int start(void **state)
{
    (void)state;
    mock_kafka_start(&mock, 1, 100);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    mock_kafka_stop(&mock);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_are_confirmed_and_counted_once),
        cmocka_unit_test(test_a_refusal_is_said_and_tried_again_until_it_is_over),
        cmocka_unit_test(test_what_the_topic_finds_too_large_is_made_smaller),
        cmocka_unit_test(test_a_broker_that_is_down_is_waited_for_without_limit_and_can_be_left),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
