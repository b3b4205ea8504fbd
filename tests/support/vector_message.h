/* vector_message: the body of a vector as a protobuf message, decoded, and built from the vector's input. */
#ifndef SUPPORT_VECTOR_MESSAGE_H
#define SUPPORT_VECTOR_MESSAGE_H

#include "support/vector.h"
#include "wire/tablestore.pb-c.h"

enum { VECTOR_MESSAGE_ROWS_MOST = 400 };

struct vector_message {
    ProtobufCMessage *message;
    size_t row_count; /* its PlainBuffer fields, in order; empty ones are left out */
    const ProtobufCBinaryData *rows[VECTOR_MESSAGE_ROWS_MOST];
};

struct vector_message vector_message_unpack(const struct vector *vector, struct slice body, bool answer);
void vector_message_free(struct vector_message *message);
struct slice vector_message_pack(const struct vector_message *message, struct arena *arena);

/* The rows that the input of a request names, in the order of the message. */
size_t vector_message_rows(const struct vector *vector, struct arena *arena, struct row **rows);

/* The whole body from the input. Filters and column conditions are taken from `recorded`: they are bytes to
 * us. */
struct slice vector_message_build(const struct vector *vector, struct slice recorded, struct arena *arena);

/* What "decoded" says beside rows: consumed, table names, the description of a table. */
void vector_message_check_answer(const struct vector_message *message, struct slice decoded,
                                 struct arena *arena);

#endif
