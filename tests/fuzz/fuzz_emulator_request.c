/* fuzz_emulator_request: a sequence of requests to one store, the signatures left out; tables are made by the
 * requests. A record is a byte that says what is asked, two bytes of length, and the body; with the highest
 * bit of the first byte the rows in the body get right checksums, which no mutation keeps. What was answered
 * must decode, and every request must leave the store as it promises to be. */
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "emulator/operation.h"
#include "emulator/row_cells.h"
#include "emulator/row_key.h"
#include "emulator/store.h"
#include "emulator/visit.h"
#include "wire/crc8.h"
#include "wire/tablestore.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEND = 0x80, WAIT = 0x7f, BODY_MOST = 65535, WAIT_BITS = 38 };

#define ANSWER(name) &ots__##name##_response__descriptor

/* The first byte of a record is a place in here: the corpus depends on the order, new ones come last. */
static const struct {
    const char *path;
    const ProtobufCMessageDescriptor *answer;
} asked[] = {{"/CreateTable", ANSWER(create_table)},
             {"/ListTable", ANSWER(list_table)},
             {"/DescribeTable", ANSWER(describe_table)},
             {"/UpdateTable", ANSWER(update_table)},
             {"/DeleteTable", ANSWER(delete_table)},
             {"/ComputeSplitPointsBySize", ANSWER(compute_split_points_by_size)},
             {"/CreateIndex", ANSWER(create_index)},
             {"/DropIndex", ANSWER(drop_index)},
             {"/AddDefinedColumn", ANSWER(add_defined_column)},
             {"/DeleteDefinedColumn", ANSWER(delete_defined_column)},
             {"/StartLocalTransaction", ANSWER(start_local_transaction)},
             {"/CommitTransaction", ANSWER(commit_transaction)},
             {"/AbortTransaction", ANSWER(abort_transaction)},
             {"/PutRow", ANSWER(put_row)},
             {"/UpdateRow", ANSWER(update_row)},
             {"/DeleteRow", ANSWER(delete_row)},
             {"/GetRow", ANSWER(get_row)},
             {"/GetRange", ANSWER(get_range)},
             {"/BatchGetRow", ANSWER(batch_get_row)},
             {"/BatchWriteRow", ANSWER(batch_write_row)},
             {"/BulkImport", ANSWER(bulk_import)},
             {"/CreateTimeseriesTable", ANSWER(create_timeseries_table)},
             {"/ListTimeseriesTable", ANSWER(list_timeseries_table)},
             {"/DescribeTimeseriesTable", ANSWER(describe_timeseries_table)},
             {"/UpdateTimeseriesTable", ANSWER(update_timeseries_table)},
             {"/DeleteTimeseriesTable", ANSWER(delete_timeseries_table)},
             {"/PutTimeseriesData", ANSWER(put_timeseries_data)},
             {"/GetTimeseriesData", ANSWER(get_timeseries_data)},
             {"/QueryTimeseriesMeta", ANSWER(query_timeseries_meta)},
             {"/UpdateTimeseriesMeta", ANSWER(update_timeseries_meta)},
             {"/DeleteTimeseriesMeta", ANSWER(delete_timeseries_meta)},
             {"/SplitTimeseriesScanTask", ANSWER(split_timeseries_scan_task)},
             {"/ScanTimeseriesData", ANSWER(scan_timeseries_data)}};
enum { ASKED = sizeof(asked) / sizeof(asked[0]) };

static struct store store;
static struct visit_ground ground;
static struct visit visit;
static struct arena arena;

/* ---- rows in a body ---- */

/* A row's bytes as they are walked; `at` NULL: they are no row. */
struct walk {
    uint8_t *at;
    const uint8_t *end;
    uint8_t row_crc;
};

static bool walk_tag(struct walk *walk, uint8_t tag)
{
    if (walk->at == NULL || walk->at == walk->end || *walk->at != tag)
        return false;
    walk->at++;
    return true;
}

static struct slice walk_take(struct walk *walk, size_t len)
{
    if (walk->at == NULL || len > (size_t)(walk->end - walk->at)) {
        walk->at = NULL;
        return SLICE("");
    }
    walk->at += len;
    return slice_of(walk->at - len, len);
}

static struct slice walk_text(struct walk *walk)
{
    struct slice length = walk_take(walk, 4);
    uint32_t len = 0;
    if (length.len == 4)
        memcpy(&len, length.at, 4);
    return walk_take(walk, len);
}

/* Name, value, operation, time; then the checksum is put right. */
static void walk_cell(struct walk *walk)
{
    struct slice name = walk_tag(walk, 4) ? walk_text(walk) : SLICE("");
    struct slice value = walk_tag(walk, 5) ? walk_text(walk) : SLICE("");
    struct slice op = walk_tag(walk, 6) ? walk_take(walk, 1) : SLICE("");
    struct slice time = walk_tag(walk, 7) ? walk_take(walk, 8) : SLICE("");
    uint8_t crc = crc8(0, name.at, name.len);
    crc = crc8(crc, value.at, value.len);
    crc = crc8(crc, time.at, time.len);
    crc = crc8(crc, op.at, op.len);
    if (!walk_tag(walk, 10) || walk->at == walk->end)
        return;
    *walk->at++ = crc;
    walk->row_crc = crc8(walk->row_crc, (const char *)&crc, 1);
}

static void mend_row(struct walk walk)
{
    for (int part = 1; part <= 2; part++)
        if (walk_tag(&walk, (uint8_t)part))
            while (walk_tag(&walk, 3))
                walk_cell(&walk);
    char marker = walk_tag(&walk, 8) ? 1 : 0;
    if (walk_tag(&walk, 9) && walk.at != walk.end)
        *walk.at = crc8(walk.row_crc, &marker, 1);
}

/* Wherever a header stands. */
static void mend(uint8_t *body, size_t len)
{
    static const uint8_t header[] = {0x75, 0, 0, 0};
    for (size_t i = 0; i + sizeof(header) < len; i++)
        if (memcmp(body + i, header, sizeof(header)) == 0)
            mend_row((struct walk){.at = body + i + sizeof(header), .end = body + len});
}

/* ---- what the store promises ---- */

static void check_cells(struct slice packed)
{
    uint32_t count = row_cells_count(packed);
    struct cell *cells = arena_take(&arena, (count + 1) * sizeof(cells[0]));
    row_cells_unpack(packed, cells);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(limits_name(cells[i].name) && cells[i].type <= CELL_BINARY && cells[i].timestamp_ms >= 0);
        if (i == 0)
            continue;
        int order = slice_compare(cells[i - 1].name, cells[i].name);
        CHECK(order < 0 || (order == 0 && cells[i - 1].timestamp_ms > cells[i].timestamp_ms));
    }
}

static void check_row(const struct store_table *table, const struct row_node *node)
{
    enum cell_type types[LIMIT_KEYS];
    for (uint32_t i = 0; i < table->key_count; i++)
        types[i] = table->keys[i].type;
    CHECK(row_key_valid(row_index_key(node), types, table->key_count));
    CHECK(node->packed_bytes == 0 || row_cells_valid(row_index_cells(node)));
    check_cells(row_index_cells(node));
}

/* Up and down again. */
static void check_order(const struct store_table *table)
{
    struct row_cursor cursor = {0, 0};
    const struct row_node *last = NULL;
    uint64_t count = 0;
    uint64_t bytes = 0;
    for (struct row_node *node = row_index_near(&table->rows, &cursor); node != NULL;
         node = row_index_next(&table->rows, &cursor)) {
        CHECK(last == NULL || slice_compare(row_index_key(last), row_index_key(node)) < 0);
        check_row(table, node);
        bytes += node->key_bytes + node->packed_bytes;
        last = node;
        count++;
    }
    CHECK(count == table->rows.count && bytes == table->bytes);
    if (last == NULL)
        return;
    CHECK(row_index_at_most(&table->rows, row_index_key(last), &cursor) == last);
    for (uint64_t i = 1; i < count; i++)
        CHECK(row_index_prev(&table->rows, &cursor) != NULL);
    CHECK(row_index_prev(&table->rows, &cursor) == NULL);
}

static void check_store(void)
{
    CHECK(store.change_count == 0);
    for (uint32_t i = 0; i < store.count; i++) {
        const struct store_table *table = store.tables[i];
        bool series = table->kind == STORE_SERIES;
        CHECK(limits_name(table->name) && store_find(&store, table->name) != NULL);
        CHECK((series ? store_find_series : store_find)(&store, table->name) == table);
        CHECK(!series || store_find(&store, table->name)->kind == STORE_POINTS);
        CHECK(table->kind != STORE_POINTS || store_find_series(&store, table->name) != NULL);
        CHECK(table->key_count > 0 && table->max_versions > 0);
        arena_reset(&arena);
        check_order(table);
    }
}

/* ---- requests ---- */

static void ask(size_t which, struct slice body)
{
    const struct operation *operation = operation_find(slice_text(asked[which].path));
    CHECK(operation != NULL);
    visit_begin(&visit, operation, body);
    if (visit_prepare(&visit) == 0 && visit_execute(&visit) == 0) {
        CHECK(proto_unpack(asked[which].answer, buffer_slice(&visit.answer), &visit.arena) != NULL);
    } else {
        CHECK(visit.refusal.status >= 400 && visit.refusal.code[0] != 0);
        visit_put_error(&visit);
        CHECK(proto_unpack(&ots__error__descriptor, buffer_slice(&visit.answer), &visit.arena) != NULL);
    }
    check_store();
}

/* Answers how many bytes the record has. */
static size_t run_record(const uint8_t *at, size_t left)
{
    size_t len = left < 3 ? 0 : (size_t)at[1] | (size_t)at[2] << 8;
    size_t head = left < 3 ? left : 3;
    if (len > left - head)
        len = left - head;
    if ((at[0] & ~MEND) == WAIT) {
        ground.now_ms += (int64_t)1 << len % WAIT_BITS;
        return head;
    }
    uint8_t *body = malloc(len + 1); /* of its own, so that its end is watched */
    CHECK(body != NULL);
    memcpy(body, at + head, len);
    if ((at[0] & MEND) != 0)
        mend(body, len);
    ask((at[0] & ~MEND) % ASKED, slice_of(body, len));
    free(body);
    return head + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CHECK(ASKED == operation_count());
    store_init(&store);
    ground = (struct visit_ground){.store = &store, .now_ms = 1704164645678};
    visit_init(&visit, &ground);
    arena_init(&arena, (size_t)1 << 16);
    for (size_t at = 0; at < size;)
        at += run_record(data + at, size - at);
    arena_fini(&arena);
    visit_fini(&visit);
    store_fini(&store);
    return 0;
}
