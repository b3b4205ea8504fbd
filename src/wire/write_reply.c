/* write_reply: the walk over the answers of BulkImport and BatchWriteRow. Two passes: the first one reads
 * everything, and only an answer that is whole and has the right count of rows is told to anyone. */
#include "wire/write_request.h"

#include "base/error.h"
#include "wire/proto_field.h"

int write_reply_fault(struct slice answer, struct slice *code, struct slice *message)
{
    struct proto_field field;
    struct slice found_code = {NULL, 0};
    struct slice found_message = {NULL, 0};
    bool broken = false;
    int more;
    while ((more = proto_field_next(&answer, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_BYTES, &broken))
            found_code = field.bytes;
        else if (proto_field_is(&field, 2, PROTO_FIELD_BYTES, &broken))
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
    struct proto_field field;
    bool broken = false;
    bool found = false;
    int more;
    *row = (struct write_reply_row){.ok = false};
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_VARINT, &broken)) {
            found = true;
            row->ok = field.varint != 0;
        } else if (proto_field_is(&field, 2, PROTO_FIELD_BYTES, &broken)) {
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
    struct proto_field field;
    bool broken = false;
    bool named = false;
    int more;
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_BYTES, &broken))
            named = true;
        else if (proto_field_is(&field, 2, PROTO_FIELD_BYTES, &broken) && walk_row(field.bytes, walk) != 0)
            return -1;
    }
    return more == 0 && !broken && named ? 0 : -1;
}

/* The one table of a BatchWriteRowResponse. */
static int find_table(struct slice rest, struct slice *table)
{
    struct proto_field field;
    bool broken = false;
    unsigned tables = 0;
    int more;
    while ((more = proto_field_next(&rest, &field)) > 0 && !broken) {
        if (proto_field_is(&field, 1, PROTO_FIELD_BYTES, &broken)) {
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
