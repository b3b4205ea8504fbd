/* consumer: the real source: a librdkafka consumer on the loop (design.md section 5). Owns the handle and its
 * queues. */
#ifndef KAFKA_CONSUMER_H
#define KAFKA_CONSUMER_H

#include "kafka/source.h"

struct loop;

struct consumer_topic {
    const char *name;
    uint32_t lane;
};

struct consumer_property {
    const char *name; /* a librdkafka property; Java names are translated by kafka/property.h */
    const char *value;
    const char *place; /* "file:line:column" for error messages, or NULL */
};

struct consumer_options {
    const char *brokers;
    const char *group;
    const struct consumer_topic *topics;
    size_t topic_count;
    uint32_t lane_count;
    const struct consumer_property *properties; /* last one wins; over our own defaults */
    size_t property_count;
    bool tell_ends; /* on_end events: --until-end */
    bool headers;   /* messages come with their headers; reading them costs two mallocs a message */
};

/* Everything is copied. Events may come from the next turn on. */
struct source *consumer_create(struct loop *loop, const struct consumer_options *options,
                               const struct source_events *events, struct error *err);

/* After on_closed, or to give up at once (without leaving the group in order). Waits for the library for at
 * most 5 s, usually for milliseconds; what is not gone then is left behind. */
void consumer_destroy(struct source *source);

/* Properties tried without a connection: for `check`. */
int consumer_check(const struct consumer_options *options, struct error *err);

/* Is the lane's queue empty now? */
size_t consumer_queued(struct source *source, uint32_t lane);

#endif
