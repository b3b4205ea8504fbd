/* check_connect: what only connecting shows of a configuration: brokers, topics, group; endpoint, key, clock,
 * tables. Nothing is written, and no group is joined. */
#ifndef CLI_CHECK_CONNECT_H
#define CLI_CHECK_CONNECT_H

#include "channel/settings.h"

/* A line on stdout for each thing that was tried. Answers how many are wrong. */
unsigned check_connect(const struct settings *settings);

/* The two halves of it; `wrong` is added to. */
void check_connect_kafka(const struct settings *settings, unsigned *wrong);
void check_connect_tables(const struct settings *settings, unsigned *wrong);

/* One line: a tick on a terminal, "ok: what: words" elsewhere. */
enum check_mark { CHECK_GOOD, CHECK_WARNING, CHECK_WRONG };
void check_mark_put(enum check_mark mark, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
