/* operation: the table of them. */
#include "emulator/operation.h"

#include "wire/tablestore.pb-c.h"

#define MESSAGE(name) &ots__##name##_request__descriptor

static const struct operation operations[] = {
    {"CreateTable", "/CreateTable", MESSAGE(create_table), false, false, operation_create_table_read,
     operation_create_table},
    {"ListTable", "/ListTable", MESSAGE(list_table), false, false, NULL, operation_list_table},
    {"DescribeTable", "/DescribeTable", MESSAGE(describe_table), false, false, NULL,
     operation_describe_table},
    {"DeleteTable", "/DeleteTable", MESSAGE(delete_table), false, false, NULL, operation_delete_table},
    {"PutRow", "/PutRow", MESSAGE(put_row), true, false, operation_put_row_read, operation_write_one},
    {"UpdateRow", "/UpdateRow", MESSAGE(update_row), true, false, operation_update_row_read,
     operation_write_one},
    {"DeleteRow", "/DeleteRow", MESSAGE(delete_row), true, false, operation_delete_row_read,
     operation_write_one},
    {"GetRow", "/GetRow", MESSAGE(get_row), false, true, NULL, operation_get_row},
    {"GetRange", "/GetRange", MESSAGE(get_range), false, true, NULL, operation_get_range},
    {"BatchWriteRow", "/BatchWriteRow", MESSAGE(batch_write_row), true, false, operation_batch_write_row_read,
     operation_batch_write_row},
    {"BulkImport", "/BulkImport", MESSAGE(bulk_import), true, false, operation_bulk_import_read,
     operation_bulk_import},
};

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
