/* error_message: a record that was set aside as the error topic gets it: its own key, value and headers byte
 * for byte, then headers that say why. What is too large is cut, with a mark; what says where it came from
 * and why stays whole. */
#ifndef KAFKA_ERROR_MESSAGE_H
#define KAFKA_ERROR_MESSAGE_H

#include <librdkafka/rdkafka.h>

#include "record/aside.h"

enum error_headers {
    ERROR_HEADERS_OWN,     /* ErrorInfo, as the manual says, ErrorTopic, ErrorPartition, ... */
    ERROR_HEADERS_CONNECT, /* __connect.errors.topic, ... */
    ERROR_HEADERS_NONE     /* but ErrorCut where something was cut */
};

struct error_message {
    struct slice key;
    struct slice value;
    int64_t timestamp_ms;
    rd_kafka_headers_t *headers; /* the caller's to destroy, or to give away */
};

/* `room`: bytes that key, value and headers may have together, with what the protocol puts around them.
 * `pipeline`: its name. Key and value are views into the record. */
void error_message_make(const struct aside_record *record, enum error_headers headers, const char *pipeline,
                        size_t room, struct error_message *message);

#endif
