/* message: one Kafka record as it arrived. Bytes are lent for as long as the giver says (the batch they came
 * in). */
#ifndef RECORD_MESSAGE_H
#define RECORD_MESSAGE_H

#include "base/slice.h"

struct message_header {
    struct slice name;
    struct slice value; /* at NULL: a null value */
};

struct message {
    struct slice topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: none */
    struct slice key;     /* at NULL: no key; at not NULL and len 0: an empty key */
    struct slice value;   /* at NULL: a tombstone */
    const struct message_header *headers;
    size_t header_count;
};

#endif
