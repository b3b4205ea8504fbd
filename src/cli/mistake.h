/* mistake: what is wrong with a configuration, on stderr, in colour on a terminal. */
#ifndef CLI_MISTAKE_H
#define CLI_MISTAKE_H

#include "channel/settings.h"

/* A settings_mistake_fn; arg is not looked at. */
void mistake_put(void *arg, enum settings_severity severity, const char *line);

/* The settings of a command's files, or NULL; everything that is wrong has been put, what librdkafka says
 * too. `compat` is the option --compat. */
struct settings *mistake_read_settings(const char *const *files, size_t count, enum settings_compat compat);

/* The same, but YAML is refused: for convert. */
struct settings *mistake_read_connect(const char *const *files, size_t count, enum settings_compat compat);

#endif
