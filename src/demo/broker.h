/* broker: a Kafka cluster inside this process (librdkafka's mock), and a producer for it. Its topics keep the
 * last 5 MB a partition, and a consumer group's first member waits 3 s to join: both are the mock's ways. */
#ifndef DEMO_BROKER_H
#define DEMO_BROKER_H

#include <stdbool.h>

#include "base/slice.h"

struct demo_broker; /* opaque */
struct error;

/* Listens on loopback, on a port of its own choice. */
struct demo_broker *demo_broker_create(const char *topic, int partitions, struct error *err);
void demo_broker_destroy(struct demo_broker *broker);

const char *demo_broker_address(const struct demo_broker *broker); /* host:port */

/* Never waits; key and value are copied. False: the producer has too much to send, try later. */
bool demo_broker_send(struct demo_broker *broker, int32_t partition, struct slice key, struct slice value);

/* Hears what became of the records: to be called now and then. Answers how many were not delivered. */
uint64_t demo_broker_poll(struct demo_broker *broker);

#endif
