/* settings_columns: a list of names with types, while it is read: YAML's {name: ..., type: ...}, or the two
 * lists with commas of Connect files. Nobody but the parts of settings_*.c includes it. */
#ifndef CHANNEL_SETTINGS_COLUMNS_H
#define CHANNEL_SETTINGS_COLUMNS_H

#include "channel/settings_reader.h"

struct settings_columns;

/* Tells what is wrong with the name; those before it are in `items`. */
typedef void settings_columns_check_fn(const struct settings_columns *columns, struct slice name,
                                       struct config_place place);

struct settings_columns {
    struct settings_reader *reader;
    const struct config_key *names; /* the two lines of the key table */
    const struct config_key *types;
    settings_columns_check_fn *check;
    const void *arg;           /* the check's */
    const char *path;          /* YAML: of the list that counts; Connect: the name of the names' key */
    struct config_place place; /* of the list */
    struct mapping_column *items;
    uint32_t count;
    uint32_t most;
};

/* Room for a list without a limit of its own: MAPPING_COLUMNS_MOST, or what a file can hold. */
uint32_t settings_columns_room(const struct settings_reader *reader);

/* `word` is the list's path without a route: "columns". */
void settings_columns_read(struct settings_columns *columns, struct settings_scope scope, const char *word);

void settings_columns_add_origins(const struct settings_columns *columns, struct settings_scope scope,
                                  const struct settings_table *table);

#endif
