/* operation_write: PutRow, UpdateRow, DeleteRow, and what they have in common with the batches. */
#include "emulator/operation_write.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/tablestore.pb-c.h"

int operation_write_read_change(struct visit *visit, const struct change_source *source)
{
    struct change *change = &visit->changes[visit->change_count];
    if (change_read(change, source, &visit->arena, &visit->refusal) != 0)
        return -1;
    visit->change_count++;
    return 0;
}

void operation_write_make_room(struct visit *visit, size_t count)
{
    visit->changes = arena_take(&visit->arena, count * sizeof(visit->changes[0]));
}

static int write_read_single(struct visit *visit, const struct change_source *source)
{
    operation_write_make_room(visit, 1);
    return operation_write_read_change(visit, source);
}

int operation_put_row_read(struct visit *visit)
{
    const Ots__PutRowRequest *request = visit->message;
    struct change_source source = {slice_text(request->table_name), ROW_PUT, proto_slice(request->row),
                                   request->condition, request->return_content};
    return write_read_single(visit, &source);
}

int operation_update_row_read(struct visit *visit)
{
    const Ots__UpdateRowRequest *request = visit->message;
    struct change_source source = {slice_text(request->table_name), ROW_UPDATE,
                                   proto_slice(request->row_change), request->condition,
                                   request->return_content};
    return write_read_single(visit, &source);
}

int operation_delete_row_read(struct visit *visit)
{
    const Ots__DeleteRowRequest *request = visit->message;
    struct change_source source = {slice_text(request->table_name), ROW_DELETE,
                                   proto_slice(request->primary_key), request->condition,
                                   request->return_content};
    return write_read_single(visit, &source);
}

Ots__ConsumedCapacity *operation_write_cost(const struct change *change, struct arena *arena)
{
    Ots__ConsumedCapacity *consumed = arena_take(arena, sizeof(*consumed));
    Ots__CapacityUnit *unit = arena_take(arena, sizeof(*unit));
    ots__consumed_capacity__init(consumed);
    ots__capacity_unit__init(unit);
    unit->has_read = true;
    unit->read = change->expect == CHANGE_ANY && change->filter == NULL ? 0 : 1;
    unit->has_write = true;
    unit->write = change_units(change->bytes);
    consumed->capacity_unit = unit;
    return consumed;
}

static int write_one(struct visit *visit, const char *transaction_id)
{
    struct change *change = &visit->changes[0];
    struct store_table *table = visit_table(visit, change->table.at);
    if (table == NULL || visit_join(visit, transaction_id) != 0 ||
        change_match(change, table, visit->ground->now_ms, &visit->refusal) != 0)
        return -1;
    return visit_apply(visit, change, table, true);
}

/* The answers of the three single operations have the same fields. */
static int write_one_answer(struct visit *visit)
{
    const struct change *change = &visit->changes[0];
    Ots__PutRowResponse answer = OTS__PUT_ROW_RESPONSE__INIT;
    answer.consumed = operation_write_cost(change, &visit->arena);
    answer.has_row = change->answer_row.at != NULL;
    answer.row = proto_bytes(change->answer_row);
    proto_pack(&answer.base, &visit->answer);
    return 0;
}

int operation_put_row(struct visit *visit)
{
    const Ots__PutRowRequest *request = visit->message;
    return write_one(visit, request->transaction_id) != 0 ? -1 : write_one_answer(visit);
}

int operation_update_row(struct visit *visit)
{
    const Ots__UpdateRowRequest *request = visit->message;
    return write_one(visit, request->transaction_id) != 0 ? -1 : write_one_answer(visit);
}

int operation_delete_row(struct visit *visit)
{
    const Ots__DeleteRowRequest *request = visit->message;
    return write_one(visit, request->transaction_id) != 0 ? -1 : write_one_answer(visit);
}
