/* words: argv, read as the command's table says. Not getopt: a key may be a negative number, some options
 * take several values, and what is unknown is told with its nearest neighbour. Options and arguments may
 * stand in any order; -- ends the options. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/arena.h"
#include "cli/command.h"

/* Texts that belong together; they are argv's. */
struct word_list {
    char **at;
    size_t count;
};

struct words {
    struct arena arena; /* of the lists */
    struct word_list arguments;
};

/* The command's own struct, `into`, gets the presets, then what is given. argv[0] is the command's name. -1:
 * ERROR_CONFIG, a mistake named as its user wrote it. Ended by words_fini() in any case. */
int words_read(const struct command *command, int argc, char **argv, void *into, struct words *words,
               struct error *err);
void words_fini(struct words *words);

/* The same for a command that begins: true: go on. False: help was printed on stdout or a mistake on stderr;
 * `code` is what to end with. */
bool words_start(const struct command *command, int argc, char **argv, void *into, struct words *words,
                 int *code);

/* --help or -h anywhere in front of a --. */
bool words_want_help(int argc, char **argv);

/* "otspipe run: text" on stderr, made fit for a terminal. */
void words_tell(const struct command *command, const char *text);

#endif
