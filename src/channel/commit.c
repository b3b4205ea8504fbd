/* commit: the watermarks, one commit in flight, the newest wins. */
#include "channel/channel_private.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"

static void channel_commit_room(struct channel *channel)
{
    size_t count = offsets_partition_count(channel->offsets);
    if (count <= channel->commit_room)
        return;
    channel->commits = check_memory(realloc(channel->commits, count * sizeof(*channel->commits)));
    channel->commit_room = count;
}

/* True when a commit was begun. */
static bool channel_commit_begin(struct channel *channel)
{
    struct error err;
    channel_commit_room(channel);
    size_t count = offsets_to_commit(channel->offsets, channel->commits, channel->commit_room);
    if (count == 0)
        return false;
    if (source_commit(channel->source, channel->commits, count, &err) != 0) {
        log_warn("channel %s: commit: %s", channel->settings->name, err.text);
        channel->commit_failed = true;
        return false;
    }
    channel->commit_partitions = count;
    return true;
}

void channel_on_commit_time(void *arg, struct clock_timer *timer)
{
    struct channel *channel = arg;
    clock_start(channel->clock, timer, channel->settings->commit_interval_ms);
    channel->commit_failed = false;
    if (channel->phase == CHANNEL_RUNNING && channel->assigned && channel->commit_partitions == 0)
        channel_commit_begin(channel);
}

void channel_on_committed(void *arg, const struct error *err)
{
    struct channel *channel = arg;
    CHECK(channel->commit_partitions > 0);
    if (err->kind == ERROR_NONE) {
        channel->commit_count++;
        if (!channel->commit_forgotten)
            offsets_committed(channel->offsets, channel->commits, channel->commit_partitions);
    } else {
        channel->commit_failed = true;
        log_warn("channel %s: commit refused: %s; what is not committed is read again",
                 channel->settings->name, err->text);
    }
    channel->commit_partitions = 0;
    channel->commit_forgotten = false;
    if (err->kind == ERROR_CONFIG || err->kind == ERROR_FATAL)
        channel_fail(channel, err);
    channel_wake(channel);
}

bool channel_commit_is_done(struct channel *channel)
{
    if (channel->commit_partitions > 0)
        return false;
    return !channel->assigned || channel->commit_failed || !channel_commit_begin(channel);
}
