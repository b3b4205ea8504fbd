/* table_words: what a command line of `otspipe table` said, and the options that all its commands have. */
#ifndef CLI_TABLE_WORDS_H
#define CLI_TABLE_WORDS_H

#include "cli/words.h"

struct error;

struct table_words {
    struct words words; /* arguments: TABLE first */
    struct word_list configs;
    struct word_list from, to, key, prefix;
    struct word_list columns;
    const char *endpoint; /* NULL where nothing was said */
    const char *instance;
    const char *access_key_file;
    const char *of;       /* put: the table that lines may name */
    char *access_key;     /* ID:SECRET, owned; wiped from argv */
    int64_t retry_ms;     /* how long a busy service is asked again */
    int64_t limit;        /* rows; 0: all */
    int64_t max_versions; /* 0: not given */
    int32_t ttl_s;        /* -1: for ever */
    bool json, reverse, update, whole_table, yes;
};

/* Which instance, by which keys. */
#define TABLE_WORDS_SHARED_TITLE "Which instance"
extern const struct command_option table_words_shared[];
extern const struct command_term table_words_exits[];
extern const struct command_term table_words_variables[];
extern const struct command_term table_words_files[];

/* Options that several commands have. */
#define TABLE_WORDS_AT(member) offsetof(struct table_words, member)
#define TABLE_WORDS_JSON                                                                                     \
    {                                                                                                        \
        .name = "json", .help = "JSON lines on a terminal too", .offset = TABLE_WORDS_AT(json)               \
    }
#define TABLE_WORDS_COLUMNS                                                                                  \
    {                                                                                                        \
        .name = "columns", .kind = COMMAND_NAMES, .value = "A,B",                                            \
        .help = "these columns only; rows that have none of them are left out",                              \
        .offset = TABLE_WORDS_AT(columns)                                                                    \
    }
#define TABLE_WORDS_VERSIONS(text)                                                                           \
    {                                                                                                        \
        .name = "max-versions", .kind = COMMAND_NUMBER, .value = "N", .least = 1, .most = INT32_MAX,         \
        .help = text, .offset = TABLE_WORDS_AT(max_versions)                                                 \
    }

/* How long rows live: of `table create`. */
int table_words_ttl(void *into, const char *text, struct error *err);

void table_words_fini(struct table_words *words);

#endif
