/* base: error, buffer, arena, list, log, backoff, chance, number. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/backoff.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/list.h"
#include "base/log.h"
#include "base/number.h"

static void test_error_is_wrapped_and_cut(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(error_set(&err, ERROR_CONFIG, "open %s: %s", "a", "no"), -1);
    assert_int_equal(error_wrap(&err, "channel %s", "orders"), -1);
    assert_string_equal(err.text, "channel orders: open a: no");
    assert_int_equal(err.kind, ERROR_CONFIG);
    char wide[900];
    memset(wide, 'x', sizeof(wide));
    wide[899] = 0;
    error_set(&err, ERROR_RETRY, "%s", wide);
    assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
    assert_string_equal(err.text + sizeof(err.text) - 4, "...");
}

static void test_buffer_never_passes_its_most(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_int_equal(buffer_add(&buffer, "0123456789", 10), 0);
    assert_null(buffer_reserve(&buffer, 991));
    assert_non_null(buffer_reserve(&buffer, 990));
    assert_int_equal(buffer.len, 10);
    assert_true(buffer.room <= 1000);
    assert_int_equal(buffer_print(&buffer, "%d%s", 42, "!"), 0);
    assert_memory_equal(buffer.at, "012345678942!", 13);
    buffer_reset(&buffer, 16);
    assert_null(buffer.at);
    buffer_fini(&buffer);
}

static void test_arena_hands_out_aligned_memory_and_starts_over(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 256);
    char *first = arena_take(&arena, 3);
    for (int i = 0; i < 100; i++)
        assert_int_equal((uintptr_t)arena_take(&arena, 13) % 8, 0);
    memset(arena_take(&arena, 5000), 1, 5000);
    arena_reset(&arena);
    assert_ptr_equal(arena_take(&arena, 3), first);
    struct slice copy = arena_copy(&arena, SLICE("abc"));
    assert_string_equal(copy.at, "abc");
    arena_fini(&arena);
}

struct item {
    int number;
    struct list node;
};

static void test_list_keeps_order(void **state)
{
    (void)state;
    struct list list;
    struct item items[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    list_init(&list);
    list_push(&list, &items[1].node);
    list_push(&list, &items[2].node);
    list_push_front(&list, &items[0].node);
    for (int i = 0; i < 3; i++)
        assert_int_equal(LIST_OWNER(list_pop(&list), struct item, node)->number, i);
    assert_true(list_empty(&list));
    assert_null(list_pop(&list));
    list_remove(&items[0].node);
}

static int captured;
static void capture(void *arg, enum log_level level, struct slice line)
{
    (void)level;
    captured++;
    snprintf(arg, 256, "%.*s", SLICE_ARG(line));
}

static void test_log_counts_repeats(void **state)
{
    (void)state;
    char line[256];
    log_set_output(capture, line);
    captured = 0;
    log_debug("not shown");
    assert_int_equal(captured, 0);
    for (int i = 0; i < 5; i++)
        log_warn("ots: refused: code=%s", "X");
    assert_int_equal(captured, 1);
    log_info("another");
    assert_int_equal(captured, 3);
    assert_string_equal(line, "another");
    log_set_output(NULL, NULL);
}

static void test_backoff_doubles_to_its_most(void **state)
{
    (void)state;
    struct chance chance;
    struct backoff backoff = {.first_ms = 10, .most_ms = 100};
    chance_init(&chance, 1);
    int64_t most[] = {10, 20, 40, 80, 100, 100};
    for (size_t i = 0; i < 6; i++) {
        int64_t wait = backoff_wait_ms(&backoff, &chance);
        assert_true(wait >= most[i] / 2 && wait <= most[i]);
    }
    backoff_reset(&backoff);
    assert_true(backoff_wait_ms(&backoff, &chance) <= 10);
}

static void test_integers_are_exact_or_refused(void **state)
{
    (void)state;
    int64_t value = 0;
    assert_true(number_int64(SLICE("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_true(number_int64(SLICE("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_true(number_int64(SLICE("-0"), &value));
    const char *wrong[] = {
        "", "-", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.0", "+1", " 1"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(number_int64(slice_text(wrong[i]), &value));
}

static void assert_printed(double value, const char *text)
{
    char at[40];
    size_t len = number_print_double(value, at);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(at, text, len);
}

static void test_doubles_print_shortest(void **state)
{
    (void)state;
    assert_printed(0.1, "0.1");
    assert_printed(50, "50.0");
    assert_printed(-0.0, "-0.0");
    assert_printed(5e-324, "5e-324");
    assert_printed(1.7976931348623157e308, "1.7976931348623157e+308");
    assert_printed(1e19, "1e+19");
    assert_printed(25999998990680064,
                   "2.5999998990680064e+16"); /* 17 digits: without a point it was an integer */
    assert_printed(NAN, "NaN");
    assert_printed(-INFINITY, "-Infinity");
    assert_true(number_double(SLICE("1.1")) == 1.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_is_wrapped_and_cut),
        cmocka_unit_test(test_buffer_never_passes_its_most),
        cmocka_unit_test(test_arena_hands_out_aligned_memory_and_starts_over),
        cmocka_unit_test(test_list_keeps_order),
        cmocka_unit_test(test_log_counts_repeats),
        cmocka_unit_test(test_backoff_doubles_to_its_most),
        cmocka_unit_test(test_integers_are_exact_or_refused),
        cmocka_unit_test(test_doubles_print_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
