/* producer: the error topic: records set aside as Kafka messages, each confirmed by all replicas (acks=all,
 * idempotent), sent without a time limit. One librdkafka handle on the loop; no callback of it ever runs on
 * another thread. */
#ifndef KAFKA_PRODUCER_H
#define KAFKA_PRODUCER_H

#include "kafka/consumer.h"
#include "kafka/error_message.h"

struct producer_options {
    const char *brokers;
    const char *topic;
    const char *pipeline; /* its name, for headers and the client's id */
    enum error_headers headers;
    uint32_t replication; /* > 0: a missing topic is made with so many replicas; 0: left to the cluster */
    const struct consumer_property *properties; /* of the client: connection, security, compression */
    size_t property_count;
};

/* Everything is copied. NULL and ERROR_CONFIG: a property that cannot be. */
struct aside *producer_create(struct loop *loop, const struct producer_options *options, struct error *err);

/* At any time; what is not confirmed is forgotten, on_done does not come. Waits for the library for at most
 * 5 s, usually for milliseconds. */
void producer_destroy(struct aside *aside);

/* Properties and topic tried without a connection: for `check`. */
int producer_check(const struct producer_options *options, struct error *err);

#endif
