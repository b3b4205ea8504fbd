/* run: the job. Reads the configuration, runs the channel on the loop until it ends or is told to, says how
 * it went. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "channel/kafka_to_table.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/mistake.h"
#include "cli/progress.h"
#include "cli/words.h"
#include "loop/loop.h"

struct run {
    bool until_end;
    int summary;   /* not 0: json */
    int log_level; /* from 1 */
    int compat;    /* enum settings_compat */

    struct settings *settings;
    struct loop *loop;
    struct kafka_to_table *pipe;
    struct progress *progress;
    int signal;  /* the first one that came */
    int signals; /* how many */
    bool mute;   /* the summary could not be written */
};

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
    if (run->mute)
        return CLI_FAILED;
    if (run->signal != 0)
        return run->signal == SIGINT ? CLI_SIGINT : CLI_SIGTERM;
    return state->skipped + state->set_aside > 0 ? CLI_SET_ASIDE : CLI_DONE;
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
        run->mute = progress_end(run->progress, &state, run->summary != 0) != 0;
    }
    if (run->progress != NULL)
        progress_destroy(run->progress);
    if (run->pipe != NULL)
        kafka_to_table_destroy(run->pipe);
    loop_destroy(run->loop);
    return run_exit_code(run, &state);
}

static int run_files(struct run *run, const struct word_list *files)
{
    run->settings = mistake_read_settings((const char *const *)files->at, files->count,
                                          (enum settings_compat)run->compat);
    if (run->settings == NULL)
        return CLI_USAGE;
    int code = run_loop(run);
    settings_destroy(run->settings);
    return code;
}

static int run_main(const struct command *command, int argc, char **argv)
{
    struct run run = {0};
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &run, &words, &code)) {
        log_set_level((enum log_level)(run.log_level - 1));
        code = run_files(&run, &words.arguments);
    }
    words_fini(&words);
    return code;
}

static const struct command_option options[] = {
    {.name = "until-end",
     .help = "stop once everything that was in the topics is written and committed",
     .offset = offsetof(struct run, until_end)},
    {.name = "summary",
     .kind = COMMAND_CHOICE,
     .value = "json",
     .choices = "json",
     .help = "end with one line of JSON on stdout: records, rows, errors, seconds, ...",
     .offset = offsetof(struct run, summary)},
    {.name = "log-level",
     .kind = COMMAND_CHOICE,
     .value = "NAME",
     .choices = "error warn info debug",
     .preset = "info",
     .help = "what is logged: error, warn, info or debug",
     .offset = offsetof(struct run, log_level)},
    COMMAND_COMPAT(offsetof(struct run, compat)),
    {0}};

static const struct command_term examples[] = {
    {"otspipe run kafka_to_table.yaml", "the job, until Ctrl-C or SIGTERM"},
    {"otspipe run connect-standalone.properties connect-tablestore-sink-quickstart.properties",
     "the same from the files of Kafka Connect, unchanged"},
    {"otspipe run --until-end --summary json kafka_to_table.yaml",
     "what is in the topics now, then a summary"},
    {0}};

const struct command run_command = {
    .path = "run",
    .summary = "the job: move records from Kafka topics into Tablestore tables",
    .arguments = "CONFIG...",
    .least = 1,
    .most = COMMAND_ANY,
    .argument_kind = COMMAND_FILE,
    .endings = COMMAND_CONFIG_ENDINGS,
    .about =
        "Moves records from Kafka topics into Tablestore tables until it is stopped.\n\n" COMMAND_CONFIG_ABOUT
        "\n\nThe log goes to stderr, results to stdout. On a terminal one line shows the state.",
    .options = options,
    .examples = examples,
    .exits = command_exits_of_a_job,
    .variables = command_variables_of_a_job,
    .files = command_files_of_a_job,
    .see_also = "check, explain, demo",
    .run = run_main,
};
