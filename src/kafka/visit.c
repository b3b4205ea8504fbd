/* visit: one client for one address. Its first failure is the answer; it would go on trying by itself. */
#include "kafka/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "kafka/conf.h"
#include "kafka/kafka_fault.h"
#include "kafka/topic_maker.h"

enum { SLICE_MS = 100, VISIT_BROKERS_MOST = 64 };

struct kafka_visit {
    rd_kafka_t *rk;
    rd_kafka_type_t type;
    int64_t wait_ms;
    bool failed; /* since the question began */
    struct error error;
    size_t broker_count;
    char brokers[VISIT_BROKERS_MOST][KAFKA_FAULT_NAME_MOST];
};

static int64_t visit_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void visit_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    struct kafka_visit *visit = opaque;
    (void)rk;
    if (visit->failed || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        return;
    struct kafka_fault fault;
    kafka_fault_read(&fault, (rd_kafka_resp_err_t)code, reason);
    kafka_fault_advise(&fault, NULL);
    visit->failed = true;
    visit->error = fault.error;
}

static void visit_on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk;
    (void)level;
    (void)facility;
    (void)text; /* failures come as errors, too */
}

static int visit_refuse(rd_kafka_resp_err_t code, struct error *err)
{
    struct kafka_fault fault;
    kafka_fault_read(&fault, code, NULL);
    kafka_fault_advise(&fault, NULL);
    *err = fault.error;
    return -1;
}

static bool visit_is_weather(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
           code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || code == RD_KAFKA_RESP_ERR__WAIT_COORD ||
           code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE;
}

/* What the library has to tell comes to visit_on_error(). */
static void visit_poll(struct kafka_visit *visit)
{
    if (visit->type == RD_KAFKA_PRODUCER) {
        rd_kafka_poll(visit->rk, 0);
        return;
    }
    rd_kafka_message_t *message = rd_kafka_consumer_poll(visit->rk, 0);
    if (message != NULL && message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        visit_on_error(visit->rk, message->err, rd_kafka_message_errstr(message), visit);
    if (message != NULL)
        rd_kafka_message_destroy(message);
}

/* One more turn of waiting? -1: what was told meanwhile, or the time is over. */
static int visit_wait(struct kafka_visit *visit, int64_t until_ms, struct error *err)
{
    visit_poll(visit);
    if (visit->failed) {
        *err = visit->error;
        return -1;
    }
    if (visit_now_ms() < until_ms)
        return 0;
    return error_set(
        err, ERROR_RETRY,
        "no answer within %lld s; is it a Kafka broker that listens there, does the port speak TLS, "
        "does a firewall drop packets?",
        (long long)visit->wait_ms / 1000);
}

/* NULL: -1. */
static const struct rd_kafka_metadata *visit_metadata(struct kafka_visit *visit, rd_kafka_topic_t *topic,
                                                      struct error *err)
{
    const struct rd_kafka_metadata *metadata;
    int64_t until_ms = visit_now_ms() + visit->wait_ms;
    visit->failed = false;
    for (;;) {
        rd_kafka_resp_err_t code = rd_kafka_metadata(visit->rk, 0, topic, &metadata, SLICE_MS);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return metadata;
        if (!visit_is_weather(code)) {
            visit_refuse(code, err);
            return NULL;
        }
        if (visit_wait(visit, until_ms, err) != 0)
            return NULL;
    }
}

static void visit_keep_brokers(struct kafka_visit *visit, const struct rd_kafka_metadata *metadata)
{
    for (int i = 0; i < metadata->broker_cnt && visit->broker_count < VISIT_BROKERS_MOST; i++)
        snprintf(visit->brokers[visit->broker_count++], KAFKA_FAULT_NAME_MOST, "%.255s:%d",
                 metadata->brokers[i].host, metadata->brokers[i].port);
}

/* Takes the configuration in any case; NULL: -1, and err is filled in already. */
static int visit_create(struct kafka_visit *visit, rd_kafka_conf_t *conf, struct error *err)
{
    char words[300];
    if (conf == NULL)
        return -1;
    rd_kafka_conf_set_opaque(conf, visit);
    rd_kafka_conf_set_error_cb(conf, visit_on_error);
    rd_kafka_conf_set_log_cb(conf, visit_on_log);
    visit->rk = rd_kafka_new(visit->type, conf, words, sizeof(words));
    if (visit->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERROR_CONFIG, "%s", words);
    }
    if (visit->type == RD_KAFKA_CONSUMER)
        rd_kafka_poll_set_consumer(visit->rk);
    return 0;
}

static struct kafka_visit *visit_open(rd_kafka_type_t type, rd_kafka_conf_t *conf, int64_t wait_ms,
                                      struct error *err)
{
    struct kafka_visit *visit = check_memory(calloc(1, sizeof(*visit)));
    visit->type = type;
    visit->wait_ms = wait_ms;
    if (visit_create(visit, conf, err) == 0) {
        const struct rd_kafka_metadata *metadata = visit_metadata(visit, NULL, err);
        if (metadata != NULL) {
            visit_keep_brokers(visit, metadata);
            rd_kafka_metadata_destroy(metadata);
            return visit;
        }
    }
    kafka_visit_close(visit);
    return NULL;
}

struct kafka_visit *kafka_visit_open(const struct consumer_options *options, const char *address,
                                     int64_t wait_ms, struct error *err)
{
    struct consumer_options one = *options;
    one.brokers = address;
    one.tell_ends = true;
    return visit_open(RD_KAFKA_CONSUMER, conf_create(&one, err), wait_ms, err);
}

struct kafka_visit *kafka_visit_open_errors(const struct producer_options *options, const char *address,
                                            int64_t wait_ms, struct error *err)
{
    struct producer_options one = *options;
    one.brokers = address;
    rd_kafka_conf_t *conf = conf_create_producer(&one, err);
    if (conf != NULL)
        conf_set_ours(conf, "allow.auto.create.topics", "false");
    return visit_open(RD_KAFKA_PRODUCER, conf, wait_ms, err);
}

void kafka_visit_close(struct kafka_visit *visit)
{
    if (visit->rk != NULL)
        rd_kafka_destroy_flags(visit->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    free(visit);
}

const char *kafka_visit_broker(struct kafka_visit *visit, size_t index)
{
    return index < visit->broker_count ? visit->brokers[index] : NULL;
}

/* The first partition from its end on: permission to read shows in the answer that there is nothing. */
static int visit_read(struct kafka_visit *visit, const char *topic, struct error *err)
{
    int64_t until_ms = visit_now_ms() + visit->wait_ms;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t code = rd_kafka_assign(visit->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    visit->failed = false;
    while (code == RD_KAFKA_RESP_ERR_NO_ERROR || visit_is_weather(code)) {
        if (visit_wait(visit, until_ms, err) != 0)
            break;
        rd_kafka_message_t *message = rd_kafka_consumer_poll(visit->rk, SLICE_MS);
        code = message == NULL ? RD_KAFKA_RESP_ERR__TIMED_OUT : message->err;
        bool whole = message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (message != NULL)
            rd_kafka_message_destroy(message);
        if (whole || code == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            return 0;
    }
    return visit_is_weather(code) ? -1 : visit_refuse(code, err);
}

/* 0: the cluster has answered, whatever it says of the topic. */
static int visit_ask_topic(struct kafka_visit *visit, const char *name, rd_kafka_resp_err_t *code,
                           int *partitions, struct error *err)
{
    rd_kafka_topic_t *topic = check_memory(rd_kafka_topic_new(visit->rk, name, NULL));
    const struct rd_kafka_metadata *metadata = visit_metadata(visit, topic, err);
    rd_kafka_topic_destroy(topic);
    if (metadata == NULL)
        return -1;
    *code = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    *partitions = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    return 0;
}

static int visit_find_topic(struct kafka_visit *visit, const char *name, int *partitions, struct error *err)
{
    rd_kafka_resp_err_t code;
    if (visit_ask_topic(visit, name, &code, partitions, err) != 0)
        return -1;
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : visit_refuse(code, err);
}

int kafka_visit_topic(struct kafka_visit *visit, const char *topic, int *partitions, struct error *err)
{
    if (visit_find_topic(visit, topic, partitions, err) != 0)
        return -1;
    int rc = visit_read(visit, topic, err);
    rd_kafka_assign(visit->rk, NULL);
    return rc;
}

static rd_kafka_resp_err_t visit_committed(struct kafka_visit *visit, const char *topic, int64_t *offset)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0);
    rd_kafka_resp_err_t code = rd_kafka_committed(visit->rk, list, SLICE_MS * 5);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        code = list->elems[0].err;
    *offset = list->elems[0].offset < 0 ? -1 : list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}

int kafka_visit_group(struct kafka_visit *visit, const char *topic, int64_t *offset, struct error *err)
{
    int64_t until_ms = visit_now_ms() + visit->wait_ms;
    visit->failed = false;
    for (;;) {
        rd_kafka_resp_err_t code = visit_committed(visit, topic, offset);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            return 0;
        if (!visit_is_weather(code))
            return visit_refuse(code, err);
        if (visit_wait(visit, until_ms, err) != 0)
            return -1;
    }
}

static int visit_ask_maker(struct kafka_visit *visit, const struct producer_options *options,
                           struct error *err)
{
    rd_kafka_queue_t *queue = check_memory(rd_kafka_queue_new(visit->rk));
    topic_maker_begin(visit->rk, queue, options->topic, options->replication, false);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, (int)visit->wait_ms);
    int rc = event == NULL ? error_set(err, ERROR_RETRY, "no answer whether it may be made")
                           : topic_maker_end_asking(event, options->replication, err);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    return rc;
}

int kafka_visit_error_topic(struct kafka_visit *visit, const struct producer_options *options,
                            int *partitions, struct error *err)
{
    rd_kafka_resp_err_t code;
    if (visit_ask_topic(visit, options->topic, &code, partitions, err) != 0)
        return -1;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        return error_set(err, ERROR_CONFIG, "%s; allow this user to write to it", rd_kafka_err2str(code));
    if (code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return visit_refuse(code, err);
    *partitions = 0;
    return options->replication == 0 ? 0 : visit_ask_maker(visit, options, err);
}
