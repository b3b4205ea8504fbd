/* operation_series_table: CreateTimeseriesTable, ListTimeseriesTable, DescribeTimeseriesTable,
 * UpdateTimeseriesTable, DeleteTimeseriesTable. What is done is done to both tables: points and series. */
#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/schema.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

/* The store reads the body again when the table is made, and that may be later. */
int operation_create_timeseries_table_read(struct visit *visit)
{
    visit->body = arena_copy(&visit->arena, visit->body);
    return 0;
}

int operation_create_timeseries_table(struct visit *visit)
{
    Ots__CreateTimeseriesTableResponse answer = OTS__CREATE_TIMESERIES_TABLE_RESPONSE__INIT;
    struct store *store = visit->ground->store;
    int64_t now_us = visit->ground->now_ms * 1000;
    if (store_create(store, STORE_POINTS, visit->body, now_us, &visit->refusal) != 0)
        return -1;
    CHECK(store_create(store, STORE_SERIES, visit->body, now_us, &visit->refusal) == 0);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* A table as it is shown, with what was not said when it was made. */
struct series_shown {
    Ots__TimeseriesTableMeta meta;
    Ots__TimeseriesTableOptions options;
    Ots__TimeseriesMetaOptions meta_options;
};

static void series_show(const struct store_table *points, struct series_shown *shown)
{
    static const char status[] = "CREATED";
    const Ots__TimeseriesTableMeta *meta = points->series_meta->table_meta;
    ots__timeseries_table_meta__init(&shown->meta);
    ots__timeseries_table_options__init(&shown->options);
    ots__timeseries_meta_options__init(&shown->meta_options);
    shown->meta.table_name = meta->table_name;
    shown->meta.status = (char *)(uintptr_t)status;
    shown->meta.table_options = &shown->options;
    shown->meta.meta_options = &shown->meta_options;
    shown->options.has_time_to_live = true;
    shown->options.time_to_live = schema_points_ttl_s(meta);
    shown->meta_options.has_allow_update_attributes = true;
    shown->meta_options.allow_update_attributes = schema_allows_attributes(meta);
    shown->meta_options.has_meta_time_to_live = true;
    shown->meta_options.meta_time_to_live = schema_series_ttl_s(meta);
}

int operation_list_timeseries_table(struct visit *visit)
{
    const struct store *store = visit->ground->store;
    Ots__ListTimeseriesTableResponse answer = OTS__LIST_TIMESERIES_TABLE_RESPONSE__INIT;
    struct series_shown shown[LIMIT_TABLES];
    Ots__TimeseriesTableMeta *metas[LIMIT_TABLES];
    answer.table_metas = metas;
    for (uint32_t i = 0; i < store->count; i++) {
        if (store->tables[i]->kind != STORE_POINTS)
            continue;
        series_show(store->tables[i], &shown[i]);
        metas[answer.n_table_metas++] = &shown[i].meta;
    }
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_describe_timeseries_table(struct visit *visit)
{
    const Ots__DescribeTimeseriesTableRequest *request = visit->message;
    Ots__DescribeTimeseriesTableResponse answer = OTS__DESCRIBE_TIMESERIES_TABLE_RESPONSE__INIT;
    const struct store_table *points = visit_points(visit, request->table_name);
    struct series_shown shown;
    if (points == NULL)
        return -1;
    series_show(points, &shown);
    answer.table_meta = &shown.meta;
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

/* What is not given stays. */
static void series_change(struct series_shown *shown, const Ots__UpdateTimeseriesTableRequest *request)
{
    const Ots__TimeseriesTableOptions *options = request->table_options;
    const Ots__TimeseriesMetaOptions *meta_options = request->meta_options;
    if (options != NULL && options->has_time_to_live)
        shown->options.time_to_live = options->time_to_live;
    if (meta_options != NULL && meta_options->has_allow_update_attributes)
        shown->meta_options.allow_update_attributes = meta_options->allow_update_attributes;
    if (meta_options != NULL && meta_options->has_meta_time_to_live)
        shown->meta_options.meta_time_to_live = meta_options->meta_time_to_live;
}

int operation_update_timeseries_table(struct visit *visit)
{
    const Ots__UpdateTimeseriesTableRequest *request = visit->message;
    Ots__UpdateTimeseriesTableResponse answer = OTS__UPDATE_TIMESERIES_TABLE_RESPONSE__INIT;
    struct store_table *points = visit_points(visit, request->table_name);
    struct store_table *series = visit_series(visit, request->table_name);
    struct series_shown shown;
    if (points == NULL)
        return -1;
    if (request->table_options == NULL && request->meta_options == NULL)
        return refusal_set(&visit->refusal, "OTSParameterInvalid",
                           "Nothing is specified to update the table.");
    Ots__CreateTimeseriesTableRequest changed = *points->series_meta;
    series_show(points, &shown);
    series_change(&shown, request);
    changed.table_meta = &shown.meta;
    if (store_alter(points, &changed.base, &visit->refusal) != 0)
        return -1;
    /* `changed` is made of the old memory of the points, which lives until the commit */
    CHECK(store_alter(series, &changed.base, &visit->refusal) == 0);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_delete_timeseries_table(struct visit *visit)
{
    const Ots__DeleteTimeseriesTableRequest *request = visit->message;
    Ots__DeleteTimeseriesTableResponse answer = OTS__DELETE_TIMESERIES_TABLE_RESPONSE__INIT;
    struct store_table *points = visit_points(visit, request->table_name);
    struct store_table *series = visit_series(visit, request->table_name);
    if (points == NULL)
        return -1;
    store_delete(series);
    store_delete(points);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}
