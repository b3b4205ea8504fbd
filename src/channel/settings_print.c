/* settings_print: the configuration in effect as YAML that reads back. The key tables say what there is; only
 * keys of CONFIG_OWN have words of their own here. */
#include "channel/settings_print.h"

typedef void print_own_fn(struct settings_print *print, const struct config_key *key, const void *base);

static void print_indent(const struct settings_print *print, unsigned deeper)
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

/* Opens the sections of the path that the key before did not have, then "name:". A list's path ends at its
 * brackets. Answers how deep it is. */
static unsigned print_name(struct settings_print *print, const char *path)
{
    size_t shared = print_shared(print->before, path);
    unsigned depth = 0;
    const char *word = path;
    const char *end = strstr(path, "[]");
    size_t len = end == NULL ? strlen(path) : (size_t)(end - path);
    for (const char *dot = strchr(word, '.'); dot != NULL && dot < path + len; dot = strchr(word, '.')) {
        if ((size_t)(word - path) >= shared) {
            print_indent(print, depth);
            buffer_print(print->to, "%.*s:\n", (int)(dot - word), word);
        }
        word = dot + 1;
        depth++;
    }
    print_indent(print, depth);
    buffer_print(print->to, "%.*s:", (int)(path + len - word), word);
    print->before = path;
    return depth;
}

static void print_end(const struct settings_print *print, const struct config_key *key, const void *base)
{
    if (print->style != NULL)
        print->style->comments(print, key, base);
    buffer_print(print->to, "\n");
}

/* "name: value", one line. */
static void print_line(struct settings_print *print, const struct config_key *key, const void *base)
{
    print_name(print, key->yaml);
    buffer_print(print->to, " ");
    if (print->style == NULL || !print->style->puts(print, key, base))
        config_key_print(key, base, print->to);
    print_end(print, key, base);
}

static void print_property(const struct settings_print *print, const struct consumer_property *property)
{
    buffer_print(print->to, "    ");
    config_put_written(print->to, slice_text(property->name));
    buffer_print(print->to, ": ");
    if (print->style == NULL || !print->style->puts(print, NULL, property))
        config_put_scalar(print->to, settings_is_secret(property->name) ? SLICE("********")
                                                                        : slice_text(property->value));
    print_end(print, NULL, property);
}

/* Of several with one name the last, which is the one in effect. */
static void print_properties(const struct settings_print *print, const struct consumer_property *properties,
                             size_t count)
{
    if (count > 0)
        buffer_print(print->to, "  properties:\n");
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = i + 1; j < count; j++)
            again = again || strcmp(properties[j].name, properties[i].name) == 0;
        if (!again)
            print_property(print, &properties[i]);
    }
}

static void print_item(const struct settings_print *print, bool first, struct slice name)
{
    buffer_print(print->to, "%s", first ? " [" : ", ");
    config_put_scalar(print->to, name);
}

/* All topics, where there are no routes. */
static void print_topics(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct consumer_options *kafka = &print->settings->kafka;
    if (print->table_format == NULL)
        return;
    print_name(print, key->yaml);
    for (size_t i = 0; i < kafka->topic_count; i++)
        print_item(print, i == 0, slice_text(kafka->topics[i].name));
    buffer_print(print->to, "]");
    print_end(print, key, base);
}

static void print_table(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct settings_table *table = base;
    bool routes = print->table_format == NULL;
    print_name(print, key->yaml);
    buffer_print(print->to, " ");
    config_put_scalar(print->to, routes ? table->plan.table : slice_text(print->table_format));
    print_end(print, key, base);
}

static const char *print_type(const struct config_choice *types, enum cell_type type)
{
    while (types->name != NULL && types->value != (int)type)
        types++;
    return types->name;
}

/* `types` is the list's other key. */
static void print_list(struct settings_print *print, const struct config_key *key, const void *base,
                       const struct config_choice *types, const struct mapping_column *columns,
                       uint32_t count)
{
    if (count == 0)
        return;
    unsigned depth = print_name(print, key->yaml);
    print_end(print, key, base);
    for (uint32_t i = 0; i < count; i++) {
        print_indent(print, depth + 1);
        buffer_print(print->to, "- {name: ");
        config_put_scalar(print->to, columns[i].name);
        buffer_print(print->to, ", type: %s}\n", print_type(types, columns[i].type));
    }
}

static void print_key_columns(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct mapping_plan *plan = &((const struct settings_table *)base)->plan;
    if (plan->key_mode == KEY_MODE_RECORD_KEY || plan->key_mode == KEY_MODE_RECORD_VALUE)
        print_list(print, key, base, settings_key_types, plan->keys, plan->key_count);
}

static void print_columns(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct mapping_plan *plan = &((const struct settings_table *)base)->plan;
    print_list(print, key, base, settings_column_types, plan->columns, plan->column_count);
}

static void print_fields(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct series_plan *plan = &((const struct settings_table *)base)->series;
    print_list(print, key, base, settings_column_types, plan->fields, plan->field_count);
}

/* Of the three keys that say where it comes from, the one that counts. */
static void print_measurement(struct settings_print *print, const struct config_key *key, const void *base)
{
    static const char *const words[] = {"field", "topic", "const"};
    const struct series_plan *plan = &((const struct settings_table *)base)->series;
    bool topic = plan->measurement == SERIES_MEASUREMENT_TOPIC;
    if (strcmp(strrchr(key->yaml, '.') + 1, words[plan->measurement]) != 0 ||
        (!topic && plan->measurement_name.len == 0))
        return;
    print_name(print, key->yaml);
    buffer_print(print->to, " ");
    if (topic)
        buffer_print(print->to, "true");
    else
        config_put_scalar(print->to, plan->measurement_name);
    print_end(print, key, base);
}

static void print_tags(struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct series_plan *plan = &((const struct settings_table *)base)->series;
    if (plan->tag_count == 0)
        return;
    print_name(print, key->yaml);
    for (uint32_t i = 0; i < plan->tag_count; i++)
        print_item(print, i == 0, plan->tags[i]);
    buffer_print(print->to, "]");
    print_end(print, key, base);
}

/* Keys of CONFIG_OWN that are printed. */
static const struct {
    const char *yaml;
    print_own_fn *print;
} print_owns[] = {{"kafka.topics", print_topics},
                  {"kafka.group", print_line},
                  {"errors.convert_topic", print_line},
                  {"table", print_table},
                  {"primary_key.columns[].name", print_key_columns},
                  {"columns[].name", print_columns},
                  {"timeseries.measurement.field", print_measurement},
                  {"timeseries.measurement.topic", print_measurement},
                  {"timeseries.measurement.const", print_measurement},
                  {"timeseries.tags", print_tags},
                  {"timeseries.fields[].name", print_fields}};

static print_own_fn *print_own(const struct config_key *key)
{
    for (size_t i = 0; i < sizeof(print_owns) / sizeof(print_owns[0]); i++)
        if (strcmp(print_owns[i].yaml, key->yaml) == 0)
            return print_owns[i].print;
    return NULL;
}

static bool print_has_value(const struct config_key *key, const void *base)
{
    const char *const *text = (const char *const *)(const void *)((const char *)base + key->at);
    return (key->flags & CONFIG_UNPRINTED) == 0 || *text != NULL;
}

void settings_print_key(struct settings_print *print, const struct config_key *key, const void *base)
{
    print_own_fn *own = (key->flags & CONFIG_OWN) == 0 ? print_line : print_own(key);
    if (own == NULL || !print_has_value(key, base))
        return;
    if (print->style == NULL || !print->style->skips(print, key, base))
        own(print, key, base);
}

/* Only keys of tables are for one kind of table. */
static bool print_counts(const struct config_key *key, const void *base)
{
    const struct settings_table *table = base;
    return (key->flags & (SETTINGS_DATA | SETTINGS_SERIES)) == 0 ||
           settings_key_is_for(key, CONFIG_FORM_YAML, table->timeseries);
}

void settings_print_keys(struct settings_print *print, const struct config_key *keys, const void *base)
{
    for (; keys->type != NULL; keys++) {
        const struct settings *settings = print->settings;
        if (print_counts(keys, base))
            settings_print_key(print, keys, base);
        if (strcmp(keys->yaml, "kafka.group") == 0)
            print_properties(print, settings->kafka.properties, settings->kafka.property_count);
        if (strcmp(keys->yaml, "errors.log") == 0)
            print_properties(print, settings->error_properties, settings->error_property_count);
    }
}

void settings_print_route(struct settings_print *print, const struct settings_table *table)
{
    struct settings_print inner = *print;
    inner.indent = 2;
    inner.before = "";
    buffer_print(print->to, "  - topics:");
    for (size_t i = 0; i < table->topic_count; i++)
        print_item(print, i == 0, slice_text(table->topics[i]));
    buffer_print(print->to, "]");
    print_end(print, settings_key(settings_keys, "kafka.topics"), print->settings);
    settings_print_keys(&inner, settings_table_keys, table);
}

void settings_print(const struct settings *settings, struct buffer *to)
{
    struct settings_print print = {.to = to, .settings = settings, .before = ""};
    settings_print_keys(&print, settings_keys, settings);
    buffer_print(to, "routes:\n");
    for (size_t i = 0; i < settings->table_count; i++)
        settings_print_route(&print, &settings->tables[i]);
}
