/* write_request: the bodies of BulkImport and BatchWriteRow. All tags are single bytes and all lengths are
 * known first, so the bytes are those that a protobuf library would write. */
#include "wire/write_request.h"

#include "base/check.h"
#include "wire/plainbuffer.h"
#include "wire/proto_put.h"

enum {
    TAG_TABLES = 0x0a,        /* BatchWriteRowRequest.tables */
    TAG_TABLE_NAME = 0x0a,    /* of a BulkImportRequest or of a table of a BatchWriteRowRequest */
    TAG_ROWS = 0x12,          /* of the same two */
    TAG_TYPE = 0x08,          /* of a row */
    TAG_ROW_CHANGE = 0x12,    /* of a row */
    TAG_CONDITION = 0x1a,     /* of a row in BatchWriteRow */
    TAG_ROW_EXISTENCE = 0x08, /* of a condition */
    TYPE_FIELD = 2,
    CONDITION_FIELD = 4,
    TABLE_NAME_MOST = 255
};

/* What is inside the frame of a row. */
static inline size_t content_size(enum write_request_kind kind, size_t row_bytes)
{
    return TYPE_FIELD + proto_put_bytes_size(row_bytes) +
           (kind == WRITE_BATCH_WRITE_ROW ? CONDITION_FIELD : 0);
}

size_t write_request_row_size(enum write_request_kind kind, const struct row *row)
{
    return proto_put_bytes_size(content_size(kind, plainbuffer_size(row)));
}

char *write_request_put_row(enum write_request_kind kind, const struct row *row, char *to)
{
    size_t row_bytes = plainbuffer_size(row);
    to = proto_put_bytes(to, TAG_ROWS, content_size(kind, row_bytes));
    *to++ = TAG_TYPE;
    *to++ = (char)row->op;
    to = plainbuffer_put(row, proto_put_bytes(to, TAG_ROW_CHANGE, row_bytes));
    if (kind == WRITE_BATCH_WRITE_ROW) {
        *to++ = TAG_CONDITION;
        *to++ = 2;
        *to++ = TAG_ROW_EXISTENCE;
        *to++ = 0; /* IGNORE */
    }
    return to;
}

struct slice write_request_finish(enum write_request_kind kind, struct slice table, char *first, size_t bytes)
{
    CHECK(table.len <= TABLE_NAME_MOST);
    size_t table_bytes = proto_put_bytes_size(table.len) + bytes;
    size_t prefix = proto_put_bytes_size(table.len);
    if (kind == WRITE_BATCH_WRITE_ROW)
        prefix += 1 + proto_put_varint_size(table_bytes);
    CHECK(prefix <= WRITE_REQUEST_PREFIX);
    char *begin = first - prefix;
    char *to = begin;
    if (kind == WRITE_BATCH_WRITE_ROW)
        to = proto_put_bytes(to, TAG_TABLES, table_bytes);
    to = proto_put_bytes(to, TAG_TABLE_NAME, table.len);
    memcpy(to, table.at, table.len);
    return slice_of(begin, prefix + bytes);
}
