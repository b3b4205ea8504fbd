/* command: names, found. */
#include "cli/command.h"

#include <string.h>

#include "config/nearest.h"

const struct command_option command_help = {.name = "help", .help = "this text"};

const struct command_term command_exits_of_a_job[] = {
    {"0", "done"},
    {"1", "the pipeline failed"},
    {"2", "a mistake on the command line or in the configuration"},
    {"3", "finished, but records were set aside"},
    {"130, 143", "stopped by SIGINT, SIGTERM after an orderly drain; a second signal stops at once"},
    {0}};

const struct command_term command_exits_of_a_text[] = {
    {"0", "done"}, {"1", "the result could not be written"}, {"2", "a mistake on the command line"}, {0}};

#define VARIABLES_OF_A_CONFIG                                                                                \
    {                                                                                                        \
        "NAME", "whatever ${NAME} stands for in a YAML file, ${env:NAME} in a file of Kafka Connect"         \
    }
#define VARIABLES_OF_A_SCREEN                                                                                \
    {"NO_COLOR", "when it is not empty, nothing is coloured or bold"},                                       \
    {                                                                                                        \
        "TERM", "dumb: nothing is coloured or bold either"                                                   \
    }

const struct command_term command_variables_of_a_screen[] = {VARIABLES_OF_A_SCREEN, {0}};

const struct command_term command_variables_of_a_config[] = {
    VARIABLES_OF_A_CONFIG, VARIABLES_OF_A_SCREEN, {0}};

const struct command_term command_variables_of_a_job[] = {
    VARIABLES_OF_A_CONFIG,
    {"http_proxy, https_proxy", "the proxy to Tablestore, none for this machine itself"},
    {"no_proxy", "hosts that are reached without it"},
    VARIABLES_OF_A_SCREEN,
    {0}};

const struct command_term command_files_of_a_job[] = {
    {"PATH",
     "whatever ${file:PATH} names in a YAML file, ${file:PATH:KEY} or ${directory:PATH:FILE} in a file of "
     "Kafka Connect"},
    {0}};

const char *command_name(const struct command *command)
{
    const char *blank = strrchr(command->path, ' ');
    return blank == NULL ? command->path : blank + 1;
}

const struct command *command_child(const struct command *command, const char *name)
{
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        if (strcmp(command_name(command->children[i]), name) == 0)
            return command->children[i];
    return NULL;
}

static const struct command_option *option_of(const struct command_option *options, const char *name,
                                              size_t len)
{
    for (; options != NULL && options->name != NULL; options++)
        if (strlen(options->name) == len && memcmp(options->name, name, len) == 0)
            return options;
    return NULL;
}

const struct command_option *command_option(const struct command *command, const char *name, size_t len)
{
    const struct command_option *found = option_of(command->options, name, len);
    return found != NULL ? found : option_of(command->shared, name, len);
}

const char *command_near_child(const struct command *command, const char *name)
{
    struct config_nearest nearest = config_nearest_begin(name);
    for (size_t i = 0; command->children != NULL && command->children[i] != NULL; i++)
        config_nearest_try(&nearest, command_name(command->children[i]));
    return nearest.name;
}

/* What begins so is meant before what merely looks so. */
static const char *option_begun(const struct command_option *options, const char *name)
{
    for (; options != NULL && options->name != NULL && name[0] != 0; options++)
        if (strncmp(options->name, name, strlen(name)) == 0)
            return options->name;
    return NULL;
}

static void option_try(const struct command_option *options, struct config_nearest *nearest)
{
    for (; options != NULL && options->name != NULL; options++)
        config_nearest_try(nearest, options->name);
}

const char *command_near_option(const struct command *command, const char *name)
{
    struct config_nearest nearest = config_nearest_begin(name);
    const char *begun = option_begun(command->options, name);
    if (begun == NULL)
        begun = option_begun(command->shared, name);
    option_try(command->options, &nearest);
    option_try(command->shared, &nearest);
    config_nearest_try(&nearest, command_help.name);
    return begun != NULL ? begun : nearest.name;
}
