/* visit: a look at a broker that moves nobody's partitions. */
#include "support/cmocka_all.h"

#include <string.h>

#include "kafka/visit.h"
#include "support/mock_kafka.h"

enum { WAIT_MS = 10000 };

static struct mock_kafka mock;

static struct consumer_options options_of(const struct consumer_topic *topic)
{
    return (struct consumer_options){.brokers = "never.used.invalid:1",
                                     .group = "look",
                                     .topics = topic,
                                     .topic_count = 1,
                                     .lane_count = 1};
}

static void test_what_is_there_is_found(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"there", 0};
    struct consumer_options options = options_of(&topic);
    struct error err = {0};
    int partitions = 0;
    int64_t offset = 0;
    mock_kafka_topic(&mock, "there", 3);
    mock_kafka_fill(&mock, "there", 3, 0, 10, 100);
    mock_kafka_flush(&mock);
    struct kafka_visit *visit = kafka_visit_open(&options, mock_kafka_brokers(&mock), WAIT_MS, &err);
    assert_non_null(visit);
    assert_string_equal(kafka_visit_broker(visit, 0), mock_kafka_brokers(&mock));
    assert_null(kafka_visit_broker(visit, 1));
    assert_int_equal(kafka_visit_topic(visit, "there", &partitions, &err), 0);
    assert_int_equal(partitions, 3);
    assert_int_equal(kafka_visit_group(visit, "there", &offset, &err), 0);
    assert_int_equal(offset, -1);
    kafka_visit_close(visit);
}

static void test_a_topic_that_may_not_be_read_is_an_error_of_its_own(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"hidden", 0};
    struct consumer_options options = options_of(&topic);
    struct error err = {0};
    int partitions = 0;
    mock_kafka_topic(&mock, "hidden", 1);
    rd_kafka_mock_topic_set_error(mock.cluster, "hidden", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    struct kafka_visit *visit = kafka_visit_open(&options, mock_kafka_brokers(&mock), WAIT_MS, &err);
    assert_non_null(visit);
    assert_int_equal(kafka_visit_topic(visit, "hidden", &partitions, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_non_null(strstr(err.text, "allow this user to read the topic"));
    kafka_visit_close(visit);
}

static void test_a_refused_connection_is_answered_at_once(void **state)
{
    (void)state;
    static const struct consumer_topic topic = {"any", 0};
    struct consumer_options options = options_of(&topic);
    struct error err = {0};
    assert_null(kafka_visit_open(&options, "127.0.0.1:1", WAIT_MS, &err));
    assert_int_equal(err.kind, ERROR_RETRY);
    assert_non_null(strstr(err.text, "Connection refused; nothing listens there"));
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
        cmocka_unit_test(test_what_is_there_is_found),
        cmocka_unit_test(test_a_topic_that_may_not_be_read_is_an_error_of_its_own),
        cmocka_unit_test(test_a_refused_connection_is_answered_at_once),
    };
    return cmocka_run_group_tests(tests, start_cluster, stop_cluster);
}
