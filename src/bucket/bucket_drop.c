/* bucket_drop: giving up what is not in flight, and what comes back from flight unwritten. Keys of requests
 * that may still be applied stay busy: rows of the next assignment must not be overtaken by them. */
#include "bucket/bucket_private.h"

/* All rows that were not written are given up. */
static uint32_t drop_settle(struct bucket *bucket, struct batch *batch, bool answered)
{
    for (uint32_t i = 0; i < batch->count; i++)
        if (!answered || batch->rows[i].verdict != VERDICT_OK)
            batch->rows[i].verdict = ROW_DROPPED;
    return bucket_answer_settle(bucket, batch);
}

static void drop_free(struct bucket *bucket, struct batch *batch, uint32_t done)
{
    batch->count = 0;
    bucket_answer_release(bucket, batch, done);
    bucket_slot_free(bucket, batch);
}

/* How long it may still be applied. */
static int64_t drop_settle_ms(const struct bucket *bucket, const struct batch *batch)
{
    if (batch->outcome != BATCH_CUT || !bucket->options.ordered)
        return 0;
    return batch->cut_ms + bucket->options.settle_ms - bucket->clock->now_ms;
}

/* Its rows have their fate, its keys wait. */
static void drop_settle_keys(struct bucket *bucket, struct batch *batch, int64_t wait_ms)
{
    bucket_tell_well(bucket, batch);
    batch->dropped = true;
    batch->state = SLOT_RESTING;
    clock_start(bucket->clock, &batch->timer, wait_ms);
}

static void drop_rows(struct bucket *bucket, struct batch *batch, bool answered)
{
    int64_t wait_ms = drop_settle_ms(bucket, batch);
    uint32_t done = drop_settle(bucket, batch, answered);
    if (wait_ms > 0)
        drop_settle_keys(bucket, batch, wait_ms);
    else
        drop_free(bucket, batch, done);
}

void bucket_drop_answered(struct bucket *bucket, struct batch *batch)
{
    drop_rows(bucket, batch, batch->outcome == BATCH_ANSWERED);
}

void bucket_drop_settled(struct bucket *bucket, struct batch *batch)
{
    uint32_t done = 0;
    for (uint32_t i = 0; i < batch->count; i++)
        if (bucket_row_has_key(bucket, &batch->rows[i]))
            bucket->done[done++] = batch->rows[i].key_hash;
    drop_free(bucket, batch, done);
}

/* Never sent, or not since its last answer: nothing of it can be applied. */
static void drop_unsent(struct bucket *bucket, struct batch *batch)
{
    list_remove(&batch->node);
    drop_free(bucket, batch, drop_settle(bucket, batch, false));
}

static void drop_slot(struct bucket *bucket, struct batch *batch)
{
    switch ((enum slot_state)batch->state) {
    case SLOT_FREE:
        return;
    case SLOT_OPEN:
    case SLOT_READY:
    case SLOT_BEHIND:
        drop_unsent(bucket, batch);
        return;
    case SLOT_FLYING:
        bucket_tell_well(bucket, batch);
        batch->dropped = true;
        return;
    case SLOT_RESTING:
        if (!batch->dropped)
            drop_rows(bucket, batch, false);
        return;
    }
}

void bucket_drop(struct bucket *bucket)
{
    bucket_wait_drop(bucket);
    for (uint32_t i = 0; i < bucket->slot_count; i++)
        bucket->slots[i]->after = NULL;
    for (uint32_t i = 0; i < bucket->slot_count; i++)
        drop_slot(bucket, bucket->slots[i]);
    bucket->open = NULL;
    bucket->due = false;
    clock_stop(bucket->clock, &bucket->linger);
}
