/* bucket_wait: rows behind a busy key, already encoded, each with memory of its own: hot keys are few, and
 * they cost only themselves. */
#include "bucket/bucket_private.h"

#include <stdlib.h>

#include "base/check.h"

/* What a waiting row takes beyond its place in a request. */
static size_t wait_extra_bytes(void)
{
    return sizeof(struct waiting_row) - sizeof(struct batch_row);
}

static struct key_queue *wait_queue(struct key_entry *entry)
{
    if (bucket_key_is_waited_for(entry))
        return bucket_key_queue(entry);
    struct key_queue *queue = check_memory(malloc(sizeof(*queue)));
    *queue = (struct key_queue){.slot = bucket_key_slot(entry)};
    queue->end = &queue->first;
    entry->holder = (uint64_t)(uintptr_t)queue;
    return queue;
}

struct waiting_row *bucket_wait_add(struct bucket *bucket, struct key_entry *entry,
                                    const struct batch_row *row)
{
    struct key_queue *queue = wait_queue(entry);
    struct waiting_row *waiting = check_memory(malloc(sizeof(*waiting) + row->bytes + row->original_bytes));
    waiting->next = NULL;
    waiting->row = *row;
    *queue->end = waiting;
    queue->end = &waiting->next;
    window_take(bucket->window, wait_extra_bytes());
    bucket->waiting_rows++;
    bucket->waiting_bytes += bucket_row_charge(row) + wait_extra_bytes();
    return waiting;
}

/* Takes the first one out of the count; it is the caller's to free. */
static struct waiting_row *wait_pop(struct bucket *bucket, struct key_queue *queue)
{
    struct waiting_row *waiting = queue->first;
    queue->first = waiting->next;
    bucket->waiting_rows--;
    bucket->waiting_bytes -= bucket_row_charge(&waiting->row) + wait_extra_bytes();
    bucket_tell_room(bucket, wait_extra_bytes());
    return waiting;
}

static void wait_end_queue(struct key_entry *entry)
{
    struct key_queue *queue = bucket_key_queue(entry);
    entry->holder = bucket_key_holder(queue->slot);
    free(queue);
}

static void wait_put(struct batch *batch, const struct waiting_row *waiting)
{
    const struct batch_row *row = &waiting->row;
    memcpy(bucket_slot_add(batch, row), waiting->bytes, row->bytes);
    if (row->original_bytes > 0)
        memcpy(bucket_slot_original(batch), waiting->bytes + row->bytes, row->original_bytes);
}

static void wait_move_up(struct bucket *bucket, struct key_queue *queue)
{
    struct batch *batch = bucket_slot_open(bucket, &queue->first->row);
    queue->slot = batch->slot;
    do {
        struct waiting_row *waiting = wait_pop(bucket, queue);
        wait_put(batch, waiting);
        free(waiting);
    } while (bucket->sink->same_key && queue->first != NULL &&
             bucket_slot_fits(bucket, batch, &queue->first->row));
}

void bucket_wait_release(struct bucket *bucket, struct key_entry *entry)
{
    if (!bucket_key_is_waited_for(entry)) {
        bucket_key_remove(&bucket->keys, entry);
        return;
    }
    struct key_queue *queue = bucket_key_queue(entry);
    wait_move_up(bucket, queue);
    if (queue->first == NULL)
        wait_end_queue(entry);
}

static void wait_drop_queue(struct bucket *bucket, struct key_entry *entry)
{
    struct key_queue *queue = bucket_key_queue(entry);
    while (queue->first != NULL) {
        struct waiting_row *waiting = wait_pop(bucket, queue);
        receipt_settle(waiting->row.receipt, 1, FATE_DROPPED);
        bucket->counts.rows_dropped++;
        bucket_tell_room(bucket, bucket_row_charge(&waiting->row));
        bucket_tell_settled(bucket, 1);
        free(waiting);
    }
    wait_end_queue(entry);
}

void bucket_wait_drop(struct bucket *bucket)
{
    if (bucket->waiting_rows == 0)
        return;
    for (size_t i = 0; i <= bucket->keys.mask; i++)
        if (bucket_key_is_waited_for(&bucket->keys.entries[i]))
            wait_drop_queue(bucket, &bucket->keys.entries[i]);
}
