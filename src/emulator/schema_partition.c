/* schema_partition: the rules of pre-split ranges. They are shown again by DescribeTable; the rows of a table
 * lie in one index whatever they say. */
#include "base/error.h"
#include "emulator/refusal.h"
#include "emulator/schema_private.h"
#include "emulator/store.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

#define INVALID "OTSParameterInvalid"

static int partition_check_bytes(const struct cell *value, struct refusal *refusal)
{
    if (value->bytes.len == 0)
        return refusal_set(refusal, INVALID, "The value of partition range can not be empty %s.",
                           value->type == CELL_STRING ? "string" : "binary");
    if (value->bytes.len > LIMIT_PARTITION_BYTES)
        return refusal_set(refusal, INVALID,
                           "The value of partition range exceeds the MaxLength:%d with CurrentLength:%zu.",
                           LIMIT_PARTITION_BYTES, value->bytes.len);
    return 0;
}

static int partition_check_point(const struct store_table *table, const struct cell *value,
                                 struct refusal *refusal)
{
    if (value->type != table->keys[0].type)
        return refusal_set(refusal, INVALID, "The value type of partition does not match with primary key.");
    if (value->type != CELL_INTEGER)
        return partition_check_bytes(value, refusal);
    if (value->integer == INT64_MIN || value->integer == INT64_MAX)
        return refusal_set(refusal, INVALID,
                           "The value of partition range can not be INT64_MIN or INT64_MAX.");
    return 0;
}

static int partition_read(ProtobufCBinaryData bytes, struct cell *value, struct refusal *refusal)
{
    struct error err;
    if (plainbuffer_bare(slice_of(bytes.data, bytes.len), value, &err) != 0)
        return refusal_set(refusal, INVALID, "The value of partition range cannot be read: %s", err.text);
    return 0;
}

static bool partition_rises(const struct cell *from, const struct cell *to)
{
    if (from->type == CELL_INTEGER)
        return from->integer < to->integer;
    return slice_compare(from->bytes, to->bytes) < 0;
}

/* The end of one range is the beginning of the next, and above its own beginning. */
static int partition_check_bound(const struct store_table *table, size_t index, struct cell *last,
                                 struct refusal *refusal)
{
    Ots__PartitionRange *const *ranges = table->meta->partitions;
    struct cell end;
    struct cell begin;
    if (partition_read(ranges[index]->end, &end, refusal) != 0 ||
        partition_read(ranges[index + 1]->begin, &begin, refusal) != 0 ||
        partition_check_point(table, &end, refusal) != 0)
        return -1;
    bool same = slice_equal(slice_of(ranges[index]->end.data, ranges[index]->end.len),
                            slice_of(ranges[index + 1]->begin.data, ranges[index + 1]->begin.len));
    if (!same || (index > 0 && !partition_rises(last, &end)))
        return refusal_set(refusal, INVALID, "The partition ranges do not follow each other.");
    *last = end;
    return 0;
}

int schema_check_partitions(const struct store_table *table, struct refusal *refusal)
{
    const Ots__CreateTableRequest *meta = table->meta;
    struct cell first;
    struct cell last;
    if (meta->n_partitions == 0)
        return 0;
    if (meta->n_partitions > LIMIT_PARTITIONS)
        return refusal_set(refusal, INVALID, "The count of partitions cannot be greater than %d",
                           LIMIT_PARTITIONS);
    if (partition_read(meta->partitions[0]->begin, &first, refusal) != 0 ||
        partition_read(meta->partitions[meta->n_partitions - 1]->end, &last, refusal) != 0)
        return -1;
    if (first.type != CELL_INF_MIN || last.type != CELL_INF_MAX)
        return refusal_set(refusal, INVALID, "The partition ranges do not cover the table.");
    for (size_t i = 0; i + 1 < meta->n_partitions; i++)
        if (partition_check_bound(table, i, &last, refusal) != 0)
            return -1;
    return 0;
}
