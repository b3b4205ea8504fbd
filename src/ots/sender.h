/* sender: what the sinks of data tables and of time-series tables share: a batch goes out as one call of its
 * slot; the answer's rows become its verdicts, by position, in the very batch that was sent: what the service
 * said of a row can reach no other one. */
#ifndef OTS_SENDER_H
#define OTS_SENDER_H

#include "bucket/sink.h"
#include "ots/client.h"

enum { OTS_SENDER_TABLE_MOST = 255, OTS_SENDER_CODE_MOST = 64 };

struct ots_sender;

/* An answer that is being read, row by row. Neighbours often fail alike: they share a text. */
struct ots_reading {
    struct ots_sender *sender;
    struct batch *batch;
    struct slice request_id;
    struct slice last_code;
    struct slice last_message;
    uint32_t last_why;
};

/* Tells of each row of the batch with the two functions below. -1: the body says nothing about any row; then
 * whatever was told is forgotten. */
typedef int ots_sender_read_fn(struct ots_reading *reading, struct slice body, struct error *err);

/* Embedded in a sink of its own. */
struct ots_sender {
    struct sink sink;
    struct ots_client *client;
    ots_sender_read_fn *read;
    char table[OTS_SENDER_TABLE_MOST + 1];
    char last_advised[OTS_SENDER_CODE_MOST + 1]; /* a code */
    int64_t last_advised_ms;
};

/* `table` is copied; sender->sink is the caller's to fill in. */
void ots_sender_init(struct ots_sender *sender, struct ots_client *client, struct slice table,
                     ots_sender_read_fn *read);

void ots_sender_wrote(struct ots_reading *reading, uint32_t row);
void ots_sender_refused(struct ots_reading *reading, uint32_t row, struct slice code, struct slice message);

/* Of the sink's class: cut and forget as they are; send with the operation (a static text) and its body. */
void ots_sender_send(struct ots_sender *sender, struct batch *batch, const char *operation,
                     struct slice body);
void ots_sender_cut(struct sink *sink, struct batch *batch);
void ots_sender_forget(struct sink *sink, struct batch *batch);

#endif
