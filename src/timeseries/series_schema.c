/* series_schema: protobuf-c at both ends; rare messages. */
#include "timeseries/series_schema.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/check.h"
#include "ots/pack.h"
#include "wire/tablestore.pb-c.h"

enum { TABLE_MOST = 255, TABLE_VERSION = 1 };

/* A table's name as a text that ends. */
struct schema_name {
    char text[TABLE_MOST + 1];
};

static char *schema_name(const struct series_table_options *options, struct schema_name *name)
{
    CHECK(options->table.len <= TABLE_MOST); /* the configuration lets no longer name pass */
    snprintf(name->text, sizeof(name->text), "%.*s", SLICE_ARG(options->table));
    return name->text;
}

void series_schema_put_describe(const struct series_table_options *options, struct buffer *body)
{
    struct schema_name name = {""};
    Ots__DescribeTimeseriesTableRequest request = OTS__DESCRIBE_TIMESERIES_TABLE_REQUEST__INIT;
    request.table_name = schema_name(options, &name);
    ots_pack(&request.base, body);
}

void series_schema_put_create(const struct series_table_options *options, struct buffer *body)
{
    struct schema_name name = {""};
    Ots__TimeseriesTableOptions table = OTS__TIMESERIES_TABLE_OPTIONS__INIT;
    table.has_time_to_live = true;
    table.time_to_live = options->ttl_s;
    Ots__TimeseriesTableMeta meta = OTS__TIMESERIES_TABLE_META__INIT;
    meta.table_name = schema_name(options, &name);
    meta.table_options = &table;
    Ots__CreateTimeseriesTableRequest request = OTS__CREATE_TIMESERIES_TABLE_REQUEST__INIT;
    request.table_meta = &meta;
    request.has_enable_analytical_store = true; /* and it is false: as the Java SDK has it */
    ots_pack(&request.base, body);
}

void series_schema_put_probe(const struct series_table_options *options, struct buffer *body)
{
    static char measurement[] = "otspipe_probe", source[] = "";
    struct schema_name name = {""};
    Ots__TimeseriesKey key = OTS__TIMESERIES_KEY__INIT;
    key.measurement = measurement;
    key.source = source;
    Ots__GetTimeseriesDataRequest request = OTS__GET_TIMESERIES_DATA_REQUEST__INIT;
    request.table_name = schema_name(options, &name);
    request.time_series_key = &key;
    request.has_begin_time = request.has_end_time = request.has_limit = true;
    request.end_time = 1;
    request.limit = 1;
    request.has_supported_table_version = true;
    request.supported_table_version = TABLE_VERSION;
    ots_pack(&request.base, body);
}

/* [assumed] A status that is not CREATED is of a table that is on its way; none says nothing. */
int series_schema_read(const struct series_table_options *options, struct slice answer,
                       struct ots_description *description, struct error *err)
{
    Ots__DescribeTimeseriesTableResponse *found =
        ots__describe_timeseries_table_response__unpack(NULL, answer.len, (const uint8_t *)answer.at);
    if (found == NULL)
        return error_set(err, ERROR_RETRY,
                         "DescribeTimeseriesTable: %zu bytes that are no description of table %.*s",
                         answer.len, SLICE_ARG(options->table));
    const char *status = found->table_meta->status;
    description->active = status == NULL || strcmp(status, "CREATED") == 0;
    ots__describe_timeseries_table_response__free_unpacked(found, NULL);
    return 0;
}
