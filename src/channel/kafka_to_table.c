/* kafka_to_table: life order: client, table checks, sinks, channel, consumer; the other way round at the end.
 */
#include "channel/kafka_to_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "channel/error_table.h"
#include "loop/loop.h"
#include "ots/write.h"
#include "timeseries/series_table.h"
#include "timeseries/series_write.h"

enum { CHECK_RETRY_MS = 30000 };

struct table_check {
    struct kafka_to_table *pipe;
    struct slice table;
    struct ots_table_check *check;
    bool done;
    struct ots_table_state state;
};

struct kafka_to_table {
    struct loop *loop;
    const struct settings *settings;
    struct kafka_to_table_events events;
    bool until_end;
    struct ots_client *client;
    struct table_check *checks;
    size_t check_count;
    struct sink **sinks;
    struct mapping_plan error_plan;
    struct sink *error_sink;     /* NULL: no error table */
    struct aside *aside;         /* NULL: none */
    struct aside *convert_aside; /* may be the same */
    struct channel *channel;
    struct source *source;
    struct clock_timer step; /* from a later turn: the next step, or the end */
    bool failed;
    bool stopping;
    bool ended; /* on_stopped was told */
    struct error error;
};

static void kafka_to_table_tell_stopped(struct kafka_to_table *pipe)
{
    loop_on_away(pipe->loop, 0, NULL, NULL);
    if (pipe->ended)
        return;
    pipe->ended = true;
    pipe->events.on_stopped(pipe->events.arg);
}

static void kafka_to_table_on_channel_stopped(void *arg)
{
    kafka_to_table_tell_stopped(arg);
}

static void kafka_to_table_on_away(void *arg, int64_t away_ms)
{
    struct kafka_to_table *pipe = arg;
    channel_was_away(pipe->channel, away_ms);
}

static struct sink *kafka_to_table_series_sink(struct kafka_to_table *pipe,
                                               const struct settings_table *table)
{
    return series_write_create(pipe->client,
                               &(struct series_write_options){.table = table->plan.table,
                                                              .rows_most = table->rows_most,
                                                              .ignore_meta = !table->update_meta,
                                                              .series_most = table->series_most});
}

/* BulkImport takes several rows of one key; a table with an index does not [assumed]. */
static struct sink *kafka_to_table_sink(struct kafka_to_table *pipe, size_t index)
{
    const struct settings_table *table = &pipe->settings->tables[index];
    if (table->timeseries)
        return kafka_to_table_series_sink(pipe, table);
    bool same_key = table->same_key && !pipe->checks[index].state.has_index;
    struct sink *sink = ots_write_create(pipe->client, table->plan.table, table->request, same_key);
    sink->rows_most = table->rows_most;
    return sink;
}

static void kafka_to_table_warn_redelivery(const struct mapping_plan *plan)
{
    for (uint32_t i = 0; i < plan->key_count; i++)
        if (plan->keys[i].type == CELL_AUTO_INCREMENT)
            log_warn("table %.*s: primary key column %.*s is auto_increment: a record that is written again "
                     "(after a "
                     "crash, a rebalance, or an answer that never came) makes a second row, and rows keep no "
                     "order",
                     SLICE_ARG(plan->table), SLICE_ARG(plan->keys[i].name));
}

/* Its check is the last one. */
static struct aside *kafka_to_table_error_table(struct kafka_to_table *pipe, const char *table)
{
    bool same_key = !pipe->checks[pipe->check_count - 1].state.has_index;
    pipe->error_sink = ots_write_create(pipe->client, slice_text(table), WRITE_BULK_IMPORT, same_key);
    return error_table_create(loop_clock(pipe->loop), pipe->error_sink, table);
}

static int kafka_to_table_open_aside(struct kafka_to_table *pipe, const struct settings_aside *settings,
                                     struct aside **aside, struct error *err)
{
    if (settings->sink == ERRORS_TO_TABLE)
        *aside = kafka_to_table_error_table(pipe, settings->table);
    if (settings->sink != ERRORS_TO_TOPIC)
        return 0;
    *aside = producer_create(pipe->loop, &settings->topic, err);
    return *aside == NULL ? -1 : 0;
}

static int kafka_to_table_open_asides(struct kafka_to_table *pipe, struct error *err)
{
    const struct settings *settings = pipe->settings;
    if (kafka_to_table_open_aside(pipe, &settings->errors, &pipe->aside, err) != 0 ||
        kafka_to_table_open_aside(pipe, &settings->convert_errors, &pipe->convert_aside, err) != 0)
        return -1;
    if (settings->convert_errors.sink == ERRORS_AS_OTHERS)
        pipe->convert_aside = pipe->aside;
    return 0;
}

static void kafka_to_table_close_asides(struct kafka_to_table *pipe)
{
    if (pipe->convert_aside != pipe->aside)
        producer_destroy(pipe->convert_aside);
    if (pipe->error_sink == NULL) {
        producer_destroy(pipe->aside);
        return;
    }
    error_table_destroy(pipe->aside);
    ots_write_destroy(pipe->error_sink);
}

static int kafka_to_table_begin(struct kafka_to_table *pipe, struct error *err)
{
    if (kafka_to_table_open_asides(pipe, err) != 0)
        return -1;
    for (size_t i = 0; i < pipe->settings->table_count; i++) {
        kafka_to_table_warn_redelivery(&pipe->settings->tables[i].plan);
        pipe->sinks[i] = kafka_to_table_sink(pipe, i);
    }
    pipe->channel = channel_create(
        &(struct channel_options){.settings = pipe->settings,
                                  .clock = loop_clock(pipe->loop),
                                  .sinks = pipe->sinks,
                                  .aside = pipe->aside,
                                  .convert_aside = pipe->convert_aside,
                                  .until_end = pipe->until_end,
                                  .events = {.arg = pipe, .on_stopped = kafka_to_table_on_channel_stopped}});
    struct source_events events = channel_source_events(pipe->channel);
    struct consumer_options options = pipe->settings->kafka;
    options.tell_ends = pipe->until_end;
    pipe->source = consumer_create(pipe->loop, &options, &events, err);
    if (pipe->source == NULL)
        return -1;
    channel_start(pipe->channel, pipe->source);
    loop_on_away(pipe->loop, pipe->settings->kafka_session_ms / 2, kafka_to_table_on_away, pipe);
    return 0;
}

static bool kafka_to_table_is_checked(const struct kafka_to_table *pipe)
{
    for (size_t i = 0; i < pipe->check_count; i++) {
        if (!pipe->checks[i].done)
            return false;
    }
    return true;
}

/* All tables have answered (every problem is said, not only the first), or it is over. */
static void kafka_to_table_on_step(void *arg, struct clock_timer *timer)
{
    struct kafka_to_table *pipe = arg;
    (void)timer;
    if (pipe->stopping && pipe->channel == NULL) {
        kafka_to_table_tell_stopped(pipe);
        return;
    }
    if (!kafka_to_table_is_checked(pipe))
        return;
    if (!pipe->failed && kafka_to_table_begin(pipe, &pipe->error) != 0) {
        pipe->failed = true;
        log_error("%s", pipe->error.text);
    }
    if (pipe->failed)
        kafka_to_table_tell_stopped(pipe);
}

static void kafka_to_table_on_checked(void *arg, const struct ots_table_state *state, const struct error *err)
{
    struct table_check *check = arg;
    struct kafka_to_table *pipe = check->pipe;
    check->done = true;
    if (err != NULL) {
        log_error("%s", err->text);
        if (!pipe->failed)
            pipe->error = *err;
        pipe->failed = true;
    } else {
        check->state = *state;
    }
    if (kafka_to_table_is_checked(pipe))
        clock_start(loop_clock(pipe->loop), &pipe->step, 0);
}

static struct table_check *kafka_to_table_add_check(struct kafka_to_table *pipe, struct slice table)
{
    struct table_check *check = &pipe->checks[pipe->check_count++];
    check->pipe = pipe;
    check->table = table;
    return check;
}

static void kafka_to_table_check(struct kafka_to_table *pipe, const struct ots_table_options *options)
{
    struct table_check *check = kafka_to_table_add_check(pipe, options->plan->table);
    check->check = ots_table_check_start(pipe->client, loop_clock(pipe->loop), options, CHECK_RETRY_MS,
                                         kafka_to_table_on_checked, check);
}

static void kafka_to_table_check_series(struct kafka_to_table *pipe, const struct settings_table *table)
{
    struct table_check *check = kafka_to_table_add_check(pipe, table->plan.table);
    struct series_table_options options = {
        .table = table->plan.table, .auto_create = table->create.auto_create, .ttl_s = table->create.ttl_s};
    check->check = series_table_check_start(pipe->client, loop_clock(pipe->loop), &options, CHECK_RETRY_MS,
                                            kafka_to_table_on_checked, check);
}

static void kafka_to_table_check_table(struct kafka_to_table *pipe, const struct settings_table *table)
{
    struct ots_table_options options = table->create;
    options.plan = &table->plan;
    if (table->timeseries)
        kafka_to_table_check_series(pipe, table);
    else
        kafka_to_table_check(pipe, &options);
}

static void kafka_to_table_check_all(struct kafka_to_table *pipe)
{
    const struct settings *settings = pipe->settings;
    struct ots_table_options error_options;
    for (size_t i = 0; i < settings->table_count; i++)
        kafka_to_table_check_table(pipe, &settings->tables[i]);
    if (error_table_options(settings, &pipe->error_plan, &error_options))
        kafka_to_table_check(pipe, &error_options);
}

struct kafka_to_table *kafka_to_table_create(struct loop *loop, const struct settings *settings,
                                             bool until_end, const struct kafka_to_table_events *events,
                                             struct error *err)
{
    struct ots_client *client = ots_client_create(loop, &settings->ots, err);
    if (client == NULL)
        return NULL;
    struct kafka_to_table *pipe = check_memory(calloc(1, sizeof(*pipe)));
    pipe->loop = loop;
    pipe->settings = settings;
    pipe->until_end = until_end;
    pipe->events = *events;
    pipe->client = client;
    pipe->checks = check_memory(calloc(settings->table_count + 1, sizeof(*pipe->checks)));
    pipe->sinks = check_memory(calloc(settings->table_count, sizeof(*pipe->sinks)));
    clock_timer_init(&pipe->step, kafka_to_table_on_step, pipe);
    kafka_to_table_check_all(pipe);
    return pipe;
}

void kafka_to_table_stop(struct kafka_to_table *pipe)
{
    pipe->stopping = true;
    if (pipe->channel != NULL && pipe->source != NULL)
        channel_stop(pipe->channel);
    else if (!pipe->ended)
        clock_start(loop_clock(pipe->loop), &pipe->step, 0);
}

void kafka_to_table_destroy(struct kafka_to_table *pipe)
{
    clock_stop(loop_clock(pipe->loop), &pipe->step);
    if (pipe->source != NULL)
        consumer_destroy(pipe->source);
    kafka_to_table_close_asides(pipe);
    if (pipe->channel != NULL)
        channel_destroy(pipe->channel);
    for (size_t i = 0; i < pipe->check_count; i++)
        ots_table_check_destroy(pipe->checks[i].check);
    for (size_t i = 0; i < pipe->settings->table_count; i++) {
        if (pipe->sinks[i] == NULL)
            continue;
        if (pipe->settings->tables[i].timeseries)
            series_write_destroy(pipe->sinks[i]);
        else
            ots_write_destroy(pipe->sinks[i]);
    }
    ots_client_destroy(pipe->client);
    free(pipe->checks);
    free(pipe->sinks);
    free(pipe);
}

/* The table that is waited for before anything else begins. */
static void kafka_to_table_read_check(const struct kafka_to_table *pipe, struct channel_state *state)
{
    for (size_t i = 0; i < pipe->check_count; i++) {
        const struct table_check *check = &pipe->checks[i];
        uint32_t failures;
        if (check->done)
            continue;
        const char *words = ots_table_check_waits(check->check, &state->trouble_since_ms, &failures);
        state->troubles++;
        state->trouble_failures = failures;
        snprintf(state->trouble, sizeof(state->trouble), "table %.*s: %s", SLICE_ARG(check->table),
                 words[0] != 0 ? words : "DescribeTable is not answered yet");
    }
}

void kafka_to_table_read_state(const struct kafka_to_table *pipe, struct channel_state *state)
{
    *state = (struct channel_state){0};
    if (pipe->channel != NULL)
        channel_read_state(pipe->channel, state);
    else
        kafka_to_table_read_check(pipe, state);
    if (pipe->failed) {
        state->failed = true;
        state->error = pipe->error;
    }
}
