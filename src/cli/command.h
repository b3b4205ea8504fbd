/* command: what a command is called, takes and does, said once. --help, the man pages, the completion of the
 * shell and the reader of the command line (words.h) are all made from it: an option cannot be there without
 * its help. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What stands behind an option, and what words_read() stores of it at its offset. */
enum command_kind {
    COMMAND_FLAG,   /* nothing; a bool */
    COMMAND_TEXT,   /* const char *, argv's */
    COMMAND_FILE,   /* the same, not empty */
    COMMAND_FOLDER, /* the same */
    COMMAND_NUMBER, /* int64_t, from least to most */
    COMMAND_CHOICE, /* int: which of the choices, from 1; 0 when it was not given */
    COMMAND_NAMES,  /* struct word_list: A,B cut at the commas */
    COMMAND_LIST,   /* struct word_list: all plain words up to the next option */
    COMMAND_COMMAND /* the name of a command; of arguments only */
};

/* What no kind covers: reads `text` into the command's own struct. `text` of a secret is wiped after it. */
typedef int command_read_fn(void *into, const char *text, struct error *err);

struct command_option {
    const char *name; /* without its dashes; NULL ends a list */
    enum command_kind kind;
    bool secret;           /* wiped from argv, which everyone on the machine sees */
    bool repeats;          /* files and texts: struct word_list */
    const char *value;     /* as the help names it: FILE */
    const char *help;      /* one sentence without a capital or a full stop */
    const char *preset;    /* read as if it had been given, before all others */
    const char *usual;     /* what counts without it, where that is no preset: shown only */
    const char *choices;   /* "error warn info debug" */
    const char *endings;   /* of files that are offered: "yaml json"; NULL: any */
    int64_t least, most;   /* of a number */
    size_t offset;         /* in the command's own struct */
    command_read_fn *read; /* instead of storing it */
};

/* A term and what it means: an example, an exit code, a variable, a file. */
struct command_term {
    const char *term; /* NULL ends a list */
    const char *meaning;
};

/* Lists may be NULL. */
struct command {
    const char *path;      /* "table scan"; "" is otspipe itself */
    const char *summary;   /* no capital, no full stop */
    const char *arguments; /* as the usage shows them; "" */
    size_t least, most;    /* how many of them */
    enum command_kind argument_kind;
    const char *endings; /* as of an option */
    const char *choices;
    const char *about; /* paragraphs; one that begins with a blank stands as it is */
    const struct command_option *options;
    const char *shared_title; /* of options that several commands have */
    const struct command_option *shared;
    const struct command *const *children; /* ended by NULL */
    const struct command_term *examples;
    const struct command_term *exits;
    const struct command_term *variables;
    const struct command_term *files;
    const char *see_also;                                             /* paths, with commas */
    int (*run)(const struct command *command, int argc, char **argv); /* argv[0] is its name */
};

/* "scan" of "table scan". */
const char *command_name(const struct command *command);

/* NULL: there is none. */
const struct command *command_child(const struct command *command, const char *name);
const struct command_option *command_option(const struct command *command, const char *name, size_t len);

/* The nearest name there is, or NULL. */
const char *command_near_child(const struct command *command, const char *name);
const char *command_near_option(const struct command *command, const char *name);

extern const struct command_option command_help; /* --help, which every command has */

/* What several commands say. */
#define COMMAND_CONFIG_ENDINGS "yaml yml properties json"
#define COMMAND_CONFIG_ABOUT                                                                                 \
    "CONFIG is a YAML file, or the files of Kafka Connect: worker.properties and a connector's .properties " \
    "or JSON file. 'otspipe check --reference' prints every key."
#define COMMAND_COMPAT(at)                                                                                   \
    {                                                                                                        \
        .name = "compat", .kind = COMMAND_CHOICE, .value = "VERSION", .choices = "none connector-1.1",       \
        .help = "whose behaviour is followed where the manual and the Java connector differ, whatever the "  \
                "files say",                                                                                 \
        .offset = (at)                                                                                       \
    }
enum { COMMAND_ANY = 10000 }; /* arguments, as many as there are */

extern const struct command_term command_exits_of_a_job[];
extern const struct command_term command_exits_of_a_text[];
extern const struct command_term command_variables_of_a_job[];
extern const struct command_term command_variables_of_a_config[];
extern const struct command_term command_variables_of_a_screen[];
extern const struct command_term command_files_of_a_job[];

#endif
