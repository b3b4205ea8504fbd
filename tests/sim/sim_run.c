/* sim_run: runs seeds, one after the other, and says how to see a failing one again.
 *   sim_run --seeds N [--first S]     sim_run --seed S [--verbose] */
#include "sim/sim.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

enum { CAMPAIGN_SEEDS = 500 }; /* from so many on, everything must have been seen */

uint64_t sim_seen[SEEN_COUNT];

static const char *const seen_names[SEEN_COUNT] = {
    [SEEN_PARTLY] = "rows that failed in an answered request",
    [SEEN_THROTTLED] = "requests refused for now",
    [SEEN_CUT] = "requests cut",
    [SEEN_CUT_APPLIED] = "of them applied",
    [SEEN_LATE] = "of them applied after the cut",
    [SEEN_UNSENT] = "requests that never left",
    [SEEN_BLOCKED] = "requests not let in",
    [SEEN_SPLIT] = "requests refused because of one row",
    [SEEN_REFUSED] = "such rows found",
    [SEEN_SUPERSEDED] = "rows superseded",
    [SEEN_REVOKED] = "assignments revoked",
    [SEEN_REVOKED_IN_FLIGHT] = "of them with requests in flight",
    [SEEN_LOST] = "assignments lost",
    [SEEN_AWAY] = "times the process was away",
    [SEEN_REPLAYED] = "partitions read again from their commit",
    [SEEN_OTHER_OWNER] = "partitions that another owner wrote",
    [SEEN_COMMIT_FAILED] = "commits failed",
    [SEEN_STOPPED_EARLY] = "stops in the middle",
    [SEEN_ENDED] = "runs that ended by themselves",
    [SEEN_SET_ASIDE] = "records set aside",
    [SEEN_DEAD_LETTER] = "of them in an error topic of their own",
    [SEEN_ASIDE_FAILED] = "records not taken by the error topic at first",
    [SEEN_FAILED] = "runs that stopped at a bad record",
    [SEEN_POINTS] = "points of time series",
};

static char again[128]; /* made before the run: a signal handler can only write it */

static void make_again(uint64_t seed)
{
    snprintf(again, sizeof(again), "sim: see it again: sim_run --seed %llu --verbose\n",
             (unsigned long long)seed);
}

static void on_abort(int signal)
{
    (void)signal;
    _exit(write(STDERR_FILENO, again, strlen(again)) < 0 ? 2 : 1);
}

void sim_broken(struct sim_world *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fprintf(stderr, "sim: seed %llu, %lld ms: ", (unsigned long long)world->seed,
            (long long)world->clock.now_ms);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    fputs(again, stderr);
    _exit(1);
}

void sim_trace(struct sim_world *world, const char *format, ...)
{
    va_list args;
    if (!world->verbose)
        return;
    va_start(args, format);
    printf("%8lld ", (long long)world->clock.now_ms);
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

/* The channel's own lines are part of the trace. */
static void on_log(void *arg, enum log_level level, struct slice line)
{
    (void)arg;
    (void)level;
    if (sim_now != NULL)
        sim_trace(sim_now, "log: %.*s", SLICE_ARG(line));
}

static bool report(uint64_t seeds, double seconds)
{
    bool complete = true;
    printf("sim: %llu seeds in %.1f s, no promise broken\n", (unsigned long long)seeds, seconds);
    for (int i = 0; i < SEEN_COUNT; i++) {
        printf("%10llu %s\n", (unsigned long long)sim_seen[i], seen_names[i]);
        complete &= sim_seen[i] > 0;
    }
    if (seeds < CAMPAIGN_SEEDS || complete)
        return true;
    fprintf(stderr, "sim: something never happened: the campaign proves less than it says\n");
    return false;
}

int main(int argc, char **argv)
{
    uint64_t first = 1;
    uint64_t seeds = 1;
    bool verbose = false;
    static struct sim_world world;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--verbose") == 0)
            verbose = true;
        else if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--first") == 0 || strcmp(argv[i], "--seed") == 0)
            first = strtoull(value, NULL, 10), i++;
        else
            return fprintf(stderr, "usage: sim_run --seeds N [--first S] | --seed S [--verbose]\n"), 2;
    }
    signal(SIGABRT, on_abort);
    log_set_output(on_log, NULL);
    log_set_level(LOG_DEBUG);
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        make_again(seed);
        sim_world_run(&world, seed, verbose);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double seconds = (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) / 1e9;
    return report(seeds, seconds) ? 0 : 1;
}
