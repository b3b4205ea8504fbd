/* topic_maker: makes a topic of one partition if it is not there, as Kafka Connect makes its dead letter
 * queue. Asked on a handle, answered as an event of a queue. */
#ifndef KAFKA_TOPIC_MAKER_H
#define KAFKA_TOPIC_MAKER_H

#include <librdkafka/rdkafka.h>

#include "base/error.h"

void topic_maker_begin(rd_kafka_t *rk, rd_kafka_queue_t *queue, const char *topic, uint32_t replication);

/* 0: it is there, or whether it is will show. -1: ERROR_RETRY: ask again later; ERROR_CONFIG: it can never be
 * made so. */
int topic_maker_end(rd_kafka_event_t *event, const char *topic, uint32_t replication, struct error *err);

#endif
