/* log: one line a failure or event, "words: key=value key=value". Goes to one replaceable output (stderr).
 * A line equal to the last one within a second is counted, not printed. Any thread may call.
 * Never a secret, never a record's content. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/slice.h"

enum log_level {
    LOG_ERROR, /* needs a person */
    LOG_WARN,  /* handled, worth knowing */
    LOG_INFO,  /* life events, one statistics line an interval */
    LOG_DEBUG
};

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

void log_set_level(enum log_level most);
enum log_level log_level(void);

/* The line is lent, without its end of line and without time or level. NULL: back to stderr. */
typedef void log_output_fn(void *arg, enum log_level level, struct slice line);
void log_set_output(log_output_fn *output, void *arg);

/* A line that stays the last one on stderr, a terminal: it is drawn over the one before, and log lines go
 * above it. Copied, cut at 500 bytes; NULL: none any more. Only while the output is stderr. */
void log_set_status(const char *line);

#endif
