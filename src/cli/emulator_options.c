/* emulator_options: a table of words, read by getopt. */
#include "cli/emulator_options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"
#include "wire/sign.h"

enum { EMULATOR_PORT = 8087, EMULATOR_LATENCY_MOST = 3600 * 1000 };

/* `text` is NULL for a word without an argument. */
typedef int emulator_word_fn(struct cli_emulator *cli, char *text, struct error *err);

struct emulator_word {
    const char *name;
    const char *argument; /* as --help names it; NULL: none */
    const char *help;
    emulator_word_fn *read;
};

static int word_listen(struct cli_emulator *cli, char *text, struct error *err)
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

static int word_instance(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)err;
    cli->options.instance = text;
    return 0;
}

static int word_access_key(struct cli_emulator *cli, char *text, struct error *err)
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

static int word_ready_file(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)err;
    cli->ready_file = text;
    return 0;
}

static int word_data(struct cli_emulator *cli, char *text, struct error *err)
{
    cli->options.data_file = text;
    return text[0] != 0 ? 0 : error_set(err, ERROR_CONFIG, "--data: the name of a file was expected");
}

static int word_journal(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)err;
    cli->options.journal_file = text;
    return 0;
}

static int word_latency(struct cli_emulator *cli, char *text, struct error *err)
{
    int64_t ms = -1;
    if (!number_int64(slice_text(text), &ms) || ms < 0 || ms > EMULATOR_LATENCY_MOST)
        return error_set(err, ERROR_CONFIG, "--latency-ms %s: an integer from 0 to %d was expected", text,
                         EMULATOR_LATENCY_MOST);
    cli->options.latency_ms = ms;
    return 0;
}

static int word_faults(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)err;
    cli->faults_file = text;
    return 0;
}

static int word_control(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->options.control = true;
    return 0;
}

static int word_control_token(struct cli_emulator *cli, char *text, struct error *err)
{
    if (text[0] == 0)
        return error_set(err, ERROR_CONFIG, "--control-token: it is empty");
    free(cli->control_token);
    cli->control_token = check_memory(strdup(text));
    cli->options.control_token = cli->control_token;
    memset(text, '*', strlen(text)); /* argv is seen by everyone on the machine */
    return 0;
}

static int word_order_column(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)err;
    cli->order_column = text;
    return 0;
}

static int word_faults_help(struct cli_emulator *cli, char *text, struct error *err)
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

static int word_clock(struct cli_emulator *cli, char *text, struct error *err)
{
    int64_t wall_ms = 0;
    if (sign_parse_date(slice_text(text), &wall_ms) != 0 || wall_ms <= 0)
        return error_set(err, ERROR_CONFIG,
                         "--clock %s: a time in UTC was expected, for example 2024-01-02T03:04:05.678Z",
                         text);
    cli->options.frozen_wall_ms = wall_ms + word_fraction_ms(text);
    return 0;
}

static int word_no_clock_check(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->options.no_clock_check = true;
    return 0;
}

static int word_help(struct cli_emulator *cli, char *text, struct error *err)
{
    (void)text;
    (void)err;
    cli->help = true;
    return 0;
}

static const struct emulator_word emulator_words[] = {
    {"listen", "HOST:PORT", "where to listen (127.0.0.1:8087; port 0 picks a free one)", word_listen},
    {"instance", "NAME", "its instance (local)", word_instance},
    {"access-key", "ID:SECRET", "its key pair (testid:testsecret)", word_access_key},
    {"ready-file", "FILE", "written with host:port once it listens", word_ready_file},
    {"data", "FILE", "tables outlive the emulator in this file, made when it is not there", word_data},
    {"journal", "FILE", "every row change as a line of JSON, in the order applied", word_journal},
    {"latency-ms", "N", "every read or write of rows takes so long (0)", word_latency},
    {"faults", "FILE", "fault rules, JSON", word_faults},
    {"faults-help", NULL, "the manual of fault rules", word_faults_help},
    {"control", NULL, "lets /_control/ set faults and read counters, without a signature", word_control},
    {"control-token", "TOKEN", "--control for those who send this as x-otspipe-control-token",
     word_control_token},
    {"order-column", "NAME", "counts rows in which this integer column goes back", word_order_column},
    {"clock", "TIME", "the service's clock stands still at 2024-01-02T03:04:05.678Z, say", word_clock},
    {"no-clock-check", NULL, "accepts requests of any date", word_no_clock_check},
    {"help", NULL, "this text", word_help},
};

enum { EMULATOR_WORDS = sizeof(emulator_words) / sizeof(emulator_words[0]) };

void emulator_options_help(void)
{
    fputs("usage: otspipe emulator [options]\n"
          "\n"
          "A local Tablestore, in memory, that the official clients accept.\n"
          "\n",
          stdout);
    for (size_t i = 0; i < EMULATOR_WORDS; i++) {
        char word[64];
        snprintf(word, sizeof(word), "--%s %s", emulator_words[i].name,
                 emulator_words[i].argument == NULL ? "" : emulator_words[i].argument);
        printf("  %-24s %s\n", word, emulator_words[i].help);
    }
}

int emulator_options_read(struct cli_emulator *cli, int argc, char **argv, struct error *err)
{
    struct option words[EMULATOR_WORDS + 1] = {{0}};
    *cli = (struct cli_emulator){.options = {.host = "127.0.0.1",
                                             .port = EMULATOR_PORT,
                                             .instance = "local",
                                             .access_key_id = "testid",
                                             .access_key_secret = "testsecret"}};
    for (size_t i = 0; i < EMULATOR_WORDS; i++)
        words[i] = (struct option){emulator_words[i].name, emulator_words[i].argument != NULL, NULL, (int)i};
    optind = 0;
    for (int i = getopt_long(argc, argv, "", words, NULL); i != -1;
         i = getopt_long(argc, argv, "", words, NULL)) {
        if (i < 0 || i >= EMULATOR_WORDS)
            return error_set(err, ERROR_CONFIG, "otspipe emulator --help shows the options");
        if (emulator_words[i].read(cli, optarg, err) != 0)
            return -1;
    }
    if (optind < argc)
        return error_set(err, ERROR_CONFIG, "%s: no argument was expected", argv[optind]);
    return 0;
}

void emulator_options_fini(struct cli_emulator *cli)
{
    free(cli->access_key_id);
    free(cli->access_key_secret);
    free(cli->control_token);
}
