/* read_answer: the pieces that the answers of all reads are made of, in the arena of their visit. */
#ifndef EMULATOR_READ_ANSWER_H
#define EMULATOR_READ_ANSWER_H

#include "record/row.h"

struct Ots__ConsumedCapacity;
struct visit;

/* What reading so many bytes cost, counted in the visit too. */
struct Ots__ConsumedCapacity *read_answer_cost(struct visit *visit, size_t bytes);

/* PlainBuffer of one row. */
struct slice read_answer_pack(struct visit *visit, const struct row *row);

#endif
