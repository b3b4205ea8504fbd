/* mock_kafka: one handle is producer and owner of the cluster. */
#include "support/mock_kafka.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

static void mock_kafka_on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    struct mock_kafka *mock = opaque;
    (void)rk;
    mock->failed += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void mock_kafka_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char words[200];
    if (rd_kafka_conf_set(conf, name, value, words, sizeof(words)) != RD_KAFKA_CONF_OK)
        fprintf(stderr, "%s: %s\n", name, words), abort();
}

static void mock_kafka_set_number(rd_kafka_conf_t *conf, const char *name, int value)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", value);
    mock_kafka_set(conf, name, text);
}

void mock_kafka_start(struct mock_kafka *mock, int brokers, int batch_records)
{
    char words[200];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    *mock = (struct mock_kafka){0};
    mock_kafka_set_number(conf, "test.mock.num.brokers", brokers);
    mock_kafka_set_number(conf, "batch.num.messages", batch_records);
    mock_kafka_set(conf, "enable.idempotence", "true");
    mock_kafka_set(conf, "linger.ms", "20");
    mock_kafka_set(conf, "log_level", "3");
    rd_kafka_conf_set_opaque(conf, mock);
    rd_kafka_conf_set_dr_msg_cb(conf, mock_kafka_on_delivery);
    mock->producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
    CHECK(mock->producer != NULL);
    mock->cluster = check_memory(rd_kafka_handle_mock_cluster(mock->producer));
}

void mock_kafka_stop(struct mock_kafka *mock)
{
    rd_kafka_destroy(mock->producer);
}

const char *mock_kafka_brokers(const struct mock_kafka *mock)
{
    return rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

void mock_kafka_topic(struct mock_kafka *mock, const char *topic, int partitions)
{
    CHECK(rd_kafka_mock_topic_create(mock->cluster, topic, partitions, 1) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

static rd_kafka_resp_err_t mock_kafka_try(struct mock_kafka *mock, const char *topic, int32_t partition,
                                          struct slice key, struct slice value,
                                          const rd_kafka_headers_t *headers)
{
    rd_kafka_headers_t *copy = headers == NULL ? NULL : rd_kafka_headers_copy(headers);
    rd_kafka_resp_err_t code = rd_kafka_producev(
        mock->producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY((void *)(uintptr_t)key.at, key.len),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)value.at, value.len), RD_KAFKA_V_HEADERS(copy), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && copy != NULL)
        rd_kafka_headers_destroy(copy);
    return code;
}

void mock_kafka_produce(struct mock_kafka *mock, const char *topic, int32_t partition, struct slice key,
                        struct slice value, const rd_kafka_headers_t *headers)
{
    rd_kafka_resp_err_t code = mock_kafka_try(mock, topic, partition, key, value, headers);
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(mock->producer, 10);
        code = mock_kafka_try(mock, topic, partition, key, value, headers);
    }
    CHECK(code == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void mock_kafka_fill(struct mock_kafka *mock, const char *topic, int partitions, int from, int count,
                     size_t bytes)
{
    char *value = check_memory(calloc(1, bytes + 1));
    for (int i = from; i < from + count; i++) {
        int len = snprintf(value, bytes, "%d ", i);
        memset(value + len, 'x', bytes - (size_t)len);
        for (int32_t partition = 0; partition < partitions; partition++)
            mock_kafka_produce(mock, topic, partition, (struct slice){0}, slice_of(value, bytes), NULL);
        rd_kafka_poll(mock->producer, 0);
    }
    free(value);
}

void mock_kafka_flush(struct mock_kafka *mock)
{
    CHECK(rd_kafka_flush(mock->producer, 60000) == RD_KAFKA_RESP_ERR_NO_ERROR);
    CHECK(mock->failed == 0);
}
