/* bench_emulator_reads: GetRange and BatchGetRow of a million rows by visits, the service without HTTP and
 * signatures: rows and megabytes of answer a second of CPU time. Usage: bench_emulator_reads [ROWS]. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/chance.h"
#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

enum { ROWS = 1000000, CELLS = 8, BATCH = 100, POINT_READS = 200000 };

static struct store store;
static struct visit_ground ground = {.store = &store, .now_ms = 1704164645678};
static struct visit visit;
static struct arena arena;

static double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct slice bench_pack(const void *message)
{
    uint8_t *at = arena_take(&arena, protobuf_c_message_get_packed_size(message));
    return slice_of(at, protobuf_c_message_pack(message, at));
}

static void bench_run(struct slice path, struct slice body)
{
    visit_begin(&visit, operation_find(path), body);
    CHECK(visit_prepare(&visit) == 0 && visit_execute(&visit) == 0);
}

static void bench_make_table(void)
{
    Ots__CreateTableRequest request = OTS__CREATE_TABLE_REQUEST__INIT;
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__PrimaryKeySchema key = OTS__PRIMARY_KEY_SCHEMA__INIT;
    Ots__PrimaryKeySchema *keys = &key;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    meta.table_name = key.name = (char *)(uintptr_t) "t";
    key.type = OTS__PRIMARY_KEY_TYPE__INTEGER;
    meta.n_primary_key = 1;
    meta.primary_key = &keys;
    options.has_time_to_live = options.has_max_versions = true;
    options.time_to_live = -1;
    options.max_versions = 1;
    throughput.capacity_unit = &unit;
    request.table_meta = &meta;
    request.table_options = &options;
    request.reserved_throughput = &throughput;
    bench_run(SLICE("/CreateTable"), bench_pack(&request));
}

/* Eight columns of 17 bytes: about 200 bytes a row. */
static void bench_fill(int64_t rows)
{
    struct cell cells[CELLS];
    struct refusal refusal;
    for (int i = 0; i < CELLS; i++)
        cells[i] = (struct cell){.name = slice_of(&"abcdefgh"[i], 1),
                                 .type = CELL_STRING,
                                 .has_timestamp = true,
                                 .timestamp_ms = ground.now_ms,
                                 .bytes = SLICE("0123456789abcdefg")};
    for (int64_t i = 0; i < rows; i++) {
        struct cell key = {.name = SLICE("t"), .type = CELL_INTEGER, .integer = i};
        size_t bytes = 0;
        arena_reset(&arena);
        char *packed = row_cells_pack(cells, CELLS, &bytes);
        store_set_row(store.tables[0], row_key_encode(&key, 1, &arena), NULL, packed, bytes);
        if (i % 1000 == 0)
            CHECK(store_commit(&store, &refusal) == 0);
    }
    CHECK(store_commit(&store, &refusal) == 0);
}

static ProtobufCBinaryData bench_key(enum cell_type type, int64_t number)
{
    struct cell key = {.name = SLICE("t"), .type = type, .integer = number};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    size_t bytes = plainbuffer_size(&row);
    char *at = arena_take(&arena, bytes);
    plainbuffer_put(&row, at);
    return proto_bytes(slice_of(at, bytes));
}

static void bench_tell(const char *what, double from, int64_t rows, uint64_t bytes)
{
    double seconds = bench_now() - from;
    printf("%-34s %10.0f rows/s %8.1f MB/s\n", what, (double)rows / seconds, (double)bytes / 1e6 / seconds);
}

static void bench_range(const char *what, int64_t rows, bool forward, char **columns, size_t count)
{
    uint64_t bytes = 0;
    double from = bench_now();
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    arena_reset(&arena);
    request.table_name = (char *)(uintptr_t) "t";
    request.direction = forward ? OTS__DIRECTION__FORWARD : OTS__DIRECTION__BACKWARD;
    request.has_max_versions = true;
    request.max_versions = 1;
    request.columns_to_get = columns;
    request.n_columns_to_get = count;
    request.inclusive_start_primary_key = bench_key(forward ? CELL_INF_MIN : CELL_INF_MAX, 0);
    request.exclusive_end_primary_key = bench_key(forward ? CELL_INF_MAX : CELL_INF_MIN, 0);
    for (bool more = true; more;) {
        bench_run(SLICE("/GetRange"), bench_pack(&request));
        bytes += visit.answer.len;
        arena_reset(&arena);
        const Ots__GetRangeResponse *answer =
            proto_unpack(&ots__get_range_response__descriptor, buffer_slice(&visit.answer), &arena);
        more = answer->has_next_start_primary_key;
        request.inclusive_start_primary_key = answer->next_start_primary_key;
        request.exclusive_end_primary_key = bench_key(forward ? CELL_INF_MAX : CELL_INF_MIN, 0);
    }
    bench_tell(what, from, rows, bytes);
}

static void bench_points(int64_t rows)
{
    struct chance chance;
    ProtobufCBinaryData keys[BATCH];
    uint64_t bytes = 0;
    double from = bench_now();
    chance_init(&chance, 1);
    for (int i = 0; i < POINT_READS / BATCH; i++) {
        Ots__BatchGetRowRequest request = OTS__BATCH_GET_ROW_REQUEST__INIT;
        Ots__TableInBatchGetRowRequest part = OTS__TABLE_IN_BATCH_GET_ROW_REQUEST__INIT;
        Ots__TableInBatchGetRowRequest *parts = &part;
        arena_reset(&arena);
        for (int k = 0; k < BATCH; k++)
            keys[k] = bench_key(CELL_INTEGER, (int64_t)chance_below(&chance, (uint64_t)rows));
        part.table_name = (char *)(uintptr_t) "t";
        part.has_max_versions = true;
        part.max_versions = 1;
        part.n_primary_key = BATCH;
        part.primary_key = keys;
        request.n_tables = 1;
        request.tables = &parts;
        bench_run(SLICE("/BatchGetRow"), bench_pack(&request));
        bytes += visit.answer.len;
    }
    bench_tell("BatchGetRow, 100 random rows", from, POINT_READS, bytes);
}

int main(int argc, char **argv)
{
    int64_t rows = argc > 1 ? strtol(argv[1], NULL, 10) : ROWS;
    char *columns[] = {(char *)(uintptr_t) "c"};
    arena_init(&arena, 1 << 16);
    store_init(&store);
    visit_init(&visit, &ground);
    bench_make_table();
    bench_fill(rows);
    bench_range("GetRange, whole rows", rows, true, NULL, 0);
    bench_range("GetRange, backward", rows, false, NULL, 0);
    bench_range("GetRange, one column of eight", rows, true, columns, 1);
    bench_points(rows);
    visit_fini(&visit);
    store_fini(&store);
    arena_fini(&arena);
    return 0;
}
