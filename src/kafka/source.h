/* source: where records come from, as the channel sees it: records, assignment, commit. The second seam of
 * the simulator; kafka/consumer is the real one.
 *
 * Topics are grouped into lanes: all topics that are written to one table are one lane, and a lane is read
 * only when the channel asks, so that a table without room stops no other. All calls and callbacks are on the
 * loop's thread.
 *
 * Order of events: on_assign, then records; on_revoke (take nothing more: the source gives none), then the
 * channel drains, commits, and answers with source_release(); only then the partitions are given back. A lost
 * assignment is on_lost: the partitions are gone already; drop everything, answer nothing. */
#ifndef KAFKA_SOURCE_H
#define KAFKA_SOURCE_H

#include "base/error.h"
#include "record/message.h"

struct source;

struct source_partition {
    const char *topic; /* lent */
    int32_t partition;
    uint32_t lane;
    int64_t offset; /* on commit: the next offset to read, that is last done + 1. On assign: unused */
};

struct source_events {
    void *arg;
    /* Before any record of them. All earlier partitions were released or lost (eager assignment). */
    void (*on_assign)(void *arg, const struct source_partition *partitions, size_t count);
    void (*on_revoke)(void *arg);
    void (*on_lost)(void *arg);
    /* The lane may have records: take until source_take() answers 0. Edge-like: comes once. */
    void (*on_ready)(void *arg, uint32_t lane);
    /* The answer to source_commit(). kind ERROR_NONE: done. */
    void (*on_committed)(void *arg, const struct error *err);
    /* ERROR_RETRY: worth saying, and over; ERROR_CONFIG, ERROR_FATAL: cannot go on. */
    void (*on_error)(void *arg, const struct error *err);
    /* Something that is waited for and heals by itself: `what` names it ("broker 10.0.0.1:9092", "topic
     * orders", lent). At each failure, with its words; NULL when it is over. */
    void (*on_trouble)(void *arg, const char *what, const struct error *err);
    /* The partition has been read to the end that it had at this moment: once a partition and assignment.
     * Only when the source was asked to tell. */
    void (*on_end)(void *arg, const char *topic, int32_t partition, int64_t offset);
    /* The answer to source_close(). */
    void (*on_closed)(void *arg);
};

/* The message is lent until the call returns. */
typedef void source_message_fn(void *arg, const struct message *message);

struct source_class {
    uint32_t (*take)(struct source *source, uint32_t lane, uint32_t most, source_message_fn *on_message,
                     void *arg);
    int (*commit)(struct source *source, const struct source_partition *partitions, size_t count,
                  struct error *err);
    void (*release)(struct source *source);
    void (*rejoin)(struct source *source);
    void (*close)(struct source *source);
    uint64_t (*lag)(const struct source *source);
};

struct source {
    const struct source_class *class;
};

/* At most `most` messages of the lane, each given to on_message before it returns; answers how many. Never
 * waits. */
static inline uint32_t source_take(struct source *source, uint32_t lane, uint32_t most,
                                   source_message_fn *on_message, void *arg)
{
    return source->class->take(source, lane, most, on_message, arg);
}

/* One at a time: not again before on_committed. 0 and on_committed later, or -1 and never. */
static inline int source_commit(struct source *source, const struct source_partition *partitions,
                                size_t count, struct error *err)
{
    return source->class->commit(source, partitions, count, err);
}

static inline void source_release(struct source *source)
{
    source->class->release(source);
}

/* Leaves the group at once, without on_revoke, and joins again: what was assigned may have another owner
 * already. */
static inline void source_rejoin(struct source *source)
{
    source->class->rejoin(source);
}

/* Leaves the group: on_revoke comes first if something is assigned, on_closed at the end. */
static inline void source_close(struct source *source)
{
    source->class->close(source);
}

/* Records between what was given and the ends of the assigned partitions, as last heard. A partition of which
 * nothing was given yet does not count. */
static inline uint64_t source_lag(const struct source *source)
{
    return source->class->lag(source);
}

#endif
