/* emulator_options: a table of words, read by getopt. */
#include "cli/emulator_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"
#include "wire/sign.h"

enum { EMULATOR_PORT = 8087, EMULATOR_LATENCY_MOST = 3600 * 1000, INSTANCE_NAME_MOST = 64 };

/* `text` is NULL for a word without an argument. */
typedef int emulator_word_fn(struct cli_emulator *cli, const char *text, struct error *err);

struct emulator_word {
    const char *name;
    const char *argument; /* as --help names it; NULL: none */
    const char *help;
    emulator_word_fn *read;
    bool secret; /* wiped from argv, which is seen by everyone on the machine */
};

static bool word_read_port(const char *text, uint16_t *port)
{
    int64_t number = -1;
    if (!number_int64(slice_text(text), &number) || number < 0 || number > 65535)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* [::1]:8087, too. */
static int word_listen(struct cli_emulator *cli, const char *text, struct error *err)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    if (len == 0 || !word_read_port(colon + 1, &cli->options.port))
        return error_set(err, ERROR_CONFIG, "--listen %s: HOST:PORT was expected, for example 127.0.0.1:8087",
                         text);
    if (text[0] == '[' && colon[-1] == ']') {
        text++;
        len -= 2;
    }
    if (len >= sizeof(cli->host))
        return error_set(err, ERROR_CONFIG, "--listen: the host is too long");
    memcpy(cli->host, text, len);
    cli->host[len] = 0;
    cli->options.host = cli->host;
    return 0;
}

/* The characters that the official clients accept. */
static bool word_is_instance(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return len > 0 && len <= INSTANCE_NAME_MOST && text[len] == 0;
}

static int word_instance(struct cli_emulator *cli, const char *text, struct error *err)
{
    size_t count = cli->options.instance_count;
    if (!word_is_instance(text))
        return error_set(err, ERROR_CONFIG, "--instance %s: 1 to %d letters, digits, - and _ were expected",
                         text, INSTANCE_NAME_MOST);
    for (size_t i = 0; i < count; i++)
        if (strcmp(cli->instances[i], text) == 0)
            return error_set(err, ERROR_CONFIG, "--instance %s is there twice", text);
    if (count == CLI_INSTANCES_MOST)
        return error_set(err, ERROR_CONFIG, "--instance %s: more than %d instances", text,
                         CLI_INSTANCES_MOST);
    cli->instances[count] = text;
    cli->options.instance_count++;
    return 0;
}

static int word_access_key(struct cli_emulator *cli, const char *text, struct error *err)
{
    return emulator_keys_add(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--access-key");
}

static int word_access_key_file(struct cli_emulator *cli, const char *text, struct error *err)
{
    return emulator_keys_add_file(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--access-key-file");
}

static int word_sts_token(struct cli_emulator *cli, const char *text, struct error *err)
{
    return emulator_keys_add_token(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--sts-token");
}

static int word_tls(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->tls.wanted = true;
    return 0;
}

static int word_tls_dir(struct cli_emulator *cli, const char *text, struct error *err)
{
    cli->tls.folder = text;
    return text[0] != 0 ? 0 : error_set(err, ERROR_CONFIG, "--tls-dir: the name of a folder was expected");
}

static int word_tls_cert(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->tls.certificate_file = text;
    return 0;
}

static int word_tls_key(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->tls.key_file = text;
    return 0;
}

static int word_ready_file(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->ready_file = text;
    return 0;
}

static int word_data(struct cli_emulator *cli, const char *text, struct error *err)
{
    cli->options.data_file = text;
    return text[0] != 0 ? 0 : error_set(err, ERROR_CONFIG, "--data: the name of a file was expected");
}

static int word_journal(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->options.journal_file = text;
    return 0;
}

static int word_latency(struct cli_emulator *cli, const char *text, struct error *err)
{
    int64_t ms = -1;
    if (!number_int64(slice_text(text), &ms) || ms < 0 || ms > EMULATOR_LATENCY_MOST)
        return error_set(err, ERROR_CONFIG, "--latency-ms %s: an integer from 0 to %d was expected", text,
                         EMULATOR_LATENCY_MOST);
    cli->options.latency_ms = ms;
    return 0;
}

static int word_faults(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->faults_file = text;
    return 0;
}

static int word_control(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->options.control = true;
    return 0;
}

static int word_control_token(struct cli_emulator *cli, const char *text, struct error *err)
{
    if (text[0] == 0)
        return error_set(err, ERROR_CONFIG, "--control-token: it is empty");
    free(cli->control_token);
    cli->control_token = check_memory(strdup(text));
    cli->options.control_token = cli->control_token;
    return 0;
}

static int word_order_column(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)err;
    cli->order_column = text;
    return 0;
}

static int word_faults_help(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->faults_help = true;
    return 0;
}

/* The first three digits behind the point, as many as there are. */
static int64_t word_fraction_ms(const char *text)
{
    const char *point = strchr(text, '.');
    int64_t ms = 0, worth = 100;
    for (const char *at = point; at != NULL && at[1] >= '0' && at[1] <= '9' && worth > 0; at++, worth /= 10)
        ms += worth * (at[1] - '0');
    return ms;
}

static int word_clock(struct cli_emulator *cli, const char *text, struct error *err)
{
    int64_t wall_ms = 0;
    if (sign_parse_date(slice_text(text), &wall_ms) != 0 || wall_ms <= 0)
        return error_set(err, ERROR_CONFIG,
                         "--clock %s: a time in UTC was expected, for example 2024-01-02T03:04:05.678Z",
                         text);
    cli->options.frozen_wall_ms = wall_ms + word_fraction_ms(text);
    return 0;
}

static int word_no_clock_check(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->options.no_clock_check = true;
    return 0;
}

static int word_help(struct cli_emulator *cli, const char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->help = true;
    return 0;
}

static const struct emulator_word emulator_words[] = {
    {"listen", "HOST:PORT", "where to listen (127.0.0.1:8087; port 0 picks a free one)", word_listen, false},
    {"instance", "NAME", "an instance with tables of its own; may be repeated (local)", word_instance, false},
    {"access-key", "PAIR",
     "ID:SECRET, or ID:SECRET@INSTANCE for one instance only; may be repeated\n"
     "(testid:testsecret)",
     word_access_key, true},
    {"access-key-file", "FILE", "a key pair a line, behind a blank its STS token if it has one",
     word_access_key_file, false},
    {"sts-token", "TOKEN", "the key pair before it needs this token", word_sts_token, true},
    {"tls", NULL, "https, with a certificate that is made at the first start", word_tls, false},
    {"tls-dir", "DIR",
     "--tls; where that certificate is kept (beside the --data file, else\n"
     "~/.local/state/otspipe)",
     word_tls_dir, false},
    {"tls-cert", "FILE", "https with a certificate of your own: its chain", word_tls_cert, false},
    {"tls-key", "FILE", "and its key", word_tls_key, false},
    {"ready-file", "FILE", "written with host:port once it listens", word_ready_file, false},
    {"data", "FILE", "tables outlive the emulator in this file, made when it is not there", word_data, false},
    {"journal", "FILE", "every row change as a line of JSON, in the order applied", word_journal, false},
    {"latency-ms", "N", "every read or write of rows takes so long (0)", word_latency, false},
    {"faults", "FILE", "fault rules, JSON", word_faults, false},
    {"faults-help", NULL, "the manual of fault rules", word_faults_help, false},
    {"control", NULL, "lets /_control/ set faults and read counters, without a signature", word_control,
     false},
    {"control-token", "TOKEN", "--control for those who send this as x-otspipe-control-token",
     word_control_token, true},
    {"order-column", "NAME", "counts rows in which this integer column goes back", word_order_column, false},
    {"clock", "TIME", "the service's clock stands still at 2024-01-02T03:04:05.678Z, say", word_clock, false},
    {"no-clock-check", NULL, "accepts requests of any date", word_no_clock_check, false},
    {"help", NULL, "this text", word_help, false},
};

enum { EMULATOR_WORDS = sizeof(emulator_words) / sizeof(emulator_words[0]) };

/* A line end in the help goes on under its first line. */
static void words_print(const struct emulator_word *word)
{
    char left[64];
    snprintf(left, sizeof(left), "--%s %s", word->name, word->argument == NULL ? "" : word->argument);
    for (const char *at = word->help; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        printf("  %-24s %.*s\n", left, (int)strcspn(at, "\n"), at);
        left[0] = 0;
    }
}

void emulator_options_help(void)
{
    fputs("usage: otspipe emulator [options]\n"
          "\n"
          "A local Tablestore, in memory, that the official clients accept.\n"
          "\n",
          stdout);
    for (size_t i = 0; i < EMULATOR_WORDS; i++)
        words_print(&emulator_words[i]);
}

static int words_read(struct cli_emulator *cli, int argc, char **argv, struct error *err)
{
    struct option words[EMULATOR_WORDS + 1] = {{0}};
    for (size_t i = 0; i < EMULATOR_WORDS; i++)
        words[i] = (struct option){emulator_words[i].name, emulator_words[i].argument != NULL, NULL, (int)i};
    optind = 0;
    for (int i = getopt_long(argc, argv, "", words, NULL); i != -1;
         i = getopt_long(argc, argv, "", words, NULL)) {
        if (i < 0 || i >= EMULATOR_WORDS)
            return error_set(err, ERROR_CONFIG, "otspipe emulator --help shows the options");
        int rc = emulator_words[i].read(cli, optarg, err);
        if (emulator_words[i].secret)
            memset(optarg, '*', strlen(optarg));
        if (rc != 0)
            return -1;
    }
    if (optind < argc)
        return error_set(err, ERROR_CONFIG, "%s: no argument was expected", argv[optind]);
    return 0;
}

static bool options_have_instance(const struct cli_emulator *cli, const char *name)
{
    for (size_t i = 0; i < cli->options.instance_count; i++)
        if (strcmp(cli->instances[i], name) == 0)
            return true;
    return false;
}

/* What was not given, and a pair's instance, which may be named behind the pair. */
static int options_complete(struct cli_emulator *cli, struct error *err)
{
    if (cli->options.instance_count == 0)
        cli->instances[cli->options.instance_count++] = "local";
    if (cli->keys.count == 0)
        emulator_keys_add(&cli->keys, "testid:testsecret", err);
    for (size_t i = 0; i < cli->keys.count; i++) {
        const char *name = cli->keys.pairs[i].instance;
        if (name != NULL && !options_have_instance(cli, name))
            return error_set(err, ERROR_CONFIG,
                             "the access key id %s is for the instance %s, which is not there",
                             cli->keys.pairs[i].id, name);
    }
    cli->options.instances = cli->instances;
    cli->options.pairs = cli->keys.pairs;
    cli->options.pair_count = cli->keys.count;
    return 0;
}

int emulator_options_read(struct cli_emulator *cli, int argc, char **argv, struct error *err)
{
    *cli = (struct cli_emulator){.options = {.host = "127.0.0.1", .port = EMULATOR_PORT}};
    emulator_tls_init(&cli->tls);
    if (words_read(cli, argc, argv, err) != 0)
        return -1;
    return options_complete(cli, err);
}

void emulator_options_fini(struct cli_emulator *cli)
{
    emulator_keys_fini(&cli->keys);
    emulator_tls_fini(&cli->tls);
    free(cli->control_token);
}
