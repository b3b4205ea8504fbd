/* bucket: one table's rows on their way: order by primary key, batching, requests in flight, retry,
 * splitting. (design.md, section 4.)
 *
 * Ordered: an exact table of the 64-bit hashes of all keys that are in a request or waiting, 16 bytes each. A
 * row whose key is free joins the open request; so does a row whose key is in the open request already, where
 * the sink allows it. A row whose key is elsewhere (in flight, backing off, waiting) waits behind it,
 * encoded. When a request is settled, waiting rows move up, in order. Never two requests in flight with one
 * key. Rows with a placeholder have no key and skip all that.
 *
 * Nothing is given up here: what can be retried is retried for ever, until bucket_drop(). */
#ifndef BUCKET_BUCKET_H
#define BUCKET_BUCKET_H

#include "bucket/sink.h"
#include "record/window.h"

struct bucket; /* opaque */
struct clock;
struct message;

struct bucket_options {
    bool ordered;         /* insert.order.enable */
    uint32_t concurrency; /* requests in flight; 0: sizes itself from 10, additive up, multiplicative down,
                             most 200 */
    int64_t linger_ms;    /* how long an open request waits for more rows while others are in flight */
    int64_t settle_ms;    /* how long after a cut a late application is expected at most [assumed] */
    int64_t backoff_first_ms;
    int64_t backoff_most_ms;
    uint64_t seed; /* of the jitter */
};

struct bucket_rejection {
    struct receipt receipt; /* to be settled by whoever takes the rejection, once */
    int64_t mark;
    const char *why;        /* lent: code and message */
    const char *request_id; /* lent: of the answer that refused it; empty: none */
    struct slice original;  /* lent: the record (record/original.h); empty: it was not kept */
};

struct bucket_events {
    void *arg;
    /* A row that can never be written. The bucket has let go of it; its bytes count in the window until this
     * returns. */
    void (*on_reject)(void *arg, const struct bucket_rejection *rejection);
    /* There was no room, and now there is. From a later turn than the push that filled it. */
    void (*on_room)(void *arg);
    /* Something needs a person or has been failing for long (err), or is well again (NULL). Once for each
     * change. */
    void (*on_trouble)(void *arg, const struct error *err);
    /* Nothing is open, waiting or in flight any more. */
    void (*on_idle)(void *arg);
};

struct bucket *bucket_create(struct clock *clock, struct sink *sink, struct window_table *window,
                             const struct bucket_options *options, const struct bucket_events *events);
void bucket_destroy(struct bucket *bucket); /* after bucket_drop() and with nothing in flight */

/* May rows be pushed? False when the window has no room, or when waiting rows fill more than half of what it
 * may hold. A push is always taken; who pushes in spite of this overshoots. Who heard false hears on_room
 * later. */
bool bucket_has_room(struct bucket *bucket);

/* Encodes the row and takes it over, with its receipt. The row must fit a request (the mapper's limits see to
 * that). `original`: the record it was made of, kept beside it for the case that it is refused; NULL: nobody
 * wants it back. */
void bucket_push(struct bucket *bucket, const struct row *row, struct receipt receipt, int64_t mark,
                 const struct message *original);

/* The end of a take: sends what is open when nothing is in flight, else arms the linger. */
void bucket_turn(struct bucket *bucket);

/* From now on open requests are sent at once (until-end, drain). */
void bucket_hurry(struct bucket *bucket, bool hurry);

/* A revoked or lost assignment, or stop: everything that is not in flight is dropped (FATE_DROPPED), and what
 * comes back from flight to be retried is dropped too, until rows are pushed again. Keys in flight or
 * settling stay busy. */
void bucket_drop(struct bucket *bucket);

/* Cuts every request in flight. Answers come later. */
void bucket_cut(struct bucket *bucket);

struct bucket_state {
    uint32_t in_flight;
    uint32_t limit;     /* requests in flight allowed now */
    uint64_t open_rows; /* in the open request and in full ones not yet sent */
    uint64_t waiting_rows;
    uint64_t retrying_rows; /* backing off */
    uint64_t keys;          /* busy */
    /* since the start */
    uint64_t requests, rows_written, rows_superseded, rows_rejected, rows_retried, rows_dropped, throttled,
        cuts, splits;
    uint64_t bytes_sent;
    int64_t oldest_ms; /* how long the oldest request not yet settled has been under way; 0: none */
};
void bucket_read_state(const struct bucket *bucket, struct bucket_state *state);

#endif
