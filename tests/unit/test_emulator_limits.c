/* emulator_limits: every number of tablestore-protocol.md section 7 that the emulator keeps to, a line each:
 * at the number all is well, one more (or one less) is refused with the service's code, and nothing was done.
 * And every situation of section 2.3, in its words. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>

#include "support/visit_rig.h"
#include "support/visit_rig_filter.h"
#include "wire/crc8.h"

#define INVALID "OTSParameterInvalid"

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

/* A text of `bytes` letters, in the rig's arena. */
static char *letters(struct visit_rig *rig, int64_t bytes)
{
    char *at = arena_take(&rig->arena, (size_t)bytes + 1);
    memset(at, 'a', (size_t)bytes);
    at[bytes] = 0;
    return at;
}

/* The n-th name, in the rig's arena. */
static char *name_of(struct visit_rig *rig, const char *stem, int64_t n)
{
    char *at = arena_take(&rig->arena, 32);
    snprintf(at, 32, "%s%lld", stem, (long long)n);
    return at;
}

/* ---- tables ---- */

struct table {
    Ots__CreateTableRequest request;
    Ots__TableMeta meta;
    Ots__TableOptions options;
    Ots__ReservedThroughput throughput;
    Ots__CapacityUnit unit;
};

/* The table t with the string key k0. */
static struct table *table_of(struct visit_rig *rig)
{
    struct table *table = arena_take(&rig->arena, sizeof(*table));
    memset(table, 0, sizeof(*table));
    ots__create_table_request__init(&table->request);
    ots__table_meta__init(&table->meta);
    ots__table_options__init(&table->options);
    ots__reserved_throughput__init(&table->throughput);
    ots__capacity_unit__init(&table->unit);
    table->meta.table_name = text("t");
    table->options.has_time_to_live = table->options.has_max_versions = true;
    table->options.time_to_live = -1;
    table->options.max_versions = 1;
    table->throughput.capacity_unit = &table->unit;
    table->request.table_meta = &table->meta;
    table->request.table_options = &table->options;
    table->request.reserved_throughput = &table->throughput;
    table->meta.primary_key = arena_take(&rig->arena, 16 * sizeof(table->meta.primary_key[0]));
    table->meta.defined_column = arena_take(&rig->arena, 64 * sizeof(table->meta.defined_column[0]));
    table->request.index_metas = arena_take(&rig->arena, 64 * sizeof(table->request.index_metas[0]));
    table->request.partitions = arena_take(&rig->arena, 64 * sizeof(table->request.partitions[0]));
    return table;
}

static Ots__PrimaryKeySchema *add_key(struct visit_rig *rig, struct table *table, char *name,
                                      Ots__PrimaryKeyType type)
{
    Ots__PrimaryKeySchema *key = arena_take(&rig->arena, sizeof(*key));
    ots__primary_key_schema__init(key);
    key->name = name;
    key->type = type;
    table->meta.primary_key[table->meta.n_primary_key++] = key;
    return key;
}

static void add_column(struct visit_rig *rig, struct table *table, char *name)
{
    Ots__DefinedColumnSchema *column = arena_take(&rig->arena, sizeof(*column));
    ots__defined_column_schema__init(column);
    column->name = name;
    column->type = OTS__DEFINED_COLUMN_TYPE__DCT_STRING;
    table->meta.defined_column[table->meta.n_defined_column++] = column;
}

/* On k0, k1 ... and with c0, c1 ... */
static void add_index(struct visit_rig *rig, struct table *table, char *name, int64_t keys, int64_t columns)
{
    Ots__IndexMeta *index = arena_take(&rig->arena, sizeof(*index));
    ots__index_meta__init(index);
    index->name = name;
    index->primary_key = arena_take(&rig->arena, (size_t)(keys + 1) * sizeof(char *));
    index->defined_column = arena_take(&rig->arena, (size_t)(columns + 1) * sizeof(char *));
    for (int64_t i = 0; i < keys; i++)
        index->primary_key[index->n_primary_key++] = i == 4 ? text("c0") : name_of(rig, "k", i);
    for (int64_t i = 0; i < columns; i++)
        index->defined_column[index->n_defined_column++] = name_of(rig, "c", i % 32);
    table->request.index_metas[table->request.n_index_metas++] = index;
}

static int create(struct visit_rig *rig, struct table *table)
{
    if (table->meta.n_primary_key == 0)
        add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__STRING);
    return visit_rig_run(rig, "CreateTable", &table->request);
}

static int tables(struct visit_rig *rig, int64_t n)
{
    int status = 200;
    for (int64_t i = 0; i < n; i++) {
        struct table *table = table_of(rig);
        table->meta.table_name = name_of(rig, "t", i);
        status = create(rig, table);
        assert_true(status == 200 || i == n - 1);
    }
    return status;
}

static int table_name(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->meta.table_name = letters(rig, n);
    return create(rig, table);
}

static int key_name(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    add_key(rig, table, letters(rig, n), OTS__PRIMARY_KEY_TYPE__STRING);
    return create(rig, table);
}

static int key_columns(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    for (int64_t i = 0; i < n; i++)
        add_key(rig, table, name_of(rig, "k", i), OTS__PRIMARY_KEY_TYPE__STRING);
    return visit_rig_run(rig, "CreateTable", &table->request);
}

static int numbered_columns(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__INTEGER);
    for (int64_t i = 0; i < n; i++) {
        Ots__PrimaryKeySchema *key =
            add_key(rig, table, name_of(rig, "n", i), OTS__PRIMARY_KEY_TYPE__INTEGER);
        key->has_option = true;
        key->option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    }
    return create(rig, table);
}

static int defined_columns(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    for (int64_t i = 0; i < n; i++)
        add_column(rig, table, name_of(rig, "c", i));
    return create(rig, table);
}

static struct table *wide_table(struct visit_rig *rig)
{
    struct table *table = table_of(rig);
    for (int64_t i = 0; i < 4; i++)
        add_key(rig, table, name_of(rig, "k", i), OTS__PRIMARY_KEY_TYPE__STRING);
    for (int64_t i = 0; i < 32; i++)
        add_column(rig, table, name_of(rig, "c", i));
    return table;
}

static int indexes(struct visit_rig *rig, int64_t n)
{
    struct table *table = wide_table(rig);
    for (int64_t i = 0; i < n; i++)
        add_index(rig, table, name_of(rig, "i", i), 1, 0);
    return create(rig, table);
}

static int index_keys(struct visit_rig *rig, int64_t n)
{
    struct table *table = wide_table(rig);
    add_index(rig, table, text("i"), n, 0);
    return create(rig, table);
}

static int index_columns(struct visit_rig *rig, int64_t n)
{
    struct table *table = wide_table(rig);
    add_index(rig, table, text("i"), 1, n);
    return create(rig, table);
}

static int read_throughput(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->unit.has_read = true;
    table->unit.read = (int32_t)n;
    return create(rig, table);
}

static int write_throughput(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->unit.has_write = true;
    table->unit.write = (int32_t)n;
    return create(rig, table);
}

static int time_to_live(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->options.time_to_live = (int32_t)n;
    return create(rig, table);
}

static int max_versions(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->options.max_versions = (int32_t)n;
    return create(rig, table);
}

static int deviation(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->options.has_deviation_cell_version_in_sec = true;
    table->options.deviation_cell_version_in_sec = n;
    return create(rig, table);
}

static ProtobufCBinaryData partition_value(struct visit_rig *rig, int64_t bytes, char letter)
{
    char *at = letters(rig, bytes);
    struct cell value = {.type = CELL_STRING, .bytes = slice_of(at, (size_t)bytes)};
    memset(at, letter, (size_t)bytes);
    return visit_rig_bare(&rig->arena, &value);
}

/* Ranges that meet at values of so many bytes. */
static int create_partitions(struct visit_rig *rig, int64_t count, int64_t bytes)
{
    struct cell lowest = {.type = CELL_INF_MIN};
    struct cell highest = {.type = CELL_INF_MAX};
    struct table *table = table_of(rig);
    for (int64_t i = 0; i < count; i++) {
        Ots__PartitionRange *range = arena_take(&rig->arena, sizeof(*range));
        ots__partition_range__init(range);
        range->begin =
            i == 0 ? visit_rig_bare(&rig->arena, &lowest) : partition_value(rig, bytes, (char)('a' + i));
        range->end = i == count - 1 ? visit_rig_bare(&rig->arena, &highest)
                                    : partition_value(rig, bytes, (char)('b' + i));
        table->request.partitions[table->request.n_partitions++] = range;
    }
    return create(rig, table);
}

static int partitions(struct visit_rig *rig, int64_t n)
{
    return create_partitions(rig, n, 1);
}

static int partition_bytes(struct visit_rig *rig, int64_t n)
{
    return create_partitions(rig, 2, n);
}

static int split_unit(struct visit_rig *rig, int64_t n)
{
    Ots__ComputeSplitPointsBySizeRequest request = OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_REQUEST__INIT;
    create(rig, table_of(rig));
    request.table_name = text("t");
    request.split_size = 1;
    request.has_split_size_unit_in_byte = true;
    request.split_size_unit_in_byte = n;
    return visit_rig_run(rig, "ComputeSplitPointsBySize", &request);
}

static int split_size(struct visit_rig *rig, int64_t n)
{
    Ots__ComputeSplitPointsBySizeRequest request = OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_REQUEST__INIT;
    create(rig, table_of(rig));
    request.table_name = text("t");
    request.split_size = n;
    return visit_rig_run(rig, "ComputeSplitPointsBySize", &request);
}

/* ---- writes ---- */

/* Each makes its own table t and writes there. The row changes nothing when it is refused. */
enum via { BY_PUT, BY_UPDATE, BY_BATCH, BY_BULK };

struct batch {
    Ots__BatchWriteRowRequest request;
    Ots__TableInBatchWriteRowRequest table;
    Ots__TableInBatchWriteRowRequest *table_at[2];
    Ots__RowInBatchWriteRowRequest rows[LIMIT_BATCH_ROWS + 1];
    Ots__RowInBatchWriteRowRequest *row_at[LIMIT_BATCH_ROWS + 1];
    Ots__Condition condition;
    Ots__BulkImportRequest bulk;
    Ots__RowInBulkImportRequest bulk_rows[LIMIT_BATCH_ROWS + 1];
    Ots__RowInBulkImportRequest *bulk_at[LIMIT_BATCH_ROWS + 1];
};

static struct batch *batch_of(struct visit_rig *rig)
{
    struct batch *batch = arena_take(&rig->arena, sizeof(*batch));
    memset(batch, 0, sizeof(*batch));
    ots__batch_write_row_request__init(&batch->request);
    ots__table_in_batch_write_row_request__init(&batch->table);
    ots__bulk_import_request__init(&batch->bulk);
    ots__condition__init(&batch->condition);
    batch->table.table_name = batch->bulk.table_name = text("t");
    batch->table.rows = batch->row_at;
    batch->bulk.rows = batch->bulk_at;
    batch->table_at[0] = batch->table_at[1] = &batch->table;
    batch->request.tables = batch->table_at;
    batch->request.n_tables = 1;
    return batch;
}

/* To both of its messages. */
static void batch_add(struct batch *batch, Ots__OperationType type, ProtobufCBinaryData row)
{
    size_t at = batch->table.n_rows++;
    ots__row_in_batch_write_row_request__init(&batch->rows[at]);
    ots__row_in_bulk_import_request__init(&batch->bulk_rows[at]);
    batch->rows[at].type = batch->bulk_rows[at].type = type;
    batch->rows[at].row_change = batch->bulk_rows[at].row_change = row;
    batch->rows[at].condition = &batch->condition;
    batch->row_at[at] = &batch->rows[at];
    batch->bulk_at[at] = &batch->bulk_rows[at];
    batch->bulk.n_rows = at + 1;
}

static int batch_send(struct visit_rig *rig, struct batch *batch, enum via via)
{
    if (via == BY_BULK)
        return visit_rig_run(rig, "BulkImport", &batch->bulk);
    return visit_rig_run(rig, "BatchWriteRow", &batch->request);
}

/* In a batch there is a good row in front of it. */
static int send_row(struct visit_rig *rig, struct row *row, enum via via)
{
    struct cell key = visit_rig_text("k0", "good");
    struct row good = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    row->op = via == BY_UPDATE ? ROW_UPDATE : ROW_PUT;
    if (rig->store.count == 0)
        create(rig, table_of(rig));
    if (via == BY_PUT || via == BY_UPDATE)
        return visit_rig_write(rig, "t", row);
    struct batch *batch = batch_of(rig);
    batch_add(batch, OTS__OPERATION_TYPE__PUT, visit_rig_row(rig, &good));
    batch_add(batch, OTS__OPERATION_TYPE__PUT, visit_rig_row(rig, row));
    return batch_send(rig, batch, via);
}

static int send_key(struct visit_rig *rig, const struct cell *key, enum via via)
{
    struct cell keys[] = {*key};
    struct cell cell = visit_rig_number("a", 1);
    struct row row = {.keys = keys, .key_count = 1, .cells = &cell, .cell_count = 1};
    return send_row(rig, &row, via);
}

static int send_cells(struct visit_rig *rig, struct cell *cells, uint32_t count, enum via via)
{
    struct cell key = visit_rig_text("k0", "k");
    struct row row = {.keys = &key, .key_count = 1, .cells = cells, .cell_count = count};
    return send_row(rig, &row, via);
}

static int send_value(struct visit_rig *rig, enum cell_type type, int64_t bytes, enum via via)
{
    struct cell cell = {
        .name = SLICE("a"), .type = type, .bytes = slice_of(letters(rig, bytes), (size_t)bytes)};
    return send_cells(rig, &cell, 1, via);
}

static int send_long_key(struct visit_rig *rig, enum cell_type type, int64_t bytes, enum via via)
{
    struct cell key = {
        .name = SLICE("k0"), .type = type, .bytes = slice_of(letters(rig, bytes), (size_t)bytes)};
    struct table *table = table_of(rig);
    add_key(rig, table, text("k0"),
            type == CELL_STRING ? OTS__PRIMARY_KEY_TYPE__STRING : OTS__PRIMARY_KEY_TYPE__BINARY);
    create(rig, table);
    if (via == BY_BATCH || via == BY_BULK)
        assert_int_equal(type, CELL_STRING); /* so is the good row in front */
    return send_key(rig, &key, via);
}

static int string_key_put(struct visit_rig *rig, int64_t n)
{
    return send_long_key(rig, CELL_STRING, n, BY_PUT);
}

static int string_key_update(struct visit_rig *rig, int64_t n)
{
    return send_long_key(rig, CELL_STRING, n, BY_UPDATE);
}

static int string_key_batch(struct visit_rig *rig, int64_t n)
{
    return send_long_key(rig, CELL_STRING, n, BY_BATCH);
}

static int string_key_bulk(struct visit_rig *rig, int64_t n)
{
    return send_long_key(rig, CELL_STRING, n, BY_BULK);
}

static int binary_key_put(struct visit_rig *rig, int64_t n)
{
    return send_long_key(rig, CELL_BINARY, n, BY_PUT);
}

static int string_put(struct visit_rig *rig, int64_t n)
{
    return send_value(rig, CELL_STRING, n, BY_PUT);
}

static int string_update(struct visit_rig *rig, int64_t n)
{
    return send_value(rig, CELL_STRING, n, BY_UPDATE);
}

static int string_batch(struct visit_rig *rig, int64_t n)
{
    return send_value(rig, CELL_STRING, n, BY_BATCH);
}

static int string_bulk(struct visit_rig *rig, int64_t n)
{
    return send_value(rig, CELL_STRING, n, BY_BULK);
}

static int binary_put(struct visit_rig *rig, int64_t n)
{
    return send_value(rig, CELL_BINARY, n, BY_PUT);
}

static int send_many_cells(struct visit_rig *rig, int64_t n, enum via via)
{
    struct cell *cells = arena_take(&rig->arena, (size_t)n * sizeof(cells[0]));
    for (int64_t i = 0; i < n; i++)
        cells[i] = visit_rig_number(name_of(rig, "a", i), i);
    return send_cells(rig, cells, (uint32_t)n, via);
}

static int cells_put(struct visit_rig *rig, int64_t n)
{
    return send_many_cells(rig, n, BY_PUT);
}

static int cells_update(struct visit_rig *rig, int64_t n)
{
    return send_many_cells(rig, n, BY_UPDATE);
}

static int cells_batch(struct visit_rig *rig, int64_t n)
{
    return send_many_cells(rig, n, BY_BATCH);
}

static int cells_bulk(struct visit_rig *rig, int64_t n)
{
    return send_many_cells(rig, n, BY_BULK);
}

static int column_name(struct visit_rig *rig, int64_t n)
{
    struct cell cell = visit_rig_number(letters(rig, n), 1);
    return send_cells(rig, &cell, 1, BY_PUT);
}

/* A row of n bytes: k0, "k", and three columns. */
static int send_row_bytes(struct visit_rig *rig, int64_t n, enum via via)
{
    struct cell cells[3];
    char *names[] = {text("a"), text("b"), text("c")};
    int64_t left = n - 3;
    for (int i = 0; i < 3; i++) {
        int64_t bytes = i == 2 ? left - 1 : (n - 3) / 3;
        cells[i] = (struct cell){.name = slice_text(names[i]),
                                 .type = CELL_STRING,
                                 .bytes = slice_of(letters(rig, bytes), (size_t)bytes)};
        left -= bytes + 1;
    }
    return send_cells(rig, cells, 3, via);
}

static int row_put(struct visit_rig *rig, int64_t n)
{
    return send_row_bytes(rig, n, BY_PUT);
}

static int row_update(struct visit_rig *rig, int64_t n)
{
    return send_row_bytes(rig, n, BY_UPDATE);
}

/* The good row in front has k0 and "good": 6 bytes. */
static int bytes_batch(struct visit_rig *rig, int64_t n)
{
    return send_row_bytes(rig, n - 6, BY_BATCH);
}

static int bytes_bulk(struct visit_rig *rig, int64_t n)
{
    return send_row_bytes(rig, n - 6, BY_BULK);
}

static int send_many_rows(struct visit_rig *rig, int64_t n, enum via via)
{
    struct batch *batch = batch_of(rig);
    create(rig, table_of(rig));
    for (int64_t i = 0; i < n; i++) {
        struct cell key = visit_rig_text("k0", name_of(rig, "k", i));
        struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
        batch_add(batch, OTS__OPERATION_TYPE__PUT, visit_rig_row(rig, &row));
    }
    return batch_send(rig, batch, via);
}

static int rows_batch(struct visit_rig *rig, int64_t n)
{
    return send_many_rows(rig, n, BY_BATCH);
}

static int rows_bulk(struct visit_rig *rig, int64_t n)
{
    return send_many_rows(rig, n, BY_BULK);
}

/* The last row goes to a second table. */
static int rows_of_two_tables(struct visit_rig *rig, int64_t n)
{
    struct batch *batch = batch_of(rig);
    struct batch *other = batch_of(rig);
    struct table *table = table_of(rig);
    create(rig, table_of(rig));
    table->meta.table_name = other->table.table_name = text("u");
    create(rig, table);
    for (int64_t i = 0; i < n; i++) {
        struct cell key = visit_rig_text("k0", name_of(rig, "k", i));
        struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
        batch_add(i == n - 1 ? other : batch, OTS__OPERATION_TYPE__PUT, visit_rig_row(rig, &row));
    }
    batch->table_at[1] = &other->table;
    batch->request.n_tables = 2;
    return batch_send(rig, batch, BY_BATCH);
}

static int timestamp(struct visit_rig *rig, int64_t n)
{
    struct cell cell = visit_rig_number("a", 1);
    struct table *table = table_of(rig);
    table->options.has_deviation_cell_version_in_sec = true;
    table->options.deviation_cell_version_in_sec = INT64_MAX / 1000000;
    create(rig, table);
    cell.has_timestamp = true;
    cell.timestamp_ms = n;
    return send_cells(rig, &cell, 1, BY_PUT);
}

/* With the deviation of a day. */
static int version_ahead(struct visit_rig *rig, int64_t n)
{
    struct cell cell = visit_rig_number("a", 1);
    cell.has_timestamp = true;
    cell.timestamp_ms = rig->ground.now_ms + n;
    return send_cells(rig, &cell, 1, BY_PUT);
}

static int version_behind(struct visit_rig *rig, int64_t n)
{
    rig->ground.now_ms = (int64_t)10 * 86400 * 1000;
    return version_ahead(rig, -n);
}

/* ---- reads ---- */

static ProtobufCBinaryData read_key(struct visit_rig *rig, int64_t n)
{
    struct cell key = visit_rig_text("k0", name_of(rig, "k", n));
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    return visit_rig_row(rig, &row);
}

static Ots__GetRowRequest *get_of(struct visit_rig *rig)
{
    Ots__GetRowRequest *request = arena_take(&rig->arena, sizeof(*request));
    ots__get_row_request__init(request);
    create(rig, table_of(rig));
    request->table_name = text("t");
    request->primary_key = read_key(rig, 1);
    request->has_max_versions = true;
    request->max_versions = 1;
    return request;
}

static Ots__GetRangeRequest *range_of(struct visit_rig *rig)
{
    Ots__GetRangeRequest *request = arena_take(&rig->arena, sizeof(*request));
    ots__get_range_request__init(request);
    create(rig, table_of(rig));
    request->table_name = text("t");
    request->inclusive_start_primary_key = read_key(rig, 1);
    request->exclusive_end_primary_key = read_key(rig, 2);
    request->has_max_versions = true;
    request->max_versions = 1;
    return request;
}

static char **many_names(struct visit_rig *rig, int64_t n)
{
    char **names = arena_take(&rig->arena, (size_t)n * sizeof(names[0]));
    for (int64_t i = 0; i < n; i++)
        names[i] = name_of(rig, "a", i);
    return names;
}

static int columns_of_get(struct visit_rig *rig, int64_t n)
{
    Ots__GetRowRequest *request = get_of(rig);
    request->columns_to_get = many_names(rig, n);
    request->n_columns_to_get = (size_t)n;
    return visit_rig_run(rig, "GetRow", request);
}

static int columns_of_range(struct visit_rig *rig, int64_t n)
{
    Ots__GetRangeRequest *request = range_of(rig);
    request->columns_to_get = many_names(rig, n);
    request->n_columns_to_get = (size_t)n;
    return visit_rig_run(rig, "GetRange", request);
}

static int get_batch(struct visit_rig *rig, int64_t rows, int64_t columns)
{
    Ots__BatchGetRowRequest request = OTS__BATCH_GET_ROW_REQUEST__INIT;
    Ots__TableInBatchGetRowRequest table = OTS__TABLE_IN_BATCH_GET_ROW_REQUEST__INIT;
    Ots__TableInBatchGetRowRequest *table_at[] = {&table};
    create(rig, table_of(rig));
    table.table_name = text("t");
    table.primary_key = arena_take(&rig->arena, (size_t)rows * sizeof(table.primary_key[0]));
    for (int64_t i = 0; i < rows; i++)
        table.primary_key[table.n_primary_key++] = read_key(rig, i);
    table.columns_to_get = many_names(rig, columns);
    table.n_columns_to_get = (size_t)columns;
    table.has_max_versions = true;
    table.max_versions = 1;
    request.tables = table_at;
    request.n_tables = 1;
    return visit_rig_run(rig, "BatchGetRow", &request);
}

static int columns_of_batch(struct visit_rig *rig, int64_t n)
{
    return get_batch(rig, 1, n);
}

static int rows_of_get_batch(struct visit_rig *rig, int64_t n)
{
    return get_batch(rig, n, 0);
}

static int read_limit(struct visit_rig *rig, int64_t n)
{
    Ots__GetRangeRequest *request = range_of(rig);
    request->has_limit = true;
    request->limit = (int32_t)n;
    return visit_rig_run(rig, "GetRange", request);
}

static int read_versions(struct visit_rig *rig, int64_t n)
{
    Ots__GetRowRequest *request = get_of(rig);
    request->max_versions = (int32_t)n;
    return visit_rig_run(rig, "GetRow", request);
}

static ProtobufCBinaryData one_filter(struct visit_rig *rig, int64_t n)
{
    struct cell value = visit_rig_number(name_of(rig, "a", n), n);
    return visit_rig_single(&rig->arena, OTS__COMPARATOR_TYPE__CT_EQUAL, &value, 0);
}

/* n filters in all: n - 1 of columns, and the one that holds them together. */
static ProtobufCBinaryData many_filters(struct visit_rig *rig, int64_t n)
{
    ProtobufCBinaryData parts[32];
    for (int64_t i = 0; i < n - 1; i++)
        parts[i] = one_filter(rig, i);
    return visit_rig_composite(&rig->arena, OTS__LOGICAL_OPERATOR__LO_AND, parts, (size_t)n - 1);
}

static int filters_of_get(struct visit_rig *rig, int64_t n)
{
    Ots__GetRowRequest *request = get_of(rig);
    request->has_filter = true;
    request->filter = many_filters(rig, n);
    return visit_rig_run(rig, "GetRow", request);
}

static int filters_of_condition(struct visit_rig *rig, int64_t n)
{
    struct cell key = visit_rig_text("k0", "k");
    struct row row = {.op = ROW_DELETE, .keys = &key, .key_count = 1};
    Ots__DeleteRowRequest request = OTS__DELETE_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    create(rig, table_of(rig));
    condition.has_column_condition = true;
    condition.column_condition = many_filters(rig, n);
    request.table_name = text("t");
    request.primary_key = visit_rig_row(rig, &row);
    request.condition = &condition;
    int status = visit_rig_run(rig, "DeleteRow", &request);
    return status == 403 ? 200 : status; /* a condition that was read: no column is there to fulfil it */
}

/* ---- every limit ---- */

struct limit {
    const char *words;
    int64_t most;
    int (*run)(struct visit_rig *rig, int64_t n);
    int status;
    const char *code;
    const char *message; /* a part of it */
};

enum { MB = 1024 * 1024, MB2 = 2 * MB, MB4 = 4 * MB, DAY_MS = 86400 * 1000 };

static const struct limit limits[] = {
    {"tables of an instance", 64, tables, 403, "OTSQuotaExhausted", "Number of tables exceeds the quota:64."},
    {"bytes of a table name", 255, table_name, 400, INVALID, "Invalid table name: 'aaa"},
    {"bytes of a key column's name", 255, key_name, 400, INVALID, "Invalid column name: 'aaa"},
    {"bytes of a column's name", 255, column_name, 400, INVALID, "Invalid column name: 'aaa"},
    {"primary key columns", 4, key_columns, 400, INVALID,
     "The number of primary key columns must be in range: [1, 4]."},
    {"auto-increment columns", 1, numbered_columns, 400, INVALID, "one auto-increment column only"},
    {"bytes of a string key, PutRow", 1024, string_key_put, 400, INVALID,
     "The length of primary key column: 'k0' exceeds the MaxLength:1024 with CurrentLength:1025."},
    {"bytes of a string key, UpdateRow", 1024, string_key_update, 400, INVALID, "CurrentLength:1025."},
    {"bytes of a string key, BatchWriteRow", 1024, string_key_batch, 400, INVALID, "CurrentLength:1025."},
    {"bytes of a string key, BulkImport", 1024, string_key_bulk, 400, INVALID, "CurrentLength:1025."},
    {"bytes of a binary key", 1024, binary_key_put, 400, INVALID, "CurrentLength:1025."},
    {"bytes of a string, PutRow", MB2, string_put, 400, INVALID,
     "The length of attribute column: 'a' exceeds the MaxLength:2097152 with CurrentLength:2097153."},
    {"bytes of a string, UpdateRow", MB2, string_update, 400, INVALID, "CurrentLength:2097153."},
    {"bytes of a string, BatchWriteRow", MB2, string_batch, 400, INVALID, "CurrentLength:2097153."},
    {"bytes of a string, BulkImport", MB2, string_bulk, 400, INVALID, "CurrentLength:2097153."},
    {"bytes of a binary", MB2, binary_put, 400, INVALID, "CurrentLength:2097153."},
    {"columns of a row, PutRow", 1024, cells_put, 400, INVALID,
     "The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025."},
    {"columns of a row, UpdateRow", 1024, cells_update, 400, INVALID, "column count: 1025."},
    {"columns of a row, BatchWriteRow", 1024, cells_batch, 400, INVALID, "column count: 1025."},
    {"columns of a row, BulkImport", 1024, cells_bulk, 400, INVALID, "column count: 1025."},
    {"predefined columns", 32, defined_columns, 400, INVALID,
     "The number of defined columns must be in range: [0, 32]."},
    {"columns_to_get, GetRow", 128, columns_of_get, 400, INVALID,
     "The number of columns from the request exceeds the limit, limit count: 128, column count: 129."},
    {"columns_to_get, GetRange", 128, columns_of_range, 400, INVALID, "column count: 129."},
    {"columns_to_get, BatchGetRow", 128, columns_of_batch, 400, INVALID, "column count: 129."},
    {"bytes of a row, PutRow", MB4, row_put, 400, INVALID, "limit size: 4194304, data size: 4194305."},
    {"bytes of a row, UpdateRow", MB4, row_update, 400, INVALID, "limit size: 4194304, data size: 4194305."},
    {"rows of a BatchWriteRow", 200, rows_batch, 400, INVALID, "Rows count exceeds the upper limit: 200."},
    {"rows of a BatchWriteRow over all tables", 200, rows_of_two_tables, 400, INVALID,
     "Rows count exceeds the upper limit: 200."},
    {"rows of a BulkImport", 200, rows_bulk, 400, INVALID, "Rows count exceeds the upper limit: 200."},
    {"bytes of a BatchWriteRow", MB4, bytes_batch, 400, INVALID,
     "The total data size of BatchWriteRow request exceeds the limit, limit size: 4194304, data size: "
     "4194305."},
    {"bytes of a BulkImport", MB4, bytes_bulk, 400, INVALID, "data size: 4194305."},
    {"rows of a BatchGetRow", 100, rows_of_get_batch, 400, INVALID,
     "Rows count exceeds the upper limit: 100."},
    {"filters of a read", 10, filters_of_get, 400, INVALID, "filter"},
    {"filters of a condition", 10, filters_of_condition, 400, INVALID, "filter"},
    {"indexes of a table", 5, indexes, 400, INVALID, "Number of index per table exceeds the quota:5."},
    {"key columns of an index", 4, index_keys, 400, INVALID,
     "The number of primary key columns must be in range: [1, 4] in index."},
    {"columns of an index", 32, index_columns, 400, INVALID,
     "The number of attribute columns must be in range: [0, 32] in index."},
    {"reserved read throughput", 100000, read_throughput, 400, INVALID, "reserved throughput"},
    {"reserved write throughput", 100000, write_throughput, 400, INVALID, "reserved throughput"},
    {"partitions", 10, partitions, 400, INVALID, "The count of partitions cannot be greater than 10"},
    {"bytes of a partition's bound", 64, partition_bytes, 400, INVALID,
     "The value of partition range exceeds the MaxLength:64 with CurrentLength:65."},
    {"timestamp", INT64_MAX / 1000 - 1, timestamp, 400, INVALID,
     "Timestamp must be in range [0, INT64_MAX/1000)."},
    {"version ahead of the clock", DAY_MS, version_ahead, 400, INVALID, "too far from now"},
    {"version behind the clock", DAY_MS, version_behind, 400, INVALID, "too far from now"},
};

/* One less is refused. */
static const struct limit least[] = {
    {"primary key columns", 1, key_columns, 400, INVALID,
     "The number of primary key columns must be in range: [1, 4]."},
    {"key columns of an index", 1, index_keys, 400, INVALID, "[1, 4] in index."},
    {"bytes of a table name", 1, table_name, 400, INVALID, "Invalid table name: ''."},
    {"bytes of a column's name", 1, column_name, 400, INVALID, "Invalid column name: ''."},
    {"reserved read throughput", 0, read_throughput, 400, INVALID, "reserved throughput"},
    {"reserved write throughput", 0, write_throughput, 400, INVALID, "reserved throughput"},
    {"time to live", 1, time_to_live, 400, INVALID, "Invalid time to live: 0."},
    {"max versions", 1, max_versions, 400, INVALID, "Invalid max versions: 0."},
    {"deviation of versions", 1, deviation, 400, INVALID, "Invalid deviation"},
    {"timestamp", 0, timestamp, 400, INVALID, "Timestamp must be in range [0, INT64_MAX/1000)."},
    {"limit of a range", 1, read_limit, 400, INVALID, "The limit must be greater than 0."},
    {"versions to read", 1, read_versions, 400, INVALID, "max versions"},
    {"rows of a BatchWriteRow's table", 1, rows_batch, 400, INVALID,
     "No operation is specified for table: 't'."},
    {"rows of a BulkImport", 1, rows_bulk, 400, INVALID, "No operation is specified for table: 't'."},
    {"cells of an UpdateRow", 1, cells_update, 400, INVALID, "No attribute column"},
    {"split size", 1, split_size, 400, INVALID, "The split_size should be greater than 0."},
    {"unit of the split size", MB, split_unit, 400, INVALID,
     "The split_size_unit_in_byte should be greater equal than: 1048576"},
};

static void check_good(const struct limit *limit)
{
    struct visit_rig *rig = visit_rig_create();
    int status = limit->run(rig, limit->most);
    if (status != 200)
        fail_msg("%s, %lld: %d %s %s", limit->words, (long long)limit->most, status, rig->visit.refusal.code,
                 rig->visit.refusal.message);
    visit_rig_destroy(rig);
}

static void check_bad(const struct limit *limit, int64_t n)
{
    struct visit_rig *rig = visit_rig_create();
    int status = limit->run(rig, n);
    const struct refusal *refusal = &rig->visit.refusal;
    if (status != limit->status || strcmp(refusal->code, limit->code) != 0 ||
        strstr(refusal->message, limit->message) == NULL)
        fail_msg("%s, %lld: %d %s %s", limit->words, (long long)n, status, refusal->code, refusal->message);
    assert_int_equal(rig->applied, 0);
    visit_rig_destroy(rig);
}

static void test_every_limit_is_kept_to_the_last_unit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        check_good(&limits[i]);
        check_bad(&limits[i], limits[i].most + 1);
    }
    for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
        check_good(&least[i]);
        check_bad(&least[i], least[i].most - 1);
    }
}

/* ---- every situation of 2.3 ---- */

static int unknown_operation(struct visit_rig *rig, int64_t n)
{
    (void)n;
    operation_refuse(SLICE("/DoIt"), &rig->visit.refusal);
    return rig->visit.refusal.status;
}

static int no_protobuf(struct visit_rig *rig, int64_t n)
{
    static const char *const bodies[] = {"\xff\xff", "\x0a\x05t", ""};
    return visit_rig_run_bytes(rig, "PutRow", slice_text(bodies[n]));
}

static int bad_table_name(struct visit_rig *rig, int64_t n)
{
    static const char *const names[] = {"", "1t", "a-b", "a b", "\xc3\xa9", "t."};
    struct table *table = table_of(rig);
    table->meta.table_name = text(names[n]);
    return create(rig, table);
}

static int bad_column_name(struct visit_rig *rig, int64_t n)
{
    static const char *const names[] = {"", "1c", "a-b", "\xc3\xa9"};
    struct table *table = table_of(rig);
    if (n % 2 == 0)
        add_key(rig, table, text(names[n / 2]), OTS__PRIMARY_KEY_TYPE__STRING);
    else
        add_column(rig, table, text(names[n / 2]));
    return create(rig, table);
}

static int key_twice(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__STRING);
    if (n == 0)
        add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__INTEGER);
    else
        add_column(rig, table, text("k0"));
    return create(rig, table);
}

static int no_options(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    table->options.has_time_to_live = n == 1;
    table->options.has_max_versions = n == 2;
    if (n == 3)
        table->request.table_options = NULL;
    return create(rig, table);
}

static int bad_time_to_live(struct visit_rig *rig, int64_t n)
{
    return time_to_live(rig, n == 0 ? 0 : n == 1 ? -2 : INT32_MIN);
}

static int bad_auto_increment(struct visit_rig *rig, int64_t n)
{
    struct table *table = table_of(rig);
    Ots__PrimaryKeySchema *first = add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__INTEGER);
    Ots__PrimaryKeySchema *second = add_key(rig, table, text("k1"), OTS__PRIMARY_KEY_TYPE__STRING);
    first->option = second->option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    first->has_option = n == 0;
    second->has_option = n == 1;
    return create(rig, table);
}

static int attribute_with_key_name(struct visit_rig *rig, int64_t n)
{
    struct cell cell = visit_rig_text("k0", "x");
    return send_cells(rig, &cell, 1, (enum via)n);
}

static int batch_without_tables(struct visit_rig *rig, int64_t n)
{
    struct batch *batch = batch_of(rig);
    create(rig, table_of(rig));
    batch->request.n_tables = (size_t)n;
    return batch_send(rig, batch, BY_BATCH);
}

static int table_twice(struct visit_rig *rig, int64_t n)
{
    struct batch *batch = batch_of(rig);
    (void)n;
    create(rig, table_of(rig));
    batch_add(batch, OTS__OPERATION_TYPE__PUT, read_key(rig, 1));
    batch->request.n_tables = 2;
    return batch_send(rig, batch, BY_BATCH);
}

static int row_twice(struct visit_rig *rig, int64_t n)
{
    struct batch *batch = batch_of(rig);
    create(rig, table_of(rig));
    batch->condition.row_existence = (Ots__RowExistenceExpectation)n;
    batch_add(batch, OTS__OPERATION_TYPE__PUT, read_key(rig, 1));
    batch_add(batch, OTS__OPERATION_TYPE__PUT, read_key(rig, 2));
    batch_add(batch, OTS__OPERATION_TYPE__PUT, read_key(rig, 1));
    return batch_send(rig, batch, BY_BATCH);
}

static int operation_in_put(struct visit_rig *rig, int64_t n)
{
    struct cell cell = visit_rig_number("a", 1);
    cell.op = (enum cell_op)n;
    cell.has_timestamp = cell.op == CELL_DELETE_ONE;
    return send_cells(rig, &cell, 1, BY_PUT);
}

static int bad_double(struct visit_rig *rig, int64_t n)
{
    struct cell cell = {.name = SLICE("a"), .type = CELL_DOUBLE};
    cell.number = n == 0 ? NAN : n == 1 ? INFINITY : -INFINITY;
    return send_cells(rig, &cell, 1, BY_BATCH);
}

/* A row with the key "k" and one cell "a", put together from pieces that may not go together. */
struct pieces {
    bool value; /* the integer 1 */
    uint8_t op; /* 0: none */
    bool timestamp;
    bool marker;
    bool no_cell;
    uint8_t wrong; /* added to the checksum of the cell */
    uint8_t tail;  /* a byte behind the row */
};

static uint8_t *put_bytes(uint8_t *to, const void *from, size_t bytes, uint8_t *crc)
{
    memcpy(to, from, bytes);
    if (crc != NULL)
        *crc = crc8(*crc, from, bytes);
    return to + bytes;
}

static uint8_t *put_cell(uint8_t *to, const struct pieces *pieces, uint8_t *crc)
{
    static const uint8_t one[] = {0, 1, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t time[] = {1, 0, 0, 0, 0, 0, 0, 0};
    *crc = 0;
    to = put_bytes(to, "\x03\x04\x01\0\0\0", 6, NULL);
    to = put_bytes(to, "a", 1, crc);
    if (pieces->value) {
        to = put_bytes(to, "\x05\x09\0\0\0", 5, NULL);
        to = put_bytes(to, one, sizeof(one), crc);
    }
    if (pieces->op != 0)
        to = put_bytes(to, (uint8_t[]){6, pieces->op}, 2, NULL);
    if (pieces->timestamp) {
        *to++ = 7;
        to = put_bytes(to, time, sizeof(time), crc);
    }
    if (pieces->op != 0)
        *crc = crc8(*crc, &pieces->op, 1);
    *crc = (uint8_t)(*crc + pieces->wrong);
    return put_bytes(to, (uint8_t[]){10, *crc}, 2, NULL);
}

static ProtobufCBinaryData row_of_pieces(struct visit_rig *rig, const struct pieces *pieces)
{
    uint8_t *at = arena_take(&rig->arena, 128);
    uint8_t key = crc8(0, "k0\x03\x01\0\0\0k", 8);
    uint8_t cell = 0;
    uint8_t crc = crc8(0, &key, 1);
    uint8_t *to =
        put_bytes(at, "\x75\0\0\0\x01\x03\x04\x02\0\0\0k0\x05\x06\0\0\0\x03\x01\0\0\0k\x0a", 25, NULL);
    *to++ = key;
    if (!pieces->no_cell) {
        *to++ = 2;
        to = put_cell(to, pieces, &cell);
        crc = crc8(crc, &cell, 1);
    }
    if (pieces->marker)
        *to++ = 8;
    crc = crc8(crc, pieces->marker ? "\x01" : "\0", 1);
    to = put_bytes(to, (uint8_t[]){9, crc}, 2, NULL);
    if (pieces->tail != 0)
        *to++ = pieces->tail;
    return (ProtobufCBinaryData){.len = (size_t)(to - at), .data = at};
}

/* PutRow, UpdateRow and DeleteRow have the same fields. */
static int send_pieces(struct visit_rig *rig, const char *operation, const struct pieces *pieces)
{
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    if (rig->store.count == 0)
        create(rig, table_of(rig));
    request.table_name = text("t");
    request.row = row_of_pieces(rig, pieces);
    request.condition = &condition;
    return visit_rig_run(rig, operation, &request);
}

enum { OP_DELETE_ALL = 1, OP_DELETE_ONE = 3, OP_INCREMENT = 4 };

static int value_with_delete(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.value = true, .op = n == 0 ? OP_DELETE_ALL : OP_DELETE_ONE, .timestamp = n == 1};
    return send_pieces(rig, "UpdateRow", &pieces);
}

static int no_value(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.op = n == 0 ? 0 : OP_INCREMENT};
    return send_pieces(rig, "UpdateRow", &pieces);
}

static int no_timestamp(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.op = OP_DELETE_ONE};
    (void)n;
    return send_pieces(rig, "UpdateRow", &pieces);
}

static int needless_timestamp(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.op = n == 0 ? OP_DELETE_ALL : OP_INCREMENT, .value = n == 1, .timestamp = true};
    return send_pieces(rig, "UpdateRow", &pieces);
}

static int unknown_cell_operation(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.op = n == 0 ? 2 : 9};
    return send_pieces(rig, "UpdateRow", &pieces);
}

static int no_marker(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.no_cell = true};
    (void)n;
    return send_pieces(rig, "DeleteRow", &pieces);
}

static int needless_marker(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.value = true, .marker = true};
    return send_pieces(rig, n == 0 ? "PutRow" : "UpdateRow", &pieces);
}

static int cells_with_marker(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.value = true, .marker = true};
    (void)n;
    return send_pieces(rig, "DeleteRow", &pieces);
}

static int wrong_bytes(struct visit_rig *rig, int64_t n)
{
    struct pieces pieces = {.value = true, .wrong = n == 0 ? 1 : 0, .tail = n == 0 ? 0 : 7};
    return send_pieces(rig, "PutRow", &pieces);
}

/* The table's second key column is numbered. */
static ProtobufCBinaryData placeholder_row(struct visit_rig *rig, enum row_op op)
{
    struct cell keys[] = {visit_rig_text("k0", "k"), {.name = SLICE("n0"), .type = CELL_AUTO_INCREMENT}};
    struct cell cell = visit_rig_number("a", 1);
    struct row row = {.op = op, .keys = keys, .key_count = 2, .cells = &cell};
    struct table *table = table_of(rig);
    add_key(rig, table, text("k0"), OTS__PRIMARY_KEY_TYPE__STRING);
    Ots__PrimaryKeySchema *key = add_key(rig, table, text("n0"), OTS__PRIMARY_KEY_TYPE__INTEGER);
    key->has_option = true;
    key->option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    create(rig, table);
    row.cell_count = op == ROW_UPDATE ? 1 : 0;
    return visit_rig_row(rig, &row);
}

static int placeholder_write(struct visit_rig *rig, int64_t n)
{
    static const char *const operations[] = {"UpdateRow", "DeleteRow", "PutRow", "PutRow"};
    static const enum row_op ops[] = {ROW_UPDATE, ROW_DELETE, ROW_PUT, ROW_PUT};
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    condition.row_existence = n == 2   ? OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_EXIST
                              : n == 3 ? OTS__ROW_EXISTENCE_EXPECTATION__EXPECT_NOT_EXIST
                                       : OTS__ROW_EXISTENCE_EXPECTATION__IGNORE;
    request.table_name = text("t");
    request.row = placeholder_row(rig, ops[n]);
    request.condition = &condition;
    return visit_rig_run(rig, operations[n], &request);
}

static int placeholder_read(struct visit_rig *rig, int64_t n)
{
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    (void)n;
    request.table_name = text("t");
    request.primary_key = placeholder_row(rig, ROW_PUT);
    request.has_max_versions = true;
    request.max_versions = 1;
    return visit_rig_run(rig, "GetRow", &request);
}

static int start_behind_end(struct visit_rig *rig, int64_t n)
{
    Ots__GetRangeRequest *request = range_of(rig);
    request->direction = n == 1 ? OTS__DIRECTION__BACKWARD : OTS__DIRECTION__FORWARD;
    if (n != 1)
        request->inclusive_start_primary_key = read_key(rig, n == 0 ? 3 : 2);
    return visit_rig_run(rig, "GetRange", request);
}

static int time_and_versions(struct visit_rig *rig, int64_t n)
{
    Ots__GetRowRequest *request = get_of(rig);
    Ots__TimeRange range = OTS__TIME_RANGE__INIT;
    request->time_range = &range;
    range.has_specific_time = true;
    range.specific_time = 5;
    request->max_versions = 2;
    range.has_start_time = n == 1;
    return visit_rig_run(rig, "GetRow", request);
}

static int neither_time_nor_versions(struct visit_rig *rig, int64_t n)
{
    if (n == 0) {
        Ots__GetRowRequest *get = get_of(rig);
        get->has_max_versions = false;
        return visit_rig_run(rig, "GetRow", get);
    }
    Ots__GetRangeRequest *range = range_of(rig);
    range->has_max_versions = false;
    return visit_rig_run(rig, "GetRange", range);
}

static int infinite_key(struct visit_rig *rig, int64_t n)
{
    struct cell key = {.name = SLICE("k0"), .type = n % 2 == 0 ? CELL_INF_MIN : CELL_INF_MAX};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1};
    Ots__GetRowRequest *get = get_of(rig);
    get->primary_key = visit_rig_row(rig, &row);
    return n < 2 ? visit_rig_run(rig, "GetRow", get) : visit_rig_write(rig, "t", &row);
}

static int key_that_does_not_fit(struct visit_rig *rig, int64_t n)
{
    struct cell keys[] = {visit_rig_text("k0", "k"), visit_rig_text("k1", "k")};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = n == 0 ? 2 : 1};
    create(rig, table_of(rig));
    if (n == 1)
        keys[0].name = SLICE("other");
    if (n == 2)
        keys[0] = visit_rig_number("k0", 1);
    return visit_rig_write(rig, "t", &row);
}

/* `most` is how often the situation is tried, with 0, 1, 2 ... */
static const struct limit situations[] = {
    {"unknown operation", 1, unknown_operation, 400, INVALID, "Unsupported operation: DoIt."},
    {"body is not the expected protobuf", 3, no_protobuf, 400, INVALID, "protobuf message of PutRow"},
    {"invalid table name", 6, bad_table_name, 400, INVALID, "Invalid table name: '"},
    {"invalid column name", 8, bad_column_name, 400, INVALID, "Invalid column name: '"},
    {"duplicate primary key name", 1, key_twice, 400, INVALID, "Duplicated primary key name: 'k0'."},
    {"attribute name equal to a primary key name", 2, key_twice, 400, INVALID, "Duplicated"},
    {"TTL or max versions missing at creation", 4, no_options, 400, INVALID,
     "The maxVersions and timeToLive must be set while creating table."},
    {"TTL 0 or below -1", 3, bad_time_to_live, 400, INVALID, "Invalid time to live"},
    {"auto-increment on the first column or on a non-integer column", 2, bad_auto_increment, 400, INVALID,
     "auto-increment"},
    {"attribute name equal to a primary key name, in a row", 4, attribute_with_key_name, 400, INVALID,
     "has the name of a primary key column: 'k0'."},
    {"batch without tables", 1, batch_without_tables, 400, INVALID, "No row is specified in BatchWriteRow."},
    {"the same table twice in one batch", 1, table_twice, 400, INVALID, "Duplicated table name: 't'."},
    {"the same row twice in one batch, with and without conditions", 3, row_twice, 400, INVALID, "twice"},
    {"value present with a delete operation", 2, value_with_delete, 400, INVALID, ""},
    {"value missing", 2, no_value, 400, INVALID, ""},
    {"timestamp missing for delete-one-version", 1, no_timestamp, 400, INVALID, ""},
    {"timestamp present for delete-all-versions or an increment", 2, needless_timestamp, 400, INVALID, ""},
    {"unknown cell operation", 2, unknown_cell_operation, 400, INVALID, ""},
    {"delete marker missing in DeleteRow", 1, no_marker, 400, INVALID, "The delete marker is missing."},
    {"delete marker present in PutRow or UpdateRow", 2, needless_marker, 400, INVALID, "delete marker"},
    {"cells in DeleteRow", 1, cells_with_marker, 400, INVALID, ""},
    {"NaN or infinity as double value", 3, bad_double, 400, INVALID, "NaN or infinite"},
    {"checksum mismatch or trailing data", 2, wrong_bytes, 400, INVALID, ""},
    {"placeholder in an update, a delete, or with an existence condition", 4, placeholder_write, 400, INVALID,
     ""},
    {"placeholder in a read", 1, placeholder_read, 400, INVALID,
     "VT_AUTO_INCREMENT is an invalid type for the primary key."},
    {"range start not before end", 3, start_behind_end, 400, INVALID, "Begin key must "},
    {"both a specific time and max versions, or a range", 2, time_and_versions, 400, INVALID,
     "specific time"},
    {"neither a time range nor max versions", 2, neither_time_nor_versions, 400, INVALID,
     "No version condition is specified."},
    {"INF_MIN or INF_MAX in a row's key", 4, infinite_key, 400, INVALID,
     "is an invalid type for the primary key."},
    {"a key that does not fit the table", 3, key_that_does_not_fit, 400, "OTSInvalidPK", "Validate PK "},
};

static int put_operation(struct visit_rig *rig, int64_t n)
{
    return operation_in_put(rig, n + CELL_DELETE_ALL);
}

static const struct limit put_operations = {"cell operation inside PutRow",   3, put_operation, 400, INVALID,
                                            "PutRow takes no cell operation."};

static void check_situation(const struct limit *situation)
{
    for (int64_t n = 0; n < situation->most; n++)
        check_bad(situation, n);
}

static void test_every_situation_of_an_invalid_parameter_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++)
        check_situation(&situations[i]);
    check_situation(&put_operations);
}

/* What the row of pieces is refused for is what is wrong with it. */
static void test_pieces_that_go_together_are_taken(void **state)
{
    struct visit_rig *rig = visit_rig_create();
    struct pieces put = {.value = true};
    struct pieces count = {.value = true, .op = OP_INCREMENT};
    struct pieces all = {.op = OP_DELETE_ALL};
    struct pieces one = {.op = OP_DELETE_ONE, .timestamp = true};
    struct pieces gone = {.no_cell = true, .marker = true};
    (void)state;
    assert_int_equal(send_pieces(rig, "PutRow", &put), 200);
    assert_int_equal(send_pieces(rig, "UpdateRow", &put), 200);
    assert_int_equal(send_pieces(rig, "UpdateRow", &count), 200);
    assert_int_equal(send_pieces(rig, "UpdateRow", &all), 200);
    assert_int_equal(send_pieces(rig, "UpdateRow", &one), 200);
    assert_int_equal(send_pieces(rig, "DeleteRow", &gone), 200);
    visit_rig_destroy(rig);
}

/* ---- counted columns ---- */

static int count_and_return(struct visit_rig *rig, uint32_t cell_count, Ots__ReturnType type, char *column)
{
    struct cell key = visit_rig_text("k0", "k");
    struct cell cells[] = {visit_rig_number("n", 5), visit_rig_number("s", 1), visit_rig_number("n", 1)};
    struct row row = {
        .op = ROW_UPDATE, .keys = &key, .key_count = 1, .cells = cells, .cell_count = cell_count};
    Ots__UpdateRowRequest request = OTS__UPDATE_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    Ots__ReturnContent returns = OTS__RETURN_CONTENT__INIT;
    cells[0].op = CELL_INCREMENT;
    request.table_name = text("t");
    request.row_change = visit_rig_row(rig, &row);
    request.condition = &condition;
    request.return_content = &returns;
    returns.has_return_type = true;
    returns.return_type = type;
    returns.return_column_names = &column;
    returns.n_return_column_names = column == NULL ? 0 : 1;
    return visit_rig_run(rig, "UpdateRow", &request);
}

static void test_only_counted_columns_come_back_and_each_is_counted_once(void **state)
{
    struct visit_rig *rig = visit_rig_create();
    (void)state;
    create(rig, table_of(rig));
    assert_int_equal(count_and_return(rig, 2, OTS__RETURN_TYPE__RT_AFTER_MODIFY, text("n")), 200);
    assert_int_equal(count_and_return(rig, 2, OTS__RETURN_TYPE__RT_AFTER_MODIFY, NULL), 200);
    assert_int_equal(count_and_return(rig, 2, OTS__RETURN_TYPE__RT_PK, NULL), 200);
    assert_int_equal(rig->applied, 3);
    assert_int_equal(count_and_return(rig, 2, OTS__RETURN_TYPE__RT_AFTER_MODIFY, text("s")), 400);
    assert_int_equal(count_and_return(rig, 2, OTS__RETURN_TYPE__RT_PK, text("n")), 400);
    assert_int_equal(count_and_return(rig, 2, (Ots__ReturnType)3, NULL), 400);
    assert_int_equal(count_and_return(rig, 3, OTS__RETURN_TYPE__RT_NONE, NULL), 400);
    assert_int_equal(rig->applied, 3);
    visit_rig_destroy(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_limit_is_kept_to_the_last_unit),
        cmocka_unit_test(test_every_situation_of_an_invalid_parameter_is_refused),
        cmocka_unit_test(test_pieces_that_go_together_are_taken),
        cmocka_unit_test(test_only_counted_columns_come_back_and_each_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
