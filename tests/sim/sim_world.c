/* sim_world: one run. The seed draws the topics, the settings, the faults and when they end; the channel
 * lives a few times, stopped in order in between; after the faults everything must be written and committed
 * within bounded time. */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

enum {
    LIVENESS_MS = 15 * 60 * 1000,
    STOP_SLACK_MS = 5000,
    TURNS_MOST = 3000000,
    BYTES_MOST = 400,
    AWAY_MOST_MS = 10000
};

struct sim_world *sim_now;

uint32_t sim_draw(struct sim_world *world, uint32_t below)
{
    return (uint32_t)chance_below(&world->chance, below);
}

int64_t sim_between(struct sim_world *world, int64_t low, int64_t high)
{
    return low + (int64_t)chance_below(&world->chance, (uint64_t)(high - low) + 1);
}

bool sim_faults_over(const struct sim_world *world)
{
    return world->clock.now_ms >= world->faults_end_ms;
}

bool sim_hit(struct sim_world *world, uint32_t permille)
{
    return !sim_faults_over(world) && sim_draw(world, 1000) < permille;
}

/* Half of the runs do not have this fault at all. */
static uint32_t world_permille(struct sim_world *world, uint32_t most)
{
    return sim_draw(world, 2) == 0 ? 0 : 1 + sim_draw(world, most);
}

static void world_plan_faults(struct sim_world *world)
{
    world->faults_end_ms = sim_between(world, 2000, 30000);
    world->sets_aside = sim_draw(world, 2) == 0;
    world->one_aside = world->sets_aside && sim_draw(world, 2) == 0;
    world->sets_unread_aside = world->one_aside || sim_draw(world, 2) == 0;
    world->produced_ms = sim_between(world, 1, world->faults_end_ms);
    world->slowest_ms = sim_between(world, 1, 100);
    world->faults = (struct sim_faults){.cut = world_permille(world, 300),
                                        .unsent = world_permille(world, 200),
                                        .retry = world_permille(world, 400),
                                        .delay = world_permille(world, 200),
                                        .row = 1 + sim_draw(world, 700),
                                        .partly = world_permille(world, 700),
                                        .commit = world_permille(world, 300),
                                        .late = world_permille(world, 900),
                                        .aside = world_permille(world, 900)};
    if (sim_draw(world, 6) == 0) {
        world->faults.blocked_from_ms = sim_between(world, 0, world->faults_end_ms);
        world->faults.blocked_to_ms = world->faults.blocked_from_ms + sim_between(world, 1, 20000);
    }
    if (sim_draw(world, 2) == 0)
        world->faults.rebalance_ms = sim_between(world, 100, 8000);
    if (sim_draw(world, 5) == 0)
        world->faults.away_ms = sim_between(world, 1000, 8000);
}

static void world_plan_table(struct sim_world *world, uint32_t lane, bool ordered)
{
    struct settings_table *table = &world->tables[lane];
    table->plan.table = lane == 0 ? SLICE("first") : SLICE("second");
    table->timeseries = sim_draw(world, 4) == 0;
    table->same_key = !table->timeseries && sim_draw(world, 3) > 0;
    table->bucket =
        (struct bucket_options){.ordered = ordered,
                                .concurrency = sim_draw(world, 2) == 0 ? 0 : 1 + sim_draw(world, 16),
                                .linger_ms = sim_draw(world, 30),
                                .settle_ms = sim_between(world, 2, 2000),
                                .backoff_first_ms = sim_between(world, 1, 200),
                                .backoff_most_ms = sim_between(world, 200, 5000),
                                .seed = chance_next(&world->chance)};
}

static void world_plan_settings(struct sim_world *world)
{
    bool ordered = sim_draw(world, 10) > 0;
    world->lane_count = 1 + sim_draw(world, SIM_LANES);
    for (uint32_t lane = 0; lane < world->lane_count; lane++)
        world_plan_table(world, lane, ordered);
    world->settings =
        (struct settings){.name = "sim",
                          .tables = world->tables,
                          .table_count = world->lane_count,
                          .commit_interval_ms = sim_between(world, 1, 1000),
                          .drain_ms = sim_between(world, 1, 4000),
                          .errors_percent = 100,
                          .errors_format = sim_draw(world, 2) == 0 ? ERRORS_ORIGINAL : ERRORS_JSON_ENVELOPE,
                          .memory_bytes = (size_t)sim_between(world, 4000, 60000) << sim_draw(world, 6)};
}

static void world_plan_record(struct sim_world *world, struct sim_record *record, uint32_t bad, uint32_t keys)
{
    uint32_t op = sim_draw(world, 100);
    *record =
        (struct sim_record){.key = sim_draw(world, sim_draw(world, 2) == 0 ? keys : 1 + keys / 8),
                            .op = op < 45   ? ROW_PUT
                                  : op < 85 ? ROW_UPDATE
                                            : ROW_DELETE,
                            .column = (uint8_t)sim_draw(world, SIM_COLUMNS),
                            .bytes = (uint16_t)sim_between(world, sizeof(struct sim_bytes), BYTES_MOST)};
    if (sim_draw(world, 1000) < bad)
        record->kind = (uint8_t)(SIM_UNREADABLE + sim_draw(world, 4));
    record->placeholder = sim_draw(world, 40) == 0;
    if (record->placeholder)
        record->op = ROW_PUT;
}

/* Of a time series: puts of points, which have a key always. */
static void world_plan_point(struct sim_record *record)
{
    record->op = ROW_PUT;
    record->placeholder = false;
    sim_seen[SEEN_POINTS]++;
}

static void world_plan_partition(struct sim_world *world, uint32_t index, uint32_t bad)
{
    struct sim_partition *partition = &world->partitions[index];
    uint32_t keys = 1 + sim_draw(world, SIM_KEYS);
    uint32_t seqs[SIM_KEYS] = {0};
    int64_t offset = sim_draw(world, 3) == 0 ? 1000 : 0;
    partition->index = index;
    partition->lane = index % world->lane_count;
    snprintf(partition->topic, sizeof(partition->topic), "topic%u", partition->lane);
    partition->count = 20 + sim_draw(world, 300);
    partition->records = check_memory(calloc(partition->count, sizeof(*partition->records)));
    for (uint32_t i = 0; i < partition->count; i++, offset++) {
        struct sim_record *record = &partition->records[i];
        world_plan_record(world, record, bad, keys);
        if (world->tables[partition->lane].timeseries)
            world_plan_point(record);
        offset += sim_draw(world, 20) == 0 ? sim_between(world, 1, 5) : 0;
        record->offset = offset;
        record->seq = ++seqs[record->key];
    }
}

static void world_plan(struct sim_world *world)
{
    world_plan_faults(world);
    world_plan_settings(world);
    uint32_t bad = sim_draw(world, 2) == 0 ? 0 : 1 + sim_draw(world, 20);
    world->partition_count = world->lane_count + sim_draw(world, SIM_PARTITIONS - world->lane_count + 1);
    for (uint32_t i = 0; i < world->partition_count; i++)
        world_plan_partition(world, i, bad);
    for (uint32_t lane = 0; lane < world->lane_count; lane++)
        world->sinks[lane] = sim_sink_create(world, lane);
    world->source = sim_source_create(world);
}

/* The process was stopped for a while: time has passed, and what was due is late. */
static void world_jump(struct sim_world *world)
{
    int64_t away_ms = sim_between(world, 500, AWAY_MOST_MS);
    sim_trace(world, "away for %lld ms", (long long)away_ms);
    sim_seen[SEEN_AWAY]++;
    world->clock.now_ms += away_ms;
    world->clock.wall_ms += away_ms;
    sim_source_was_away(world->source, away_ms);
    channel_was_away(world->channel, away_ms);
}

static void world_turn(struct sim_world *world)
{
    int64_t due_ms;
    if (!clock_next_ms(&world->clock, &due_ms))
        sim_broken(world, "liveness: nothing is left to wait for");
    int64_t before_ms = world->clock.now_ms;
    int64_t now_ms = due_ms > before_ms ? due_ms : before_ms;
    if (world->faults.away_ms > 0 && now_ms > before_ms &&
        sim_hit(world, (uint32_t)(1 + 1000 * (now_ms - before_ms) / world->faults.away_ms / 2))) {
        world_jump(world);
        now_ms = world->clock.now_ms;
    }
    clock_run(&world->clock, now_ms, now_ms);
    sim_source_check_deadline(world->source);
    if (++world->turns > TURNS_MOST || now_ms > world->faults_end_ms + LIVENESS_MS)
        sim_broken(world, "liveness: not done long after the last fault");
}

static void world_on_stopped(void *arg)
{
    ((struct sim_world *)arg)->stopped = true;
}

static void world_create_asides(struct sim_world *world)
{
    world->aside = world->sets_aside ? sim_aside_create(world, true, world->one_aside) : NULL;
    world->convert_aside = world->one_aside           ? world->aside
                           : world->sets_unread_aside ? sim_aside_create(world, false, true)
                                                      : NULL;
    world->settings.convert_errors.sink = world->one_aside           ? ERRORS_AS_OTHERS
                                          : world->sets_unread_aside ? ERRORS_TO_TOPIC
                                                                     : ERRORS_IGNORED;
}

static void world_destroy_asides(struct sim_world *world)
{
    sim_aside_destroy(world->aside);
    if (!world->one_aside)
        sim_aside_destroy(world->convert_aside);
    world->aside = world->convert_aside = NULL;
}

static void world_create_channel(struct sim_world *world, bool last)
{
    struct sink *sinks[SIM_LANES];
    for (uint32_t lane = 0; lane < world->lane_count; lane++)
        sinks[lane] = sim_sink_base(world->sinks[lane]);
    world->settings.tolerance = last || sim_draw(world, 4) > 0 ? ERRORS_ALL : ERRORS_NONE;
    world->settings.convert_tolerance = last || sim_draw(world, 4) > 0 ? ERRORS_ALL : ERRORS_NONE;
    world->tell_ends = !last && sim_draw(world, 3) == 0;
    world->stopped = false;
    world_create_asides(world);
    world->channel = channel_create(&(struct channel_options){.settings = &world->settings,
                                                              .clock = &world->clock,
                                                              .sinks = sinks,
                                                              .aside = world->aside,
                                                              .convert_aside = world->convert_aside,
                                                              .until_end = world->tell_ends,
                                                              .events = {world, world_on_stopped}});
    struct source_events events = channel_source_events(world->channel);
    sim_source_connect(world->source, &events);
    channel_start(world->channel, sim_source_base(world->source));
}

static void world_check_memory(struct sim_world *world)
{
    struct channel_state state;
    channel_read_state(world->channel, &state);
    size_t each = BYTES_MOST + sizeof(struct batch_row) + 64 +
                  ((world->sets_aside || world->sets_unread_aside) ? 2 * BYTES_MOST + 512 : 0);
    size_t overshoot = (size_t)world->lane_count * 200 * each;
    bool leaks =
        state.held_bytes > 0 && sim_aside_is_empty(world->aside) && sim_aside_is_empty(world->convert_aside);
    if (leaks || state.most_held_bytes > world->settings.memory_bytes + overshoot)
        sim_broken(world, "memory: %zu bytes held at the end, %zu at most, of %zu", state.held_bytes,
                   state.most_held_bytes, world->settings.memory_bytes);
    sim_seen[SEEN_FAILED] += state.failed;
}

/* Stops at the time, or by itself, or (the last time) when all is committed. */
static void world_live(struct sim_world *world, int64_t stop_ms, bool last)
{
    bool asked = false;
    int64_t stopped_by_ms = 0;
    world_create_channel(world, last);
    while (!world->stopped) {
        world_turn(world);
        bool enough = last ? sim_faults_over(world) && sim_source_drained(world->source)
                           : world->clock.now_ms >= stop_ms;
        if (enough && !asked && !world->stopped) {
            asked = true;
            sim_trace(world, "stop");
            stopped_by_ms = world->clock.now_ms + 2 * world->settings.drain_ms + STOP_SLACK_MS +
                            (world->faults.away_ms > 0 ? AWAY_MOST_MS * 3 : 0);
            channel_stop(world->channel);
        }
        if (asked && world->clock.now_ms > stopped_by_ms)
            sim_broken(world, "liveness: the channel does not stop");
    }
    sim_trace(world, "stopped");
    sim_seen[asked ? SEEN_STOPPED_EARLY : SEEN_ENDED] += !last;
    world_check_memory(world);
    world_destroy_asides(world);
    channel_destroy(world->channel);
    world->channel = NULL;
}

/* A process that follows another one starts when the last requests of that one are over: what they could do
 * to it is outside the promise. */
static void world_settle(struct sim_world *world)
{
    int64_t due_ms;
    while (clock_next_ms(&world->clock, &due_ms))
        clock_run(&world->clock, due_ms, due_ms);
    for (uint32_t i = 0; i < world->partition_count; i++)
        for (uint32_t k = 0; k < SIM_KEYS; k++)
            world->partitions[i].keys[k].settled_ms = 0;
}

static void world_destroy(struct sim_world *world)
{
    for (uint32_t lane = 0; lane < world->lane_count; lane++)
        sim_sink_destroy(world->sinks[lane]);
    sim_source_destroy(world->source);
    for (uint32_t i = 0; i < world->partition_count; i++)
        free(world->partitions[i].records);
    clock_fini(&world->clock);
}

void sim_world_run(struct sim_world *world, uint64_t seed, bool verbose)
{
    memset(world, 0, sizeof(*world));
    world->seed = seed;
    world->verbose = verbose;
    sim_now = world;
    chance_init(&world->chance, seed);
    clock_init(&world->clock, 0, 0);
    world_plan(world);
    for (uint32_t lives = sim_draw(world, 3); lives > 0; lives--) {
        world_live(world, world->clock.now_ms + sim_between(world, 0, world->faults_end_ms), false);
        world_settle(world);
    }
    world_live(world, 0, true);
    world_settle(world);
    sim_oracle_end(world);
    world_destroy(world);
}
