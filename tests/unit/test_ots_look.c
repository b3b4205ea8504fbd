/* ots_look: requests as another reader of protobuf has them, and answers, good and worthless. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "ots/look.h"
#include "wire/tablestore.pb-c.h"

struct looking {
    struct arena arena;
    struct buffer body;
    struct error error;
};

static int set_up(void **state)
{
    struct looking *looking = calloc(1, sizeof(*looking));
    arena_init(&looking->arena, 4096);
    buffer_init(&looking->body, 1 << 20);
    *state = looking;
    return 0;
}

static int tear_down(void **state)
{
    struct looking *looking = *state;
    arena_fini(&looking->arena);
    buffer_fini(&looking->body);
    free(looking);
    return 0;
}

static void pack(struct looking *looking, const ProtobufCMessage *message)
{
    char *to;
    buffer_reset(&looking->body, SIZE_MAX);
    to = buffer_reserve(&looking->body, protobuf_c_message_get_packed_size(message) + 1);
    looking->body.len = protobuf_c_message_pack(message, (uint8_t *)to);
}

static void test_a_range_says_what_is_wanted(void **state)
{
    struct looking *looking = *state;
    char first[] = "a", second[] = "b";
    char *names[] = {first, second};
    struct ots_look_columns columns = {names, 2, 3};
    struct ots_look_range range = {.table = SLICE("orders"),
                                   .start = SLICE("start"),
                                   .end = SLICE("end"),
                                   .backward = true,
                                   .limit = 7,
                                   .columns = &columns};
    ots_look_put_range(&range, &looking->body);
    Ots__GetRangeRequest *request =
        ots__get_range_request__unpack(NULL, looking->body.len, (const uint8_t *)looking->body.at);
    assert_non_null(request);
    assert_string_equal(request->table_name, "orders");
    assert_int_equal(request->direction, OTS__DIRECTION__BACKWARD);
    assert_int_equal(request->n_columns_to_get, 2);
    assert_string_equal(request->columns_to_get[1], "b");
    assert_int_equal(request->max_versions, 3);
    assert_int_equal(request->limit, 7);
    assert_memory_equal(request->inclusive_start_primary_key.data, "start", 5);
    assert_memory_equal(request->exclusive_end_primary_key.data, "end", 3);
    ots__get_range_request__free_unpacked(request, NULL);
}

static void test_a_page_gives_its_rows_and_where_the_next_begins(void **state)
{
    struct looking *looking = *state;
    struct cell key = {.name = SLICE("id"), .type = CELL_INTEGER, .integer = 5};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1}, found;
    struct slice bytes = ots_look_key(&row, &looking->arena);
    struct ots_look_page page;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ConsumedCapacity consumed = OTS__CONSUMED_CAPACITY__INIT;
    Ots__GetRangeResponse answer = OTS__GET_RANGE_RESPONSE__INIT;
    consumed.capacity_unit = &unit;
    answer.consumed = &consumed;
    answer.rows = (ProtobufCBinaryData){bytes.len, (uint8_t *)(uintptr_t)bytes.at};
    pack(looking, &answer.base);
    assert_int_equal(ots_look_page(buffer_slice(&looking->body), &looking->arena, &page, &looking->error), 0);
    assert_null(page.next.at);
    assert_int_equal(plainbuffer_next(&page.rows, &found, &looking->error), 1);
    assert_int_equal(found.keys[0].integer, 5);
    assert_int_equal(plainbuffer_next(&page.rows, &found, &looking->error), 0);
    answer.has_next_start_primary_key = true;
    answer.next_start_primary_key = answer.rows;
    pack(looking, &answer.base);
    assert_int_equal(ots_look_page(buffer_slice(&looking->body), &looking->arena, &page, &looking->error), 0);
    assert_true(slice_equal(page.next, bytes));
}

static Ots__DescribeTableResponse *describe(struct looking *looking, int key_type, size_t key_count)
{
    static Ots__PrimaryKeySchema key = OTS__PRIMARY_KEY_SCHEMA__INIT;
    static Ots__PrimaryKeySchema *keys[5] = {&key, &key, &key, &key, &key};
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughputDetails throughput = OTS__RESERVED_THROUGHPUT_DETAILS__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__DescribeTableResponse answer = OTS__DESCRIBE_TABLE_RESPONSE__INIT;
    key.name = (char *)(uintptr_t) "id";
    key.type = (Ots__PrimaryKeyType)key_type;
    meta.table_name = (char *)(uintptr_t) "orders";
    meta.primary_key = keys;
    meta.n_primary_key = key_count;
    throughput.capacity_unit = &unit;
    answer.table_meta = &meta;
    answer.reserved_throughput_details = &throughput;
    answer.table_options = &options;
    pack(looking, &answer.base);
    return ots_look_description(buffer_slice(&looking->body), &looking->arena, &looking->error);
}

static void test_a_schema_that_nobody_knows_is_worthless(void **state)
{
    struct looking *looking = *state;
    struct mapping_plan schema;
    struct error *err = &looking->error;
    assert_int_equal(ots_look_schema(describe(looking, 3, 4), &looking->arena, &schema, err), 0);
    assert_int_equal(schema.key_count, 4);
    assert_int_equal(schema.keys[3].type, CELL_BINARY);
    assert_true(slice_equal(schema.table, SLICE("orders")));
    assert_int_equal(ots_look_schema(describe(looking, 3, 5), &looking->arena, &schema, err), -1);
    assert_string_equal(err->text, "a primary key of 5 columns");
    assert_int_equal(ots_look_schema(describe(looking, 3, 0), &looking->arena, &schema, err), -1);
}

static void test_bytes_that_are_no_answer_are_worthless(void **state)
{
    struct looking *looking = *state;
    struct error *err = &looking->error;
    struct slice bytes = SLICE("\x0a\xff\xff\xff\xff\x0f not protobuf");
    struct ots_look_page page;
    struct row row;
    char **names;
    size_t count;
    assert_null(ots_look_description(bytes, &looking->arena, err));
    assert_string_equal(err->text, "the answer, 19 bytes, is no DescribeTableResponse");
    assert_int_equal(err->kind, ERROR_RETRY);
    assert_int_equal(ots_look_tables(bytes, &looking->arena, &names, &count, err), -1);
    assert_int_equal(ots_look_row(bytes, &looking->arena, &row, err), -1);
    assert_int_equal(ots_look_page(bytes, &looking->arena, &page, err), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_range_says_what_is_wanted),
        CASE(test_a_page_gives_its_rows_and_where_the_next_begins),
        CASE(test_a_schema_that_nobody_knows_is_worthless),
        CASE(test_bytes_that_are_no_answer_are_worthless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
