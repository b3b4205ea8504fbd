/* emulator: `otspipe emulator`, a local Tablestore until it is stopped. */
#include "emulator/emulator.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/number.h"
#include "cli/cli.h"
#include "loop/loop.h"

enum { EMULATOR_PORT = 8087, EMULATOR_FAULTS_MOST = 1024 * 1024, EMULATOR_LATENCY_MOST = 3600 * 1000 };

/* What the command line says; texts are argv's, but for the key pair. */
struct cli_emulator {
    struct emulator_options options;
    char *access_key_id; /* owned copies */
    char *access_key_secret;
    const char *ready_file;
    const char *faults_file;
    bool help;
    struct loop *loop;
    int signal;
};

static const char usage[] =
    "usage: otspipe emulator [options]\n"
    "\n"
    "A local Tablestore, in memory, that the official clients accept.\n"
    "\n"
    "  --listen HOST:PORT       where to listen (127.0.0.1:8087; port 0 picks a free one)\n"
    "  --instance NAME          its instance (local)\n"
    "  --access-key ID:SECRET   its key pair (testid:testsecret)\n"
    "  --ready-file FILE        written with host:port once it listens\n"
    "  --journal FILE           every row change as a line of JSON, in the order applied\n"
    "  --latency-ms N           every read or write of rows takes so long (0)\n"
    "  --faults FILE            fault rules, JSON\n"
    "  --control                lets /_control/ set faults and read counters, without a signature\n"
    "  --no-clock-check         accepts requests of any date\n"
    "  --help                   this text\n";

static int emulator_listen(struct cli_emulator *cli, char *text, struct error *err)
{
    int64_t port = -1;
    char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || !number_int64(slice_text(colon + 1), &port) || port < 0 ||
        port > 65535)
        return error_set(err, ERROR_CONFIG, "--listen %s: HOST:PORT was expected, for example 127.0.0.1:8087",
                         text);
    *colon = 0;
    cli->options.host = text;
    cli->options.port = (uint16_t)port;
    return 0;
}

static int emulator_access_key(struct cli_emulator *cli, char *text, struct error *err)
{
    char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == 0)
        return error_set(err, ERROR_CONFIG, "--access-key: ID:SECRET was expected");
    free(cli->access_key_id);
    free(cli->access_key_secret);
    cli->access_key_id = check_memory(strndup(text, (size_t)(colon - text)));
    cli->access_key_secret = check_memory(strdup(colon + 1));
    cli->options.access_key_id = cli->access_key_id;
    cli->options.access_key_secret = cli->access_key_secret;
    memset(text, '*', strlen(text)); /* argv is seen by everyone on the machine */
    return 0;
}

static int emulator_latency(struct cli_emulator *cli, const char *text, struct error *err)
{
    int64_t ms = -1;
    if (!number_int64(slice_text(text), &ms) || ms < 0 || ms > EMULATOR_LATENCY_MOST)
        return error_set(err, ERROR_CONFIG, "--latency-ms %s: an integer from 0 to %d was expected", text,
                         EMULATOR_LATENCY_MOST);
    cli->options.latency_ms = ms;
    return 0;
}

enum {
    OPT_LISTEN = 256,
    OPT_INSTANCE,
    OPT_ACCESS_KEY,
    OPT_READY,
    OPT_JOURNAL,
    OPT_LATENCY,
    OPT_FAULTS,
    OPT_CONTROL,
    OPT_NO_CLOCK,
    OPT_HELP
};

static const struct option emulator_long[] = {{"listen", required_argument, NULL, OPT_LISTEN},
                                              {"instance", required_argument, NULL, OPT_INSTANCE},
                                              {"access-key", required_argument, NULL, OPT_ACCESS_KEY},
                                              {"ready-file", required_argument, NULL, OPT_READY},
                                              {"journal", required_argument, NULL, OPT_JOURNAL},
                                              {"latency-ms", required_argument, NULL, OPT_LATENCY},
                                              {"faults", required_argument, NULL, OPT_FAULTS},
                                              {"control", no_argument, NULL, OPT_CONTROL},
                                              {"no-clock-check", no_argument, NULL, OPT_NO_CLOCK},
                                              {"help", no_argument, NULL, OPT_HELP},
                                              {NULL, 0, NULL, 0}};

static int emulator_option(struct cli_emulator *cli, int option, struct error *err)
{
    switch (option) {
    case OPT_LISTEN:
        return emulator_listen(cli, optarg, err);
    case OPT_INSTANCE:
        cli->options.instance = optarg;
        return 0;
    case OPT_ACCESS_KEY:
        return emulator_access_key(cli, optarg, err);
    case OPT_READY:
        cli->ready_file = optarg;
        return 0;
    case OPT_JOURNAL:
        cli->options.journal_file = optarg;
        return 0;
    case OPT_LATENCY:
        return emulator_latency(cli, optarg, err);
    case OPT_FAULTS:
        cli->faults_file = optarg;
        return 0;
    case OPT_CONTROL:
        cli->options.control = true;
        return 0;
    case OPT_NO_CLOCK:
        cli->options.no_clock_check = true;
        return 0;
    case OPT_HELP:
        cli->help = true;
        return 0;
    default:
        return error_set(err, ERROR_CONFIG, "otspipe emulator --help shows the options");
    }
}

static int emulator_options(struct cli_emulator *cli, int argc, char **argv, struct error *err)
{
    *cli = (struct cli_emulator){.options = {.host = "127.0.0.1",
                                             .port = EMULATOR_PORT,
                                             .instance = "local",
                                             .access_key_id = "testid",
                                             .access_key_secret = "testsecret"}};
    optind = 0;
    for (int option = getopt_long(argc, argv, "", emulator_long, NULL); option != -1;
         option = getopt_long(argc, argv, "", emulator_long, NULL))
        if (emulator_option(cli, option, err) != 0)
            return -1;
    if (optind < argc)
        return error_set(err, ERROR_CONFIG, "%s: no argument was expected", argv[optind]);
    return 0;
}

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
    int printed = fprintf(out, "%s:%u\n", cli->options.host, port);
    if (fclose(out) != 0 || printed < 0 || rename(beside, cli->ready_file) != 0) {
        error_set(err, ERROR_CONFIG, "write %s: %s", cli->ready_file, strerror(errno));
        unlink(beside);
        return -1;
    }
    return 0;
}

static void emulator_greet(const struct cli_emulator *cli, uint16_t port)
{
    const struct emulator_options *options = &cli->options;
    printf("endpoint           http://%s:%u\ninstance           %s\naccess key id      %s\n"
           "access key secret  %s\n\n",
           options->host, port, options->instance, options->access_key_id, options->access_key_secret);
    printf("from tablestore import OTSClient, TableMeta, TableOptions, ReservedThroughput, CapacityUnit\n"
           "client = OTSClient('http://%s:%u', '%s', '%s', '%s')\n"
           "meta = TableMeta('first', [('id', 'STRING')])\n"
           "client.create_table(meta, TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))\n"
           "print(client.list_table())\n",
           options->host, port, options->access_key_id, options->access_key_secret, options->instance);
    fflush(stdout);
}

static void emulator_on_signal(void *arg, int signal)
{
    struct cli_emulator *cli = arg;
    cli->signal = signal;
    loop_stop(cli->loop);
}

static int emulator_serve(struct cli_emulator *cli, struct error *err)
{
    struct emulator *emulator = emulator_create(cli->loop, &cli->options, err);
    if (emulator == NULL)
        return -1;
    int rc = emulator_read_faults(emulator, cli->faults_file, err);
    if (rc == 0)
        rc = loop_on_signals(cli->loop, emulator_on_signal, cli, err);
    if (rc == 0)
        rc = emulator_write_ready(cli, emulator_port(emulator), err);
    if (rc == 0) {
        emulator_greet(cli, emulator_port(emulator));
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

int cli_emulator(int argc, char **argv)
{
    struct cli_emulator cli;
    struct error err;
    int code = CLI_DONE;
    if (emulator_options(&cli, argc, argv, &err) != 0)
        code = emulator_fail(&err);
    else if (cli.help)
        fputs(usage, stdout);
    else
        code = emulator_until_stopped(&cli, &err);
    free(cli.access_key_id);
    free(cli.access_key_secret);
    return code;
}
