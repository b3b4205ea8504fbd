/* bucket_retry: what is sent again, and when. A request that failed rests with its keys; then its rows join
 * the open request, so that requests stay full, or it is sent as it is. */
#include "bucket/bucket_private.h"

enum {
    RETRY_LONG_MS = 10000,         /* failing for so long is said */
    RETRY_BLOCKED_FIRST_MS = 5000, /* a person is needed: asked for seldom */
    RETRY_BLOCKED_MOST_MS = 60000
};

/* The wait goes on from where it was, within the limits of this kind of failure. */
static void retry_set_backoff(struct batch *batch, int64_t first_ms, int64_t most_ms)
{
    struct backoff *backoff = &batch->backoff;
    backoff->first_ms = first_ms;
    backoff->most_ms = most_ms;
    if (backoff->next_ms > most_ms)
        backoff->next_ms = most_ms;
    if (backoff->next_ms != 0 && backoff->next_ms < first_ms)
        backoff->next_ms = first_ms;
}

static int64_t retry_wait_ms(struct bucket *bucket, struct batch *batch)
{
    const struct bucket_options *options = &bucket->options;
    if (batch->outcome == BATCH_BLOCKED)
        retry_set_backoff(batch, RETRY_BLOCKED_FIRST_MS, RETRY_BLOCKED_MOST_MS);
    else
        retry_set_backoff(batch, options->backoff_first_ms, options->backoff_most_ms);
    int64_t wait_ms = backoff_wait_ms(&batch->backoff, &bucket->chance);
    bool settles = batch->outcome == BATCH_CUT && options->ordered;
    return settles && wait_ms < options->settle_ms ? options->settle_ms : wait_ms;
}

/* A request that was answered tells why in its rows. */
static void retry_tell_long(struct bucket *bucket, struct batch *batch, int64_t wait_ms)
{
    struct error err = batch->error;
    uint32_t why = batch->rows[0].why;
    if (batch->outcome == BATCH_ANSWERED)
        error_set(&err, ERROR_RETRY, "%s", why < batch->reasons.len ? batch->reasons.at + why : "rows fail");
    error_wrap(&err, "not written for %lld s, tried %u times, again in %.1f s",
               (long long)((bucket->clock->now_ms - batch->since_ms) / 1000), batch->attempts,
               (double)wait_ms / 1000);
    bucket_tell_trouble(bucket, batch, TROUBLE_LONG, &err);
}

static void retry_tell_blocked(struct bucket *bucket, struct batch *batch, int64_t wait_ms)
{
    struct error err = batch->error;
    error_wrap(&err, "refused, tried again in %.1f s and then once a minute", (double)wait_ms / 1000);
    bucket_tell_trouble(bucket, batch, TROUBLE_BLOCKED, &err);
}

static void retry_tell(struct bucket *bucket, struct batch *batch, int64_t wait_ms)
{
    if (batch->outcome == BATCH_BLOCKED)
        retry_tell_blocked(bucket, batch, wait_ms);
    else if (bucket->clock->now_ms - batch->since_ms >= RETRY_LONG_MS)
        retry_tell_long(bucket, batch, wait_ms);
}

void bucket_retry_rest(struct bucket *bucket, struct batch *batch)
{
    bucket->counts.rows_retried += batch->count;
    batch->state = SLOT_RESTING;
    bucket_slot_shrink(batch);
    if (batch->outcome == BATCH_UNSENT || batch->outcome == BATCH_BLOCKED) {
        batch->unreachable = true;
        bucket->unreachable++;
    }
    int64_t wait_ms = retry_wait_ms(bucket, batch);
    retry_tell(bucket, batch, wait_ms);
    clock_start(bucket->clock, &batch->timer, wait_ms);
}

void bucket_retry_first(struct bucket *bucket, struct batch *batch)
{
    batch->state = SLOT_READY;
    list_push_front(&bucket->ready, &batch->node);
}

static bool retry_joins(const struct bucket *bucket, const struct batch *batch)
{
    const struct batch *open = bucket->open;
    if (batch->alone)
        return false;
    return open == NULL ||
           (open->count + batch->count <= bucket->sink->rows_most &&
            bucket_slot_bytes(bucket, open) + bucket_slot_bytes(bucket, batch) <= bucket->fill_bytes &&
            open->originals.len + batch->originals.len <= bucket->fill_bytes);
}

/* The open request inherits the history of what joins it. */
static void retry_inherit(struct batch *open, struct batch *batch)
{
    if (open->attempts == 0 || batch->since_ms < open->since_ms)
        open->since_ms = batch->since_ms;
    if (open->attempts < batch->attempts)
        open->attempts = batch->attempts;
    if (open->backoff.next_ms < batch->backoff.next_ms)
        open->backoff.next_ms = batch->backoff.next_ms;
    if (batch->troubled && !open->troubled) {
        open->troubled = true;
        batch->troubled = false;
    }
}

static void retry_join(struct bucket *bucket, struct batch *batch)
{
    if (bucket->open == NULL) {
        bucket->open = batch;
        batch->state = SLOT_OPEN;
        return;
    }
    bucket_slot_copy(bucket, bucket->open, batch, 0);
    bucket_slot_point(bucket, batch, bucket->open->slot);
    retry_inherit(bucket->open, batch);
    bucket_slot_free(bucket, batch);
}

void bucket_retry_on_time(void *arg, struct clock_timer *timer)
{
    struct batch *batch = arg;
    struct bucket *bucket = batch->arg;
    (void)timer;
    bucket_retry_cheer(bucket, batch);
    if (batch->dropped)
        bucket_drop_settled(bucket, batch);
    else if (retry_joins(bucket, batch))
        retry_join(bucket, batch);
    else
        bucket_retry_first(bucket, batch);
    bucket_slot_pump(bucket);
    bucket_tell_now(bucket);
}

/* The second half waits until the first is settled: they may share keys. */
void bucket_retry_split(struct bucket *bucket, struct batch *batch)
{
    struct batch *second = bucket_slot_take(bucket);
    uint32_t half = batch->count / 2;
    bucket_slot_copy(bucket, second, batch, half);
    batch->body.len = bucket->sink->prefix_bytes + batch->rows[half].at;
    batch->originals.len = batch->rows[half].original_at;
    batch->count = half;
    second->state = SLOT_BEHIND;
    second->attempts = batch->attempts;
    second->since_ms = batch->since_ms;
    second->after = batch->after;
    batch->after = second;
    batch->alone = second->alone = true;
    bucket_slot_point_chain(bucket, batch);
    bucket->counts.splits++;
    bucket_retry_first(bucket, batch);
}

void bucket_retry_cheer(struct bucket *bucket, struct batch *batch)
{
    bucket->unreachable -= batch->unreachable;
    batch->unreachable = false;
}

void bucket_retry_wake(struct bucket *bucket)
{
    int64_t first_ms = bucket->options.backoff_first_ms;
    for (uint32_t i = 0; i < bucket->slot_count && bucket->unreachable > 0; i++) {
        struct batch *batch = bucket->slots[i];
        if (!batch->unreachable)
            continue;
        bucket_retry_cheer(bucket, batch);
        int64_t wait_ms = (int64_t)chance_below(&bucket->chance, (uint64_t)first_ms + 1);
        if (batch->timer.due_ms > bucket->clock->now_ms + wait_ms)
            clock_start(bucket->clock, &batch->timer, wait_ms);
    }
}
