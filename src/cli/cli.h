/* cli: what a command answers, its exit code: 0 done; 1 a pipeline failed; 2 usage or configuration;
 * 3 finished, but records were set aside; 130 / 143 stopped by SIGINT / SIGTERM after an orderly drain.
 * Messages go to stderr, results to stdout. */
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

#endif
