/* conf: a librdkafka configuration: our defaults, then what the user wrote. */
#ifndef KAFKA_CONF_H
#define KAFKA_CONF_H

#include <librdkafka/rdkafka.h>

#include "kafka/consumer.h"

/* Given to the caller. NULL and ERROR_CONFIG: a property that cannot be, a file that cannot be read, no
 * topics. Opens no socket. */
rd_kafka_conf_t *conf_create(const struct consumer_options *options, struct error *err);

#endif
