/* write: the sink of a data table: batch to BulkImport or BatchWriteRow, answer to verdicts. */
#ifndef OTS_WRITE_H
#define OTS_WRITE_H

#include "bucket/sink.h"
#include "ots/client.h"
#include "wire/write_request.h"

/* `table` is copied. The sink is good until ots_write_destroy(). */
struct sink *ots_write_create(struct ots_client *client, struct slice table, enum write_request_kind kind,
                              bool same_key);
void ots_write_destroy(struct sink *sink);

#endif
