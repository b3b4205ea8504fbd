/* operation: what the service can be asked for. One entry for each path; what it does is in
 * the files operation_*.c. */
#ifndef EMULATOR_OPERATION_H
#define EMULATOR_OPERATION_H

#include <protobuf-c/protobuf-c.h>

#include "base/slice.h"

struct refusal;
struct visit;

struct operation {
    const char *name; /* "PutRow" */
    const char *path; /* "/PutRow" */
    const ProtobufCMessageDescriptor *request;
    bool writes_rows;
    bool reads_rows;
    int (*read)(struct visit *visit);    /* NULL, or: what can be checked and made without the store */
    int (*execute)(struct visit *visit); /* fills the answer. Both: -1 and visit->refusal */
};

/* Why there is no operation at this path: the service has none either, or only the emulator has none. */
void operation_refuse(struct slice path, struct refusal *refusal);

/* By path ("/PutRow"); NULL: unknown. */
const struct operation *operation_find(struct slice path);
size_t operation_count(void);
const struct operation *operation_at(size_t index);
size_t operation_index(const struct operation *operation);

int operation_create_table_read(struct visit *visit);
int operation_create_table(struct visit *visit);
int operation_list_table(struct visit *visit);
int operation_describe_table(struct visit *visit);
int operation_delete_table(struct visit *visit);

int operation_update_table(struct visit *visit);
int operation_compute_split_points(struct visit *visit);
int operation_create_index(struct visit *visit);
int operation_drop_index(struct visit *visit);
int operation_add_defined_column(struct visit *visit);
int operation_delete_defined_column(struct visit *visit);

int operation_create_timeseries_table_read(struct visit *visit);
int operation_create_timeseries_table(struct visit *visit);
int operation_list_timeseries_table(struct visit *visit);
int operation_describe_timeseries_table(struct visit *visit);
int operation_update_timeseries_table(struct visit *visit);
int operation_delete_timeseries_table(struct visit *visit);

int operation_put_timeseries_data_read(struct visit *visit);
int operation_put_timeseries_data(struct visit *visit);
int operation_get_timeseries_data(struct visit *visit);
int operation_query_timeseries_meta(struct visit *visit);
int operation_update_timeseries_meta(struct visit *visit);
int operation_delete_timeseries_meta(struct visit *visit);
int operation_split_timeseries_scan_task(struct visit *visit);
int operation_scan_timeseries_data(struct visit *visit);

int operation_start_local_transaction(struct visit *visit);
int operation_commit_transaction(struct visit *visit);
int operation_abort_transaction(struct visit *visit);

int operation_put_row_read(struct visit *visit);
int operation_update_row_read(struct visit *visit);
int operation_delete_row_read(struct visit *visit);
int operation_put_row(struct visit *visit);
int operation_update_row(struct visit *visit);
int operation_delete_row(struct visit *visit);
int operation_batch_write_row_read(struct visit *visit);
int operation_batch_write_row(struct visit *visit);
int operation_bulk_import_read(struct visit *visit);
int operation_bulk_import(struct visit *visit);

int operation_get_row(struct visit *visit);
int operation_get_range(struct visit *visit);
int operation_batch_get_row(struct visit *visit);

#endif
