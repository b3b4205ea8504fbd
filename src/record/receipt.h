/* receipt: the way back. Whoever takes a row tells its fate exactly once; the book it came from counts it
 * down. kafka/offsets is such a book (one for each partition and assignment); the simulator has its own. */
#ifndef RECORD_RECEIPT_H
#define RECORD_RECEIPT_H

#include <stdint.h>

enum fate {
    FATE_WRITTEN,    /* acknowledged by Tablestore */
    FATE_SUPERSEDED, /* a later put or delete of the same key was acknowledged: not sent again on purpose */
    FATE_SKIPPED,    /* passed over on purpose (error policy ignore) */
    FATE_SET_ASIDE,  /* the error topic or table has confirmed it */
    FATE_DROPPED /* given up unsent or unanswered: its partition is not ours any more, or we are stopping */
};

struct receipt_book;
typedef void receipt_settle_fn(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate);

struct receipt_book {
    receipt_settle_fn *settle;
};

struct receipt {
    struct receipt_book *book; /* kept until settled: a book outlives its open receipts */
    uint64_t run;              /* the book's own number */
};

static inline void receipt_settle(struct receipt receipt, uint32_t count, enum fate fate)
{
    receipt.book->settle(receipt.book, receipt.run, count, fate);
}

#endif
