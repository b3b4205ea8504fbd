/* ots/table_schema: bodies byte for byte as an official SDK writes them; descriptions against the plan. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "ots/table_schema.h"
#include "support/hex.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

static struct mapping_column columns[] = {
    {{"pk0", 3}, CELL_STRING},     {{"d_int", 5}, CELL_INTEGER}, {{"d_double", 8}, CELL_DOUBLE},
    {{"d_bool", 6}, CELL_BOOLEAN}, {{"d_str", 5}, CELL_STRING},  {{"d_blob", 6}, CELL_BINARY},
};

static struct mapping_plan plan_of(const char *table)
{
    return (struct mapping_plan){
        .table = slice_text(table), .keys = {{{"pk0", 3}, CELL_STRING}}, .key_count = 1};
}

static struct ots_table_options options_of(const struct mapping_plan *plan)
{
    return (struct ots_table_options){.plan = plan, .auto_create = true, .ttl_s = -1, .max_versions = 1};
}

static void assert_create(const struct ots_table_options *options, const char *hex)
{
    struct buffer body;
    buffer_init(&body, 1 << 20);
    ots_schema_put_create(options, &body);
    hex_assert_equal(buffer_slice(&body), hex);
    buffer_fini(&body);
}

/* tests/vectors/node/001, 003, 004 */
static void test_create_is_what_the_official_client_sends(void **state)
{
    (void)state;
    struct mapping_plan basic = plan_of("t_basic");
    struct ots_table_options options = options_of(&basic);
    assert_create(&options,
                  "0a120a07745f626173696312070a03706b30100212060a04080010001a0d08ffffffffffffffffff011001");

    struct mapping_plan automatic = plan_of("t_auto");
    automatic.keys[automatic.key_count++] = (struct mapping_column){SLICE("id"), CELL_AUTO_INCREMENT};
    options.plan = &automatic;
    assert_create(&options,
                  "0a1b0a06745f6175746f12070a03706b30100212080a0269641001180112060a04080010001a0d08ffffff"
                  "ffffffffffff011001");

    struct mapping_plan defined = plan_of("t_defined");
    defined.columns = columns; /* pk0 among them: a key column is not defined a second time */
    defined.column_count = 6;
    options.plan = &defined;
    options.define_columns = true;
    assert_create(&options,
                  "0a500a09745f646566696e656412070a03706b3010021a090a05645f696e7410011a0c0a08645f646f75626c"
                  "6510021a0a0a06645f626f6f6c10031a090a05645f73747210041a0a0a06645f626c6f62100712060a0408"
                  "0010001a0d08ffffffffffffffffff011001");
}

static size_t defined_columns(const struct ots_table_options *options)
{
    struct buffer body;
    buffer_init(&body, 1 << 20);
    ots_schema_put_create(options, &body);
    Ots__CreateTableRequest *request =
        ots__create_table_request__unpack(NULL, body.len, (const uint8_t *)body.at);
    assert_non_null(request);
    assert_int_equal(request->table_meta->n_primary_key, 1);
    size_t count = request->table_meta->n_defined_column;
    ots__create_table_request__free_unpacked(request, NULL);
    buffer_fini(&body);
    return count;
}

/* A connector with forty columns in its white-list must still get its table. */
static void test_with_more_columns_than_a_table_defines_none_is_defined(void **state)
{
    (void)state;
    struct mapping_column many[34];
    for (int i = 0; i < 34; i++)
        many[i] = (struct mapping_column){SLICE("c"), CELL_STRING};
    struct mapping_plan plan = plan_of("wide");
    many[0] = plan.keys[0]; /* a key column does not count */
    plan.columns = many;
    plan.column_count = 33;
    struct ots_table_options options = options_of(&plan);
    options.define_columns = true;
    assert_int_equal(defined_columns(&options), 32);
    assert_false(ots_schema_has_too_many(&options));
    plan.column_count = 34;
    assert_int_equal(defined_columns(&options), 0);
    assert_true(ots_schema_has_too_many(&options));
    options.define_columns = false;
    assert_false(ots_schema_has_too_many(&options));
}

static void test_probe_asks_for_one_row_by_a_whole_key(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of("t");
    plan.keys[plan.key_count++] = (struct mapping_column){SLICE("seq"), CELL_AUTO_INCREMENT};
    struct ots_table_options options = options_of(&plan);
    struct buffer body;
    buffer_init(&body, 1 << 20);
    ots_schema_put_probe(&options, &body);
    Ots__GetRowRequest *request = ots__get_row_request__unpack(NULL, body.len, (const uint8_t *)body.at);
    assert_non_null(request);
    struct arena arena;
    arena_init(&arena, 1024);
    struct plainbuffer_reader reader;
    struct row row;
    struct error err;
    struct slice key = slice_of(request->primary_key.data, request->primary_key.len);
    assert_int_equal(plainbuffer_open(&reader, key, &arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    assert_int_equal(row.key_count, 2);
    assert_int_equal(row.keys[0].type, CELL_STRING);
    assert_int_equal(row.keys[1].type, CELL_INTEGER); /* a placeholder is not allowed in a read */
    arena_fini(&arena);
    ots__get_row_request__free_unpacked(request, NULL);
    buffer_fini(&body);
}

/* tests/vectors/responses/003: pk0 STRING, id INTEGER AUTO_INCREMENT. */
static const char described[] =
    "0a230a07745f626173696312070a03706b30100212080a026964100118011a050a01641007120c0a0408"
    "00100010a5facdac061a1308ffffffffffffffffff0110012880a305300120012a020800";

static int read_described(const struct mapping_plan *plan, struct ots_description *found, struct error *err)
{
    struct ots_table_options options = options_of(plan);
    struct arena arena;
    arena_init(&arena, 1024);
    int rc = ots_schema_read(&options, hex_take(&arena, described), found, err);
    arena_fini(&arena);
    return rc;
}

static void test_the_same_key_is_ours(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of("t_basic");
    plan.keys[plan.key_count++] = (struct mapping_column){SLICE("id"), CELL_AUTO_INCREMENT};
    struct ots_description found;
    struct error err;
    assert_int_equal(read_described(&plan, &found, &err), 0);
    assert_true(found.active);
    assert_false(found.has_index);
}

static void test_another_key_is_shown_beside_ours(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of("t_basic");
    plan.keys[0] = (struct mapping_column){SLICE("id"), CELL_INTEGER};
    struct ots_description found;
    struct error err = {0};
    assert_int_equal(read_described(&plan, &found, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    assert_string_equal(
        err.text, "table t_basic has primary key (pk0 STRING, id INTEGER AUTO_INCREMENT); the "
                  "configuration says (id INTEGER): column 1 is another one; change primary_key.columns, or "
                  "write to another table");
}

static void test_name_type_order_and_auto_increment_all_count(void **state)
{
    (void)state;
    static const struct mapping_column others[][2] = {
        {{{"pk1", 3}, CELL_STRING}, {{"id", 2}, CELL_AUTO_INCREMENT}},
        {{{"pk0", 3}, CELL_BINARY}, {{"id", 2}, CELL_AUTO_INCREMENT}},
        {{{"pk0", 3}, CELL_STRING}, {{"id", 2}, CELL_INTEGER}},
        {{{"id", 2}, CELL_AUTO_INCREMENT}, {{"pk0", 3}, CELL_STRING}},
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct mapping_plan plan = plan_of("t_basic");
        plan.keys[0] = others[i][0];
        plan.keys[1] = others[i][1];
        plan.key_count = 2;
        struct ots_description found;
        struct error err = {0};
        assert_int_equal(read_described(&plan, &found, &err), -1);
        assert_int_equal(err.kind, ERROR_CONFIG);
    }
}

/* Table t with the key pk0 STRING. */
static struct slice describe(struct buffer *to, int status, bool index)
{
    static char table[] = "t", key_name[] = "pk0", index_name[] = "by_customer";
    Ots__PrimaryKeySchema key = OTS__PRIMARY_KEY_SCHEMA__INIT, *keys[] = {&key};
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughputDetails details = OTS__RESERVED_THROUGHPUT_DETAILS__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__IndexMeta one = OTS__INDEX_META__INIT, *indexes[] = {&one};
    Ots__DescribeTableResponse answer = OTS__DESCRIBE_TABLE_RESPONSE__INIT;
    one.name = index_name;
    one.index_type = OTS__INDEX_TYPE__IT_GLOBAL_INDEX;
    one.index_update_mode = OTS__INDEX_UPDATE_MODE__IUM_ASYNC_INDEX;
    key.name = key_name;
    key.type = OTS__PRIMARY_KEY_TYPE__STRING;
    meta.table_name = table;
    meta.n_primary_key = 1;
    meta.primary_key = keys;
    details.capacity_unit = &unit;
    answer.table_meta = &meta;
    answer.reserved_throughput_details = &details;
    answer.table_options = &options;
    answer.has_table_status = status != 0;
    answer.table_status = (Ots__TableStatus)status;
    answer.n_index_metas = index;
    answer.index_metas = indexes;
    to->len = 0;
    char *at = buffer_reserve(to, ots__describe_table_response__get_packed_size(&answer));
    to->len = ots__describe_table_response__pack(&answer, (uint8_t *)at);
    return buffer_slice(to);
}

static void test_index_and_status_are_seen(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of("t");
    struct ots_table_options options = options_of(&plan);
    struct ots_description found;
    struct error err;
    struct buffer body;
    buffer_init(&body, 1 << 20);
    assert_int_equal(ots_schema_read(&options, describe(&body, 1, true), &found, &err), 0);
    assert_true(found.active && found.has_index);
    assert_int_equal(ots_schema_read(&options, describe(&body, 0, false), &found, &err), 0);
    assert_true(found.active && !found.has_index);
    assert_int_equal(ots_schema_read(&options, describe(&body, 3, false), &found, &err), 0);
    assert_false(found.active);
    buffer_fini(&body);
}

static void test_bytes_that_are_no_description_may_pass(void **state)
{
    (void)state;
    struct mapping_plan plan = plan_of("t");
    struct ots_table_options options = options_of(&plan);
    struct ots_description found;
    struct error err = {0};
    assert_int_equal(ots_schema_read(&options, SLICE("<html>"), &found, &err), -1);
    assert_int_equal(err.kind, ERROR_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_is_what_the_official_client_sends),
        cmocka_unit_test(test_with_more_columns_than_a_table_defines_none_is_defined),
        cmocka_unit_test(test_probe_asks_for_one_row_by_a_whole_key),
        cmocka_unit_test(test_the_same_key_is_ours),
        cmocka_unit_test(test_another_key_is_shown_beside_ours),
        cmocka_unit_test(test_name_type_order_and_auto_increment_all_count),
        cmocka_unit_test(test_index_and_status_are_seen),
        cmocka_unit_test(test_bytes_that_are_no_description_may_pass),
    };
    return cmocka_run_group_tests_name("ots_table_schema", tests, NULL, NULL);
}
