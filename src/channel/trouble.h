/* trouble: what is waited for, each thing from its beginning to its end: a line in the log when it begins,
 * one when it is over, with how long it took and how often it failed. Between the two the statistics line and
 * the status line tell it; other words for it are said at most every half a minute. A log is not flooded. */
#ifndef CHANNEL_TROUBLE_H
#define CHANNEL_TROUBLE_H

#include "base/error.h"
#include "loop/clock.h"

enum { TROUBLE_WHAT_MOST = 300 };

struct trouble {
    char what[TROUBLE_WHAT_MOST];
    char words[512];
    int64_t since_ms; /* monotonic */
    int64_t said_ms;
    uint64_t failures;
};

struct troubles {
    const struct clock *clock;
    const char *name; /* the channel's, lent */
    struct trouble *items;
    size_t count;
    size_t room;
};

void trouble_list_init(struct troubles *troubles, const struct clock *clock, const char *name);
void trouble_list_fini(struct troubles *troubles);

/* `what` is the thing and the only key: "table orders", "broker 10.0.0.1:9092". It failed once more, having
 * failed since `since_ms` (used at the first time only). */
void trouble_list_begin(struct troubles *troubles, const char *what, int64_t since_ms,
                        const struct error *err);
void trouble_list_end(struct troubles *troubles, const char *what);

/* The one that has lasted longest, or NULL. Valid until the next call. */
const struct trouble *trouble_list_oldest(const struct troubles *troubles);

#endif
