/* property: what a user wrote about Kafka, as librdkafka takes it. Names of librdkafka go through as they
 * are; names and values that only the Java client knows are translated, or taken with a line in the log when
 * they mean nothing here; what would break a promise of ours is refused. No connection, no file is opened. */
#ifndef KAFKA_PROPERTY_H
#define KAFKA_PROPERTY_H

#include "base/arena.h"
#include "kafka/consumer.h"

struct property {
    const char *name;
    const char *value;
    const char *place; /* lent by the consumer_property it came from; NULL: none */
};

struct property_list {
    struct arena arena; /* the texts */
    struct property *items;
    size_t count;
    size_t room;
};

void property_list_init(struct property_list *list);
void property_list_fini(struct property_list *list);

/* Appends to the list, in order. 0, or -1 and ERROR_CONFIG "place: name: what is wrong; what would be right".
 */
int property_translate(struct property_list *list, const struct consumer_property *from, size_t count,
                       struct error *err);

/* For the search of a nearest known name: the names that only the Java client knows; NULL behind the last. */
const char *property_java_name(size_t index);

/* One line for all errors about a property; returns -1. */
int property_refuse(struct error *err, const char *place, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
