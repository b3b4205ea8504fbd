/* emulator_greeting: a few lines of facts, then a few of Python. */
#include "cli/emulator_greeting.h"

#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "cli/emulator_options.h"
#include "cli/screen.h"

enum { GREETING_MOST = 1024 * 1024 };

struct greeting {
    const struct cli_emulator *cli;
    const struct keyring_pair *pair; /* the first, and an instance that it opens */
    const char *instance;
    char endpoint[512];
    struct buffer text;
    bool colour;
};

/* All addresses are reached through this machine's own. */
static const char *greeting_host(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

static void greeting_find_endpoint(struct greeting *greeting, uint16_t port)
{
    const char *host = greeting_host(greeting->cli->options.host);
    const char *scheme = greeting->cli->tls.wanted ? "https" : "http";
    bool v6 = strchr(host, ':') != NULL;
    snprintf(greeting->endpoint, sizeof(greeting->endpoint), "%s://%s%s%s:%u", scheme, v6 ? "[" : "", host,
             v6 ? "]" : "", port);
}

/* ---- facts ---- */

static void greeting_label(struct greeting *greeting, const char *label)
{
    buffer_print(&greeting->text, "%s%-19s%s", greeting->colour ? "\x1b[2m" : "", label,
                 greeting->colour ? "\x1b[0m" : "");
}

static void greeting_fact(struct greeting *greeting, const char *label, const char *value)
{
    greeting_label(greeting, label);
    buffer_add_slice(&greeting->text, greeting->colour ? SLICE("\x1b[1m") : SLICE(""));
    screen_put(&greeting->text, slice_text(value), GREETING_MOST);
    buffer_add_slice(&greeting->text, greeting->colour ? SLICE("\x1b[0m\n") : SLICE("\n"));
}

static void greeting_pair(struct greeting *greeting, const struct keyring_pair *pair)
{
    greeting_fact(greeting, "access key id", pair->id);
    greeting_fact(greeting, "access key secret", pair->secret);
    if (pair->sts_token != NULL)
        greeting_fact(greeting, "security token", pair->sts_token);
    if (pair->instance != NULL && greeting->cli->options.instance_count > 1)
        greeting_fact(greeting, "for the instance", pair->instance);
}

static void greeting_data(struct greeting *greeting, struct emulator_contents contents)
{
    if (greeting->cli->options.data_file == NULL)
        return;
    greeting_label(greeting, "data");
    buffer_print(&greeting->text, "%s: %u %s, %llu %s\n", greeting->cli->options.data_file, contents.tables,
                 contents.tables == 1 ? "table" : "tables", (unsigned long long)contents.rows,
                 contents.rows == 1 ? "row" : "rows");
}

static void greeting_facts(struct greeting *greeting, const struct emulator *emulator)
{
    const struct emulator_options *options = &greeting->cli->options;
    greeting_fact(greeting, "endpoint", greeting->endpoint);
    for (size_t i = 0; i < options->instance_count; i++)
        greeting_fact(greeting, "instance", options->instances[i]);
    for (size_t i = 0; i < options->pair_count; i++)
        greeting_pair(greeting, &options->pairs[i]);
    if (greeting->cli->tls.authority_file[0] != 0)
        greeting_fact(greeting, "clients trust", greeting->cli->tls.authority_file);
    greeting_data(greeting, emulator_contents(emulator));
}

/* ---- Python ---- */

static void greeting_quote(struct greeting *greeting, const char *text)
{
    struct buffer *to = &greeting->text;
    buffer_add_slice(to, SLICE("'"));
    for (const char *at = text; *at != 0; at++) {
        if (*at == '\'' || *at == '\\')
            buffer_add_slice(to, SLICE("\\"));
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            buffer_print(to, "\\x%02x", (unsigned char)*at);
        else
            buffer_add(to, at, 1);
    }
    buffer_add_slice(to, SLICE("'"));
}

static void greeting_client(struct greeting *greeting)
{
    const char *const arguments[] = {greeting->endpoint, greeting->pair->id, greeting->pair->secret,
                                     greeting->instance};
    buffer_add_slice(&greeting->text, SLICE("client = OTSClient("));
    for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
        buffer_add_slice(&greeting->text, i == 0 ? SLICE("") : SLICE(", "));
        greeting_quote(greeting, arguments[i]);
    }
    if (greeting->pair->sts_token != NULL) {
        buffer_add_slice(&greeting->text, SLICE(", sts_token="));
        greeting_quote(greeting, greeting->pair->sts_token);
    }
    buffer_add_slice(&greeting->text, SLICE(")\n"));
}

/* The SDK trusts certifi's file and has no option for another one. */
static void greeting_python(struct greeting *greeting)
{
    const char *authority = greeting->cli->tls.authority_file;
    struct buffer *to = &greeting->text;
    if (authority[0] != 0) {
        buffer_add_slice(to, SLICE("import certifi; certifi.where = lambda: "));
        greeting_quote(greeting, authority);
        buffer_add_slice(to, SLICE("\n"));
    }
    buffer_add_slice(to, SLICE("from tablestore import OTSClient, TableMeta, TableOptions, "
                               "ReservedThroughput, CapacityUnit\n"));
    greeting_client(greeting);
    buffer_add_slice(
        to, SLICE("meta = TableMeta('first', [('id', 'STRING')])\n"
                  "client.create_table(meta, TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))\n"
                  "print(client.list_table())\n"));
}

void emulator_greet(const struct cli_emulator *cli, const struct emulator *emulator)
{
    const struct keyring_pair *pair = &cli->options.pairs[0];
    struct greeting greeting = {.cli = cli, .pair = pair};
    screen_init();
    greeting.colour = screen_has_colour(STDOUT_FILENO);
    greeting.instance = pair->instance == NULL ? cli->options.instances[0] : pair->instance;
    buffer_init(&greeting.text, GREETING_MOST);
    greeting_find_endpoint(&greeting, emulator_port(emulator));
    greeting_facts(&greeting, emulator);
    buffer_add_slice(&greeting.text, greeting.colour ? SLICE("\n\x1b[36m") : SLICE("\n"));
    greeting_python(&greeting);
    buffer_add_slice(&greeting.text, greeting.colour ? SLICE("\x1b[0m") : SLICE(""));
    fwrite(greeting.text.at, 1, greeting.text.len, stdout);
    fflush(stdout);
    buffer_fini(&greeting.text);
}
