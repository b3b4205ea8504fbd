/* table_words: the command line of `otspipe table COMMAND`. One line of a table is one option: its word, who
 * takes it, what --help says of it, how it is read. Not getopt: a key may be a negative number, and some
 * options take several values. */
#ifndef CLI_TABLE_WORDS_H
#define CLI_TABLE_WORDS_H

#include "base/arena.h"

struct error;

enum table_commands {
    TABLE_LS = 1,
    TABLE_DESCRIBE = 2,
    TABLE_CREATE = 4,
    TABLE_GET = 8,
    TABLE_SCAN = 16,
    TABLE_PUT = 32,
    TABLE_RM = 64,
    TABLE_ALL = 127
};

/* Values that belong together; texts are argv's. */
struct table_list {
    char **at;
    size_t count;
};

struct table_words {
    struct arena arena;          /* of the lists */
    struct table_list arguments; /* TABLE first */
    struct table_list configs;
    struct table_list from, to, key, prefix;
    struct table_list columns;
    const char *endpoint; /* NULL where nothing was said */
    const char *instance;
    const char *access_key_file;
    const char *of;       /* put: the table that lines may name */
    char *access_key;     /* ID:SECRET, owned; wiped from argv */
    int64_t retry_ms;     /* how long a busy service is asked again */
    int64_t limit;        /* rows; 0: all */
    int32_t max_versions; /* 0: not given */
    int32_t ttl_s;        /* -1: for ever */
    bool json, reverse, update, whole_table, yes, help;
};

/* argv[0] is the command's name, `command` its bit. -1: a mistake, named as its user wrote it. Ended by
 * table_words_fini() in any case. */
int table_words_read(struct table_words *words, unsigned command, int argc, char **argv, struct error *err);
void table_words_fini(struct table_words *words);

/* The options of a command, one a line, on stdout. */
void table_words_help(unsigned command);

#endif
