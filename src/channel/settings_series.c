/* settings_series: what a time-series table has instead of a primary key and columns: where measurement, data
 * source, tags, time and fields come from. */
#include "channel/settings_columns.h"
#include "channel/settings_origin.h"
#include "mapping/series_rule.h"
#include "record/series.h"

static const struct config_key *series_key(const char *yaml)
{
    return settings_key(settings_table_keys, yaml);
}

/* One time-series table, while it is read. */
struct series {
    struct settings_reader *reader;
    struct settings_scope scope;
    struct settings_table *table;
    bool yaml;
};

static int series_len(struct slice name)
{
    return name.len > 260 ? 260 : (int)name.len;
}

/* At the key's value, or at the route or file when it is not given. */
static void series_mistake(const struct series *series, const char *yaml, const char *words)
{
    struct settings_reader *reader = series->reader;
    const struct config_key *key = series_key(yaml);
    const struct config_entry *entry = settings_find(reader, key, series->scope);
    config_mistake(reader->mistakes, CONFIG_ERROR,
                   entry == NULL ? settings_scope_place(reader, series->scope) : entry->value,
                   entry == NULL ? settings_key_name(reader, key, series->scope) : entry->path, "%s", words);
}

static void series_add_origin(const struct series *series, const char *yaml, const struct config_entry *entry)
{
    settings_origin_add(series->reader, series_key(yaml), series->table, entry);
}

/* ---- measurement ---- */

static void measurement_take(const struct series *series, const struct config_entry *entry,
                             enum series_measurement from)
{
    static const char *const keys[] = {"timeseries.measurement.field", "timeseries.measurement.topic",
                                       "timeseries.measurement.const"};
    struct series_plan *plan = &series->table->series;
    struct error err = {0};
    struct config_key key = *series_key(keys[from]);
    bool yes = true;
    key.at = 0;
    void *to = from == SERIES_MEASUREMENT_TOPIC ? (void *)&yes : &plan->measurement_name;
    plan->measurement = from;
    if (entry->kind != CONFIG_TEXT || entry->broken)
        return; /* said by whoever found it so */
    if (config_key_set(&key, series->reader->form, slice_text(entry->text), to,
                       &series->reader->settings->arena, &err) != 0)
        config_mistake(series->reader->mistakes, CONFIG_ERROR, entry->value, entry->path, "%s", err.text);
    else if (!yes)
        config_mistake(series->reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "says nothing; true was expected, or field or const instead of it");
    else if (from == SERIES_MEASUREMENT_FIXED && !series_rule_measurement(plan->measurement_name))
        config_mistake(series->reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "cannot be a measurement; at most %d bytes without blanks and # were expected",
                       SERIES_MEASUREMENT_MOST);
    series_add_origin(series, keys[from], entry);
}

/* Of field, topic and const in one section, which must have one of them. False: it has none. */
static bool measurement_read_section(const struct series *series, const char *route)
{
    static const char *const words[] = {"field", "topic", "const"};
    struct settings_reader *reader = series->reader;
    const struct config_entry *taken = NULL;
    for (int from = SERIES_MEASUREMENT_FIELD; from <= SERIES_MEASUREMENT_FIXED; from++) {
        const struct config_entry *entry =
            settings_find_in(reader->file, "%stimeseries.measurement.%s", route, words[from]);
        if (entry == NULL || entry->kind == CONFIG_EMPTY)
            continue;
        if (taken != NULL)
            config_mistake(reader->mistakes, CONFIG_ERROR, entry->key, entry->path,
                           "only one of field, topic and const was expected");
        else
            measurement_take(series, entry, (enum series_measurement)from);
        taken = entry;
    }
    return taken != NULL;
}

static void measurement_missing(const struct series *series)
{
    struct settings_reader *reader = series->reader;
    const char *field = settings_key_name(reader, series_key("timeseries.measurement.field"), series->scope);
    struct slice section = slice_of(field, (size_t)(strrchr(field, '.') - field));
    config_mistake(reader->mistakes, CONFIG_ERROR, settings_scope_place(reader, series->scope),
                   arena_copy(&reader->settings->arena, section).at,
                   "is missing; {field: NAME}, {topic: true} or {const: TEXT} was expected");
}

/* The section of the route, else the one at the top. One value in its place is told of by settings_unknown.c.
 */
static void measurement_read_yaml(const struct series *series)
{
    const char *const routes[] = {series->scope.route, ""};
    for (size_t i = 0; i < 2; i++) {
        const struct config_entry *section =
            settings_find_in(series->reader->file, "%stimeseries.measurement", routes[i]);
        if (measurement_read_section(series, routes[i]) || (section != NULL && section->kind == CONFIG_TEXT))
            return;
    }
    measurement_missing(series);
}

static void measurement_read_connect(const struct series *series)
{
    const struct config_key *key = series_key("timeseries.measurement.field");
    const struct config_entry *entry = settings_find(series->reader, key, series->scope);
    if (entry == NULL) {
        series_mistake(series, key->yaml,
                       "is missing; the name of the field with the measurement was expected, or <topic>");
    } else if (config_same_word(config_trim(slice_text(entry->text)), SLICE("<topic>"))) {
        series->table->series.measurement = SERIES_MEASUREMENT_TOPIC;
        series_add_origin(series, "timeseries.measurement.topic", entry);
    } else {
        measurement_take(series, entry, SERIES_MEASUREMENT_FIELD);
    }
}

/* ---- tags ---- */

static void tags_check(const struct series *series, const struct settings_item *item, const char *path)
{
    struct config_mistakes *mistakes = series->reader->mistakes;
    const struct series_plan *plan = &series->table->series;
    if (!series_rule_tag_name(item->text))
        config_mistake(mistakes, CONFIG_ERROR, item->place, path,
                       "\"%.*s\" cannot be a tag; printable ASCII without blanks, = and \" was expected",
                       series_len(item->text), item->text.at);
    for (uint32_t i = 0; i < plan->tag_count; i++)
        if (slice_equal(plan->tags[i], item->text))
            config_mistake(mistakes, CONFIG_ERROR, item->place, path, "tag %.*s is given twice",
                           series_len(item->text), item->text.at);
}

static void series_read_tags(const struct series *series)
{
    struct series_plan *plan = &series->table->series;
    struct settings_reader *reader = series->reader;
    const struct config_key *key = series_key("timeseries.tags");
    const struct config_entry *entry = settings_find(reader, key, series->scope);
    struct settings_items list = settings_list(reader, entry);
    plan->tags = arena_take(&reader->settings->arena, (list.count + 1) * sizeof(*plan->tags));
    for (size_t i = 0; i < list.count; i++) {
        tags_check(series, &list.items[i], entry->path);
        plan->tags[plan->tag_count++] = arena_copy(&reader->settings->arena, list.items[i].text);
    }
    series_add_origin(series, key->yaml, entry);
}

/* The manual requires them; the newest Java connector does without. */
static void series_check_required(const struct series *series)
{
    bool java = series->reader->compat == SETTINGS_COMPAT_JAVA;
    const struct config_key *source = series_key("timeseries.data_source");
    if (series->yaml || java)
        return;
    if (settings_find(series->reader, source, series->scope) == NULL)
        series_mistake(series, source->yaml,
                       "is missing; the name of the field with the data source was expected (with "
                       "compat=connector-1.1 it may be left out)");
    if (series->table->series.tag_count == 0)
        series_mistake(series, "timeseries.tags",
                       "is missing; the names of the fields that are tags were expected, with commas (with "
                       "compat=connector-1.1 it may be left out)");
}

/* ---- fields ---- */

static bool fields_same(const struct series_plan *plan, struct slice a, struct slice b)
{
    return plan->lowercase ? config_same_word(a, b) : slice_equal(a, b);
}

/* As it is written. */
static bool field_name_is_good(const struct series_plan *plan, struct slice name)
{
    char written[SERIES_NAME_MOST];
    if (name.len > sizeof(written))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        written[i] = plan->lowercase && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return series_rule_field(slice_of(written, name.len));
}

/* The part of the point that the field of that name is already, or NULL. */
static const char *field_is_part(const struct series_plan *plan, struct slice name)
{
    if (plan->measurement == SERIES_MEASUREMENT_FIELD && slice_equal(plan->measurement_name, name))
        return "the measurement";
    if (slice_equal(plan->source, name))
        return "the data source";
    if (slice_equal(plan->time, name))
        return "the time";
    for (uint32_t i = 0; i < plan->tag_count; i++)
        if (slice_equal(plan->tags[i], name))
            return "a tag";
    return NULL;
}

static void fields_check_name(const struct settings_columns *columns, struct slice name,
                              struct config_place place)
{
    const struct series_plan *plan = columns->arg;
    struct config_mistakes *mistakes = columns->reader->mistakes;
    bool yaml = columns->reader->form == CONFIG_FORM_YAML;
    const char *part = field_is_part(plan, name);
    if (!field_name_is_good(plan, name))
        config_mistake(mistakes, CONFIG_ERROR, place, columns->path,
                       "\"%.*s\" cannot be a field; %sletters, digits and _ were expected, no digit in "
                       "front, at most %d, and no name of Tablestore's own (_time, _tags ...)",
                       series_len(name), name.at, plan->lowercase ? "" : "small ", SERIES_NAME_MOST);
    if (part != NULL)
        config_mistake(mistakes, yaml ? CONFIG_ERROR : CONFIG_WARNING, place, columns->path,
                       "%.*s is %s: it has no effect as a field", series_len(name), name.at, part);
    for (uint32_t i = 0; i < columns->count; i++)
        if (fields_same(plan, columns->items[i].name, name))
            config_mistake(mistakes, CONFIG_ERROR, place, columns->path,
                           "%.*s is given twice%s; the names of fields must differ", series_len(name),
                           name.at, slice_equal(columns->items[i].name, name) ? "" : ", in other letters");
}

static void series_read_fields(const struct series *series)
{
    struct series_plan *plan = &series->table->series;
    struct settings_reader *reader = series->reader;
    size_t errors = reader->mistakes->errors;
    struct settings_columns list = {.reader = reader, .check = fields_check_name, .arg = plan};
    list.most = settings_columns_room(reader);
    list.items = arena_take(&reader->settings->arena, (list.most + 1) * sizeof(*list.items));
    list.names = series_key("timeseries.fields[].name");
    list.types = series_key("timeseries.fields[].type");
    settings_columns_read(&list, series->scope, "timeseries.fields");
    settings_columns_add_origins(&list, series->scope, series->table);
    plan->fields = list.items;
    plan->field_count = list.count;
    if (!plan->map_all && list.count == 0 && errors == reader->mistakes->errors)
        series_mistake(series, "timeseries.map_all",
                       series->yaml
                           ? "is false and there are no fields: nothing would be written; timeseries.fields "
                             "was expected beside it"
                           : "is false and no field is named: nothing would be written; field.name and "
                             "field.type of the table were expected beside it");
}

/* ---- formats ---- */

static void series_check_format(const struct series *series)
{
    enum convert_format format = series->table->value_format;
    if (format == CONVERT_JSON || format == CONVERT_JSON_ENVELOPE)
        return;
    if (series->yaml) {
        series_mistake(series, "value.format",
                       "has no fields to make a point of; json or json_envelope was expected");
        return;
    }
    const struct config_entry *entry = settings_find_connect(series->reader, "value.converter");
    if (entry != NULL)
        config_mistake(series->reader->mistakes, CONFIG_ERROR, entry->value, entry->path,
                       "gives no fields to make a point of; org.apache.kafka.connect.json.JsonConverter was "
                       "expected");
}

void settings_read_series(struct settings_reader *reader, struct settings_scope scope,
                          struct settings_table *table)
{
    struct series series = {reader, scope, table, reader->form == CONFIG_FORM_YAML};
    table->series.table = slice_text(scope.table);
    if (series.yaml)
        measurement_read_yaml(&series);
    else
        measurement_read_connect(&series);
    series_read_tags(&series);
    series_check_required(&series);
    series_read_fields(&series);
    series_check_format(&series);
}
