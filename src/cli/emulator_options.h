/* emulator_options: the options of `otspipe emulator`. */
#ifndef CLI_EMULATOR_OPTIONS_H
#define CLI_EMULATOR_OPTIONS_H

#include "cli/command.h"
#include "cli/emulator_keys.h"
#include "cli/emulator_tls.h"
#include "emulator/emulator.h"

enum { CLI_INSTANCES_MOST = 16 };

/* Texts are argv's, but for the host and the secrets. */
struct cli_emulator {
    struct emulator_options options; /* complete after emulator_options_complete() */
    char host[256];
    const char *instances[CLI_INSTANCES_MOST];
    struct emulator_keys keys;
    struct emulator_tls tls;
    char *control_token; /* owned */
    const char *ready_file;
    const char *faults_file;
    const char *order_column;
    bool faults_help;
    struct loop *loop;
    int signal;
};

/* For words_read() with a struct cli_emulator that is zeroed but for its tls (emulator_tls_init()). */
extern const struct command_option emulator_options_table[];

/* What was not given, and a pair's instance, which may be named behind the pair. -1: a mistake, named as its
 * user wrote it. */
int emulator_options_complete(struct cli_emulator *cli, struct error *err);
void emulator_options_fini(struct cli_emulator *cli);

#endif
