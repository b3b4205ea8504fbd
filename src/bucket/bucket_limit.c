/* bucket_limit: requests in flight. Up by one after as many good answers as the limit counts, if more would
 * have been sent and the fastest of these answers took so long that more in flight can help: behind a service
 * that answers at once, or that is the bottleneck itself, they would only hold memory. Down to seven tenths
 * when the service says slow down or does not answer in time, once a round: what was in flight then says the
 * same and does not count again. */
#include "bucket/bucket_private.h"

enum { LIMIT_FIRST = 10, LIMIT_MOST = 200, LIMIT_WORTH_MS = 10 };

static void limit_begin_round(struct bucket_limit *limit)
{
    limit->answers = 0;
    limit->reached = false;
    limit->fastest_ms = INT64_MAX;
}

void bucket_limit_init(struct bucket_limit *limit, uint32_t fixed)
{
    *limit = (struct bucket_limit){.fixed = fixed, .now = fixed > 0 ? fixed : LIMIT_FIRST};
    limit_begin_round(limit);
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
    limit_begin_round(limit);
}

static void limit_up(struct bucket_limit *limit, int64_t took_ms)
{
    if (took_ms < limit->fastest_ms)
        limit->fastest_ms = took_ms;
    if (++limit->answers < limit->now)
        return;
    if (limit->reached && limit->now < LIMIT_MOST && limit->fastest_ms >= LIMIT_WORTH_MS)
        limit->now++;
    limit_begin_round(limit);
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
        limit_up(limit, bucket->clock->now_ms - batch->sent_ms);
    if (limit->quiet > 0)
        limit->quiet--;
}
