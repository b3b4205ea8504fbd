/* points: what the sink sees of a PutTimeseriesData, read by hand and not with what wrote it. */
#ifndef FLOW_POINTS_H
#define FLOW_POINTS_H

#include "base/slice.h"

struct buffer;

/* The rows of the body; -1: it is not one that can be read. The answer to it goes into `reply`: all written,
 * and a meta update time for each row that came without one, as the service does. */
int64_t points_answer(struct slice body, struct buffer *reply);

#endif
