/* write: rows as PlainBuffer in BulkImport or BatchWriteRow, and the results of all of them, in order. */
#include "ots/write.h"

#include <stdlib.h>

#include "base/check.h"
#include "ots/sender.h"

enum {
    ROWS_MOST = 200,
    FILL_MOST =
        4 * 1024 * 1024 - WRITE_REQUEST_PREFIX, /* the documented limit of a batch; assumed for BulkImport */
    /* One row of 4 MB of names and values, as the service counts them, is larger on the wire: 1,028 columns'
     * tags and checksums. The service takes bodies of 5 MB. */
    BYTES_MOST = FILL_MOST + 64 * 1024
};

struct write_sink {
    struct ots_sender sender;
    enum write_request_kind kind;
};

static struct write_sink *write_of(struct sink *sink)
{
    return LIST_OWNER(sink, struct write_sink, sender.sink);
}

static size_t write_row_size(struct sink *sink, const struct row *row)
{
    return write_request_row_size(write_of(sink)->kind, row);
}

static char *write_put_row(struct sink *sink, const struct row *row, char *to)
{
    return write_request_put_row(write_of(sink)->kind, row, to);
}

static int write_on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    if (row->ok)
        ots_sender_wrote(arg, index);
    else
        ots_sender_refused(arg, index, row->code, row->message);
    return 0;
}

static int write_read(struct ots_reading *reading, struct slice body, struct error *err)
{
    struct write_sink *write = write_of(&reading->sender->sink);
    return write_reply_walk(write->kind, body, reading->batch->count, write_on_row, reading, err);
}

static void write_send(struct sink *sink, struct batch *batch)
{
    struct write_sink *write = write_of(sink);
    const char *operation = write->kind == WRITE_BULK_IMPORT ? "BulkImport" : "BatchWriteRow";
    CHECK(batch->body.len > WRITE_REQUEST_PREFIX);
    struct slice body =
        write_request_finish(write->kind, slice_text(write->sender.table),
                             batch->body.at + WRITE_REQUEST_PREFIX, batch->body.len - WRITE_REQUEST_PREFIX);
    ots_sender_send(&write->sender, batch, operation, body);
}

static const struct sink_class write_class = {
    .row_size = write_row_size,
    .put_row = write_put_row,
    .send = write_send,
    .cut = ots_sender_cut,
    .forget = ots_sender_forget,
};

struct sink *ots_write_create(struct ots_client *client, struct slice table, enum write_request_kind kind,
                              bool same_key)
{
    struct write_sink *write = check_memory(calloc(1, sizeof(*write)));
    ots_sender_init(&write->sender, client, table, write_read);
    write->kind = kind;
    write->sender.sink = (struct sink){
        .class = &write_class,
        .rows_most = ROWS_MOST,
        .bytes_most = BYTES_MOST,
        .fill_most = FILL_MOST,
        .prefix_bytes = WRITE_REQUEST_PREFIX,
        .same_key =
            same_key && kind == WRITE_BULK_IMPORT, /* BatchWriteRow refuses the whole request for it */
    };
    return &write->sender.sink;
}

void ots_write_destroy(struct sink *sink)
{
    free(write_of(sink));
}
