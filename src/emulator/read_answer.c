/* read_answer: costs and rows as answers carry them. */
#include "emulator/read_answer.h"

#include "base/check.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

struct read_cost {
    Ots__CapacityUnit unit;
    Ots__ConsumedCapacity consumed;
};

Ots__ConsumedCapacity *read_answer_cost(struct visit *visit, size_t bytes)
{
    struct read_cost *cost = arena_take(&visit->arena, sizeof(*cost));
    ots__capacity_unit__init(&cost->unit);
    ots__consumed_capacity__init(&cost->consumed);
    cost->unit.has_read = true;
    cost->unit.read = change_units(bytes);
    cost->unit.has_write = true;
    cost->consumed.capacity_unit = &cost->unit;
    visit->read_units += cost->unit.read;
    return &cost->consumed;
}

struct slice read_answer_pack(struct visit *visit, const struct row *row)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(&visit->arena, bytes);
    CHECK(plainbuffer_put(row, at) == at + bytes);
    return slice_of(at, bytes);
}
