/* channel_private: the channel's inside, for the files of the channel: turn (channel.c), phases (phase.c:
 * assignment, revoke, stop), commits (commit.c) and records that cannot be written (errant.c). */
#ifndef CHANNEL_CHANNEL_PRIVATE_H
#define CHANNEL_CHANNEL_PRIVATE_H

#include "channel/channel.h"
#include "channel/envelope.h"
#include "channel/tally.h"
#include "channel/trouble.h"
#include "kafka/offsets.h"
#include "loop/clock.h"
#include "mapping/mapper.h"
#include "record/window.h"

enum {
    CHANNEL_TAKE_MOST = 200,
    CHANNEL_TAKES = 4,
    CHANNEL_SKIPS_SAID = 5,
    CHANNEL_RECORD_BYTES = 64,       /* what a record costs beside its bytes, about */
    CHANNEL_FIRST_BYTES = 256 * 1024 /* what a record is taken for before one was seen */
};

/* Each phase waits for the thing named; channel_progress() moves on when it has come. */
enum channel_phase {
    CHANNEL_NEW,
    CHANNEL_RUNNING,
    CHANNEL_REVOKING, /* what is in flight, then the commit; then the partitions go back */
    CHANNEL_DRAINING, /* stop: everything taken to be written */
    CHANNEL_CUTTING,  /* stop: the drain limit is over; the answers to the cuts */
    CHANNEL_CLOSING,  /* the source to leave */
    CHANNEL_STOPPED
};

struct channel_lane {
    struct channel *channel;
    const struct settings_table *settings;
    uint32_t index;
    bool ready;         /* the source may have records */
    size_t taken_bytes; /* of the take under way */
    size_t each_bytes;  /* of a record, as the last take that gave any had it */
    struct mapper mapper;
    struct envelope *key_envelope; /* NULL: records with errors stay as they are */
    struct envelope *value_envelope;
    struct window_table window;
    struct bucket *bucket;
};

/* A record on its way to where errors are set aside. */
struct errant {
    struct aside_record record;
    struct list node; /* in the channel's errants */
    struct channel_lane *lane;
    struct receipt receipt;
    bool waited_for; /* its receipt has no fate yet: later its partition is not ours any more */
    size_t bytes;    /* in its table's window */
    struct message_header headers[]; /* the record's, then all its bytes */
};

struct channel {
    const struct settings *settings;
    struct clock *clock;
    struct source *source;
    struct channel_events events;
    struct offsets *offsets;
    struct window *window;
    struct channel_lane *lanes;
    size_t lane_count;

    enum channel_phase phase;
    bool assigned;
    bool until_end;
    size_t ended;      /* partitions of this assignment that were read to their end */
    bool revoke_waits; /* the source waits for source_release() */
    bool failed;
    struct error error;
    bool gave_up; /* a drain limit passed */

    struct clock_timer turn;
    struct clock_timer commit;
    struct clock_timer deadline;
    struct source_partition *commits; /* the one commit in flight */
    size_t commit_room;
    size_t commit_partitions; /* 0: none in flight */
    bool
        commit_forgotten; /* its partitions are gone, and the names in it: the answer says nothing any more */
    bool commit_failed;   /* the last one: not tried again in this phase */

    struct aside *aside;         /* NULL: errors are passed over */
    struct aside *convert_aside; /* of the converters' errors; may be the same */
    struct list errants;
    uint32_t errants_waited_for;

    struct tally tally; /* of records with errors */
    uint64_t records, skipped, set_aside, commit_count;
    int64_t said_second; /* of the skipped records said in this second */
    uint32_t said;
    uint64_t unsaid;
    struct troubles troubles;
};

/* channel.c */
void channel_wake(struct channel *channel); /* a turn, soon */
void channel_turn(struct channel *channel);
void channel_on_ready(void *arg, uint32_t lane);

/* phase.c */
void channel_progress(struct channel *channel);
void channel_fail(struct channel *channel, const struct error *err);
void channel_on_deadline(void *arg, struct clock_timer *timer);

/* commit.c */
void channel_on_commit_time(void *arg, struct clock_timer *timer);
void channel_on_committed(void *arg, const struct error *err);
/* True when nothing is left to commit or it cannot be: the phase may end. Begins a commit when there is
 * something. */
bool channel_commit_is_done(struct channel *channel);

/* errant.c */
void channel_listen_aside(struct channel *channel, struct aside *aside);
/* Their partitions are not ours any more, or we give up: nobody waits for them. */
void channel_drop_errants(struct channel *channel);
void channel_free_errants(struct channel *channel); /* at the end; the asides are gone */
/* Records waited for, and what else the asides have under way. */
uint32_t channel_errants_in_flight(const struct channel *channel);
void channel_on_reject(void *arg, const struct bucket_rejection *rejection);
void channel_on_fault(struct channel_lane *lane, const struct message *message,
                      struct offsets_partition *partition, const struct mapping_fault *fault);

#endif
