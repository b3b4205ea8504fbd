/* phase: what the channel waits for: assignment, revoke, stop. One function moves on: channel_progress(). */
#include "channel/channel_private.h"

#include "base/check.h"
#include "base/log.h"

static void channel_enter(struct channel *channel, enum channel_phase phase)
{
    channel->phase = phase;
    channel->commit_failed = false;
    channel_wake(channel);
}

static void channel_hurry(struct channel *channel, bool hurry)
{
    for (size_t i = 0; i < channel->lane_count; i++)
        bucket_hurry(channel->lanes[i].bucket, hurry);
}

static void channel_drop(struct channel *channel)
{
    for (size_t i = 0; i < channel->lane_count; i++)
        bucket_drop(channel->lanes[i].bucket);
}

static void channel_cut(struct channel *channel)
{
    for (size_t i = 0; i < channel->lane_count; i++)
        bucket_cut(channel->lanes[i].bucket);
}

static uint32_t channel_in_flight(const struct channel *channel)
{
    uint32_t count = 0;
    for (size_t i = 0; i < channel->lane_count; i++) {
        struct bucket_state state;
        bucket_read_state(channel->lanes[i].bucket, &state);
        count += state.in_flight;
    }
    return count + channel_errants_in_flight(channel);
}

static void channel_forget_assignment(struct channel *channel)
{
    offsets_drop(channel->offsets);
    channel->commit_forgotten = channel->commit_partitions > 0;
    channel->assigned = false;
    channel->ended = 0;
    for (size_t i = 0; i < channel->lane_count; i++)
        channel->lanes[i].ready = false;
}

static void channel_on_assign(void *arg, const struct source_partition *partitions, size_t count)
{
    struct channel *channel = arg;
    CHECK(!channel->assigned);
    offsets_assign(channel->offsets, partitions, count);
    channel->assigned = true;
    log_info("channel %s: assigned: partitions=%zu", channel->settings->name, count);
    for (size_t i = 0; i < channel->lane_count; i++)
        channel->lanes[i].ready = true;
    channel_wake(channel);
}

/* Nothing more is taken; rows not sent are dropped (the next owner reads them again); what is in flight may
 * come home. */
static void channel_on_revoke(void *arg)
{
    struct channel *channel = arg;
    log_info("channel %s: revoked: open=%llu in_flight=%u", channel->settings->name,
             (unsigned long long)offsets_open(channel->offsets), channel_in_flight(channel));
    channel->revoke_waits = true;
    channel_drop(channel);
    if (channel->phase != CHANNEL_RUNNING)
        return channel_wake(channel);
    clock_start(channel->clock, &channel->deadline, channel->settings->drain_ms);
    channel_enter(channel, CHANNEL_REVOKING);
}

/* The partitions may have another owner by now: nothing more is sent or committed for them. */
static void channel_give_up(struct channel *channel)
{
    channel_drop(channel);
    channel_cut(channel);
    channel_drop_errants(channel);
    channel_forget_assignment(channel);
}

static void channel_on_lost(void *arg)
{
    struct channel *channel = arg;
    log_warn("channel %s: assignment lost: open=%llu rows are dropped and read again by the new owner",
             channel->settings->name, (unsigned long long)offsets_open(channel->offsets));
    channel_give_up(channel);
    channel->revoke_waits = false;
    if (channel->phase == CHANNEL_REVOKING) {
        clock_stop(channel->clock, &channel->deadline);
        channel_enter(channel, CHANNEL_RUNNING);
    }
    channel_wake(channel);
}

static void channel_on_error(void *arg, const struct error *err)
{
    struct channel *channel = arg;
    if (err->kind != ERROR_RETRY)
        return channel_fail(channel, err);
    log_warn("channel %s: %s", channel->settings->name, err->text);
}

static void channel_on_source_trouble(void *arg, const char *what, const struct error *err)
{
    struct channel *channel = arg;
    if (err == NULL)
        trouble_list_end(&channel->troubles, what);
    else if (channel->phase != CHANNEL_CLOSING) /* what fails then is not waited for */
        trouble_list_begin(&channel->troubles, what, channel->clock->now_ms, err);
}

static void channel_on_end(void *arg, const char *topic, int32_t partition, int64_t offset)
{
    struct channel *channel = arg;
    log_debug("channel %s: end of partition: topic=%s partition=%d offset=%lld", channel->settings->name,
              topic, partition, (long long)offset);
    channel->ended++;
    if (channel->ended == offsets_partition_count(channel->offsets))
        channel_hurry(channel, true);
    channel_wake(channel);
}

static void channel_on_closed(void *arg)
{
    struct channel *channel = arg;
    clock_stop(channel->clock, &channel->deadline);
    clock_stop(channel->clock, &channel->commit);
    channel_drop(channel);
    channel_drop_errants(channel);
    if (channel->assigned)
        channel_forget_assignment(channel);
    channel->phase = CHANNEL_STOPPED;
    channel->events.on_stopped(channel->events.arg);
}

struct source_events channel_source_events(struct channel *channel)
{
    return (struct source_events){.arg = channel,
                                  .on_assign = channel_on_assign,
                                  .on_revoke = channel_on_revoke,
                                  .on_lost = channel_on_lost,
                                  .on_ready = channel_on_ready,
                                  .on_committed = channel_on_committed,
                                  .on_error = channel_on_error,
                                  .on_trouble = channel_on_source_trouble,
                                  .on_end = channel_on_end,
                                  .on_closed = channel_on_closed};
}

void channel_stop(struct channel *channel)
{
    if (channel->phase == CHANNEL_DRAINING)
        return channel_on_deadline(channel, &channel->deadline);
    if (channel->phase != CHANNEL_RUNNING && channel->phase != CHANNEL_REVOKING)
        return;
    channel_hurry(channel, true);
    clock_start(channel->clock, &channel->deadline, channel->settings->drain_ms);
    channel_enter(channel, CHANNEL_DRAINING);
}

void channel_fail(struct channel *channel, const struct error *err)
{
    log_error("channel %s: stops: %s", channel->settings->name, err->text);
    if (!channel->failed)
        channel->error = *err;
    channel->failed = true;
    if (channel->phase == CHANNEL_RUNNING || channel->phase == CHANNEL_REVOKING)
        channel_stop(channel);
}

/* While stopping there is nothing to join again; what waits for its release is released by the stop. */
void channel_was_away(struct channel *channel, int64_t away_ms)
{
    if (!channel->assigned)
        return;
    log_warn("channel %s: the process was away for %lld ms: connections are cut, the group is joined again",
             channel->settings->name, (long long)away_ms);
    if (channel->phase != CHANNEL_RUNNING && channel->phase != CHANNEL_REVOKING)
        return channel_give_up(channel);
    channel_on_lost(channel);
    source_rejoin(channel->source);
}

/* The drain limit is over: what is not answered is cut. Its answers come soon, as cuts, and end the phase. */
void channel_on_deadline(void *arg, struct clock_timer *timer)
{
    struct channel *channel = arg;
    clock_stop(channel->clock, timer);
    log_warn("channel %s: drain limit passed: open=%llu in_flight=%u; what is not committed is read again",
             channel->settings->name, (unsigned long long)offsets_open(channel->offsets),
             channel_in_flight(channel));
    channel->gave_up = true;
    channel_drop(channel);
    channel_cut(channel);
    channel_drop_errants(channel);
    if (channel->phase == CHANNEL_DRAINING)
        channel_enter(channel, CHANNEL_CUTTING);
    channel_wake(channel);
}

static void channel_release(struct channel *channel)
{
    channel->revoke_waits = false;
    channel_forget_assignment(channel);
    source_release(channel->source);
}

static void channel_progress_running(struct channel *channel)
{
    if (!channel->until_end || !channel->assigned || offsets_open(channel->offsets) > 0)
        return;
    if (channel->ended >= offsets_partition_count(channel->offsets))
        channel_stop(channel);
}

static void channel_progress_revoking(struct channel *channel)
{
    if (channel_in_flight(channel) > 0 || !channel_commit_is_done(channel))
        return;
    clock_stop(channel->clock, &channel->deadline);
    channel_release(channel);
    channel_enter(channel, CHANNEL_RUNNING);
}

static void channel_progress_draining(struct channel *channel)
{
    bool open = channel->phase == CHANNEL_DRAINING && offsets_open(channel->offsets) > 0;
    if (open || channel_in_flight(channel) > 0 || !channel_commit_is_done(channel))
        return;
    clock_stop(channel->clock, &channel->deadline);
    channel_enter(channel, CHANNEL_CLOSING);
    source_close(channel->source);
}

static void channel_progress_closing(struct channel *channel)
{
    if (channel->revoke_waits && channel_commit_is_done(channel))
        channel_release(channel);
}

void channel_progress(struct channel *channel)
{
    switch (channel->phase) {
    case CHANNEL_RUNNING:
        return channel_progress_running(channel);
    case CHANNEL_REVOKING:
        return channel_progress_revoking(channel);
    case CHANNEL_DRAINING:
    case CHANNEL_CUTTING:
        return channel_progress_draining(channel);
    case CHANNEL_CLOSING:
        return channel_progress_closing(channel);
    case CHANNEL_NEW:
    case CHANNEL_STOPPED:
        return;
    }
}
