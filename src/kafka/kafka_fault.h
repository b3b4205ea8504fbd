/* kafka_fault: librdkafka's errors as kinds, with words for a person. Nobody else judges codes. */
#ifndef KAFKA_KAFKA_FAULT_H
#define KAFKA_KAFKA_FAULT_H

#include <librdkafka/rdkafka.h>

#include "base/error.h"

enum { KAFKA_FAULT_NAME_MOST = 280 };

enum kafka_fault_of { KAFKA_FAULT_OF_CLIENT, KAFKA_FAULT_OF_BROKER, KAFKA_FAULT_OF_TOPIC };

struct kafka_fault {
    enum kafka_fault_of of;
    char name[KAFKA_FAULT_NAME_MOST]; /* of the broker, host:port, or of the topic; else "" */
    struct error error;               /* the cause, without the name */
    const char *advice;               /* what can be done; NULL: nothing */
};

/* `reason` is the library's text, with address or topic and cause; NULL: the code's own words. */
void kafka_fault_read(struct kafka_fault *fault, rd_kafka_resp_err_t code, const char *reason);

/* "broker 10.0.0.1:9092", "topic orders", "kafka". */
void kafka_fault_name(enum kafka_fault_of of, const char *name, char *to, size_t room);

/* Adds the advice, behind `next`, what is done next (NULL: nothing worth saying). */
void kafka_fault_advise(struct kafka_fault *fault, const char *next);

/* The same in one text, name first. */
void kafka_fault(struct error *err, rd_kafka_resp_err_t code, const char *reason);

#endif
