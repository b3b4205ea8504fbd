/* coordinates: primary keys out of where a record stands: topic, partition, offset. */
#ifndef MAPPING_COORDINATES_H
#define MAPPING_COORDINATES_H

#include "mapping/plan.h"
#include "record/message.h"

struct arena;

/* Fills in the primary key columns of KEY_MODE_KAFKA (two) or KEY_MODE_SEARCH (four); other modes have none
 * of their own and are left alone. */
void coordinates_plan(struct mapping_plan *plan);

/* Their cells. Texts lie in the arena, or in the message. */
void coordinates_of_kafka(const struct mapping_plan *plan, const struct message *message, struct arena *arena,
                          struct cell *keys);
void coordinates_of_search(const struct mapping_plan *plan, const struct message *message,
                           struct arena *arena, struct cell *keys);

/* The column that KEY_MODE_SEARCH adds to every row. */
#define COORDINATES_TIME SLICE("timestamp")

#endif
