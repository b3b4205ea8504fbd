/* read_token: a row too large for one answer is given in pieces; the token says where the next one begins.
 * [assumed] The service documents the field and no more: here it is the name and the version of the first
 * cell that was not given. */
#ifndef EMULATOR_READ_TOKEN_H
#define EMULATOR_READ_TOKEN_H

#include "emulator/refusal.h"
#include "record/row.h"

struct arena;

struct read_token {
    struct slice name; /* at NULL: from the beginning */
    int64_t timestamp_ms;
};

/* `bytes` is hostile; empty: from the beginning. The name is a view into it. -1 and why. */
int read_token_read(struct slice bytes, struct read_token *token, struct refusal *refusal);

/* Takes away the cells before the token. */
void read_token_skip(const struct read_token *token, struct row *row);

/* Takes away the cells that do not fit into `most_bytes` of PlainBuffer; one always does. Answers the next
 * token, in the arena; at NULL when all fit. */
struct slice read_token_cut(struct row *row, size_t most_bytes, struct arena *arena);

#endif
