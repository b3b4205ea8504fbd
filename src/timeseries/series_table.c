/* series_table: the requests of a time-series table, for ots/table_check. */
#include "timeseries/series_table.h"

#include "timeseries/series_schema.h"

static void series_put(const void *options, enum ots_table_step step, struct buffer *body)
{
    if (step == OTS_TABLE_CREATE)
        series_schema_put_create(options, body);
    else if (step == OTS_TABLE_PROBE)
        series_schema_put_probe(options, body);
    else
        series_schema_put_describe(options, body);
}

static int series_read_description(const void *options, struct slice answer,
                                   struct ots_description *description, struct error *err)
{
    return series_schema_read(options, answer, description, err);
}

static const char *series_lacks(const void *options)
{
    (void)options;
    return NULL;
}

static const struct ots_table_kind series_kind = {
    .operations = {"DescribeTimeseriesTable", "CreateTimeseriesTable", "GetTimeseriesData", "DescribeTable"},
    .other = "there is a data table of this name, which takes no points of time series: leave out mode: "
             "timeseries (tablestore.mode=timeseries), or write to another table",
    .put = series_put,
    .read = series_read_description,
    .lacks = series_lacks,
};

struct ots_table_check *series_table_check_start(struct ots_client *client, struct clock *clock,
                                                 const struct series_table_options *options, int64_t retry_ms,
                                                 ots_table_done_fn *on_done, void *arg)
{
    struct ots_table_subject subject = {.kind = &series_kind,
                                        .options = options,
                                        .options_bytes = sizeof(*options),
                                        .table = options->table,
                                        .auto_create = options->auto_create,
                                        .look_only = options->look_only};
    return ots_table_check_subject(client, clock, &subject, retry_ms, on_done, arg);
}
