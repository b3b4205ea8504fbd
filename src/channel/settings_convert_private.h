/* settings_convert_private: what the parts of settings_convert_*.c share; nobody else includes it. */
#ifndef CHANNEL_SETTINGS_CONVERT_PRIVATE_H
#define CHANNEL_SETTINGS_CONVERT_PRIVATE_H

#include "channel/settings_convert.h"
#include "channel/settings_origin.h"
#include "channel/settings_print.h"

/* How the value of the line in hand was put. */
enum settings_convert_value { VALUE_ITSELF, VALUE_REFERENCE, VALUE_HIDDEN };

struct settings_convert_variable {
    struct settings_convert_variable *next;
    const char *name;
    const char *value;
    bool used; /* the YAML names it */
};

struct settings_convert {
    const struct settings *settings; /* lent */
    const struct settings_origins *origins;
    bool with_secrets;
    bool bare; /* to be read back at once: values themselves, no comments */
    struct arena arena;
    struct settings yaml; /* what YAML has when nothing is said */
    struct settings_table yaml_table;
    bool *common;  /* of each line of settings_table_keys: the same in every table */
    bool in_route; /* else at the top */
    bool **told;   /* of each document, each entry: a comment names it */
    enum settings_convert_value value;
    struct settings_convert_variable *variables;
};

static inline struct settings_convert *settings_convert_of(const struct settings_print *print)
{
    return print->arg;
}

/* Does the key, printed for both structs, look the same? */
bool settings_convert_same(const struct settings_convert *convert, const struct config_key *key,
                           const void *base, const void *other);

/* settings_convert_value.c */
/* All variables that the files name, so that no secret takes the name of one. */
void settings_convert_find_variables(struct settings_convert *convert);
bool settings_convert_puts(const struct settings_print *print, const struct config_key *key,
                           const void *base);

/* settings_convert_comment.c */
const struct settings_origin *settings_convert_origin(const struct settings_convert *convert,
                                                      const struct config_key *key, const void *base,
                                                      const struct settings_origin *before);
void settings_convert_comments(const struct settings_print *print, const struct config_key *key,
                               const void *base);
/* "worker.properties:12 key.converter"; behind a place in the same file only ":12 key.converter". */
void settings_convert_put_place(const struct settings_convert *convert, const struct config_entry *entry,
                                const struct config_entry *before, struct buffer *to);

/* settings_convert_rest.c: around the lines */
void settings_convert_put_head(const struct settings_convert *convert, struct buffer *to);
void settings_convert_put_rest(const struct settings_convert *convert, struct buffer *to);

#endif
