/* write_reply: the walk over the answers of BulkImport and BatchWriteRow. Two passes: the first one reads
 * everything, and only an answer that is whole and has the right count of rows is told to anyone. */
#include "wire/write_request.h"

#include "base/error.h"

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* One field of a message: where its content is, or its number. */
struct field {
    uint64_t number;
    uint64_t wire_type;
    uint64_t varint;
    struct slice bytes;
};

static bool take_long_varint(struct slice *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 70 && rest->len > 0; shift += 7) {
        uint8_t byte = (uint8_t)*rest->at;
        *rest = (struct slice){rest->at + 1, rest->len - 1};
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static inline bool take_varint(struct slice *rest, uint64_t *value)
{
    if (rest->len == 0 || (uint8_t)*rest->at >= 0x80)
        return take_long_varint(rest, value);
    *value = (uint8_t)*rest->at;
    *rest = (struct slice){rest->at + 1, rest->len - 1};
    return true;
}

static inline bool take_bytes(struct slice *rest, uint64_t len, struct slice *bytes)
{
    if (len > rest->len)
        return false;
    *bytes = slice_of(rest->at, (size_t)len);
    *rest = slice_of(rest->at + len, rest->len - (size_t)len);
    return true;
}

static inline bool take_content(struct slice *rest, struct field *field)
{
    switch (field->wire_type) {
    case WIRE_VARINT:
        return take_varint(rest, &field->varint);
    case WIRE_FIXED64:
        return take_bytes(rest, 8, &field->bytes);
    case WIRE_FIXED32:
        return take_bytes(rest, 4, &field->bytes);
    case WIRE_BYTES:
        return take_varint(rest, &field->varint) && take_bytes(rest, field->varint, &field->bytes);
    default:
        return false; /* groups: no message of Tablestore has them */
    }
}

/* 1: a field, 0: the end, -1: these bytes are not a message. */
static inline int next_field(struct slice *rest, struct field *field)
{
    uint64_t tag;
    if (rest->len == 0)
        return 0;
    if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
        return -1;
    *field = (struct field){.number = tag >> 3, .wire_type = tag & 7};
    return take_content(rest, field) ? 1 : -1;
}

/* Is it this one? A known number with another wire type is not what the service means: *broken. */
static inline bool is_field(const struct field *field, uint64_t number, enum wire_type type, bool *broken)
{
    if (field->number != number)
        return false;
    *broken |= field->wire_type != type;
    return field->wire_type == type;
}

int write_reply_fault(struct slice answer, struct slice *code, struct slice *message)
{
    struct field field;
    struct slice found_code = {NULL, 0};
    struct slice found_message = {NULL, 0};
    bool broken = false;
    int more;
    while ((more = next_field(&answer, &field)) > 0 && !broken) {
        if (is_field(&field, 1, WIRE_BYTES, &broken))
            found_code = field.bytes;
        else if (is_field(&field, 2, WIRE_BYTES, &broken))
            found_message = field.bytes;
    }
    if (more != 0 || broken || found_code.at == NULL)
        return -1;
    *code = found_code;
    *message = found_message;
    return 0;
}

/* Of one row: is_ok and error; what the row cost is passed over. */
static int read_row(struct slice rest, struct write_reply_row *row)
{
    struct field field;
    bool broken = false;
    bool found = false;
    int more;
    *row = (struct write_reply_row){.ok = false};
    while ((more = next_field(&rest, &field)) > 0 && !broken) {
        if (is_field(&field, 1, WIRE_VARINT, &broken)) {
            found = true;
            row->ok = field.varint != 0;
        } else if (is_field(&field, 2, WIRE_BYTES, &broken)) {
            broken |= write_reply_fault(field.bytes, &row->code, &row->message) != 0;
        }
    }
    return more == 0 && !broken && found ? 0 : -1;
}

struct walk {
    write_reply_row_fn *on_row; /* NULL in the first pass */
    void *arg;
    uint32_t index;
};

static int walk_row(struct slice bytes, struct walk *walk)
{
    struct write_reply_row row;
    if (read_row(bytes, &row) != 0 || walk->index == UINT32_MAX)
        return -1;
    if (walk->on_row != NULL && walk->on_row(walk->arg, walk->index, &row) != 0)
        return -1;
    walk->index++;
    return 0;
}

/* A BulkImportResponse, or a table of a BatchWriteRowResponse: they have the same fields. */
static int walk_table(struct slice rest, struct walk *walk)
{
    struct field field;
    bool broken = false;
    bool named = false;
    int more;
    while ((more = next_field(&rest, &field)) > 0 && !broken) {
        if (is_field(&field, 1, WIRE_BYTES, &broken))
            named = true;
        else if (is_field(&field, 2, WIRE_BYTES, &broken) && walk_row(field.bytes, walk) != 0)
            return -1;
    }
    return more == 0 && !broken && named ? 0 : -1;
}

/* The one table of a BatchWriteRowResponse. */
static int find_table(struct slice rest, struct slice *table)
{
    struct field field;
    bool broken = false;
    unsigned tables = 0;
    int more;
    while ((more = next_field(&rest, &field)) > 0 && !broken) {
        if (is_field(&field, 1, WIRE_BYTES, &broken)) {
            *table = field.bytes;
            tables++;
        }
    }
    return more == 0 && !broken && tables == 1 ? 0 : -1;
}

int write_reply_walk(enum write_request_kind kind, struct slice answer, uint32_t rows,
                     write_reply_row_fn *on_row, void *arg, struct error *err)
{
    struct slice table = answer;
    struct walk count = {.on_row = NULL};
    struct walk tell = {.on_row = on_row, .arg = arg};
    if (kind == WRITE_BATCH_WRITE_ROW && find_table(answer, &table) != 0)
        return error_set(err, ERROR_RETRY, "the answer is not a BatchWriteRowResponse of one table");
    if (walk_table(table, &count) != 0)
        return error_set(err, ERROR_RETRY, "the answer is not a list of rows with their results");
    if (count.index != rows)
        return error_set(err, ERROR_RETRY, "the answer has the results of %u rows, %u were sent",
                         (unsigned)count.index, (unsigned)rows);
    return walk_table(table, &tell);
}
