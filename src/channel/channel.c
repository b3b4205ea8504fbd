/* channel: the turn. A lane is a table with its mapper, bucket and window; a turn gives every lane that is
 * ready and has room one batch of the source's records, then lets the loop serve everything else. */
#include "channel/channel_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"

static void channel_on_timer(void *arg, struct clock_timer *timer)
{
    (void)timer;
    channel_turn(arg);
}

static void channel_on_room(void *arg)
{
    struct channel_lane *lane = arg;
    channel_wake(lane->channel);
}

static void channel_on_idle(void *arg)
{
    struct channel_lane *lane = arg;
    channel_wake(lane->channel);
}

static void channel_on_trouble(void *arg, const struct error *err)
{
    struct channel_lane *lane = arg;
    struct channel *channel = lane->channel;
    struct bucket_state state;
    char what[TROUBLE_WHAT_MOST];
    snprintf(what, sizeof(what), "table %.*s", SLICE_ARG(lane->settings->plan.table));
    if (err == NULL)
        return trouble_list_end(&channel->troubles, what);
    bucket_read_state(lane->bucket, &state);
    trouble_list_begin(&channel->troubles, what, channel->clock->now_ms - state.oldest_ms, err);
}

static size_t channel_share_bytes(const struct settings *settings)
{
    return settings->memory_bytes / 2 / settings->table_count;
}

static void channel_lane_init(struct channel *channel, struct channel_lane *lane, size_t index,
                              struct sink *sink)
{
    const struct settings_table *table = &channel->settings->tables[index];
    *lane = (struct channel_lane){
        .channel = channel, .settings = table, .index = (uint32_t)index, .each_bytes = CHANNEL_FIRST_BYTES};
    struct mapper_options mapper = settings_mapper(table);
    mapper_open(&lane->mapper, &mapper);
    if (channel->settings->errors_format == ERRORS_JSON_ENVELOPE) {
        lane->key_envelope = envelope_create(table->key_format);
        lane->value_envelope = envelope_create(table->value_format);
    }
    window_join(channel->window, &lane->window, channel_share_bytes(channel->settings));
    struct bucket_events events = {.arg = lane,
                                   .on_reject = channel_on_reject,
                                   .on_room = channel_on_room,
                                   .on_trouble = channel_on_trouble,
                                   .on_idle = channel_on_idle};
    lane->bucket = bucket_create(channel->clock, sink, &lane->window, &table->bucket, &events);
}

struct channel *channel_create(const struct channel_options *options)
{
    const struct settings *settings = options->settings;
    struct channel *channel = check_memory(calloc(1, sizeof(*channel)));
    channel->settings = settings;
    channel->clock = options->clock;
    channel->until_end = options->until_end;
    channel->events = options->events;
    channel->offsets = offsets_create();
    channel->aside = options->aside;
    channel->convert_aside = options->convert_aside;
    list_init(&channel->errants);
    channel_listen_aside(channel, channel->aside);
    channel_listen_aside(channel, channel->convert_aside);
    trouble_list_init(&channel->troubles, channel->clock, settings->name);
    channel->window = window_create(settings->memory_bytes / 2);
    channel->lane_count = settings->table_count;
    channel->lanes = check_memory(calloc(channel->lane_count, sizeof(*channel->lanes)));
    for (size_t i = 0; i < channel->lane_count; i++)
        channel_lane_init(channel, &channel->lanes[i], i, options->sinks[i]);
    clock_timer_init(&channel->turn, channel_on_timer, channel);
    clock_timer_init(&channel->commit, channel_on_commit_time, channel);
    clock_timer_init(&channel->deadline, channel_on_deadline, channel);
    return channel;
}

void channel_destroy(struct channel *channel)
{
    CHECK(channel->phase == CHANNEL_STOPPED || channel->source == NULL);
    clock_stop(channel->clock, &channel->turn);
    clock_stop(channel->clock, &channel->commit);
    clock_stop(channel->clock, &channel->deadline);
    channel_free_errants(channel);
    for (size_t i = 0; i < channel->lane_count; i++) {
        bucket_destroy(channel->lanes[i].bucket);
        mapper_close(&channel->lanes[i].mapper);
        envelope_destroy(channel->lanes[i].key_envelope);
        envelope_destroy(channel->lanes[i].value_envelope);
        window_leave(&channel->lanes[i].window);
    }
    offsets_destroy(channel->offsets);
    window_destroy(channel->window);
    trouble_list_fini(&channel->troubles);
    free(channel->commits);
    free(channel->lanes);
    free(channel);
}

void channel_start(struct channel *channel, struct source *source)
{
    channel->source = source;
    channel->phase = CHANNEL_RUNNING;
    clock_start(channel->clock, &channel->commit, channel->settings->commit_interval_ms);
}

void channel_wake(struct channel *channel)
{
    if (!clock_started(&channel->turn))
        clock_start(channel->clock, &channel->turn, 0);
}

static bool channel_is_taking(const struct channel *channel)
{
    return channel->phase == CHANNEL_RUNNING && channel->assigned;
}

/* Looked up once for a stretch of records of one partition. */
static struct offsets_partition *channel_partition(struct channel *channel, const struct message *message)
{
    struct offsets_partition *partition = offsets_find(channel->offsets, message->topic, message->partition);
    CHECK(partition != NULL); /* the source gives records of assigned partitions only */
    return partition;
}

static void channel_on_message(void *arg, const struct message *message)
{
    struct channel_lane *lane = arg;
    struct channel *channel = lane->channel;
    struct mapping_fault fault;
    struct row row;
    if (!channel_is_taking(channel))
        return; /* a record before this one in the same batch stopped the channel: it will be read again */
    channel->records++;
    lane->taken_bytes += message->key.len + message->value.len;
    struct offsets_partition *partition = channel_partition(channel, message);
    if (mapper_map(&lane->mapper, message, &row, &fault) == MAPPING_FAULT) {
        channel_on_fault(lane, message, partition, &fault);
        return;
    }
    bucket_push(lane->bucket, &row, offsets_enter(partition, message->offset), message->offset,
                channel->aside == NULL ? NULL : message);
}

/* As many as fit the room, judged by the size of the last records: with large ones 200 would pass it many
 * times. */
static uint32_t channel_take_most(struct channel_lane *lane)
{
    size_t most = window_room(&lane->window) / lane->each_bytes;
    return most > CHANNEL_TAKE_MOST ? CHANNEL_TAKE_MOST : most < 1 ? 1 : (uint32_t)most;
}

/* True when there may be more to take. */
static bool channel_take(struct channel_lane *lane)
{
    if (!lane->ready || !bucket_has_room(lane->bucket))
        return false;
    uint32_t most = channel_take_most(lane);
    lane->taken_bytes = 0;
    uint32_t taken = source_take(lane->channel->source, lane->index, most, channel_on_message, lane);
    if (taken > 0)
        lane->each_bytes = lane->taken_bytes / taken + CHANNEL_RECORD_BYTES;
    lane->ready = taken > 0;
    bucket_turn(lane->bucket);
    return lane->ready;
}

/* Several requests' worth in one turn: their bodies are digested side by side (ots/client). */
static bool channel_take_some(struct channel_lane *lane)
{
    bool again = true;
    for (int i = 0; i < CHANNEL_TAKES && again; i++)
        again = channel_take(lane);
    return again;
}

void channel_turn(struct channel *channel)
{
    bool again = false;
    for (size_t i = 0; i < channel->lane_count && channel_is_taking(channel); i++)
        again |= channel_take_some(&channel->lanes[i]);
    if (again)
        channel_wake(channel);
    channel_progress(channel);
}

void channel_on_ready(void *arg, uint32_t lane)
{
    struct channel *channel = arg;
    channel->lanes[lane].ready = true;
    channel_wake(channel);
}

static void channel_add_lane(const struct channel_lane *lane, struct channel_state *state)
{
    struct bucket_state bucket;
    bucket_read_state(lane->bucket, &bucket);
    state->rows += bucket.rows_written;
    state->superseded += bucket.rows_superseded;
    state->requests += bucket.requests;
    state->bytes_sent += bucket.bytes_sent;
    state->retried += bucket.rows_retried;
    state->throttled += bucket.throttled;
    state->in_flight += bucket.in_flight;
}

static void channel_read_trouble(const struct channel *channel, struct channel_state *state)
{
    const struct trouble *oldest = trouble_list_oldest(&channel->troubles);
    state->troubles = channel->troubles.count;
    if (oldest == NULL)
        return;
    state->trouble_since_ms = oldest->since_ms;
    state->trouble_failures = oldest->failures;
    snprintf(state->trouble, sizeof(state->trouble), "%s: %s", oldest->what, oldest->words);
}

void channel_read_state(const struct channel *channel, struct channel_state *state)
{
    *state = (struct channel_state){.failed = channel->failed,
                                    .error = channel->error,
                                    .taking = channel_is_taking(channel),
                                    .assigned = channel->assigned,
                                    .stopped = channel->phase == CHANNEL_STOPPED,
                                    .records = channel->records,
                                    .errors = channel->tally.errors,
                                    .skipped = channel->skipped,
                                    .set_aside = channel->set_aside,
                                    .lag = channel->assigned ? source_lag(channel->source) : 0,
                                    .open = offsets_open(channel->offsets),
                                    .held_bytes = window_held(channel->window),
                                    .most_held_bytes = window_most_held(channel->window),
                                    .commits = channel->commit_count,
                                    .partitions = offsets_partition_count(channel->offsets),
                                    .partitions_ended = channel->ended};
    channel_read_trouble(channel, state);
    for (size_t i = 0; i < channel->lane_count; i++)
        channel_add_lane(&channel->lanes[i], state);
}
