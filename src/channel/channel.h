/* channel: one composed path from a source to tables: takes while there is room, maps, pushes, commits what
 * is finished, drains on revoke and at stop. It knows the source, the sinks and the clock by their interfaces
 * only: the simulator runs this very code. (kafka_to_table.c wires the real parts.) */
#ifndef CHANNEL_CHANNEL_H
#define CHANNEL_CHANNEL_H

#include "channel/settings.h"
#include "record/aside.h"

struct channel; /* opaque */

struct channel_events {
    void *arg;
    /* Once: everything is drained or given up, the last commit is answered, the source is closed. */
    void (*on_stopped)(void *arg);
};

struct channel_options {
    const struct settings *settings; /* kept */
    struct clock *clock;             /* kept */
    struct sink *const *sinks;       /* kept, one a table, in the order of settings->tables */
    struct aside *aside;             /* kept; where rows and records with errors go; NULL: nowhere */
    struct aside *convert_aside;     /* kept; the same for records that cannot be read in their format */
    bool until_end; /* stop by itself when every assigned partition has been read to its end */
    struct channel_events events;
};

struct channel *channel_create(const struct channel_options *options);
void channel_destroy(struct channel *channel); /* after on_stopped; the asides must have gone before it */

/* What the source must be created with. */
struct source_events channel_source_events(struct channel *channel);

/* The source is kept until on_stopped. */
void channel_start(struct channel *channel, struct source *source);

/* Begins an orderly stop: nothing more is taken, what was taken is written for at most drain_ms, the
 * watermarks are committed, the source is closed. A second call gives up what is left at once. */
void channel_stop(struct channel *channel);

/* The process was away for so long that partitions may have another owner: cut, drop, join again. */
void channel_was_away(struct channel *channel, int64_t away_ms);

struct channel_state {
    bool failed; /* error: why */
    struct error error;
    bool taking, assigned, stopped;
    uint64_t records; /* taken from the source */
    uint64_t rows;    /* acknowledged */
    uint64_t superseded;
    uint64_t errors;    /* records that could not become rows, or rows that were refused */
    uint64_t skipped;   /* of those, passed over by policy */
    uint64_t set_aside; /* of those, confirmed by the error topic or table */
    uint64_t requests, bytes_sent, retried, throttled;
    uint64_t lag;  /* records behind what was taken, as last heard */
    uint64_t open; /* records without a fate */
    uint32_t in_flight;
    size_t held_bytes, most_held_bytes;
    uint64_t commits;
    size_t partitions, partitions_ended;
    char trouble[840]; /* what is waited for longest, and why; empty: nothing */
    int64_t trouble_since_ms;
    uint64_t trouble_failures;
    size_t troubles; /* how many things are waited for */
};
void channel_read_state(const struct channel *channel, struct channel_state *state);

#endif
