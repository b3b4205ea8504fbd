/* progress: rates are between two looks; the summary is over the whole life of the process. */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/log.h"

enum { TERMINAL_EVERY_MS = 500 };

struct progress {
    struct clock *clock;
    const struct settings *settings;
    const struct kafka_to_table *pipe;
    struct clock_timer timer;
    bool terminal;
    int64_t began_ms;
    int64_t looked_ms;
    uint64_t looked_rows;
};

static double progress_rate(struct progress *progress, uint64_t rows)
{
    int64_t passed_ms = progress->clock->now_ms - progress->looked_ms;
    double rate = passed_ms <= 0 ? 0 : (double)(rows - progress->looked_rows) * 1000.0 / (double)passed_ms;
    progress->looked_ms = progress->clock->now_ms;
    progress->looked_rows = rows;
    return rate;
}

static const char *progress_waits_for(const struct channel_state *state)
{
    if (state->trouble[0] != 0)
        return state->trouble;
    return state->assigned ? "" : "the consumer group";
}

static void progress_show(struct progress *progress, const struct channel_state *state, double rate)
{
    const char *waits = progress_waits_for(state);
    if (progress->terminal)
        fprintf(stderr, "\r\033[K%llu records  %.0f rows/s  %u in flight  %llu retried  %llu skipped%s%.80s",
                (unsigned long long)state->records, rate, state->in_flight,
                (unsigned long long)state->retried, (unsigned long long)state->skipped,
                waits[0] == 0 ? "" : "  waits for ", waits);
    else
        log_info("%s: records=%llu rows=%llu rate=%.0f in_flight=%u open=%llu retried=%llu skipped=%llu "
                 "held_bytes=%zu%s%s",
                 progress->settings->name, (unsigned long long)state->records,
                 (unsigned long long)state->rows, rate, state->in_flight, (unsigned long long)state->open,
                 (unsigned long long)state->retried, (unsigned long long)state->skipped, state->held_bytes,
                 waits[0] == 0 ? "" : " waits_for=", waits);
}

/* An interval of 0: no lines in the log. */
static void progress_wait(struct progress *progress)
{
    int64_t wait_ms = progress->terminal ? TERMINAL_EVERY_MS : progress->settings->statistics_interval_ms;
    if (wait_ms > 0)
        clock_start(progress->clock, &progress->timer, wait_ms);
}

static void progress_on_time(void *arg, struct clock_timer *timer)
{
    struct progress *progress = arg;
    struct channel_state state;
    kafka_to_table_read_state(progress->pipe, &state);
    progress_show(progress, &state, progress_rate(progress, state.rows));
    (void)timer;
    progress_wait(progress);
}

struct progress *progress_create(struct clock *clock, const struct settings *settings,
                                 const struct kafka_to_table *pipe)
{
    struct progress *progress = check_memory(calloc(1, sizeof(*progress)));
    progress->clock = clock;
    progress->settings = settings;
    progress->pipe = pipe;
    progress->terminal = isatty(STDERR_FILENO) == 1;
    progress->began_ms = clock->now_ms;
    progress->looked_ms = clock->now_ms;
    clock_timer_init(&progress->timer, progress_on_time, progress);
    progress_wait(progress);
    return progress;
}

void progress_destroy(struct progress *progress)
{
    clock_stop(progress->clock, &progress->timer);
    free(progress);
}

static double progress_cpu_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* VmHWM: ru_maxrss also counts what the process was before exec. 0 when the system does not tell. */
static long progress_peak_rss_kb(void)
{
    char line[128];
    long kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && kb == 0 && fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    }
    if (status != NULL)
        fclose(status);
    return kb;
}

void progress_end(struct progress *progress, const struct channel_state *state, bool json)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double seconds = (double)(progress->clock->now_ms - progress->began_ms) / 1000.0;
    if (progress->terminal)
        fputs("\r\033[K", stderr);
    log_info("%s: ended: records=%llu rows=%llu superseded=%llu skipped=%llu seconds=%.3f open=%llu",
             progress->settings->name, (unsigned long long)state->records, (unsigned long long)state->rows,
             (unsigned long long)state->superseded, (unsigned long long)state->skipped, seconds,
             (unsigned long long)state->open);
    if (!json)
        return;
    printf("{\"records\":%llu,\"rows\":%llu,\"superseded\":%llu,\"errors\":%llu,\"seconds\":%.3f,\"cpu_"
           "seconds\":%.3f,"
           "\"peak_rss_kb\":%ld,\"requests\":%llu,\"bytes_sent\":%llu}\n",
           (unsigned long long)state->records, (unsigned long long)state->rows,
           (unsigned long long)state->superseded, (unsigned long long)state->errors, seconds,
           progress_cpu_seconds(&usage), progress_peak_rss_kb(), (unsigned long long)state->requests,
           (unsigned long long)state->bytes_sent);
    fflush(stdout);
}
