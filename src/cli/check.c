/* check: everything that is wrong with a configuration, then the configuration in effect. No connection is
 * made. */
#include <getopt.h>
#include <stdio.h>

#include "base/buffer.h"
#include "cli/cli.h"
#include "cli/mistake.h"

enum { CHECK_TEXT_MOST = 16 << 20, OPTION_REFERENCE = 256 };

static const char help[] =
    "usage: otspipe check [OPTIONS] CONFIG...\n\n"
    "Says everything that is wrong with a configuration, as file:line:column: key: what is wrong; what would "
    "be\n"
    "right, on stderr. When nothing is, prints the configuration in effect as YAML, secrets hidden.\n"
    "CONFIG is a YAML file, or worker.properties and a connector's .properties or JSON file.\n\n"
    "  --reference  print every key of a configuration, as markdown, and nothing else\n"
    "  --help\n\n"
    "Exit codes: 0 nothing is wrong (there may be warnings); 2 something is.\n\n"
    "  otspipe check kafka_to_table.yaml\n"
    "  otspipe check connect-standalone.properties connect-tablestore-sink-quickstart.properties\n";

static const struct option options[] = {
    {"reference", no_argument, NULL, OPTION_REFERENCE}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};

static int check_write(const struct buffer *text)
{
    bool whole = fwrite(text->at, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
    if (!whole)
        perror("otspipe check: stdout");
    return whole ? CLI_DONE : CLI_FAILED;
}

static int check_print_reference(void)
{
    struct buffer text;
    buffer_init(&text, CHECK_TEXT_MOST);
    settings_reference(&text);
    int code = check_write(&text);
    buffer_fini(&text);
    return code;
}

static int check_files(const char *const *files, size_t count)
{
    struct settings *settings = mistake_read_settings(files, count);
    struct buffer text;
    if (settings == NULL)
        return CLI_USAGE;
    buffer_init(&text, CHECK_TEXT_MOST);
    settings_print(settings, &text);
    int code = check_write(&text);
    buffer_fini(&text);
    settings_destroy(settings);
    return code;
}

int cli_check(int argc, char **argv)
{
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return fputs(help, stdout) < 0 ? CLI_FAILED : CLI_DONE;
        if (option == OPTION_REFERENCE)
            return check_print_reference();
        fputs("'otspipe check --help' shows the options\n", stderr);
        return CLI_USAGE;
    }
    if (optind < argc)
        return check_files((const char *const *)(argv + optind), (size_t)(argc - optind));
    fputs("otspipe check: which configuration? 'otspipe check --help' shows how\n", stderr);
    return CLI_USAGE;
}
