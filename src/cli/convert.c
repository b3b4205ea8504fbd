/* convert: Kafka Connect's files as one YAML file, on stdout or as a file of its own. */
#include <stdio.h>

#include "base/buffer.h"
#include "channel/settings_convert.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/mistake.h"
#include "cli/new_file.h"
#include "cli/words.h"

enum { CONVERT_TEXT_MOST = 128 << 20, CONVERT_NAMES_MOST = 1 << 20 };

struct convert {
    const char *output; /* NULL: stdout */
    bool force;
    bool with_secrets;
    int compat; /* enum settings_compat */
};

static int convert_write(const struct convert *convert, const struct buffer *text)
{
    struct error err;
    if (convert->output == NULL) {
        bool whole = fwrite(text->at, 1, text->len, stdout) == text->len && fflush(stdout) == 0;
        if (!whole)
            perror("otspipe convert: stdout");
        return whole ? CLI_DONE : CLI_FAILED;
    }
    if (new_file_write(convert->output, buffer_slice(text), convert->force, convert->with_secrets, &err) == 0)
        return CLI_DONE;
    fprintf(stderr, "otspipe convert: %s\n", err.text);
    return CLI_FAILED;
}

static void convert_on_variable(void *arg, const char *name, const char *value)
{
    struct buffer *names = arg;
    (void)value;
    buffer_print(names, "%s%s", names->len == 0 ? "" : ", ", name);
}

static int convert_settings(const struct convert *convert, const struct settings *settings,
                            struct buffer *text, struct buffer *names)
{
    struct settings_conversion how = {convert->with_secrets, convert_on_variable, names};
    struct error err;
    if (settings_convert(settings, &how, text, &err) != 0) {
        fprintf(stderr, "otspipe convert: %s\n", err.text);
        return CLI_USAGE;
    }
    int code = convert_write(convert, text);
    if (code == CLI_DONE && names->len > 0)
        fprintf(stderr, "note: the YAML needs these environment variables: %.*s\n", (int)names->len,
                names->at);
    return code;
}

static int convert_files(const struct convert *convert, const struct word_list *files)
{
    struct buffer text;
    struct buffer names;
    struct settings *settings = mistake_read_connect((const char *const *)files->at, files->count,
                                                     (enum settings_compat)convert->compat);
    if (settings == NULL)
        return CLI_USAGE;
    buffer_init(&text, CONVERT_TEXT_MOST);
    buffer_init(&names, CONVERT_NAMES_MOST);
    int code = convert_settings(convert, settings, &text, &names);
    buffer_fini(&text);
    buffer_fini(&names);
    settings_destroy(settings);
    return code;
}

static int convert_main(const struct command *command, int argc, char **argv)
{
    struct convert convert = {.output = NULL};
    struct words words;
    int code = CLI_USAGE;
    if (words_start(command, argc, argv, &convert, &words, &code))
        code = convert_files(&convert, &words.arguments);
    words_fini(&words);
    return code;
}

static const struct command_option options[] = {
    {.name = "output",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .help = "write FILE, whole or not at all, instead of the standard output",
     .endings = "yaml yml",
     .offset = offsetof(struct convert, output)},
    {.name = "force", .help = "replace FILE if it is there", .offset = offsetof(struct convert, force)},
    {.name = "with-secrets",
     .help = "write secrets too; FILE is then readable by its owner alone",
     .usual = "they become environment variables",
     .offset = offsetof(struct convert, with_secrets)},
    COMMAND_COMPAT(offsetof(struct convert, compat)),
    {0}};

static const struct command_term examples[] = {
    {"otspipe convert connect-standalone.properties connect-tablestore-sink-quickstart.properties",
     "see what comes out"},
    {"otspipe convert worker.properties orders.json --output orders.yaml", "keep it"},
    {"for f in connectors/*.json; do otspipe convert worker.properties $f --output ${f%.json}.yaml; done",
     "several connectors: one process runs one, so each gets a file"},
    {0}};

static const struct command_term exits[] = {
    {"0", "converted"},
    {"1", "the result could not be written"},
    {"2", "a mistake on the command line or in the files; nothing is written"},
    {0}};

const struct command convert_command = {
    .path = "convert",
    .summary = "make one YAML file of Kafka Connect's files, with comments saying what came from where",
    .arguments = "FILE...",
    .least = 1,
    .most = COMMAND_ANY,
    .argument_kind = COMMAND_FILE,
    .endings = "properties json",
    .about =
        "Says in YAML what the files of Kafka Connect say: worker.properties, then a connector's .properties "
        "or JSON file. Both do the same. What differs from the presets of YAML is written, each line with "
        "where it came from; what else the files say is named at the end.\n\n"
        "Secrets become environment variables, ${TABLESTORE_ACCESS_KEY_SECRET}, and stderr says which.",
    .options = options,
    .examples = examples,
    .exits = exits,
    .variables = command_variables_of_a_config,
    .files = command_files_of_a_job,
    .see_also = "check, run",
    .run = convert_main,
};
