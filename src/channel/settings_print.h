/* settings_print: keys as lines of YAML, for settings_print() and settings_convert(). What is between them is
 * a style; the words of a key, its sections and its lists are written in one place. */
#ifndef CHANNEL_SETTINGS_PRINT_H
#define CHANNEL_SETTINGS_PRINT_H

#include "base/buffer.h"
#include "channel/settings_reader.h"

struct settings_print;

/* Of a key in the struct `base`; without a key, of the struct consumer_property `base`. */
struct settings_print_style {
    bool (*skips)(const struct settings_print *print, const struct config_key *key, const void *base);
    /* Puts the value in a way of its own, or answers false. */
    bool (*puts)(const struct settings_print *print, const struct config_key *key, const void *base);
    /* Behind the line's value. */
    void (*comments)(const struct settings_print *print, const struct config_key *key, const void *base);
};

struct settings_print {
    struct buffer *to;                        /* lent */
    const struct settings *settings;          /* lent */
    const struct settings_print_style *style; /* NULL: everything in effect, secrets hidden, no comments */
    void *arg;                                /* the style's */
    const char *table_format; /* no routes: the tables' names and all topics stand at the top; NULL: routes */
    unsigned indent;
    const char *before; /* path of the last key: its sections are open; "" at first */
};

void settings_print_keys(struct settings_print *print, const struct config_key *keys, const void *base);
void settings_print_key(struct settings_print *print, const struct config_key *key, const void *base);
void settings_print_route(struct settings_print *print, const struct settings_table *table);

#endif
