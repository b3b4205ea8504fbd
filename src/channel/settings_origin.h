/* settings_origin: which words of Kafka Connect's files set what, and what else stood there. Made while they
 * are read, kept with the settings, for settings_convert.c. */
#ifndef CHANNEL_SETTINGS_ORIGIN_H
#define CHANNEL_SETTINGS_ORIGIN_H

#include "channel/settings_reader.h"

struct settings_origin {
    const struct settings_origin *next;
    const struct config_key *key; /* NULL: a property of the Kafka client */
    const void *base;             /* the struct it was set in; the struct consumer_property */
    const struct config_entry *entry;
};

/* A warning or note that was told. */
struct settings_remark {
    struct config_place place;
    const char *words;
};

struct settings_origins {
    struct config_document *documents; /* owned, in the order given */
    size_t document_count;
    struct settings_origin *first;
    struct settings_origin *last;
    struct settings_remark *remarks;
    size_t remark_count;
    const char *table_format; /* makes the name of every table; NULL: some were assigned */
};

void settings_origins_init(struct settings *settings);

/* The entry set the key, or the property, in that struct. Nothing happens for YAML, or without an entry. */
void settings_origin_add(struct settings_reader *reader, const struct config_key *key, const void *base,
                         const struct config_entry *entry);

/* Takes the documents over and copies what was told. */
void settings_origins_keep(struct settings *settings, const struct config_document *documents, size_t count,
                           const struct config_mistakes *mistakes);
void settings_origins_fini(struct settings *settings);

/* What was told about that place of a file, or NULL. */
const char *settings_origins_remark(const struct settings_origins *origins, const struct config_entry *entry);

#endif
