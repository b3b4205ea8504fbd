/* settings_compare: the lines of "where manual and Java code differ" that matter for the configuration at
 * hand. Told from what is in effect, so that a value given outright counts like a preset. */
#include "channel/settings.h"

#include <stdio.h>

struct compare {
    settings_mistake_fn *on_mistake;
    void *arg;
    const struct settings_table *table;
};

static void compare_tell(const struct compare *compare, const char *matter, const char *here,
                         const char *manual, const char *java)
{
    char line[600];
    snprintf(line, sizeof(line), "compat: table %.255s: %s: here %s; manual: %s; Java connector 1.1: %s",
             compare->table->plan.table.at, matter, here, manual, java);
    compare->on_mistake(compare->arg, SETTINGS_NOTE, line);
}

/* Columns without a listed type come from the value, or with key_columns from the key. */
static bool compare_has_untyped(const struct settings_table *table)
{
    bool json = convert_format_is_json(table->value_format) ||
                (table->plan.key_columns && convert_format_is_json(table->key_format));
    return json && table->plan.column_count == 0;
}

static void compare_map_values(const struct compare *compare)
{
    static const char *const words[] = {"binary", "string", "typed"};
    if (compare_has_untyped(compare->table))
        compare_tell(compare, "values of a Map, or of JSON without a schema (map.values)",
                     words[compare->table->plan.map_values], "binary", "string");
}

static void compare_nested(const struct compare *compare)
{
    static const char *const words[] = {"an error of the record", "JSON text",
                                        "JSON text in a Map, an error in a Struct"};
    if (compare_has_untyped(compare->table))
        compare_tell(compare, "objects and arrays in them (nested)", words[compare->table->plan.nested],
                     "an error of the record", "text in a Map, an error in a Struct");
}

/* A text that is the whole primary key has nothing more to give. */
static void compare_key_columns(const struct compare *compare)
{
    const struct settings_table *table = compare->table;
    if (table->plan.key_mode == KEY_MODE_RECORD_KEY && !convert_format_is_json(table->key_format))
        return;
    compare_tell(compare, "fields of the record's key as columns (key.columns)",
                 table->plan.key_columns ? "yes" : "no", "no", "yes");
}

static void compare_new_table(const struct compare *compare)
{
    if (compare->table->create.auto_create && compare->table->plan.column_count > 0)
        compare_tell(compare, "white-listed columns of a table that is created, as defined columns",
                     compare->table->create.define_columns ? "yes" : "no", "yes", "no");
}

/* What otspipe does in any case as the manual says, because the Java code loses records there. */
static void compare_nulls(const struct compare *compare)
{
    if (compare->table->plan.key_mode == KEY_MODE_RECORD_KEY)
        compare_tell(compare, "a null value", "overwrites or deletes the row, by insert.mode and delete.mode",
                     "the same", "an error of the record");
    if (compare->table->value_format == CONVERT_JSON && compare->table->plan.column_count == 0)
        compare_tell(compare, "nulls in JSON without a schema",
                     "passed over, or delete the column, by insert.mode and delete.mode", "the same",
                     "an error of the record");
}

/* ---- time-series tables ---- */

static void compare_integers(const struct compare *compare)
{
    const struct series_plan *plan = &compare->table->series;
    if (plan->map_all)
        compare_tell(compare, "whole numbers without a listed type (tablestore.timeseries.integers)",
                     plan->integers_as_doubles ? "double" : "integer", "not said",
                     "double, rounded beyond 2^53");
}

static void compare_same_name(const struct compare *compare)
{
    const struct series_plan *plan = &compare->table->series;
    if (plan->map_all && plan->lowercase)
        compare_tell(compare, "two fields of one name in lower case (tablestore.timeseries.sameName)",
                     plan->same_name == SERIES_SAME_NAME_LAST ? "the last one is written"
                                                              : "an error of the record",
                     "not said", "one of them, by chance");
}

static void compare_time(const struct compare *compare)
{
    const struct series_plan *plan = &compare->table->series;
    compare_tell(compare, "a time that is a text with a number", "taken", "not said",
                 "an error of the record");
    if (plan->unit == SERIES_NANOSECONDS)
        compare_tell(compare, "nanoseconds below a microsecond (time.truncate)",
                     plan->time_truncate ? "cut" : "an error of the record", "not said", "cut");
}

/* Where the Java code loses records, or stops, otspipe does neither in any case. */
static void compare_losses(const struct compare *compare)
{
    const struct series_plan *plan = &compare->table->series;
    if (plan->field_count == 0)
        compare_tell(compare, "a table without field.name", "every field, as mapAll says", "the same",
                     "an error of every record");
    if (plan->tag_count > 0)
        compare_tell(compare, "a tag's value that is empty, or has = or \" in it", "an error of the record",
                     "not said", "stops the task");
}

static void compare_series(const struct compare *compare)
{
    compare_integers(compare);
    compare_same_name(compare);
    compare_time(compare);
    compare_losses(compare);
}

static void compare_rows(const struct compare *compare)
{
    compare_map_values(compare);
    compare_nested(compare);
    compare_key_columns(compare);
    compare_new_table(compare);
    compare_nulls(compare);
}

void settings_compare(const struct settings *settings, settings_mistake_fn *on_mistake, void *arg)
{
    struct compare compare = {on_mistake, arg, NULL};
    for (size_t i = 0; i < settings->table_count && settings->comparable; i++) {
        compare.table = &settings->tables[i];
        if (compare.table->timeseries)
            compare_series(&compare);
        else
            compare_rows(&compare);
    }
}
