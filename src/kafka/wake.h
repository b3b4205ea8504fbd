/* wake: librdkafka before 2.2 sleeps a whole second when a queue is full, whatever is taken from it meanwhile
 * (engineering.md 2.2). So its broker threads are woken when a queue has fallen to half of its highest length
 * since the last time: that is below the limit soon enough, whether messages or bytes were the limit. */
#ifndef KAFKA_WAKE_H
#define KAFKA_WAKE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct wake {
    rd_kafka_t *rk; /* lent */
    char *username; /* sasl.username and sasl.password, or any text where there are none */
    char *password;
    size_t some_messages; /* half of the queue's limits: below both of them no broker thread sleeps */
    size_t some_bytes;
    uint64_t count; /* wake-ups so far */
};

/* The configuration is lent, and complete. */
void wake_init(struct wake *wake, const rd_kafka_conf_t *conf);
void wake_start(struct wake *wake, rd_kafka_t *rk);
void wake_fini(struct wake *wake);

/* Of one queue. */
struct wake_mark {
    size_t high;
    bool armed; /* it may have been full since the last wake-up */
};

/* `taken` messages of `bytes` in all were taken and `left` are there still: wakes when it is time. */
void wake_after_take(struct wake *wake, struct wake_mark *mark, size_t taken, size_t bytes, size_t left);

#endif
