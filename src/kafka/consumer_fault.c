/* consumer_fault: what the library tells of failures: said, waited for, or the end. */
#include <stdio.h>

#include "base/log.h"
#include "kafka/consumer_private.h"
#include "kafka/handle.h"
#include "loop/loop.h"

void consumer_tell_trouble(struct consumer *consumer, enum kafka_fault_of of, const char *name,
                           const struct error *err)
{
    char what[KAFKA_FAULT_NAME_MOST + 32];
    kafka_fault_name(of, name, what, sizeof(what));
    consumer->events.on_trouble(consumer->events.arg, what, err);
}

static void consumer_tell_error(struct consumer *consumer, struct kafka_fault *fault)
{
    char what[KAFKA_FAULT_NAME_MOST + 32];
    kafka_fault_advise(fault, fault->error.kind == ERROR_RETRY ? "it is tried again" : NULL);
    kafka_fault_name(fault->of, fault->name, what, sizeof(what));
    error_wrap(&fault->error, "%s", what);
    consumer->events.on_error(consumer->events.arg, &fault->error);
}

static void consumer_tell_topic(struct consumer *consumer, struct kafka_fault *fault)
{
    kafka_fault_advise(fault, "looked for again every 30 s");
    consumer_tell_trouble(consumer, fault->of, fault->name, &fault->error);
}

void consumer_fault(struct consumer *consumer, rd_kafka_resp_err_t code, const char *reason)
{
    struct kafka_fault fault;
    char words[400];
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        code = rd_kafka_fatal_error(consumer->rk, words, sizeof(words));
        reason = words;
    }
    kafka_fault_read(&fault, code, reason);
    if (consumer->tell_ends && code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        error_set(&fault.error, ERROR_FATAL, "it does not exist, so it has no end to read until");
    if (fault.error.kind == ERROR_RETRY && fault.of == KAFKA_FAULT_OF_BROKER)
        peers_failed(&consumer->peers, &fault, loop_clock(consumer->loop)->now_ms);
    else if (fault.error.kind == ERROR_RETRY && fault.of == KAFKA_FAULT_OF_TOPIC)
        consumer_tell_topic(consumer, &fault);
    else
        consumer_tell_error(consumer, &fault);
}

static void consumer_on_peer(void *arg, const char *name, const struct error *err)
{
    consumer_tell_trouble(arg, KAFKA_FAULT_OF_BROKER, name, err);
}

static void consumer_on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        log_debug("kafka: %s", reason); /* each of them was told */
    else
        consumer_fault(opaque, (rd_kafka_resp_err_t)code, reason);
}

void consumer_hear(struct consumer *consumer, rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_error_cb(conf, consumer_on_error);
    rd_kafka_conf_set_log_cb(conf, handle_on_log);
    peers_init(&consumer->peers, conf, consumer_on_peer, consumer);
}
