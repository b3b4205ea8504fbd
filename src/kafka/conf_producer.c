/* conf_producer: the error topic's producer: safe before fast, for its records are the few that nobody has
 * anywhere else. */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "kafka/conf.h"

/* What a user may change. */
static const struct consumer_property producer_defaults[] = {
    {"socket.nagle.disable", "true", NULL},
    {"topic.metadata.refresh.interval.ms", "30000", NULL},
    {"linger.ms", "5", NULL},
    {"partitioner", "murmur2_random", NULL}, /* as in Java: replay by key works with either */
    /* A batch that passes the topic's max.message.bytes is refused with all that is in it: only a single
       large record makes a large batch. */
    {"batch.size", "16384", NULL},
};

/* What he may not: promise 1 rests on it. The library waits 30 s for a topic that is not there; what it hands
 * back then is sent again, and said. */
static const struct consumer_property producer_musts[] = {
    {"enable.idempotence", "true", NULL},
    {"acks", "all", NULL},
    {"message.timeout.ms", "0", NULL},
    {"queue.buffering.max.kbytes", "2097151", NULL}, /* the window bounds what is under way */
    {"queue.buffering.max.messages", "10000000", NULL},
    {"delivery.report.only.error", "false", NULL},
};

static void producer_set(rd_kafka_conf_t *conf, const struct consumer_property *properties, size_t count)
{
    for (size_t i = 0; i < count; i++)
        conf_set_ours(conf, properties[i].name, properties[i].value);
}

static void producer_set_defaults(rd_kafka_conf_t *conf, const struct producer_options *options)
{
    char id[200];
    snprintf(id, sizeof(id), "otspipe-errors-%.150s", options->pipeline);
    conf_set_ours(conf, "client.id", id);
    producer_set(conf, producer_defaults, sizeof(producer_defaults) / sizeof(producer_defaults[0]));
}

rd_kafka_conf_t *conf_create_producer(const struct producer_options *options, struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    producer_set_defaults(conf, options);
    if (conf_check_topic_name(options->topic, err) != 0 ||
        conf_set_users(conf, options->properties, options->property_count, err) != 0) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    if (options->brokers != NULL)
        conf_set_ours(conf, "bootstrap.servers", options->brokers);
    producer_set(conf, producer_musts, sizeof(producer_musts) / sizeof(producer_musts[0]));
    if (conf_has(conf, "metadata.broker.list"))
        return conf;
    rd_kafka_conf_destroy(conf);
    error_set(err, ERROR_CONFIG, "error topic %s: no brokers are given", options->topic);
    return NULL;
}

int producer_check(const struct producer_options *options, struct error *err)
{
    rd_kafka_conf_t *conf = conf_create_producer(options, err);
    if (conf == NULL)
        return -1;
    rd_kafka_conf_destroy(conf);
    return 0;
}

size_t conf_message_most(const rd_kafka_conf_t *conf)
{
    char text[24];
    size_t bytes = sizeof(text);
    CHECK(rd_kafka_conf_get(conf, "message.max.bytes", text, &bytes) == RD_KAFKA_CONF_OK);
    return strtoul(text, NULL, 10);
}
