/* cli: one function a command, each in its own file. argv[0] is the command's name. Answers the exit code:
 * 0 done; 1 a pipeline failed; 2 usage or configuration; 3 finished, but records were set aside; 130 / 143
 * stopped by SIGINT / SIGTERM after an orderly drain. Messages go to stderr, results to stdout. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
    CLI_SET_ASIDE = 3,
    CLI_SIGINT = 130,
    CLI_SIGTERM = 143
};

int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_emulator(int argc, char **argv);
int cli_table(int argc, char **argv);

#endif
