/* settings_reference: docs/configuration.md, out of the key tables. */
#include "channel/settings_reader.h"

#include "base/buffer.h"

static const char reference_top[] =
    "# Configuration\n"
    "\n"
    "This page is printed by `otspipe check --reference`; a test keeps it current.\n"
    "\n"
    "otspipe reads one YAML file, or Kafka Connect's own files: a worker's `.properties`, then one connector "
    "as\n"
    "`.properties` or JSON (comments allowed, bare or as `{\"name\": ..., \"config\": {...}}`). `otspipe "
    "check FILE...`\n"
    "says everything that is wrong at once, as `file:line:column: key: what is wrong; what would be right`, "
    "and prints\n"
    "the configuration in effect.\n"
    "\n"
    "**YAML.** An unknown key is an error. `${NAME}` in a value is an environment variable,\n"
    "`${file:PATH}` the text of a file (a mounted secret), `$${` a plain `${`. Anchors,\n"
    "aliases and tags are refused, and no key may stand twice. A section may be written as one word: "
    "`write.linger: 5ms`\n"
    "is `write: {linger: 5ms}`. Durations have a unit (`100ms`, `5s`, `1m`, `2h`, `7d`), sizes too (`8MB`).\n"
    "\n"
    "**Connect files.** An unknown key is a warning. `${env:NAME}`, `${file:PATH:KEY}` and "
    "`${directory:PATH:FILE}`\n"
    "are resolved, and so is `${f:PATH:KEY}` where `config.providers=f` and `config.providers.f.class` say "
    "that `f` is\n"
    "one of Kafka's own three providers (their parameters have no effect; another class is an error where it "
    "is used).\n"
    "Anything else of that form is left as it is. Durations are milliseconds. The connector's converter "
    "replaces the worker's "
    "together\n"
    "with its `schemas.enable`. `consumer.*` of the worker and `consumer.override.*` of the connector go to "
    "the Kafka\n"
    "client, and so do the worker's `security.protocol`, `sasl.*` and `ssl.*`.\n"
    "\n"
    "Where a column shows two presets, the second is that of Connect files. `compat=connector-1.1` (YAML: "
    "`compat:\n"
    "connector-1.1`; or the option `--compat connector-1.1`) follows the newest Java connector where it "
    "differs from\n"
    "the manual; the presets that change with it are shown as compat. `otspipe check` says for Connect files "
    "which of\n"
    "these differences matter.\n";

/* Text of a table cell: a bar would end it. */
static void reference_put_cell(struct buffer *to, const char *text)
{
    for (; *text != 0; text++)
        buffer_print(to, *text == '|' ? "\\|" : *text == '<' ? "&lt;" : "%c", *text);
}

/* "a" or, where a key has two spellings, "a", "b". */
static void reference_put_names(struct buffer *to, const char *names)
{
    while (names != NULL && *names != 0) {
        const char *bar = strchrnul(names, '|');
        buffer_print(to, "`%.*s`%s", (int)(bar - names), names, *bar == 0 ? "" : ", ");
        names = *bar == 0 ? bar : bar + 1;
    }
}

static void reference_put_choices(struct buffer *to, const struct config_choice *choices)
{
    const char *between = "";
    for (; choices->name != NULL; choices++) {
        if (choices->refused != NULL)
            continue;
        buffer_print(to, "%s`%s`", between, choices->name);
        between = ", ";
    }
}

static void reference_put_number(struct buffer *to, const struct config_key *key, int64_t value)
{
    int64_t wide = value;
    size_t size = (size_t)value;
    struct config_key bare = *key;
    bare.at = 0;
    if (key->type == &config_duration || key->type == &config_lifetime)
        config_duration.print(&bare, &wide, to);
    else if (key->type == &config_bytes)
        config_bytes.print(&bare, &size, to);
    else
        buffer_print(to, "%lld", (long long)value);
}

static void reference_put_values(struct buffer *to, const struct config_key *key)
{
    if (key->choices != NULL) {
        reference_put_choices(to, key->choices);
        return;
    }
    buffer_print(to, "%s", key->type->name);
    if (key->most == 0)
        return;
    buffer_print(to, ", ");
    reference_put_number(to, key, key->type == &config_count && key->least == 0 ? 1 : key->least);
    buffer_print(to, " to ");
    reference_put_number(to, key, key->most);
    if (key->type == &config_count && key->least == 0)
        buffer_print(to, ", `auto`");
    if (key->type == &config_lifetime)
        buffer_print(to, ", `forever`");
}

static void reference_put_preset(struct buffer *to, const struct config_key *key)
{
    if ((key->flags & CONFIG_REQUIRED) != 0)
        buffer_print(to, "required");
    if (key->preset != NULL)
        buffer_print(to, "`%s`", key->preset);
    if (key->connect_preset != NULL)
        buffer_print(to, " / `%s`", key->connect_preset);
    if (key->compat_preset != NULL)
        buffer_print(to, ", compat `%s`", key->compat_preset);
}

static void reference_put_key(struct buffer *to, const struct config_key *key)
{
    buffer_print(to, "| ");
    reference_put_names(to, key->yaml);
    buffer_print(to, " | ");
    reference_put_names(to, key->connect);
    buffer_print(to, " | ");
    reference_put_values(to, key);
    buffer_print(to, " | ");
    reference_put_preset(to, key);
    buffer_print(to, " | ");
    reference_put_cell(to, key->help);
    buffer_print(to, " |\n");
}

static void reference_put_table(struct buffer *to, const char *title, const struct config_key *keys)
{
    buffer_print(to, "\n%s\n\n| YAML | Connect files | values | preset | meaning |\n|---|---|---|---|---|\n",
                 title);
    for (; keys->type != NULL; keys++)
        reference_put_key(to, keys);
}

void settings_reference(struct buffer *to)
{
    buffer_print(to, "%s", reference_top);
    reference_put_table(to, "## The pipeline", settings_keys);
    buffer_print(to, "\n`kafka.properties` is a section of its own: any property of librdkafka or of the "
                     "Java consumer, by its "
                     "own name.\n");
    reference_put_table(to, "## A route (`routes`, a list)", settings_route_keys);
    reference_put_table(
        to, "## A table\n\nIn a route for its table, or at the top for all routes that do not say it.",
        settings_table_keys);
    reference_put_table(to, "## Only in Connect files", settings_connect_keys);
    buffer_print(to, "\nRefused with words: ");
    for (const struct settings_refusal *refusal = settings_refusals; refusal->name != NULL; refusal++)
        buffer_print(to, "%s`%s`", refusal == settings_refusals ? "" : ", ", refusal->name);
    buffer_print(to, ".\n\nAccepted, without effect but for what is said above (a dot at the end: everything "
                     "that begins so): ");
    for (const char *const *name = settings_ignored_names; *name != NULL; name++)
        buffer_print(to, "%s`%s`", name == settings_ignored_names ? "" : ", ", *name);
    buffer_print(to, ".\n");
}
