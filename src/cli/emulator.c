/* emulator: `otspipe emulator`, a local Tablestore until it is stopped. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/emulator_greeting.h"
#include "cli/emulator_options.h"
#include "cli/words.h"
#include "emulator/rules.h"
#include "loop/loop.h"

enum { EMULATOR_FAULTS_MOST = 1024 * 1024, EMULATOR_FILES = 8192 };

/* A small file, whole. */
static int emulator_read_file(const char *file, struct buffer *to, struct error *err)
{
    FILE *in = fopen(file, "rb");
    if (in == NULL)
        return error_set(err, ERROR_CONFIG, "open %s: %s", file, strerror(errno));
    char piece[4096];
    int rc = 0;
    for (size_t got = fread(piece, 1, sizeof(piece), in); got > 0 && rc == 0;
         got = fread(piece, 1, sizeof(piece), in))
        rc = buffer_add(to, piece, got);
    if (ferror(in) != 0)
        rc = error_set(err, ERROR_CONFIG, "read %s: %s", file, strerror(errno));
    else if (rc != 0)
        rc = error_set(err, ERROR_CONFIG, "%s: longer than %zu bytes", file, to->most);
    fclose(in);
    return rc;
}

static int emulator_read_faults(struct emulator *emulator, const char *file, struct error *err)
{
    struct buffer text;
    if (file == NULL)
        return 0;
    buffer_init(&text, EMULATOR_FAULTS_MOST);
    int rc = emulator_read_file(file, &text, err);
    if (rc == 0 && emulator_set_faults(emulator, buffer_slice(&text), err) != 0)
        rc = error_wrap(err, "%s", file);
    buffer_fini(&text);
    return rc;
}

/* Beside its place first, then renamed: whoever waits for the file never sees half of it. */
static int emulator_write_ready(const struct cli_emulator *cli, uint16_t port, struct error *err)
{
    char beside[4096];
    if (cli->ready_file == NULL)
        return 0;
    if ((size_t)snprintf(beside, sizeof(beside), "%s.%d", cli->ready_file, (int)getpid()) >= sizeof(beside))
        return error_set(err, ERROR_CONFIG, "--ready-file: the name is too long");
    FILE *out = fopen(beside, "w");
    if (out == NULL)
        return error_set(err, ERROR_CONFIG, "open %s: %s", beside, strerror(errno));
    bool v6 = strchr(cli->options.host, ':') != NULL;
    int printed = fprintf(out, v6 ? "[%s]:%u\n" : "%s:%u\n", cli->options.host, port);
    if (fclose(out) != 0 || printed < 0 || rename(beside, cli->ready_file) != 0) {
        error_set(err, ERROR_CONFIG, "write %s: %s", cli->ready_file, strerror(errno));
        unlink(beside);
        return -1;
    }
    return 0;
}

static void emulator_on_signal(void *arg, int signal)
{
    struct cli_emulator *cli = arg;
    cli->signal = signal;
    loop_stop(cli->loop);
}

/* Most often it is another emulator that was left running. */
static int emulator_advise_port(const struct cli_emulator *cli, struct error *err)
{
    struct error why = *err;
    return error_set(err, ERROR_CONFIG, "%s, perhaps by another emulator; --listen %s:0 picks a free port",
                     why.text, cli->options.host);
}

/* A crowd of clients needs a file for each. */
static void emulator_raise_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= EMULATOR_FILES)
        return;
    files.rlim_cur = files.rlim_max < EMULATOR_FILES ? files.rlim_max : EMULATOR_FILES;
    setrlimit(RLIMIT_NOFILE, &files);
}

static int emulator_serve(struct cli_emulator *cli, struct error *err)
{
    if (emulator_tls_prepare(&cli->tls, &cli->options, err) != 0)
        return -1;
    emulator_raise_files();
    struct emulator *emulator = emulator_create(cli->loop, &cli->options, err);
    if (emulator == NULL)
        return err->kind == ERROR_RETRY ? emulator_advise_port(cli, err) : -1;
    int rc = emulator_read_faults(emulator, cli->faults_file, err);
    if (rc == 0 && emulator_set_order_column(emulator, slice_text(cli->order_column), err) != 0)
        rc = error_wrap(err, "--order-column %s", cli->order_column);
    if (rc == 0)
        rc = loop_on_signals(cli->loop, emulator_on_signal, cli, err);
    if (rc == 0)
        rc = emulator_write_ready(cli, emulator_port(emulator), err);
    if (rc == 0) {
        emulator_greet(cli, emulator);
        loop_run(cli->loop);
    }
    emulator_destroy(emulator);
    return rc;
}

static int emulator_fail(const struct error *err)
{
    fprintf(stderr, "otspipe emulator: %s\n", err->text);
    return CLI_USAGE;
}

static int emulator_until_stopped(struct cli_emulator *cli, struct error *err)
{
    cli->loop = loop_create();
    int rc = emulator_serve(cli, err);
    loop_destroy(cli->loop);
    if (rc != 0)
        return emulator_fail(err);
    return cli->signal == SIGINT ? CLI_SIGINT : CLI_SIGTERM;
}

static void emulator_print_faults_help(void)
{
    struct buffer text;
    buffer_init(&text, EMULATOR_FAULTS_MOST);
    rules_print_reference(&text);
    fwrite(text.at, 1, text.len, stdout);
    buffer_fini(&text);
}

static int emulator_words(struct cli_emulator *cli)
{
    struct error err;
    if (emulator_options_complete(cli, &err) != 0)
        return emulator_fail(&err);
    if (!cli->faults_help)
        return emulator_until_stopped(cli, &err);
    emulator_print_faults_help();
    return CLI_DONE;
}

static int emulator_main(const struct command *command, int argc, char **argv)
{
    struct cli_emulator cli = {.signal = 0};
    struct words words;
    int code = CLI_USAGE;
    emulator_tls_init(&cli.tls);
    if (words_start(command, argc, argv, &cli, &words, &code))
        code = emulator_words(&cli);
    words_fini(&words);
    emulator_options_fini(&cli);
    return code;
}

static const struct command_term examples[] = {
    {"otspipe emulator", "at http://127.0.0.1:8087, until Ctrl-C"},
    {"otspipe emulator --data orders.db --journal journal.jsonl",
     "tables that stay, and every change on record"},
    {"otspipe emulator --listen 127.0.0.1:0 --ready-file emulator.ready",
     "for a test: a free port, and its address"},
    {0}};

static const struct command_term exits[] = {
    {"0", "help was printed"},
    {"2", "a mistake on the command line, or it cannot listen or read its files"},
    {"130, 143", "stopped by SIGINT, SIGTERM"},
    {0}};

static const struct command_term variables[] = {
    {"XDG_STATE_HOME", "the folder in which --tls has its otspipe folder"},
    {"HOME", "where that is missing: $HOME/.local/state"},
    {"NO_COLOR", "when it is not empty, nothing is coloured or bold"},
    {0}};

static const struct command_term files[] = {
    {"~/.local/state/otspipe", "the certificate that --tls makes, its key and its authority"}, {0}};

const struct command emulator_command = {
    .path = "emulator",
    .summary = "a local Tablestore that the official clients accept",
    .arguments = "",
    .about = "A local Tablestore, in memory, that the official clients accept. It prints an endpoint, an "
             "instance and "
             "a key pair, and runs until it is stopped.",
    .options = emulator_options_table,
    .examples = examples,
    .exits = exits,
    .variables = variables,
    .files = files,
    .see_also = "table, demo",
    .run = emulator_main,
};
