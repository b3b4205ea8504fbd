/* settings_convert: what Kafka Connect's files say, as a YAML file for a person to go on with. What differs
 * from YAML's presets is written, so that both do the same; behind each line stands where it came from, at
 * the end whatever else the files said. */
#ifndef CHANNEL_SETTINGS_CONVERT_H
#define CHANNEL_SETTINGS_CONVERT_H

#include "channel/settings.h"

/* An environment variable that the YAML names, and the value with which it means what the files meant. Both
 * are lent for the call. */
typedef void settings_variable_fn(void *arg, const char *name, const char *value);

struct settings_conversion {
    bool with_secrets; /* else they become environment variables */
    settings_variable_fn *on_variable;
    void *arg;
};

/* Appends to `to`. -1 and ERROR_CONFIG: the settings were read from YAML, or, which only very large files
 * bring about, what was written would not be read back as the same. */
int settings_convert(const struct settings *settings, const struct settings_conversion *how,
                     struct buffer *to, struct error *err);

#endif
