/* settings_columns: lists of names with types, in both forms. */
#include "channel/settings_columns.h"

#include "channel/settings_origin.h"

static enum cell_type columns_type(const struct settings_columns *columns, struct slice text,
                                   struct config_place place, const char *path)
{
    int value = CELL_STRING;
    struct error err = {0};
    struct config_key key = *columns->types;
    key.at = 0;
    if (config_choosing.set(&key, columns->reader->form, text, &value, NULL, &err) != 0)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, place, path, "%s", err.text);
    return (enum cell_type)value;
}

/* False when the list is full; said once. */
static bool columns_add(struct settings_columns *columns, struct slice name, struct config_place place,
                        enum cell_type type)
{
    if (columns->count == columns->most) {
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, place, columns->path,
                       "more than %u columns; at most %u were expected", columns->most, columns->most);
        return false;
    }
    columns->check(columns, name, place);
    name = arena_copy(&columns->reader->settings->arena, name);
    columns->items[columns->count++] = (struct mapping_column){name, type};
    return true;
}

/* One {name: ..., type: ...}. */
static bool columns_add_element(struct settings_columns *columns, const struct config_entry *element)
{
    const struct settings_reader *reader = columns->reader;
    const struct config_entry *name = settings_find_in(reader->file, "%s.name", element->path);
    const struct config_entry *type = settings_find_in(reader->file, "%s.type", element->path);
    if (element->kind == CONFIG_TEXT)
        return true; /* said by settings_unknown.c */
    if (name == NULL || type == NULL || name->kind != CONFIG_TEXT || type->kind != CONFIG_TEXT) {
        config_mistake(reader->mistakes, CONFIG_ERROR, element->value, element->path,
                       "name and type are both needed; {name: %s, type: %s} was expected",
                       columns->names->example, columns->types->example);
        return true;
    }
    enum cell_type cell = columns_type(columns, config_trim(slice_text(type->text)), type->value, type->path);
    return columns_add(columns, config_trim(slice_text(name->text)), name->value, cell);
}

/* The list in the route, else the one at the top. */
static void columns_read_yaml(struct settings_columns *columns, struct settings_scope scope, const char *word)
{
    struct settings_reader *reader = columns->reader;
    const struct config_entry *list = settings_find_in(reader->file, "%s%s", scope.route, word);
    if (list == NULL)
        list = config_document_find(reader->file, word);
    columns->path = word;
    columns->place = settings_file_place(reader);
    if (list == NULL || list->kind == CONFIG_EMPTY)
        return;
    columns->path = list->path;
    columns->place = list->value;
    if (list->kind != CONFIG_LIST) {
        config_mistake(reader->mistakes, CONFIG_ERROR, list->value, list->path,
                       "a list was expected: lines that begin with \"- {name: NAME, type: TYPE}\"");
        return;
    }
    for (size_t i = 0; i < CONFIG_ENTRIES_MOST; i++) {
        const struct config_entry *element = settings_find_in(reader->file, "%s[%zu]", list->path, i);
        if (element == NULL || !columns_add_element(columns, element))
            return;
    }
}

static void columns_read_connect(struct settings_columns *columns, struct settings_scope scope)
{
    struct settings_reader *reader = columns->reader;
    const struct config_entry *name_entry = settings_find(reader, columns->names, scope);
    const struct config_entry *type_entry = settings_find(reader, columns->types, scope);
    struct settings_items names = settings_list(reader, name_entry);
    struct settings_items types = settings_list(reader, type_entry);
    const struct config_entry *wrong = type_entry != NULL ? type_entry : name_entry;
    columns->path = settings_key_name(reader, columns->names, scope);
    columns->place = name_entry == NULL ? settings_file_place(reader) : name_entry->value;
    if (wrong != NULL && names.count != types.count) {
        config_mistake(reader->mistakes, CONFIG_ERROR, wrong->value, wrong->path,
                       "%zu names and %zu types; as many types as names were expected", names.count,
                       types.count);
        return;
    }
    if (name_entry == NULL || type_entry == NULL)
        return;
    for (size_t i = 0; i < names.count; i++) {
        enum cell_type type = columns_type(columns, types.items[i].text, type_entry->value, type_entry->path);
        if (!columns_add(columns, names.items[i].text, name_entry->value, type))
            return;
    }
}

void settings_columns_read(struct settings_columns *columns, struct settings_scope scope, const char *word)
{
    if (columns->reader->form == CONFIG_FORM_YAML)
        columns_read_yaml(columns, scope, word);
    else
        columns_read_connect(columns, scope);
}

uint32_t settings_columns_room(const struct settings_reader *reader)
{
    return reader->file->count < MAPPING_COLUMNS_MOST && reader->form == CONFIG_FORM_YAML
               ? (uint32_t)reader->file->count
               : MAPPING_COLUMNS_MOST;
}

void settings_columns_add_origins(const struct settings_columns *columns, struct settings_scope scope,
                                  const struct settings_table *table)
{
    struct settings_reader *reader = columns->reader;
    settings_origin_add(reader, columns->names, table, settings_find(reader, columns->names, scope));
    settings_origin_add(reader, columns->types, table, settings_find(reader, columns->types, scope));
}
