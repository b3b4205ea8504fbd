/* sender: see sender.h. */
#include "ots/sender.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "loop/clock.h"
#include "ots/fault.h"

enum { MESSAGE_MOST = 400, ADVISE_AGAIN_MS = 60 * 1000, ADVISE_OTHER_MS = 1000, REASONS_KEEP = 4096 };

/* sink_state of a batch. */
struct sender_slot {
    struct ots_sender *sender;
    struct ots_call *call;
    struct batch *batch; /* in flight, or NULL */
};

void ots_sender_init(struct ots_sender *sender, struct ots_client *client, struct slice table,
                     ots_sender_read_fn *read)
{
    *sender = (struct ots_sender){.client = client, .read = read};
    CHECK(table.len <= OTS_SENDER_TABLE_MOST); /* the configuration lets no longer name pass */
    snprintf(sender->table, sizeof(sender->table), "%.*s", SLICE_ARG(table));
}

static struct slice sender_cut(struct slice text, size_t most)
{
    return text.len > most ? slice_of(text.at, most) : text;
}

static uint32_t sender_reason(struct ots_reading *reading, struct slice row_code, struct slice row_message)
{
    struct buffer *reasons = &reading->batch->reasons;
    struct slice code = row_code.len > 0 ? sender_cut(row_code, OTS_SENDER_CODE_MOST) : SLICE("no code");
    struct slice message = sender_cut(row_message, MESSAGE_MOST);
    struct slice id = sender_cut(reading->request_id, OTS_SENDER_CODE_MOST);
    if (reading->last_why != UINT32_MAX && slice_equal(row_code, reading->last_code) &&
        slice_equal(row_message, reading->last_message))
        return reading->last_why;
    uint32_t at = (uint32_t)reasons->len;
    if (buffer_print(reasons, "%.*s: %.*s (request %.*s)%c", SLICE_ARG(code), SLICE_ARG(message),
                     SLICE_ARG(id), 0) != 0)
        return UINT32_MAX;
    reading->last_code = row_code;
    reading->last_message = row_message;
    reading->last_why = at;
    return at;
}

/* A row that is sent again although a person could do something about it (its table is gone, its code is
 * unknown): said at once, then once a minute; another code after a second. */
static void sender_advise(struct ots_sender *sender, struct slice code, const char *advice)
{
    struct slice cut = sender_cut(code, OTS_SENDER_CODE_MOST);
    int64_t now_ms = ots_client_clock(sender->client)->now_ms;
    bool same = slice_equal(cut, slice_text(sender->last_advised));
    int64_t wait_ms = same ? ADVISE_AGAIN_MS : ADVISE_OTHER_MS;
    if (advice == NULL || (sender->last_advised[0] != 0 && now_ms - sender->last_advised_ms < wait_ms))
        return;
    snprintf(sender->last_advised, sizeof(sender->last_advised), "%.*s", SLICE_ARG(cut));
    sender->last_advised_ms = now_ms;
    log_warn("ots: rows are refused and sent again: table=%s code=%s; %s", sender->table,
             sender->last_advised, advice);
}

void ots_sender_wrote(struct ots_reading *reading, uint32_t row)
{
    struct batch_row *to = &reading->batch->rows[row];
    to->why = UINT32_MAX;
    to->verdict = VERDICT_OK;
}

void ots_sender_refused(struct ots_reading *reading, uint32_t row, struct slice code, struct slice message)
{
    struct batch *batch = reading->batch;
    struct batch_row *to = &batch->rows[row];
    to->verdict = (uint8_t)ots_fault_verdict(code, message);
    to->why = sender_reason(reading, code, message);
    batch->throttled |= ots_fault_throttles(200, code, message);
    if (to->verdict == VERDICT_RETRY)
        sender_advise(reading->sender, code, ots_fault_advice(code, message));
}

/* Which rows were written is in the answer; one that cannot be read says nothing about any of them. */
static void sender_read_rows(struct sender_slot *slot, const struct ots_answer *answer)
{
    struct batch *batch = slot->batch;
    struct error err;
    struct ots_reading reading = {
        .sender = slot->sender, .batch = batch, .request_id = answer->request_id, .last_why = UINT32_MAX};
    batch->outcome = BATCH_ANSWERED;
    if (slot->sender->read(&reading, answer->body, &err) == 0)
        return;
    batch->outcome = BATCH_CUT;
    batch->throttled = false;
    struct slice id = sender_cut(answer->request_id, OTS_SENDER_CODE_MOST);
    error_set(&batch->error, ERROR_RETRY, "the answer of request %.*s to %u rows cannot be read: %s",
              SLICE_ARG(id), batch->count, err.text);
}

static enum batch_outcome sender_outcome(enum ots_outcome outcome)
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
static void sender_keep_id(struct batch *batch, struct slice id)
{
    size_t len = id.len < BATCH_REQUEST_ID ? id.len : BATCH_REQUEST_ID;
    for (size_t i = 0; i < len; i++)
        batch->request_id[i] = id.at[i] > ' ' && id.at[i] <= '~' ? id.at[i] : '?';
    batch->request_id[len] = 0;
}

static void sender_on_answer(void *arg, struct ots_call *call, const struct ots_answer *answer)
{
    struct sender_slot *slot = arg;
    struct batch *batch = slot->batch;
    (void)call;
    batch->throttled = answer->throttled;
    sender_keep_id(batch, answer->request_id);
    buffer_reset(&batch->reasons, REASONS_KEEP);
    if (answer->outcome == OTS_OK) {
        sender_read_rows(slot, answer);
    } else {
        batch->outcome = sender_outcome(answer->outcome);
        batch->error = answer->error;
    }
    slot->batch = NULL;
    batch->on_answer(batch->arg, batch);
}

static struct sender_slot *sender_slot_of(struct ots_sender *sender, struct batch *batch)
{
    struct sender_slot *slot = batch->sink_state;
    if (slot != NULL)
        return slot;
    slot = check_memory(calloc(1, sizeof(*slot)));
    slot->sender = sender;
    slot->call = ots_call_create(sender->client, sender_on_answer, slot);
    batch->sink_state = slot;
    return slot;
}

void ots_sender_send(struct ots_sender *sender, struct batch *batch, const char *operation, struct slice body)
{
    struct sender_slot *slot = sender_slot_of(sender, batch);
    CHECK(slot->batch == NULL && batch->count > 0);
    slot->batch = batch;
    ots_call_send(slot->call, operation, body);
}

void ots_sender_cut(struct sink *sink, struct batch *batch)
{
    struct sender_slot *slot = batch->sink_state;
    (void)sink;
    if (slot != NULL && slot->batch != NULL)
        ots_call_cut(slot->call);
}

void ots_sender_forget(struct sink *sink, struct batch *batch)
{
    struct sender_slot *slot = batch->sink_state;
    (void)sink;
    if (slot == NULL)
        return;
    CHECK(slot->batch == NULL);
    ots_call_destroy(slot->call);
    free(slot);
    batch->sink_state = NULL;
}
