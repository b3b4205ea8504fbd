/* bucket: life, push, turn. The hot path is bucket_push(): size, place in the open request, bytes, one look
 * at the table of busy keys; nothing is allocated on it once slots are warm. */
#include "bucket/bucket_private.h"

#include <stdlib.h>

#include "base/check.h"
#include "record/original.h"

enum { FILL_LEAST_BYTES = 256 << 10 };

/* Large rows fill a request long before they are 200: one request must not hold all that the window lets a
 * table hold, or nothing is in flight while it fills, and its body is copied as it grows to megabytes. */
static size_t bucket_fill_bytes(const struct sink *sink, const struct window_table *window)
{
    size_t most = sink->fill_most == 0 ? sink->bytes_most : sink->fill_most;
    size_t quarter = window->share / 4;
    size_t fill = quarter < FILL_LEAST_BYTES ? FILL_LEAST_BYTES : quarter;
    return fill < most ? fill : most;
}

struct bucket *bucket_create(struct clock *clock, struct sink *sink, struct window_table *window,
                             const struct bucket_options *options, const struct bucket_events *events)
{
    CHECK(sink->rows_most > 0 && sink->bytes_most > 0 && options->backoff_first_ms > 0);
    struct bucket *bucket = check_memory(calloc(1, sizeof(*bucket)));
    bucket->clock = clock;
    bucket->sink = sink;
    bucket->window = window;
    bucket->fill_bytes = bucket_fill_bytes(sink, window);
    bucket->options = *options;
    bucket->events = *events;
    chance_init(&bucket->chance, options->seed);
    list_init(&bucket->free);
    list_init(&bucket->ready);
    clock_timer_init(&bucket->linger, bucket_slot_on_linger, bucket);
    clock_timer_init(&bucket->news, bucket_tell_on_news, bucket);
    bucket_key_init(&bucket->keys);
    bucket->done = check_memory(calloc(sink->rows_most, sizeof(*bucket->done)));
    bucket->order = check_memory(calloc(sink->rows_most, sizeof(*bucket->order)));
    bucket->rejections_end = &bucket->rejections;
    bucket_limit_init(&bucket->limit, options->concurrency);
    return bucket;
}

static void bucket_destroy_slot(struct bucket *bucket, struct batch *batch)
{
    CHECK(batch->state == SLOT_FREE || batch->dropped); /* keys that settle may go */
    clock_stop(bucket->clock, &batch->timer);
    bucket->sink->class->forget(bucket->sink, batch);
    buffer_fini(&batch->body);
    buffer_fini(&batch->originals);
    buffer_fini(&batch->reasons);
    free(batch->rows);
    free(batch);
}

void bucket_destroy(struct bucket *bucket)
{
    CHECK(bucket->in_flight == 0 && bucket->rows == 0);
    clock_stop(bucket->clock, &bucket->linger);
    clock_stop(bucket->clock, &bucket->news);
    for (uint32_t i = 0; i < bucket->slot_count; i++)
        bucket_destroy_slot(bucket, bucket->slots[i]);
    bucket_key_fini(&bucket->keys);
    free(bucket->slots);
    free(bucket->done);
    free(bucket->order);
    free(bucket);
}

/* The key's next row joins the open request when nobody else has the key. */
static struct batch *bucket_place(struct bucket *bucket, const struct batch_row *row, struct key_entry *entry)
{
    if (entry->holder == 0) {
        struct batch *batch = bucket_slot_open(bucket, row);
        entry->holder = bucket_key_holder(batch->slot);
        return batch;
    }
    struct batch *open = bucket->open;
    bool joins = bucket->sink->same_key && open != NULL && entry->holder == bucket_key_holder(open->slot) &&
                 bucket_slot_fits(bucket, open, row);
    return joins ? open : NULL;
}

/* The row's place in a request, or behind its key. */
struct place {
    char *row;
    char *original;
};

static struct place bucket_make_room(struct bucket *bucket, struct batch *batch, struct key_entry *entry,
                                     const struct batch_row *row)
{
    if (batch == NULL) {
        struct waiting_row *waiting = bucket_wait_add(bucket, entry, row);
        return (struct place){waiting->bytes, waiting->bytes + row->bytes};
    }
    char *to = bucket_slot_add(batch, row);
    return (struct place){to, row->original_bytes > 0 ? bucket_slot_original(batch) : NULL};
}

void bucket_push(struct bucket *bucket, const struct row *row, struct receipt receipt, int64_t mark,
                 const struct message *original)
{
    struct sink *sink = bucket->sink;
    size_t bytes = sink->class->row_size(sink, row);
    CHECK(bytes <= sink->bytes_most);
    struct batch_row added = {.key_hash = row->key_hash,
                              .receipt = receipt,
                              .mark = mark,
                              .bytes = (uint32_t)bytes,
                              .why = UINT32_MAX,
                              .original_bytes = original == NULL ? 0 : (uint32_t)original_size(original),
                              .op = (uint8_t)row->op,
                              .placeholder = row->placeholder};
    window_take(bucket->window, bucket_row_charge(&added));
    bucket->rows++;
    bucket->idle_owed = true;
    struct key_entry *entry = NULL;
    struct batch *batch;
    if (bucket_row_has_key(bucket, &added)) {
        entry = bucket_key_claim(&bucket->keys, row->key_hash);
        batch = bucket_place(bucket, &added, entry);
    } else {
        batch = bucket_slot_open(bucket, &added);
    }
    struct place to = bucket_make_room(bucket, batch, entry, &added);
    CHECK(sink->class->put_row(sink, row, to.row) == to.row + bytes);
    if (original != NULL)
        original_put(original, to.original);
    if (batch != NULL && batch->count == sink->rows_most)
        bucket_slot_seal(bucket);
    if (!list_empty(&bucket->ready))
        bucket_slot_send_ready(bucket);
}

void bucket_turn(struct bucket *bucket)
{
    bucket_slot_pump(bucket);
}

void bucket_hurry(struct bucket *bucket, bool hurry)
{
    bucket->hurry = hurry;
    bucket_slot_pump(bucket);
}

void bucket_cut(struct bucket *bucket)
{
    for (uint32_t i = 0; i < bucket->slot_count; i++)
        if (bucket->slots[i]->state == SLOT_FLYING)
            bucket->sink->class->cut(bucket->sink, bucket->slots[i]);
}

static void bucket_count_slot(const struct batch *batch, struct bucket_state *state, int64_t *oldest_ms)
{
    bool waits = batch->state == SLOT_RESTING || batch->state == SLOT_BEHIND;
    if (batch->state == SLOT_OPEN || batch->state == SLOT_READY)
        state->open_rows += batch->count;
    if (waits && !batch->dropped)
        state->retrying_rows += batch->count;
    if (batch->attempts > 0 && !(waits && batch->dropped) && batch->since_ms < *oldest_ms)
        *oldest_ms = batch->since_ms;
}

void bucket_read_state(const struct bucket *bucket, struct bucket_state *state)
{
    int64_t oldest_ms = bucket->clock->now_ms;
    *state = bucket->counts;
    state->in_flight = bucket->in_flight;
    state->limit = bucket_limit_now(bucket);
    state->waiting_rows = bucket->waiting_rows;
    state->keys = bucket->keys.count;
    for (uint32_t i = 0; i < bucket->slot_count; i++)
        bucket_count_slot(bucket->slots[i], state, &oldest_ms);
    state->oldest_ms = bucket->clock->now_ms - oldest_ms;
}
