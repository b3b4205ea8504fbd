/* operation_split: ComputeSplitPointsBySize: where to cut a table into pieces of about a size. A cut is made
 * between two partition keys only, so a point is a first key column; what would be INF_MIN behind it is left
 * out. */
#include <stdio.h>

#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/proto.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

enum { SPLIT_UNIT_BYTES = 100 * 1024 * 1024, SPLIT_LOCATION = 32, SPLIT_TIME_BYTES = 8 };

/* A walk over all rows. */
struct split {
    const struct store_table *table;
    struct arena *arena; /* of the points */
    int64_t piece_bytes;
    int64_t most;                /* points */
    int64_t bytes;               /* of rows since the last point */
    struct slice partition;      /* of the last row: the encoded first column */
    ProtobufCBinaryData *points; /* grows */
    size_t count;
    size_t room;
};

static int split_check(struct visit *visit, const Ots__ComputeSplitPointsBySizeRequest *request,
                       struct split *split)
{
    int64_t unit = request->has_split_size_unit_in_byte ? request->split_size_unit_in_byte : SPLIT_UNIT_BYTES;
    if (request->split_size <= 0)
        return refusal_set(&visit->refusal, INVALID, "The split_size should be greater than 0.");
    if (unit < LIMIT_SPLIT_UNIT_BYTES)
        return refusal_set(&visit->refusal, INVALID,
                           "The split_size_unit_in_byte should be greater equal than: %d",
                           LIMIT_SPLIT_UNIT_BYTES);
    if (request->has_split_point_limit && request->split_point_limit < 1)
        return refusal_set(&visit->refusal, INVALID, "The value of SplitPointLimit must be greater than 0.");
    split->most = request->has_split_point_limit ? request->split_point_limit : INT64_MAX;
    if (__builtin_mul_overflow(request->split_size, unit, &split->piece_bytes))
        split->piece_bytes = INT64_MAX;
    return 0;
}

/* Names and values, and 8 for the timestamp of each version. */
static int64_t split_row_bytes(const struct store_table *table, const struct row_node *node,
                               struct cell *keys, struct arena *scratch)
{
    struct slice packed = row_index_cells(node);
    uint32_t count = row_cells_count(packed);
    struct cell *cells = arena_take(scratch, count * sizeof(cells[0]));
    size_t bytes = 0;
    row_cells_unpack(packed, cells);
    for (uint32_t i = 0; i < table->key_count; i++)
        bytes += row_cells_size_of(&keys[i]);
    for (uint32_t i = 0; i < count; i++)
        bytes += row_cells_size_of(&cells[i]) + SPLIT_TIME_BYTES;
    return (int64_t)bytes;
}

static void split_add_point(struct split *split, struct cell *key)
{
    struct row row = {.op = ROW_PUT, .keys = key, .key_count = 1};
    size_t bytes = plainbuffer_size(&row);
    char *at = arena_take(split->arena, bytes);
    CHECK(plainbuffer_put(&row, at) == at + bytes);
    if (split->count == split->room) {
        ProtobufCBinaryData *old = split->points;
        split->room = split->room == 0 ? 16 : 2 * split->room;
        split->points = arena_take(split->arena, split->room * sizeof(split->points[0]));
        for (size_t i = 0; i < split->count; i++)
            split->points[i] = old[i];
    }
    split->points[split->count++] = proto_bytes(slice_of(at, bytes));
    split->bytes = 0;
}

static void split_add_row(struct split *split, const struct row_node *node, struct arena *scratch)
{
    struct cell keys[LIMIT_KEYS];
    for (uint32_t i = 0; i < split->table->key_count; i++)
        keys[i] = (struct cell){.name = split->table->keys[i].name};
    row_key_decode(row_index_key(node), keys, split->table->key_count, scratch);
    struct slice partition = row_key_encode(keys, 1, scratch);
    if (split->bytes >= split->piece_bytes && (int64_t)split->count < split->most &&
        !slice_equal(partition, split->partition))
        split_add_point(split, &keys[0]);
    split->bytes += split_row_bytes(split->table, node, keys, scratch);
    split->partition = row_index_key(node);
    split->partition.len = partition.len;
}

static void split_walk(struct split *split)
{
    struct row_cursor cursor;
    struct arena scratch;
    const struct row_index *rows = &split->table->rows;
    arena_init(&scratch, (size_t)64 * 1024);
    for (const struct row_node *node = row_index_at_least(rows, SLICE(""), &cursor); node != NULL;
         node = row_index_next(rows, &cursor)) {
        arena_reset(&scratch);
        split_add_row(split, node, &scratch);
    }
    arena_fini(&scratch);
}

/* One place for all: the service names its machines by 32 hexadecimal digits. [assumed] A piece costs a read
 * unit. */
static void split_answer(struct visit *visit, const struct split *split)
{
    Ots__ComputeSplitPointsBySizeResponse answer = OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_RESPONSE__INIT;
    Ots__ComputeSplitPointsBySizeResponse__SplitLocation location =
        OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_RESPONSE__SPLIT_LOCATION__INIT;
    Ots__ComputeSplitPointsBySizeResponse__SplitLocation *locations[] = {&location};
    Ots__CapacityUnit unit = {.base = PROTOBUF_C_MESSAGE_INIT(&ots__capacity_unit__descriptor),
                              .has_read = true,
                              .read = (int32_t)split->count + 1,
                              .has_write = true};
    Ots__ConsumedCapacity consumed = OTS__CONSUMED_CAPACITY__INIT;
    char name[SPLIT_LOCATION + 1];
    unsigned long long hash = row_key_hash(split->table->name, SLICE("location"));
    snprintf(name, sizeof(name), "%016llx%016llx", hash, hash * 0x9e3779b97f4a7c15u);
    consumed.capacity_unit = &unit;
    location.location = name;
    location.repeat = (int64_t)split->count + 1;
    answer.consumed = &consumed;
    answer.n_schema = split->table->meta->table_meta->n_primary_key;
    answer.schema = split->table->meta->table_meta->primary_key;
    answer.n_split_points = split->count;
    answer.split_points = split->points;
    answer.n_locations = 1;
    answer.locations = locations;
    proto_pack(&answer.base, &visit->answer);
}

int operation_compute_split_points(struct visit *visit)
{
    const Ots__ComputeSplitPointsBySizeRequest *request = visit->message;
    struct split split = {.arena = &visit->arena};
    if (split_check(visit, request, &split) != 0)
        return -1;
    split.table = visit_table(visit, request->table_name);
    if (split.table == NULL)
        return -1;
    split_walk(&split);
    split_answer(visit, &split);
    return 0;
}
