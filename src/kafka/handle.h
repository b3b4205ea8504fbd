/* handle: the end of a librdkafka handle, within a time: the library may hang in it (engineering.md 2.7), for
 * example when a partition was deleted. */
#ifndef KAFKA_HANDLE_H
#define KAFKA_HANDLE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* rd_kafka_destroy_flags() on a thread, awaited for at most 5 s. False: it is left behind with its thread,
 * for the end of the process, and what it may still touch must be left behind too. */
bool handle_destroy(rd_kafka_t *rk, int flags);

/* Log callback: the library's lines go to our log. Any thread. */
void handle_on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text);

#endif
