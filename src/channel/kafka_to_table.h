/* kafka_to_table: the real parts wired: tables checked, then consumer, channel and Tablestore sinks on one
 * loop. */
#ifndef CHANNEL_KAFKA_TO_TABLE_H
#define CHANNEL_KAFKA_TO_TABLE_H

#include "channel/channel.h"

struct loop;
struct kafka_to_table; /* opaque */

struct kafka_to_table_events {
    void *arg;
    /* Once, when everything has ended, orderly or not. */
    void (*on_stopped)(void *arg);
};

/* Begins at once with checking the tables. The settings are kept. */
struct kafka_to_table *kafka_to_table_create(struct loop *loop, const struct settings *settings,
                                             bool until_end, const struct kafka_to_table_events *events,
                                             struct error *err);

/* An orderly stop; again: at once. */
void kafka_to_table_stop(struct kafka_to_table *pipe);

/* After on_stopped, before loop_destroy(). */
void kafka_to_table_destroy(struct kafka_to_table *pipe);

/* `failed` and `error` are set also when a table check failed. */
void kafka_to_table_read_state(const struct kafka_to_table *pipe, struct channel_state *state);

#endif
