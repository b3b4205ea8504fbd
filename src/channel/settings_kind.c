/* settings_kind: keys of data tables and keys of time-series tables: each has no effect on the other. */
#include <stdio.h>

#include "channel/settings_reader.h"

bool settings_key_is_for(const struct config_key *key, enum config_form form, bool timeseries)
{
    static const char word[] = "tablestore.timeseries.";
    bool named = form == CONFIG_FORM_CONNECT && key->connect != NULL &&
                 strncmp(key->connect, word, sizeof(word) - 1) == 0;
    if (timeseries)
        return (key->flags & SETTINGS_DATA) == 0;
    return (key->flags & SETTINGS_SERIES) == 0 && !named;
}

/* The entry that stands in that very section of a YAML file; where it is all for one kind, the section. */
static const struct config_entry *kind_find_yaml(const struct settings_reader *reader,
                                                 const struct config_key *key, const char *route)
{
    static const char *const sections[] = {"timeseries.", "primary_key."};
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        size_t len = strlen(sections[i]);
        const struct config_entry *section = NULL;
        if (strncmp(key->yaml, sections[i], len) == 0)
            section = settings_find_in(reader->file, "%s%.*s", route, (int)len - 1, key->yaml);
        if (section != NULL && section->kind != CONFIG_EMPTY)
            return section;
    }
    const char *end = strstr(key->yaml, "[]");
    size_t len = end == NULL ? strlen(key->yaml) : (size_t)(end - key->yaml);
    const struct config_entry *found = settings_find_in(reader->file, "%s%.*s", route, (int)len, key->yaml);
    return found == NULL || found->kind == CONFIG_EMPTY ? NULL : found;
}

static void kind_tell_yaml(struct settings_reader *reader, const struct config_entry *entry, bool timeseries)
{
    if (timeseries)
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "is for data tables, and mode is timeseries here; leave it out");
    else
        config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                       "is for time-series tables, and mode is normal here; mode: timeseries was expected "
                       "beside it");
}

/* A key in a route is about its table; at the top it must be for one of the tables at least. */
static void kind_check_yaml(struct settings_reader *reader, const struct config_key *key,
                            const char *const *routes)
{
    const struct settings *settings = reader->settings;
    bool wanted = false;
    for (size_t i = 0; i < settings->table_count; i++) {
        bool timeseries = settings->tables[i].timeseries;
        const struct config_entry *entry = *routes[i] == 0 ? NULL : kind_find_yaml(reader, key, routes[i]);
        wanted |= settings_key_is_for(key, CONFIG_FORM_YAML, timeseries);
        if (entry != NULL && !settings_key_is_for(key, CONFIG_FORM_YAML, timeseries))
            kind_tell_yaml(reader, entry, timeseries);
    }
    const struct config_entry *top = kind_find_yaml(reader, key, "");
    if (top != NULL && !wanted && settings->table_count > 0)
        kind_tell_yaml(reader, top, settings->tables[0].timeseries);
}

static void kind_check_connect(struct settings_reader *reader, const struct config_key *key,
                               const struct settings_table *table)
{
    struct settings_scope scope = {"", table->plan.table.at};
    const struct config_entry *entry = settings_find(reader, key, scope);
    if (entry != NULL && !settings_key_is_for(key, CONFIG_FORM_CONNECT, table->timeseries))
        config_mistake(reader->mistakes, CONFIG_WARNING, entry->key, entry->path,
                       "without effect: it is for %s",
                       table->timeseries ? "data tables, and tablestore.mode is timeseries"
                                         : "time-series tables, and tablestore.mode is normal");
}

void settings_check_kinds(struct settings_reader *reader, const char *const *routes)
{
    for (const struct config_key *key = settings_table_keys; key->type != NULL; key++) {
        if (reader->form == CONFIG_FORM_YAML)
            kind_check_yaml(reader, key, routes);
        for (size_t i = 0; i < reader->settings->table_count && reader->form == CONFIG_FORM_CONNECT; i++)
            kind_check_connect(reader, key, &reader->settings->tables[i]);
    }
}
