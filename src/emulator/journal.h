/* journal: every row change as a line of JSON, in the order applied (design.md section 7). On disk at least
 * every 200 ms, and complete after journal_flush(). Written with plain writes: the emulator may wait for its
 * disk. */
#ifndef EMULATOR_JOURNAL_H
#define EMULATOR_JOURNAL_H

#include <stdint.h>

struct change;
struct clock;
struct error;
struct journal; /* opaque */

/* The file is made new. */
struct journal *journal_open(struct clock *clock, const char *file, struct error *err);
void journal_close(struct journal *journal); /* flushes */

/* `instance` NULL: it is not said. `result`: "ok" or the code. */
void journal_add(struct journal *journal, int64_t time_ms, const char *instance, const char *request_id,
                 const struct change *change, const char *result);

/* The rows of this request, which are in the journal before, were applied, but a fault rule kept the answer
 * from the client: what it was not told it may send again. */
void journal_add_unanswered(struct journal *journal, int64_t time_ms, const char *instance,
                            const char *request_id);
void journal_flush(struct journal *journal);

#endif
