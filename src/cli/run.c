/* run: the job. Reads the configuration, runs the channel on the loop until it ends or is told to, says how
 * it went. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "channel/kafka_to_table.h"
#include "cli/cli.h"
#include "cli/mistake.h"
#include "cli/progress.h"
#include "loop/loop.h"

struct run {
    bool until_end;
    bool summary;
    const char *const *files;
    size_t file_count;

    struct settings *settings;
    struct loop *loop;
    struct kafka_to_table *pipe;
    struct progress *progress;
    int signal;  /* the first one that came */
    int signals; /* how many */
};

static const char help[] =
    "usage: otspipe run [OPTIONS] CONFIG...\n\n"
    "Moves records from Kafka topics into Tablestore tables until it is stopped.\n"
    "CONFIG is a YAML file, or worker.properties and a connector's .properties or JSON file.\n\n"
    "  --until-end       stop once everything that was in the topics is written and committed\n"
    "  --summary json    end with one JSON line on stdout: records, rows, errors, seconds, ...\n"
    "  --log-level NAME  error, warn, info (default) or debug\n"
    "  --help\n\n"
    "Exit codes: 0 done; 1 the pipeline failed; 2 usage or configuration; 3 finished, but records were set "
    "aside;\n"
    "130, 143 stopped by SIGINT, SIGTERM after an orderly drain. A second signal stops at once.\n\n"
    "  otspipe run kafka_to_table.yaml\n"
    "  otspipe run connect-standalone.properties connect-tablestore-sink-quickstart.properties\n";

enum { OPTION_UNTIL_END = 256, OPTION_SUMMARY, OPTION_LOG_LEVEL };

static const struct option long_options[] = {{"until-end", no_argument, NULL, OPTION_UNTIL_END},
                                             {"summary", required_argument, NULL, OPTION_SUMMARY},
                                             {"log-level", required_argument, NULL, OPTION_LOG_LEVEL},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static int run_log_level(const char *name)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        log_set_level((enum log_level)i);
        return 0;
    }
    fprintf(stderr, "otspipe run: --log-level: '%s' is none of error, warn, info, debug\n", name);
    return -1;
}

static int run_option(struct run *run, int option)
{
    switch (option) {
    case OPTION_UNTIL_END:
        run->until_end = true;
        return 0;
    case OPTION_SUMMARY:
        run->summary = true;
        if (strcmp(optarg, "json") == 0)
            return 0;
        fprintf(stderr, "otspipe run: --summary: '%s' is not a form it has; use 'json'\n", optarg);
        return -1;
    case OPTION_LOG_LEVEL:
        return run_log_level(optarg);
    default:
        fputs("'otspipe run --help' shows the options\n", stderr);
        return -1;
    }
}

/* 0: go on; 1: help was asked for; -1: usage. */
static int run_arguments(struct run *run, int argc, char **argv)
{
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 1;
        }
        if (run_option(run, option) != 0)
            return -1;
    }
    run->files = (const char *const *)(argv + optind);
    run->file_count = (size_t)(argc - optind);
    if (run->file_count > 0)
        return 0;
    fputs("otspipe run: which configuration? 'otspipe run --help' shows how\n", stderr);
    return -1;
}

static void run_on_stopped(void *arg)
{
    struct run *run = arg;
    loop_stop(run->loop);
}

static void run_on_signal(void *arg, int number)
{
    struct run *run = arg;
    if (run->signals++ == 0)
        run->signal = number;
    log_info("signal %d: %s", number,
             run->signals == 1 ? "draining; a second one stops at once" : "stopping at once");
    kafka_to_table_stop(run->pipe);
    if (run->signals > 2)
        loop_stop(run->loop);
}

static int run_begin(struct run *run, struct error *err)
{
    struct kafka_to_table_events events = {.arg = run, .on_stopped = run_on_stopped};
    if (loop_on_signals(run->loop, run_on_signal, run, err) != 0)
        return -1;
    run->pipe = kafka_to_table_create(run->loop, run->settings, run->until_end, &events, err);
    if (run->pipe == NULL)
        return -1;
    run->progress = progress_create(loop_clock(run->loop), run->settings, run->pipe, run->until_end);
    return 0;
}

static int run_exit_code(const struct run *run, const struct channel_state *state)
{
    if (state->failed)
        return state->error.kind == ERROR_CONFIG ? CLI_USAGE : CLI_FAILED;
    if (run->signal != 0)
        return run->signal == SIGINT ? CLI_SIGINT : CLI_SIGTERM;
    return state->skipped > 0 ? CLI_SET_ASIDE : CLI_DONE;
}

static int run_loop(struct run *run)
{
    struct error err;
    struct channel_state state = {.failed = true, .error = {.kind = ERROR_CONFIG}};
    run->loop = loop_create();
    if (run_begin(run, &err) != 0) {
        log_error("%s", err.text);
    } else {
        loop_run(run->loop);
        kafka_to_table_read_state(run->pipe, &state);
        progress_end(run->progress, &state, run->summary);
    }
    if (run->progress != NULL)
        progress_destroy(run->progress);
    if (run->pipe != NULL)
        kafka_to_table_destroy(run->pipe);
    loop_destroy(run->loop);
    return run_exit_code(run, &state);
}

int cli_run(int argc, char **argv)
{
    struct run run = {0};
    int asked = run_arguments(&run, argc, argv);
    if (asked != 0)
        return asked > 0 ? CLI_DONE : CLI_USAGE;
    run.settings = mistake_read_settings(run.files, run.file_count);
    if (run.settings == NULL)
        return CLI_USAGE;
    int code = run_loop(&run);
    settings_destroy(run.settings);
    return code;
}
