/* stage: feeding keeps a bounded lead over the rows acknowledged: the broker keeps the last 5 MB a partition
 * only, and nobody should believe that records are lost. */
#include "demo/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/check.h"
#include "demo/broker.h"
#include "demo/sensor.h"
#include "emulator/change.h"
#include "emulator/emulator.h"
#include "loop/loop.h"

enum {
    STAGE_PARTITIONS = 4,
    STAGE_LEAD_MOST = 20000, /* records of less than 256 bytes: 5 MB in all partitions together */
    STAGE_RING = 32768,      /* above the lead; a power of two */
    STAGE_TICK_MS = 1,
    STAGE_CONFIG_MOST = 64 * 1024,
    STAGE_FEED_MOST = 2000 /* in one tick */
};

static const char topic[] = "sensors";

struct demo_stage {
    struct loop *loop;
    struct demo_stage_options options;
    struct demo_broker *broker;
    struct emulator *emulator;
    struct settings *settings;
    struct kafka_to_table *pipe;
    struct demo_plant plant;
    struct clock_timer tick;
    char endpoint[64];
    struct buffer config;

    uint64_t produced;
    uint64_t written;
    uint64_t acknowledged; /* of those whose times are in `waits` */
    int64_t began_ms;      /* 0: not yet */
    int64_t last_ms;       /* of the last acknowledgement */
    bool stopping;
    int64_t sent_us[STAGE_RING];  /* by report number: when it was produced */
    int64_t waits_us[STAGE_RING]; /* when rows were produced, in the order written */
    struct histogram latency;
};

static int64_t stage_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- rows ---- */

static int64_t stage_number_among(const struct cell *cells, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (cells[i].type == CELL_INTEGER && slice_equal(cells[i].name, SLICE("report")))
            return cells[i].integer;
    return -1;
}

/* Part of the primary key, or a field. */
static int64_t stage_report_number(const struct change *change)
{
    int64_t number = stage_number_among(change->row.keys, change->row.key_count);
    return number >= 0 ? number : stage_number_among(change->row.cells, change->row.cell_count);
}

static void stage_on_change(void *arg, const struct change *change, const struct refusal *refusal)
{
    struct demo_stage *stage = arg;
    int64_t number = stage_report_number(change);
    if (refusal != NULL || number < 0)
        return;
    stage->waits_us[stage->written++ % STAGE_RING] = stage->sent_us[(uint64_t)number % STAGE_RING];
    stage->options.on_row(stage->options.arg, change);
}

/* Requests are answered in the order they were applied, near enough for a distribution. */
static void stage_acknowledge(struct demo_stage *stage, uint64_t rows)
{
    int64_t now_us = stage_now_us();
    if (rows > stage->acknowledged)
        stage->last_ms = loop_clock(stage->loop)->now_ms;
    for (; stage->acknowledged < rows && stage->acknowledged < stage->written; stage->acknowledged++) {
        int64_t passed_us = now_us - stage->waits_us[stage->acknowledged % STAGE_RING];
        histogram_add(&stage->latency, passed_us < 0 ? 0 : (uint64_t)passed_us);
    }
}

/* ---- records ---- */

/* Milliseconds; in a time series microseconds, so that a sensor's reports are points of their own. */
static int64_t stage_time(const struct demo_stage *stage, int64_t wall_ms)
{
    return stage->options.timeseries ? wall_ms * 1000 + (int64_t)(stage->produced % 1000) : wall_ms;
}

static bool stage_send(struct demo_stage *stage, int64_t wall_ms)
{
    char text[256];
    uint32_t sensor;
    struct slice value =
        demo_plant_report(&stage->plant, stage->produced, stage_time(stage, wall_ms), text, &sensor);
    stage->sent_us[stage->produced % STAGE_RING] = stage_now_us();
    if (!demo_broker_send(stage->broker, (int32_t)(sensor % STAGE_PARTITIONS),
                          slice_text(stage->plant.sensors[sensor].name), value))
        return false;
    stage->produced++;
    return true;
}

/* How many records there should be by now. */
static uint64_t stage_due(const struct demo_stage *stage, uint64_t rows)
{
    int64_t passed_ms = loop_clock(stage->loop)->now_ms - stage->began_ms;
    uint64_t due = rows + STAGE_LEAD_MOST;
    uint64_t timely = stage->options.rate * (uint64_t)passed_ms / 1000 + 1;
    if (stage->options.rate > 0 && timely < due)
        due = timely;
    return stage->options.records > 0 && due > stage->options.records ? stage->options.records : due;
}

static void stage_feed(struct demo_stage *stage, const struct channel_state *pipe)
{
    struct clock *clock = loop_clock(stage->loop);
    if (stage->began_ms == 0)
        stage->began_ms = stage->last_ms = clock->now_ms;
    uint64_t due = stage_due(stage, pipe->rows);
    uint64_t most = stage->produced + STAGE_FEED_MOST;
    while (stage->produced < due && stage->produced < most)
        if (!stage_send(stage, clock->wall_ms))
            break;
}

static bool stage_is_done(const struct demo_stage *stage, const struct channel_state *pipe)
{
    return stage->options.records > 0 && pipe->rows + pipe->superseded >= stage->options.records;
}

static void stage_on_tick(void *arg, struct clock_timer *timer)
{
    struct demo_stage *stage = arg;
    struct channel_state pipe;
    kafka_to_table_read_state(stage->pipe, &pipe);
    demo_broker_poll(stage->broker);
    stage_acknowledge(stage, pipe.rows);
    if (!stage->stopping && pipe.assigned)
        stage_feed(stage, &pipe);
    if (!stage->stopping && stage_is_done(stage, &pipe))
        demo_stage_stop(stage);
    clock_start(loop_clock(stage->loop), timer, STAGE_TICK_MS);
}

static void stage_on_stopped(void *arg)
{
    struct demo_stage *stage = arg;
    struct channel_state pipe;
    kafka_to_table_read_state(stage->pipe, &pipe);
    stage_acknowledge(stage, pipe.rows);
    stage->stopping = true;
    clock_stop(loop_clock(stage->loop), &stage->tick);
    stage->options.on_done(stage->options.arg);
}

/* ---- life ---- */

static const char stage_rows[] =
    "primary_key:\n"
    "  mode: record_value                  # these members of the record's JSON value; all others\n"
    "  columns:                            # become columns\n"
    "    - {name: sensor, type: string}\n"
    "    - {name: report, type: integer}\n";

static const char stage_points[] =
    "mode: timeseries\n"
    "timeseries:                           # members of the record's JSON value; all others\n"
    "  measurement: {topic: true}          # become fields\n"
    "  data_source: sensor\n"
    "  tags: [site]\n"
    "  time: {field: at, unit: us}\n";

static void stage_write_config(struct demo_stage *stage)
{
    buffer_print(
        &stage->config,
        "# What `otspipe demo` ran with. Broker and table were its own, in its own process: while\n"
        "# `otspipe demo --keep` is up they can be used; for your own, change the places marked <-.\n"
        "name: demo\n"
        "kafka:\n"
        "  brokers: [%s]          # <-\n"
        "  topics: [%s]                   # <-\n"
        "  properties:\n"
        "    fetch.wait.max.ms: 5              # the demo's broker lets every fetch wait to the end\n"
        "tablestore:\n"
        "  endpoint: %s  # <-\n"
        "  instance: local                     # <-\n"
        "  access_key_id: testid               # <-\n"
        "  access_key_secret: testsecret       # <-\n"
        "table: <topic>                        # the topic's name\n"
        "auto_create: true                     # make the table when it is missing\n"
        "%s",
        demo_stage_broker(stage), topic, stage->endpoint,
        stage->options.timeseries ? stage_points : stage_rows);
}

static void stage_on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    struct error *err = arg;
    if (severity == SETTINGS_ERROR)
        error_set(err, ERROR_CONFIG, "%s", line);
}

static int stage_open_services(struct demo_stage *stage, struct error *err)
{
    struct emulator_options options = {.on_change = stage_on_change, .arg = stage};
    stage->emulator = emulator_create(stage->loop, &options, err);
    if (stage->emulator == NULL)
        return -1;
    snprintf(stage->endpoint, sizeof(stage->endpoint), "http://127.0.0.1:%u", emulator_port(stage->emulator));
    stage->broker = demo_broker_create(topic, STAGE_PARTITIONS, err);
    return stage->broker == NULL ? -1 : 0;
}

static int stage_open(struct demo_stage *stage, struct error *err)
{
    struct kafka_to_table_events events = {.arg = stage, .on_stopped = stage_on_stopped};
    if (stage_open_services(stage, err) != 0)
        return -1;
    stage_write_config(stage);
    struct settings_source source = {"demo.yaml", buffer_slice(&stage->config)};
    stage->settings = settings_read_sources(&source, 1, SETTINGS_COMPAT_OF_FILE, stage_on_mistake, err);
    if (stage->settings == NULL)
        return -1;
    stage->pipe = kafka_to_table_create(stage->loop, stage->settings, false, &events, err);
    return stage->pipe == NULL ? -1 : 0;
}

struct demo_stage *demo_stage_create(struct loop *loop, const struct demo_stage_options *options,
                                     struct error *err)
{
    struct demo_stage *stage = check_memory(calloc(1, sizeof(*stage)));
    stage->loop = loop;
    stage->options = *options;
    buffer_init(&stage->config, STAGE_CONFIG_MOST);
    demo_plant_init(&stage->plant, 1);
    clock_timer_init(&stage->tick, stage_on_tick, stage);
    if (stage_open(stage, err) != 0) {
        demo_stage_destroy(stage);
        return NULL;
    }
    clock_start(loop_clock(loop), &stage->tick, STAGE_TICK_MS);
    return stage;
}

void demo_stage_stop(struct demo_stage *stage)
{
    stage->stopping = true;
    kafka_to_table_stop(stage->pipe);
}

void demo_stage_destroy(struct demo_stage *stage)
{
    clock_stop(loop_clock(stage->loop), &stage->tick);
    if (stage->pipe != NULL)
        kafka_to_table_destroy(stage->pipe);
    if (stage->settings != NULL)
        settings_destroy(stage->settings);
    if (stage->broker != NULL)
        demo_broker_destroy(stage->broker);
    if (stage->emulator != NULL)
        emulator_destroy(stage->emulator);
    buffer_fini(&stage->config);
    free(stage);
}

void demo_stage_read_state(const struct demo_stage *stage, struct demo_stage_state *state)
{
    *state = (struct demo_stage_state){
        .produced = stage->produced, .written = stage->written, .latency = &stage->latency};
    if (stage->began_ms > 0)
        state->ran_ms =
            (stage->stopping ? stage->last_ms : loop_clock(stage->loop)->now_ms) - stage->began_ms;
    kafka_to_table_read_state(stage->pipe, &state->pipe);
}

const char *demo_stage_broker(const struct demo_stage *stage)
{
    return demo_broker_address(stage->broker);
}

const char *demo_stage_endpoint(const struct demo_stage *stage)
{
    return stage->endpoint;
}

struct slice demo_stage_config(const struct demo_stage *stage)
{
    return buffer_slice(&stage->config);
}
