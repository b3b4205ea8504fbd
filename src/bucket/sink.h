/* sink: where a batch is sent; the third seam of the simulator. ots/write and timeseries/series_write are
 * sinks. The sink says what a row looks like and what a request may hold; the bucket decides what goes when.
 */
#ifndef BUCKET_SINK_H
#define BUCKET_SINK_H

#include "bucket/batch.h"
#include "record/row.h"

struct sink;

struct sink_class {
    /* Exact bytes of the encoded row in a body, and the writing of it (answers where it ends). */
    size_t (*row_size)(struct sink *sink, const struct row *row);
    char *(*put_row)(struct sink *sink, const struct row *row, char *to);

    /* Begins; the answer comes exactly once, from a later turn, as batch->on_answer(batch->arg, batch), with
     * outcome, verdicts and reasons filled in. body and rows are lent until then. It is sent once: never
     * repeated by a library below (rows with a placeholder would be there twice). */
    void (*send)(struct sink *sink, struct batch *batch);

    /* Closes the connection of a batch that is in flight: its answer comes soon, as BATCH_CUT (or as it would
     * have come). */
    void (*cut)(struct sink *sink, struct batch *batch);

    /* The slot goes: free sink_state. Never while in flight. */
    void (*forget)(struct sink *sink, struct batch *batch);
};

struct sink {
    const struct sink_class *class;
    uint32_t rows_most;  /* rows a request may hold: 200 */
    size_t bytes_most;   /* bytes of rows a request may hold, at least the largest row's */
    size_t prefix_bytes; /* room in front of the first row */
    bool same_key;       /* several rows of one key in one request, applied in order (BulkImport, no index) */
    size_t fill_most;    /* beyond it no second row joins a request; 0: bytes_most */
};

#endif
