/* schema_index: the rules of secondary indexes. They are declared and shown; nothing is kept in them. */
#include "emulator/refusal.h"
#include "emulator/schema_private.h"
#include "emulator/store.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

static const struct store_column *index_find(const struct store_table *table, struct slice name)
{
    const struct store_column *key = schema_find(table->keys, table->key_count, name);
    return key != NULL ? key : schema_find(table->defined, table->defined_count, name);
}

static int index_check_key(const struct store_table *table, const char *name, struct refusal *refusal)
{
    const struct store_column *column = index_find(table, slice_text(name));
    if (column == NULL)
        return schema_refuse(refusal, "The index's primary key column is not defined", name);
    if (column->type != CELL_INTEGER && column->type != CELL_STRING && column->type != CELL_BINARY)
        return schema_refuse(refusal, "The type of the index's primary key column is not allowed", name);
    return 0;
}

static int index_check_keys(const struct store_table *table, const Ots__IndexMeta *index,
                            struct refusal *refusal)
{
    if (index->n_primary_key == 0 || index->n_primary_key > LIMIT_KEYS)
        return refusal_set(refusal, INVALID,
                           "The number of primary key columns must be in range: [1, %d] in index.",
                           LIMIT_KEYS);
    for (size_t i = 0; i < index->n_primary_key; i++) {
        if (index_check_key(table, index->primary_key[i], refusal) != 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(index->primary_key[i], index->primary_key[k]) == 0)
                return schema_refuse(refusal, "Duplicated primary key name in index", index->primary_key[i]);
    }
    return 0;
}

static int index_check_columns(const struct store_table *table, const Ots__IndexMeta *index,
                               struct refusal *refusal)
{
    if (index->n_defined_column > LIMIT_DEFINED_COLUMNS)
        return refusal_set(refusal, INVALID,
                           "The number of attribute columns must be in range: [0, %d] in index.",
                           LIMIT_DEFINED_COLUMNS);
    for (size_t i = 0; i < index->n_defined_column; i++)
        if (schema_find(table->defined, table->defined_count, slice_text(index->defined_column[i])) == NULL)
            return schema_refuse(refusal, "The index's column is not defined", index->defined_column[i]);
    return 0;
}

/* A local index lives in the partitions of its table. */
static int index_check_kind(const struct store_table *table, const Ots__IndexMeta *index,
                            struct refusal *refusal)
{
    if ((unsigned)index->index_type > OTS__INDEX_TYPE__IT_LOCAL_INDEX ||
        (unsigned)index->index_update_mode > OTS__INDEX_UPDATE_MODE__IUM_SYNC_INDEX)
        return schema_refuse(refusal, "Invalid type or update mode of index", index->name);
    if (index->index_type == OTS__INDEX_TYPE__IT_LOCAL_INDEX &&
        !slice_equal(slice_text(index->primary_key[0]), table->keys[0].name))
        return schema_refuse(refusal, "A local index begins with the table's first primary key column",
                             index->name);
    return 0;
}

static int index_check(const struct store_table *table, const Ots__IndexMeta *index, struct refusal *refusal)
{
    if (!limits_name(slice_text(index->name)) || slice_equal(slice_text(index->name), table->name))
        return schema_refuse(refusal, "Invalid index name", index->name);
    if (index_check_keys(table, index, refusal) != 0 || index_check_columns(table, index, refusal) != 0)
        return -1;
    return index_check_kind(table, index, refusal);
}

/* An index cannot follow rows that go by themselves, nor more than one version. */
static int index_check_options(const struct store_table *table, struct refusal *refusal)
{
    const Ots__TableOptions *options = table->meta->table_options;
    bool updates = !options->has_allow_update || options->allow_update;
    if (options->time_to_live != -1 && updates)
        return refusal_set(refusal, INVALID,
                           "Don't support allow update operation on table with index and ttl");
    if (options->max_versions != 1)
        return refusal_set(refusal, INVALID, "Max versions must be 1 for a table with an index.");
    return 0;
}

int schema_check_indexes(const struct store_table *table, struct refusal *refusal)
{
    const Ots__CreateTableRequest *meta = table->meta;
    if (meta->n_index_metas > LIMIT_INDEXES)
        return refusal_set(refusal, INVALID, "Number of index per table exceeds the quota:%d.",
                           LIMIT_INDEXES);
    for (size_t i = 0; i < meta->n_index_metas; i++) {
        if (index_check(table, meta->index_metas[i], refusal) != 0)
            return -1;
        for (size_t k = 0; k < i; k++)
            if (strcmp(meta->index_metas[i]->name, meta->index_metas[k]->name) == 0)
                return schema_refuse(refusal, "Duplicated index name", meta->index_metas[i]->name);
    }
    return meta->n_index_metas == 0 ? 0 : index_check_options(table, refusal);
}
