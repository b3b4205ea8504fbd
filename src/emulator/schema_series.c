/* schema_series: the rules of CreateTimeseriesTable (tablestore-protocol.md 3.9 and 7). What this emulator
 * does not have of time-series tables is refused by name. */
#include "emulator/limits.h"
#include "emulator/refusal.h"
#include "emulator/schema.h"
#include "emulator/schema_private.h"
#include "emulator/store.h"
#include "record/series.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

/* In the order of the stored key; series have the first three. */
static const struct store_column points_keys[] = {{.name = SLICE("_m_name"), .type = CELL_STRING},
                                                  {.name = SLICE("_data_source"), .type = CELL_STRING},
                                                  {.name = SLICE("_tags"), .type = CELL_STRING},
                                                  {.name = SLICE("_time"), .type = CELL_INTEGER}};

int32_t schema_points_ttl_s(const Ots__TimeseriesTableMeta *meta)
{
    const Ots__TimeseriesTableOptions *options = meta->table_options;
    return options == NULL || !options->has_time_to_live ? -1 : options->time_to_live;
}

int32_t schema_series_ttl_s(const Ots__TimeseriesTableMeta *meta)
{
    const Ots__TimeseriesMetaOptions *options = meta->meta_options;
    return options == NULL || !options->has_meta_time_to_live ? -1 : options->meta_time_to_live;
}

bool schema_allows_attributes(const Ots__TimeseriesTableMeta *meta)
{
    const Ots__TimeseriesMetaOptions *options = meta->meta_options;
    return options == NULL || !options->has_allow_update_attributes || options->allow_update_attributes;
}

static int series_refuse_feature(struct refusal *refusal, const char *feature)
{
    return refusal_set(refusal, INVALID, "This emulator does not know %s of time-series tables.", feature);
}

static int series_check_features(const Ots__CreateTimeseriesTableRequest *request, struct refusal *refusal)
{
    const Ots__TimeseriesTableMeta *meta = request->table_meta;
    if (request->n_analytical_stores > 0 ||
        (request->has_enable_analytical_store && request->enable_analytical_store))
        return series_refuse_feature(refusal, "analytical stores");
    if (request->n_lastpoint_index_metas > 0)
        return series_refuse_feature(refusal, "lastpoint indexes");
    if (meta->n_timeseries_key_schema > 0)
        return series_refuse_feature(refusal, "custom key columns (timeseries_key_schema)");
    if (meta->n_field_primary_key_schema > 0)
        return series_refuse_feature(refusal, "field primary keys (field_primary_key_schema)");
    if (meta->has_disable_hash_partition_key && meta->disable_hash_partition_key)
        return series_refuse_feature(refusal, "disable_hash_partition_key");
    if (meta->has_disable_timeseries_meta_index && meta->disable_timeseries_meta_index)
        return series_refuse_feature(refusal, "disable_timeseries_meta_index");
    return 0;
}

static int series_check_ttl(const char *what, int32_t ttl_s, struct refusal *refusal)
{
    if (ttl_s == 0 || ttl_s < -1)
        return refusal_set(refusal, INVALID, "Invalid time to live of %s: %d.", what, ttl_s);
    return 0;
}

/* [assumed] Attributes would not outlive what expires: one excludes the other. */
static int series_check_options(const Ots__TimeseriesTableMeta *meta, struct refusal *refusal)
{
    if (series_check_ttl("data", schema_points_ttl_s(meta), refusal) != 0 ||
        series_check_ttl("meta", schema_series_ttl_s(meta), refusal) != 0)
        return -1;
    if (schema_series_ttl_s(meta) != -1 && schema_allows_attributes(meta))
        return refusal_set(refusal, INVALID,
                           "A time to live of meta needs allow_update_attributes to be false.");
    return 0;
}

int schema_read_series(struct store_table *table, struct refusal *refusal)
{
    const Ots__TimeseriesTableMeta *meta = table->series_meta->table_meta;
    table->name = slice_text(meta->table_name);
    if (!limits_name(table->name) || table->name.len > SERIES_NAME_MOST)
        return schema_refuse(refusal, "Invalid table name", meta->table_name);
    if (series_check_features(table->series_meta, refusal) != 0 || series_check_options(meta, refusal) != 0)
        return -1;
    table->key_count = table->kind == STORE_POINTS ? 4 : 3;
    for (uint32_t i = 0; i < table->key_count; i++)
        table->keys[i] = points_keys[i];
    table->max_versions = 1;
    table->time_to_live_s =
        table->kind == STORE_POINTS ? schema_points_ttl_s(meta) : schema_series_ttl_s(meta);
    return 0;
}
