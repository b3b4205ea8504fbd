/* visit: a look at a broker without joining the group, for `check --connect`: nobody's partitions move, no
 * topic is made. The same properties and the same words for failures as the consumer's. Blocks: not for a
 * loop's thread. */
#ifndef KAFKA_VISIT_H
#define KAFKA_VISIT_H

#include "kafka/producer.h"

struct kafka_visit; /* opaque */

/* Asks the broker at `address`, host:port, and no other, for the brokers there are. NULL: no answer that is
 * of use within wait_ms, the limit of each question below, too. */
struct kafka_visit *kafka_visit_open(const struct consumer_options *options, const char *address,
                                     int64_t wait_ms, struct error *err);
/* The same with the error topic's properties, for kafka_visit_error_topic() alone. */
struct kafka_visit *kafka_visit_open_errors(const struct producer_options *options, const char *address,
                                            int64_t wait_ms, struct error *err);
void kafka_visit_close(struct kafka_visit *visit);

/* host:port of the broker as it names itself, or NULL behind the last. Lent. */
const char *kafka_visit_broker(struct kafka_visit *visit, size_t index);

/* -1: it is not there, or may not be read. 0: `partitions`, of which the first was read from. */
int kafka_visit_topic(struct kafka_visit *visit, const char *topic, int *partitions, struct error *err);

/* Is the error topic there (0: so many partitions), or may it be made as `options` says (0: 0 partitions)?
 * Whether it may be written to shows only when it is. */
int kafka_visit_error_topic(struct kafka_visit *visit, const struct producer_options *options,
                            int *partitions, struct error *err);

/* May the group be used? `offset`: what it has committed of the topic's first partition; -1: nothing. */
int kafka_visit_group(struct kafka_visit *visit, const char *topic, int64_t *offset, struct error *err);

#endif
