/* envelope: a key or value of a record with an error as Kafka Connect's JsonConverter writes it, with its
 * schema: {"schema":...,"payload":...}: what the Java connector's error topic and table have. JSON goes in as
 * it is written, never by way of numbers; what cannot be read in its format goes in whole as base64, under
 * the schema "bytes". */
#ifndef CHANNEL_ENVELOPE_H
#define CHANNEL_ENVELOPE_H

#include "base/buffer.h"
#include "mapping/convert.h"

struct envelope; /* of one side, key or value, of a table; opaque */

struct envelope *envelope_create(enum convert_format format);
void envelope_destroy(struct envelope *envelope); /* NULL: nothing */

/* Appends the document; the buffer's most has to allow for it: at most 6 times the bytes, and 100. False,
 * with nothing appended, where it is a null without a schema: a null stays one. */
bool envelope_put(struct envelope *envelope, struct slice bytes, struct buffer *to);

#endif
