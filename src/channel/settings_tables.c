/* settings_tables: which topic goes into which table, and the settings of each table. One table is one lane.
 */
#include "channel/settings_origin.h"

#include <ctype.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/check.h"
#include "record/series.h"

enum { TABLE_NAME_MOST = 255, TOPIC_NAME_MOST = 249, ROUTES_MOST = 1024 };

struct tables_topic {
    const char *name;
    struct config_place place;
    const char *table;
    const struct config_entry *named; /* what made the table's name; NULL: it is the topic's */
    const char *route;                /* "routes[0]." or "" */
};

struct tables {
    struct settings_reader *reader;
    struct tables_topic *topics;
    size_t count;
};

static bool table_name_is_legal(struct slice name, size_t most)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalpha((unsigned char)name.at[i]) && name.at[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name.at[i])))
            return false;
    return name.len > 0 && name.len <= most;
}

static bool topic_name_is_legal(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.at[i]) && strchr("._-", name.at[i]) == NULL)
            return false;
    return name.len > 0 && name.len <= TOPIC_NAME_MOST && !slice_equal(name, SLICE(".")) &&
           !slice_equal(name, SLICE(".."));
}

/* The format with every <topic> replaced. */
static const char *table_name_make(struct settings_reader *reader, const char *format, const char *topic)
{
    struct buffer made;
    buffer_init(&made, CONFIG_FILE_MOST);
    for (const char *mark = strstr(format, "<topic>"); mark != NULL; mark = strstr(format, "<topic>")) {
        buffer_print(&made, "%.*s%s", (int)(mark - format), format, topic);
        format = mark + 7;
    }
    buffer_print(&made, "%s", format);
    const char *name = arena_copy(&reader->settings->arena, buffer_slice(&made)).at;
    buffer_fini(&made);
    return name;
}

static void table_name_check(struct settings_reader *reader, const struct tables_topic *topic,
                             bool timeseries)
{
    const bool yaml = reader->form == CONFIG_FORM_YAML;
    const struct config_entry *word = topic->named;
    size_t most = timeseries ? SERIES_NAME_MOST : TABLE_NAME_MOST;
    if (table_name_is_legal(slice_text(topic->table), most))
        return;
    config_mistake(
        reader->mistakes, CONFIG_ERROR, word == NULL ? topic->place : word->value,
        word != NULL ? word->path
        : yaml       ? "kafka.topics"
                     : "topics",
        "the records of topic %s would go into the table \"%s\", which no %stable can be called; letters, "
        "digits and _ were expected, no digit in front, at most %zu%s",
        topic->name, topic->table, timeseries ? "time-series " : "", most,
        word != NULL ? ""
        : yaml       ? ": give the topic a route with a table of its own"
                     : ": name its table in topics.assign.tables");
}

static const struct tables_topic *tables_find_topic(const struct tables *tables, struct slice name)
{
    for (size_t i = 0; i < tables->count; i++)
        if (slice_equal(slice_text(tables->topics[i].name), name))
            return &tables->topics[i];
    return NULL;
}

/* NULL when it cannot be added; said. */
static struct tables_topic *tables_add(struct tables *tables, const struct settings_item *item,
                                       const char *key)
{
    struct config_mistakes *mistakes = tables->reader->mistakes;
    if (!topic_name_is_legal(item->text)) {
        config_mistake(mistakes, CONFIG_ERROR, item->place, key,
                       "\"%.*s\" cannot be a topic; letters, digits and . _ - were expected, at most 249",
                       item->text.len > 260 ? 260 : (int)item->text.len, item->text.at);
        return NULL;
    }
    if (tables->count == SETTINGS_TOPICS_MOST) {
        config_mistake(mistakes, CONFIG_ERROR, item->place, key, "more than %d topics", SETTINGS_TOPICS_MOST);
        return NULL;
    }
    struct tables_topic *topic = &tables->topics[tables->count++];
    *topic = (struct tables_topic){.place = item->place, .route = ""};
    topic->name = arena_copy(&tables->reader->settings->arena, item->text).at;
    return topic;
}

/* The table of a topic by route or top, with its check. */
static void tables_assign_yaml(struct tables *tables, struct tables_topic *topic, const char *route)
{
    struct settings_reader *reader = tables->reader;
    const struct config_key *key = settings_key(settings_table_keys, "table");
    const struct config_entry *entry = settings_find(reader, key, (struct settings_scope){route, NULL});
    const char *format = entry == NULL || entry->kind != CONFIG_TEXT ? key->preset : entry->text;
    topic->route = route;
    topic->table = table_name_make(reader, format, topic->name);
    topic->named = entry;
}

static void tables_add_route_list(struct tables *tables, const char *route, const char *word)
{
    const struct config_entry *entry = settings_find_in(tables->reader->file, "%s%s", route, word);
    struct settings_items list = settings_list(tables->reader, entry);
    for (size_t i = 0; i < list.count; i++) {
        const struct tables_topic *before = tables_find_topic(tables, list.items[i].text);
        if (before != NULL) {
            config_mistake(tables->reader->mistakes, CONFIG_ERROR, list.items[i].place, entry->path,
                           "topic %s has a route already, in line %u; a topic goes into one table",
                           before->name, before->place.line);
            continue;
        }
        struct tables_topic *topic = tables_add(tables, &list.items[i], entry->path);
        if (topic != NULL)
            tables_assign_yaml(tables, topic, route);
    }
}

static void tables_add_route(struct tables *tables, const struct config_entry *entry)
{
    char text[64];
    size_t before = tables->count;
    size_t errors = tables->reader->mistakes->errors;
    snprintf(text, sizeof(text), "%.60s.", entry->path);
    const char *route = arena_copy(&tables->reader->settings->arena, slice_text(text)).at;
    tables_add_route_list(tables, route, "topic");
    tables_add_route_list(tables, route, "topics");
    if (tables->count == before && errors == tables->reader->mistakes->errors)
        config_mistake(tables->reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "has no topic; topic: NAME was expected");
}

static void tables_add_routes(struct tables *tables)
{
    const struct config_entry *routes = config_document_find(tables->reader->file, "routes");
    if (routes == NULL || routes->kind != CONFIG_LIST)
        return; /* anything else has been said by settings_unknown.c */
    for (size_t i = 0; i < ROUTES_MOST; i++) {
        const struct config_entry *entry = settings_find_in(tables->reader->file, "routes[%zu]", i);
        if (entry == NULL)
            return;
        tables_add_route(tables, entry);
    }
}

static void tables_missing(struct tables *tables, const char *key, size_t errors)
{
    if (tables->count == 0 && errors == tables->reader->mistakes->errors)
        config_mistake(tables->reader->mistakes, CONFIG_ERROR, settings_file_place(tables->reader), key,
                       "is missing; for example %s",
                       tables->reader->form == CONFIG_FORM_YAML ? "[orders, payments]" : "orders,payments");
}

static void tables_read_yaml(struct tables *tables)
{
    size_t errors = tables->reader->mistakes->errors;
    tables_add_routes(tables);
    const struct config_entry *entry = config_document_find(tables->reader->file, "kafka.topics");
    struct settings_items list = settings_list(tables->reader, entry);
    for (size_t i = 0; i < list.count; i++) {
        if (tables_find_topic(tables, list.items[i].text) != NULL)
            continue;
        struct tables_topic *topic = tables_add(tables, &list.items[i], "kafka.topics");
        if (topic != NULL)
            tables_assign_yaml(tables, topic, "");
    }
    tables_missing(tables, "kafka.topics", errors);
}

/* "topic:table" of topics.assign.tables, or NULL. */
static const char *tables_assigned(struct tables *tables, const struct settings_items *list,
                                   const char *topic)
{
    for (size_t i = 0; i < list->count; i++) {
        struct slice text = list->items[i].text;
        const char *colon = memchr(text.at, ':', text.len);
        if (colon == NULL)
            continue;
        struct slice name = config_trim(slice_of(text.at, (size_t)(colon - text.at)));
        if (slice_equal(name, slice_text(topic)))
            return arena_copy(&tables->reader->settings->arena,
                              config_trim(slice_of(colon + 1, text.len - (size_t)(colon + 1 - text.at))))
                .at;
    }
    return NULL;
}

static void tables_check_assigned(struct tables *tables, const struct settings_items *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct slice text = list->items[i].text;
        const char *colon = memchr(text.at, ':', text.len);
        if (colon == NULL || colon == text.at || colon + 1 == text.at + text.len) {
            config_mistake(tables->reader->mistakes, CONFIG_ERROR, list->items[i].place,
                           "topics.assign.tables", "\"%.*s\" is wrong; topic:table was expected",
                           text.len > 300 ? 300 : (int)text.len, text.at);
            continue;
        }
        struct slice topic = config_trim(slice_of(text.at, (size_t)(colon - text.at)));
        if (tables_find_topic(tables, topic) == NULL)
            config_mistake(tables->reader->mistakes, CONFIG_WARNING, list->items[i].place,
                           "topics.assign.tables", "%.*s is not in topics, so this assignment has no effect",
                           topic.len > 300 ? 300 : (int)topic.len, topic.at);
    }
}

static void tables_assign_connect(struct tables *tables)
{
    struct settings_reader *reader = tables->reader;
    const struct config_entry *assign = settings_find_connect(reader, "topics.assign.tables");
    const struct config_entry *format = settings_find_connect(reader, "table.name.format");
    struct settings_items list = settings_list(reader, assign);
    bool formatted = format != NULL && config_trim(slice_text(format->text)).len > 0;
    const char *pattern = formatted
                              ? arena_copy(&reader->settings->arena, config_trim(slice_text(format->text))).at
                              : "<topic>";
    reader->settings->origins->table_format = pattern;
    for (size_t i = 0; i < tables->count; i++) {
        struct tables_topic *topic = &tables->topics[i];
        const char *assigned = tables_assigned(tables, &list, topic->name);
        topic->table = assigned != NULL ? assigned : table_name_make(reader, pattern, topic->name);
        topic->named = assigned != NULL ? assign : formatted ? format : NULL;
        if (assigned != NULL)
            reader->settings->origins->table_format = NULL;
    }
    tables_check_assigned(tables, &list);
}

static void tables_read_connect(struct tables *tables)
{
    const struct config_entry *entry = settings_find_connect(tables->reader, "topics");
    struct settings_items list = settings_list(tables->reader, entry);
    size_t errors = tables->reader->mistakes->errors;
    for (size_t i = 0; i < list.count; i++)
        if (tables_find_topic(tables, list.items[i].text) == NULL)
            tables_add(tables, &list.items[i], "topics");
    settings_origin_add(tables->reader, settings_key(settings_keys, "kafka.topics"), tables->reader->settings,
                        entry);
    if (settings_find_connect(tables->reader, "topics.regex") == NULL)
        tables_missing(tables, "topics", errors);
    tables_assign_connect(tables);
}

static void table_check_modes(struct settings_reader *reader, struct settings_scope scope,
                              struct settings_table *table)
{
    const struct config_key *key = settings_key(settings_table_keys, "write.delete_mode");
    const struct config_entry *entry = settings_find(reader, key, scope);
    if (table->plan.delete_mode == DELETE_NONE || table->plan.key_mode == KEY_MODE_RECORD_KEY ||
        entry == NULL)
        return;
    bool yaml = reader->form == CONFIG_FORM_YAML;
    config_mistake(reader->mistakes, yaml ? CONFIG_ERROR : CONFIG_WARNING, entry->value, entry->path,
                   yaml ? "needs primary_key.mode record_key; none was expected with any other"
                        : "has no effect: it needs primarykey.mode=record_key");
    table->plan.delete_mode = DELETE_NONE;
}

static void table_check_waits(struct settings_reader *reader, struct settings_scope scope,
                              const struct settings_table *table)
{
    const struct config_key *key = settings_key(settings_table_keys, "write.retry_most");
    const struct config_entry *entry = settings_find(reader, key, scope);
    if (table->bucket.backoff_first_ms > table->bucket.backoff_most_ms)
        config_mistake(reader->mistakes, CONFIG_ERROR,
                       entry == NULL ? settings_file_place(reader) : entry->value, key->yaml,
                       "is less than write.retry_first; the longest wait cannot be shorter than the first");
}

enum convert_format settings_key_format(const struct settings_table *table)
{
    return table->plan.key_mode == KEY_MODE_RECORD_KEY ? CONVERT_JSON : CONVERT_STRING;
}

static void table_read_formats(struct settings_reader *reader, struct settings_scope scope,
                               struct settings_table *table)
{
    const struct config_key *key = settings_key(settings_table_keys, "key.format");
    if (reader->form == CONFIG_FORM_CONNECT) {
        settings_converter(reader, "key", table, &table->key_format);
        settings_converter(reader, "value", table, &table->value_format);
    } else if (settings_find(reader, key, scope) == NULL) {
        table->key_format = settings_key_format(table);
    }
}

/* What is for the other kind of table keeps its preset, and is told of by settings_kind.c. */
static void table_read_keys(struct settings_reader *reader, struct settings_scope scope,
                            struct settings_table *table)
{
    bool compat = reader->compat == SETTINGS_COMPAT_JAVA;
    settings_set(reader, settings_key(settings_table_keys, "mode"), scope, table);
    for (const struct config_key *key = settings_table_keys; key->type != NULL; key++) {
        if (!settings_key_is_for(key, reader->form, table->timeseries))
            config_key_preset(key, reader->form, compat, table, &reader->settings->arena);
        else if ((key->flags & CONFIG_OWN) == 0)
            settings_set(reader, key, scope, table);
    }
}

static void table_read(struct settings_reader *reader, struct settings_scope scope,
                       struct settings_table *table)
{
    table->plan.table = slice_text(scope.table);
    table_read_keys(reader, scope, table);
    table_read_formats(reader, scope, table);
    if (table->timeseries) {
        settings_read_series(reader, scope, table);
    } else {
        settings_read_row(reader, scope, table);
        table_check_modes(reader, scope, table);
    }
    table_check_waits(reader, scope, table);
}

/* A table of its own, or one more topic of a table that is there. Two routes into one table would be two
 * opinions about it. */
static void tables_place(struct tables *tables, const struct tables_topic *topic, const char **routes)
{
    struct settings *settings = tables->reader->settings;
    size_t at = 0;
    while (at < settings->table_count && strcmp(settings->tables[at].plan.table.at, topic->table) != 0)
        at++;
    if (at == SETTINGS_TABLES_MOST) {
        config_mistake(tables->reader->mistakes, CONFIG_ERROR, topic->place, NULL, "more than %d tables",
                       SETTINGS_TABLES_MOST);
        return;
    }
    struct settings_table *table = &settings->tables[at];
    if (at == settings->table_count) {
        *table = (struct settings_table){.plan.table = slice_text(topic->table)};
        table->topics = arena_take(&settings->arena, tables->count * sizeof(*table->topics));
        routes[at] = topic->route;
        settings->table_count++;
    } else if (routes[at] != NULL && strcmp(routes[at], topic->route) != 0) {
        config_mistake(
            tables->reader->mistakes, CONFIG_ERROR, topic->place, NULL,
            "table %s is written by another route already; put both topics into one route, as topics: [...]",
            topic->table);
    }
    table->topics[table->topic_count++] = topic->name;
    settings_origin_add(tables->reader, settings_key(settings_table_keys, "table"), table, topic->named);
}

/* What a table can be called hangs on its kind. */
static void tables_check_names(const struct tables *tables)
{
    for (size_t i = 0; i < tables->count; i++) {
        const struct settings *settings = tables->reader->settings;
        int lane = settings_lane(settings, slice_text(tables->topics[i].name));
        table_name_check(tables->reader, &tables->topics[i], lane >= 0 && settings->tables[lane].timeseries);
    }
}

static void tables_number_topics(struct tables *tables)
{
    struct settings *settings = tables->reader->settings;
    struct consumer_topic *topics = arena_take(&settings->arena, (tables->count + 1) * sizeof(*topics));
    size_t count = 0;
    for (size_t i = 0; i < settings->table_count; i++)
        for (size_t j = 0; j < settings->tables[i].topic_count; j++)
            topics[count++] = (struct consumer_topic){settings->tables[i].topics[j], (uint32_t)i};
    settings->kafka.topics = topics;
    settings->kafka.topic_count = count;
    settings->kafka.lane_count = (uint32_t)settings->table_count;
}

void settings_read_tables(struct settings_reader *reader)
{
    struct settings *settings = reader->settings;
    struct arena *arena = &settings->arena;
    struct tables tables = {.reader = reader};
    const char *routes[SETTINGS_TABLES_MOST] = {NULL};
    tables.topics = arena_take(arena, SETTINGS_TOPICS_MOST * sizeof(*tables.topics));
    if (reader->form == CONFIG_FORM_YAML)
        tables_read_yaml(&tables);
    else
        tables_read_connect(&tables);
    settings->tables = arena_take(arena, (tables.count + 1) * sizeof(*settings->tables));
    for (size_t i = 0; i < tables.count; i++)
        tables_place(&tables, &tables.topics[i], routes);
    for (size_t i = 0; i < settings->table_count; i++)
        table_read(reader, (struct settings_scope){routes[i], settings->tables[i].plan.table.at},
                   &settings->tables[i]);
    tables_check_names(&tables);
    settings_check_kinds(reader, routes);
    tables_number_topics(&tables);
}
