/* operation: what the service can be asked for. One entry for each path; what it does is in
 * operation_table.c, operation_write.c and operation_read.c. */
#ifndef EMULATOR_OPERATION_H
#define EMULATOR_OPERATION_H

#include <protobuf-c/protobuf-c.h>

#include "base/slice.h"

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

int operation_put_row_read(struct visit *visit);
int operation_update_row_read(struct visit *visit);
int operation_delete_row_read(struct visit *visit);
int operation_write_one(struct visit *visit);
int operation_batch_write_row_read(struct visit *visit);
int operation_batch_write_row(struct visit *visit);
int operation_bulk_import_read(struct visit *visit);
int operation_bulk_import(struct visit *visit);

int operation_get_row(struct visit *visit);
int operation_get_range(struct visit *visit);

#endif
