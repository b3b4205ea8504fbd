/* schema: the rules of CreateTable (tablestore-protocol.md 2.3 and 7). */
#include "emulator/schema.h"

#include "emulator/refusal.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

enum { SCHEMA_DEVIATION_S = 86400 };

static int schema_refuse(struct refusal *refusal, const char *words, const char *name)
{
    return refusal_set(refusal, "OTSParameterInvalid", "%s: '%s'.", words, name);
}

static bool schema_has(const struct store_column *columns, uint32_t count, struct slice name)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(columns[i].name, name))
            return true;
    return false;
}

static int schema_key_type(Ots__PrimaryKeyType from, enum cell_type *type)
{
    if (from != OTS__PRIMARY_KEY_TYPE__INTEGER && from != OTS__PRIMARY_KEY_TYPE__STRING &&
        from != OTS__PRIMARY_KEY_TYPE__BINARY)
        return -1;
    *type = from == OTS__PRIMARY_KEY_TYPE__INTEGER  ? CELL_INTEGER
            : from == OTS__PRIMARY_KEY_TYPE__STRING ? CELL_STRING
                                                    : CELL_BINARY;
    return 0;
}

static int schema_auto_increment(struct store_table *table, const struct store_column *key, const char *name,
                                 struct refusal *refusal)
{
    if (table->key_count == 0)
        return schema_refuse(refusal, "The first primary key column cannot be auto-increment", name);
    if (key->type != CELL_INTEGER)
        return schema_refuse(refusal, "An auto-increment column must be an integer", name);
    for (uint32_t i = 0; i < table->key_count; i++)
        if (table->keys[i].auto_increment)
            return schema_refuse(refusal, "A table can have one auto-increment column only", name);
    return 0;
}

static int schema_read_key(struct store_table *table, const Ots__PrimaryKeySchema *from,
                           struct refusal *refusal)
{
    struct store_column key = {.name = slice_text(from->name), .auto_increment = from->has_option};
    if (!limits_name(key.name))
        return schema_refuse(refusal, "Invalid column name", from->name);
    if (schema_has(table->keys, table->key_count, key.name))
        return schema_refuse(refusal, "Duplicated primary key name", from->name);
    if (schema_key_type(from->type, &key.type) != 0)
        return schema_refuse(refusal, "Invalid primary key type", from->name);
    if (from->has_option && from->option != OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT)
        return schema_refuse(refusal, "Invalid primary key option", from->name);
    if (key.auto_increment && schema_auto_increment(table, &key, from->name, refusal) != 0)
        return -1;
    table->keys[table->key_count++] = key;
    return 0;
}

static int schema_read_keys(struct store_table *table, struct refusal *refusal)
{
    const Ots__TableMeta *meta = table->meta->table_meta;
    if (meta->n_primary_key == 0 || meta->n_primary_key > LIMIT_KEYS)
        return refusal_set(refusal, "OTSParameterInvalid",
                           "The number of primary key columns must be in range: [1, %d].", LIMIT_KEYS);
    for (size_t i = 0; i < meta->n_primary_key; i++)
        if (schema_read_key(table, meta->primary_key[i], refusal) != 0)
            return -1;
    return 0;
}

static int schema_column_type(Ots__DefinedColumnType from, enum cell_type *type)
{
    static const struct {
        Ots__DefinedColumnType from;
        enum cell_type to;
    } types[] = {{OTS__DEFINED_COLUMN_TYPE__DCT_INTEGER, CELL_INTEGER},
                 {OTS__DEFINED_COLUMN_TYPE__DCT_DOUBLE, CELL_DOUBLE},
                 {OTS__DEFINED_COLUMN_TYPE__DCT_BOOLEAN, CELL_BOOLEAN},
                 {OTS__DEFINED_COLUMN_TYPE__DCT_STRING, CELL_STRING},
                 {OTS__DEFINED_COLUMN_TYPE__DCT_BLOB, CELL_BINARY}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].from == from) {
            *type = types[i].to;
            return 0;
        }
    }
    return -1;
}

static int schema_read_column(struct store_table *table, const Ots__DefinedColumnSchema *from,
                              struct refusal *refusal)
{
    struct store_column column = {.name = slice_text(from->name)};
    if (!limits_name(column.name))
        return schema_refuse(refusal, "Invalid column name", from->name);
    if (schema_has(table->keys, table->key_count, column.name) ||
        schema_has(table->defined, table->defined_count, column.name))
        return schema_refuse(refusal, "Duplicated column name", from->name);
    if (schema_column_type(from->type, &column.type) != 0)
        return schema_refuse(refusal, "Invalid type of defined column", from->name);
    table->defined[table->defined_count++] = column;
    return 0;
}

static int schema_read_columns(struct store_table *table, struct refusal *refusal)
{
    const Ots__TableMeta *meta = table->meta->table_meta;
    if (meta->n_defined_column > LIMIT_DEFINED_COLUMNS)
        return refusal_set(refusal, "OTSParameterInvalid",
                           "The number of defined columns must not exceed %d.", LIMIT_DEFINED_COLUMNS);
    for (size_t i = 0; i < meta->n_defined_column; i++)
        if (schema_read_column(table, meta->defined_column[i], refusal) != 0)
            return -1;
    return 0;
}

static int schema_read_options(struct store_table *table, struct refusal *refusal)
{
    const Ots__TableOptions *options = table->meta->table_options;
    if (options == NULL || !options->has_time_to_live || !options->has_max_versions)
        return refusal_set(refusal, "OTSParameterInvalid", "Time to live and max versions must be given.");
    if (options->time_to_live == 0 || options->time_to_live < -1)
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid time to live: %d.",
                           options->time_to_live);
    if (options->max_versions < 1)
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid max versions: %d.",
                           options->max_versions);
    int64_t deviation_s = SCHEMA_DEVIATION_S;
    if (options->has_deviation_cell_version_in_sec)
        deviation_s = options->deviation_cell_version_in_sec;
    if (deviation_s < 1 || deviation_s > INT64_MAX / 1000)
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid deviation of versions: %lld.",
                           (long long)deviation_s);
    table->max_versions = (uint32_t)options->max_versions;
    table->deviation_ms = deviation_s * 1000;
    return 0;
}

static int schema_check_throughput(const Ots__CapacityUnit *unit, struct refusal *refusal)
{
    int32_t read = unit->has_read ? unit->read : 0;
    int32_t write = unit->has_write ? unit->write : 0;
    if (read < 0 || read > LIMIT_THROUGHPUT || write < 0 || write > LIMIT_THROUGHPUT)
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid reserved throughput: read %d, write %d.",
                           read, write);
    return 0;
}

static int schema_check_index(const struct store_table *table, const Ots__IndexMeta *index,
                              struct refusal *refusal)
{
    if (!limits_name(slice_text(index->name)) || slice_equal(slice_text(index->name), table->name))
        return schema_refuse(refusal, "Invalid index name", index->name);
    if (index->n_primary_key == 0)
        return schema_refuse(refusal, "An index needs a primary key", index->name);
    for (size_t i = 0; i < index->n_primary_key; i++) {
        struct slice name = slice_text(index->primary_key[i]);
        if (!schema_has(table->keys, table->key_count, name) &&
            !schema_has(table->defined, table->defined_count, name))
            return schema_refuse(refusal, "The index's primary key column is not defined",
                                 index->primary_key[i]);
    }
    for (size_t i = 0; i < index->n_defined_column; i++)
        if (!schema_has(table->defined, table->defined_count, slice_text(index->defined_column[i])))
            return schema_refuse(refusal, "The index's column is not defined", index->defined_column[i]);
    return 0;
}

static int schema_check_indexes(const struct store_table *table, struct refusal *refusal)
{
    const Ots__CreateTableRequest *meta = table->meta;
    if (meta->n_index_metas > LIMIT_INDEXES)
        return refusal_set(refusal, "OTSParameterInvalid", "The number of indexes must not exceed %d.",
                           LIMIT_INDEXES);
    for (size_t i = 0; i < meta->n_index_metas; i++) {
        if (schema_check_index(table, meta->index_metas[i], refusal) != 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(meta->index_metas[i]->name, meta->index_metas[k]->name) == 0)
                return schema_refuse(refusal, "Duplicated index name", meta->index_metas[i]->name);
    }
    return 0;
}

int schema_read(struct store_table *table, struct refusal *refusal)
{
    const Ots__CreateTableRequest *meta = table->meta;
    table->name = slice_text(meta->table_meta->table_name);
    if (!limits_name(table->name))
        return schema_refuse(refusal, "Invalid table name", meta->table_meta->table_name);
    if (schema_read_keys(table, refusal) != 0 || schema_read_columns(table, refusal) != 0 ||
        schema_read_options(table, refusal) != 0)
        return -1;
    if (schema_check_throughput(meta->reserved_throughput->capacity_unit, refusal) != 0)
        return -1;
    return schema_check_indexes(table, refusal);
}
