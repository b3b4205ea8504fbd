/* bucket_slot: a slot's life: taken, open, sealed, sent, free again. Slots and their memory are reused; what
 * free ones keep is bounded. */
#include "bucket/bucket_private.h"

#include <stdlib.h>

#include "base/check.h"

enum { SLOT_KEEP_BYTES = 1 << 20, SLOTS_KEEP_BYTES = 4 << 20, SLOT_SMALL_BYTES = 64 << 10 };

bool bucket_slot_fits(const struct bucket *bucket, const struct batch *batch, const struct batch_row *row)
{
    return batch->count < bucket->sink->rows_most &&
           (batch->count == 0 || (bucket_slot_bytes(bucket, batch) + row->bytes <= bucket->fill_bytes &&
                                  batch->originals.len + row->original_bytes <= bucket->fill_bytes));
}

static struct batch *slot_create(struct bucket *bucket)
{
    uint32_t count = bucket->slot_count + 1;
    bucket->slots = check_memory(realloc(bucket->slots, count * sizeof(struct batch *)));
    struct batch *batch = check_memory(calloc(1, sizeof(*batch)));
    bucket->slots[bucket->slot_count] = batch;
    batch->slot = bucket->slot_count++;
    batch->rows = check_memory(calloc(bucket->sink->rows_most, sizeof(*batch->rows)));
    batch->on_answer = bucket_answer;
    batch->arg = bucket;
    list_init(&batch->node);
    buffer_init(&batch->body, bucket->sink->prefix_bytes + bucket->sink->bytes_most);
    buffer_init(&batch->originals, UINT32_MAX);
    buffer_init(&batch->reasons, SLOT_KEEP_BYTES);
    clock_timer_init(&batch->timer, bucket_retry_on_time, batch);
    return batch;
}

static size_t slot_room(const struct batch *batch)
{
    return batch->body.room + batch->originals.room;
}

struct batch *bucket_slot_take(struct bucket *bucket)
{
    struct list *node = list_pop(&bucket->free);
    struct batch *batch = node != NULL ? LIST_OWNER(node, struct batch, node) : slot_create(bucket);
    bucket->free_bytes -= node != NULL ? slot_room(batch) : 0;
    batch->backoff = (struct backoff){.first_ms = bucket->options.backoff_first_ms,
                                      .most_ms = bucket->options.backoff_most_ms};
    batch->state = SLOT_OPEN;
    CHECK(buffer_reserve(&batch->body, bucket->sink->prefix_bytes) != NULL);
    batch->body.len = bucket->sink->prefix_bytes;
    return batch;
}

void bucket_slot_free(struct bucket *bucket, struct batch *batch)
{
    CHECK(batch->after == NULL);
    bucket_tell_well(bucket, batch);
    bucket_retry_cheer(bucket, batch);
    clock_stop(bucket->clock, &batch->timer);
    list_remove(&batch->node);
    bool enough = bucket->free_bytes + slot_room(batch) > SLOTS_KEEP_BYTES;
    buffer_reset(&batch->body, enough ? 0 : SLOT_KEEP_BYTES);
    buffer_reset(&batch->originals, enough ? 0 : SLOT_KEEP_BYTES);
    buffer_reset(&batch->reasons, 4096);
    bucket->free_bytes += slot_room(batch);
    batch->count = 0;
    batch->state = SLOT_FREE;
    batch->alone = batch->dropped = false;
    batch->attempts = 0;
    list_push_front(&bucket->free, &batch->node);
}

struct batch *bucket_slot_open(struct bucket *bucket, const struct batch_row *row)
{
    if (bucket->open != NULL && !bucket_slot_fits(bucket, bucket->open, row))
        bucket_slot_seal(bucket);
    if (bucket->open == NULL)
        bucket->open = bucket_slot_take(bucket);
    return bucket->open;
}

char *bucket_slot_add(struct batch *batch, const struct batch_row *row)
{
    char *to = buffer_reserve(&batch->body, row->bytes);
    CHECK(to != NULL);
    struct batch_row *last = batch->count == 0 ? NULL : &batch->rows[batch->count - 1];
    struct batch_row *added = &batch->rows[batch->count++];
    *added = *row;
    added->at = last == NULL ? 0 : last->at + last->bytes;
    added->original_at = (uint32_t)batch->originals.len;
    batch->body.len += row->bytes;
    if (row->original_bytes > 0) {
        CHECK(buffer_reserve(&batch->originals, row->original_bytes) != NULL);
        batch->originals.len += row->original_bytes;
    }
    return to;
}

char *bucket_slot_original(struct batch *batch)
{
    return batch->originals.at + batch->rows[batch->count - 1].original_at;
}

void bucket_slot_copy(struct bucket *bucket, struct batch *to, const struct batch *from, uint32_t first)
{
    size_t prefix = bucket->sink->prefix_bytes;
    for (uint32_t i = first; i < from->count; i++) {
        const struct batch_row *row = &from->rows[i];
        memcpy(bucket_slot_add(to, row), from->body.at + prefix + row->at, row->bytes);
        if (row->original_bytes > 0)
            memcpy(bucket_slot_original(to), from->originals.at + row->original_at, row->original_bytes);
    }
}

/* Moves the row's bytes forward, to where the rows kept so far end. */
static void slot_move(struct batch *batch, struct batch_row *row, char *rows_at, uint32_t at,
                      uint32_t original_at)
{
    memmove(rows_at + at, rows_at + row->at, row->bytes);
    row->at = at;
    if (row->original_bytes > 0)
        memmove(batch->originals.at + original_at, batch->originals.at + row->original_at,
                row->original_bytes);
    row->original_at = original_at;
}

void bucket_slot_keep(struct bucket *bucket, struct batch *batch, uint8_t verdict)
{
    char *rows_at = batch->body.at + bucket->sink->prefix_bytes;
    uint32_t at = 0;
    uint32_t original_at = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        if (batch->rows[i].verdict != verdict)
            continue;
        struct batch_row *row = &batch->rows[kept++];
        *row = batch->rows[i];
        slot_move(batch, row, rows_at, at, original_at);
        at += row->bytes;
        original_at += row->original_bytes;
    }
    batch->count = kept;
    batch->body.len = bucket->sink->prefix_bytes + at;
    batch->originals.len = original_at;
}

static void slot_shrink(struct buffer *buffer)
{
    struct buffer small;
    if (buffer->room <= SLOT_SMALL_BYTES || buffer->len > buffer->room / 4)
        return;
    buffer_init(&small, buffer->most);
    CHECK(buffer_add(&small, buffer->at, buffer->len) == 0);
    buffer_fini(buffer);
    *buffer = small;
}

void bucket_slot_shrink(struct batch *batch)
{
    slot_shrink(&batch->body);
    slot_shrink(&batch->originals);
}

void bucket_slot_seal(struct bucket *bucket)
{
    struct batch *batch = bucket->open;
    CHECK(batch->count > 0);
    batch->state = SLOT_READY;
    list_push(&bucket->ready, &batch->node);
    bucket->open = NULL;
    bucket->due = false;
    clock_stop(bucket->clock, &bucket->linger);
}

/* The sink says something about every row; what it forgets would be sent again. */
static void slot_clear_verdicts(struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        batch->rows[i].verdict = VERDICT_RETRY;
        batch->rows[i].why = UINT32_MAX;
    }
    buffer_reset(&batch->reasons, 4096);
    batch->throttled = false;
}

static void slot_send(struct bucket *bucket, struct batch *batch)
{
    slot_clear_verdicts(batch);
    if (batch->attempts++ == 0)
        batch->since_ms = bucket->clock->now_ms;
    batch->state = SLOT_FLYING;
    batch->sent_ms = bucket->clock->now_ms;
    bucket->in_flight++;
    bucket->counts.requests++;
    bucket->counts.bytes_sent += bucket_slot_bytes(bucket, batch);
    bucket->sink->class->send(bucket->sink, batch);
}

void bucket_slot_send_ready(struct bucket *bucket)
{
    while (!list_empty(&bucket->ready)) {
        if (bucket->in_flight >= bucket_limit_now(bucket)) {
            bucket->limit.reached = true;
            return;
        }
        struct batch *batch = LIST_OWNER(bucket->ready.next, struct batch, node);
        list_remove(&batch->node);
        slot_send(bucket, batch);
    }
}

/* Self-clocking: with nothing in flight there is nothing to wait for. */
static bool slot_open_is_due(const struct bucket *bucket)
{
    if (!list_empty(&bucket->ready) || bucket->in_flight >= bucket_limit_now(bucket))
        return false;
    return bucket->in_flight == 0 || bucket->due || bucket->hurry;
}

void bucket_slot_pump(struct bucket *bucket)
{
    static const struct batch_row least = {.bytes = 1};
    if (bucket->open != NULL && bucket->open->count > 0 && !bucket_slot_fits(bucket, bucket->open, &least))
        bucket_slot_seal(bucket);
    bucket_slot_send_ready(bucket);
    if (bucket->open == NULL || bucket->open->count == 0)
        return;
    if (slot_open_is_due(bucket)) {
        bucket_slot_seal(bucket);
        bucket_slot_send_ready(bucket);
    } else if (!bucket->due && !clock_started(&bucket->linger)) {
        clock_start(bucket->clock, &bucket->linger, bucket->options.linger_ms);
    }
}

void bucket_slot_on_linger(void *arg, struct clock_timer *timer)
{
    struct bucket *bucket = arg;
    (void)timer;
    bucket->due = true;
    bucket_slot_pump(bucket);
}

void bucket_slot_point(struct bucket *bucket, const struct batch *batch, uint32_t slot)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        if (!bucket_row_has_key(bucket, &batch->rows[i]))
            continue;
        struct key_entry *entry = bucket_key_find(&bucket->keys, batch->rows[i].key_hash);
        CHECK(entry != NULL);
        bucket_key_give(entry, slot);
    }
}

void bucket_slot_point_chain(struct bucket *bucket, const struct batch *batch)
{
    if (batch == NULL)
        return;
    bucket_slot_point_chain(bucket, batch->after);
    bucket_slot_point(bucket, batch, batch->slot);
}
