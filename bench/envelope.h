/* envelope: a flat JSON record put into Connect's {"schema": ..., "payload": ...}, for measuring what that
 * costs. */
#ifndef BENCH_ENVELOPE_H
#define BENCH_ENVELOPE_H

#include "base/slice.h"

struct buffer;

/* Adds the record with the schema of `like`, a record with the same members, each of a kind that Connect
 * knows. */
void envelope_put(struct buffer *to, struct slice like, struct slice record);

#endif
