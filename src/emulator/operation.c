/* operation: the table of them. */
#include "emulator/operation.h"

#include "emulator/refusal.h"
#include "wire/tablestore.pb-c.h"

#define MESSAGE(name) &ots__##name##_request__descriptor

static const struct operation operations[] = {
    {"CreateTable", "/CreateTable", MESSAGE(create_table), false, false, operation_create_table_read,
     operation_create_table},
    {"ListTable", "/ListTable", MESSAGE(list_table), false, false, NULL, operation_list_table},
    {"DescribeTable", "/DescribeTable", MESSAGE(describe_table), false, false, NULL,
     operation_describe_table},
    {"UpdateTable", "/UpdateTable", MESSAGE(update_table), false, false, NULL, operation_update_table},
    {"DeleteTable", "/DeleteTable", MESSAGE(delete_table), false, false, NULL, operation_delete_table},
    {"ComputeSplitPointsBySize", "/ComputeSplitPointsBySize", MESSAGE(compute_split_points_by_size), false,
     false, NULL, operation_compute_split_points},
    {"CreateIndex", "/CreateIndex", MESSAGE(create_index), false, false, NULL, operation_create_index},
    {"DropIndex", "/DropIndex", MESSAGE(drop_index), false, false, NULL, operation_drop_index},
    {"AddDefinedColumn", "/AddDefinedColumn", MESSAGE(add_defined_column), false, false, NULL,
     operation_add_defined_column},
    {"DeleteDefinedColumn", "/DeleteDefinedColumn", MESSAGE(delete_defined_column), false, false, NULL,
     operation_delete_defined_column},
    {"StartLocalTransaction", "/StartLocalTransaction", MESSAGE(start_local_transaction), false, false, NULL,
     operation_start_local_transaction},
    {"CommitTransaction", "/CommitTransaction", MESSAGE(commit_transaction), false, false, NULL,
     operation_commit_transaction},
    {"AbortTransaction", "/AbortTransaction", MESSAGE(abort_transaction), false, false, NULL,
     operation_abort_transaction},
    {"PutRow", "/PutRow", MESSAGE(put_row), true, false, operation_put_row_read, operation_put_row},
    {"UpdateRow", "/UpdateRow", MESSAGE(update_row), true, false, operation_update_row_read,
     operation_update_row},
    {"DeleteRow", "/DeleteRow", MESSAGE(delete_row), true, false, operation_delete_row_read,
     operation_delete_row},
    {"GetRow", "/GetRow", MESSAGE(get_row), false, true, NULL, operation_get_row},
    {"GetRange", "/GetRange", MESSAGE(get_range), false, true, NULL, operation_get_range},
    {"BatchGetRow", "/BatchGetRow", MESSAGE(batch_get_row), false, true, NULL, operation_batch_get_row},
    {"BatchWriteRow", "/BatchWriteRow", MESSAGE(batch_write_row), true, false, operation_batch_write_row_read,
     operation_batch_write_row},
    {"BulkImport", "/BulkImport", MESSAGE(bulk_import), true, false, operation_bulk_import_read,
     operation_bulk_import},
    {"CreateTimeseriesTable", "/CreateTimeseriesTable", MESSAGE(create_timeseries_table), false, false,
     operation_create_timeseries_table_read, operation_create_timeseries_table},
    {"ListTimeseriesTable", "/ListTimeseriesTable", MESSAGE(list_timeseries_table), false, false, NULL,
     operation_list_timeseries_table},
    {"DescribeTimeseriesTable", "/DescribeTimeseriesTable", MESSAGE(describe_timeseries_table), false, false,
     NULL, operation_describe_timeseries_table},
    {"UpdateTimeseriesTable", "/UpdateTimeseriesTable", MESSAGE(update_timeseries_table), false, false, NULL,
     operation_update_timeseries_table},
    {"DeleteTimeseriesTable", "/DeleteTimeseriesTable", MESSAGE(delete_timeseries_table), false, false, NULL,
     operation_delete_timeseries_table},
    {"PutTimeseriesData", "/PutTimeseriesData", MESSAGE(put_timeseries_data), true, false,
     operation_put_timeseries_data_read, operation_put_timeseries_data},
    {"GetTimeseriesData", "/GetTimeseriesData", MESSAGE(get_timeseries_data), false, true, NULL,
     operation_get_timeseries_data},
    {"QueryTimeseriesMeta", "/QueryTimeseriesMeta", MESSAGE(query_timeseries_meta), false, false, NULL,
     operation_query_timeseries_meta},
    {"UpdateTimeseriesMeta", "/UpdateTimeseriesMeta", MESSAGE(update_timeseries_meta), false, false, NULL,
     operation_update_timeseries_meta},
    {"DeleteTimeseriesMeta", "/DeleteTimeseriesMeta", MESSAGE(delete_timeseries_meta), false, false, NULL,
     operation_delete_timeseries_meta},
    {"SplitTimeseriesScanTask", "/SplitTimeseriesScanTask", MESSAGE(split_timeseries_scan_task), false, false,
     NULL, operation_split_timeseries_scan_task},
    {"ScanTimeseriesData", "/ScanTimeseriesData", MESSAGE(scan_timeseries_data), false, true, NULL,
     operation_scan_timeseries_data},
};

/* What the service has beside these, and what to call it. */
static const struct {
    const char *name; /* a name that ends in * stands for all that begin so */
    const char *kind;
} others[] = {{"BulkExport", "bulk export"},
              {"SQLQuery", "SQL"},
              {"Search", "search indexes"},
              {"ParallelScan", "search indexes"},
              {"ComputeSplits", "search indexes"},
              {"CreateSearchIndex", "search indexes"},
              {"UpdateSearchIndex", "search indexes"},
              {"ListSearchIndex", "search indexes"},
              {"DeleteSearchIndex", "search indexes"},
              {"DescribeSearchIndex", "search indexes"},
              {"ListStream", "streams"},
              {"DescribeStream", "streams"},
              {"GetShardIterator", "streams"},
              {"GetStreamRecord", "streams"},
              {"tunnel/*", "tunnels"},
              {"CreateDeliveryTask", "delivery tasks"},
              {"DeleteDeliveryTask", "delivery tasks"},
              {"DescribeDeliveryTask", "delivery tasks"},
              {"ListDeliveryTask", "delivery tasks"},
              {"CreateTimeseries*", "analytical stores and lastpoint indexes of time series"},
              {"DeleteTimeseries*", "analytical stores and lastpoint indexes of time series"},
              {"DescribeTimeseries*", "analytical stores and lastpoint indexes of time series"},
              {"UpdateTimeseries*", "analytical stores and lastpoint indexes of time series"}};

static bool operation_is(struct slice name, const char *other)
{
    size_t len = strlen(other);
    if (other[len - 1] != '*')
        return slice_equal(name, slice_text(other));
    return name.len >= len - 1 && memcmp(name.at, other, len - 1) == 0;
}

void operation_refuse(struct slice path, struct refusal *refusal)
{
    struct slice name = path.len == 0 ? SLICE("") : slice_of(path.at + 1, path.len - 1);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (operation_is(name, others[i].name)) {
            refusal_set(refusal, "OTSParameterInvalid",
                        "Unsupported operation: %.*s. This emulator does not know %s.", SLICE_ARG(name),
                        others[i].kind);
            return;
        }
    }
    refusal_set(refusal, "OTSParameterInvalid", "Unsupported operation: %.*s.", SLICE_ARG(name));
}

size_t operation_count(void)
{
    return sizeof(operations) / sizeof(operations[0]);
}

const struct operation *operation_at(size_t index)
{
    return &operations[index];
}

size_t operation_index(const struct operation *operation)
{
    return (size_t)(operation - operations);
}

const struct operation *operation_find(struct slice path)
{
    for (size_t i = 0; i < operation_count(); i++)
        if (slice_equal(path, slice_text(operations[i].path)))
            return &operations[i];
    return NULL;
}
