/* sim: the real channel (offsets, buckets, window, clock) between a simulated topic and a simulated table, on
 * virtual time. Everything that happens is drawn from one seed: the same seed is the same run.
 *
 * sim_run.c    seeds in, failures out        sim_world.c   one run: what it consists of, its turns, its end
 * sim_source.c records, assignment, commit   sim_sink.c    requests, faults, late application
 * sim_mapper.c plays the mapper              sim_oracle.c  what must be true, checked at every step
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/chance.h"
#include "bucket/sink.h"
#include "channel/channel.h"
#include "kafka/source.h"

enum { SIM_PARTITIONS = 6, SIM_LANES = 2, SIM_KEYS = 40, SIM_COLUMNS = 3 };

enum sim_kind {
    SIM_GOOD,
    SIM_UNREADABLE, /* it cannot be read in its format: a converter's error, with rules of its own */
    SIM_UNMAPPABLE, /* the mapper refuses it */
    SIM_REFUSED,    /* the table refuses the row */
    SIM_POISON      /* the table refuses every request that it is in */
};

/* A record as it lies in its topic. */
struct sim_record {
    int64_t offset;
    uint32_t key;
    uint32_t seq;     /* of its key, from 1 */
    uint8_t op;       /* enum row_op */
    uint8_t column;   /* what an update writes */
    uint8_t kind;     /* enum sim_kind */
    bool placeholder; /* no key */
    uint16_t bytes;   /* of the row */
    bool acked;       /* a request that it was in was answered OK for it */
    bool told;        /* its refusal was told */
    bool set_aside;   /* confirmed by the aside that its kind goes to */
};

/* What a row of the table looks like, by the sequence numbers that made it so. */
struct sim_row {
    uint32_t base;                 /* the last put or delete */
    uint32_t columns[SIM_COLUMNS]; /* updates after it */
};

struct sim_key {
    struct sim_row table;    /* as it is */
    struct sim_row expected; /* by the records up to the last commit */
    uint32_t in_flight;      /* requests */
    int64_t settled_ms;      /* when the last cut request cannot be applied any more */
    uint32_t acked_base;     /* of this epoch: the last put or delete that was answered OK */
    uint32_t acked_ever;
    uint32_t least; /* lowest sequence number of its last request in this epoch */
};

struct sim_partition {
    char topic[16];
    uint32_t index;
    uint32_t lane;
    struct sim_record *records;
    uint32_t count;
    uint32_t visible;  /* produced by now */
    uint32_t position; /* next to be taken */
    uint32_t ended;    /* position when its end was told; UINT32_MAX: not yet */
    bool owned;
    uint32_t committed; /* the group's, as an index of records */
    uint32_t claimed;   /* highest index that the channel asked to commit in this epoch */
    uint32_t checked;   /* up to here `expected` is made */
    struct sim_key keys[SIM_KEYS];
};

/* The bytes of a message and of a row. */
struct sim_bytes {
    uint32_t partition;
    uint32_t index;
    uint32_t epoch;
    uint32_t check;
};

struct sim_faults {
    /* permille of requests */
    uint32_t cut, unsent, retry, delay;
    uint32_t row;    /* permille of rows that fail retryably, in requests that fail partly */
    uint32_t partly; /* permille of requests that fail partly */
    uint32_t commit; /* permille of commits */
    uint32_t aside;  /* permille of tries of a record at the error topic */
    uint32_t late;   /* permille of cut requests that are applied late */
    int64_t blocked_from_ms, blocked_to_ms;
    int64_t rebalance_ms; /* mean time between; 0: none */
    int64_t away_ms;      /* mean time between; 0: never */
};

struct sim_sink;
struct sim_source;

struct sim_world {
    uint64_t seed;
    bool verbose;
    struct chance chance;
    struct clock clock;
    struct settings settings;
    struct settings_table tables[SIM_LANES];
    struct sim_partition partitions[SIM_PARTITIONS];
    uint32_t partition_count, lane_count;
    struct sim_faults faults;
    int64_t faults_end_ms;
    int64_t produced_ms; /* when all is produced */
    int64_t slowest_ms;  /* ordinary answers */
    uint32_t epoch;      /* of assignment */
    struct sim_sink *sinks[SIM_LANES];
    struct sim_source *source;
    struct channel *channel;
    /* Drawn once; the asides are of this life. */
    bool sets_aside;        /* an error topic for all errors but converters' */
    bool sets_unread_aside; /* one for converters' errors */
    bool one_aside;         /* and it is the same */
    struct aside *aside;
    struct aside *convert_aside;
    bool tell_ends;
    bool stopped;
    uint64_t turns;
};

/* What a campaign has seen; every one of these must have happened. */
enum sim_seen {
    SEEN_PARTLY,
    SEEN_THROTTLED,
    SEEN_CUT,
    SEEN_CUT_APPLIED,
    SEEN_LATE,
    SEEN_UNSENT,
    SEEN_BLOCKED,
    SEEN_SPLIT,
    SEEN_REFUSED,
    SEEN_SUPERSEDED,
    SEEN_REVOKED,
    SEEN_REVOKED_IN_FLIGHT,
    SEEN_LOST,
    SEEN_AWAY,
    SEEN_REPLAYED,
    SEEN_OTHER_OWNER,
    SEEN_COMMIT_FAILED,
    SEEN_STOPPED_EARLY,
    SEEN_ENDED,
    SEEN_SET_ASIDE,
    SEEN_DEAD_LETTER,
    SEEN_ASIDE_FAILED,
    SEEN_FAILED,
    SEEN_POINTS,
    SEEN_COUNT
};
extern uint64_t sim_seen[SEEN_COUNT];
extern struct sim_world *sim_now; /* the run that is going on */

/* sim_run.c: a promise was broken: says which and how to see it again, ends the process. */
void sim_broken(struct sim_world *world, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
void sim_trace(struct sim_world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* sim_world.c */
void sim_world_run(struct sim_world *world, uint64_t seed, bool verbose);
uint32_t sim_draw(struct sim_world *world, uint32_t below);
/* low .. high, both in it */
int64_t sim_between(struct sim_world *world, int64_t low, int64_t high);
bool sim_hit(struct sim_world *world, uint32_t permille); /* a fault; none after faults_end_ms */
bool sim_faults_over(const struct sim_world *world);

/* sim_source.c */
struct sim_source *sim_source_create(struct sim_world *world);
void sim_source_connect(struct sim_source *source, const struct source_events *events); /* a new life */
void sim_source_destroy(struct sim_source *source);
struct source *sim_source_base(struct sim_source *source);
bool sim_source_owns(const struct sim_source *source);    /* assigned, not revoked, not lost */
bool sim_source_drained(const struct sim_source *source); /* everything is committed, and all of it is ours */
void sim_source_was_away(struct sim_source *source, int64_t away_ms); /* time that the channel did not have */
void sim_source_check_deadline(const struct sim_source *source);

/* sim_sink.c */
struct sim_sink *sim_sink_create(struct sim_world *world, uint32_t lane);
void sim_sink_destroy(struct sim_sink *sink);
struct sink *sim_sink_base(struct sim_sink *sink);
bool sim_sink_is_quiet(const struct sim_sink *sink); /* nothing in flight, nothing that may be applied late */
uint32_t sim_sink_in_flight(const struct sim_sink *sink);

/* sim_aside.c */
/* What it is for: others' errors, converters' errors, or both. */
struct aside *sim_aside_create(struct sim_world *world, bool others, bool unread);
void sim_aside_destroy(struct aside *aside); /* what it has is forgotten; NULL: nothing */
bool sim_aside_is_empty(const struct aside *aside);

/* sim_mapper.c */
uint32_t sim_bytes_check(const struct sim_bytes *bytes);

/* sim_oracle.c */
struct sim_record *sim_oracle_read(struct sim_world *world, struct slice bytes, struct sim_bytes *head);
void sim_oracle_begin_epoch(struct sim_world *world, struct sim_partition *partition);
void sim_oracle_request(struct sim_world *world, struct sim_partition *partition,
                        const struct sim_record *record, uint32_t least, bool ordered);
void sim_oracle_apply(struct sim_world *world, struct sim_partition *partition,
                      const struct sim_record *record, bool ordered);
void sim_oracle_ack(struct sim_world *world, struct sim_partition *partition, struct sim_record *record,
                    uint32_t epoch);
void sim_oracle_commit(struct sim_world *world, struct sim_partition *partition, uint32_t end);
void sim_oracle_end(struct sim_world *world);
void sim_oracle_other_owner(struct sim_world *world, struct sim_partition *partition, uint32_t count);

#endif
