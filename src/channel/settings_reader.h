/* settings_reader: what the parts of settings_*.c share while files are read; nobody else includes it. */
#ifndef CHANNEL_SETTINGS_READER_H
#define CHANNEL_SETTINGS_READER_H

#include "channel/settings.h"
#include "config/document.h"
#include "config/keys.h"

enum { SETTINGS_TABLES_MOST = 256, SETTINGS_TOPICS_MOST = 1024 };

struct settings_reader {
    struct settings *settings;
    enum config_form form;
    enum settings_compat compat;    /* never OF_FILE */
    struct config_document *file;   /* the YAML file, or the connector's */
    struct config_document *worker; /* Connect: NULL when there is none */
    struct config_mistakes *mistakes;
};

/* Which kind of table a key is for; neither: both. */
enum settings_key_flag {
    SETTINGS_DATA = CONFIG_FLAGS_OF_MODULES,
    SETTINGS_SERIES = CONFIG_FLAGS_OF_MODULES * 2
};

/* The tables of keys, ended by a key without a type. */
extern const struct config_key settings_keys[];       /* struct settings */
extern const struct config_key settings_table_keys[]; /* struct settings_table: at the top, or in a route */
extern const struct config_key settings_route_keys[]; /* only in a route: topic, topics */
extern const struct config_key
    settings_connect_keys[]; /* Connect only: checked, then without effect, or own */

extern const struct config_choice settings_compats[];

/* Which choices a list of column types has. */
extern const struct config_choice settings_key_types[];
extern const struct config_choice settings_column_types[];

/* Connect keys without effect here: exact names, or beginnings when they end in a dot. NULL ends. */
extern const char *const settings_ignored_names[];

/* Connect keys that must be absent or empty: what to do instead. NULL name ends. */
struct settings_refusal {
    const char *name;
    const char *words;
};
extern const struct settings_refusal settings_refusals[];

/* settings_find.c */
/* Where one lookup looks: YAML: a route's section first, then the top. Connect: <table> is replaced. */
struct settings_scope {
    const char *route; /* "routes[0]." or "" */
    const char *table; /* NULL: not in a table */
};
extern const struct settings_scope settings_top;

const struct config_entry *settings_find(const struct settings_reader *reader, const struct config_key *key,
                                         struct settings_scope scope);
const struct config_entry *settings_find_connect(const struct settings_reader *reader, const char *name);
const struct config_entry *settings_find_in(const struct config_document *document, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The key of that YAML path; it must exist. */
const struct config_key *settings_key(const struct config_key *keys, const char *yaml);

/* How the user knows the key: its name in this form, with its route, <table> replaced. In the arena. */
const char *settings_key_name(const struct settings_reader *reader, const struct config_key *key,
                              struct settings_scope scope);

/* Preset, then the value if there is one. True when a value was given and is good. */
bool settings_set(struct settings_reader *reader, const struct config_key *key, struct settings_scope scope,
                  void *base);
void settings_set_all(struct settings_reader *reader, const struct config_key *keys,
                      struct settings_scope scope, void *base);

struct config_place settings_file_place(const struct settings_reader *reader);

/* Of the route, or of the file. */
struct config_place settings_scope_place(const struct settings_reader *reader, struct settings_scope scope);

/* A list: YAML elements, or a text with commas. Empty items are left out; in the arena. */
struct settings_item {
    struct slice text;
    struct config_place place;
};
struct settings_items {
    struct settings_item *items;
    size_t count;
};
struct settings_items settings_list(struct settings_reader *reader, const struct config_entry *entry);

/* settings_tables.c: topics to tables, and everything of each table. */
void settings_read_tables(struct settings_reader *reader);

/* How the record's key is read when nothing says so. */
enum convert_format settings_key_format(const struct settings_table *table);

/* settings_row.c: primary key and white-list of a data table. */
void settings_read_row(struct settings_reader *reader, struct settings_scope scope,
                       struct settings_table *table);

/* settings_series.c: what a time-series table has instead. */
void settings_read_series(struct settings_reader *reader, struct settings_scope scope,
                          struct settings_table *table);

/* settings_kind.c: which keys count for which kind of table. */
bool settings_key_is_for(const struct config_key *key, enum config_form form, bool timeseries);

/* Tells of keys that are given for the other kind: an error in YAML, a warning in Connect files. `routes`:
 * one a table. */
void settings_check_kinds(struct settings_reader *reader, const char *const *routes);

/* settings_connect.c: what only Connect files have. */
void settings_read_connect(struct settings_reader *reader);
bool settings_converter(struct settings_reader *reader, const char *side, const struct settings_table *table,
                        enum convert_format *format);

/* settings_kafka.c: group and the client's properties. */
void settings_read_kafka(struct settings_reader *reader);
bool settings_is_secret(const char *property);
/* Of the producers of error topics: those of the keys, behind the security of the consumer where both are of
 * one cluster. */
void settings_read_error_properties(struct settings_reader *reader, bool same_cluster);

/* settings_errors.c: where records with errors go; after topics and tables. */
void settings_read_errors(struct settings_reader *reader);

/* What a group is called that no file calls. In the arena. */
const char *settings_kafka_group(const struct settings *settings, struct arena *arena);

/* settings_unknown.c: what no key table knows. */
void settings_check_unknown(struct settings_reader *reader);
void settings_check_unknown_connect(struct settings_reader *reader, const struct config_document *document);

/* Is it a key of Connect files? The table in the place of <table> goes to `table`, if there is one. */
bool settings_knows_connect(const char *path, struct slice *table);

#endif
