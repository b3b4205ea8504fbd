/* broker: one handle is the producer and the owner of the cluster. */
#include "demo/broker.h"

#include <stdlib.h>

#include <librdkafka/rdkafka.h>

#include <librdkafka/rdkafka_mock.h>

#include "base/check.h"
#include "base/error.h"

struct demo_broker {
    rd_kafka_t *producer;
    rd_kafka_mock_cluster_t *cluster; /* of the producer */
    rd_kafka_topic_t *topic;
    uint64_t lost;
};

static void broker_on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *arg)
{
    struct demo_broker *broker = arg;
    (void)producer;
    broker->lost += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_conf_t *broker_conf(struct demo_broker *broker)
{
    static const char *const settings[][2] = {{"test.mock.num.brokers", "1"},
                                              {"enable.idempotence", "true"},
                                              {"linger.ms", "2"},
                                              {"log_level", "3"},
                                              {"client.id", "otspipe-demo"},
                                              {"socket.nagle.disable", "true"}};
    char words[200];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        CHECK(rd_kafka_conf_set(conf, settings[i][0], settings[i][1], words, sizeof(words)) ==
              RD_KAFKA_CONF_OK);
    rd_kafka_conf_set_opaque(conf, broker);
    rd_kafka_conf_set_dr_msg_cb(conf, broker_on_delivery);
    return conf;
}

static int broker_open(struct demo_broker *broker, const char *topic, int partitions, struct error *err)
{
    char words[200];
    rd_kafka_conf_t *conf = broker_conf(broker);
    broker->producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
    if (broker->producer == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERROR_FATAL, "the demo's broker: %s", words);
    }
    broker->cluster = rd_kafka_handle_mock_cluster(broker->producer);
    CHECK(broker->cluster != NULL);
    rd_kafka_resp_err_t code = rd_kafka_mock_topic_create(broker->cluster, topic, partitions, 1);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(err, ERROR_FATAL, "the demo's topic: %s", rd_kafka_err2str(code));
    broker->topic = check_memory(rd_kafka_topic_new(broker->producer, topic, NULL));
    return 0;
}

struct demo_broker *demo_broker_create(const char *topic, int partitions, struct error *err)
{
    struct demo_broker *broker = check_memory(calloc(1, sizeof(*broker)));
    if (broker_open(broker, topic, partitions, err) == 0)
        return broker;
    demo_broker_destroy(broker);
    return NULL;
}

void demo_broker_destroy(struct demo_broker *broker)
{
    if (broker->topic != NULL)
        rd_kafka_topic_destroy(broker->topic);
    if (broker->producer != NULL) {
        rd_kafka_purge(broker->producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_destroy(broker->producer);
    }
    free(broker);
}

const char *demo_broker_address(const struct demo_broker *broker)
{
    return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

bool demo_broker_send(struct demo_broker *broker, int32_t partition, struct slice key, struct slice value)
{
    return rd_kafka_produce(broker->topic, partition, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value.at,
                            value.len, key.at, key.len, NULL) == 0;
}

uint64_t demo_broker_poll(struct demo_broker *broker)
{
    rd_kafka_poll(broker->producer, 0);
    return broker->lost;
}
