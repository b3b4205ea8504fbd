/* progress: long work shows how it goes: one status line on a terminal, one line an interval in a log, and a
 * summary. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "channel/kafka_to_table.h"

struct progress; /* opaque */

/* Settings and pipe are kept. Begins at once. `until_end`: there is an end, and a bar towards it. */
struct progress *progress_create(struct clock *clock, const struct settings *settings,
                                 const struct kafka_to_table *pipe, bool until_end);
void progress_destroy(struct progress *progress);

/* The last words; with `json` one JSON line on stdout. -1, said: it could not be written. */
int progress_end(struct progress *progress, const struct channel_state *state, bool json);

/* The most memory this process ever had resident; 0 when the system does not tell. */
long progress_peak_rss_kb(void);

#endif
