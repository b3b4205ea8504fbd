/* kafka/lane and kafka/kafka_fault: what is given of what the library gives, and error codes as kinds. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "kafka/kafka_fault.h"
#include "kafka/lane.c"

struct heard {
    unsigned messages, ends, errors, backs;
    int64_t last;
    int64_t back_from, back_to;
    struct slice topic;
};

static void hear_message(void *arg, const struct message *message)
{
    struct heard *heard = arg;
    heard->messages++;
    heard->last = message->offset;
    heard->topic = message->topic;
}

static void hear_end(void *owner, const char *topic, int32_t partition, int64_t offset)
{
    struct heard *heard = owner;
    (void)topic;
    (void)partition;
    (void)offset;
    heard->ends++;
}

static void hear_error(void *owner, rd_kafka_resp_err_t code, const char *reason)
{
    struct heard *heard = owner;
    (void)code;
    (void)reason;
    heard->errors++;
}

static void hear_back(void *owner, const struct position *position, int64_t offset)
{
    struct heard *heard = owner;
    heard->backs++;
    heard->back_from = position->last;
    heard->back_to = offset;
}

/* A handle without brokers, for the topics that messages point to. */
struct rig {
    rd_kafka_t *rk;
    rd_kafka_topic_t *orders, *items;
    struct lane lane;
    struct position_table positions;
    struct heard heard;
    struct lane_reader reader;
};

static int rig_start(void **state)
{
    static struct rig rig;
    static const struct source_partition partitions[] = {{.topic = "orders", .partition = 1},
                                                         {.topic = "orders", .partition = 0},
                                                         {.topic = "items", .partition = 0}};
    char words[200];
    rig = (struct rig){.rk = rd_kafka_new(RD_KAFKA_CONSUMER, NULL, words, sizeof(words))};
    rig.orders = rd_kafka_topic_new(rig.rk, "orders", NULL);
    rig.items = rd_kafka_topic_new(rig.rk, "items", NULL);
    position_set(&rig.positions, partitions, 3);
    rig.reader = (struct lane_reader){.positions = &rig.positions,
                                      .on_message = hear_message,
                                      .arg = &rig.heard,
                                      .on_end = hear_end,
                                      .on_error = hear_error,
                                      .on_back = hear_back,
                                      .owner = &rig.heard};
    *state = &rig;
    return 0;
}

static int rig_stop(void **state)
{
    struct rig *rig = *state;
    position_clear(&rig->positions);
    rd_kafka_topic_destroy(rig->orders);
    rd_kafka_topic_destroy(rig->items);
    rd_kafka_destroy(rig->rk);
    return 0;
}

static bool give(struct rig *rig, rd_kafka_topic_t *topic, int32_t partition, int64_t offset,
                 rd_kafka_resp_err_t code)
{
    rd_kafka_message_t message = {.err = code, .rkt = topic, .partition = partition, .offset = offset};
    message.payload = code == RD_KAFKA_RESP_ERR_NO_ERROR ? NULL : (void *)(uintptr_t) "words";
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return lane_give(&rig->lane, &message, &rig->reader);
    struct position *position = lane_position(&rig->lane, &message, &rig->reader);
    return lane_is_next(position, offset, &rig->reader);
}

static void test_partitions_go_on_each_for_itself(void **state)
{
    struct rig *rig = *state;
    assert_true(give(rig, rig->orders, 0, 100, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_true(give(rig, rig->orders, 0, 105, RD_KAFKA_RESP_ERR_NO_ERROR)); /* a gap: compaction */
    assert_true(give(rig, rig->orders, 1, 7, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_true(give(rig, rig->items, 0, 0, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_true(give(rig, rig->orders, 0, 106, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_int_equal(rig->heard.backs, 0);
}

static void test_offsets_that_go_back_stop_the_lane(void **state)
{
    struct rig *rig = *state;
    assert_true(give(rig, rig->orders, 0, 100, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_false(give(rig, rig->orders, 0, 0, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_int_equal(rig->heard.backs, 1);
    assert_int_equal(rig->heard.back_from, 100);
    assert_int_equal(rig->heard.back_to, 0);
    assert_true(rig->reader.stopped);
    assert_false(give(rig, rig->orders, 0, 101, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_int_equal(rig->heard.backs, 1);
}

static void test_a_partition_of_another_assignment_is_left_out(void **state)
{
    struct rig *rig = *state;
    assert_false(give(rig, rig->items, 5, 0, RD_KAFKA_RESP_ERR_NO_ERROR));
    assert_false(give(rig, rig->items, 5, 9, RD_KAFKA_RESP_ERR__PARTITION_EOF));
    assert_int_equal(rig->heard.ends + rig->heard.backs, 0);
}

static void test_an_end_is_told_once_and_other_errors_always(void **state)
{
    struct rig *rig = *state;
    assert_false(give(rig, rig->items, 0, 9, RD_KAFKA_RESP_ERR__PARTITION_EOF));
    assert_false(give(rig, rig->items, 0, 19, RD_KAFKA_RESP_ERR__PARTITION_EOF));
    assert_int_equal(rig->heard.ends, 1);
    assert_false(give(rig, rig->items, 0, 0, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
    assert_false(give(rig, NULL, 0, 0, RD_KAFKA_RESP_ERR__FATAL));
    assert_int_equal(rig->heard.errors, 2);
}

static void assert_kind(rd_kafka_resp_err_t code, enum error_kind kind, const char *words)
{
    struct error err = {0};
    kafka_fault(&err, code, "10.0.0.1:9092: why");
    assert_int_equal(err.kind, kind);
    assert_non_null(strstr(err.text, "10.0.0.1:9092: why"));
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void test_codes_become_kinds_with_advice(void **state)
{
    struct error err = {0};
    (void)state;
    assert_kind(RD_KAFKA_RESP_ERR__AUTHENTICATION, ERROR_CONFIG, "sasl.password");
    assert_kind(RD_KAFKA_RESP_ERR__SSL, ERROR_CONFIG, "ssl.ca.location");
    assert_kind(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ERROR_CONFIG, "topic");
    assert_kind(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, ERROR_CONFIG, "group");
    assert_kind(RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, ERROR_CONFIG, "partition.assignment.strategy");
    assert_kind(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, ERROR_CONFIG, "auto.offset.reset");
    assert_kind(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ERROR_FATAL, "group.instance.id");
    assert_kind(RD_KAFKA_RESP_ERR__TRANSPORT, ERROR_RETRY, "tried again");
    assert_kind(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, ERROR_RETRY, "tried again");
    assert_kind(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, ERROR_RETRY, "tried again");
    assert_kind(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, ERROR_RETRY, "tried again");
    assert_kind(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, ERROR_RETRY, "tried again");
    assert_kind(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ERROR_RETRY, "create it");
    kafka_fault(&err, RD_KAFKA_RESP_ERR__TRANSPORT, NULL);
    assert_non_null(strstr(err.text, "Broker transport failure"));
}

static void test_a_failure_is_of_a_broker_a_topic_or_the_client(void **state)
{
    static const struct {
        rd_kafka_resp_err_t code;
        const char *reason, *what, *cause;
    } cases[] = {
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "10.0.0.1:9092/bootstrap: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after 0ms in "
         "state "
         "CONNECT, 1 identical error(s) suppressed)",
         "broker 10.0.0.1:9092", "Connection refused"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "ssl://kafka:9093/17: Connect to ipv4#10.0.0.1:9093 failed: No route to host (after 3ms in state "
         "CONNECT)",
         "broker kafka:9093", "Connect to ipv4#10.0.0.1:9093 failed: No route to host"},
        {RD_KAFKA_RESP_ERR__TRANSPORT,
         "GroupCoordinator: 10.0.0.1:9092: Disconnected (after 9ms in state UP)", "the group's coordinator",
         "10.0.0.1:9092: Disconnected"},
        {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
         "Subscribed topic not available: a.b: Broker: Unknown topic or partition", "topic a.b",
         "Unknown topic or partition"},
        {RD_KAFKA_RESP_ERR__TRANSPORT, "no/name: at all", "kafka", "no/name: at all"},
        {RD_KAFKA_RESP_ERR__TRANSPORT, "", "kafka", ""},
        {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "Subscribed topic not available: x", "kafka",
         "Subscribed topic not available: x"},
        {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, NULL, "kafka", "Not coordinator"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kafka_fault fault;
        char what[400];
        kafka_fault_read(&fault, cases[i].code, cases[i].reason);
        kafka_fault_name(fault.of, fault.name, what, sizeof(what));
        assert_string_equal(what, cases[i].what);
        assert_string_equal(fault.error.text, cases[i].cause);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_partitions_go_on_each_for_itself, rig_start, rig_stop),
        cmocka_unit_test_setup_teardown(test_offsets_that_go_back_stop_the_lane, rig_start, rig_stop),
        cmocka_unit_test_setup_teardown(test_a_partition_of_another_assignment_is_left_out, rig_start,
                                        rig_stop),
        cmocka_unit_test_setup_teardown(test_an_end_is_told_once_and_other_errors_always, rig_start,
                                        rig_stop),
        cmocka_unit_test(test_codes_become_kinds_with_advice),
        cmocka_unit_test(test_a_failure_is_of_a_broker_a_topic_or_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
