/* kafka_fault: librdkafka's error codes as kinds, with words for a person. Nobody else judges codes. */
#ifndef KAFKA_KAFKA_FAULT_H
#define KAFKA_KAFKA_FAULT_H

#include <librdkafka/rdkafka.h>

#include "base/error.h"

/* `reason` is the library's text, with address or topic and cause; NULL: the code's own words. */
void kafka_fault(struct error *err, rd_kafka_resp_err_t code, const char *reason);

#endif
