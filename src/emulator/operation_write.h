/* operation_write: what the operations that write rows have in common. */
#ifndef EMULATOR_OPERATION_WRITE_H
#define EMULATOR_OPERATION_WRITE_H

#include "emulator/change.h"

struct Ots__ConsumedCapacity;
struct visit;

/* For `count` changes. They are read into place one by one, so that those before a bad one are known. */
void operation_write_make_room(struct visit *visit, size_t count);
int operation_write_read_change(struct visit *visit, const struct change_source *source);

/* What a written row cost; in the arena. */
struct Ots__ConsumedCapacity *operation_write_cost(const struct change *change, struct arena *arena);

#endif
