/* topic_maker: CreateTopics, and what its answers mean. */
#include "kafka/topic_maker.h"

#include "base/check.h"
#include "base/log.h"

enum { MAKE_MS = 30000 };

void topic_maker_begin(rd_kafka_t *rk, rd_kafka_queue_t *queue, const char *topic, uint32_t replication,
                       bool earnest)
{
    char words[200];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, 1, (int)replication, words, sizeof(words));
    CHECK(wanted != NULL); /* the settings' limits see to that */
    rd_kafka_AdminOptions_set_request_timeout(options, MAKE_MS, words, sizeof(words));
    rd_kafka_AdminOptions_set_validate_only(options, !earnest, words, sizeof(words));
    rd_kafka_CreateTopics(rk, &wanted, 1, options, queue);
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_AdminOptions_destroy(options);
}

/* The answer about the topic, or about the whole question. */
static rd_kafka_resp_err_t maker_code(rd_kafka_event_t *event)
{
    size_t count = 0;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return code;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    return count == 0 ? RD_KAFKA_RESP_ERR_UNKNOWN : rd_kafka_topic_result_error(results[0]);
}

static int maker_refuse(rd_kafka_resp_err_t code, uint32_t replication, struct error *err)
{
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        return error_set(
            err, ERROR_CONFIG,
            "it cannot be made: %s; replicas=%u: make it yourself, or set errors.replication "
            "(errors.deadletterqueue.topic.replication.factor) to what the cluster has brokers for",
            rd_kafka_err2str(code), replication);
    default:
        return error_set(err, ERROR_RETRY, "it cannot be made yet: %s", rd_kafka_err2str(code));
    }
}

int topic_maker_end(rd_kafka_event_t *event, const char *topic, uint32_t replication, struct error *err)
{
    rd_kafka_resp_err_t code = maker_code(event);
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        log_info("kafka: topic %s was made: replicas=%u", topic, replication);
        return 0;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
        return 0;
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        log_warn("kafka: topic %s cannot be made by us, it has to be there: %s", topic,
                 rd_kafka_err2str(code));
        return 0;
    default:
        return maker_refuse(code, replication, err);
    }
}

int topic_maker_end_asking(rd_kafka_event_t *event, uint32_t replication, struct error *err)
{
    rd_kafka_resp_err_t code = maker_code(event);
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
        return 0;
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return error_set(err, ERROR_CONFIG,
                         "it does not exist, and this user may not make it; create it, or allow this user "
                         "the operation Create");
    default:
        return maker_refuse(code, replication, err);
    }
}
