/* topic_maker: makes a topic of one partition if it is not there, as Kafka Connect makes its dead letter
 * queue. Asked on a handle, answered as an event of a queue. */
#ifndef KAFKA_TOPIC_MAKER_H
#define KAFKA_TOPIC_MAKER_H

#include <stdbool.h>

#include <librdkafka/rdkafka.h>

#include "base/error.h"

/* Without earnest it is only asked whether that would be. */
void topic_maker_begin(rd_kafka_t *rk, rd_kafka_queue_t *queue, const char *topic, uint32_t replication,
                       bool earnest);

/* 0: it is there, or whether it is will show. -1: ERROR_RETRY: ask again later; ERROR_CONFIG: it can never be
 * made so. */
int topic_maker_end(rd_kafka_event_t *event, const char *topic, uint32_t replication, struct error *err);

/* The answer when it was only asked. 0: it may be made, or is there. */
int topic_maker_end_asking(rd_kafka_event_t *event, uint32_t replication, struct error *err);

#endif
