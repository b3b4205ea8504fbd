/* settings_columns: the primary key and the white-list of a table: lists of names with types in both forms.
 */
#include "channel/settings_origin.h"

#include <ctype.h>
#include <stdio.h>

#include "mapping/coordinates.h"

enum { COLUMN_NAME_MOST = 255 };

/* One of the two lists of a table, while it is read. */
struct columns {
    struct settings_reader *reader;
    const struct config_key *names; /* the two lines of the key table */
    const struct config_key *types;
    const char *path;          /* YAML: of the list that counts; Connect: the name of the names' key */
    struct config_place place; /* of the list */
    struct mapping_column *items;
    uint32_t count;
    uint32_t most;
};

static bool column_name_is_legal(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalpha((unsigned char)name.at[i]) && name.at[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name.at[i])))
            return false;
    return name.len > 0 && name.len <= COLUMN_NAME_MOST;
}

static void columns_check_name(const struct columns *columns, struct slice name, struct config_place place)
{
    struct config_mistakes *mistakes = columns->reader->mistakes;
    int len = name.len > 260 ? 260 : (int)name.len;
    if (!column_name_is_legal(name))
        config_mistake(mistakes, CONFIG_ERROR, place, columns->path,
                       "\"%.*s\" cannot be a column; letters, digits and _ were expected, no digit in front, "
                       "at most 255",
                       len, name.at);
    for (uint32_t i = 0; i < columns->count; i++)
        if (slice_equal(columns->items[i].name, name))
            config_mistake(mistakes, CONFIG_ERROR, place, columns->path, "column %.*s is given twice", len,
                           name.at);
}

static enum cell_type columns_type(const struct columns *columns, struct slice text,
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
static bool columns_add(struct columns *columns, struct slice name, struct config_place place,
                        enum cell_type type)
{
    if (columns->count == columns->most) {
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, place, columns->path,
                       "more than %u columns; at most %u were expected", columns->most, columns->most);
        return false;
    }
    columns_check_name(columns, name, place);
    name = arena_copy(&columns->reader->settings->arena, name);
    columns->items[columns->count++] = (struct mapping_column){name, type};
    return true;
}

/* One {name: ..., type: ...}. */
static bool columns_add_element(struct columns *columns, const struct config_entry *element)
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

/* The list in the route, else the one at the top. `word` is "columns" or "primary_key.columns". */
static void columns_read_yaml(struct columns *columns, struct settings_scope scope, const char *word)
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

static void columns_read_connect(struct columns *columns, struct settings_scope scope)
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

static void columns_read(struct columns *columns, struct settings_scope scope, const char *word)
{
    if (columns->reader->form == CONFIG_FORM_YAML)
        columns_read_yaml(columns, scope, word);
    else
        columns_read_connect(columns, scope);
}

/* The key that the mode has of itself, whatever the file says: the manual's rule. In YAML, where nothing is
 * silent, columns that would have no effect are a mistake. */
static void columns_take_coordinates(const struct columns *columns, struct mapping_plan *plan)
{
    bool yaml = columns->reader->form == CONFIG_FORM_YAML;
    bool search = plan->key_mode == KEY_MODE_SEARCH;
    if (columns->count > 0 && yaml)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                       "has no effect with primary_key.mode %s; primary_key.mode record_key or record_value "
                       "was expected",
                       search ? "search" : "kafka");
    else if (columns->count > 0)
        config_mistake(columns->reader->mistakes, CONFIG_WARNING, columns->place, columns->path,
                       "has no effect with primarykey.mode=%s: the primary key is %s",
                       search ? "search" : "kafka",
                       search ? "md5, topic, partition and offset" : "topic_partition and offset");
    coordinates_plan(plan);
}

static void columns_check_increment(const struct columns *columns)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < columns->count; i++)
        count += columns->items[i].type == CELL_AUTO_INCREMENT;
    if (count > 1)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                       "more than one auto_increment column; Tablestore allows one");
    if (columns->count > 0 && columns->items[0].type == CELL_AUTO_INCREMENT)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                       "the first column cannot be auto_increment; Tablestore partitions by it");
}

static void columns_read_keys(struct columns *columns, struct settings_scope scope, struct mapping_plan *plan)
{
    size_t errors = columns->reader->mistakes->errors;
    columns_read(columns, scope, "primary_key.columns");
    if (plan->key_mode == KEY_MODE_KAFKA || plan->key_mode == KEY_MODE_SEARCH) {
        columns_take_coordinates(columns, plan);
        return;
    }
    plan->key_count = columns->count;
    columns_check_increment(columns);
    if (columns->count == 0 && errors == columns->reader->mistakes->errors)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                       "is missing: one to four columns of the table's primary key; for example %s",
                       columns->reader->form == CONFIG_FORM_YAML ? "[{name: id, type: string}]" : "A,B");
}

static void columns_check_clash(const struct columns *columns, const struct mapping_plan *plan)
{
    for (uint32_t i = 0; i < columns->count; i++)
        for (uint32_t j = 0; j < plan->key_count; j++)
            if (slice_equal(columns->items[i].name, plan->keys[j].name))
                config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                               "column %.*s is in the primary key already; leave it out here",
                               SLICE_ARG(plan->keys[j].name));
}

static void columns_drop(struct columns *columns, uint32_t at)
{
    columns->count--;
    for (uint32_t i = at; i < columns->count; i++)
        columns->items[i] = columns->items[i + 1];
}

/* Every row has the column timestamp of its own then. In Connect files it goes from the list, as it has no
 * effect there; were it the only one, an empty list would mean every field. */
static void columns_check_time(struct columns *columns, const struct mapping_plan *plan)
{
    for (uint32_t i = 0; i < columns->count && plan->key_mode == KEY_MODE_SEARCH; i++) {
        if (!slice_equal(columns->items[i].name, COORDINATES_TIME))
            continue;
        bool wrong = columns->reader->form == CONFIG_FORM_YAML || columns->count == 1;
        config_mistake(columns->reader->mistakes, wrong ? CONFIG_ERROR : CONFIG_WARNING, columns->place,
                       columns->path,
                       "column timestamp is written by the primary key mode search itself; the record's "
                       "field of that name is not");
        if (!wrong)
            columns_drop(columns, i--);
    }
}

static uint32_t columns_room(const struct settings_reader *reader)
{
    return reader->file->count < MAPPING_COLUMNS_MOST && reader->form == CONFIG_FORM_YAML
               ? (uint32_t)reader->file->count
               : MAPPING_COLUMNS_MOST;
}

static void columns_add_origins(const struct columns *columns, struct settings_scope scope,
                                const struct settings_table *table)
{
    struct settings_reader *reader = columns->reader;
    settings_origin_add(reader, columns->names, table, settings_find(reader, columns->names, scope));
    settings_origin_add(reader, columns->types, table, settings_find(reader, columns->types, scope));
}

void settings_read_columns(struct settings_reader *reader, struct settings_scope scope,
                           struct settings_table *table)
{
    struct mapping_plan *plan = &table->plan;
    struct columns keys = {.reader = reader, .items = plan->keys, .most = MAPPING_KEYS_MOST};
    keys.names = settings_key(settings_table_keys, "primary_key.columns[].name");
    keys.types = settings_key(settings_table_keys, "primary_key.columns[].type");
    columns_read_keys(&keys, scope, plan);
    if (plan->key_mode == KEY_MODE_RECORD_KEY || plan->key_mode == KEY_MODE_RECORD_VALUE)
        columns_add_origins(&keys, scope, table);
    struct columns list = {.reader = reader, .most = columns_room(reader)};
    list.items = arena_take(&reader->settings->arena, (list.most + 1) * sizeof(*list.items));
    list.names = settings_key(settings_table_keys, "columns[].name");
    list.types = settings_key(settings_table_keys, "columns[].type");
    columns_read(&list, scope, "columns");
    columns_check_clash(&list, plan);
    columns_check_time(&list, plan);
    columns_add_origins(&list, scope, table);
    plan->columns = list.items;
    plan->column_count = list.count;
}
