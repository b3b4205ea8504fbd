/* emulator_options: the options, and those of them that no kind covers. */
#include "cli/emulator_options.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"
#include "wire/sign.h"

enum { EMULATOR_LATENCY_MOST = 3600 * 1000, INSTANCE_NAME_MOST = 64 };

static bool word_read_port(const char *text, uint16_t *port)
{
    int64_t number = -1;
    if (!number_int64(slice_text(text), &number) || number < 0 || number > 65535)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* [::1]:8087, too. */
static int word_listen(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
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

static int word_instance(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
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

static int word_access_key(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
    return emulator_keys_add(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--access-key");
}

static int word_access_key_file(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
    return emulator_keys_add_file(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--access-key-file");
}

static int word_sts_token(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
    return emulator_keys_add_token(&cli->keys, text, err) == 0 ? 0 : error_wrap(err, "--sts-token");
}

static int word_control_token(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
    if (text[0] == 0)
        return error_set(err, ERROR_CONFIG, "--control-token: it is empty");
    free(cli->control_token);
    cli->control_token = check_memory(strdup(text));
    cli->options.control_token = cli->control_token;
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

static int word_clock(void *into, const char *text, struct error *err)
{
    struct cli_emulator *cli = into;
    int64_t wall_ms = 0;
    if (sign_parse_date(slice_text(text), &wall_ms) != 0 || wall_ms <= 0)
        return error_set(err, ERROR_CONFIG,
                         "--clock %s: a time in UTC was expected, for example 2024-01-02T03:04:05.678Z",
                         text);
    cli->options.frozen_wall_ms = wall_ms + word_fraction_ms(text);
    return 0;
}

#define AT(member) offsetof(struct cli_emulator, member)

const struct command_option emulator_options_table[] = {
    {.name = "listen",
     .kind = COMMAND_TEXT,
     .value = "HOST:PORT",
     .preset = "127.0.0.1:8087",
     .help = "where to listen; port 0 picks a free one",
     .read = word_listen},
    {.name = "instance",
     .kind = COMMAND_TEXT,
     .value = "NAME",
     .usual = "local",
     .help = "an instance with tables of its own",
     .repeats = true,
     .read = word_instance},
    {.name = "access-key",
     .kind = COMMAND_TEXT,
     .value = "PAIR",
     .usual = "testid:testsecret",
     .help = "ID:SECRET, or ID:SECRET@INSTANCE for one instance only",
     .secret = true,
     .repeats = true,
     .read = word_access_key},
    {.name = "access-key-file",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .help = "a key pair a line, behind a blank its STS token if it has one",
     .repeats = true,
     .read = word_access_key_file},
    {.name = "sts-token",
     .kind = COMMAND_TEXT,
     .value = "TOKEN",
     .help = "the key pair before it needs this token",
     .secret = true,
     .read = word_sts_token},
    {.name = "tls",
     .help = "https, with a certificate that is made at the first start",
     .offset = AT(tls.wanted)},
    {.name = "tls-dir",
     .kind = COMMAND_FOLDER,
     .value = "DIR",
     .usual = "beside the --data file, else ~/.local/state/otspipe",
     .help = "--tls; where that certificate is kept",
     .offset = AT(tls.folder)},
    {.name = "tls-cert",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "pem crt",
     .help = "https with a certificate of your own: its chain",
     .offset = AT(tls.certificate_file)},
    {.name = "tls-key",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "pem key",
     .help = "and its key",
     .offset = AT(tls.key_file)},
    {.name = "ready-file",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .help = "written with host:port once it listens",
     .offset = AT(ready_file)},
    {.name = "data",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "db",
     .help = "tables outlive the emulator in this file, made when it is not there",
     .offset = AT(options.data_file)},
    {.name = "journal",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "jsonl",
     .help = "every row change as a line of JSON, in the order applied",
     .offset = AT(options.journal_file)},
    {.name = "latency-ms",
     .kind = COMMAND_NUMBER,
     .value = "N",
     .most = EMULATOR_LATENCY_MOST,
     .preset = "0",
     .help = "every read or write of rows takes so long",
     .offset = AT(options.latency_ms)},
    {.name = "faults",
     .kind = COMMAND_FILE,
     .value = "FILE",
     .endings = "json",
     .help = "fault rules, JSON",
     .offset = AT(faults_file)},
    {.name = "faults-help", .help = "the manual of fault rules", .offset = AT(faults_help)},
    {.name = "control",
     .help = "lets /_control/ set faults and read counters, without a signature",
     .offset = AT(options.control)},
    {.name = "control-token",
     .kind = COMMAND_TEXT,
     .value = "TOKEN",
     .help = "--control for those who send this as x-otspipe-control-token",
     .secret = true,
     .read = word_control_token},
    {.name = "order-column",
     .kind = COMMAND_TEXT,
     .value = "NAME",
     .help = "counts rows in which this integer column goes back",
     .offset = AT(order_column)},
    {.name = "clock",
     .kind = COMMAND_TEXT,
     .value = "TIME",
     .help = "the service's clock stands still at 2024-01-02T03:04:05.678Z, say",
     .read = word_clock},
    {.name = "no-clock-check", .help = "accepts requests of any date", .offset = AT(options.no_clock_check)},
    {0}};

static bool options_have_instance(const struct cli_emulator *cli, const char *name)
{
    for (size_t i = 0; i < cli->options.instance_count; i++)
        if (strcmp(cli->instances[i], name) == 0)
            return true;
    return false;
}

int emulator_options_complete(struct cli_emulator *cli, struct error *err)
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

void emulator_options_fini(struct cli_emulator *cli)
{
    emulator_keys_fini(&cli->keys);
    emulator_tls_fini(&cli->tls);
    free(cli->control_token);
}
