/* table_key: keys and ranges out of words, by the types of a table; a row out of NAME=VALUE. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "cli/table_key.h"
#include "cli/table_put_pairs.h"

enum { WORDS = 8, WORD = 64 };

struct keying {
    struct arena arena;
    struct error error;
    struct mapping_plan schema;
    char texts[WORDS][WORD];
    char *at[WORDS];
};

static int set_up(void **state)
{
    struct keying *keying = calloc(1, sizeof(*keying));
    arena_init(&keying->arena, 4096);
    keying->schema = (struct mapping_plan){
        .table = SLICE("t"),
        .keys = {{SLICE("id"), CELL_STRING}, {SLICE("b"), CELL_BINARY}, {SLICE("n"), CELL_AUTO_INCREMENT}},
        .key_count = 3};
    *state = keying;
    return 0;
}

static int tear_down(void **state)
{
    struct keying *keying = *state;
    arena_fini(&keying->arena);
    free(keying);
    return 0;
}

/* Words may be cut to pieces: they are copies. Ended by NULL. */
static struct word_list list_of(struct keying *keying, const char *const *words)
{
    struct word_list list = {keying->at, 0};
    for (; words[list.count] != NULL; list.count++) {
        snprintf(keying->texts[list.count], WORD, "%s", words[list.count]);
        keying->at[list.count] = keying->texts[list.count];
    }
    return list;
}

#define LIST(keying, ...) list_of(keying, (const char *const[]){__VA_ARGS__, NULL})

static void test_a_key_is_read_by_its_types(void **state)
{
    struct keying *keying = *state;
    struct word_list texts = LIST(keying, "o-1", "hex:00fF", "-9223372036854775808");
    struct row key;
    assert_int_equal(table_key_read(&keying->schema, &texts, &keying->arena, &key, &keying->error), 0);
    assert_true(slice_equal(key.keys[0].bytes, SLICE("o-1")));
    assert_int_equal(key.keys[1].bytes.len, 2);
    assert_memory_equal(key.keys[1].bytes.at, "\0\xff", 2);
    assert_int_equal(key.keys[2].type, CELL_INTEGER);
    assert_int_equal(key.keys[2].integer, INT64_MIN);
    texts = LIST(keying, "", "base64:", "0");
    assert_int_equal(table_key_read(&keying->schema, &texts, &keying->arena, &key, &keying->error), 0);
    assert_int_equal(key.keys[1].bytes.len, 0);
}

static void assert_value(struct keying *keying, enum cell_type type, const char *text, const char *words)
{
    struct cell cell;
    int rc = table_key_cell(SLICE("c"), type, text, &keying->arena, &cell, &keying->error);
    assert_int_equal(rc, words == NULL ? 0 : -1);
    if (words == NULL)
        return;
    assert_int_equal(keying->error.kind, ERROR_CONFIG);
    if (strstr(keying->error.text, words) == NULL)
        fail_msg("%s: %s", text, keying->error.text);
}

static void test_a_value_that_is_not_of_its_type_is_named(void **state)
{
    struct keying *keying = *state;
    static const char *const integers[] = {"", "1.0", "1e3", " 1", "0x10", "9223372036854775808", "-"};
    static const char *const doubles[] = {"", "nan", "1e999", " 1", "1 ", "0x1p3", "1,5", "Infinity "};
    static const char *const good_doubles[] = {"0",   "-0.0",      "1e300",
                                               "NaN", "-Infinity", "18446744073709551616"};
    static const char *const binaries[] = {"", "00ff", "hex:0", "hex:0g", "base64:AP8", "HEX:00"};
    for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
        assert_value(keying, CELL_INTEGER, integers[i], "an integer of 64 bits was expected");
    for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++)
        assert_value(keying, CELL_DOUBLE, doubles[i], "a number");
    for (size_t i = 0; i < sizeof(good_doubles) / sizeof(good_doubles[0]); i++)
        assert_value(keying, CELL_DOUBLE, good_doubles[i], NULL);
    for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
        assert_value(keying, CELL_BINARY, binaries[i], "binary as hex:00ff or base64:AP8= was expected");
    assert_value(keying, CELL_BOOLEAN, "True", "true or false was expected");
    assert_value(keying, CELL_STRING, "\xc3", "UTF-8 was expected");
    assert_value(keying, CELL_STRING, "", NULL);
}

static struct table_key_range range_of(struct keying *keying, const struct table_words *words)
{
    struct table_key_range range;
    if (table_key_range(&keying->schema, words, &keying->arena, &range, &keying->error) != 0)
        fail_msg("%s", keying->error.text);
    return range;
}

static void test_what_a_bound_leaves_out_is_its_least_or_its_greatest(void **state)
{
    struct keying *keying = *state;
    struct table_words words = {.limit = 0};
    struct table_key_range range = range_of(keying, &words);
    assert_int_equal(range.start.keys[0].type, CELL_INF_MIN);
    assert_int_equal(range.end.keys[2].type, CELL_INF_MAX);
    words.reverse = true;
    range = range_of(keying, &words);
    assert_int_equal(range.start.keys[0].type, CELL_INF_MAX);
    assert_int_equal(range.end.keys[0].type, CELL_INF_MIN);
    words.to = LIST(keying, "a");
    range = range_of(keying, &words);
    assert_true(slice_equal(range.end.keys[0].bytes, SLICE("a")));
    assert_int_equal(range.end.keys[1].type, CELL_INF_MAX); /* exclusive: no row of "a" */
    words.reverse = false;
    range = range_of(keying, &words);
    assert_int_equal(range.end.keys[1].type, CELL_INF_MIN);
}

static void assert_prefix_end(struct keying *keying, const char *prefix, struct slice end)
{
    struct table_words words = {.prefix = LIST(keying, prefix)};
    struct table_key_range range = range_of(keying, &words);
    if (end.at == NULL)
        assert_int_equal(range.end.keys[0].type, CELL_INF_MAX);
    else
        assert_true(slice_equal(range.end.keys[0].bytes, end));
}

static void test_a_prefix_ends_before_the_next_text_in_order(void **state)
{
    struct keying *keying = *state;
    assert_prefix_end(keying, "ab", SLICE("ac"));
    assert_prefix_end(keying, "a\x7f", SLICE("a\xc2\x80"));
    assert_prefix_end(keying, "\xc3\xbf", SLICE("\xc4\x80"));
    assert_prefix_end(keying, "\xed\x9f\xbf", SLICE("\xee\x80\x80")); /* not a surrogate */
    assert_prefix_end(keying, "\xef\xbf\xbf", SLICE("\xf0\x90\x80\x80"));
    assert_prefix_end(keying, "a\xf4\x8f\xbf\xbf", SLICE("b"));
    assert_prefix_end(keying, "\xf4\x8f\xbf\xbf", slice_of(NULL, 0));
    assert_prefix_end(keying, "", slice_of(NULL, 0));
}

static void test_a_key_declares_its_columns(void **state)
{
    struct keying *keying = *state;
    struct mapping_plan schema = {.key_count = 0};
    char good[] = "id:STRING,n:integer,b:binary,a:auto_increment";
    char bad[] = "id:string,,n:integer";
    assert_int_equal(table_key_declare(good, &schema, &keying->error), 0);
    assert_int_equal(schema.key_count, 4);
    struct buffer text;
    buffer_init(&text, 1000);
    table_key_print(&schema, &text);
    assert_true(slice_equal(buffer_slice(&text), SLICE("id string, n integer, b binary, a auto_increment")));
    buffer_fini(&text);
    schema.key_count = 0;
    assert_int_equal(table_key_declare(bad, &schema, &keying->error), -1);
}

static void test_a_word_is_a_pair_or_a_file(void **state)
{
    (void)state;
    assert_true(table_put_pairs_has("a=b"));
    assert_true(table_put_pairs_has("a_1:double="));
    assert_false(table_put_pairs_has("./a=b"));
    assert_false(table_put_pairs_has("rows.jsonl"));
    assert_false(table_put_pairs_has("1a=b"));
    assert_false(table_put_pairs_has("="));
    assert_false(table_put_pairs_has(""));
}

static void test_pairs_make_a_row_by_the_types_of_the_table(void **state)
{
    struct keying *keying = *state;
    struct mapping_column defined[] = {{SLICE("price"), CELL_DOUBLE}};
    struct word_list pairs = LIST(keying, "price=9.5", "b=hex:61", "x:integer=5", "id=a:b=c", "text=5");
    struct row row;
    keying->schema.columns = defined;
    keying->schema.column_count = 1;
    assert_int_equal(
        table_put_pairs_read(&keying->schema, &pairs, true, &keying->arena, &row, &keying->error), 0);
    assert_int_equal(row.op, ROW_UPDATE);
    assert_true(slice_equal(row.keys[0].bytes, SLICE("a:b=c")));
    assert_int_equal(row.keys[2].type, CELL_AUTO_INCREMENT);
    assert_int_equal(row.cell_count, 3);
    assert_int_equal(row.cells[0].type, CELL_DOUBLE);
    assert_int_equal(row.cells[1].integer, 5);
    assert_int_equal(row.cells[2].type, CELL_STRING);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_key_is_read_by_its_types),
        CASE(test_a_value_that_is_not_of_its_type_is_named),
        CASE(test_what_a_bound_leaves_out_is_its_least_or_its_greatest),
        CASE(test_a_prefix_ends_before_the_next_text_in_order),
        CASE(test_a_key_declares_its_columns),
        cmocka_unit_test(test_a_word_is_a_pair_or_a_file),
        CASE(test_pairs_make_a_row_by_the_types_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
