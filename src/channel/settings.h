/* settings: the whole configuration of a channel after reading, checked and resolved. The one table of keys
 * is in settings_keys.c: it feeds parsing, ranges, defaults, `check`, the reference in docs/ and the samples.
 * Made once, kept to the end. */
#ifndef CHANNEL_SETTINGS_H
#define CHANNEL_SETTINGS_H

#include "base/arena.h"
#include "bucket/bucket.h"
#include "kafka/producer.h"
#include "mapping/mapper.h"
#include "ots/client.h"
#include "ots/table.h"
#include "wire/write_request.h"

enum errors_tolerance { ERRORS_NONE, ERRORS_ALL };
enum errors_log { ERRORS_LOG_FEW, ERRORS_LOG_ALL }; /* how many records with errors are named in the log */
enum errors_sink {
    ERRORS_IGNORED,
    ERRORS_TO_TOPIC,
    ERRORS_TO_TABLE,
    ERRORS_AS_OTHERS /* of the converters' errors: where the others go */
};

enum errors_format { ERRORS_ORIGINAL, ERRORS_JSON_ENVELOPE }; /* of key and value where they go */

/* Where records with errors go. */
struct settings_aside {
    enum errors_sink sink;
    struct producer_options topic;
    const char *table;
};

/* Whose behaviour is the preset where the manual and the newest Java connector differ. */
enum settings_compat { SETTINGS_COMPAT_OF_FILE, SETTINGS_COMPAT_NONE, SETTINGS_COMPAT_JAVA };

/* One table and the topics that are written to it: a lane. */
struct settings_table {
    const char **topics;
    size_t topic_count;
    bool timeseries; /* a time-series table: `series` counts, of `plan` only the table, of `create` only
                        auto_create and ttl_s */
    struct mapping_plan plan;
    struct series_plan series;
    enum convert_format key_format;
    enum convert_format value_format;
    struct ots_table_options create;
    struct bucket_options bucket;
    enum write_request_kind request;
    bool same_key;        /* bulk.same_key */
    uint32_t rows_most;   /* of a request */
    bool update_meta;     /* writes to a time-series table keep the meta data of its series current */
    uint32_t series_most; /* series whose meta time is remembered */
};

struct settings {
    const char *name;
    bool comparable; /* Connect files, or compat was asked for: settings_compare() has something to say */
    struct consumer_options kafka; /* lanes are indexes into tables */
    struct ots_client_options ots;
    struct settings_table *tables;
    size_t table_count;
    enum errors_tolerance tolerance;         /* of mapping and writing: runtime.error.tolerance */
    enum errors_tolerance convert_tolerance; /* of the converters: errors.tolerance of Connect files */
    struct settings_aside errors;
    enum errors_format errors_format;
    struct settings_aside convert_errors;
    const char *error_brokers;                        /* NULL: kafka.brokers */
    const struct consumer_property *error_properties; /* of the topics' producers, as given */
    size_t error_property_count;
    uint32_t errors_most;    /* 0: no limit */
    uint32_t errors_percent; /* of a thousand records; 100: no limit */
    enum errors_log errors_log;
    int64_t commit_interval_ms; /* offset.flush.interval.ms */
    int64_t drain_ms;           /* rebalance.drain.ms, also at stop */
    int64_t kafka_session_ms;   /* session.timeout.ms in effect */
    int64_t statistics_interval_ms;
    size_t memory_bytes;              /* the window: all tables together */
    struct settings_origins *origins; /* of Connect files: which word set what; NULL: YAML */
    struct arena arena;               /* all texts and arrays of the settings */
};

/* Reads one or more files: one YAML file, or worker.properties and connector files (.properties, JSON). Every
 * mistake found goes to on_mistake as "file:line:column: key: what is wrong; what would be right". `compat`
 * goes before what they say. NULL when there was an error; warnings and notes alone do not fail it. Opens no
 * socket. */
enum settings_severity { SETTINGS_ERROR, SETTINGS_WARNING, SETTINGS_NOTE };
typedef void settings_mistake_fn(void *arg, enum settings_severity severity, const char *line);
struct settings *settings_read(const char *const *files, size_t count, enum settings_compat compat,
                               settings_mistake_fn *on_mistake, void *arg);

/* The same, but YAML is a mistake: for settings_convert.h. */
struct settings *settings_read_to_convert(const char *const *files, size_t count, enum settings_compat compat,
                                          settings_mistake_fn *on_mistake, void *arg);

/* The same from memory; the name's ending tells the syntax, as for a file. Texts are lent for the call. */
struct settings_source {
    const char *name;
    struct slice text;
};
struct settings *settings_read_sources(const struct settings_source *sources, size_t count,
                                       enum settings_compat compat, settings_mistake_fn *on_mistake,
                                       void *arg);
void settings_destroy(struct settings *settings);

/* The configuration in effect, secrets hidden, as YAML. */
struct buffer;
void settings_print(const struct settings *settings, struct buffer *to);

/* Notes: where the manual and the newest Java connector differ in what this configuration does, and which of
 * them is followed. Nothing for YAML without compat. */
void settings_compare(const struct settings *settings, settings_mistake_fn *on_mistake, void *arg);

/* Every key with type, preset, limits and meaning, as markdown: docs/configuration.md. */
void settings_reference(struct buffer *to);

/* How the table's records become rows; the plans stay the table's. */
static inline struct mapper_options settings_mapper(const struct settings_table *table)
{
    return (struct mapper_options){.plan = &table->plan,
                                   .series = table->timeseries ? &table->series : NULL,
                                   .key_format = table->key_format,
                                   .value_format = table->value_format};
}

/* Index of the lane of a topic, or -1. */
int settings_lane(const struct settings *settings, struct slice topic);

#endif
