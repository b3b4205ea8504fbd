/* settings_convert: which lines there are: what YAML would not have by itself, at the top what is the same
 * for all tables, in routes the rest. */
#include "channel/settings_convert_private.h"

#include <stdlib.h>

#include "base/check.h"

enum { CONVERT_LINE_MOST = 8 << 20, CONVERT_TEXT_MOST = 64 << 20 };

static void convert_render(const struct settings_convert *convert, const struct config_key *key,
                           const void *base, struct buffer *to)
{
    struct settings_print print = {.to = to, .settings = convert->settings, .before = ""};
    settings_print_key(&print, key, base);
}

/* Secrets look all the same. */
static bool convert_same_secret(const struct config_key *key, const void *base, const void *other)
{
    const char *one = *(const char *const *)(const void *)((const char *)base + key->at);
    const char *two = *(const char *const *)(const void *)((const char *)other + key->at);
    return slice_equal(slice_text(one), slice_text(two));
}

bool settings_convert_same(const struct settings_convert *convert, const struct config_key *key,
                           const void *base, const void *other)
{
    struct buffer one;
    struct buffer two;
    if (key->type->secret)
        return convert_same_secret(key, base, other);
    buffer_init(&one, CONVERT_LINE_MOST);
    buffer_init(&two, CONVERT_LINE_MOST);
    convert_render(convert, key, base, &one);
    convert_render(convert, key, other, &two);
    bool same = slice_equal(buffer_slice(&one), buffer_slice(&two));
    buffer_fini(&one);
    buffer_fini(&two);
    return same;
}

static bool convert_is_common(const struct settings_convert *convert, const struct config_key *key)
{
    const struct settings *settings = convert->settings;
    for (size_t i = 1; i < settings->table_count; i++)
        if (!settings_convert_same(convert, key, &settings->tables[0], &settings->tables[i]))
            return false;
    return true;
}

static void convert_find_common(struct settings_convert *convert)
{
    size_t count = 0;
    while (settings_table_keys[count].type != NULL)
        count++;
    convert->common = arena_take(&convert->arena, count * sizeof(bool));
    for (size_t i = 0; i < count; i++)
        convert->common[i] = convert_is_common(convert, &settings_table_keys[i]);
}

/* Do all topics find their tables without a route? Then the format of the tables' names, else NULL. */
static const char *convert_table_format(const struct settings_convert *convert)
{
    const struct settings *settings = convert->settings;
    const char *format = convert->origins->table_format;
    const struct config_key *table = settings_key(settings_table_keys, "table");
    if (settings->table_count == 1)
        return format != NULL ? format : settings->tables[0].plan.table.at;
    for (const struct config_key *key = settings_table_keys; key->type != NULL; key++)
        if (key != table && !convert->common[key - settings_table_keys])
            return NULL;
    return format;
}

static void convert_preset(struct settings_convert *convert, const struct config_key *keys, void *base)
{
    for (; keys->type != NULL; keys++)
        config_key_preset(keys, CONFIG_FORM_YAML, false, base, &convert->arena);
}

/* What YAML has when a key is not given; some presets follow from other keys. */
static void convert_find_presets(struct settings_convert *convert, const struct settings_table *table)
{
    convert_preset(convert, settings_keys, &convert->yaml);
    convert->yaml.convert_tolerance = convert->settings->tolerance;
    convert->yaml.kafka.group = settings_kafka_group(convert->settings, &convert->arena);
    convert_preset(convert, settings_table_keys, &convert->yaml_table);
    convert->yaml_table.key_format = settings_key_format(table);
}

static bool convert_is_table_key(const struct config_key *key)
{
    for (const struct config_key *line = settings_table_keys; line->type != NULL; line++)
        if (line == key)
            return true;
    return false;
}

/* "table" is the topic's name when nothing is said. */
static bool convert_skips_table(const struct settings_print *print, const struct settings_table *table)
{
    bool in_route = settings_convert_of(print)->in_route;
    if (!in_route)
        return print->table_format == NULL || strcmp(print->table_format, "<topic>") == 0;
    return table->topic_count == 1 && slice_equal(slice_text(table->topics[0]), table->plan.table);
}

static bool convert_skips(const struct settings_print *print, const struct config_key *key, const void *base)
{
    const struct settings_convert *convert = settings_convert_of(print);
    if (strcmp(key->yaml, "kafka.topics") == 0)
        return false;
    if (!convert_is_table_key(key))
        return settings_convert_same(convert, key, base, &convert->yaml);
    if (strcmp(key->yaml, "table") == 0)
        return convert_skips_table(print, base);
    if (convert->in_route == convert->common[key - settings_table_keys])
        return true;
    return settings_convert_same(convert, key, base, &convert->yaml_table);
}

static void convert_put_routes(struct settings_convert *convert, struct settings_print *print)
{
    const struct settings *settings = convert->settings;
    convert->in_route = true;
    buffer_print(print->to, "routes:\n");
    for (size_t i = 0; i < settings->table_count; i++) {
        convert_find_presets(convert, &settings->tables[i]);
        settings_print_route(print, &settings->tables[i]);
    }
}

static void convert_put_lines(struct settings_convert *convert, struct buffer *to)
{
    static const struct settings_print_style style = {convert_skips, settings_convert_puts,
                                                      settings_convert_comments};
    const struct settings *settings = convert->settings;
    struct settings_print print = {.to = to, .settings = settings, .style = &style, .before = ""};
    print.arg = convert;
    print.table_format = convert_table_format(convert);
    convert_find_presets(convert, &settings->tables[0]);
    settings_print_keys(&print, settings_keys, settings);
    settings_print_keys(&print, settings_table_keys, &settings->tables[0]);
    if (print.table_format == NULL)
        convert_put_routes(convert, &print);
}

static void convert_init(struct settings_convert *convert, const struct settings *settings)
{
    const struct settings_origins *origins = settings->origins;
    *convert = (struct settings_convert){.settings = settings, .origins = origins};
    arena_init(&convert->arena, 16384);
    convert_find_common(convert);
    convert->told = arena_take(&convert->arena, origins->document_count * sizeof(*convert->told));
    for (size_t i = 0; i < origins->document_count; i++) {
        size_t count = origins->documents[i].count;
        convert->told[i] = arena_take(&convert->arena, count * sizeof(bool));
        memset(convert->told[i], 0, count * sizeof(bool));
    }
}

/* The first error. */
static void convert_on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    struct error *err = arg;
    if (severity == SETTINGS_ERROR && err->kind == ERROR_NONE)
        error_set(err, ERROR_CONFIG, "%s", line);
}

static int convert_compare(const struct settings *settings, const struct settings *again, struct error *err)
{
    struct buffer wanted;
    struct buffer got;
    buffer_init(&wanted, CONVERT_TEXT_MOST);
    buffer_init(&got, CONVERT_TEXT_MOST);
    settings_print(settings, &wanted);
    settings_print(again, &got);
    bool same = slice_equal(buffer_slice(&wanted), buffer_slice(&got));
    buffer_fini(&wanted);
    buffer_fini(&got);
    return same ? 0 : error_set(err, ERROR_CONFIG, "the YAML would not mean the same; nothing is written");
}

/* What is not read back as the same must not leave the house. */
static int convert_prove(const struct settings *settings, struct error *err)
{
    struct settings_convert convert;
    struct buffer text;
    buffer_init(&text, CONVERT_TEXT_MOST);
    convert_init(&convert, settings);
    convert.bare = true;
    convert_put_lines(&convert, &text);
    struct error mistake = {.kind = ERROR_NONE};
    struct settings_source source = {"the YAML.yaml", buffer_slice(&text)};
    struct settings *again =
        settings_read_sources(&source, 1, SETTINGS_COMPAT_NONE, convert_on_mistake, &mistake);
    int result = again != NULL ? convert_compare(settings, again, err)
                               : error_set(err, ERROR_CONFIG, "the YAML could not be read: %s", mistake.text);
    settings_destroy(again);
    arena_fini(&convert.arena);
    buffer_fini(&text);
    return result;
}

static void convert_tell_variables(const struct settings_convert *convert,
                                   const struct settings_conversion *how)
{
    for (const struct settings_convert_variable *at = convert->variables; at != NULL; at = at->next)
        if (at->used && how->on_variable != NULL)
            how->on_variable(how->arg, at->name, at->value);
}

int settings_convert(const struct settings *settings, const struct settings_conversion *how,
                     struct buffer *to, struct error *err)
{
    struct settings_convert convert;
    struct buffer lines;
    if (settings->origins == NULL)
        return error_set(err, ERROR_CONFIG, "it is YAML already");
    if (convert_prove(settings, err) != 0)
        return -1;
    buffer_init(&lines, CONVERT_TEXT_MOST);
    convert_init(&convert, settings);
    convert.with_secrets = how->with_secrets;
    settings_convert_find_variables(&convert);
    convert_put_lines(&convert, &lines);
    settings_convert_put_head(&convert, to);
    buffer_add_slice(to, buffer_slice(&lines));
    settings_convert_put_rest(&convert, to);
    convert_tell_variables(&convert, how);
    arena_fini(&convert.arena);
    buffer_fini(&lines);
    return to->len <= CONFIG_FILE_MOST
               ? 0
               : error_set(err, ERROR_CONFIG, "the YAML would be larger than the 1 MB that a file may have");
}
