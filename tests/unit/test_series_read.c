/* series_read: the three encodings of rows_data. */
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "support/hex.h"
#include "support/vector.h"
#include "wire/series_read.h"
#include "wire/series_tags.h"

/* Made with the official flatbuffers library: group "cpu" with fields z (string), a (integer), m (binary),
 * b (integer) and two rows of source h1 with the tags os=linux, dc=a and dc=b; group "mem" with one row whose
 * tags are a text. */
static const char several[] =
    "04000000b6fdffff04000000020000009c0000000400000078ffffff180000001c0000002000000004000000"
    "030000006d656d00010000002800000001000000020000000100000004000000020000006f6b00000c000c00"
    "00000800000004000c0000002c00000004000000170000005b2264633d61222c226f733d6c696e75783d676e"
    "75225d000800080000000400080000000400000001000000010000000c00140010000c00080004000c000000"
    "18000000200000002400000004000000030000006370750002000000e8000000400000000400000004010501"
    "0400000018000000080100000800000058000000010000006d000000010000007a00000010001c0018000000"
    "10000c00080004001000000018000000090000003c0000000600000000000000a4000000020000001c000000"
    "040000003cffffff08000000b4000000010000006200000050ffffffc0000000c800000032ffffff0c000000"
    "1c00000028000000010000000400000022ffffff040000000000000001000000040000000000000000000000"
    "02000000fffffffffffffffffeffffffffffffff0000000010001800140000000c0008000000040010000000"
    "1c000000780000000500000000000000040000000200000068310000020000002c00000004000000e4ffffff"
    "080000000c0000000100000061000000020000006463000008000c0008000400080000000800000010000000"
    "050000006c696e7578000000020000006f73000000000e0010000c0000000000080004000e0000000c000000"
    "2800000034000000010000000c00000000000600080004000600000004000000020000000102000001000000"
    "0400000001000000780000000200000001000000000000000200000000000000";

/* The same way: a group with two integer fields, both called a. */
static const char name_twice[] =
    "080000000000000082ffffff0400000001000000100000000c00140010000c00080004000c00000018000000"
    "1c0000002000000004000000010000006d000000010000002c00000002000000010100000200000008000000"
    "0400000001000000610000000c00160000000000080004000c00000018000000010000000000000000000000"
    "000006000800040006000000040000000200000001000000000000000200000000000000";

static struct arena arena;

static int arena_begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * 1024);
    return 0;
}

static int arena_end(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static struct series_rows read_whole(enum series_encoding encoding, struct slice bytes)
{
    struct series_rows rows;
    struct error err = {0};
    if (series_read(encoding, bytes, &arena, &rows, &err) != 0)
        fail_msg("%s", err.text);
    return rows;
}

static void assert_refused(uint32_t encoding, struct slice bytes, const char *words)
{
    struct series_rows rows;
    struct error err = {0};
    assert_int_equal(series_read(encoding, bytes, &arena, &rows, &err), -1);
    assert_int_equal(err.kind, ERROR_RETRY);
    if (strstr(err.text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, err.text);
}

/* ---- equal to what the vectors say ---- */

static void assert_value(const struct cell *cell, const struct cell *expected)
{
    assert_true(slice_equal(cell->name, expected->name));
    assert_int_equal(cell->type, expected->type);
    if (cell->type == CELL_INTEGER)
        assert_int_equal(cell->integer, expected->integer);
    else if (cell->type == CELL_DOUBLE)
        assert_memory_equal(&cell->number, &expected->number, sizeof(double));
    else if (cell->type == CELL_BOOLEAN)
        assert_int_equal(cell->boolean, expected->boolean);
    else
        assert_true(slice_equal(cell->bytes, expected->bytes));
}

static void assert_row(const struct row *row, const struct row *expected)
{
    assert_int_equal(row->op, ROW_PUT);
    assert_int_equal(row->key_count, expected->key_count);
    for (uint32_t i = 0; i < row->key_count; i++)
        assert_value(&row->keys[i], &expected->keys[i]);
    assert_int_equal(row->cell_count, expected->cell_count);
    for (uint32_t i = 0; i < row->cell_count; i++)
        assert_value(&row->cells[i], &expected->cells[i]);
}

/* rows_data of a vector, with its encoding. */
static struct slice rows_data(struct arena *at, const struct vector *vector, enum series_encoding *encoding)
{
    struct slice object = vector_object(vector->json, "rows_data");
    bool proto = slice_equal(vector_text(at, object, "serialize_type"), SLICE("RST_PROTO_BUFFER"));
    *encoding = proto ? SERIES_PROTO_BUFFER : SERIES_FLAT_BUFFER;
    return hex_take(at, vector_text(at, object, "hex").at);
}

static void check_vector(const struct vector *vector, struct arena *at)
{
    enum series_encoding encoding;
    struct slice bytes = rows_data(at, vector, &encoding);
    struct series_rows rows = read_whole(encoding, bytes);
    struct json_value *inputs;
    assert_int_equal(vector_array(at, vector->input, "rows", &inputs), rows.count);
    for (uint32_t i = 0; i < rows.count; i++) {
        struct row expected;
        assert_int_equal(vector_series_row(at, inputs[i].text, &expected), rows.at[i].meta_time_s);
        assert_row(&rows.at[i].row, &expected);
    }
}

static void test_what_the_sdks_sent_is_read_as_what_they_were_given(void **state)
{
    (void)state;
    assert_int_equal(vector_each_of("java", "PutTimeseriesData", check_vector), 5);
    assert_int_equal(vector_each_of("go", "PutTimeseriesData", check_vector), 3);
    assert_int_equal(vector_each_of("python", "PutTimeseriesData", check_vector), 1);
}

/* Wherever it is cut: an error, or (behind the last text there is padding only) the same rows. */
static void check_cuts(const struct vector *vector, struct arena *at)
{
    enum series_encoding encoding;
    struct slice bytes = rows_data(at, vector, &encoding);
    struct series_rows whole = read_whole(encoding, bytes);
    for (size_t len = 1; len < bytes.len; len++) {
        struct series_rows rows;
        struct error err = {0};
        char *edge = malloc(len);
        memcpy(edge, bytes.at, len);
        if (series_read(encoding, slice_of(edge, len), &arena, &rows, &err) == 0) {
            assert_true(bytes.len - len <= 3 && rows.count == whole.count);
            for (uint32_t i = 0; i < rows.count; i++)
                assert_row(&rows.at[i].row, &whole.at[i].row);
        }
        free(edge);
    }
}

static void test_a_buffer_that_is_cut_off_is_refused(void **state)
{
    (void)state;
    assert_int_equal(vector_each_of("java", "PutTimeseriesData", check_cuts), 5);
    assert_int_equal(vector_each_of("go", "PutTimeseriesData", check_cuts), 3);
}

static void test_nothing_has_to_be_aligned(void **state)
{
    (void)state;
    struct slice bytes = hex_take(&arena, several);
    struct series_rows expected = read_whole(SERIES_FLAT_BUFFER, bytes);
    for (size_t shift = 1; shift < 8; shift++) {
        char *copy = (char *)arena_take(&arena, bytes.len + shift) + shift;
        memcpy(copy, bytes.at, bytes.len);
        struct series_rows rows = read_whole(SERIES_FLAT_BUFFER, slice_of(copy, bytes.len));
        for (uint32_t i = 0; i < expected.count; i++)
            assert_row(&rows.at[i].row, &expected.at[i].row);
    }
}

/* ---- several rows a group ---- */

static struct cell string_cell(const char *name, const char *text)
{
    return (struct cell){.name = slice_text(name), .type = CELL_STRING, .bytes = slice_text(text)};
}

static struct cell integer_cell(const char *name, int64_t integer)
{
    return (struct cell){.name = slice_text(name), .type = CELL_INTEGER, .integer = integer};
}

static void test_rows_of_a_group_take_their_own_values_and_come_sorted(void **state)
{
    (void)state;
    struct series_rows rows = read_whole(SERIES_FLAT_BUFFER, hex_take(&arena, several));
    struct cell keys[] = {string_cell("", "cpu"), string_cell("", "h1"), string_cell("dc", "a"),
                          string_cell("os", "linux"), integer_cell("", 5)};
    struct cell cells[] = {integer_cell("a", 1),
                           integer_cell("b", 2),
                           {.name = SLICE("m"), .type = CELL_BINARY, .bytes = SLICE("\1\2")},
                           string_cell("z", "x")};
    struct row row = {.keys = keys, .key_count = 5, .cells = cells, .cell_count = 4};
    assert_int_equal(rows.count, 3);
    assert_row(&rows.at[0].row, &row);
    assert_int_equal(rows.at[0].meta_time_s, 0);
    keys[2] = string_cell("dc", "b");
    keys[4].integer = 6;
    cells[0].integer = -1;
    cells[1].integer = -2;
    cells[2].bytes = SLICE("");
    cells[3].bytes = SLICE("");
    assert_row(&rows.at[1].row, &row);
    assert_int_equal(rows.at[1].meta_time_s, 9);
}

static void test_tags_as_a_text_and_members_left_out(void **state)
{
    (void)state;
    struct series_rows rows = read_whole(SERIES_FLAT_BUFFER, hex_take(&arena, several));
    struct cell keys[] = {string_cell("", "mem"), string_cell("", ""), string_cell("dc", "a"),
                          string_cell("os", "linux=gnu"), integer_cell("", 0)};
    struct cell cells[] = {{.name = SLICE("ok"), .type = CELL_BOOLEAN, .boolean = true}};
    struct row row = {.keys = keys, .key_count = 5, .cells = cells, .cell_count = 1};
    assert_row(&rows.at[2].row, &row);
}

/* ---- lies in FlatBuffers ---- */

/* The bytes with the first `from` replaced by `to`, which is as long. */
static struct slice replaced(const char *hex, const char *from, const char *to)
{
    size_t len = strlen(hex);
    char *copy = arena_take(&arena, len + 1);
    memcpy(copy, hex, len + 1);
    char *found = strstr(copy, from);
    assert_non_null(found);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(found, to, strlen(to));
    return hex_take(&arena, copy);
}

static void assert_lie(const char *from, const char *to, const char *words)
{
    assert_refused(SERIES_FLAT_BUFFER, replaced(several, from, to), words);
}

static void test_types_and_values_that_do_not_agree_are_refused(void **state)
{
    (void)state;
    assert_lie("0400000004010501", "0400000004010401", "row 0: more fields of type 4 than values");
    assert_lie("0400000004010501", "0400000004020501", "row 0: more fields of type 2 than values");
    assert_lie("0400000004010501", "0300000004010501", "row 0: 4 names of fields and 3 types");
    assert_lie("0400000004010501", "0400000000010501", "row 0: a field of the unknown type 0");
    assert_lie("0400000004010501", "0400000004010601", "row 0: a field of the unknown type 6");
    assert_lie("02000000ffffffffffffffff", "03000000ffffffffffffffff",
               "row 1: more values of type 1 than fields");
    assert_lie("040000000100000001000000", "040000000100000002000000",
               "row 2: a boolean that is neither 0 nor 1");
}

static void test_texts_that_are_none_are_refused(void **state)
{
    (void)state;
    assert_lie("0200000068310000", "ffffff7f68310000",
               "row 0: flatbuffer: a text that is longer than the buffer");
    assert_lie("0200000068310000", "ffffffff68310000",
               "row 0: flatbuffer: a text that is longer than the buffer");
    assert_lie("0200000068310000", "0200000068310100",
               "row 0: flatbuffer: a text without the 0 byte behind it");
    assert_lie("0200000068310000", "0200000068ff0000", "row 0: the data source is not UTF-8");
    assert_lie("0300000063707500", "03000000c0807500", "row 0: the measurement is not UTF-8");
    assert_lie("010000007a000000", "01000000ff000000", "row 0: the name of a field is not UTF-8");
    assert_lie("0100000078000000", "01000000ff000000", "row 0: a string is not UTF-8");
    assert_lie("020000006f730000", "020000006ff30000", "row 0: the name of a tag is not UTF-8");
    assert_lie("050000006c696e7578", "05000000fe696e7578", "row 0: the value of a tag is not UTF-8");
    assert_lie("5b2264633d61222c", "5b2264633d61223b", "row 2: the text of the tags is not of the form");
}

static void test_offsets_and_vtables_that_lie_are_refused(void **state)
{
    (void)state;
    assert_refused(SERIES_FLAT_BUFFER, (struct slice){"", 0}, "an offset that is cut off");
    assert_lie("04000000b6fdffff", "00000000b6fdffff", "leads out of the buffer or to itself");
    assert_lie("04000000b6fdffff", "ffffffffb6fdffff", "leads out of the buffer or to itself");
    assert_lie("04000000b6fdffff", "04000000b6fdff7f", "a table whose vtable is outside the buffer");
    assert_lie("04000000b6fdffff", "0400000000000080", "a table whose vtable is outside the buffer");
    assert_lie("0c00140010000c00", "0200140010000c00", "a vtable of an impossible length");
    assert_lie("0c00140010000c00", "0d00140010000c00", "a vtable of an impossible length");
    assert_lie("0c00140010000c00", "ffff140010000c00", "a vtable of an impossible length");
    assert_lie("0c00140010000c00", "0c00ffff10000c00", "a table of an impossible length");
    assert_lie("0c00140010000c00", "0c00030010000c00", "a table of an impossible length");
    assert_lie("0c00140010000c00", "0c00140011000c00", "a member outside its table");
    assert_lie("0c00140010000c00", "0c00140002000c00", "a member outside its table");
    assert_lie("04000000020000009c000000", "04000000ffffff7f9c000000",
               "a vector that is longer than the buffer");
}

static void test_a_name_twice_in_a_row_is_refused(void **state)
{
    (void)state;
    assert_refused(SERIES_FLAT_BUFFER, hex_take(&arena, name_twice), "row 0: the field a twice");
    assert_lie("0200000064630000", "020000006f730000", "row 0: the tag os twice");
}

/* Every byte of every vector set to other values: refused or read, never outside the buffer (ASan sees it).
 */
static void check_changes(const struct vector *vector, struct arena *at)
{
    static const char values[] = {0, 1, 4, 0x7f, (char)0x80, (char)0xff};
    enum series_encoding encoding;
    struct slice bytes = rows_data(at, vector, &encoding);
    char *edge = malloc(bytes.len);
    for (size_t i = 0; i < bytes.len * sizeof(values); i++) {
        struct series_rows rows;
        struct error err = {0};
        memcpy(edge, bytes.at, bytes.len);
        edge[i / sizeof(values)] = values[i % sizeof(values)];
        if (series_read(encoding, slice_of(edge, bytes.len), &arena, &rows, &err) != 0)
            assert_int_equal(err.kind, ERROR_RETRY);
        arena_reset(&arena);
    }
    free(edge);
}

static void test_any_changed_byte_is_survived(void **state)
{
    (void)state;
    assert_int_equal(vector_each_of("go", "PutTimeseriesData", check_changes), 3);
    assert_int_equal(vector_each_of("python", "PutTimeseriesData", check_changes), 1);
}

/* ---- many offsets to one place ---- */

static size_t put_u32(char *to, size_t at, uint32_t value)
{
    memcpy(to + at, &value, sizeof(value));
    return at + sizeof(value);
}

static size_t put_u16s(char *to, size_t at, const uint16_t *values, size_t count)
{
    memcpy(to + at, values, count * sizeof(*values));
    return at + count * sizeof(*values);
}

/* `groups` offsets to one group, whose `names` fields all have the one name of `text` bytes; no rows. */
static struct slice bomb(uint32_t groups, uint32_t names, uint32_t text)
{
    char *to = arena_take(&arena, 256 + groups * 4 + (size_t)names * 5 + text);
    size_t group = 28 + (size_t)groups * 4;
    size_t names_at = group + 24;
    size_t types_at = names_at + 4 + (size_t)names * 4;
    size_t text_at = types_at + 4 + names;
    size_t at = put_u32(to, 0, 16);
    at = put_u16s(to, at, (uint16_t[]){6, 8, 4, 0, 0, 0}, 6);
    at = put_u32(to, at, 12);
    at = put_u32(to, at, 4);
    at = put_u32(to, at, groups);
    while (at < group)
        at = put_u32(to, at, (uint32_t)(group - at));
    at = put_u32(to, at, (uint32_t)-12);
    at = put_u32(to, at, (uint32_t)(names_at - at));
    at = put_u32(to, at, (uint32_t)(types_at - at));
    at = put_u16s(to, at, (uint16_t[]){10, 12, 0, 4, 8, 0}, 6);
    at = put_u32(to, at, names);
    while (at < types_at)
        at = put_u32(to, at, (uint32_t)(text_at - at));
    at = put_u32(to, at, names);
    memset(to + at, 1, names);
    at = put_u32(to, text_at, text);
    memset(to + at, 'a', text);
    to[at + text] = 0;
    return slice_of(to, at + text + 1);
}

static void test_a_small_buffer_does_not_become_a_large_one(void **state)
{
    (void)state;
    assert_int_equal(read_whole(SERIES_FLAT_BUFFER, bomb(300, 1000, 1)).count, 0);
    assert_refused(SERIES_FLAT_BUFFER, bomb(301, 1000, 1), "more than 300000 tags and fields in all rows");
    assert_int_equal(read_whole(SERIES_FLAT_BUFFER, bomb(1, 64, 1 << 20)).count, 0);
    assert_refused(SERIES_FLAT_BUFFER, bomb(1, 65, 1 << 20), "more than 64 MB in all rows");
}

/* ---- the other encodings ---- */

static void assert_proto_lie(const char *hex, const char *words)
{
    assert_refused(SERIES_PROTO_BUFFER, hex_take(&arena, hex), words);
}

static void test_messages_that_lie_are_refused(void **state)
{
    (void)state;
    assert_proto_lie("0aff", "the rows are not a TimeseriesPBRows message");
    assert_proto_lie("0801", "the rows are not a TimeseriesPBRows message");
    assert_proto_lie("0a020a05", "row 0: what should be a row is none");
    assert_proto_lie("0a0210010a040a000a00", "row 1: what should be a row is none");
    assert_proto_lie("0a040a020a05", "row 0: what should be a key is none");
    assert_proto_lie("0a070a0522030a016b", "row 0: what should be a tag is none");
    assert_proto_lie("0a070a051a035b5d5d", "row 0: the text of the tags is not of the form");
    assert_proto_lie("0a051a030a0161", "row 0: a field with 0 values");
    assert_proto_lie("0a091a070a016110011801", "row 0: what should be a field is none");
    assert_proto_lie("0a091a070a016110012001", "row 0: a field with 2 values");
    assert_proto_lie("0a0a1a080a01611a03ff6162", "row 0: a string is not UTF-8");
    assert_proto_lie("0a0e1a050a016110011a050a01611001", "row 0: the field a twice");
}

static void test_a_message_with_only_a_time_is_a_row_of_nothing_else(void **state)
{
    (void)state;
    struct series_rows rows = read_whole(SERIES_PROTO_BUFFER, hex_take(&arena, "0a0210070a00"));
    assert_int_equal(rows.count, 2);
    assert_int_equal(series_time_us(&rows.at[0].row), 7);
    assert_int_equal(rows.at[1].row.key_count, 3);
    assert_int_equal(rows.at[1].row.cell_count, 0);
}

/* The recorded answer that Java and Go read. */
static const char plain[] =
    "75000000010304030000005f236805060000000301000000680a650304070000005f6d5f6e616d65050800000003030000006370"
    "750ac303040c0000005f646174615f736f757263650507000000030200000068310ac50304050000005f74616773051200000003"
    "0d0000005b22613d62222c22633d64225d0a2b0304050000005f74696d65050900000000b02b58c0ed0d06000a7d020304040000"
    "0066313a6905090000000003000000000000000ada03040400000066323a64050900000001000000000000f83f0af60986";

static void test_an_answer_in_plainbuffer_is_read(void **state)
{
    (void)state;
    struct series_rows rows = read_whole(SERIES_PLAIN_BUFFER, hex_take(&arena, plain));
    struct cell keys[] = {string_cell("", "cpu"), string_cell("", "h1"), string_cell("a", "b"),
                          string_cell("c", "d"), integer_cell("", 1704164645678000)};
    struct cell cells[] = {integer_cell("f1", 3), {.name = SLICE("f2"), .type = CELL_DOUBLE, .number = 1.5}};
    struct row row = {.keys = keys, .key_count = 5, .cells = cells, .cell_count = 2};
    assert_int_equal(rows.count, 1);
    assert_row(&rows.at[0].row, &row);
    assert_int_equal(read_whole(SERIES_PLAIN_BUFFER, SLICE("")).count, 0);
}

static void test_an_unknown_encoding_is_refused(void **state)
{
    (void)state;
    assert_refused(3, SLICE(""), "rows of the unknown encoding 3");
}

/* ---- the text form of tags ---- */

static void test_the_text_of_tags_is_of_one_form_only(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t count;
    } cases[] = {{"", 0},
                 {"[]", 0},
                 {"[\"a=b\"]", 1},
                 {"[\"a=b\",\"c=d=e\"]", 2},
                 {"[\"=\"]", 1},
                 {"[\"a=[,]\"]", 1},
                 {"[", -1},
                 {"[]x", -1},
                 {"[\"a=b\"", -1},
                 {"[\"a=b\"]]", -1},
                 {"[\"a=b\",]", -1},
                 {"[,\"a=b\"]", -1},
                 {"[\"a=b\"\"c=d\"]", -1},
                 {"[\"a=b\", \"c=d\"]", -1},
                 {"[\"a\"]", -1},
                 {"[\"a\",\"b=c\"]", -1},
                 {"[\"a=b]", -1},
                 {"a=b", -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (series_tags_count(slice_text(cases[i].text)) != cases[i].count)
            fail_msg("%s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_sdks_sent_is_read_as_what_they_were_given),
        cmocka_unit_test(test_a_buffer_that_is_cut_off_is_refused),
        cmocka_unit_test(test_nothing_has_to_be_aligned),
        cmocka_unit_test(test_rows_of_a_group_take_their_own_values_and_come_sorted),
        cmocka_unit_test(test_tags_as_a_text_and_members_left_out),
        cmocka_unit_test(test_types_and_values_that_do_not_agree_are_refused),
        cmocka_unit_test(test_texts_that_are_none_are_refused),
        cmocka_unit_test(test_offsets_and_vtables_that_lie_are_refused),
        cmocka_unit_test(test_a_name_twice_in_a_row_is_refused),
        cmocka_unit_test(test_any_changed_byte_is_survived),
        cmocka_unit_test(test_a_small_buffer_does_not_become_a_large_one),
        cmocka_unit_test(test_messages_that_lie_are_refused),
        cmocka_unit_test(test_a_message_with_only_a_time_is_a_row_of_nothing_else),
        cmocka_unit_test(test_an_answer_in_plainbuffer_is_read),
        cmocka_unit_test(test_an_unknown_encoding_is_refused),
        cmocka_unit_test(test_the_text_of_tags_is_of_one_form_only),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
