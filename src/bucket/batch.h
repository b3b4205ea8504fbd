/* batch: one request's worth of rows: their bytes, and for each row where it came from and what became of it.
 * Made and reused by the bucket; lent to the sink from send to answer. Memory stays with the slot. */
#ifndef BUCKET_BATCH_H
#define BUCKET_BATCH_H

#include "base/backoff.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/list.h"
#include "loop/clock.h"
#include "record/receipt.h"

enum verdict {
    VERDICT_OK,
    VERDICT_RETRY, /* may work later: throttled, conflict, server error */
    VERDICT_REJECT /* this row can never be written; batch_row.why has code and message */
};

struct batch_row {
    uint64_t key_hash;
    struct receipt receipt;
    int64_t mark; /* the giver's number, handed back with a rejection: the record's offset */
    uint32_t at;  /* its bytes in body, from the first row on */
    uint32_t bytes;
    uint32_t why;            /* offset into batch.reasons of its text, ended by 0; UINT32_MAX: none */
    uint32_t original_at;    /* its record in originals */
    uint32_t original_bytes; /* 0: not kept */
    uint8_t op;              /* enum row_op */
    uint8_t verdict;
    bool placeholder; /* auto-increment: no key, no order */
};

enum { BATCH_REQUEST_ID = 64 };

enum batch_outcome {
    BATCH_ANSWERED, /* a verdict for each row */
    BATCH_RETRY,    /* refused as a whole, nothing was applied: throttled, server error with an answer */
    BATCH_CUT,     /* nobody knows whether it was applied, or will be: time-out, connection lost after sending
                      began */
    BATCH_UNSENT,  /* never left: connection refused, name not resolved */
    BATCH_REFUSED, /* refused as a whole because of its content: split it until the guilty row is alone */
    BATCH_BLOCKED /* a person is needed (credentials, permission, table gone): tried again slowly, said loudly
                   */
};

struct batch;
typedef void batch_answer_fn(void *arg, struct batch *batch);

struct batch {
    struct list node;
    struct buffer
        body; /* sink.prefix_bytes of room for the sink's prefix, then the rows one behind the other */
    struct buffer
        originals; /* the records that the rows were made of (record/original.h), where they are kept */
    struct batch_row *rows;
    uint32_t count;
    uint32_t slot; /* the slot's number, for logs */
    struct buffer reasons;

    /* The sink's, from send to answer. */
    enum batch_outcome outcome;
    bool throttled;     /* the answer, or a row of it, said: slow down */
    struct error error; /* for every outcome but BATCH_ANSWERED: what happened, code and request id in it */
    char request_id[BATCH_REQUEST_ID + 1]; /* of the answer; empty: none */
    void *sink_state;                      /* the sink's own, kept between requests of this slot */

    /* The bucket's. */
    batch_answer_fn *on_answer;
    void *arg;
    struct clock_timer timer;
    struct backoff backoff;
    uint8_t state;
    bool alone;          /* a part of a split request: no other rows may join */
    bool dropped;        /* its rows are not ours any more: nothing of it is sent again */
    bool unreachable;    /* backs off because nobody could be reached, or nobody let us in */
    bool troubled;       /* counted among those that fail for long */
    uint32_t attempts;   /* how often it, or what was joined to it, was sent */
    int64_t since_ms;    /* when the oldest of its rows was first sent */
    int64_t sent_ms;     /* when it was last sent */
    int64_t cut_ms;      /* when it was last cut; its keys stay busy for settle_ms after that */
    struct batch *after; /* the other half of a split request, to be sent when this one is settled */
};

#endif
