/* schema: the rules of CreateTable (tablestore-protocol.md 2.3 and 7), which hold for every later change too;
 * those of indexes and partitions are in schema_index.c and schema_partition.c. */
#include "emulator/schema.h"

#include "emulator/refusal.h"
#include "emulator/schema_private.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

enum { SCHEMA_DEVIATION_S = 86400, SCHEMA_STREAM_HOURS = 168 };

int schema_refuse(struct refusal *refusal, const char *words, const char *name)
{
    return refusal_set(refusal, "OTSParameterInvalid", "%s: '%s'.", words, name);
}

const struct store_column *schema_find(const struct store_column *columns, uint32_t count, struct slice name)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(columns[i].name, name))
            return &columns[i];
    return NULL;
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
    if (schema_find(table->keys, table->key_count, key.name) != NULL)
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
    if (schema_find(table->keys, table->key_count, column.name) != NULL ||
        schema_find(table->defined, table->defined_count, column.name) != NULL)
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
                           "The number of defined columns must be in range: [0, %d].", LIMIT_DEFINED_COLUMNS);
    for (size_t i = 0; i < meta->n_defined_column; i++)
        if (schema_read_column(table, meta->defined_column[i], refusal) != 0)
            return -1;
    return 0;
}

static int schema_read_options(struct store_table *table, struct refusal *refusal)
{
    const Ots__TableOptions *options = table->meta->table_options;
    if (options == NULL || !options->has_time_to_live || !options->has_max_versions)
        return refusal_set(refusal, "OTSParameterInvalid",
                           "The maxVersions and timeToLive must be set while creating table.");
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
    table->no_update = options->has_allow_update && !options->allow_update;
    table->time_to_live_s = options->time_to_live;
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

/* [assumed] Hours, at most a week. */
static int schema_check_stream(const Ots__StreamSpecification *stream, struct refusal *refusal)
{
    bool given = stream != NULL && stream->enable_stream && stream->has_expiration_time;
    if (given && (stream->expiration_time < 1 || stream->expiration_time > SCHEMA_STREAM_HOURS))
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid expiration time of the stream: %d.",
                           stream->expiration_time);
    return 0;
}

/* The documentation has the two exclude each other; [assumed] that this is said at creation. */
static int schema_check_transactions(const struct store_table *table, struct refusal *refusal)
{
    bool wanted = table->meta->has_enable_local_txn && table->meta->enable_local_txn;
    for (uint32_t i = 0; wanted && i < table->key_count; i++)
        if (table->keys[i].auto_increment)
            return refusal_set(refusal, "OTSParameterInvalid",
                               "A table has an auto-increment column or local transactions, not both.");
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
    if (schema_check_throughput(meta->reserved_throughput->capacity_unit, refusal) != 0 ||
        schema_check_stream(meta->stream_spec, refusal) != 0 ||
        schema_check_transactions(table, refusal) != 0 || schema_check_partitions(table, refusal) != 0)
        return -1;
    return schema_check_indexes(table, refusal);
}
