/* emulator_tables: what can be done to a table beside its rows, through visits: create it with all there is,
 * describe, change, index, add and delete columns, split. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "base/error.h"
#include "emulator/refusal.h"
#include "support/visit_rig.h"
#include "support/visit_rig_filter.h"
#include "wire/plainbuffer.h"

static int setup(void **state)
{
    *state = visit_rig_create();
    return 0;
}

static int teardown(void **state)
{
    visit_rig_destroy(*state);
    return 0;
}

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static void assert_refused(const struct visit_rig *rig, const char *code, const char *message)
{
    assert_string_equal(rig->visit.refusal.code, code);
    assert_string_equal(rig->visit.refusal.message, message);
}

/* ---- a table to begin with: keys k0 and k1, columns c0 (string) and c1 (double) ---- */

struct made {
    Ots__CreateTableRequest request;
    Ots__TableMeta meta;
    Ots__TableOptions options;
    Ots__ReservedThroughput throughput;
    Ots__CapacityUnit unit;
    Ots__StreamSpecification stream;
    Ots__PrimaryKeySchema keys[8];
    Ots__PrimaryKeySchema *key_at[8];
    Ots__DefinedColumnSchema columns[40];
    Ots__DefinedColumnSchema *column_at[40];
    Ots__IndexMeta indexes[8];
    Ots__IndexMeta *index_at[8];
    Ots__PartitionRange ranges[16];
    Ots__PartitionRange *range_at[16];
    char names[64][16];
};

static void made_key(struct made *made, int index, const char *name, Ots__PrimaryKeyType type)
{
    ots__primary_key_schema__init(&made->keys[index]);
    made->keys[index].name = text(name);
    made->keys[index].type = type;
    made->key_at[index] = &made->keys[index];
}

static void made_column(struct made *made, int index, Ots__DefinedColumnType type)
{
    snprintf(made->names[index], sizeof(made->names[index]), "c%d", index);
    ots__defined_column_schema__init(&made->columns[index]);
    made->columns[index].name = made->names[index];
    made->columns[index].type = type;
    made->column_at[index] = &made->columns[index];
}

static struct made *made_take(struct visit_rig *rig)
{
    struct made *made = arena_take(&rig->arena, sizeof(*made));
    memset(made, 0, sizeof(*made));
    ots__create_table_request__init(&made->request);
    ots__table_meta__init(&made->meta);
    ots__table_options__init(&made->options);
    ots__reserved_throughput__init(&made->throughput);
    ots__capacity_unit__init(&made->unit);
    ots__stream_specification__init(&made->stream);
    made_key(made, 0, "k0", OTS__PRIMARY_KEY_TYPE__STRING);
    made_key(made, 1, "k1", OTS__PRIMARY_KEY_TYPE__INTEGER);
    made_column(made, 0, OTS__DEFINED_COLUMN_TYPE__DCT_STRING);
    made_column(made, 1, OTS__DEFINED_COLUMN_TYPE__DCT_DOUBLE);
    for (int i = 2; i < 40; i++)
        made_column(made, i, OTS__DEFINED_COLUMN_TYPE__DCT_STRING);
    made->meta.table_name = text("t");
    made->meta.primary_key = made->key_at;
    made->meta.n_primary_key = 2;
    made->meta.defined_column = made->column_at;
    made->meta.n_defined_column = 2;
    made->options.has_time_to_live = made->options.has_max_versions = true;
    made->options.time_to_live = -1;
    made->options.max_versions = 1;
    made->throughput.capacity_unit = &made->unit;
    made->request.table_meta = &made->meta;
    made->request.table_options = &made->options;
    made->request.reserved_throughput = &made->throughput;
    made->request.index_metas = made->index_at;
    made->request.partitions = made->range_at;
    return made;
}

static int made_create(struct visit_rig *rig, struct made *made)
{
    return visit_rig_run(rig, "CreateTable", &made->request);
}

static char *const key_c0[] = {(char *)(uintptr_t) "c0"};
static char *const key_c1[] = {(char *)(uintptr_t) "c1"};
static char *const key_k1[] = {(char *)(uintptr_t) "k1"};
static char *const key_k0[] = {(char *)(uintptr_t) "k0"};

static Ots__IndexMeta index_of(const char *name, char *const *keys)
{
    Ots__IndexMeta index = OTS__INDEX_META__INIT;
    index.name = text(name);
    index.primary_key = (char **)(uintptr_t)keys;
    index.n_primary_key = 1;
    index.index_update_mode = OTS__INDEX_UPDATE_MODE__IUM_ASYNC_INDEX;
    index.index_type = OTS__INDEX_TYPE__IT_GLOBAL_INDEX;
    return index;
}

static void made_index(struct made *made, const char *name, char *const *keys)
{
    size_t at = made->request.n_index_metas++;
    made->indexes[at] = index_of(name, keys);
    made->index_at[at] = &made->indexes[at];
}

static Ots__DescribeTableResponse *describe(struct visit_rig *rig, const char *name)
{
    Ots__DescribeTableRequest request = OTS__DESCRIBE_TABLE_REQUEST__INIT;
    request.table_name = text(name);
    assert_int_equal(visit_rig_run(rig, "DescribeTable", &request), 200);
    return visit_rig_answer(rig, &ots__describe_table_response__descriptor);
}

/* ---- DescribeTable ---- */

static void test_a_table_is_described_as_the_service_does(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    made->unit.has_read = made->unit.has_write = true;
    made->unit.write = 7;
    made->stream.enable_stream = true;
    made->stream.has_expiration_time = true;
    made->stream.expiration_time = 24;
    made->request.stream_spec = &made->stream;
    made_index(made, "i", key_c0);
    assert_int_equal(made_create(rig, made), 200);
    Ots__DescribeTableResponse *shown = describe(rig, "t");
    assert_int_equal(strlen(shown->table_meta->table_id), 36);
    assert_int_equal(shown->table_meta->n_primary_key, 2);
    assert_string_equal(shown->table_meta->defined_column[1]->name, "c1");
    assert_int_equal(shown->table_meta->defined_column[1]->type, OTS__DEFINED_COLUMN_TYPE__DCT_DOUBLE);
    assert_int_equal(shown->reserved_throughput_details->capacity_unit->write, 7);
    assert_int_equal(shown->reserved_throughput_details->last_increase_time, VISIT_RIG_NOW / 1000);
    assert_false(shown->reserved_throughput_details->has_last_decrease_time);
    assert_int_equal(shown->table_options->deviation_cell_version_in_sec, 86400);
    assert_true(shown->table_options->allow_update);
    assert_false(shown->table_options->update_full_row);
    assert_int_equal(shown->table_status, OTS__TABLE_STATUS__ACTIVE);
    assert_true(shown->stream_details->enable_stream);
    assert_int_equal(shown->stream_details->expiration_time, 24);
    assert_int_equal(shown->stream_details->last_enable_time, (int64_t)VISIT_RIG_NOW * 1000);
    assert_non_null(shown->stream_details->stream_id);
    assert_false(shown->sse_details->enable);
    assert_int_equal(shown->n_index_metas, 1);
    assert_string_equal(shown->index_metas[0]->name, "i");
    assert_int_equal(shown->index_metas[0]->index_sync_phase, OTS__INDEX_SYNC_PHASE__ISP_INCR);
    assert_int_equal(shown->creation_time, (int64_t)VISIT_RIG_NOW * 1000);
    assert_int_equal(shown->n_shard_splits, 0);
}

/* ---- partitions ---- */

static ProtobufCBinaryData bare(struct visit_rig *rig, const char *value)
{
    struct cell cell = visit_rig_text("k0", value);
    return visit_rig_bare(&rig->arena, &cell);
}

static ProtobufCBinaryData infinite(struct visit_rig *rig, enum cell_type type)
{
    struct cell cell = {.type = type};
    return visit_rig_bare(&rig->arena, &cell);
}

/* Ranges that meet at the words. */
static void made_ranges(struct visit_rig *rig, struct made *made, const char *const *words, size_t count)
{
    for (size_t i = 0; i <= count; i++) {
        ots__partition_range__init(&made->ranges[i]);
        made->ranges[i].begin = i == 0 ? infinite(rig, CELL_INF_MIN) : bare(rig, words[i - 1]);
        made->ranges[i].end = i == count ? infinite(rig, CELL_INF_MAX) : bare(rig, words[i]);
        made->range_at[i] = &made->ranges[i];
    }
    made->request.n_partitions = count + 1;
}

static void test_partitions_are_checked_and_their_bounds_shown(void **state)
{
    static const char *const words[] = {"b", "d", "f", "h", "j", "l", "n", "p", "r", "t"};
    static const char *const wrong[] = {"d", "b"};
    static const char *const empty[] = {""};
    static const char *const large[] = {"0123456789012345678901234567890123456789012345678901234567890123x"};
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    struct plainbuffer_reader reader;
    struct error err;
    struct row row;
    made_ranges(rig, made, wrong, 2);
    assert_int_equal(made_create(rig, made), 400);
    made_ranges(rig, made, empty, 1);
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid", "The value of partition range can not be empty string.");
    made_ranges(rig, made, large, 1);
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "The value of partition range exceeds the MaxLength:64 with CurrentLength:65.");
    made_ranges(rig, made, words, 10);
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid", "The count of partitions cannot be greater than 10");
    made_ranges(rig, made, words, 2);
    made->ranges[1].begin = bare(rig, "c");
    assert_int_equal(made_create(rig, made), 400);
    made_ranges(rig, made, words, 2);
    made->ranges[0].begin = bare(rig, "a");
    assert_int_equal(made_create(rig, made), 400);
    made_ranges(rig, made, words, 2);
    made->keys[0].type = OTS__PRIMARY_KEY_TYPE__BINARY;
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "The value type of partition does not match with primary key.");
    made->keys[0].type = OTS__PRIMARY_KEY_TYPE__STRING;
    assert_int_equal(made_create(rig, made), 200);
    Ots__DescribeTableResponse *shown = describe(rig, "t");
    assert_int_equal(shown->n_shard_splits, 2);
    assert_int_equal(plainbuffer_open(&reader, proto_slice(shown->shard_splits[1]), &rig->arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    assert_int_equal(row.key_count, 1);
    assert_true(slice_equal(row.keys[0].name, SLICE("k0")));
    assert_true(slice_equal(row.keys[0].bytes, SLICE("d")));
}

/* ---- UpdateTable ---- */

static void test_an_update_changes_what_is_given_and_nothing_else(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    made->unit.has_read = made->unit.has_write = true;
    made->unit.read = 5;
    made->unit.write = 5;
    made->options.max_versions = 3;
    assert_int_equal(made_create(rig, made), 200);
    rig->ground.now_ms += 10000;
    request.table_name = text("t");
    request.table_options = &options;
    options.has_time_to_live = true;
    options.time_to_live = 86400;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    Ots__UpdateTableResponse *answer = visit_rig_answer(rig, &ots__update_table_response__descriptor);
    assert_int_equal(answer->table_options->time_to_live, 86400);
    assert_int_equal(answer->table_options->max_versions, 3);
    assert_int_equal(answer->table_options->deviation_cell_version_in_sec, 86400);
    assert_int_equal(answer->reserved_throughput_details->capacity_unit->read, 5);
    assert_int_equal(answer->reserved_throughput_details->last_increase_time, VISIT_RIG_NOW / 1000);
    assert_false(answer->stream_details->enable_stream);
    assert_int_equal(describe(rig, "t")->table_options->time_to_live, 86400);
}

static void test_throughput_rises_and_falls_with_its_times(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    made->unit.has_read = true;
    made->unit.read = 5;
    assert_int_equal(made_create(rig, made), 200);
    request.table_name = text("t");
    request.reserved_throughput = &throughput;
    throughput.capacity_unit = &unit;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400); /* neither read nor write */
    unit.has_read = true;
    unit.read = 4;
    rig->ground.now_ms += 10000;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    Ots__ReservedThroughputDetails *shown = describe(rig, "t")->reserved_throughput_details;
    assert_int_equal(shown->capacity_unit->read, 4);
    assert_int_equal(shown->last_decrease_time, VISIT_RIG_NOW / 1000 + 10);
    assert_int_equal(shown->last_increase_time, VISIT_RIG_NOW / 1000);
    unit.has_write = true;
    unit.write = 1;
    rig->ground.now_ms += 10000;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    shown = describe(rig, "t")->reserved_throughput_details;
    assert_int_equal(shown->last_increase_time, VISIT_RIG_NOW / 1000 + 20);
    assert_int_equal(shown->last_decrease_time, VISIT_RIG_NOW / 1000 + 10);
}

static void test_a_stream_is_switched_on_and_off(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    assert_int_equal(made_create(rig, made), 200);
    rig->ground.now_ms += 10000;
    request.table_name = text("t");
    request.stream_spec = &made->stream;
    made->stream.enable_stream = true;
    made->stream.has_expiration_time = true;
    made->stream.expiration_time = 169;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400);
    made->stream.expiration_time = 168;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    Ots__StreamDetails *shown = describe(rig, "t")->stream_details;
    assert_true(shown->enable_stream);
    assert_int_equal(shown->last_enable_time, (int64_t)rig->ground.now_ms * 1000);
    made->stream.enable_stream = false;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    assert_false(describe(rig, "t")->stream_details->enable_stream);
}

static void test_an_update_that_is_refused_leaves_the_table(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    assert_int_equal(made_create(rig, made), 200);
    request.table_name = text("t");
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400); /* nothing */
    request.table_options = &options;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400); /* no option */
    options.has_max_versions = true;
    options.max_versions = 2;
    options.has_time_to_live = true;
    options.time_to_live = 0;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400);
    options.has_time_to_live = false;
    request.table_name = text("missing");
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 404);
    assert_int_equal(describe(rig, "t")->table_options->max_versions, 1);
    assert_int_equal(describe(rig, "t")->table_options->time_to_live, -1);
}

static int write_row(struct visit_rig *rig, enum row_op op, const char *partition, int64_t number,
                     struct cell *cells, uint32_t count)
{
    struct cell keys[] = {visit_rig_text("k0", partition), visit_rig_number("k1", number)};
    struct row row = {.op = op, .keys = keys, .key_count = 2, .cells = cells, .cell_count = count};
    return visit_rig_write(rig, "t", &row);
}

static void test_changed_options_hold_for_the_next_write_and_rows_stay(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    struct cell cell = visit_rig_number("a", 1);
    assert_int_equal(made_create(rig, made), 200);
    assert_int_equal(write_row(rig, ROW_UPDATE, "p", 1, &cell, 1), 200);
    request.table_name = text("t");
    request.table_options = &options;
    options.has_allow_update = true;
    options.allow_update = false;
    options.has_deviation_cell_version_in_sec = true;
    options.deviation_cell_version_in_sec = 10;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 200);
    assert_int_equal(write_row(rig, ROW_UPDATE, "p", 1, &cell, 1), 400);
    assert_int_equal(write_row(rig, ROW_PUT, "p", 2, &cell, 1), 200);
    cell.has_timestamp = true;
    cell.timestamp_ms = VISIT_RIG_NOW + 10001;
    assert_int_equal(write_row(rig, ROW_PUT, "p", 2, &cell, 1), 400);
    cell.timestamp_ms = VISIT_RIG_NOW + 10000;
    assert_int_equal(write_row(rig, ROW_PUT, "p", 2, &cell, 1), 200);
    assert_int_equal(rig->store.tables[0]->rows.count, 2);
}

/* ---- indexes ---- */

static int create_index(struct visit_rig *rig, const char *name, char *const *keys)
{
    Ots__CreateIndexRequest request = OTS__CREATE_INDEX_REQUEST__INIT;
    Ots__IndexMeta index = index_of(name, keys);
    request.main_table_name = text("t");
    request.index_meta = &index;
    return visit_rig_run(rig, "CreateIndex", &request);
}

static int drop_index(struct visit_rig *rig, const char *name)
{
    Ots__DropIndexRequest request = OTS__DROP_INDEX_REQUEST__INIT;
    request.main_table_name = text("t");
    request.index_name = text(name);
    return visit_rig_run(rig, "DropIndex", &request);
}

static void test_indexes_are_created_shown_and_dropped(void **state)
{
    struct visit_rig *rig = *state;
    char name[16];
    assert_int_equal(made_create(rig, made_take(rig)), 200);
    assert_int_equal(create_index(rig, "i0", key_c0), 200);
    assert_int_equal(create_index(rig, "i0", key_k1), 409);
    assert_int_equal(create_index(rig, "t", key_k1), 409);
    assert_int_equal(create_index(rig, "i1", key_c1), 400); /* a double */
    for (int i = 1; i < 5; i++) {
        snprintf(name, sizeof(name), "i%d", i);
        assert_int_equal(create_index(rig, name, key_k1), 200);
    }
    assert_int_equal(create_index(rig, "i5", key_k1), 400);
    assert_refused(rig, "OTSParameterInvalid", "Number of index per table exceeds the quota:5.");
    assert_int_equal(describe(rig, "t")->n_index_metas, 5);
    assert_int_equal(drop_index(rig, "i2"), 200);
    assert_int_equal(drop_index(rig, "i2"), 404);
    assert_int_equal(describe(rig, "t")->n_index_metas, 4);
    assert_string_equal(describe(rig, "t")->index_metas[2]->name, "i3");
    assert_int_equal(create_index(rig, "i2", key_k1), 200);
}

static void test_an_index_names_columns_that_there_are(void **state)
{
    static char *const unknown[] = {(char *)(uintptr_t) "nowhere"};
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    Ots__IndexMeta *index = &made->indexes[0];
    made_index(made, "i", unknown);
    assert_int_equal(made_create(rig, made), 400);
    index->primary_key = (char **)(uintptr_t)key_c0;
    index->n_primary_key = 0;
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "The number of primary key columns must be in range: [1, 4] in index.");
    index->n_primary_key = 1;
    index->defined_column = (char **)(uintptr_t)unknown;
    index->n_defined_column = 1;
    assert_int_equal(made_create(rig, made), 400);
    index->n_defined_column = 0;
    index->index_type = OTS__INDEX_TYPE__IT_LOCAL_INDEX;
    assert_int_equal(made_create(rig, made), 400); /* does not begin with k0 */
    index->primary_key = (char **)(uintptr_t)key_k0;
    assert_int_equal(made_create(rig, made), 200);
}

static void test_a_table_with_an_index_keeps_its_rows_and_one_version(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    made_index(made, "i", key_c0);
    made->options.max_versions = 2;
    assert_int_equal(made_create(rig, made), 400);
    made->options.max_versions = 1;
    made->options.time_to_live = 86400;
    assert_int_equal(made_create(rig, made), 400);
    assert_refused(rig, "OTSParameterInvalid",
                   "Don't support allow update operation on table with index and ttl");
    made->options.has_allow_update = true;
    made->options.allow_update = false;
    assert_int_equal(made_create(rig, made), 200);
    Ots__UpdateTableRequest request = OTS__UPDATE_TABLE_REQUEST__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    request.table_name = text("t");
    request.table_options = &options;
    options.has_max_versions = true;
    options.max_versions = 5;
    assert_int_equal(visit_rig_run(rig, "UpdateTable", &request), 400);
}

static void test_an_index_takes_a_name_and_holds_no_rows(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    struct cell keys[] = {visit_rig_text("k0", "p"), visit_rig_number("k1", 1)};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    made_index(made, "i", key_c0);
    assert_int_equal(made_create(rig, made), 200);
    made->meta.table_name = text("u");
    assert_int_equal(made_create(rig, made), 409); /* its index is there */
    made->request.n_index_metas = 0;
    made->meta.table_name = text("i");
    assert_int_equal(made_create(rig, made), 409);
    assert_int_equal(visit_rig_write(rig, "i", &row), 400);
    assert_non_null(strstr(rig->visit.refusal.message, "index: 'i'"));
    assert_int_equal(drop_index(rig, "i"), 200);
    assert_int_equal(visit_rig_write(rig, "i", &row), 404);
    assert_int_equal(made_create(rig, made), 200);
}

/* ---- defined columns ---- */

static int delete_column(struct visit_rig *rig, const char *name)
{
    char *names[] = {text(name)};
    Ots__DeleteDefinedColumnRequest request = OTS__DELETE_DEFINED_COLUMN_REQUEST__INIT;
    request.table_name = text("t");
    request.columns = names;
    request.n_columns = 1;
    return visit_rig_run(rig, "DeleteDefinedColumn", &request);
}

static void test_defined_columns_come_and_go(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    struct cell wrong = visit_rig_number("c2", 1);
    Ots__AddDefinedColumnRequest add = OTS__ADD_DEFINED_COLUMN_REQUEST__INIT;
    assert_int_equal(made_create(rig, made), 200);
    assert_int_equal(write_row(rig, ROW_PUT, "p", 1, &wrong, 1), 200);
    add.table_name = text("t");
    assert_int_equal(visit_rig_run(rig, "AddDefinedColumn", &add), 400);
    add.columns = &made->column_at[2];
    add.n_columns = 31;
    assert_int_equal(visit_rig_run(rig, "AddDefinedColumn", &add), 400);
    assert_refused(rig, "OTSParameterInvalid", "The number of defined columns must be in range: [0, 32].");
    add.n_columns = 30;
    assert_int_equal(visit_rig_run(rig, "AddDefinedColumn", &add), 200);
    assert_int_equal(describe(rig, "t")->table_meta->n_defined_column, 32);
    assert_int_equal(write_row(rig, ROW_PUT, "p", 1, &wrong, 1), 400); /* c2 is a string now */
    assert_int_equal(delete_column(rig, "c2"), 200);
    assert_int_equal(delete_column(rig, "c2"), 400);
    assert_int_equal(write_row(rig, ROW_PUT, "p", 1, &wrong, 1), 200);
    add.n_columns = 1;
    made->columns[2].name = text("k1");
    assert_int_equal(visit_rig_run(rig, "AddDefinedColumn", &add), 400); /* a key's name */
    made->columns[2].name = text("c3");
    assert_int_equal(visit_rig_run(rig, "AddDefinedColumn", &add), 400); /* is there */
    assert_int_equal(describe(rig, "t")->table_meta->n_defined_column, 31);
}

static void test_a_column_stays_while_an_index_needs_it(void **state)
{
    struct visit_rig *rig = *state;
    struct made *made = made_take(rig);
    made_index(made, "i", key_c0);
    assert_int_equal(made_create(rig, made), 200);
    assert_int_equal(delete_column(rig, "c0"), 400);
    assert_int_equal(describe(rig, "t")->table_meta->n_defined_column, 2);
    assert_int_equal(drop_index(rig, "i"), 200);
    assert_int_equal(delete_column(rig, "c0"), 200);
}

/* ---- ComputeSplitPointsBySize ---- */

enum { SPLIT_ROWS = 40 };

/* Two rows of 100 KB in each partition. */
static void fill_for_splits(struct visit_rig *rig)
{
    enum { LARGE = 100 * 1024 };
    char partition[16];
    char *large = arena_take(&rig->arena, LARGE);
    struct cell cell = {.name = SLICE("a"), .type = CELL_BINARY, .bytes = slice_of(large, LARGE)};
    memset(large, 'x', LARGE);
    for (int i = 0; i < SPLIT_ROWS; i++) {
        snprintf(partition, sizeof(partition), "p%02d", i / 2);
        assert_int_equal(write_row(rig, ROW_PUT, partition, i, &cell, 1), 200);
    }
}

static void test_split_points_cut_between_partitions_at_the_size(void **state)
{
    static const char *const points[] = {"p06", "p12", "p18"}; /* 12 rows are the first above 1 MB */
    struct visit_rig *rig = *state;
    struct plainbuffer_reader reader;
    struct error err;
    struct row row;
    Ots__ComputeSplitPointsBySizeRequest request = OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_REQUEST__INIT;
    assert_int_equal(made_create(rig, made_take(rig)), 200);
    fill_for_splits(rig);
    request.table_name = text("t");
    request.split_size = 1;
    request.has_split_size_unit_in_byte = true;
    request.split_size_unit_in_byte = 1 << 20;
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 200);
    Ots__ComputeSplitPointsBySizeResponse *answer =
        visit_rig_answer(rig, &ots__compute_split_points_by_size_response__descriptor);
    assert_int_equal(answer->n_split_points, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->split_points[i]), &rig->arena, &err),
                         0);
        assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
        assert_int_equal(row.key_count, 1);
        assert_true(slice_equal(row.keys[0].bytes, slice_text(points[i])));
    }
    assert_int_equal(answer->n_schema, 2);
    assert_int_equal(answer->n_locations, 1);
    assert_int_equal(answer->locations[0]->repeat, 4);
    assert_int_equal(strlen(answer->locations[0]->location), 32);
    request.has_split_point_limit = true;
    request.split_point_limit = 2;
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 200);
    answer = visit_rig_answer(rig, &ots__compute_split_points_by_size_response__descriptor);
    assert_int_equal(answer->n_split_points, 2);
    assert_int_equal(answer->locations[0]->repeat, 3);
    request.has_split_size_unit_in_byte = false; /* 100 MB */
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 200);
    answer = visit_rig_answer(rig, &ots__compute_split_points_by_size_response__descriptor);
    assert_int_equal(answer->n_split_points, 0);
    assert_int_equal(answer->locations[0]->repeat, 1);
    assert_int_equal(answer->consumed->capacity_unit->read, 1);
}

static void test_split_sizes_that_make_no_sense_are_refused(void **state)
{
    struct visit_rig *rig = *state;
    Ots__ComputeSplitPointsBySizeRequest request = OTS__COMPUTE_SPLIT_POINTS_BY_SIZE_REQUEST__INIT;
    assert_int_equal(made_create(rig, made_take(rig)), 200);
    request.table_name = text("t");
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 400);
    assert_refused(rig, "OTSParameterInvalid", "The split_size should be greater than 0.");
    request.split_size = INT64_MAX;
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 200);
    request.has_split_point_limit = true;
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 400);
    request.split_point_limit = 1;
    request.has_split_size_unit_in_byte = true;
    request.split_size_unit_in_byte = (1 << 20) - 1;
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 400);
    request.split_size_unit_in_byte = 1 << 20;
    request.table_name = text("missing");
    assert_int_equal(visit_rig_run(rig, "ComputeSplitPointsBySize", &request), 404);
}

/* ---- what is not here ---- */

static void test_operations_that_are_not_here_are_refused_by_name(void **state)
{
    struct refusal refusal = {.status = 0};
    (void)state;
    operation_refuse(SLICE("/NoSuchThing"), &refusal);
    assert_int_equal(refusal.status, 400);
    assert_string_equal(refusal.message, "Unsupported operation: NoSuchThing.");
    operation_refuse(SLICE("/SQLQuery"), &refusal);
    assert_string_equal(refusal.message, "Unsupported operation: SQLQuery. This emulator does not know SQL.");
    operation_refuse(SLICE("/tunnel/create"), &refusal);
    assert_non_null(strstr(refusal.message, "tunnels"));
    operation_refuse(SLICE("/CreateTimeseriesAnalyticalStore"), &refusal);
    assert_non_null(strstr(refusal.message, "lastpoint indexes of time series"));
    operation_refuse(SLICE("/Search"), &refusal);
    assert_non_null(strstr(refusal.message, "search indexes"));
    operation_refuse(SLICE(""), &refusal);
    assert_string_equal(refusal.message, "Unsupported operation: .");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_table_is_described_as_the_service_does),
        CASE(test_partitions_are_checked_and_their_bounds_shown),
        CASE(test_an_update_changes_what_is_given_and_nothing_else),
        CASE(test_throughput_rises_and_falls_with_its_times),
        CASE(test_a_stream_is_switched_on_and_off),
        CASE(test_an_update_that_is_refused_leaves_the_table),
        CASE(test_changed_options_hold_for_the_next_write_and_rows_stay),
        CASE(test_indexes_are_created_shown_and_dropped),
        CASE(test_an_index_names_columns_that_there_are),
        CASE(test_a_table_with_an_index_keeps_its_rows_and_one_version),
        CASE(test_an_index_takes_a_name_and_holds_no_rows),
        CASE(test_defined_columns_come_and_go),
        CASE(test_a_column_stays_while_an_index_needs_it),
        CASE(test_split_points_cut_between_partitions_at_the_size),
        CASE(test_split_sizes_that_make_no_sense_are_refused),
        CASE(test_operations_that_are_not_here_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
