/* bucket_verdict: what an answer means for each row. Rows of one key are judged together, in their order: let
 * w be the last put or delete that was written. A row before w that failed retryably is superseded: sent
 * again, it would put the old value over the new one. From the first one after w on, every row of the key
 * goes again, also updates that were written: a put that comes after them would wipe them out. */
#include "bucket/bucket_private.h"

#include <stdlib.h>

static int verdict_compare(const void *a, const void *b)
{
    const struct key_order *left = a;
    const struct key_order *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

static uint32_t verdict_sort(struct bucket *bucket, const struct batch *batch)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < batch->count; i++)
        if (bucket_row_has_key(bucket, &batch->rows[i]))
            bucket->order[count++] = (struct key_order){batch->rows[i].key_hash, i};
    qsort(bucket->order, count, sizeof(*bucket->order), verdict_compare);
    return count;
}

/* Index behind w; 0 when there is none. */
static uint32_t verdict_behind_written(const struct batch *batch, const struct key_order *rows,
                                       uint32_t count)
{
    for (uint32_t i = count; i > 0; i--) {
        const struct batch_row *row = &batch->rows[rows[i - 1].index];
        if (row->verdict == VERDICT_OK && row->op != ROW_UPDATE)
            return i;
    }
    return 0;
}

static void verdict_of_key(struct batch *batch, const struct key_order *rows, uint32_t count)
{
    uint32_t behind = verdict_behind_written(batch, rows, count);
    bool again = false;
    for (uint32_t i = 0; i < count; i++) {
        struct batch_row *row = &batch->rows[rows[i].index];
        if (row->verdict == VERDICT_REJECT)
            continue;
        again |= i >= behind && row->verdict == VERDICT_RETRY;
        if (again)
            row->verdict = ROW_AGAIN;
        else if (row->verdict == VERDICT_RETRY)
            row->verdict = ROW_SUPERSEDED;
    }
}

static bool verdict_all_ok(const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        if (batch->rows[i].verdict != VERDICT_OK)
            return false;
    return true;
}

void bucket_verdict_decide(struct bucket *bucket, struct batch *batch)
{
    if (verdict_all_ok(batch) || !bucket->options.ordered)
        return;
    uint32_t count = verdict_sort(bucket, batch);
    uint32_t first = 0;
    for (uint32_t i = 1; i <= count; i++) {
        if (i < count && bucket->order[i].hash == bucket->order[first].hash)
            continue;
        verdict_of_key(batch, &bucket->order[first], i - first);
        first = i;
    }
}
