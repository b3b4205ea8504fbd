/* progress: rates are between two looks; the summary is over the whole life of the process. */
#include "cli/progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/log.h"
#include "cli/screen.h"

enum { TERMINAL_EVERY_MS = 500 };

struct progress {
    struct clock *clock;
    const struct settings *settings;
    const struct kafka_to_table *pipe;
    struct clock_timer timer;
    bool terminal;
    bool until_end; /* then there is an end to be on the way to */
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

static void progress_waits_for(const struct progress *progress, const struct channel_state *state,
                               struct buffer *to)
{
    if (state->trouble[0] == 0) {
        if (!state->assigned && !state->stopped)
            buffer_print(to, "the consumer group");
        return;
    }
    const char *colon = strstr(state->trouble, ": ");
    int what = colon == NULL ? (int)strlen(state->trouble) : (int)(colon - state->trouble);
    buffer_print(to, "%.*s since %lld s", what, state->trouble,
                 (long long)(progress->clock->now_ms - state->trouble_since_ms) / 1000);
    if (state->trouble_failures > 1)
        buffer_print(to, ", %llu failures", (unsigned long long)state->trouble_failures);
    if (state->troubles > 1)
        buffer_print(to, ", and for %zu more", state->troubles - 1);
    buffer_print(to, "%s", state->trouble + what);
}

static void progress_log(const struct progress *progress, const struct channel_state *state, double rate,
                         struct slice waits)
{
    log_info("%s: records=%llu rows=%llu rate=%.0f lag=%llu in_flight=%u open=%llu retried=%llu skipped=%llu "
             "held_bytes=%zu%s%.*s",
             progress->settings->name, (unsigned long long)state->records, (unsigned long long)state->rows,
             rate, (unsigned long long)state->lag, state->in_flight, (unsigned long long)state->open,
             (unsigned long long)state->retried, (unsigned long long)state->skipped, state->held_bytes,
             waits.len == 0 ? "" : " waits_for=", SLICE_ARG(waits));
}

/* How much of what there is to do is done: a bar, and the time left at the rate since the start. */
static void progress_put_bar(const struct progress *progress, const struct channel_state *state,
                             struct buffer *to)
{
    static const char full[] = "####################";
    uint64_t done = state->records - state->open;
    uint64_t all = state->records + state->lag;
    int64_t passed_ms = progress->clock->now_ms - progress->began_ms;
    if (all == 0)
        return;
    int part = (int)(done * (sizeof(full) - 1) / all);
    buffer_print(to, "[%-*.*s] %3d %%  ", (int)sizeof(full) - 1, part, full, (int)(done * 100 / all));
    if (done > 0 && done < all)
        buffer_print(to, "%lld s left  ",
                     (long long)((double)(all - done) / (double)done * (double)passed_ms / 1000) + 1);
}

static void progress_put_figures(const struct channel_state *state, double rate, struct buffer *to)
{
    buffer_print(to, "%llu records  %.0f rows/s  lag %llu  %u in flight", (unsigned long long)state->records,
                 rate, (unsigned long long)state->lag, state->in_flight);
    if (state->retried > 0)
        buffer_print(to, "  %llu retried", (unsigned long long)state->retried);
    if (state->skipped > 0)
        buffer_print(to, "  %llu skipped", (unsigned long long)state->skipped);
    if (state->set_aside > 0)
        buffer_print(to, "  %llu set aside", (unsigned long long)state->set_aside);
}

static void progress_draw(const struct progress *progress, const struct channel_state *state, double rate,
                          struct slice waits)
{
    struct buffer line, cut;
    buffer_init(&line, 4096);
    buffer_init(&cut, 4096);
    if (progress->until_end)
        progress_put_bar(progress, state, &line);
    progress_put_figures(state, rate, &line);
    if (waits.len > 0)
        buffer_print(&line, "  waits for %.*s", SLICE_ARG(waits));
    screen_put(&cut, buffer_slice(&line), line.len);
    buffer_print(&cut, "%c", 0);
    cut.at[screen_text_fit(slice_of(cut.at, cut.len - 1), screen_width(STDERR_FILENO) - 1)] = 0;
    log_set_status(cut.at);
    buffer_fini(&cut);
    buffer_fini(&line);
}

static void progress_show(struct progress *progress, const struct channel_state *state, double rate)
{
    struct buffer waits;
    buffer_init(&waits, 4096);
    progress_waits_for(progress, state, &waits);
    if (progress->terminal)
        progress_draw(progress, state, rate, buffer_slice(&waits));
    else
        progress_log(progress, state, rate, buffer_slice(&waits));
    buffer_fini(&waits);
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
                                 const struct kafka_to_table *pipe, bool until_end)
{
    struct progress *progress = check_memory(calloc(1, sizeof(*progress)));
    progress->clock = clock;
    progress->settings = settings;
    progress->pipe = pipe;
    progress->terminal = isatty(STDERR_FILENO) == 1;
    progress->until_end = until_end;
    screen_init();
    progress->began_ms = clock->now_ms;
    progress->looked_ms = clock->now_ms;
    clock_timer_init(&progress->timer, progress_on_time, progress);
    progress_wait(progress);
    return progress;
}

void progress_destroy(struct progress *progress)
{
    clock_stop(progress->clock, &progress->timer);
    log_set_status(NULL);
    free(progress);
}

static double progress_cpu_seconds(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* VmHWM: ru_maxrss also counts what the process was before exec. */
long progress_peak_rss_kb(void)
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

int progress_end(struct progress *progress, const struct channel_state *state, bool json)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double seconds = (double)(progress->clock->now_ms - progress->began_ms) / 1000.0;
    log_set_status(NULL);
    log_info("%s: ended: records=%llu rows=%llu superseded=%llu skipped=%llu seconds=%.3f open=%llu",
             progress->settings->name, (unsigned long long)state->records, (unsigned long long)state->rows,
             (unsigned long long)state->superseded, (unsigned long long)state->skipped, seconds,
             (unsigned long long)state->open);
    if (!json)
        return 0;
    printf("{\"records\":%llu,\"rows\":%llu,\"superseded\":%llu,\"errors\":%llu,\"set_aside\":%llu,"
           "\"seconds\":%.3f,\"cpu_"
           "seconds\":%.3f,"
           "\"peak_rss_kb\":%ld,\"requests\":%llu,\"bytes_sent\":%llu}\n",
           (unsigned long long)state->records, (unsigned long long)state->rows,
           (unsigned long long)state->superseded, (unsigned long long)state->errors,
           (unsigned long long)state->set_aside, seconds, progress_cpu_seconds(&usage),
           progress_peak_rss_kb(), (unsigned long long)state->requests,
           (unsigned long long)state->bytes_sent);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    log_error("the summary could not be written: stdout: %s", strerror(errno));
    return -1;
}
