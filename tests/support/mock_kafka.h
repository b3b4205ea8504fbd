/* mock_kafka: librdkafka's mock cluster in this process, and an idempotent producer for it. Topics keep 5 MB
 * a partition. */
#ifndef SUPPORT_MOCK_KAFKA_H
#define SUPPORT_MOCK_KAFKA_H

#include <librdkafka/rdkafka.h>

#include <librdkafka/rdkafka_mock.h>

#include "base/slice.h"

struct mock_kafka {
    rd_kafka_t *producer;
    rd_kafka_mock_cluster_t *cluster; /* of the producer */
    int failed;                       /* messages that were not delivered */
};

/* batch_records: records in a batch of the log; the mock answers one batch a partition and fetch. */
void mock_kafka_start(struct mock_kafka *mock, int brokers, int batch_records);
void mock_kafka_stop(struct mock_kafka *mock);

/* host:port,... */
const char *mock_kafka_brokers(const struct mock_kafka *mock);

void mock_kafka_topic(struct mock_kafka *mock, const char *topic, int partitions);

/* Copied; headers may be NULL, and are the caller's. */
void mock_kafka_produce(struct mock_kafka *mock, const char *topic, int32_t partition, struct slice key,
                        struct slice value, const rd_kafka_headers_t *headers);

/* `count` values of `bytes` (at least 24) a partition, each its own number, counted from `from`, as text. */
void mock_kafka_fill(struct mock_kafka *mock, const char *topic, int partitions, int from, int count,
                     size_t bytes);

/* All that was produced is in the log. */
void mock_kafka_flush(struct mock_kafka *mock);

#endif
