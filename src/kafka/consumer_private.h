/* consumer_private: the consumer's inside, for its files: life and events (consumer.c), failures
 * (consumer_fault.c), rebalancing (assignment.c). */
#ifndef KAFKA_CONSUMER_PRIVATE_H
#define KAFKA_CONSUMER_PRIVATE_H

#include "base/arena.h"
#include "kafka/consumer.h"
#include "kafka/lane.h"
#include "kafka/peers.h"
#include "kafka/position.h"
#include "kafka/wake.h"
#include "loop/clock.h"

enum assignment_state {
    ASSIGNMENT_NONE,
    ASSIGNMENT_HELD,
    ASSIGNMENT_REVOKED /* on_revoke was told; source_release() is waited for */
};

struct consumer {
    struct source source; /* first: what others hold */
    struct source_events events;
    struct loop *loop;
    struct loop_wakeup *wakeup;
    struct clock_timer serve;
    rd_kafka_t *rk;
    rd_kafka_queue_t *queue; /* events only, as long as partitions are forwarded to their lanes */
    rd_kafka_queue_t *close_queue;
    struct lane *lanes;
    uint32_t lane_count;
    struct consumer_topic *topics; /* by name, ascending */
    struct arena names;            /* of the topics */
    size_t topic_count;
    struct wake wake;
    struct peers peers;

    enum assignment_state assignment;
    struct source_partition *partitions; /* of the assignment */
    struct position_table positions;
    bool went_back; /* a partition's offsets went back: the group is to be joined again */
    bool committing;
    bool closing;
    bool closed; /* nothing more to wait for */
    bool closed_told;
    bool headers; /* messages come with them */
    bool tell_ends;
};

/* consumer_fault.c: before the client is made; peers_fini() after it is gone. */
void consumer_hear(struct consumer *consumer, rd_kafka_conf_t *conf);

/* Tells on_trouble what is waited for, on_error what is not. */
void consumer_fault(struct consumer *consumer, rd_kafka_resp_err_t code, const char *reason);

/* on_trouble; err NULL: it is over. */
void consumer_tell_trouble(struct consumer *consumer, enum kafka_fault_of of, const char *name,
                           const struct error *err);

/* Asks for a pass over the queues in a later turn. */
void consumer_ring(struct consumer *consumer);

/* assignment.c: librdkafka's callback, and what the source's user may ask for. */
void assignment_on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *list,
                             void *opaque);
void assignment_release(struct consumer *consumer);
void assignment_rejoin(struct consumer *consumer);
int assignment_subscribe(struct consumer *consumer, struct error *err);
void assignment_fini(struct consumer *consumer);

#endif
