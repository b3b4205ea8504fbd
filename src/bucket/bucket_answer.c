/* bucket_answer: an answer has come: every row of the request gets its fate or goes again, keys are freed,
 * waiting rows move up. */
#include "bucket/bucket_private.h"

#include "base/check.h"

/* Stands for the holder of keys that are not to be freed in this pass. */
enum { SLOT_KEPT = INT32_MAX };

/* Receipts of consecutive rows of one run are settled in one call. */
struct settling {
    struct receipt receipt;
    enum fate fate;
    uint32_t count;
};

static void settling_flush(struct settling *settling)
{
    if (settling->count > 0)
        receipt_settle(settling->receipt, settling->count, settling->fate);
    settling->count = 0;
}

static void settling_add(struct settling *settling, struct receipt receipt, enum fate fate)
{
    bool same = settling->receipt.book == receipt.book && settling->receipt.run == receipt.run;
    if (settling->count > 0 && (!same || settling->fate != fate))
        settling_flush(settling);
    settling->receipt = receipt;
    settling->fate = fate;
    settling->count++;
}

static enum fate answer_fate(struct bucket *bucket, const struct batch_row *row)
{
    if (row->verdict == ROW_WRITTEN) {
        bucket->counts.rows_written++;
        return FATE_WRITTEN;
    }
    if (row->verdict == ROW_SUPERSEDED) {
        bucket->counts.rows_superseded++;
        return FATE_SUPERSEDED;
    }
    CHECK(row->verdict == ROW_DROPPED);
    bucket->counts.rows_dropped++;
    return FATE_DROPPED;
}

static const char *answer_why(const struct batch *batch, const struct batch_row *row)
{
    return row->why < batch->reasons.len ? batch->reasons.at + row->why : "refused without a reason";
}

uint32_t bucket_answer_settle(struct bucket *bucket, const struct batch *batch)
{
    struct settling settling = {0};
    size_t bytes = 0;
    uint32_t settled = 0;
    uint32_t done = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct batch_row *row = &batch->rows[i];
        if (row->verdict == ROW_AGAIN)
            continue;
        if (bucket_row_has_key(bucket, row))
            bucket->done[done++] = row->key_hash;
        if (row->verdict == ROW_REJECTED) {
            bucket_tell_rejected(bucket, batch, row, answer_why(batch, row));
            continue;
        }
        settling_add(&settling, row->receipt, answer_fate(bucket, row));
        bytes += bucket_row_charge(row);
        settled++;
    }
    settling_flush(&settling);
    bucket_tell_room(bucket, bytes);
    bucket_tell_settled(bucket, settled);
    return done;
}

void bucket_answer_release(struct bucket *bucket, const struct batch *batch, uint32_t count)
{
    bucket_slot_point_chain(bucket, batch->after);
    bucket_slot_point(bucket, batch, SLOT_KEPT);
    for (uint32_t i = 0; i < count; i++) {
        struct key_entry *entry = bucket_key_find(&bucket->keys, bucket->done[i]);
        if (entry != NULL && bucket_key_slot(entry) == batch->slot)
            bucket_wait_release(bucket, entry);
    }
    bucket_slot_point(bucket, batch, batch->slot);
}

/* The other half of a split request joins what is left of this one, behind it. */
static void answer_join_after(struct bucket *bucket, struct batch *batch)
{
    struct batch *after = batch->after;
    bucket_slot_copy(bucket, batch, after, 0);
    batch->after = after->after;
    after->after = NULL;
    bucket_slot_point_chain(bucket, batch);
    bucket_slot_free(bucket, after);
}

static void answer_finish(struct bucket *bucket, struct batch *batch)
{
    struct batch *after = batch->after;
    batch->after = NULL;
    bucket_slot_free(bucket, batch);
    if (after != NULL)
        bucket_retry_first(bucket, after);
}

static void answer_rows(struct bucket *bucket, struct batch *batch)
{
    bucket_tell_reached(bucket);
    bucket_retry_wake(bucket);
    bucket_verdict_decide(bucket, batch);
    uint32_t done = bucket_answer_settle(bucket, batch);
    bucket_slot_keep(bucket, batch, ROW_AGAIN);
    bucket_answer_release(bucket, batch, done);
    if (batch->count == 0) {
        answer_finish(bucket, batch);
        return;
    }
    bucket_tell_well(bucket, batch); /* it was let in; whether it fails for long is judged again */
    if (batch->after != NULL)
        answer_join_after(bucket, batch);
    else
        batch->alone = false; /* it was accepted: the guilty row is not in it */
    bucket_retry_rest(bucket, batch);
}

/* A request of one row was refused as a whole: that row is guilty. */
static void answer_refused(struct bucket *bucket, struct batch *batch)
{
    if (batch->count > 1) {
        bucket_retry_split(bucket, batch);
        return;
    }
    buffer_reset(&batch->reasons, 4096);
    CHECK(buffer_add(&batch->reasons, batch->error.text, strlen(batch->error.text) + 1) == 0);
    batch->rows[0].why = 0;
    batch->rows[0].verdict = VERDICT_REJECT;
    answer_rows(bucket, batch);
}

static void answer_outcome(struct bucket *bucket, struct batch *batch)
{
    switch (batch->outcome) {
    case BATCH_ANSWERED:
        answer_rows(bucket, batch);
        return;
    case BATCH_REFUSED:
        answer_refused(bucket, batch);
        return;
    case BATCH_RETRY:
    case BATCH_CUT:
    case BATCH_UNSENT:
    case BATCH_BLOCKED:
        bucket_retry_rest(bucket, batch);
        return;
    }
}

void bucket_answer(void *arg, struct batch *batch)
{
    struct bucket *bucket = arg;
    CHECK(batch->state == SLOT_FLYING && batch->outcome <= BATCH_BLOCKED);
    bucket->in_flight--;
    bucket_limit_answered(bucket, batch);
    if (batch->outcome == BATCH_CUT)
        batch->cut_ms = bucket->clock->now_ms;
    if (batch->dropped)
        bucket_drop_answered(bucket, batch);
    else
        answer_outcome(bucket, batch);
    bucket_slot_pump(bucket);
    bucket_tell_now(bucket);
}
