/* commands: all there are, and which of them a command line means. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command commands_root; /* otspipe itself */

extern const struct command demo_command;
extern const struct command run_command;
extern const struct command check_command;
extern const struct command explain_command;
extern const struct command convert_command;
extern const struct command emulator_command;
extern const struct command table_command;
extern const struct command help_command;
extern const struct command man_command;
extern const struct command completion_command;

/* The command of these words, "table" "scan"; NULL: there is none, and that was told. */
const struct command *commands_find(char *const *words, size_t count);

/* Runs the child that argv[1] names; answers the exit code. */
int commands_run(const struct command *command, int argc, char **argv);

/* Runs what argv means. */
int commands_main(int argc, char **argv);

#endif
