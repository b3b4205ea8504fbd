/* assignment: which partitions are ours. Eager assignors only: all of them come, and all of them go.
 *
 * On revoke the callback only tells: the unassign comes with source_release(), after the drain and the
 * commit, within max.poll.interval.ms (engineering.md 2.5). Until then the library keeps the partitions for
 * us, and pauses them. */
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "kafka/consumer_private.h"
#include "kafka/kafka_fault.h"

static int assignment_order(const void *a, const void *b)
{
    return strcmp(a, ((const struct consumer_topic *)b)->name);
}

static const struct consumer_topic *assignment_topic(const struct consumer *consumer, const char *name)
{
    return bsearch(name, consumer->topics, consumer->topic_count, sizeof(*consumer->topics),
                   assignment_order);
}

/* From now on messages of the partition go to the lane's queue, and never through the consumer queue. */
static void assignment_forward(struct consumer *consumer, const struct source_partition *partition)
{
    rd_kafka_queue_t *queue =
        check_memory(rd_kafka_queue_get_partition(consumer->rk, partition->topic, partition->partition));
    rd_kafka_queue_forward(queue, consumer->lanes[partition->lane].queue);
    rd_kafka_queue_destroy(queue);
}

/* What was not asked for is left out: another member's leader decides what we get. Answers the count. */
static size_t assignment_read(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    size_t count = 0;
    free(consumer->partitions);
    consumer->partitions = check_memory(calloc((size_t)list->cnt + 1, sizeof(*consumer->partitions)));
    for (int i = 0; i < list->cnt; i++) {
        const struct consumer_topic *topic = assignment_topic(consumer, list->elems[i].topic);
        if (topic == NULL)
            continue;
        consumer->partitions[count++] = (struct source_partition){
            .topic = topic->name, .partition = list->elems[i].partition, .lane = topic->lane, .offset = -1};
    }
    return count;
}

/* Waits for the library's main thread, which never waits for us or for the network. */
static void assignment_tell_library(struct consumer *consumer, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, consumer->partitions[i].topic,
                                          consumer->partitions[i].partition);
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        consumer_fault(consumer, code, NULL);
}

static void assignment_tell_library_none(struct consumer *consumer)
{
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->rk, NULL);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        consumer_fault(consumer, code, NULL);
}

/* A topic that was missing is there when partitions of it are. */
static void assignment_tell_topics(struct consumer *consumer, size_t count)
{
    for (size_t i = 0; i < count; i++)
        consumer_tell_trouble(consumer, KAFKA_FAULT_OF_TOPIC, consumer->partitions[i].topic, NULL);
}

static void assignment_take(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    size_t count = assignment_read(consumer, list);
    CHECK(consumer->assignment == ASSIGNMENT_NONE);
    for (size_t i = 0; i < count; i++)
        assignment_forward(consumer, &consumer->partitions[i]);
    for (uint32_t i = 0; i < consumer->lane_count; i++)
        lane_restart(&consumer->lanes[i]);
    position_set(&consumer->positions, consumer->partitions, count);
    consumer->assignment = ASSIGNMENT_HELD;
    consumer->went_back = false;
    assignment_tell_topics(consumer, count);
    consumer->events.on_assign(consumer->events.arg, consumer->partitions, count);
    assignment_tell_library(consumer, count);
    consumer_ring(consumer); /* a lane whose queue was not empty rings no more by itself */
}

/* What is queued is of no use to us any more, and its memory is. */
static void assignment_leave(struct consumer *consumer)
{
    consumer->assignment = ASSIGNMENT_NONE;
    assignment_tell_library_none(consumer);
    for (uint32_t i = 0; i < consumer->lane_count; i++)
        lane_discard(&consumer->lanes[i]);
}

static void assignment_revoke(struct consumer *consumer)
{
    if (consumer->assignment == ASSIGNMENT_HELD && !rd_kafka_assignment_lost(consumer->rk)) {
        consumer->assignment = ASSIGNMENT_REVOKED;
        consumer->events.on_revoke(consumer->events.arg);
        return;
    }
    bool told = consumer->assignment == ASSIGNMENT_NONE; /* rejoined */
    assignment_leave(consumer);
    if (!told)
        consumer->events.on_lost(consumer->events.arg);
}

void assignment_on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                             void *opaque)
{
    struct consumer *consumer = opaque;
    (void)rk;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !consumer->closing)
        assignment_take(consumer, list);
    else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        assignment_revoke(consumer);
    else
        assignment_tell_library_none(consumer);
}

void assignment_release(struct consumer *consumer)
{
    if (consumer->assignment == ASSIGNMENT_REVOKED)
        assignment_leave(consumer);
}

int assignment_subscribe(struct consumer *consumer, struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)consumer->topic_count);
    for (size_t i = 0; i < consumer->topic_count; i++)
        rd_kafka_topic_partition_list_add(list, consumer->topics[i].name, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    kafka_fault(err, code, NULL);
    return -1;
}

/* The library asks for the unassign by a revoke, which finds nothing of ours, and joins again after it. */
void assignment_rejoin(struct consumer *consumer)
{
    struct error err;
    if (consumer->closing)
        return;
    if (consumer->assignment == ASSIGNMENT_REVOKED) {
        assignment_leave(consumer);
        return;
    }
    consumer->assignment = ASSIGNMENT_NONE;
    rd_kafka_unsubscribe(consumer->rk);
    if (assignment_subscribe(consumer, &err) != 0)
        consumer->events.on_error(consumer->events.arg, &err);
}

void assignment_fini(struct consumer *consumer)
{
    position_clear(&consumer->positions);
    free(consumer->partitions);
}
