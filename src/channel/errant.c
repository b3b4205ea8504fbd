/* errant: records that cannot be written. Tolerance none: the channel stops there, everything before it is
 * committed. Tolerance all: passed over, said and counted. */
#include "channel/channel_private.h"

#include "base/log.h"

static void channel_stop_at(struct channel *channel, const struct source_partition *origin, int64_t offset,
                            const char *words)
{
    struct error err;
    error_set(&err, ERROR_FATAL,
              "record cannot be written: topic=%s partition=%d offset=%lld: %s; set errors.tolerance "
              "(runtime.error.tolerance) to all to pass over such records",
              origin->topic, origin->partition, (long long)offset, words);
    channel_fail(channel, &err);
}

/* A stream of bad records must not fill the disk with log lines: a few a second, the rest counted. */
static void channel_say_skipped(struct channel *channel, const struct source_partition *origin,
                                int64_t offset, const char *words)
{
    int64_t second = channel->clock->now_ms / 1000;
    channel->skipped++;
    if (second != channel->said_second) {
        if (channel->unsaid > 0)
            log_warn("channel %s: %llu more records skipped", channel->settings->name,
                     (unsigned long long)channel->unsaid);
        channel->said_second = second;
        channel->said = 0;
        channel->unsaid = 0;
    }
    if (channel->said++ < CHANNEL_SKIPS_SAID)
        log_warn("channel %s: record skipped: topic=%s partition=%d offset=%lld: %s", channel->settings->name,
                 origin->topic, origin->partition, (long long)offset, words);
    else
        channel->unsaid++;
}

void channel_on_reject(void *arg, const struct bucket_rejection *rejection)
{
    struct channel_lane *lane = arg;
    struct channel *channel = lane->channel;
    struct source_partition origin;
    channel->errors++;
    offsets_origin(rejection->receipt, &origin);
    if (channel->settings->tolerance == ERRORS_ALL) {
        channel_say_skipped(channel, &origin, rejection->mark, rejection->why);
        receipt_settle(rejection->receipt, 1, FATE_SKIPPED);
        return;
    }
    channel_stop_at(channel, &origin, rejection->mark, rejection->why);
    offsets_hold(rejection->receipt, rejection->mark);
}

void channel_on_fault(struct channel_lane *lane, const struct message *message,
                      struct offsets_partition *partition, const struct mapping_fault *fault)
{
    struct channel *channel = lane->channel;
    struct source_partition origin;
    const struct settings *settings = channel->settings;
    enum errors_tolerance tolerance =
        fault->stage == STAGE_CONVERT ? settings->convert_tolerance : settings->tolerance;
    channel->errors++;
    offsets_name(partition, &origin);
    if (tolerance == ERRORS_ALL) {
        channel_say_skipped(channel, &origin, message->offset, fault->error.text);
        receipt_settle(offsets_enter(partition, message->offset), 1, FATE_SKIPPED);
        return;
    }
    channel_stop_at(channel, &origin, message->offset, fault->error.text);
}
