/* table: the requests of a data table, for table_check. */
#include "ots/table.h"

#include "ots/table_schema.h"

static void table_put(const void *options, enum ots_table_step step, struct buffer *body)
{
    if (step == OTS_TABLE_CREATE)
        ots_schema_put_create(options, body);
    else if (step == OTS_TABLE_PROBE)
        ots_schema_put_probe(options, body);
    else
        ots_schema_put_describe(options, body);
}

static int table_read(const void *options, struct slice answer, struct ots_description *description,
                      struct error *err)
{
    return ots_schema_read(options, answer, description, err);
}

static const char *table_lacks(const void *options)
{
    return ots_schema_has_too_many(options)
               ? "has no defined columns: columns lists more than a table takes; "
                 "only indexes would need them"
               : NULL;
}

static const struct ots_table_kind data_kind = {
    .operations = {"DescribeTable", "CreateTable", "GetRow", "DescribeTimeseriesTable"},
    .other = "there is a time-series table of this name, which takes no rows of a data table: set mode: "
             "timeseries (tablestore.mode=timeseries), or write to another table",
    .put = table_put,
    .read = table_read,
    .lacks = table_lacks,
};

struct ots_table_check *ots_table_check_start(struct ots_client *client, struct clock *clock,
                                              const struct ots_table_options *options, int64_t retry_ms,
                                              ots_table_done_fn *on_done, void *arg)
{
    struct ots_table_subject subject = {.kind = &data_kind,
                                        .options = options,
                                        .options_bytes = sizeof(*options),
                                        .table = options->plan->table,
                                        .auto_create = options->auto_create,
                                        .look_only = options->look_only};
    return ots_table_check_subject(client, clock, &subject, retry_ms, on_done, arg);
}
