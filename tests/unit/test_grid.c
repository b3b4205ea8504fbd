/* grid and screen: what a terminal of a given width is shown. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/grid.h"
#include "cli/screen.h"

struct showing {
    struct grid grid;
    FILE *out;
    char *text;
    size_t len;
};

static void begin(struct showing *showing, size_t width)
{
    screen_init();
    grid_init(&showing->grid, width, false);
    showing->out = open_memstream(&showing->text, &showing->len);
    assert_non_null(showing->out);
}

static void assert_shown(struct showing *showing, const char *expected)
{
    grid_show(&showing->grid, showing->out);
    fclose(showing->out);
    assert_string_equal(showing->text, expected);
    free(showing->text);
    showing->text = NULL;
    showing->out = open_memstream(&showing->text, &showing->len);
    assert_non_null(showing->out);
}

static void end(struct showing *showing)
{
    fclose(showing->out);
    free(showing->text);
    grid_fini(&showing->grid);
}

static void put(struct showing *showing, const char *name, const char *text, bool right)
{
    grid_put(&showing->grid, slice_text(name), slice_text(text), right);
}

static void test_columns_are_as_wide_as_their_widest_cell(void **state)
{
    (void)state;
    struct showing showing;
    begin(&showing, 80);
    put(&showing, "id", "a", false);
    put(&showing, "count", "5", true);
    grid_end_row(&showing.grid);
    put(&showing, "id", "日本", false);
    put(&showing, "count", "-12345", true);
    put(&showing, "more", "x", false);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "id     count  more\na          5\n日本  -12345  x\n");
    end(&showing);
}

static void test_the_header_is_shown_again_when_the_layout_changes(void **state)
{
    (void)state;
    struct showing showing;
    begin(&showing, 80);
    put(&showing, "id", "first", false);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "id\nfirst\n");
    put(&showing, "id", "next", false);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "next\n");
    put(&showing, "id", "a wider one", false);
    put(&showing, "n", "1", true);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "id           n\na wider one  1\n");
    end(&showing);
}

static void test_the_widest_columns_are_cut_first(void **state)
{
    (void)state;
    struct showing showing;
    begin(&showing, 20);
    put(&showing, "id", "short", false);
    put(&showing, "long", "a text that is long", false);
    put(&showing, "n", "7", true);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "id     long        n\nshort  a text th…  7\n");
    end(&showing);
}

static void test_a_wide_character_is_not_cut_in_half(void **state)
{
    (void)state;
    struct showing showing;
    begin(&showing, 8);
    put(&showing, "c", "日本日本日本", false);
    grid_end_row(&showing.grid);
    assert_shown(&showing, "c\n日本日…\n");
    end(&showing);
}

static void test_columns_that_do_not_fit_are_counted(void **state)
{
    (void)state;
    struct showing showing;
    begin(&showing, 20);
    for (int i = 0; i < 6; i++) {
        char name[24];
        snprintf(name, sizeof(name), "column%d", i);
        put(&showing, name, "value", false);
    }
    grid_end_row(&showing.grid);
    assert_shown(&showing, "colum…  colum…  …\nvalue   value\n");
    assert_int_equal(showing.grid.hidden, 4);
    end(&showing);
}

static void test_many_rows_are_shown_a_part_at_a_time(void **state)
{
    (void)state;
    struct showing showing;
    int rows = 0;
    begin(&showing, 80);
    for (; !grid_is_full(&showing.grid) && rows < 100000; rows++) {
        put(&showing, "id", "x", false);
        grid_end_row(&showing.grid);
    }
    assert_in_range(rows, 10, 1000);
    end(&showing);
}

static void assert_screen(struct slice text, size_t most, const char *expected)
{
    struct buffer to;
    screen_init();
    buffer_init(&to, 1000);
    screen_put(&to, text, most);
    buffer_add(&to, "", 1);
    assert_string_equal(to.at, expected);
    buffer_fini(&to);
}

static void test_what_acts_on_a_terminal_is_escaped(void **state)
{
    (void)state;
    assert_screen(SLICE("a\033[31m\r\n\t\0b\x7f"), 100, "a\\x1b[31m\\r\\n\\t\\x00b\\x7f");
    assert_screen(SLICE("\xc2\x9b\xe2\x80\xae\xef\xbb\xbf"), 100, "\\x9b\\u{202e}\\u{feff}");
    assert_screen(SLICE("\xff\xc3"), 100, "\\xff\\xc3");
    assert_screen(SLICE("e\xcc\x81 é 日"), 100, "e\xcc\x81 é 日");
    assert_screen(SLICE("abcdef"), 3, "abc...");
    assert_int_equal(screen_text_width(SLICE("e\xcc\x81日x")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(test_the_header_is_shown_again_when_the_layout_changes),
        cmocka_unit_test(test_the_widest_columns_are_cut_first),
        cmocka_unit_test(test_a_wide_character_is_not_cut_in_half),
        cmocka_unit_test(test_columns_that_do_not_fit_are_counted),
        cmocka_unit_test(test_many_rows_are_shown_a_part_at_a_time),
        cmocka_unit_test(test_what_acts_on_a_terminal_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
