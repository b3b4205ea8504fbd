/* emulator_options: the command line of `otspipe emulator`. One line of a table is one option: its word, what
 * --help says of it, and how it is read. */
#ifndef CLI_EMULATOR_OPTIONS_H
#define CLI_EMULATOR_OPTIONS_H

#include "cli/emulator_keys.h"
#include "cli/emulator_tls.h"
#include "emulator/emulator.h"

enum { CLI_INSTANCES_MOST = 16 };

/* Texts are argv's, but for the host and the secrets. */
struct cli_emulator {
    struct emulator_options options; /* complete after emulator_options_read() */
    char host[256];
    const char *instances[CLI_INSTANCES_MOST];
    struct emulator_keys keys;
    struct emulator_tls tls;
    char *control_token; /* owned */
    const char *ready_file;
    const char *faults_file;
    const char *order_column;
    bool faults_help;
    bool help;
    struct loop *loop;
    int signal;
};

/* -1: a mistake, named as its user wrote it. Secrets are wiped from argv. */
int emulator_options_read(struct cli_emulator *cli, int argc, char **argv, struct error *err);
void emulator_options_fini(struct cli_emulator *cli);

void emulator_options_help(void);

#endif
