/* settings_row: the primary key and the white-list of a data table. */
#include <ctype.h>

#include "channel/settings_columns.h"
#include "mapping/coordinates.h"

enum { ROW_NAME_MOST = 255 };

static bool row_name_is_legal(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalpha((unsigned char)name.at[i]) && name.at[i] != '_' &&
            (i == 0 || !isdigit((unsigned char)name.at[i])))
            return false;
    return name.len > 0 && name.len <= ROW_NAME_MOST;
}

static void row_check_name(const struct settings_columns *columns, struct slice name,
                           struct config_place place)
{
    struct config_mistakes *mistakes = columns->reader->mistakes;
    int len = name.len > 260 ? 260 : (int)name.len;
    if (!row_name_is_legal(name))
        config_mistake(mistakes, CONFIG_ERROR, place, columns->path,
                       "\"%.*s\" cannot be a column; letters, digits and _ were expected, no digit in front, "
                       "at most 255",
                       len, name.at);
    for (uint32_t i = 0; i < columns->count; i++)
        if (slice_equal(columns->items[i].name, name))
            config_mistake(mistakes, CONFIG_ERROR, place, columns->path, "column %.*s is given twice", len,
                           name.at);
}

/* The key that the mode has of itself, whatever the file says: the manual's rule. In YAML, where nothing is
 * silent, columns that would have no effect are a mistake. */
static void row_take_coordinates(const struct settings_columns *columns, struct mapping_plan *plan)
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

static void row_check_increment(const struct settings_columns *columns)
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

static void row_read_keys(struct settings_columns *columns, struct settings_scope scope,
                          struct mapping_plan *plan)
{
    size_t errors = columns->reader->mistakes->errors;
    settings_columns_read(columns, scope, "primary_key.columns");
    if (plan->key_mode == KEY_MODE_KAFKA || plan->key_mode == KEY_MODE_SEARCH) {
        row_take_coordinates(columns, plan);
        return;
    }
    plan->key_count = columns->count;
    row_check_increment(columns);
    if (columns->count == 0 && errors == columns->reader->mistakes->errors)
        config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                       "is missing: one to four columns of the table's primary key; for example %s",
                       columns->reader->form == CONFIG_FORM_YAML ? "[{name: id, type: string}]" : "A,B");
}

static void row_check_clash(const struct settings_columns *columns, const struct mapping_plan *plan)
{
    for (uint32_t i = 0; i < columns->count; i++)
        for (uint32_t j = 0; j < plan->key_count; j++)
            if (slice_equal(columns->items[i].name, plan->keys[j].name))
                config_mistake(columns->reader->mistakes, CONFIG_ERROR, columns->place, columns->path,
                               "column %.*s is in the primary key already; leave it out here",
                               SLICE_ARG(plan->keys[j].name));
}

static void row_drop(struct settings_columns *columns, uint32_t at)
{
    columns->count--;
    for (uint32_t i = at; i < columns->count; i++)
        columns->items[i] = columns->items[i + 1];
}

/* Every row has the column timestamp of its own then. In Connect files it goes from the list, as it has no
 * effect there; were it the only one, an empty list would mean every field. */
static void row_check_time(struct settings_columns *columns, const struct mapping_plan *plan)
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
            row_drop(columns, i--);
    }
}

void settings_read_row(struct settings_reader *reader, struct settings_scope scope,
                       struct settings_table *table)
{
    struct mapping_plan *plan = &table->plan;
    struct settings_columns keys = {
        .reader = reader, .check = row_check_name, .items = plan->keys, .most = MAPPING_KEYS_MOST};
    keys.names = settings_key(settings_table_keys, "primary_key.columns[].name");
    keys.types = settings_key(settings_table_keys, "primary_key.columns[].type");
    row_read_keys(&keys, scope, plan);
    if (plan->key_mode == KEY_MODE_RECORD_KEY || plan->key_mode == KEY_MODE_RECORD_VALUE)
        settings_columns_add_origins(&keys, scope, table);
    struct settings_columns list = {
        .reader = reader, .check = row_check_name, .most = settings_columns_room(reader)};
    list.items = arena_take(&reader->settings->arena, (list.most + 1) * sizeof(*list.items));
    list.names = settings_key(settings_table_keys, "columns[].name");
    list.types = settings_key(settings_table_keys, "columns[].type");
    settings_columns_read(&list, scope, "columns");
    row_check_clash(&list, plan);
    row_check_time(&list, plan);
    settings_columns_add_origins(&list, scope, table);
    plan->columns = list.items;
    plan->column_count = list.count;
}
