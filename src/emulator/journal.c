/* journal: lines gathered in a buffer, written when it is large, by a timer, or when asked. */
#include "emulator/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "emulator/change.h"
#include "loop/clock.h"
#include "wire/row_line.h"

enum { JOURNAL_LARGE = 256 * 1024, JOURNAL_MOST = 64 * 1024 * 1024, JOURNAL_FLUSH_MS = 200 };

struct journal {
    struct clock *clock;
    struct clock_timer timer;
    struct buffer lines;
    int64_t seq;
    int fd;
    bool failed; /* said once; nothing more is written */
};

static void journal_on_time(void *arg, struct clock_timer *timer)
{
    (void)timer;
    journal_flush(arg);
}

struct journal *journal_open(struct clock *clock, const char *file, struct error *err)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        error_set(err, ERROR_CONFIG, "open %s: %s", file, strerror(errno));
        return NULL;
    }
    struct journal *journal = check_memory(calloc(1, sizeof(*journal)));
    journal->clock = clock;
    journal->fd = fd;
    buffer_init(&journal->lines, JOURNAL_MOST);
    clock_timer_init(&journal->timer, journal_on_time, journal);
    return journal;
}

void journal_close(struct journal *journal)
{
    journal_flush(journal);
    close(journal->fd);
    buffer_fini(&journal->lines);
    free(journal);
}

static void journal_write(struct journal *journal)
{
    size_t done = 0;
    while (done < journal->lines.len && !journal->failed) {
        ssize_t written = write(journal->fd, journal->lines.at + done, journal->lines.len - done);
        if (written > 0)
            done += (size_t)written;
        else if (errno != EINTR) {
            journal->failed = true;
            log_error("the journal ends here: %s", strerror(errno));
        }
    }
}

void journal_flush(struct journal *journal)
{
    journal_write(journal);
    buffer_reset(&journal->lines, (size_t)2 * JOURNAL_LARGE);
    clock_stop(journal->clock, &journal->timer);
}

static void journal_begin(struct journal *journal, int64_t time_ms, const char *instance,
                          const char *request_id)
{
    struct buffer *lines = &journal->lines;
    buffer_add_slice(lines, SLICE("{\"seq\":"));
    json_put_integer(lines, ++journal->seq);
    buffer_add_slice(lines, SLICE(",\"time_ms\":"));
    json_put_integer(lines, time_ms);
    buffer_add_slice(lines, SLICE(",\"request\":\""));
    buffer_add_slice(lines, slice_text(request_id));
    buffer_add_slice(lines, SLICE("\","));
    if (instance == NULL)
        return;
    buffer_add_slice(lines, SLICE("\"instance\":"));
    json_put_string(lines, slice_text(instance));
    buffer_add_slice(lines, SLICE(","));
}

static void journal_end(struct journal *journal)
{
    buffer_add_slice(&journal->lines, SLICE("}\n"));
    if (journal->lines.len >= JOURNAL_LARGE)
        journal_flush(journal);
    else if (!clock_started(&journal->timer))
        clock_start(journal->clock, &journal->timer, JOURNAL_FLUSH_MS);
}

void journal_add(struct journal *journal, int64_t time_ms, const char *instance, const char *request_id,
                 const struct change *change, const char *result)
{
    journal_begin(journal, time_ms, instance, request_id);
    (change->point ? row_line_put_series : row_line_put)(&journal->lines, change->table, &change->row);
    buffer_add_slice(&journal->lines, SLICE(",\"result\":"));
    json_put_string(&journal->lines, slice_text(result));
    journal_end(journal);
}

void journal_add_unanswered(struct journal *journal, int64_t time_ms, const char *instance,
                            const char *request_id)
{
    journal_begin(journal, time_ms, instance, request_id);
    buffer_add_slice(&journal->lines, SLICE("\"event\":\"unanswered\""));
    journal_end(journal);
}
