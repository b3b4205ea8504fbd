/* bucket_limit: requests in flight. Up by one after as many good answers as the limit counts, if more would
 * have been sent; down to seven tenths when the service says slow down or does not answer in time, once a
 * round: what was in flight then says the same and does not count again. */
#include "bucket/bucket_private.h"

enum { LIMIT_FIRST = 10, LIMIT_MOST = 200 };

void bucket_limit_init(struct bucket_limit *limit, uint32_t fixed)
{
    *limit = (struct bucket_limit){.fixed = fixed, .now = fixed > 0 ? fixed : LIMIT_FIRST};
}

/* While a person is needed one request asks now and then whether it has been mended; the others stay at home.
 */
uint32_t bucket_limit_now(const struct bucket *bucket)
{
    if (bucket->trouble == TROUBLE_BLOCKED)
        return bucket->unreachable == 0;
    return bucket->limit.now;
}

static void limit_down(struct bucket_limit *limit, uint32_t in_flight)
{
    if (limit->quiet > 0)
        return;
    limit->now = limit->now * 7 / 10;
    if (limit->now < 1)
        limit->now = 1;
    limit->quiet = in_flight + 1; /* this answer counts below */
    limit->answers = 0;
    limit->reached = false;
}

static void limit_up(struct bucket_limit *limit)
{
    if (++limit->answers < limit->now)
        return;
    if (limit->reached && limit->now < LIMIT_MOST)
        limit->now++;
    limit->answers = 0;
    limit->reached = false;
}

void bucket_limit_answered(struct bucket *bucket, const struct batch *batch)
{
    struct bucket_limit *limit = &bucket->limit;
    bool cut = batch->outcome == BATCH_CUT;
    bucket->counts.throttled += batch->throttled;
    bucket->counts.cuts += cut;
    if (limit->fixed > 0 || batch->dropped)
        return;
    if (batch->throttled || cut)
        limit_down(limit, bucket->in_flight);
    else if (batch->outcome == BATCH_ANSWERED)
        limit_up(limit);
    if (limit->quiet > 0)
        limit->quiet--;
}
