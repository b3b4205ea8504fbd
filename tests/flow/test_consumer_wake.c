/* wake: librdkafka 2.0.2 sleeps a second whenever its queue was found full (engineering.md 2.2). The queue is
 * made small here, so that it is full all the time: without wake-ups every case below shows ten to twenty
 * such sleeps, with them none. Sleeps are counted, not the time in all: a slow machine has no more of them.
 */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "support/mock_kafka.h"
#include "support/parallel.h"
#include "support/taker.h"

enum { PARTITIONS = 8, SLEEP_MS = 900, SLEEPS_MOST = 3 };

struct stalls {
    struct taker taker;
    struct clock *clock;
    struct clock_timer turn;
    uint32_t most;   /* of one turn */
    int64_t last_ms; /* when the last record came; 0: none yet */
    unsigned count;
    uint64_t total;
};

static void look_for_a_sleep(void *arg, const struct message *message)
{
    struct stalls *stalls = arg;
    (void)message;
    if (stalls->last_ms != 0 && stalls->clock->now_ms - stalls->last_ms >= SLEEP_MS)
        stalls->count++;
    stalls->last_ms = stalls->clock->now_ms;
}

static void take_some(void *arg, struct clock_timer *timer)
{
    struct stalls *stalls = arg;
    taker_take_some(&stalls->taker, 0, stalls->most);
    clock_start(stalls->clock, timer, 1);
}

static bool has_all(void *arg)
{
    const struct stalls *stalls = arg;
    return stalls->taker.total >= stalls->total;
}

static void read_without_sleeps(size_t bytes, int count, int batch_records, uint32_t most)
{
    static const struct consumer_topic topic = {"stall", 0};
    static const struct consumer_property small_queue[] = {{"queued.min.messages", "500", NULL},
                                                           {"queued.max.messages.kbytes", "1024", NULL}};
    struct mock_kafka mock;
    struct loop *loop = loop_create();
    struct stalls *stalls = calloc(1, sizeof(*stalls));
    assert_non_null(stalls);
    mock_kafka_start(&mock, 1, batch_records);
    mock_kafka_topic(&mock, "stall", PARTITIONS);
    mock_kafka_fill(&mock, "stall", PARTITIONS, 0, count, bytes);
    mock_kafka_flush(&mock);
    struct consumer_options options = {.brokers = mock_kafka_brokers(&mock),
                                       .group = "connect-stall",
                                       .topics = &topic,
                                       .topic_count = 1,
                                       .lane_count = 1,
                                       .properties = small_queue,
                                       .property_count = 2};
    stalls->clock = loop_clock(loop);
    stalls->total = (uint64_t)count * PARTITIONS;
    stalls->taker.on_message = look_for_a_sleep;
    stalls->taker.arg = stalls;
    stalls->taker.blocked[0] = true;
    stalls->most = most;
    clock_timer_init(&stalls->turn, take_some, stalls);
    taker_start(&stalls->taker, loop, &options);
    clock_start(stalls->clock, &stalls->turn, 1);
    taker_run(loop, has_all, stalls, "all records");
    printf("%zu bytes: %u sleeps over %llu records\n", bytes, stalls->count,
           (unsigned long long)stalls->total);
    assert_true(stalls->count <= SLEEPS_MOST);
    clock_stop(stalls->clock, &stalls->turn);
    taker_close(&stalls->taker);
    free(stalls);
    loop_destroy(loop);
    mock_kafka_stop(&mock);
}

static void test_no_sleep_with_records_of_150_bytes(void **state)
{
    (void)state;
    read_without_sleeps(150, 2000, 50, 200);
}

static void test_no_sleep_with_records_of_1500_bytes(void **state)
{
    (void)state;
    read_without_sleeps(1500, 2000, 50, 100);
}

static void test_no_sleep_with_records_of_20_kilobytes(void **state)
{
    (void)state;
    read_without_sleeps(20000, 200, 10, 10);
}

static void test_no_sleep_with_records_of_200_kilobytes(void **state)
{
    (void)state;
    read_without_sleeps(200000, 24, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_sleep_with_records_of_150_bytes),
        cmocka_unit_test(test_no_sleep_with_records_of_1500_bytes),
        cmocka_unit_test(test_no_sleep_with_records_of_20_kilobytes),
        cmocka_unit_test(test_no_sleep_with_records_of_200_kilobytes),
    };
    return parallel_run(tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL);
}
