/* plainbuffer: the worked examples, rows by chance both ways, and bytes that lie. The recorded requests of
 * the official clients are in test_vectors.c. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/chance.h"
#include "base/error.h"
#include "support/hex.h"
#include "support/random_row.h"
#include "wire/crc8.h"
#include "wire/plainbuffer.h"

static struct arena arena;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct cell string_cell(const char *name, const char *value)
{
    return (struct cell){.name = slice_text(name), .type = CELL_STRING, .bytes = slice_text(value)};
}

static struct slice encode(const struct row *row)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(&arena, bytes);
    assert_ptr_equal(plainbuffer_put(row, at), at + bytes);
    return slice_of(at, bytes);
}

static int decode(struct slice bytes, struct row *row, struct error *err)
{
    struct plainbuffer_reader reader;
    if (plainbuffer_open(&reader, bytes, &arena, err) != 0)
        return -1;
    return plainbuffer_next(&reader, row, err);
}

static const char five_types[] = "7500000001030403000000706b3005090000000304000000757365720aa7030403000000706"
                                 "b310509000000002a000000000000000a"
                                 "9302030405000000635f737472050a000000030500000068656c6c6f0a0c030405000000635"
                                 "f696e74050900000000f9ffffffffffff"
                                 "ff0a8a030405000000635f64626c0509000000010000000000000c400ae2030406000000635"
                                 "f626f6f6c050200000002010afe030405"
                                 "000000635f62696e0508000000070300000000ff100a1b09fe";

static void test_five_types_have_the_bytes_of_three_official_clients(void **state)
{
    (void)state;
    struct cell keys[] = {string_cell("pk0", "user"),
                          {.name = SLICE("pk1"), .type = CELL_INTEGER, .integer = 42}};
    struct cell cells[] = {string_cell("c_str", "hello"),
                           {.name = SLICE("c_int"), .type = CELL_INTEGER, .integer = -7},
                           {.name = SLICE("c_dbl"), .type = CELL_DOUBLE, .number = 3.5},
                           {.name = SLICE("c_bool"), .type = CELL_BOOLEAN, .boolean = true},
                           {.name = SLICE("c_bin"), .type = CELL_BINARY, .bytes = {"\0\xff\x10", 3}}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 2, .cells = cells, .cell_count = 5};
    hex_assert_equal(encode(&row), five_types);
    for (int i = 0; i < 5; i++) {
        cells[i].name_crc = crc8(0, cells[i].name.at, cells[i].name.len);
        cells[i].name_crc_known = true;
    }
    hex_assert_equal(encode(&row), five_types);
}

static void test_a_stream_record_with_an_extension_and_cell_operations_is_read(void **state)
{
    (void)state;
    struct row row;
    struct error err = {0};
    struct slice bytes =
        hex_take(&arena, "7500000001030403000000706b30050700000003020000006b310a32020304010000006106010a"
                         "e70304010000006206030705000000000000000a260b180000000c130000000d00000000"
                         "0eb12b58c0ed0d06000f01000000098d");
    assert_int_equal(decode(bytes, &row, &err), 1);
    assert_int_equal(row.key_count, 1);
    assert_int_equal(row.cell_count, 2);
    assert_int_equal(row.cells[0].op, CELL_DELETE_ALL);
    assert_int_equal(row.cells[1].op, CELL_DELETE_ONE);
    assert_true(row.cells[1].has_timestamp);
    assert_int_equal(row.cells[1].timestamp_ms, 5);
}

static void test_zeros_behind_the_last_row_are_accepted_and_nothing_else_is(void **state)
{
    (void)state;
    char text[] =
        "7500000001030403000000706b30050700000003020000006b310a320203040200000063300603070068e5cf8b0100000a"
        "7f09560000000000";
    struct row row;
    struct error err = {0};
    struct plainbuffer_reader reader;
    assert_int_equal(plainbuffer_open(&reader, hex_take(&arena, text), &arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    assert_int_equal(row.cells[0].timestamp_ms, 1700000000000);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 0);
    text[sizeof(text) - 2] = '1';
    assert_int_equal(plainbuffer_open(&reader, hex_take(&arena, text), &arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), -1);
}

static void test_no_bytes_are_no_rows(void **state)
{
    (void)state;
    struct row row;
    struct error err = {0};
    assert_int_equal(decode(slice_of(NULL, 0), &row, &err), 0);
    assert_int_equal(decode(hex_take(&arena, "75000000"), &row, &err), 0);
    assert_int_equal(decode(hex_take(&arena, "750000"), &row, &err), -1);
    assert_int_equal(decode(hex_take(&arena, "76000000"), &row, &err), -1);
}

static void test_a_deletion_is_its_key_and_the_marker(void **state)
{
    (void)state;
    struct cell key = string_cell("pk0", "k1");
    struct cell cell = string_cell("a", "left out");
    struct row row = {.op = ROW_DELETE, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
    struct row back;
    struct error err = {0};
    assert_int_equal(decode(encode(&row), &back, &err), 1);
    assert_int_equal(back.op, ROW_DELETE);
    assert_int_equal(back.key_count, 1);
    assert_int_equal(back.cell_count, 0);
}

static void test_rows_by_chance_come_back_as_they_went(void **state)
{
    (void)state;
    struct chance chance;
    chance_init(&chance, 20);
    for (int i = 0; i < 2000; i++) {
        struct row row;
        struct row back;
        struct error err = {0};
        random_row(&chance, &arena, &row);
        struct slice bytes = encode(&row);
        assert_int_equal(decode(bytes, &back, &err), 1);
        random_row_assert_equal(&row, &back);
        back.op = row.op;
        struct slice again = encode(&back);
        assert_int_equal(again.len, bytes.len);
        assert_memory_equal(again.at, bytes.at, bytes.len);
        arena_reset(&arena);
    }
}

static void test_several_rows_stand_under_one_header(void **state)
{
    (void)state;
    struct chance chance;
    struct row rows[3];
    struct row back;
    struct error err = {0};
    size_t bytes = 4;
    chance_init(&chance, 21);
    for (int i = 0; i < 3; i++) {
        random_row(&chance, &arena, &rows[i]);
        bytes += plainbuffer_row_size(&rows[i]);
    }
    char *first = arena_take(&arena, bytes);
    char *to = plainbuffer_put_header(first);
    for (int i = 0; i < 3; i++)
        to = plainbuffer_put_row(&rows[i], to);
    assert_ptr_equal(to, first + bytes);
    struct plainbuffer_reader reader;
    assert_int_equal(plainbuffer_open(&reader, slice_of(first, bytes), &arena, &err), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(plainbuffer_next(&reader, &back, &err), 1);
        random_row_assert_equal(&rows[i], &back);
    }
    assert_int_equal(plainbuffer_next(&reader, &back, &err), 0);
}

/* The copy ends where the memory ends, so that the sanitizer sees a read behind it. */
static int decode_at_the_edge(struct slice bytes)
{
    struct row row;
    struct error err = {0};
    char *edge = malloc(bytes.len + 1);
    memcpy(edge + 1, bytes.at, bytes.len);
    int rc = decode(slice_of(edge + 1, bytes.len), &row, &err);
    assert_true(rc != -1 || err.kind == ERROR_RETRY);
    free(edge);
    return rc;
}

static void test_a_row_that_is_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct slice bytes = hex_take(&arena, five_types);
    for (size_t len = 5; len < bytes.len; len++)
        assert_int_equal(decode_at_the_edge(slice_of(bytes.at, len)), -1);
    assert_int_equal(decode_at_the_edge(bytes), 1);
}

static void test_a_row_with_any_bit_turned_is_refused(void **state)
{
    (void)state;
    struct slice bytes = hex_take(&arena, five_types);
    char *copy = arena_take(&arena, bytes.len);
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        memcpy(copy, bytes.at, bytes.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(decode_at_the_edge(slice_of(copy, bytes.len)), -1);
    }
}

static void assert_refused(const char *hex, const char *words)
{
    struct row row;
    struct error err = {0};
    if (decode(hex_take(&arena, hex), &row, &err) != -1)
        fail_msg("%s was accepted", hex);
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

/* Refused before a checksum is looked at. */
static void test_every_lie_has_its_words(void **state)
{
    (void)state;
    assert_refused("7500000001", "without cells");
    assert_refused("75000000010900", "without cells");
    assert_refused("7500000001030a00", "without a whole name");
    assert_refused("75000000010304ffffffff61", "without a whole name");
    assert_refused("7500000001030401000000610500000000", "without a type");
    assert_refused("75000000010304010000006105ffffff7f03", "cut off");
    assert_refused("750000000103040100000061050100000006", "type NULL");
    assert_refused("75000000010304010000006105010000000c", "unknown type");
    assert_refused("7500000001030401000000610508000000000000000000000a00", "8 bytes");
    assert_refused("7500000002030401000000610503000000020000", "neither 0 nor 1");
    assert_refused("7500000002030401000000610502000000020200", "neither 0 nor 1");
    assert_refused("750000000103040100000061050600000003020000006b", "two lengths");
    assert_refused("750000000103040100000061050400000003000000", "two lengths");
    assert_refused("75000000010304010000006105020000000a00", "bytes behind a value");
    assert_refused("75000000020304010000006106020a00", "unknown cell operation");
    assert_refused("750000000203040100000061060107", "timestamp that is cut off");
    assert_refused("7500000002030401000000610601", "without its checksum");
    assert_refused("750000000b", "extension that is cut off");
    assert_refused("7500000003", "where it does not belong");
    assert_refused("75000000080a", "where it does not belong");
    assert_refused("750000000901", "wrong checksum");
}

static uint8_t name_crc(void)
{
    return crc8(0, "a", 1);
}

/* A row of one cell named "a" with these bytes behind the name, and checksums that fit. */
static void assert_cell_refused(uint8_t part, const char *hex, uint8_t cell_crc, const char *words)
{
    char text[256];
    snprintf(text, sizeof(text), "75000000%02x03040100000061%s0a%02x09%02x", part, hex, cell_crc,
             crc8_byte(crc8_byte(0, cell_crc), 0));
    assert_refused(text, words);
}

static void test_what_an_operation_must_have_and_must_not_have(void **state)
{
    (void)state;
    uint8_t a = name_crc();
    uint8_t time = crc8_word(a, 5);
    assert_cell_refused(2, "", a, "without a value");
    assert_cell_refused(2, "0604", crc8_byte(a, 4), "without a value");
    assert_cell_refused(2,
                        "05020000000201"
                        "0601",
                        crc8_byte(crc8(a, "\2\1", 2), 1), "deletion with a value");
    assert_cell_refused(2,
                        "05020000000201"
                        "0604",
                        crc8_byte(crc8(a, "\2\1", 2), 4), "not an integer");
    assert_cell_refused(2, "0603", crc8_byte(a, 3), "without its timestamp");
    assert_cell_refused(2,
                        "0601"
                        "070500000000000000",
                        crc8_byte(time, 1), "has none");
    assert_cell_refused(1, "0601", crc8_byte(a, 1), "primary key column with an operation");
    assert_cell_refused(1, "05020000000201", crc8(a, "\2\1", 2), "double or a boolean");
    assert_cell_refused(2, "050100000009", crc8_byte(a, 9), "only a primary key may have");
    assert_cell_refused(2, "05010000000b", crc8_byte(a, 11), "only a primary key may have");
}

static void test_range_bounds_and_placeholders_are_keys(void **state)
{
    (void)state;
    struct cell keys[] = {{.name = SLICE("a"), .type = CELL_INF_MIN},
                          {.name = SLICE("b"), .type = CELL_INF_MAX},
                          {.name = SLICE("c"), .type = CELL_AUTO_INCREMENT}};
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 3};
    struct row back;
    struct error err = {0};
    assert_int_equal(decode(encode(&row), &back, &err), 1);
    assert_int_equal(back.keys[0].type, CELL_INF_MIN);
    assert_int_equal(back.keys[1].type, CELL_INF_MAX);
    assert_int_equal(back.keys[2].type, CELL_AUTO_INCREMENT);
    assert_true(back.placeholder);
}

static void test_bare_values_are_read(void **state)
{
    (void)state;
    struct cell cell;
    struct error err = {0};
    assert_int_equal(plainbuffer_bare(hex_take(&arena, "03020000007630"), &cell, &err), 0);
    assert_int_equal(cell.type, CELL_STRING);
    assert_memory_equal(cell.bytes.at, "v0", 2);
    assert_int_equal(plainbuffer_bare(hex_take(&arena, "000100000000000000"), &cell, &err), 0);
    assert_int_equal(cell.integer, 1);
    assert_int_equal(plainbuffer_bare(hex_take(&arena, "09"), &cell, &err), 0);
    assert_int_equal(cell.type, CELL_INF_MIN);
    assert_int_equal(plainbuffer_bare(slice_of(NULL, 0), &cell, &err), -1);
    assert_int_equal(plainbuffer_bare(hex_take(&arena, "030200000076"), &cell, &err), -1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_five_types_have_the_bytes_of_three_official_clients),
        CASE(test_a_stream_record_with_an_extension_and_cell_operations_is_read),
        CASE(test_zeros_behind_the_last_row_are_accepted_and_nothing_else_is),
        CASE(test_no_bytes_are_no_rows),
        CASE(test_a_deletion_is_its_key_and_the_marker),
        CASE(test_rows_by_chance_come_back_as_they_went),
        CASE(test_several_rows_stand_under_one_header),
        CASE(test_a_row_that_is_cut_anywhere_is_refused),
        CASE(test_a_row_with_any_bit_turned_is_refused),
        CASE(test_every_lie_has_its_words),
        CASE(test_what_an_operation_must_have_and_must_not_have),
        CASE(test_range_bounds_and_placeholders_are_keys),
        CASE(test_bare_values_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
