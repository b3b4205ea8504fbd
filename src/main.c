/* main: the command's name, the command. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"demo", cli_demo, "see it work: broker, pipeline and table in one process, nothing else needed"},
    {"run", cli_run, "the job: move records from Kafka topics into Tablestore tables"},
    {"check", cli_check, "find every mistake of a configuration; show the configuration in effect"},
    {"explain", cli_explain, "what each record would become, without writing: JSON lines in, JSON lines out"},
    {"emulator", cli_emulator, "a local Tablestore that the official clients accept"},
    {"table", cli_table,
     "look into the emulator or a real instance: ls, describe, create, get, scan, put, rm"},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_help(FILE *to)
{
    fputs("otspipe moves records from Kafka topics into Alibaba Cloud Tablestore tables.\n\n"
          "usage: otspipe COMMAND [OPTIONS] [CONFIG...]\n\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fputs("\n'otspipe COMMAND --help' explains a command; 'otspipe --version' prints the version.\n"
          "CONFIG is a YAML file, or the files of Kafka Connect: worker.properties connector.properties,\n"
          "or a connector's JSON.\n",
          to);
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[0], commands[i].name) == 0)
            return commands[i].run(argc, argv);
    }
    fprintf(stderr, "otspipe: there is no command '%s'; 'otspipe --help' lists them\n", argv[0]);
    return CLI_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("otspipe " OTSPIPE_VERSION);
        return CLI_DONE;
    }
    return run_command(argc - 1, argv + 1);
}
