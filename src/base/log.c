/* log: formats outside the lock, compares and writes inside it. */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock;
    enum log_level most;
    log_output_fn *output;
    void *arg;
    char last[1024];
    time_t last_s;
    unsigned repeats;
    char status[500]; /* "": none */
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .most = LOG_INFO};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static void log_write(const char *text, int len, int most)
{
    ssize_t written = write(STDERR_FILENO, text, (size_t)(len < most ? len : most - 1));
    (void)written; /* nowhere left to say that stderr is gone */
}

static void log_stderr(enum log_level level, const char *line)
{
    struct timespec now;
    struct tm utc;
    char text[1700];
    const char *clear = state.status[0] == 0 ? "" : "\r\033[K";
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    int len = snprintf(text, sizeof(text), "%s%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %-5s %s\n%s", clear,
                       utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                       now.tv_nsec / 1000000, level_names[level], line, state.status);
    log_write(text, len, (int)sizeof(text));
}

static void log_put(enum log_level level, const char *line)
{
    if (state.output != NULL)
        state.output(state.arg, level, slice_text(line));
    else
        log_stderr(level, line);
}

/* True when the line is one more of the same within a second. */
static bool log_repeats(const char *line)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (strcmp(line, state.last) == 0 && now.tv_sec - state.last_s < 1) {
        state.repeats++;
        return true;
    }
    if (state.repeats > 0) {
        char text[64];
        snprintf(text, sizeof(text), "last line repeated %u times", state.repeats);
        log_put(LOG_INFO, text);
    }
    state.repeats = 0;
    state.last_s = now.tv_sec;
    snprintf(state.last, sizeof(state.last), "%s", line);
    return false;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level > __atomic_load_n(&state.most, __ATOMIC_RELAXED))
        return;
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    pthread_mutex_lock(&state.lock);
    if (!log_repeats(line))
        log_put(level, line);
    pthread_mutex_unlock(&state.lock);
}

void log_set_level(enum log_level most)
{
    __atomic_store_n(&state.most, most, __ATOMIC_RELAXED);
}

enum log_level log_level(void)
{
    return __atomic_load_n(&state.most, __ATOMIC_RELAXED);
}

void log_set_output(log_output_fn *output, void *arg)
{
    pthread_mutex_lock(&state.lock);
    state.output = output;
    state.arg = arg;
    state.last[0] = 0;
    state.repeats = 0;
    pthread_mutex_unlock(&state.lock);
}

void log_set_status(const char *line)
{
    char text[sizeof(state.status) + 8];
    pthread_mutex_lock(&state.lock);
    bool was = state.status[0] != 0;
    snprintf(state.status, sizeof(state.status), "%s", line == NULL ? "" : line);
    int len = snprintf(text, sizeof(text), "\r\033[K%s", state.status);
    if ((was || line != NULL) && state.output == NULL)
        log_write(text, len, (int)sizeof(text));
    pthread_mutex_unlock(&state.lock);
}
