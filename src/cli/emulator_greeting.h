/* emulator_greeting: what `otspipe emulator` says once it listens: how to reach it, and the lines of Python
 * that do. */
#ifndef CLI_EMULATOR_GREETING_H
#define CLI_EMULATOR_GREETING_H

struct cli_emulator;
struct emulator;

/* To stdout: in colours on a terminal, plain elsewhere. */
void emulator_greet(const struct cli_emulator *cli, const struct emulator *emulator);

#endif
