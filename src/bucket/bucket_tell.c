/* bucket_tell: what the channel hears. Everything is told when the bucket's own work is done, so that the
 * channel may call back: rejections and trouble at the end of an answer, room and idleness in the next turn.
 */
#include "bucket/bucket_private.h"

#include <stdlib.h>

#include "base/check.h"

struct rejection {
    struct rejection *next;
    struct receipt receipt;
    int64_t mark;
    size_t bytes;
    struct slice original; /* behind why */
    char request_id[BATCH_REQUEST_ID + 1];
    char why[];
};

static void tell_news(struct bucket *bucket)
{
    if (!clock_started(&bucket->news))
        clock_start(bucket->clock, &bucket->news, 0);
}

void bucket_tell_trouble(struct bucket *bucket, struct batch *batch, enum trouble trouble,
                         const struct error *err)
{
    bucket->troubled += !batch->troubled;
    batch->troubled = true;
    if ((int)trouble <= bucket->trouble)
        return;
    bucket->trouble = (int)trouble;
    bucket->trouble_error = *err;
    tell_news(bucket);
}

void bucket_tell_reached(struct bucket *bucket)
{
    if (bucket->trouble == TROUBLE_BLOCKED)
        bucket->trouble = TROUBLE_LONG;
}

void bucket_tell_well(struct bucket *bucket, struct batch *batch)
{
    if (!batch->troubled)
        return;
    batch->troubled = false;
    if (--bucket->troubled > 0)
        return;
    bucket->trouble = TROUBLE_NONE;
    tell_news(bucket);
}

void bucket_tell_rejected(struct bucket *bucket, const struct batch *batch, const struct batch_row *row,
                          const char *why)
{
    size_t len = strlen(why) + 1;
    struct rejection *rejection = check_memory(malloc(sizeof(*rejection) + len + row->original_bytes));
    rejection->next = NULL;
    rejection->receipt = row->receipt;
    rejection->mark = row->mark;
    rejection->bytes = bucket_row_charge(row);
    memcpy(rejection->request_id, batch->request_id, sizeof(rejection->request_id));
    memcpy(rejection->why, why, len);
    rejection->original = slice_of(rejection->why + len, row->original_bytes);
    if (row->original_bytes > 0)
        memcpy(rejection->why + len, batch->originals.at + row->original_at, row->original_bytes);
    *bucket->rejections_end = rejection;
    bucket->rejections_end = &rejection->next;
    bucket->counts.rows_rejected++;
}

static void tell_rejection(struct bucket *bucket)
{
    struct rejection *rejection = bucket->rejections;
    bucket->rejections = rejection->next;
    if (bucket->rejections == NULL)
        bucket->rejections_end = &bucket->rejections;
    struct bucket_rejection told = {.receipt = rejection->receipt,
                                    .mark = rejection->mark,
                                    .why = rejection->why,
                                    .request_id = rejection->request_id,
                                    .original = rejection->original};
    bucket->events.on_reject(bucket->events.arg, &told);
    bucket_tell_room(bucket, rejection->bytes);
    bucket_tell_settled(bucket, 1);
    free(rejection);
}

void bucket_tell_now(struct bucket *bucket)
{
    while (bucket->rejections != NULL)
        tell_rejection(bucket);
    int told = bucket->trouble_told;
    bucket->trouble_told = bucket->trouble;
    if (bucket->trouble > told)
        bucket->events.on_trouble(bucket->events.arg, &bucket->trouble_error);
    else if (bucket->trouble < told && bucket->trouble == TROUBLE_NONE)
        bucket->events.on_trouble(bucket->events.arg, NULL);
}

/* Told again only when there is room worth a turn: an eighth of the share, or a request. */
static bool tell_room_is_worth(const struct bucket *bucket)
{
    size_t wanted = bucket->window->share / 8;
    if (wanted > bucket->sink->bytes_most)
        wanted = bucket->sink->bytes_most;
    size_t room = window_room(bucket->window);
    return room > 0 && room >= wanted && bucket->waiting_bytes <= (bucket->window->held + room) / 16 * 7;
}

bool bucket_has_room(struct bucket *bucket)
{
    size_t room = window_room(bucket->window);
    bool has = bucket->room_wanted ? tell_room_is_worth(bucket)
                                   : room > 0 && bucket->waiting_bytes <= (bucket->window->held + room) / 2;
    bucket->room_wanted = !has;
    return has;
}

void bucket_tell_room(struct bucket *bucket, size_t bytes)
{
    window_give(bucket->window, bytes);
    if (bucket->room_wanted && tell_room_is_worth(bucket))
        tell_news(bucket);
}

void bucket_tell_settled(struct bucket *bucket, uint64_t rows)
{
    bucket->rows -= rows;
    if (bucket->rows == 0 && bucket->idle_owed)
        tell_news(bucket);
}

void bucket_tell_on_news(void *arg, struct clock_timer *timer)
{
    struct bucket *bucket = arg;
    (void)timer;
    bucket_tell_now(bucket);
    if (bucket->room_wanted && tell_room_is_worth(bucket)) {
        bucket->room_wanted = false;
        bucket->events.on_room(bucket->events.arg);
    }
    if (bucket->idle_owed && bucket->rows == 0) {
        bucket->idle_owed = false;
        bucket->events.on_idle(bucket->events.arg);
    }
}
