/* settings_print: the configuration in effect as YAML that reads back, and the reference of all keys. Both
 * come from the key tables; only keys of CONFIG_OWN have words of their own here. */
#include "channel/settings_reader.h"

#include "base/buffer.h"

enum { PRINT_DEEPEST = 4 };

struct print {
    struct buffer *to;
    unsigned indent;
    const char *before; /* path of the last key: its sections are open */
};

static void print_indent(const struct print *print, unsigned deeper)
{
    for (unsigned i = 0; i < print->indent + deeper; i++)
        buffer_add(print->to, "  ", 2);
}

static size_t print_shared(const char *a, const char *b)
{
    size_t shared = 0;
    for (size_t i = 0; a[i] != 0 && a[i] == b[i]; i++)
        if (a[i] == '.')
            shared = i + 1;
    return shared;
}

/* Opens the sections of the path that the key before did not have, then "name: ". */
static void print_name(struct print *print, const char *path)
{
    size_t shared = print_shared(print->before, path);
    unsigned depth = 0;
    const char *word = path;
    for (const char *dot = strchr(word, '.'); dot != NULL; dot = strchr(word, '.')) {
        if ((size_t)(word - path) >= shared) {
            print_indent(print, depth);
            buffer_print(print->to, "%.*s:\n", (int)(dot - word), word);
        }
        word = dot + 1;
        depth++;
    }
    print_indent(print, depth);
    buffer_print(print->to, "%s: ", word);
    print->before = path;
}

static bool print_has_value(const struct config_key *key, const void *base)
{
    const char *const *text = (const char *const *)(const void *)((const char *)base + key->at);
    return (key->flags & CONFIG_OWN) == 0 && ((key->flags & CONFIG_UNPRINTED) == 0 || *text != NULL);
}

static void print_keys(struct print *print, const struct config_key *keys, const void *base)
{
    for (; keys->type != NULL; keys++) {
        if (!print_has_value(keys, base))
            continue;
        print_name(print, keys->yaml);
        config_key_print(keys, base, print->to);
        buffer_add(print->to, "\n", 1);
    }
}

static void print_properties(const struct settings *settings, struct buffer *to)
{
    if (settings->kafka.property_count == 0)
        return;
    buffer_print(to, "  properties:\n");
    for (size_t i = 0; i < settings->kafka.property_count; i++) {
        const struct consumer_property *property = &settings->kafka.properties[i];
        bool again = false;
        for (size_t j = i + 1; j < settings->kafka.property_count; j++)
            again = again || strcmp(settings->kafka.properties[j].name, property->name) == 0;
        if (again)
            continue;
        buffer_print(to, "    ");
        config_put_scalar(to, slice_text(property->name));
        buffer_print(to, ": ");
        config_put_scalar(to, settings_is_secret(property->name) ? SLICE("********")
                                                                 : slice_text(property->value));
        buffer_print(to, "\n");
    }
}

/* Up to and with the kafka section, whose group and properties no table line prints. */
static const struct config_key *print_kafka(struct print *print, const struct settings *settings)
{
    const struct config_key *key = settings_keys;
    print_name(print, key->yaml);
    config_key_print(key++, settings, print->to);
    buffer_print(print->to, "\n");
    print_name(print, key->yaml);
    config_key_print(key++, settings, print->to);
    buffer_print(print->to, "\n  group: ");
    config_put_scalar(print->to, slice_text(settings->kafka.group));
    buffer_print(print->to, "\n");
    print_properties(settings, print->to);
    print->before = "";
    return key;
}

static const char *print_type(const struct config_choice *types, enum cell_type type)
{
    while (types->name != NULL && types->value != (int)type)
        types++;
    return types->name;
}

static void print_columns(struct print *print, const char *path, const struct config_choice *types,
                          const struct mapping_column *columns, uint32_t count)
{
    if (count == 0)
        return;
    print_name(print, path);
    print->to->len--; /* the blank behind the colon */
    buffer_print(print->to, "\n");
    for (uint32_t i = 0; i < count; i++) {
        print_indent(print, strchr(path, '.') == NULL ? 1 : 2);
        buffer_print(print->to, "- {name: %.*s, type: %s}\n", SLICE_ARG(columns[i].name),
                     print_type(types, columns[i].type));
    }
}

static void print_topics(const struct settings_table *table, struct buffer *to)
{
    buffer_print(to, "  - topics: [");
    for (size_t i = 0; i < table->topic_count; i++) {
        buffer_print(to, "%s", i == 0 ? "" : ", ");
        config_put_scalar(to, slice_text(table->topics[i]));
    }
    buffer_print(to, "]\n    table: ");
    config_put_scalar(to, table->plan.table);
    buffer_print(to, "\n");
}

/* The mode of the primary key is the first line of the table's keys that is not our own; its timestamp the
 * next. */
static void print_route(const struct settings_table *table, struct buffer *to)
{
    struct print print = {.to = to, .indent = 2, .before = ""};
    const struct mapping_plan *plan = &table->plan;
    const struct config_key *mode = settings_key(settings_table_keys, "primary_key.mode");
    print_topics(table, to);
    for (size_t i = 0; i < 2; i++) {
        print_name(&print, mode[i].yaml);
        config_key_print(&mode[i], table, to);
        buffer_print(to, "\n");
    }
    if (plan->key_mode == KEY_MODE_RECORD_KEY || plan->key_mode == KEY_MODE_RECORD_VALUE)
        print_columns(&print, "primary_key.columns", settings_key_types, plan->keys, plan->key_count);
    print_columns(&print, "columns", settings_column_types, plan->columns, plan->column_count);
    print_keys(&print, mode + 2, table);
}

void settings_print(const struct settings *settings, struct buffer *to)
{
    struct print print = {.to = to, .indent = 0, .before = ""};
    print_keys(&print, print_kafka(&print, settings), settings);
    buffer_print(to, "routes:\n");
    for (size_t i = 0; i < settings->table_count; i++)
        print_route(&settings->tables[i], to);
}
