/* settings_find: where a key's value stands, in either form, and setting it. */
#include "channel/settings_origin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

enum { FIND_PATH_MOST = 1100, FIND_LIST_MOST = 65536 };

const struct settings_scope settings_top = {"", NULL};

const struct config_entry *settings_find_in(const struct config_document *document, const char *format, ...)
{
    char path[FIND_PATH_MOST];
    va_list args;
    if (document == NULL)
        return NULL;
    va_start(args, format);
    int len = vsnprintf(path, sizeof(path), format, args);
    va_end(args);
    return len < (int)sizeof(path) ? config_document_find(document, path) : NULL;
}

/* The connector's own before the worker's; what is empty is not there. */
const struct config_entry *settings_find_connect(const struct settings_reader *reader, const char *name)
{
    const struct config_entry *entry = settings_find_in(reader->file, "%s", name);
    if (entry == NULL || entry->kind != CONFIG_TEXT)
        entry = settings_find_in(reader->worker, "%s", name);
    return entry != NULL && entry->kind == CONFIG_TEXT ? entry : NULL;
}

const struct config_key *settings_key(const struct config_key *keys, const char *yaml)
{
    for (; keys->type != NULL; keys++)
        if (keys->yaml != NULL && strcmp(keys->yaml, yaml) == 0)
            return keys;
    abort(); /* a path that no line of the table has */
}

/* One of the names between bars, with <table> replaced. */
static const char *find_connect_name(const struct settings_reader *reader, struct slice name,
                                     struct settings_scope scope)
{
    struct buffer made;
    const char *mark = memmem(name.at, name.len, "<table>", 7);
    buffer_init(&made, FIND_PATH_MOST);
    if (mark == NULL || scope.table == NULL)
        buffer_add_slice(&made, name);
    else
        buffer_print(&made, "%.*s%s%.*s", (int)(mark - name.at), name.at, scope.table,
                     (int)(name.at + name.len - mark - 7), mark + 7);
    const char *copy = arena_copy(&reader->settings->arena, buffer_slice(&made)).at;
    buffer_fini(&made);
    return copy;
}

static struct slice find_next_name(const char **names)
{
    const char *bar = strchrnul(*names, '|');
    struct slice name = slice_of(*names, (size_t)(bar - *names));
    *names = *bar == 0 ? bar : bar + 1;
    return name;
}

static const char *find_yaml_name(const struct settings_reader *reader, const struct config_key *key,
                                  struct settings_scope scope)
{
    struct buffer made;
    if (*scope.route == 0)
        return key->yaml;
    buffer_init(&made, FIND_PATH_MOST);
    buffer_print(&made, "%s%s", scope.route, key->yaml);
    const char *copy = arena_copy(&reader->settings->arena, buffer_slice(&made)).at;
    buffer_fini(&made);
    return copy;
}

const char *settings_key_name(const struct settings_reader *reader, const struct config_key *key,
                              struct settings_scope scope)
{
    const char *names = key->connect;
    if (reader->form == CONFIG_FORM_YAML || names == NULL)
        return find_yaml_name(reader, key, scope);
    return find_connect_name(reader, find_next_name(&names), scope);
}

static const struct config_entry *find_connect(const struct settings_reader *reader,
                                               const struct config_key *key, struct settings_scope scope)
{
    const char *names = key->connect == NULL ? "" : key->connect;
    const struct config_entry *found = NULL;
    while (found == NULL && *names != 0)
        found = settings_find_connect(reader, find_connect_name(reader, find_next_name(&names), scope));
    return found;
}

const struct config_entry *settings_find(const struct settings_reader *reader, const struct config_key *key,
                                         struct settings_scope scope)
{
    const struct config_entry *found = NULL;
    if (reader->form == CONFIG_FORM_CONNECT)
        return find_connect(reader, key, scope);
    if (key->yaml == NULL)
        return NULL;
    if (*scope.route != 0)
        found = settings_find_in(reader->file, "%s%s", scope.route, key->yaml);
    if (found == NULL)
        found = config_document_find(reader->file, key->yaml);
    return found == NULL || found->kind == CONFIG_EMPTY ? NULL : found;
}

struct config_place settings_file_place(const struct settings_reader *reader)
{
    return config_document_place(reader->file, 0, 0);
}

struct config_place settings_scope_place(const struct settings_reader *reader, struct settings_scope scope)
{
    size_t len = strlen(scope.route); /* "routes[0]." */
    const struct config_entry *route =
        len == 0 ? NULL : settings_find_in(reader->file, "%.*s", (int)len - 1, scope.route);
    return route == NULL ? settings_file_place(reader) : route->value;
}

static size_t list_count(const struct settings_reader *reader, const struct config_entry *entry)
{
    size_t count = 0;
    while (count < SETTINGS_TOPICS_MOST &&
           settings_find_in(reader->file, "%s[%zu]", entry->path, count) != NULL)
        count++;
    return count;
}

static struct settings_items list_elements(struct settings_reader *reader, const struct config_entry *entry)
{
    struct settings_items list = {NULL, 0};
    size_t count = list_count(reader, entry);
    list.items = arena_take(&reader->settings->arena, (count + 1) * sizeof(*list.items));
    const struct config_entry *element;
    for (size_t i = 0; i < count && (element = settings_find_in(reader->file, "%s[%zu]", entry->path, i));
         i++) {
        struct slice text = config_trim(slice_text(element->text));
        if (element->kind == CONFIG_TEXT && text.len > 0)
            list.items[list.count++] = (struct settings_item){text, element->value};
        else
            config_mistake(reader->mistakes, CONFIG_ERROR, element->value, entry->path,
                           "an empty or nested element; a name was expected");
    }
    return list;
}

static struct settings_items list_commas(struct settings_reader *reader, const struct config_entry *entry)
{
    struct settings_items list = {NULL, 0};
    struct slice rest = slice_text(entry->text);
    struct slice item;
    size_t room = 1;
    for (const char *at = entry->text; *at != 0; at++)
        room += *at == ',';
    list.items = arena_take(&reader->settings->arena, room * sizeof(*list.items));
    while (config_next_item(&rest, &item))
        if (item.len > 0)
            list.items[list.count++] = (struct settings_item){item, entry->value};
    return list;
}

struct settings_items settings_list(struct settings_reader *reader, const struct config_entry *entry)
{
    if (entry == NULL || entry->kind == CONFIG_SECTION || entry->kind == CONFIG_EMPTY)
        return (struct settings_items){NULL, 0};
    return entry->kind == CONFIG_LIST ? list_elements(reader, entry) : list_commas(reader, entry);
}

/* A YAML list where a text with commas would do as well. */
static struct slice find_joined(struct settings_reader *reader, const struct config_entry *entry)
{
    struct buffer joined;
    struct settings_items list = settings_list(reader, entry);
    buffer_init(&joined, FIND_LIST_MOST);
    for (size_t i = 0; i < list.count; i++)
        buffer_print(&joined, "%s%.*s", i == 0 ? "" : ",", SLICE_ARG(list.items[i].text));
    struct slice text = arena_copy(&reader->settings->arena, buffer_slice(&joined));
    buffer_fini(&joined);
    return text;
}

static void find_missing(struct settings_reader *reader, const struct config_key *key,
                         struct settings_scope scope)
{
    if ((key->flags & CONFIG_REQUIRED) == 0)
        return;
    bool connect = reader->form == CONFIG_FORM_CONNECT;
    bool broker = connect && strcmp(key->connect, "bootstrap.servers") == 0;
    bool variable = connect && strncmp(key->example, "${", 2) == 0;
    config_mistake(reader->mistakes, CONFIG_ERROR, settings_scope_place(reader, scope),
                   settings_key_name(reader, key, scope), "is missing; for example %s%s%s",
                   variable ? "${env:" : "", variable ? key->example + 2 : key->example,
                   broker ? "; it usually stands in the worker's file, which goes in front of this one" : "");
}

bool settings_set(struct settings_reader *reader, const struct config_key *key, struct settings_scope scope,
                  void *base)
{
    struct error err = {0};
    const struct config_entry *entry = settings_find(reader, key, scope);
    config_key_preset(key, reader->form, reader->compat == SETTINGS_COMPAT_JAVA, base,
                      &reader->settings->arena);
    if (entry == NULL)
        find_missing(reader, key, scope);
    bool list = entry != NULL && entry->kind == CONFIG_LIST && key->type == &config_hosts;
    if (entry == NULL || entry->broken || (entry->kind != CONFIG_TEXT && !list))
        return false; /* a section where a value should be: settings_unknown.c says so */
    struct slice text = list ? find_joined(reader, entry) : slice_text(entry->text);
    if (config_key_set(key, reader->form, text, base, &reader->settings->arena, &err) == 0) {
        settings_origin_add(reader, key, base, entry);
        return true;
    }
    config_mistake(reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "%s", err.text);
    return false;
}

void settings_set_all(struct settings_reader *reader, const struct config_key *keys,
                      struct settings_scope scope, void *base)
{
    for (; keys->type != NULL; keys++)
        if ((keys->flags & CONFIG_OWN) == 0)
            settings_set(reader, keys, scope, base);
}
