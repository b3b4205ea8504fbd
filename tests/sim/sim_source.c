/* sim_source: topics whose records become visible little by little, a group that revokes, takes away and
 * gives back partitions, commits that take their time and fail, and another owner that goes on from what was
 * committed. */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

enum { COMMIT_SLOWEST_MS = 300, RELEASE_SLACK_MS = 2100 /* two commits, and some */, TICK_MS = 20 };

enum membership {
    MEMBER_OUT,      /* nothing is assigned */
    MEMBER_OWNS,     /* partitions are ours */
    MEMBER_REVOKING, /* on_revoke was called, source_release() is awaited */
    MEMBER_CLOSED
};

struct sim_source {
    struct source source;
    struct sim_world *world;
    struct source_events events;
    enum membership member;
    bool closing;
    bool hungry[SIM_LANES]; /* a take answered 0 */
    int64_t release_by_ms;
    uint32_t generation; /* of ownership: a commit of an earlier one is refused */
    struct clock_timer tick, rebalance, join, commit, close;
    struct {
        bool pending, fails, applies;
        uint32_t generation;
        size_t count;
        uint32_t ends[SIM_PARTITIONS]; /* UINT32_MAX: not in it */
    } committing;
    char bytes[1024]; /* of the message that is lent */
};

static struct sim_partition *source_partition(struct sim_source *source, uint32_t i)
{
    return &source->world->partitions[i];
}

static void source_tell_ready(struct sim_source *source)
{
    for (uint32_t lane = 0; lane < source->world->lane_count; lane++) {
        if (!source->hungry[lane])
            continue;
        source->hungry[lane] = false;
        source->events.on_ready(source->events.arg, lane);
    }
}

static void source_tell_ends(struct sim_source *source)
{
    for (uint32_t i = 0; i < source->world->partition_count; i++) {
        struct sim_partition *partition = source_partition(source, i);
        if (!partition->owned || partition->position < partition->count ||
            partition->ended == partition->count)
            continue;
        partition->ended = partition->count;
        source->events.on_end(source->events.arg, partition->topic, (int32_t)partition->index,
                              partition->count);
    }
}

/* Records become visible in step with time. */
static void source_on_tick(void *arg, struct clock_timer *timer)
{
    struct sim_source *source = arg;
    struct sim_world *world = source->world;
    clock_start(&world->clock, timer, sim_between(world, 1, TICK_MS));
    int64_t now_ms = world->clock.now_ms < world->produced_ms ? world->clock.now_ms : world->produced_ms;
    for (uint32_t i = 0; i < world->partition_count; i++) {
        struct sim_partition *partition = source_partition(source, i);
        partition->visible =
            (uint32_t)((uint64_t)partition->count * (uint64_t)now_ms / (uint64_t)world->produced_ms);
    }
    if (source->member != MEMBER_OWNS)
        return;
    source_tell_ready(source);
    if (world->tell_ends)
        source_tell_ends(source);
}

static struct slice source_bytes(struct sim_source *source, const struct sim_partition *partition,
                                 uint32_t index)
{
    size_t len = partition->records[index].bytes;
    struct sim_bytes head = {.partition = partition->index, .index = index, .epoch = source->world->epoch};
    head.check = sim_bytes_check(&head);
    CHECK(len >= sizeof(head) && len <= sizeof(source->bytes));
    memcpy(source->bytes, &head, sizeof(head));
    for (size_t i = sizeof(head); i < len; i++)
        source->bytes[i] = (char)(head.check + i);
    return slice_of(source->bytes, len);
}

static void source_give(struct sim_source *source, struct sim_partition *partition,
                        source_message_fn *on_message, void *arg)
{
    uint32_t index = partition->position++;
    struct message message = {.topic = slice_text(partition->topic),
                              .partition = (int32_t)partition->index,
                              .offset = partition->records[index].offset,
                              .timestamp_ms = -1,
                              .value = source_bytes(source, partition, index)};
    on_message(arg, &message);
    memset(source->bytes, 0xee, sizeof(source->bytes)); /* it was lent */
}

static uint32_t source_take_records(struct source *base, uint32_t lane, uint32_t most,
                                    source_message_fn *on_message, void *arg)
{
    struct sim_source *source = (struct sim_source *)base;
    struct sim_world *world = source->world;
    uint32_t taken = 0;
    uint32_t first = sim_draw(world, world->partition_count);
    for (uint32_t i = 0; i < world->partition_count && source->member == MEMBER_OWNS; i++) {
        struct sim_partition *partition = source_partition(source, (first + i) % world->partition_count);
        uint32_t stretch = 1 + sim_draw(world, most);
        for (; partition->owned && partition->lane == lane && taken < most && stretch > 0;
             stretch--, taken++) {
            if (partition->position >= partition->visible)
                break;
            source_give(source, partition, on_message, arg);
        }
    }
    source->hungry[lane] = taken == 0;
    return taken;
}

/* Nothing is ours any more; we, or others, will have it again. */
static void source_leave(struct sim_source *source)
{
    struct sim_world *world = source->world;
    source->member = MEMBER_OUT;
    source->generation++;
    for (uint32_t i = 0; i < world->partition_count; i++)
        source_partition(source, i)->owned = false;
    if (source->closing)
        clock_start(&world->clock, &source->close, 0);
    else
        clock_start(&world->clock, &source->join, sim_draw(world, 3) == 0 ? 0 : sim_between(world, 0, 3000));
}

static bool source_in_flight(const struct sim_source *source)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < source->world->lane_count; i++)
        count += sim_sink_in_flight(source->world->sinks[i]);
    return count > 0;
}

static void source_revoke(struct sim_source *source)
{
    struct sim_world *world = source->world;
    sim_trace(world, "revoke");
    sim_seen[SEEN_REVOKED]++;
    sim_seen[SEEN_REVOKED_IN_FLIGHT] += source_in_flight(source);
    source->member = MEMBER_REVOKING;
    source->release_by_ms = world->clock.now_ms + world->settings.drain_ms + RELEASE_SLACK_MS;
    source->events.on_revoke(source->events.arg);
}

static void source_lose(struct sim_source *source)
{
    sim_trace(source->world, "lost");
    sim_seen[SEEN_LOST]++;
    source_leave(source);
    source->events.on_lost(source->events.arg);
}

static bool source_owns_all(struct sim_source *source)
{
    for (uint32_t i = 0; i < source->world->partition_count; i++)
        if (!source_partition(source, i)->owned)
            return false;
    return true;
}

/* Once the faults are over, only to have all partitions. */
static void source_on_rebalance(void *arg, struct clock_timer *timer)
{
    struct sim_source *source = arg;
    struct sim_world *world = source->world;
    int64_t mean_ms = world->faults.rebalance_ms > 0 ? world->faults.rebalance_ms : 1000;
    clock_start(&world->clock, timer, sim_between(world, 1, 2 * mean_ms));
    bool over = sim_faults_over(world) || world->faults.rebalance_ms == 0;
    if (source->closing || (over && source_owns_all(source)))
        return;
    if (source->member == MEMBER_OWNS && (over || sim_draw(world, 3) > 0))
        source_revoke(source);
    else if (source->member == MEMBER_OWNS || (source->member == MEMBER_REVOKING && sim_draw(world, 4) == 0))
        source_lose(source);
}

static bool source_is_quiet(struct sim_source *source)
{
    for (uint32_t i = 0; i < source->world->lane_count; i++)
        if (!sim_sink_is_quiet(source->world->sinks[i]))
            return false;
    return true;
}

/* What a lost owner's last requests do to another owner is outside the promise: another one only comes when
 * they are over. */
static void source_other_owner(struct sim_source *source)
{
    struct sim_world *world = source->world;
    for (uint32_t i = 0; i < world->partition_count; i++)
        if (sim_draw(world, 3) == 0)
            sim_oracle_other_owner(world, source_partition(source, i), sim_draw(world, 30));
}

static size_t source_choose(struct sim_source *source, struct source_partition *chosen)
{
    struct sim_world *world = source->world;
    bool all = sim_faults_over(world) || sim_draw(world, 2) == 0;
    size_t count = 0;
    for (uint32_t i = 0; i < world->partition_count; i++) {
        struct sim_partition *partition = source_partition(source, i);
        partition->owned = all || sim_draw(world, 2) == 0;
        if (!partition->owned)
            continue;
        sim_seen[SEEN_REPLAYED] += partition->position > partition->committed;
        partition->position = partition->committed;
        partition->ended = UINT32_MAX;
        sim_oracle_begin_epoch(world, partition);
        chosen[count++] = (struct source_partition){
            .topic = partition->topic, .partition = (int32_t)partition->index, .lane = partition->lane};
    }
    return count;
}

static void source_on_join(void *arg, struct clock_timer *timer)
{
    struct sim_source *source = arg;
    struct sim_world *world = source->world;
    struct source_partition chosen[SIM_PARTITIONS];
    (void)timer;
    if (source_is_quiet(source) && !sim_faults_over(world) && sim_draw(world, 2) == 0)
        source_other_owner(source);
    world->epoch++;
    size_t count = source_choose(source, chosen);
    sim_trace(world, "assign %zu partitions, assignment %u", count, world->epoch);
    source->member = MEMBER_OWNS;
    memset(source->hungry, 0, sizeof(source->hungry));
    source->events.on_assign(source->events.arg, chosen, count);
}

static void source_on_committed(void *arg, struct clock_timer *timer)
{
    struct sim_source *source = arg;
    struct error err = {0};
    (void)timer;
    bool stale = source->committing.generation != source->generation;
    bool applies = source->committing.applies && !stale;
    for (uint32_t i = 0; applies && i < source->world->partition_count; i++)
        if (source->committing.ends[i] != UINT32_MAX)
            source_partition(source, i)->committed = source->committing.ends[i];
    source->committing.pending = false;
    if (source->committing.fails || stale)
        error_set(&err, ERROR_RETRY, "simulated: the commit failed");
    sim_seen[SEEN_COMMIT_FAILED] += source->committing.fails;
    sim_trace(source->world, "committed: %s%s", err.kind == ERROR_NONE ? "yes" : "no",
              applies ? "" : ", not kept");
    source->events.on_committed(source->events.arg, &err);
}

/* The index behind the last record below the offset: offsets have gaps. */
static uint32_t source_index(struct sim_world *world, const struct sim_partition *partition, int64_t offset)
{
    uint32_t end = 0;
    while (end < partition->count && partition->records[end].offset < offset)
        end++;
    if (end > 0 && partition->records[end - 1].offset + 1 != offset &&
        (end == partition->count || partition->records[end].offset != offset))
        sim_broken(world, "commit of p%u at offset %lld, which is neither a record nor behind one",
                   partition->index, (long long)offset);
    return end;
}

static int source_commit_offsets(struct source *base, const struct source_partition *partitions, size_t count,
                                 struct error *err)
{
    struct sim_source *source = (struct sim_source *)base;
    struct sim_world *world = source->world;
    if (source->committing.pending)
        sim_broken(world, "two commits at a time");
    if (source->member != MEMBER_OWNS && source->member != MEMBER_REVOKING)
        return error_set(err, ERROR_RETRY, "simulated: not a member");
    memset(source->committing.ends, 0xff, sizeof(source->committing.ends));
    for (size_t i = 0; i < count; i++) {
        struct sim_partition *partition = source_partition(source, (uint32_t)partitions[i].partition);
        if (!partition->owned || strcmp(partition->topic, partitions[i].topic) != 0)
            sim_broken(world, "commit of %s p%d, which is not ours", partitions[i].topic,
                       partitions[i].partition);
        uint32_t end = source_index(world, partition, partitions[i].offset);
        sim_trace(world, "commit p%u up to record %u", partition->index, end);
        sim_oracle_commit(world, partition, end);
        source->committing.ends[partition->index] = end;
    }
    source->committing.pending = true;
    source->committing.generation = source->generation;
    source->committing.fails = sim_hit(world, world->faults.commit);
    source->committing.applies = !source->committing.fails || sim_draw(world, 2) == 0;
    clock_start(&world->clock, &source->commit, sim_between(world, 0, COMMIT_SLOWEST_MS));
    return 0;
}

static void source_give_back(struct source *base)
{
    struct sim_source *source = (struct sim_source *)base;
    if (source->member != MEMBER_REVOKING)
        sim_broken(source->world, "released what was not revoked");
    if (source_in_flight(source))
        sim_broken(source->world, "partitions are given back with requests in flight");
    sim_trace(source->world, "released");
    source_leave(source);
}

static void source_join_again(struct source *base)
{
    struct sim_source *source = (struct sim_source *)base;
    sim_trace(source->world, "rejoin");
    if (source->member == MEMBER_OWNS || source->member == MEMBER_REVOKING)
        source_leave(source);
}

static void source_on_close(void *arg, struct clock_timer *timer)
{
    struct sim_source *source = arg;
    (void)timer;
    if (source->member == MEMBER_OWNS)
        source_revoke(source);
    else if (source->member == MEMBER_REVOKING)
        return; /* its release goes on */
    else if (source->committing.pending)
        clock_start(&source->world->clock, timer, 1);
    else {
        source->member = MEMBER_CLOSED;
        clock_stop(&source->world->clock, &source->tick);
        clock_stop(&source->world->clock, &source->rebalance);
        source->events.on_closed(source->events.arg);
    }
}

static void source_close_group(struct source *base)
{
    struct sim_source *source = (struct sim_source *)base;
    source->closing = true;
    clock_stop(&source->world->clock, &source->join);
    clock_start(&source->world->clock, &source->close, 0);
}

static uint64_t source_lag_of_owned(const struct source *base)
{
    const struct sim_world *world = ((const struct sim_source *)base)->world;
    uint64_t lag = 0;
    for (uint32_t i = 0; i < world->partition_count; i++)
        if (world->partitions[i].owned)
            lag += world->partitions[i].visible - world->partitions[i].position;
    return lag;
}

static const struct source_class sim_source_class = {.take = source_take_records,
                                                     .commit = source_commit_offsets,
                                                     .release = source_give_back,
                                                     .rejoin = source_join_again,
                                                     .close = source_close_group,
                                                     .lag = source_lag_of_owned};

struct sim_source *sim_source_create(struct sim_world *world)
{
    struct sim_source *source = check_memory(calloc(1, sizeof(*source)));
    source->source.class = &sim_source_class;
    source->world = world;
    source->member = MEMBER_CLOSED;
    clock_timer_init(&source->tick, source_on_tick, source);
    clock_timer_init(&source->rebalance, source_on_rebalance, source);
    clock_timer_init(&source->join, source_on_join, source);
    clock_timer_init(&source->commit, source_on_committed, source);
    clock_timer_init(&source->close, source_on_close, source);
    return source;
}

void sim_source_connect(struct sim_source *source, const struct source_events *events)
{
    struct sim_world *world = source->world;
    CHECK(source->member == MEMBER_CLOSED);
    source->events = *events;
    source->member = MEMBER_OUT;
    source->closing = false;
    clock_start(&world->clock, &source->tick, 0);
    clock_start(&world->clock, &source->join, sim_between(world, 0, 100));
    clock_start(&world->clock, &source->rebalance, sim_between(world, 1, 2000));
}

void sim_source_destroy(struct sim_source *source)
{
    CHECK(source->member == MEMBER_CLOSED);
    free(source);
}

struct source *sim_source_base(struct sim_source *source)
{
    return &source->source;
}

bool sim_source_owns(const struct sim_source *source)
{
    return source->member == MEMBER_OWNS;
}

bool sim_source_drained(const struct sim_source *source)
{
    for (uint32_t i = 0; i < source->world->partition_count; i++)
        if (source->world->partitions[i].committed < source->world->partitions[i].count)
            return false;
    return true;
}

void sim_source_was_away(struct sim_source *source, int64_t away_ms)
{
    source->release_by_ms += away_ms;
}

void sim_source_check_deadline(const struct sim_source *source)
{
    if (source->member == MEMBER_REVOKING && source->world->clock.now_ms > source->release_by_ms)
        sim_broken(source->world, "liveness: revoked partitions are not given back");
}
