/* explain_input: a record as a line of JSON (design.md section 7):
 * {"topic","partition","offset","timestamp","key"|"key_base64","value"|"value_base64","headers"}, all
 * optional. */
#ifndef CLI_EXPLAIN_INPUT_H
#define CLI_EXPLAIN_INPUT_H

#include "base/arena.h"
#include "base/error.h"
#include "record/message.h"

struct explain_input {
    const char *topic; /* lent: of records that name none */
    struct arena arena;
    struct message message; /* of the last line; its bytes are in the line and in the arena */
};

void explain_input_init(struct explain_input *input, const char *topic);
void explain_input_fini(struct explain_input *input);

/* `number` counts lines from 0: the offset of records that have none. The line is lent until the next. 0 or
 * -1. */
int explain_input_read(struct explain_input *input, struct slice line, int64_t number, struct error *err);

#endif
