/* bucket_private: the bucket's inside, for the files of the bucket: life and push (bucket.c), slots and
 * requests (bucket_slot.c), busy keys (bucket_key.c), rows that wait behind a key (bucket_wait.c), answers
 * (bucket_answer.c, bucket_verdict.c), what is sent again (bucket_retry.c), requests in flight
 * (bucket_limit.c), giving up (bucket_drop.c), and what is said to the channel (bucket_tell.c). */
#ifndef BUCKET_BUCKET_PRIVATE_H
#define BUCKET_BUCKET_PRIVATE_H

#include "base/chance.h"
#include "bucket/bucket.h"

/* Where a slot is in its life. */
enum slot_state {
    SLOT_FREE,
    SLOT_OPEN,    /* rows join */
    SLOT_READY,   /* full, or due: waits for its turn to be sent */
    SLOT_FLYING,  /* the sink has it */
    SLOT_RESTING, /* backs off, or waits until a cut request cannot be applied any more */
    SLOT_BEHIND   /* second part of a split request: `after` of another */
};

/* What becomes of a row of an answered request: the verdicts, and two more. */
enum row_fate {
    ROW_WRITTEN = VERDICT_OK,
    ROW_AGAIN = VERDICT_RETRY,
    ROW_REJECTED = VERDICT_REJECT,
    ROW_SUPERSEDED,
    ROW_DROPPED
};

/* A row behind a busy key. */
struct waiting_row {
    struct waiting_row *next;
    struct batch_row row;
    char bytes[]; /* the row's, then its original's */
};

struct key_queue {
    struct waiting_row *first;
    struct waiting_row **end; /* where the next one goes */
    uint32_t slot;            /* who has the key */
};

/* One busy key. holder: 0 for a free place, else slot << 1 | 1, or a struct key_queue when rows wait. */
struct key_entry {
    uint64_t hash;
    uint64_t holder;
};

/* Open addressing; what is removed leaves no mark (what follows moves back). */
struct key_table {
    struct key_entry *entries;
    unsigned shift; /* 64 - log2 of the size */
    size_t mask;    /* the size - 1 */
    size_t count;
};

/* How many may be in flight. */
struct bucket_limit {
    uint32_t fixed; /* 0: sizes itself */
    uint32_t now;
    uint32_t answers;   /* good ones since the last step up */
    uint32_t quiet;     /* answers to come before the next step down */
    bool reached;       /* since the last step: more would have been sent */
    int64_t fastest_ms; /* the quickest answer since the last step */
};

struct key_order {
    uint64_t hash;
    uint32_t index;
};

struct rejection; /* bucket_tell.c */

struct bucket {
    struct clock *clock;
    struct sink *sink;
    struct window_table *window;
    size_t fill_bytes; /* an open request with rows takes no more than this, and as much of originals; a
                          single row may be larger */
    struct bucket_options options;
    struct bucket_events events;
    struct chance chance;

    struct batch **slots;
    uint32_t slot_count;
    struct list free;
    size_t free_bytes; /* body memory that free slots keep */
    struct list ready;
    struct batch *open; /* NULL: none; else with at least one row, or just taken */
    bool due;           /* the linger of the open one is over */
    bool hurry;
    struct clock_timer linger;

    struct key_table keys;
    uint64_t *done;          /* scratch, rows_most long: hashes of the rows that an answer settled */
    struct key_order *order; /* scratch, rows_most long: rows by key */
    struct bucket_limit limit;
    uint32_t in_flight;
    uint32_t unreachable; /* slots that rest because nobody could be reached */

    uint64_t rows; /* without a fate */
    uint64_t waiting_rows;
    size_t waiting_bytes;

    struct clock_timer news; /* started when there is something to tell */
    bool room_wanted;
    bool idle_owed;
    struct rejection *rejections;
    struct rejection **rejections_end;
    uint32_t troubled; /* slots that are in trouble */
    int trouble;       /* enum trouble: how bad it is */
    int trouble_told;
    struct error trouble_error;

    struct bucket_state counts; /* only the counters since the start are kept here */
};

/* bucket_key.c: hash to holder. A claimed entry that is new has holder 0 and must be given one at once;
 * entries move with the next claim or removal. */
void bucket_key_init(struct key_table *keys);
void bucket_key_fini(struct key_table *keys);
struct key_entry *bucket_key_find(const struct key_table *keys, uint64_t hash);
struct key_entry *bucket_key_claim(struct key_table *keys, uint64_t hash);
void bucket_key_remove(struct key_table *keys, struct key_entry *entry);

static inline bool bucket_key_is_waited_for(const struct key_entry *entry)
{
    return entry->holder != 0 && (entry->holder & 1) == 0;
}

static inline struct key_queue *bucket_key_queue(const struct key_entry *entry)
{
    return (struct key_queue *)(uintptr_t)entry->holder;
}

static inline uint64_t bucket_key_holder(uint32_t slot)
{
    return (uint64_t)slot << 1 | 1;
}

static inline uint32_t bucket_key_slot(const struct key_entry *entry)
{
    return bucket_key_is_waited_for(entry) ? bucket_key_queue(entry)->slot : (uint32_t)(entry->holder >> 1);
}

static inline void bucket_key_give(struct key_entry *entry, uint32_t slot)
{
    if (bucket_key_is_waited_for(entry))
        bucket_key_queue(entry)->slot = slot;
    else
        entry->holder = bucket_key_holder(slot);
}

/* bucket_slot.c */
bool bucket_slot_fits(const struct bucket *bucket, const struct batch *batch, const struct batch_row *row);
/* The open one, with room for the row: seals the one before when it is too full. */
struct batch *bucket_slot_open(struct bucket *bucket, const struct batch_row *row);
struct batch *bucket_slot_take(struct bucket *bucket);
/* Adds a row; answers where its bytes go. They must fit. */
char *bucket_slot_add(struct batch *batch, const struct batch_row *row);
/* Where the original of the row added last goes. */
char *bucket_slot_original(struct batch *batch);
/* Adds rows first .. of another one, with their bytes. */
void bucket_slot_copy(struct bucket *bucket, struct batch *to, const struct batch *from, uint32_t first);
/* Keeps `count` rows, those whose verdict is `verdict`, in order. */
void bucket_slot_keep(struct bucket *bucket, struct batch *batch, uint8_t verdict);
/* A few rows left of many may rest for long: they must not keep memory that the window does not count. */
void bucket_slot_shrink(struct batch *batch);
void bucket_slot_seal(struct bucket *bucket); /* the open one, which has rows */
void bucket_slot_send_ready(struct bucket *bucket);
/* After everything that may have made something sendable. */
void bucket_slot_pump(struct bucket *bucket);
void bucket_slot_free(struct bucket *bucket, struct batch *batch);
/* The keys of its rows belong to this slot from now on. */
void bucket_slot_point(struct bucket *bucket, const struct batch *batch, uint32_t slot);
/* The same for it and all that come after it: a key in several of them belongs to the first. */
void bucket_slot_point_chain(struct bucket *bucket, const struct batch *batch);
void bucket_slot_on_linger(void *arg, struct clock_timer *timer);
static inline size_t bucket_slot_bytes(const struct bucket *bucket, const struct batch *batch)
{
    return batch->body.len - bucket->sink->prefix_bytes;
}
static inline bool bucket_row_has_key(const struct bucket *bucket, const struct batch_row *row)
{
    return bucket->options.ordered && !row->placeholder;
}

/* bucket_wait.c */
struct waiting_row *bucket_wait_add(struct bucket *bucket, struct key_entry *entry,
                                    const struct batch_row *row);
/* The key is free: waiting rows go to the open request, or the entry goes. */
void bucket_wait_release(struct bucket *bucket, struct key_entry *entry);
void bucket_wait_drop(struct bucket *bucket); /* all waiting rows */

/* bucket_verdict.c: verdicts of an answered request into fates, key by key. */
void bucket_verdict_decide(struct bucket *bucket, struct batch *batch);

/* bucket_answer.c */
void bucket_answer(void *arg, struct batch *batch);
/* Tells the fates of all rows that are not to be sent again. Answers how many hashes it has put into `done`.
 */
uint32_t bucket_answer_settle(struct bucket *bucket, const struct batch *batch);
/* Frees the keys in `done`, but for those that a row of the batch, or of those after it, still needs. */
void bucket_answer_release(struct bucket *bucket, const struct batch *batch, uint32_t count);

/* bucket_drop.c */
void bucket_drop_answered(struct bucket *bucket, struct batch *batch);
void bucket_drop_settled(struct bucket *bucket,
                         struct batch *batch); /* its cut request cannot be applied any more */

/* bucket_retry.c */
void bucket_retry_rest(struct bucket *bucket, struct batch *batch);
void bucket_retry_on_time(void *arg, struct clock_timer *timer);
void bucket_retry_split(struct bucket *bucket, struct batch *batch);
void bucket_retry_first(struct bucket *bucket, struct batch *batch); /* sent before all that is ready */
void bucket_retry_wake(struct bucket *bucket); /* somebody was reached: those that could not are tried soon */
void bucket_retry_cheer(struct bucket *bucket, struct batch *batch); /* it is not unreachable any more */

/* bucket_limit.c */
void bucket_limit_init(struct bucket_limit *limit, uint32_t fixed);
uint32_t bucket_limit_now(const struct bucket *bucket);
void bucket_limit_answered(struct bucket *bucket, const struct batch *batch);

/* bucket_tell.c: trouble, rejections, room, idleness. */
enum trouble {
    TROUBLE_NONE,
    TROUBLE_LONG,   /* has been failing for long */
    TROUBLE_BLOCKED /* a person is needed */
};
void bucket_tell_trouble(struct bucket *bucket, struct batch *batch, enum trouble trouble,
                         const struct error *err);
void bucket_tell_reached(struct bucket *bucket); /* an answer: nobody blocks us */
void bucket_tell_well(struct bucket *bucket, struct batch *batch);
void bucket_tell_rejected(struct bucket *bucket, const struct batch *batch, const struct batch_row *row,
                          const char *why);
void bucket_tell_now(struct bucket *bucket); /* rejections and trouble; the last act of an answer */
void bucket_tell_on_news(void *arg, struct clock_timer *timer);
/* A row's bytes count no more. */
void bucket_tell_room(struct bucket *bucket, size_t bytes);
/* Rows have got their fate. */
void bucket_tell_settled(struct bucket *bucket, uint64_t rows);

static inline size_t bucket_row_charge(const struct batch_row *row)
{
    return row->bytes + row->original_bytes + sizeof(struct batch_row);
}

#endif
