/* taker: a user of a source, for tests: takes what comes and checks it as every user relies on it: records of
 * assigned partitions only, offsets one behind the other, nothing between on_revoke and the next on_assign.
 */
#ifndef SUPPORT_TAKER_H
#define SUPPORT_TAKER_H

#include "kafka/consumer.h"
#include "loop/clock.h"

struct loop;

enum { TAKER_LANES = 4, TAKER_PARTITIONS = 64 };

struct taker_partition {
    char topic[64];
    int32_t partition;
    uint32_t lane;
    bool assigned;
    bool restarted; /* assigned anew: the next offset may go back */
    bool ended;
    int64_t next; /* offset expected next; -1: any */
    uint64_t given;
};

struct taker {
    struct loop *loop;
    struct source *source;
    bool blocked[TAKER_LANES];     /* not taken from */
    bool keeps_revoked;            /* does not release by itself */
    uint32_t most;                 /* of one take; 200 when 0 */
    source_message_fn *on_message; /* hears of every message, if set */
    void *arg;

    struct taker_partition partitions[TAKER_PARTITIONS];
    size_t partition_count;
    size_t assigned; /* partitions */
    bool holds;      /* between on_assign and on_revoke or on_lost */
    bool revoked;    /* between on_revoke and the release */
    uint64_t given[TAKER_LANES];
    uint64_t total;
    unsigned assigns, revokes, losts, commits, ends, errors, troubles, well, closed;
    struct error committed; /* of the last commit */
    struct error error;     /* the first */
    struct error trouble;   /* the first, and of what */
    char what[320];
};

/* Zeroed by the caller, but for what it sets. */
void taker_start(struct taker *taker, struct loop *loop, const struct consumer_options *options);

/* Takes from all lanes that are not blocked. */
void taker_take(struct taker *taker);

/* At most `most` records of one lane, blocked or not. */
void taker_take_some(struct taker *taker, uint32_t lane, uint32_t most);

/* Commits what was taken of all assigned partitions. */
void taker_commit(struct taker *taker);
void taker_release(struct taker *taker);

/* The record of a partition, made when there is none. */
struct taker_partition *taker_find(struct taker *taker, const char *topic, int32_t partition);

/* Runs the loop until done(arg); fails after a minute with the name of what was waited for. */
typedef bool taker_done_fn(void *arg);
void taker_run(struct loop *loop, taker_done_fn *done, void *arg, const char *what);

/* Leaves the group and waits for the end of it. */
void taker_close(struct taker *taker);

#endif
