/* demo: `otspipe demo`: broker, pipeline and table in one process, for somebody who has none of them yet. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/demo_screen.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "loop/loop.h"

enum { DEMO_EVERY_MS = 100, DEMO_RATE_MOST = 10000000 };

struct demo {
    int64_t records;
    int64_t rate;
    bool keep;
    bool timeseries;
    const char *config_file;

    struct loop *loop;
    struct demo_stage *stage;
    struct demo_screen *screen;
    struct clock_timer draw;
    int signal;
    bool done;        /* the play is over */
    bool has_written; /* the file is ours */
};

/* ---- the configuration, as a file ---- */

/* Only what an earlier demo wrote is written over. */
static bool demo_may_write(const char *file)
{
    static const char first[] = "# What `otspipe demo` ran with.";
    char line[sizeof(first)] = "";
    FILE *in = fopen(file, "r");
    if (in == NULL)
        return errno == ENOENT;
    size_t got = fread(line, 1, sizeof(first) - 1, in);
    fclose(in);
    return got == 0 || (got == sizeof(first) - 1 && memcmp(line, first, got) == 0);
}

static int demo_write_config(struct demo *demo)
{
    struct slice config = demo_stage_config(demo->stage);
    if (!demo_may_write(demo->config_file)) {
        fprintf(stderr, "otspipe demo: %s is there and not a demo's: left as it is; --config names another\n",
                demo->config_file);
        return -1;
    }
    FILE *out = fopen(demo->config_file, "w");
    bool good = out != NULL && fwrite(config.at, 1, config.len, out) == config.len;
    if (out != NULL)
        good = fclose(out) == 0 && good;
    if (!good)
        fprintf(stderr, "otspipe demo: write %s: %s\n", demo->config_file, strerror(errno));
    demo->has_written = out != NULL;
    return good ? 0 : -1;
}

/* ---- words ---- */

static void demo_greet(const struct demo *demo)
{
    printf("broker    %s, topic sensors, in this process\n"
           "table     sensors at %s, in this process\n"
           "pipeline  the real one; its configuration: %s\n\n",
           demo_stage_broker(demo->stage), demo_stage_endpoint(demo->stage), demo->config_file);
    fflush(stdout);
}

static const char row_value[] = "{\\\"sensor\\\": \\\"pump-1\\\", \\\"report\\\": 7, \\\"ok\\\": true}";
static const char point_value[] = "{\\\"sensor\\\": \\\"pump-1\\\", \\\"site\\\": \\\"east\\\", \\\"at\\\": "
                                  "1700000000000000, \\\"ok\\\": true}";

/* `table scan` shows data tables. */
static void demo_tell_kept(const struct demo *demo)
{
    const char *file = demo->config_file, *program = program_invocation_name;
    if (demo->timeseries)
        printf("  %s check --connect %s          # try broker, topic and table\n", program, file);
    else
        printf("  %s table scan sensors --limit 5 --config %s\n", program, file);
    printf("\nBroker and table stay up until Ctrl-C.\n");
}

/* Words to be pasted where the demo was called, so the program is named as it was there. */
static void demo_tell_next(const struct demo *demo)
{
    const char *file = demo->config_file, *program = program_invocation_name;
    printf("\nTry next:\n"
           "  %s check %s          # find every mistake; show the configuration in effect\n"
           "  echo '{\"value\": \"%s\"}' | %s explain %s\n",
           program, file, demo->timeseries ? point_value : row_value, program, file);
    if (demo->keep)
        demo_tell_kept(demo);
    else
        printf("  %s demo %s--keep                      # leaves broker and table up to play with\n", program,
               demo->timeseries ? "--timeseries " : "");
    fflush(stdout);
}

static void demo_sum_up(const struct demo *demo, const struct demo_stage_state *state)
{
    double seconds = (double)state->ran_ms / 1000;
    printf("\nrecords  %llu produced to topic sensors\n"
           "rows     %llu written to table sensors and acknowledged\n"
           "seconds  %.1f\n"
           "rate     %.0f rows/s\n"
           "latency  p50 %.1f ms, p99 %.1f ms from produced to acknowledged\n"
           "memory   %.0f MB at most: broker, table and pipeline in one process\n",
           (unsigned long long)state->produced, (unsigned long long)state->pipe.rows, seconds,
           seconds > 0 ? (double)state->pipe.rows / seconds : 0.0,
           (double)histogram_quantile(state->latency, 0.5) / 1000,
           (double)histogram_quantile(state->latency, 0.99) / 1000, (double)progress_peak_rss_kb() / 1024);
    if (state->pipe.failed)
        printf("failed   %s\n", state->pipe.error.text);
    else if (demo->signal == 0)
        demo_tell_next(demo);
    fflush(stdout);
}

/* ---- life ---- */

static void demo_on_draw(void *arg, struct clock_timer *timer)
{
    struct demo *demo = arg;
    struct demo_stage_state state;
    demo_stage_read_state(demo->stage, &state);
    demo_screen_draw(demo->screen, &state, false);
    clock_start(loop_clock(demo->loop), timer, DEMO_EVERY_MS);
}

static void demo_on_row(void *arg, const struct change *change)
{
    struct demo *demo = arg;
    demo_screen_row(demo->screen, change);
}

static void demo_on_done(void *arg)
{
    struct demo *demo = arg;
    struct demo_stage_state state;
    demo->done = true;
    clock_stop(loop_clock(demo->loop), &demo->draw);
    demo_stage_read_state(demo->stage, &state);
    demo_screen_draw(demo->screen, &state, true);
    demo_sum_up(demo, &state);
    if (!demo->keep || demo->signal != 0 || state.pipe.failed)
        loop_stop(demo->loop);
}

static void demo_on_signal(void *arg, int number)
{
    struct demo *demo = arg;
    bool again = demo->signal != 0;
    demo->signal = number;
    if (demo->done || again)
        loop_stop(demo->loop);
    else
        demo_stage_stop(demo->stage);
}

static int demo_begin(struct demo *demo, struct error *err)
{
    struct demo_stage_options options = {.records = (uint64_t)demo->records,
                                         .rate = (uint64_t)demo->rate,
                                         .timeseries = demo->timeseries,
                                         .arg = demo,
                                         .on_row = demo_on_row,
                                         .on_done = demo_on_done};
    if (loop_on_signals(demo->loop, demo_on_signal, demo, err) != 0)
        return -1;
    demo->stage = demo_stage_create(demo->loop, &options, err);
    if (demo->stage == NULL)
        return -1;
    return demo_write_config(demo) == 0 ? 0 : error_set(err, ERROR_CONFIG, "nothing was started");
}

static int demo_exit_code(const struct demo *demo)
{
    struct demo_stage_state state;
    demo_stage_read_state(demo->stage, &state);
    if (demo->signal != 0)
        return demo->signal == SIGINT ? CLI_SIGINT : CLI_SIGTERM;
    return state.pipe.failed ? CLI_FAILED : CLI_DONE;
}

static int demo_play(struct demo *demo, struct error *err)
{
    if (demo_begin(demo, err) != 0) {
        fprintf(stderr, "otspipe demo: %s\n", err->text);
        return CLI_USAGE;
    }
    demo_greet(demo);
    clock_start(loop_clock(demo->loop), &demo->draw, DEMO_EVERY_MS);
    loop_run(demo->loop);
    clock_stop(loop_clock(demo->loop), &demo->draw);
    return demo_exit_code(demo);
}

static int demo_main(struct demo *demo)
{
    struct error err;
    log_set_level(LOG_WARN);
    demo->loop = loop_create();
    demo->screen = demo_screen_create(loop_clock(demo->loop), demo->timeseries);
    clock_timer_init(&demo->draw, demo_on_draw, demo);
    int code = demo_play(demo, &err);
    if (demo->stage != NULL)
        demo_stage_destroy(demo->stage);
    demo_screen_destroy(demo->screen);
    loop_destroy(demo->loop);
    if (demo->signal != 0 && demo->has_written)
        unlink(demo->config_file);
    return code;
}

static int demo_run(const struct command *command, int argc, char **argv)
{
    struct demo demo = {0};
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &demo, &words, &code))
        code = demo_main(&demo);
    words_fini(&words);
    return code;
}

/* ---- the command ---- */

static const struct command_option options[] = {
    {.name = "records",
     .kind = COMMAND_NUMBER,
     .value = "N",
     .most = INT64_MAX,
     .preset = "20000",
     .help = "stop after so many records; 0: go on until Ctrl-C",
     .offset = offsetof(struct demo, records)},
    {.name = "rate",
     .kind = COMMAND_NUMBER,
     .value = "N",
     .most = DEMO_RATE_MOST,
     .preset = "2000",
     .help = "records a second; 0: as fast as they are written",
     .offset = offsetof(struct demo, rate)},
    {.name = "timeseries",
     .help = "into a time-series table: a point for each report of a sensor",
     .offset = offsetof(struct demo, timeseries)},
    {.name = "keep",
     .help = "leave broker and table up afterwards, to play with, until Ctrl-C",
     .offset = offsetof(struct demo, keep)},
    {.name = "config",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "yaml yml",
     .preset = "otspipe-demo.yaml",
     .help = "where the pipeline's configuration is written; Ctrl-C removes it",
     .offset = offsetof(struct demo, config_file)},
    {0}};

static const struct command_term examples[] = {
    {"otspipe demo", "ten seconds of it"},
    {"otspipe demo --records 1000000 --rate 0", "as fast as it goes"},
    {"otspipe demo --timeseries", "the same reports as points of time series"},
    {"otspipe demo --keep", "then play with broker and table, until Ctrl-C"},
    {0}};

static const struct command_term exits[] = {
    {"0", "done"},
    {"1", "the pipeline failed"},
    {"2", "a mistake on the command line, or a file that is not a demo's"},
    {"130, 143", "stopped by SIGINT, SIGTERM"},
    {0}};

static const struct command_term files[] = {
    {"otspipe-demo.yaml", "the configuration of its pipeline, which 'otspipe run' takes"}, {0}};

const struct command demo_command = {
    .path = "demo",
    .summary = "see it work: broker, pipeline and table in one process, nothing else needed",
    .arguments = "",
    .about =
        "Shows otspipe at work without an account, a broker or a configuration: a Kafka broker, a producer "
        "of "
        "sensor records, the real pipeline and a local Tablestore, all in this process and on loopback only.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .variables = command_variables_of_a_screen,
    .files = files,
    .see_also = "run, emulator, table",
    .run = demo_run,
};
