/* consumer: one librdkafka handle. Its threads ring one wakeup for all queues; a pass then serves the
 * consumer queue, which carries events only, and tells which lanes have messages.
 *
 * Eager assignors only: with cooperative ones librdkafka before 2.1 skips records. Partitions are never
 * paused by us. */
#include "kafka/consumer.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "kafka/conf.h"
#include "kafka/consumer_private.h"
#include "kafka/handle.h"
#include "kafka/kafka_fault.h"
#include "loop/loop.h"
#include "loop/wakeup.h"

enum {
    SERVE_EVERY_MS =
        1000, /* an idle topic rings nothing, and max.poll.interval.ms counts from the last pass */
    DESTROY_MOST_S = 5
};

static struct consumer *consumer_of(struct source *source)
{
    return (struct consumer *)source;
}

static void consumer_on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct consumer *consumer = opaque;
    struct error err = {.kind = ERROR_NONE};
    (void)rk;
    for (int i = 0; list != NULL && i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
        code = list->elems[i].err;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        kafka_fault(&err, code, NULL);
    consumer->committing = false;
    consumer->events.on_committed(consumer->events.arg, &err);
}

/* --- the pass --- */

void consumer_ring(struct consumer *consumer)
{
    loop_wakeup_ring(consumer->wakeup);
}

static void consumer_tell_ready(struct consumer *consumer)
{
    for (uint32_t i = 0; i < consumer->lane_count && consumer->assignment == ASSIGNMENT_HELD; i++) {
        struct lane *lane = &consumer->lanes[i];
        if (lane->ready || rd_kafka_queue_length(lane->queue) == 0)
            continue;
        lane->ready = true;
        consumer->events.on_ready(consumer->events.arg, i);
    }
}

static void consumer_mend_position(struct consumer *consumer)
{
    consumer->went_back = false;
    if (consumer->assignment != ASSIGNMENT_HELD)
        return;
    assignment_rejoin(consumer);
    consumer->events.on_lost(consumer->events.arg);
}

static void consumer_tell_closed(struct consumer *consumer)
{
    if (!consumer->closing || consumer->closed_told)
        return;
    if (!consumer->closed && !rd_kafka_consumer_closed(consumer->rk))
        return;
    consumer->closed_told = true;
    clock_stop(loop_clock(consumer->loop), &consumer->serve);
    consumer->events.on_closed(consumer->events.arg);
}

static void consumer_pass(struct consumer *consumer)
{
    rd_kafka_queue_poll_callback(consumer->queue, 0);
    rd_kafka_queue_poll_callback(consumer->close_queue, 0);
    peers_pass(&consumer->peers, loop_clock(consumer->loop)->now_ms);
    if (consumer->went_back)
        consumer_mend_position(consumer);
    consumer_tell_ready(consumer);
    consumer_tell_closed(consumer);
}

static void consumer_on_ring(void *arg)
{
    consumer_pass(arg);
}

static void consumer_on_time(void *arg, struct clock_timer *timer)
{
    struct consumer *consumer = arg;
    clock_start(loop_clock(consumer->loop), timer, SERVE_EVERY_MS);
    consumer_pass(consumer);
}

/* --- what the source's user asks for --- */

static void consumer_on_lane_end(void *owner, const char *topic, int32_t partition, int64_t offset)
{
    struct consumer *consumer = owner;
    consumer->events.on_end(consumer->events.arg, topic, partition, offset);
}

static void consumer_on_lane_error(void *owner, rd_kafka_resp_err_t code, const char *reason)
{
    consumer_fault(owner, code, reason);
}

/* The topic was made anew, or cut off behind an unclean election. A new assignment has no memory of offsets.
 */
static void consumer_on_back(void *owner, const struct position *position, int64_t offset)
{
    struct consumer *consumer = owner;
    struct error err;
    error_set(&err, ERROR_RETRY,
              "kafka: offsets went back: topic=%s partition=%d from=%lld to=%lld: was the topic made anew? "
              "The group is "
              "joined again",
              position->topic, position->partition, (long long)position->last, (long long)offset);
    consumer->went_back = true;
    consumer_ring(consumer);
    consumer->events.on_error(consumer->events.arg, &err);
}

static uint32_t consumer_take(struct source *source, uint32_t number, uint32_t most,
                              source_message_fn *on_message, void *arg)
{
    struct consumer *consumer = consumer_of(source);
    CHECK(number < consumer->lane_count);
    struct lane *lane = &consumer->lanes[number];
    struct lane_reader reader = {.positions = &consumer->positions,
                                 .wake = &consumer->wake,
                                 .on_message = on_message,
                                 .arg = arg,
                                 .on_end = consumer_on_lane_end,
                                 .on_error = consumer_on_lane_error,
                                 .on_back = consumer_on_back,
                                 .owner = consumer,
                                 .headers = consumer->headers};
    uint32_t given = 0;
    if (consumer->assignment == ASSIGNMENT_HELD && !consumer->went_back)
        given = lane_take(lane, most, &reader);
    lane->ready = given > 0;
    return given;
}

static int consumer_commit(struct source *source, const struct source_partition *partitions, size_t count,
                           struct error *err)
{
    struct consumer *consumer = consumer_of(source);
    CHECK(!consumer->committing);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, partitions[i].topic, partitions[i].partition)->offset =
            partitions[i].offset;
    rd_kafka_resp_err_t code =
        rd_kafka_commit_queue(consumer->rk, list, consumer->queue, consumer_on_commit, consumer);
    rd_kafka_topic_partition_list_destroy(list);
    consumer->committing = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (consumer->committing)
        return 0;
    kafka_fault(err, code, NULL);
    return -1;
}

static void consumer_release(struct source *source)
{
    assignment_release(consumer_of(source));
}

static void consumer_rejoin(struct source *source)
{
    assignment_rejoin(consumer_of(source));
}

/* After a fatal error the library refuses to close: there is nothing to leave then. */
static void consumer_close(struct source *source)
{
    struct consumer *consumer = consumer_of(source);
    if (consumer->closing)
        return;
    consumer->closing = true;
    rd_kafka_error_t *error = rd_kafka_consumer_close_queue(consumer->rk, consumer->close_queue);
    if (error != NULL) {
        log_debug("kafka: close: %s", rd_kafka_error_string(error));
        rd_kafka_error_destroy(error);
        consumer->closed = true;
    }
    consumer_ring(consumer);
}

/* What the library remembers of the brokers' answers: no question is asked. */
static uint64_t consumer_lag(const struct source *source)
{
    const struct consumer *consumer = (const struct consumer *)source;
    uint64_t lag = 0;
    for (size_t i = 0; i < consumer->positions.count; i++) {
        const struct position *position = &consumer->positions.items[i];
        int64_t low = 0, high = 0;
        if (position->last >= 0 &&
            rd_kafka_get_watermark_offsets(consumer->rk, position->topic, position->partition, &low, &high) ==
                RD_KAFKA_RESP_ERR_NO_ERROR &&
            high > position->last + 1)
            lag += (uint64_t)(high - position->last - 1);
    }
    return lag;
}

static const struct source_class consumer_class = {.take = consumer_take,
                                                   .commit = consumer_commit,
                                                   .release = consumer_release,
                                                   .rejoin = consumer_rejoin,
                                                   .close = consumer_close,
                                                   .lag = consumer_lag};

/* --- life --- */

static int consumer_topic_order(const void *a, const void *b)
{
    return strcmp(((const struct consumer_topic *)a)->name, ((const struct consumer_topic *)b)->name);
}

static void consumer_copy_topics(struct consumer *consumer, const struct consumer_options *options)
{
    arena_init(&consumer->names, 1024);
    consumer->topic_count = options->topic_count;
    consumer->topics = check_memory(calloc(options->topic_count, sizeof(*consumer->topics)));
    for (size_t i = 0; i < options->topic_count; i++) {
        consumer->topics[i].name = arena_copy(&consumer->names, slice_text(options->topics[i].name)).at;
        consumer->topics[i].lane = options->topics[i].lane;
    }
    qsort(consumer->topics, consumer->topic_count, sizeof(*consumer->topics), consumer_topic_order);
}

static void consumer_free(struct consumer *consumer)
{
    arena_fini(&consumer->names);
    free(consumer->topics);
    free(consumer->lanes);
    assignment_fini(consumer);
    wake_fini(&consumer->wake);
    peers_fini(&consumer->peers);
    free(consumer);
}

/* Given the configuration; takes it in any case. */
static int consumer_open(struct consumer *consumer, rd_kafka_conf_t *conf, struct error *err)
{
    char words[300];
    rd_kafka_conf_set_opaque(conf, consumer);
    rd_kafka_conf_set_rebalance_cb(conf, assignment_on_rebalance);
    consumer_hear(consumer, conf);
    consumer->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof(words));
    if (consumer->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERROR_CONFIG, "kafka: %s", words);
    }
    rd_kafka_poll_set_consumer(consumer->rk);
    wake_start(&consumer->wake, consumer->rk);
    return 0;
}

static void consumer_listen(struct consumer *consumer, rd_kafka_queue_t *queue)
{
    rd_kafka_queue_io_event_enable(queue, loop_wakeup_fd(consumer->wakeup), &loop_wakeup_bytes,
                                   sizeof(loop_wakeup_bytes));
}

static void consumer_open_queues(struct consumer *consumer)
{
    consumer->queue = check_memory(rd_kafka_queue_get_consumer(consumer->rk));
    consumer->close_queue = check_memory(rd_kafka_queue_new(consumer->rk));
    consumer_listen(consumer, consumer->queue);
    consumer_listen(consumer, consumer->close_queue);
    for (uint32_t i = 0; i < consumer->lane_count; i++) {
        lane_init(&consumer->lanes[i], consumer->rk);
        consumer_listen(consumer, consumer->lanes[i].queue);
    }
    consumer_ring(consumer); /* a queue that was not empty before rings no more */
}

static struct consumer *consumer_new(struct loop *loop, const struct consumer_options *options,
                                     const struct source_events *events)
{
    struct consumer *consumer = check_memory(calloc(1, sizeof(*consumer)));
    consumer->source.class = &consumer_class;
    consumer->events = *events;
    consumer->loop = loop;
    consumer->lane_count = options->lane_count;
    consumer->lanes = check_memory(calloc(options->lane_count, sizeof(*consumer->lanes)));
    consumer->headers = options->headers;
    consumer->tell_ends = options->tell_ends;
    consumer_copy_topics(consumer, options);
    clock_timer_init(&consumer->serve, consumer_on_time, consumer);
    return consumer;
}

static bool consumer_destroy_handle(struct consumer *consumer)
{
    int flags = rd_kafka_consumer_closed(consumer->rk) ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE;
    return handle_destroy(consumer->rk, flags);
}

static void consumer_end(struct consumer *consumer)
{
    if (consumer_destroy_handle(consumer))
        consumer_free(consumer);
}

struct source *consumer_create(struct loop *loop, const struct consumer_options *options,
                               const struct source_events *events, struct error *err)
{
    rd_kafka_conf_t *conf = conf_create(options, err);
    if (conf == NULL)
        return NULL;
    struct consumer *consumer = consumer_new(loop, options, events);
    wake_init(&consumer->wake, conf);
    if (consumer_open(consumer, conf, err) != 0) {
        consumer_free(consumer);
        return NULL;
    }
    consumer->wakeup = loop_wakeup_create(loop, consumer_on_ring, consumer, err);
    if (consumer->wakeup == NULL) {
        consumer_end(consumer);
        return NULL;
    }
    consumer_open_queues(consumer);
    clock_start(loop_clock(loop), &consumer->serve, SERVE_EVERY_MS);
    if (assignment_subscribe(consumer, err) == 0)
        return &consumer->source;
    consumer_destroy(&consumer->source);
    return NULL;
}

static void consumer_deafen(struct consumer *consumer)
{
    rd_kafka_queue_io_event_enable(consumer->queue, -1, NULL, 0);
    rd_kafka_queue_io_event_enable(consumer->close_queue, -1, NULL, 0);
    for (uint32_t i = 0; i < consumer->lane_count; i++)
        rd_kafka_queue_io_event_enable(consumer->lanes[i].queue, -1, NULL, 0);
}

void consumer_destroy(struct source *source)
{
    struct consumer *consumer = consumer_of(source);
    clock_stop(loop_clock(consumer->loop), &consumer->serve);
    consumer_deafen(
        consumer); /* before the wakeup goes: the threads would write into whatever gets its number */
    loop_wakeup_destroy(consumer->wakeup);
    for (uint32_t i = 0; i < consumer->lane_count; i++)
        lane_fini(&consumer->lanes[i]);
    rd_kafka_queue_destroy(consumer->close_queue);
    rd_kafka_queue_destroy(consumer->queue);
    consumer_end(consumer);
}

int consumer_check(const struct consumer_options *options, struct error *err)
{
    rd_kafka_conf_t *conf = conf_create(options, err);
    if (conf == NULL)
        return -1;
    rd_kafka_conf_destroy(conf);
    return 0;
}

size_t consumer_queued(struct source *source, uint32_t lane)
{
    return rd_kafka_queue_length(consumer_of(source)->lanes[lane].queue);
}
