/* write: a batch goes out as one call of its slot; the answer's rows become its verdicts, by position, in the
 * very batch that was sent: what the service said of a row can reach no other one. */
#include "ots/write.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "loop/clock.h"
#include "ots/fault.h"

enum {
    ROWS_MOST = 200,
    FILL_MOST =
        4 * 1024 * 1024 - WRITE_REQUEST_PREFIX, /* the documented limit of a batch; assumed for BulkImport */
    /* One row of 4 MB of names and values, as the service counts them, is larger on the wire: 1,028 columns'
     * tags and checksums. The service takes bodies of 5 MB. */
    BYTES_MOST = FILL_MOST + 64 * 1024,
    CODE_MOST = 64,
    MESSAGE_MOST = 400,
    TABLE_MOST = 255,
    ADVISE_AGAIN_MS = 60 * 1000,
    ADVISE_OTHER_MS = 1000,
    REASONS_KEEP = 4096
};

struct write_sink {
    struct sink sink;
    struct ots_client *client;
    enum write_request_kind kind;
    char table[TABLE_MOST + 1];
    char last_advised[CODE_MOST + 1]; /* a code */
    int64_t last_advised_ms;
};

/* sink_state of a batch. */
struct write_slot {
    struct write_sink *write;
    struct ots_call *call;
    struct batch *batch; /* in flight, or NULL */
};

static struct write_sink *write_of(struct sink *sink)
{
    return LIST_OWNER(sink, struct write_sink, sink);
}

static size_t write_row_size(struct sink *sink, const struct row *row)
{
    return write_request_row_size(write_of(sink)->kind, row);
}

static char *write_put_row(struct sink *sink, const struct row *row, char *to)
{
    return write_request_put_row(write_of(sink)->kind, row, to);
}

/* What is being read, row by row. Neighbours often fail alike: they share a text. */
struct write_reading {
    struct write_sink *write;
    struct batch *batch;
    struct slice request_id;
    struct write_reply_row last;
    uint32_t last_why;
};

static struct slice write_cut(struct slice text, size_t most)
{
    return text.len > most ? slice_of(text.at, most) : text;
}

static uint32_t write_reason(struct write_reading *reading, const struct write_reply_row *row)
{
    struct buffer *reasons = &reading->batch->reasons;
    struct slice code = row->code.len > 0 ? write_cut(row->code, CODE_MOST) : SLICE("no code");
    struct slice message = write_cut(row->message, MESSAGE_MOST);
    struct slice id = write_cut(reading->request_id, CODE_MOST);
    if (reading->last_why != UINT32_MAX && slice_equal(row->code, reading->last.code) &&
        slice_equal(row->message, reading->last.message))
        return reading->last_why;
    uint32_t at = (uint32_t)reasons->len;
    if (buffer_print(reasons, "%.*s: %.*s (request %.*s)%c", SLICE_ARG(code), SLICE_ARG(message),
                     SLICE_ARG(id), 0) != 0)
        return UINT32_MAX;
    reading->last = *row;
    reading->last_why = at;
    return at;
}

/* A row that is sent again although a person could do something about it (its table is gone, its code is
 * unknown): said at once, then once a minute; another code after a second. */
static void write_advise(struct write_sink *write, struct slice code, const char *advice)
{
    struct slice cut = write_cut(code, CODE_MOST);
    int64_t now_ms = ots_client_clock(write->client)->now_ms;
    bool same = slice_equal(cut, slice_text(write->last_advised));
    int64_t wait_ms = same ? ADVISE_AGAIN_MS : ADVISE_OTHER_MS;
    if (advice == NULL || (write->last_advised[0] != 0 && now_ms - write->last_advised_ms < wait_ms))
        return;
    snprintf(write->last_advised, sizeof(write->last_advised), "%.*s", SLICE_ARG(cut));
    write->last_advised_ms = now_ms;
    log_warn("ots: rows are refused and sent again: table=%s code=%s; %s", write->table, write->last_advised,
             advice);
}

static int write_on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    struct write_reading *reading = arg;
    struct batch *batch = reading->batch;
    struct batch_row *to = &batch->rows[index];
    to->why = UINT32_MAX;
    to->verdict = VERDICT_OK;
    if (row->ok)
        return 0;
    to->verdict = (uint8_t)ots_fault_verdict(row->code, row->message);
    to->why = write_reason(reading, row);
    batch->throttled |= ots_fault_throttles(200, row->code, row->message);
    if (to->verdict == VERDICT_RETRY)
        write_advise(reading->write, row->code, ots_fault_advice(row->code, row->message));
    return 0;
}

/* Which rows were written is in the answer; one that cannot be read says nothing about any of them. */
static void write_read_rows(struct write_slot *slot, const struct ots_answer *answer)
{
    struct batch *batch = slot->batch;
    struct error err;
    struct write_reading reading = {
        .write = slot->write, .batch = batch, .request_id = answer->request_id, .last_why = UINT32_MAX};
    batch->outcome = BATCH_ANSWERED;
    if (write_reply_walk(slot->write->kind, answer->body, batch->count, write_on_row, &reading, &err) == 0)
        return;
    batch->outcome = BATCH_CUT;
    batch->throttled = false;
    struct slice id = write_cut(answer->request_id, CODE_MOST);
    error_set(&batch->error, ERROR_RETRY, "the answer of request %.*s to %u rows cannot be read: %s",
              SLICE_ARG(id), batch->count, err.text);
}

static enum batch_outcome write_outcome(enum ots_outcome outcome)
{
    switch (outcome) {
    case OTS_OK:
        return BATCH_ANSWERED;
    case OTS_RETRY:
        return BATCH_RETRY;
    case OTS_CUT:
        return BATCH_CUT;
    case OTS_UNSENT:
        return BATCH_UNSENT;
    case OTS_REFUSED:
        return BATCH_REFUSED;
    case OTS_MISSING:
    case OTS_EXISTS:
    case OTS_BLOCKED:
        break;
    }
    return BATCH_BLOCKED;
}

/* It may be shown and sent on: what no id has in it is replaced. */
static void write_keep_id(struct batch *batch, struct slice id)
{
    size_t len = id.len < BATCH_REQUEST_ID ? id.len : BATCH_REQUEST_ID;
    for (size_t i = 0; i < len; i++)
        batch->request_id[i] = id.at[i] > ' ' && id.at[i] <= '~' ? id.at[i] : '?';
    batch->request_id[len] = 0;
}

static void write_on_answer(void *arg, struct ots_call *call, const struct ots_answer *answer)
{
    struct write_slot *slot = arg;
    struct batch *batch = slot->batch;
    (void)call;
    batch->throttled = answer->throttled;
    write_keep_id(batch, answer->request_id);
    buffer_reset(&batch->reasons, REASONS_KEEP);
    if (answer->outcome == OTS_OK) {
        write_read_rows(slot, answer);
    } else {
        batch->outcome = write_outcome(answer->outcome);
        batch->error = answer->error;
    }
    slot->batch = NULL;
    batch->on_answer(batch->arg, batch);
}

static struct write_slot *write_slot_of(struct write_sink *write, struct batch *batch)
{
    struct write_slot *slot = batch->sink_state;
    if (slot != NULL)
        return slot;
    slot = check_memory(calloc(1, sizeof(*slot)));
    slot->write = write;
    slot->call = ots_call_create(write->client, write_on_answer, slot);
    batch->sink_state = slot;
    return slot;
}

static void write_send(struct sink *sink, struct batch *batch)
{
    struct write_sink *write = write_of(sink);
    struct write_slot *slot = write_slot_of(write, batch);
    const char *operation = write->kind == WRITE_BULK_IMPORT ? "BulkImport" : "BatchWriteRow";
    CHECK(slot->batch == NULL && batch->count > 0 && batch->body.len > WRITE_REQUEST_PREFIX);
    slot->batch = batch;
    struct slice body =
        write_request_finish(write->kind, slice_text(write->table), batch->body.at + WRITE_REQUEST_PREFIX,
                             batch->body.len - WRITE_REQUEST_PREFIX);
    ots_call_send(slot->call, operation, body);
}

static void write_cut_off(struct sink *sink, struct batch *batch)
{
    struct write_slot *slot = batch->sink_state;
    (void)sink;
    if (slot != NULL && slot->batch != NULL)
        ots_call_cut(slot->call);
}

static void write_forget(struct sink *sink, struct batch *batch)
{
    struct write_slot *slot = batch->sink_state;
    (void)sink;
    if (slot == NULL)
        return;
    CHECK(slot->batch == NULL);
    ots_call_destroy(slot->call);
    free(slot);
    batch->sink_state = NULL;
}

static const struct sink_class write_class = {
    .row_size = write_row_size,
    .put_row = write_put_row,
    .send = write_send,
    .cut = write_cut_off,
    .forget = write_forget,
};

struct sink *ots_write_create(struct ots_client *client, struct slice table, enum write_request_kind kind,
                              bool same_key)
{
    struct write_sink *write = check_memory(calloc(1, sizeof(*write)));
    write->sink = (struct sink){
        .class = &write_class,
        .rows_most = ROWS_MOST,
        .bytes_most = BYTES_MOST,
        .fill_most = FILL_MOST,
        .prefix_bytes = WRITE_REQUEST_PREFIX,
        .same_key =
            same_key && kind == WRITE_BULK_IMPORT, /* BatchWriteRow refuses the whole request for it */
    };
    write->client = client;
    write->kind = kind;
    CHECK(table.len <= TABLE_MOST); /* the configuration lets no longer name pass */
    snprintf(write->table, sizeof(write->table), "%.*s", SLICE_ARG(table));
    return &write->sink;
}

void ots_write_destroy(struct sink *sink)
{
    free(write_of(sink));
}
