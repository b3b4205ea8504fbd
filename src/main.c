/* main: the command line, whatever it says. The list of commands is in cli/commands.c. */
#include "cli/commands.h"

int main(int argc, char **argv)
{
    return commands_main(argc, argv);
}
