/* lane: rd_kafka_consume_batch_queue() without waiting. Sound with this library as long as nobody pauses
 * partitions and assignors are eager (engineering.md 2.3); bounded, because the queue is (kafka/conf.c). */
#include "kafka/lane.h"

#include <stdlib.h>

#include "base/check.h"

void lane_init(struct lane *lane, rd_kafka_t *rk)
{
    lane->queue = check_memory(rd_kafka_queue_new(rk));
}

void lane_fini(struct lane *lane)
{
    rd_kafka_queue_destroy(lane->queue); /* with what waits in it */
    free(lane->headers);
}

void lane_restart(struct lane *lane)
{
    lane->stretch_topic = NULL;
    lane->stretch = NULL;
    lane->ready = false;
}

/* Messages of one partition come in long stretches. */
static struct position *lane_position(struct lane *lane, const rd_kafka_message_t *from,
                                      const struct lane_reader *reader)
{
    if (from->rkt == lane->stretch_topic && from->partition == lane->stretch_partition)
        return lane->stretch;
    lane->stretch_topic = from->rkt;
    lane->stretch_partition = from->partition;
    lane->topic = slice_text(rd_kafka_topic_name(from->rkt));
    lane->stretch = position_find(reader->positions, lane->topic.at, from->partition);
    return lane->stretch;
}

static void lane_header_room(struct lane *lane, size_t count)
{
    if (count <= lane->header_room)
        return;
    lane->headers = check_memory(realloc(lane->headers, count * sizeof(*lane->headers)));
    lane->header_room = count;
}

static size_t lane_read_headers(struct lane *lane, const rd_kafka_message_t *from)
{
    rd_kafka_headers_t *headers = NULL;
    const char *name = NULL;
    const void *value = NULL;
    size_t bytes = 0;
    if (rd_kafka_message_headers(from, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    size_t count = rd_kafka_header_cnt(headers);
    lane_header_room(lane, count);
    for (size_t i = 0; i < count; i++) {
        CHECK(rd_kafka_header_get_all(headers, i, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR);
        lane->headers[i] = (struct message_header){slice_text(name), slice_of(value, bytes)};
    }
    return count;
}

static void lane_give_message(struct lane *lane, const rd_kafka_message_t *from, struct lane_reader *reader)
{
    rd_kafka_timestamp_type_t kind;
    struct message message = {.topic = lane->topic,
                              .partition = from->partition,
                              .offset = from->offset,
                              .timestamp_ms = rd_kafka_message_timestamp(from, &kind),
                              .key = slice_of(from->key, from->key_len),
                              .value = slice_of(from->payload, from->len)};
    if (reader->headers) {
        message.header_count = lane_read_headers(lane, from);
        message.headers = lane->headers;
    }
    reader->on_message(reader->arg, &message);
}

static void lane_give_error(const rd_kafka_message_t *from, struct position *position,
                            struct lane_reader *reader)
{
    if (from->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        reader->on_error(reader->owner, from->err, rd_kafka_message_errstr(from));
        return;
    }
    if (position == NULL || position->ended)
        return;
    position->ended = true;
    reader->on_end(reader->owner, position->topic, position->partition, from->offset);
}

/* Is the message the next one to give? Not when it is of another assignment, and not when offsets went back.
 */
static bool lane_is_next(struct position *position, int64_t offset, struct lane_reader *reader)
{
    if (position == NULL || reader->stopped)
        return false;
    if (offset <= position->last) {
        reader->stopped = true;
        reader->on_back(reader->owner, position, offset);
        return false;
    }
    position->last = offset;
    return true;
}

/* True when it was a message and was given. */
static bool lane_give(struct lane *lane, const rd_kafka_message_t *from, struct lane_reader *reader)
{
    struct position *position = from->rkt == NULL ? NULL : lane_position(lane, from, reader);
    if (from->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        lane_give_error(from, position, reader);
        return false;
    }
    if (!lane_is_next(position, from->offset, reader))
        return false;
    lane_give_message(lane, from, reader);
    return true;
}

static ssize_t lane_fill(struct lane *lane, uint32_t most)
{
    return rd_kafka_consume_batch_queue(lane->queue, 0, lane->batch, most < LANE_BATCH ? most : LANE_BATCH);
}

uint32_t lane_take(struct lane *lane, uint32_t most, struct lane_reader *reader)
{
    uint32_t given = 0;
    while (given < most && !reader->stopped) {
        ssize_t count = lane_fill(lane, most - given);
        if (count <= 0)
            break;
        size_t bytes = 0;
        for (ssize_t i = 0; i < count; i++) {
            bytes += lane->batch[i]->len + lane->batch[i]->key_len;
            given += lane_give(lane, lane->batch[i], reader);
            rd_kafka_message_destroy(lane->batch[i]);
        }
        wake_after_take(reader->wake, &lane->mark, (size_t)count, bytes, rd_kafka_queue_length(lane->queue));
    }
    return given;
}

void lane_discard(struct lane *lane)
{
    for (ssize_t count = lane_fill(lane, LANE_BATCH); count > 0; count = lane_fill(lane, LANE_BATCH)) {
        for (ssize_t i = 0; i < count; i++)
            rd_kafka_message_destroy(lane->batch[i]);
    }
    lane->mark = (struct wake_mark){0};
}
