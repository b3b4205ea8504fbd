/* peers: how it goes with the connection to each broker: what the library tells of a failure comes once or
 * twice, its silence after that would look like health. Its threads tell every step of a connection; the
 * loop's pass makes of it what is waited for, how often it was tried, and that it is over. */
#ifndef KAFKA_PEERS_H
#define KAFKA_PEERS_H

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdbool.h>

#include "kafka/kafka_fault.h"

struct peer; /* opaque */

/* A failure of the broker, or NULL: it is over. */
typedef void peers_tell_fn(void *arg, const char *name, const struct error *err);

struct peers {
    pthread_mutex_t lock;
    struct peer **items;
    size_t count;
    size_t room;
    int64_t within_ms; /* it tries a broker again at least so often */
    peers_tell_fn *tell;
    void *arg;
};

/* `conf` is the one a client will be made from; peers_fini() after that client is gone. */
void peers_init(struct peers *peers, rd_kafka_conf_t *conf, peers_tell_fn *tell, void *arg);
void peers_fini(struct peers *peers);

/* The loop's thread only. A failure the library told, and a look at what its threads noted since. */
void peers_failed(struct peers *peers, struct kafka_fault *fault, int64_t now_ms);
void peers_pass(struct peers *peers, int64_t now_ms);

#endif
