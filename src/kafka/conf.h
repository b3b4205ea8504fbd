/* conf: a librdkafka configuration: our defaults, then what the user wrote. */
#ifndef KAFKA_CONF_H
#define KAFKA_CONF_H

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"
#include "kafka/producer.h"

/* Given to the caller. NULL and ERROR_CONFIG: a property that cannot be, a file that cannot be read, no
 * topics. Opens no socket. */
rd_kafka_conf_t *conf_create(const struct consumer_options *options, struct error *err);

/* The same for the error topic's producer: what a confirmation rests on cannot be changed by properties. */
rd_kafka_conf_t *conf_create_producer(const struct producer_options *options, struct error *err);

size_t conf_message_most(const rd_kafka_conf_t *conf); /* message.max.bytes */

/* For both. */
void conf_set_ours(rd_kafka_conf_t *conf, const char *name, const char *value); /* they must be good */
int conf_set_users(rd_kafka_conf_t *conf, const struct consumer_property *properties, size_t count,
                   struct error *err);
bool conf_has(const rd_kafka_conf_t *conf, const char *name);
int conf_check_topic_name(const char *name, struct error *err);

#endif
