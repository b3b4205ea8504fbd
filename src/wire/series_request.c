/* series_request: what stands in front of the rows. Protobuf's fields may come in any order: the rows are the
 * last one, so that nothing is behind them. */
#include "wire/series_request.h"

#include "base/check.h"
#include "wire/crc32c.h"
#include "wire/proto_put.h"
#include "wire/series_piece.h"

enum {
    TAG_TABLE_NAME = 0x0a, /* PutTimeseriesDataRequest */
    TAG_ROWS = 0x12,
    TAG_META_MODE = 0x18,
    TAG_VERSION = 0x20,
    TAG_TYPE = 0x08, /* TimeseriesRows */
    TAG_ROWS_DATA = 0x12,
    TAG_CRC = 0x18,
    META_IGNORE = 1,
    TABLE_VERSION = 1,
    TYPE_FLAT_BUFFER = 0,
    NUMBER_FIELD = 2, /* bytes of a field whose number is below 128 */
    TABLE_NAME_MOST = 255,
    /* The root: where its table is; the table's shape and two bytes of nothing; the table; the vector. */
    ROOT_TABLE = 12,
    ROOT_VECTOR = 20,
    ROOT_REFERENCES = 24
};

static const char root_head[ROOT_VECTOR] = {ROOT_TABLE, 0, 0, 0, 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4};

static uint32_t root_bytes(uint32_t count)
{
    return (ROOT_REFERENCES + 4 * count + 7) & ~7u;
}

static void put_root(const struct series_request *request, char *root, const char *first)
{
    memcpy(root, root_head, sizeof(root_head));
    char *to = bytes_put_u32(root + ROOT_VECTOR, request->count);
    for (uint32_t i = 0; i < request->count; i++)
        to = bytes_put_u32(to, (uint32_t)(first + request->at[i] + SERIES_PIECE_GROUP_AT - to));
    if (to != first)
        bytes_put_u32(to, 0);
}

struct slice series_request_finish(const struct series_request *request, char *first, size_t bytes)
{
    CHECK(request->count > 0 && request->count <= SERIES_ROWS_MOST && request->table.len <= TABLE_NAME_MOST);
    char *root = first - root_bytes(request->count);
    size_t data_bytes = (size_t)(first - root) + bytes;
    put_root(request, root, first);
    /* The service reads a signed 32-bit number: a negative one is ten bytes long. */
    uint64_t crc = (uint64_t)(int64_t)(int32_t)crc32c(root, data_bytes);
    size_t rows_bytes = NUMBER_FIELD + 1 + proto_put_varint_size(crc) + proto_put_bytes_size(data_bytes);
    size_t mode_bytes = request->ignore_meta ? NUMBER_FIELD : 0;
    char *begin = root - (proto_put_bytes_size(request->table.len) + mode_bytes + NUMBER_FIELD +
                          proto_put_bytes_size(rows_bytes) - data_bytes);
    char *to = proto_put_bytes(begin, TAG_TABLE_NAME, request->table.len);
    memcpy(to, request->table.at, request->table.len);
    to += request->table.len;
    if (request->ignore_meta) {
        *to++ = TAG_META_MODE;
        *to++ = META_IGNORE;
    }
    *to++ = TAG_VERSION;
    *to++ = TABLE_VERSION;
    to = proto_put_bytes(to, TAG_ROWS, rows_bytes);
    *to++ = TAG_TYPE;
    *to++ = TYPE_FLAT_BUFFER;
    *to++ = TAG_CRC;
    to = proto_put_bytes(proto_put_varint(to, crc), TAG_ROWS_DATA, data_bytes);
    CHECK(to == root && first - begin <= SERIES_REQUEST_PREFIX);
    return slice_of(begin, (size_t)(root - begin) + data_bytes);
}
