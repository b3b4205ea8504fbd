/* producer: a record is flying (the library has it), or rests (it failed, or the topic is not there yet) and
 * is sent again, for ever. The library's threads ring a wakeup; a pass reads its events: delivery reports,
 * errors, the answer to the making of the topic. */
#include "kafka/producer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/backoff.h"
#include "base/check.h"
#include "base/log.h"
#include "kafka/conf.h"
#include "kafka/handle.h"
#include "kafka/kafka_fault.h"
#include "kafka/topic_maker.h"
#include "loop/loop.h"
#include "loop/wakeup.h"

enum { RETRY_FIRST_MS = 100, RETRY_MOST_MS = 30000, RECORD_BYTES = 512 /* of the library, about */ };

struct producer {
    struct aside aside; /* first: what others hold */
    struct loop *loop;
    struct loop_wakeup *wakeup;
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue;
    rd_kafka_topic_t *topic; /* NULL: it is being made */
    struct arena texts;
    const char *name; /* of the topic */
    const char *pipeline;
    enum error_headers headers;
    uint32_t replication;
    size_t room; /* bytes of a message, as the library has them */

    struct list flying;
    struct list resting;
    struct clock_timer retry;
    struct backoff backoff;
    struct chance chance;
    bool troubled; /* it was told */
};

static struct producer *producer_of(struct aside *aside)
{
    return (struct producer *)aside;
}

/* --- trouble --- */

static const char *producer_words(rd_kafka_resp_err_t code)
{
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return "not authorized; allow this user to write to it";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return "not authorized; allow this user the operation IdempotentWrite";
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return "it does not exist; create it";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return "not even the reason of an error fits; raise its max.message.bytes";
    default:
        return NULL;
    }
}

/* What a person mends goes on by itself; only a fatal error is the end. */
static void producer_tell(struct producer *producer, rd_kafka_resp_err_t code, const char *reason, bool fatal)
{
    struct error err;
    const char *words = producer_words(code);
    kafka_fault(&err, code, reason);
    if (words != NULL)
        error_set(&err, ERROR_RETRY, "%s", words);
    err.kind = fatal ? ERROR_FATAL : ERROR_RETRY;
    producer->troubled = true;
    producer->aside.events.on_trouble(producer->aside.events.arg, &producer->aside, &err);
}

static void producer_tell_well(struct producer *producer)
{
    backoff_reset(&producer->backoff);
    if (!producer->troubled)
        return;
    producer->troubled = false;
    producer->aside.events.on_trouble(producer->aside.events.arg, &producer->aside, NULL);
}

/* --- sending --- */

static void producer_rest(struct producer *producer, struct aside_record *record)
{
    list_push(&producer->resting, &record->node);
    if (producer->topic != NULL && !clock_started(&producer->retry))
        clock_start(loop_clock(producer->loop), &producer->retry,
                    backoff_wait_ms(&producer->backoff, &producer->chance));
}

static rd_kafka_resp_err_t producer_send_message(struct producer *producer, struct aside_record *record)
{
    struct error_message message;
    error_message_make(record, producer->headers, producer->pipeline, record->room, &message);
    rd_kafka_resp_err_t code = rd_kafka_producev(
        producer->rk, RD_KAFKA_V_RKT(producer->topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY((void *)(uintptr_t)message.key.at, message.key.len),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)message.value.at, message.value.len),
        RD_KAFKA_V_TIMESTAMP(message.timestamp_ms > 0 ? message.timestamp_ms : 0),
        RD_KAFKA_V_HEADERS(message.headers), RD_KAFKA_V_OPAQUE(record), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(message.headers);
    return code;
}

/* Too large for the library or for the topic: half of it, down to what says where it came from and why. */
static bool producer_shrink(struct aside_record *record)
{
    bool more = record->room > 0;
    record->room = record->room > 1024 ? record->room / 2 : 0;
    return more;
}

static void producer_send(struct producer *producer, struct aside_record *record)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    do
        code = producer_send_message(producer, record);
    while (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && producer_shrink(record));
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        list_push(&producer->flying, &record->node);
        return;
    }
    producer_rest(producer, record);
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL && code != RD_KAFKA_RESP_ERR__FATAL)
        producer_tell(producer, code, NULL, false);
}

static void producer_send_resting(struct producer *producer)
{
    struct list again;
    list_init(&again);
    for (struct list *node; (node = list_pop(&producer->resting)) != NULL;)
        list_push(&again, node);
    for (struct list *node; (node = list_pop(&again)) != NULL;)
        producer_send(producer, LIST_OWNER(node, struct aside_record, node));
}

static void producer_make_topic(struct producer *producer)
{
    topic_maker_begin(producer->rk, producer->queue, producer->name, producer->replication, true);
}

static void producer_on_retry(void *arg, struct clock_timer *timer)
{
    struct producer *producer = arg;
    (void)timer;
    if (producer->topic == NULL)
        producer_make_topic(producer);
    else
        producer_send_resting(producer);
}

static size_t producer_put(struct aside *aside, struct aside_record *record)
{
    struct producer *producer = producer_of(aside);
    record->room = producer->room;
    record->given_up = false;
    if (producer->topic == NULL || !list_empty(&producer->resting))
        producer_rest(producer, record);
    else
        producer_send(producer, record);
    return RECORD_BYTES + record->message.key.len + record->message.value.len;
}

/* --- what the library tells --- */

static void producer_done(struct producer *producer, struct aside_record *record, bool confirmed)
{
    list_remove(&record->node);
    producer->aside.events.on_done(producer->aside.events.arg, record, confirmed);
}

static void producer_on_report(struct producer *producer, const rd_kafka_message_t *message)
{
    struct aside_record *record = message->_private;
    list_remove(&record->node);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer_tell_well(producer);
        producer_done(producer, record, true);
    } else if (record->given_up) {
        producer_done(producer, record, false);
    } else if (message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE && producer_shrink(record)) {
        producer_send(producer, record);
    } else {
        producer_rest(producer, record);
        producer_tell(producer, message->err, NULL, false);
    }
}

static void producer_on_reports(struct producer *producer, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *message;
    while ((message = rd_kafka_event_message_next(event)) != NULL)
        producer_on_report(producer, message);
}

static void producer_on_error(struct producer *producer, rd_kafka_event_t *event)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    char words[400];
    bool waits = !list_empty(&producer->flying) || !list_empty(&producer->resting);
    if (rd_kafka_event_error_is_fatal(event)) {
        code = rd_kafka_fatal_error(producer->rk, words, sizeof(words));
        producer_tell(producer, code, words, true);
    } else if (waits) {
        producer_tell(producer, code, rd_kafka_event_error_string(event), false);
    } else {
        log_warn("%s: %s", producer->aside.name, rd_kafka_event_error_string(event));
    }
}

/* --- the topic --- */

/* From now on the library looks for it, and asks the cluster to make it where that is allowed. */
static void producer_open_topic(struct producer *producer)
{
    producer->topic = check_memory(rd_kafka_topic_new(producer->rk, producer->name, NULL));
    producer_send_resting(producer);
}

static void producer_on_made(struct producer *producer, rd_kafka_event_t *event)
{
    struct error err;
    if (producer->topic != NULL)
        return;
    if (topic_maker_end(event, producer->name, producer->replication, &err) == 0) {
        producer_tell_well(producer);
        producer_open_topic(producer);
        return;
    }
    producer->troubled = true;
    producer->aside.events.on_trouble(producer->aside.events.arg, &producer->aside, &err);
    if (err.kind != ERROR_RETRY)
        return;
    clock_start(loop_clock(producer->loop), &producer->retry,
                backoff_wait_ms(&producer->backoff, &producer->chance));
}

static void producer_on_event(struct producer *producer, rd_kafka_event_t *event)
{
    switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_DR:
        producer_on_reports(producer, event);
        break;
    case RD_KAFKA_EVENT_ERROR:
        producer_on_error(producer, event);
        break;
    case RD_KAFKA_EVENT_CREATETOPICS_RESULT:
        producer_on_made(producer, event);
        break;
    default:
        break;
    }
    rd_kafka_event_destroy(event);
}

static void producer_on_ring(void *arg)
{
    struct producer *producer = arg;
    rd_kafka_event_t *event;
    while ((event = rd_kafka_queue_poll(producer->queue, 0)) != NULL)
        producer_on_event(producer, event);
}

/* --- life --- */

/* What rests goes at once; what flies, when its report comes. */
static void producer_cut(struct aside *aside)
{
    struct producer *producer = producer_of(aside);
    for (struct list *node = producer->flying.next; node != &producer->flying; node = node->next)
        LIST_OWNER(node, struct aside_record, node)->given_up = true;
    if (producer->topic != NULL)
        clock_stop(loop_clock(producer->loop), &producer->retry);
    while (!list_empty(&producer->resting))
        producer_done(producer, LIST_OWNER(producer->resting.next, struct aside_record, node), false);
}

static uint32_t producer_in_flight(const struct aside *aside)
{
    (void)aside;
    return 0;
}

static const struct aside_class producer_class = {
    .put = producer_put, .cut = producer_cut, .in_flight = producer_in_flight};

static const char *producer_keep(struct producer *producer, const char *text)
{
    return arena_copy(&producer->texts, slice_text(text)).at;
}

static struct producer *producer_new(struct loop *loop, const struct producer_options *options)
{
    struct producer *producer = check_memory(calloc(1, sizeof(*producer)));
    char name[280];
    arena_init(&producer->texts, 1024);
    snprintf(name, sizeof(name), "error topic %.250s", options->topic);
    producer->aside.class = &producer_class;
    producer->aside.name = producer_keep(producer, name);
    producer->name = producer_keep(producer, options->topic);
    producer->pipeline = producer_keep(producer, options->pipeline);
    producer->loop = loop;
    producer->headers = options->headers;
    producer->replication = options->replication;
    producer->backoff = (struct backoff){.first_ms = RETRY_FIRST_MS, .most_ms = RETRY_MOST_MS};
    chance_init(&producer->chance, chance_seed());
    list_init(&producer->flying);
    list_init(&producer->resting);
    clock_timer_init(&producer->retry, producer_on_retry, producer);
    return producer;
}

static void producer_free(struct producer *producer)
{
    arena_fini(&producer->texts);
    free(producer);
}

/* Takes the configuration in any case. */
static int producer_open(struct producer *producer, rd_kafka_conf_t *conf, struct error *err)
{
    char words[300];
    producer->room = conf_message_most(conf);
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
    rd_kafka_conf_set_log_cb(conf, handle_on_log);
    producer->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof(words));
    if (producer->rk != NULL)
        return 0;
    rd_kafka_conf_destroy(conf);
    return error_set(err, ERROR_CONFIG, "%s: %s", producer->aside.name, words);
}

struct aside *producer_create(struct loop *loop, const struct producer_options *options, struct error *err)
{
    rd_kafka_conf_t *conf = conf_create_producer(options, err);
    if (conf == NULL)
        return NULL;
    struct producer *producer = producer_new(loop, options);
    if (producer_open(producer, conf, err) != 0) {
        producer_free(producer);
        return NULL;
    }
    producer->wakeup = loop_wakeup_create(loop, producer_on_ring, producer, err);
    CHECK(producer->wakeup != NULL);
    producer->queue = check_memory(rd_kafka_queue_get_main(producer->rk));
    rd_kafka_queue_io_event_enable(producer->queue, loop_wakeup_fd(producer->wakeup), &loop_wakeup_bytes,
                                   sizeof(loop_wakeup_bytes));
    loop_wakeup_ring(producer->wakeup); /* a queue that was not empty before rings no more */
    if (producer->replication > 0)
        producer_make_topic(producer);
    else
        producer_open_topic(producer);
    return &producer->aside;
}

void producer_destroy(struct aside *aside)
{
    if (aside == NULL)
        return;
    struct producer *producer = producer_of(aside);
    clock_stop(loop_clock(producer->loop), &producer->retry);
    rd_kafka_queue_io_event_enable(producer->queue, -1, NULL, 0);
    loop_wakeup_destroy(producer->wakeup);
    rd_kafka_queue_destroy(producer->queue);
    if (producer->topic != NULL)
        rd_kafka_topic_destroy(producer->topic);
    handle_destroy(producer->rk, 0);
    producer_free(producer);
}
