/* lane: the message queue of one table: the partitions of its topics are forwarded to it, so that it is read
 * alone and only when the table has room. */
#ifndef KAFKA_LANE_H
#define KAFKA_LANE_H

#include <librdkafka/rdkafka.h>

#include "kafka/position.h"
#include "kafka/wake.h"

enum { LANE_BATCH = 200 };

struct lane {
    rd_kafka_queue_t *queue;
    struct wake_mark mark;
    bool ready;                      /* on_ready was told, and no take has found it empty since */
    rd_kafka_topic_t *stretch_topic; /* of the last message: compared only, never looked into */
    int32_t stretch_partition;
    struct position *stretch; /* NULL: unknown */
    struct slice topic;
    struct message_header *headers;
    size_t header_room;
    rd_kafka_message_t *batch[LANE_BATCH];
};

/* Who takes, and who hears of what is no message. */
struct lane_reader {
    const struct position_table *positions;
    struct wake *wake;
    source_message_fn *on_message;
    void *arg;
    void (*on_end)(void *owner, const char *topic, int32_t partition, int64_t offset); /* once a partition */
    void (*on_error)(void *owner, rd_kafka_resp_err_t code, const char *reason);
    void (*on_back)(void *owner, const struct position *position,
                    int64_t offset); /* nothing is given any more */
    void *owner;
    bool headers; /* are wanted */
    bool stopped; /* after on_back */
};

void lane_init(struct lane *lane, rd_kafka_t *rk);
void lane_fini(struct lane *lane); /* the queue's events are off */

/* Forgets what it knows of the last message: the assignment is another. */
void lane_restart(struct lane *lane);

/* At most `most` messages, each given and destroyed; answers how many were given. */
uint32_t lane_take(struct lane *lane, uint32_t most, struct lane_reader *reader);

/* All that waits is destroyed. */
void lane_discard(struct lane *lane);

#endif
