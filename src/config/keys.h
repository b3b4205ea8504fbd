/* keys: the words of a configuration, as tables. One line a key says its names, type, limits, preset and
 * place in an options struct; reading, checking, printing and the reference in docs/ all come from it.
 * config/ knows no module: the tables stand beside the structs that they fill. */
#ifndef CONFIG_KEYS_H
#define CONFIG_KEYS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct buffer;
struct config_type;

struct config_choice {
    const char *name; /* compared without case */
    int value;
    const char *refused; /* known, but not to be had: words for a person; NULL: fine */
};

enum config_key_flag {
    CONFIG_REQUIRED = 1,  /* no preset makes sense */
    CONFIG_OWN = 2,       /* read and printed by the module itself; here for its names and the reference */
    CONFIG_UNPRINTED = 4, /* left out when it has its preset */
    CONFIG_FLAGS_OF_MODULES = 256 /* from here on the flags mean what the table's own module says */
};

struct config_key {
    const char
        *yaml; /* "write.linger"; "columns[].name" for the members of a list; NULL: only in Connect files */
    const char
        *connect; /* "insert.mode"; may have <table>, and other spellings behind a bar; NULL: only in YAML */
    const struct config_type *type;
    size_t at;                           /* offsetof; unused with CONFIG_OWN */
    const char *preset;                  /* as it would stand in a YAML file; NULL: none */
    const char *connect_preset;          /* where Connect files differ; NULL: they do not */
    int64_t least, most;                 /* numbers, durations, sizes */
    const struct config_choice *choices; /* ended by a NULL name */
    unsigned flags;
    const char *example; /* for missing values and the reference */
    const char *help;
    const char *compat_preset; /* where the Java code is to be followed; NULL: no other */
};

enum config_form {
    CONFIG_FORM_YAML,   /* durations with units, sizes with units */
    CONFIG_FORM_CONNECT /* plain milliseconds */
};

struct config_type {
    const char *name; /* for the reference */
    bool secret;
    /* Reads the text into `to`; strings go to the arena. -1: err says what is wrong and what would be right;
     * it never holds the text of a secret. */
    int (*set)(const struct config_key *key, enum config_form form, struct slice text, void *to,
               struct arena *arena, struct error *err);
    /* As a YAML value. */
    void (*print)(const struct config_key *key, const void *from, struct buffer *to);
};

extern const struct config_type config_string;   /* const char *; "" is refused */
extern const struct config_type config_slice;    /* struct slice; "" is refused */
extern const struct config_type config_secret;   /* const char *; printed as ******** */
extern const struct config_type config_url;      /* const char *; http or https, a host, no path */
extern const struct config_type config_hosts;    /* const char *; host:port,host:port; a list in YAML */
extern const struct config_type config_names;    /* own keys only: a list of names */
extern const struct config_type config_boolean;  /* bool */
extern const struct config_type config_count;    /* uint32_t; with least 0, "auto" is 0 */
extern const struct config_type config_duration; /* int64_t, ms; "10ms" "5s" "1m" "2h" "7d" */
extern const struct config_type config_lifetime; /* int32_t, s; durations, or "forever": -1 */
extern const struct config_type config_bytes;    /* size_t; "8MB" */
extern const struct config_type config_choosing; /* an enum, by key->choices */
extern const struct config_type config_either;   /* bool, by key->choices: their values are 0 and 1 */

/* Trims blanks, sets the value in the struct `base`. */
int config_key_set(const struct config_key *key, enum config_form form, struct slice text, void *base,
                   struct arena *arena, struct error *err);

/* Sets the preset of that form, or with `compat` that of the Java code, if there is one. */
void config_key_preset(const struct config_key *key, enum config_form form, bool compat, void *base,
                       struct arena *arena);

void config_key_print(const struct config_key *key, const void *base, struct buffer *to);

/* A YAML scalar that reads back as this text: plain where that is safe, else quoted. */
void config_put_scalar(struct buffer *to, struct slice text);

/* The same, but ${NAME} stays what it is: in a value an environment variable, in a name nothing special. */
void config_put_written(struct buffer *to, struct slice text);

/* As a comment's text, in one line; what YAML would not take becomes a question mark. */
void config_put_comment(struct buffer *to, struct slice text);

struct slice config_trim(struct slice text);
bool config_same_word(struct slice a, struct slice b); /* without case, ASCII */

/* The next item of a comma list, trimmed; false at its end. `rest` moves on. Empty items come too. */
bool config_next_item(struct slice *rest, struct slice *item);

#endif
