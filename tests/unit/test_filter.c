/* filter: comparisons of every type, what is missing, versions, trees, regular expressions, and the bytes
 * that are refused. */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "emulator/filter.h"
#include "emulator/limits.h"
#include "emulator/proto.h"
#include "support/visit_rig.h"
#include "support/visit_rig_filter.h"

enum {
    EQ = OTS__COMPARATOR_TYPE__CT_EQUAL,
    NE = OTS__COMPARATOR_TYPE__CT_NOT_EQUAL,
    GT = OTS__COMPARATOR_TYPE__CT_GREATER_THAN,
    GE = OTS__COMPARATOR_TYPE__CT_GREATER_EQUAL,
    LT = OTS__COMPARATOR_TYPE__CT_LESS_THAN,
    LE = OTS__COMPARATOR_TYPE__CT_LESS_EQUAL,
    IS = OTS__COMPARATOR_TYPE__CT_EXIST,
    NOT_THERE = OTS__COMPARATOR_TYPE__CT_NOT_EXIST
};

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 4096);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const struct filter *filter_of(ProtobufCBinaryData bytes)
{
    struct refusal refusal = {.status = 0};
    const struct filter *filter = filter_read(proto_slice(bytes), FILTER_OF_READ, &arena, &refusal);
    if (filter == NULL)
        fail_msg("%s", refusal.message);
    return filter;
}

/* With the key k = 5. */
static bool holds(ProtobufCBinaryData bytes, struct cell *cells, uint32_t count)
{
    struct cell key = visit_rig_number("k", 5);
    struct row row = {.keys = &key, .key_count = 1, .cells = cells, .cell_count = count};
    return filter_match(filter_of(bytes), &row);
}

static bool compare(Ots__ComparatorType comparator, struct cell stored, struct cell value)
{
    return holds(visit_rig_single(&arena, comparator, &value, 0), &stored, 1);
}

/* ---- values ---- */

static struct cell number(int64_t value)
{
    return visit_rig_number("c", value);
}

static struct cell text(const char *value)
{
    return visit_rig_text("c", value);
}

static struct cell binary(const char *value)
{
    struct cell cell = text(value);
    cell.type = CELL_BINARY;
    return cell;
}

static struct cell decimal(double value)
{
    return (struct cell){.name = SLICE("c"), .type = CELL_DOUBLE, .number = value};
}

static struct cell truth(bool value)
{
    return (struct cell){.name = SLICE("c"), .type = CELL_BOOLEAN, .boolean = value};
}

/* Each pair is in order, the first below the second. */
static void check_order(struct cell low, struct cell high)
{
    static const struct {
        int comparator;
        bool low_high, same, high_low;
    } cases[] = {{EQ, false, true, false}, {NE, true, false, true},  {GT, false, false, true},
                 {GE, false, true, true},  {LT, true, false, false}, {LE, true, true, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Ots__ComparatorType comparator = (Ots__ComparatorType)cases[i].comparator;
        assert_int_equal(compare(comparator, low, high), cases[i].low_high);
        assert_int_equal(compare(comparator, low, low), cases[i].same);
        assert_int_equal(compare(comparator, high, low), cases[i].high_low);
    }
}

static void test_every_comparator_compares_every_type(void **state)
{
    (void)state;
    check_order(number(INT64_MIN), number(INT64_MAX));
    check_order(number(-1), number(0));
    check_order(decimal(-1e300), decimal(-1e-300));
    check_order(decimal(0.1), decimal(0.2));
    check_order(truth(false), truth(true));
    check_order(text(""), text("a"));
    check_order(text("a"), text("ab"));
    check_order(text("b"), text("\xc3\xa9"));
    check_order(binary("\x01"), binary("\xff"));
    assert_true(compare((Ots__ComparatorType)EQ, decimal(0.0), decimal(-0.0)));
}

static void test_two_types_are_never_equal_and_never_in_order(void **state)
{
    struct cell values[] = {number(1), decimal(1), truth(true), text("1"), binary("1")};
    (void)state;
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 5; k++)
            for (int comparator = EQ; comparator <= LE && i != k; comparator++)
                assert_int_equal(compare((Ots__ComparatorType)comparator, values[i], values[k]),
                                 comparator == NE);
}

static void test_a_missing_column_passes_or_fails_as_asked(void **state)
{
    struct cell other = visit_rig_number("b", 1);
    struct cell value = number(1);
    (void)state;
    for (int comparator = EQ; comparator <= LE; comparator++) {
        Ots__ComparatorType as = (Ots__ComparatorType)comparator;
        assert_true(holds(visit_rig_single(&arena, as, &value, RIG_PASS_IF_MISSING), &other, 1));
        assert_false(holds(visit_rig_single(&arena, as, &value, 0), &other, 1));
        assert_true(holds(visit_rig_single(&arena, as, &value, RIG_PASS_IF_MISSING), NULL, 0));
    }
    assert_false(holds(visit_rig_single(&arena, (Ots__ComparatorType)IS, &value, 0), &other, 1));
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)IS, &value, 0), &value, 1));
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)NOT_THERE, &value, 0), &other, 1));
    assert_false(holds(visit_rig_single(&arena, (Ots__ComparatorType)NOT_THERE, &value, 0), &value, 1));
}

static void test_a_key_column_is_compared_like_any_other(void **state)
{
    struct cell five = visit_rig_number("k", 5);
    struct cell six = visit_rig_number("k", 6);
    (void)state;
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &five, 0), NULL, 0));
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)LT, &six, 0), NULL, 0));
    assert_false(holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &six, 0), NULL, 0));
}

static void test_the_newest_version_decides_or_any_will_do(void **state)
{
    struct cell versions[] = {visit_rig_number("b", 7), number(3), number(2), number(1),
                              visit_rig_number("d", 1)};
    struct cell three = number(3);
    struct cell one = number(1);
    struct cell seven = number(7);
    (void)state;
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &three, 0), versions, 5));
    assert_false(holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &one, 0), versions, 5));
    assert_true(holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &one, RIG_ANY_VERSION), versions, 5));
    assert_true(
        holds(visit_rig_single(&arena, (Ots__ComparatorType)NE, &three, RIG_ANY_VERSION), versions, 5));
    assert_false(
        holds(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &seven, RIG_ANY_VERSION), versions, 5));
}

/* ---- trees ---- */

static ProtobufCBinaryData leaf(bool value)
{
    struct cell five = visit_rig_number("k", 5);
    return visit_rig_single(&arena, (Ots__ComparatorType)(value ? EQ : NE), &five, 0);
}

static void test_not_and_or_mean_what_they_say(void **state)
{
    (void)state;
    for (int bits = 0; bits < 8; bits++) {
        bool a = (bits & 1) != 0;
        bool b = (bits & 2) != 0;
        bool c = (bits & 4) != 0;
        ProtobufCBinaryData three[] = {leaf(a), leaf(b), leaf(c)};
        ProtobufCBinaryData both = visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_AND, three, 3);
        ProtobufCBinaryData either = visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_OR, three, 3);
        ProtobufCBinaryData neither = visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_NOT, &either, 1);
        ProtobufCBinaryData mixed[] = {neither, both};
        assert_int_equal(holds(both, NULL, 0), a && b && c);
        assert_int_equal(holds(either, NULL, 0), a || b || c);
        assert_int_equal(holds(neither, NULL, 0), !(a || b || c));
        assert_int_equal(holds(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_OR, mixed, 2), NULL, 0),
                         (a && b && c) || !(a || b || c));
    }
}

static void refuse_as(ProtobufCBinaryData bytes, enum filter_use use, const char *words)
{
    struct refusal refusal = {.status = 0};
    assert_null(filter_read(proto_slice(bytes), use, &arena, &refusal));
    assert_int_equal(refusal.status, 400);
    assert_string_equal(refusal.code, "OTSParameterInvalid");
    if (strstr(refusal.message, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, refusal.message);
}

static void refuse(ProtobufCBinaryData bytes, const char *words)
{
    refuse_as(bytes, FILTER_OF_READ, words);
}

static ProtobufCBinaryData wide(size_t leaves)
{
    ProtobufCBinaryData subs[LIMIT_FILTERS + 1];
    for (size_t i = 0; i < leaves; i++)
        subs[i] = leaf(true);
    return visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_AND, subs, leaves);
}

static ProtobufCBinaryData deep(int filters)
{
    ProtobufCBinaryData tree = leaf(true);
    for (int i = 1; i < filters; i++)
        tree = visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_NOT, &tree, 1);
    return tree;
}

static void test_ten_filters_are_the_most_in_width_and_depth(void **state)
{
    (void)state;
    assert_true(holds(wide(9), NULL, 0));
    refuse(wide(10), "The count of filter exceeds the max: 10.");
    assert_false(holds(deep(10), NULL, 0));
    assert_true(holds(deep(9), NULL, 0));
    refuse(deep(11), "The count of filter exceeds the max: 10.");
    refuse(deep(1000), "The count of filter exceeds the max: 10.");
}

static void test_operators_take_their_number_of_filters(void **state)
{
    ProtobufCBinaryData two[] = {leaf(true), leaf(true)};
    (void)state;
    refuse(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_NOT, two, 2), "NOT takes exactly one");
    refuse(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_NOT, two, 0), "NOT takes exactly one");
    refuse(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_AND, two, 1), "two filters or more");
    refuse(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_OR, two, 0), "two filters or more");
    refuse(visit_rig_composite(&arena, (Ots__LogicalOperator)9, two, 2), "logical operator");
    refuse(visit_rig_composite(&arena, (Ots__LogicalOperator)0, two, 2), "logical operator");
}

/* ---- pages ---- */

static void test_a_page_is_for_reads_and_stands_alone(void **state)
{
    uint32_t offset = 0;
    uint32_t limit = 0;
    ProtobufCBinaryData page = visit_rig_page(&arena, 3, 7);
    ProtobufCBinaryData two[] = {leaf(true), page};
    (void)state;
    assert_true(filter_page(filter_of(page), &offset, &limit));
    assert_int_equal(offset, 3);
    assert_int_equal(limit, 7);
    assert_true(holds(page, NULL, 0));
    assert_false(filter_page(filter_of(leaf(true)), &offset, &limit));
    refuse_as(page, FILTER_OF_CONDITION, "for reads");
    refuse(visit_rig_composite(&arena, OTS__LOGICAL_OPERATOR__LO_AND, two, 2), "part of another filter");
    refuse(visit_rig_page(&arena, -1, 7), "offset -1");
    refuse(visit_rig_page(&arena, 0, 0), "limit 0");
}

/* ---- values and bytes that are refused ---- */

static void test_values_that_no_column_holds_are_refused(void **state)
{
    struct cell bad[] = {decimal(NAN), decimal(INFINITY), number(0), number(0), number(0)};
    struct cell name = visit_rig_number("1c", 1);
    (void)state;
    bad[2].type = CELL_INF_MIN;
    bad[3].type = CELL_INF_MAX;
    bad[4].type = CELL_AUTO_INCREMENT;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        refuse(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &bad[i], 0), "Invalid value");
    refuse(visit_rig_single(&arena, (Ots__ComparatorType)EQ, &name, 0), "Invalid column name: '1c'");
    refuse(visit_rig_single(&arena, (Ots__ComparatorType)0, &bad[0], 0), "comparator");
    refuse(visit_rig_single(&arena, (Ots__ComparatorType)9, &bad[0], 0), "comparator");
    assert_false(holds(visit_rig_single(&arena, (Ots__ComparatorType)IS, &bad[2], 0), NULL, 0));
}

/* The recorded example of tablestore-protocol.md 3.5, then each byte changed and each cut. */
static void test_bytes_that_are_no_filter_are_refused(void **state)
{
    static const uint8_t example[] = {0x08, 0x01, 0x12, 0x13, 0x08, 0x01, 0x12, 0x02, 0x63, 0x30, 0x1a, 0x07,
                                      0x03, 0x02, 0x00, 0x00, 0x00, 0x76, 0x30, 0x20, 0x01, 0x28, 0x01};
    struct cell stored = visit_rig_text("c0", "v0");
    uint8_t bytes[sizeof(example)];
    (void)state;
    memcpy(bytes, example, sizeof(bytes));
    assert_true(holds((ProtobufCBinaryData){sizeof(bytes), bytes}, &stored, 1));
    stored.bytes = SLICE("v1");
    assert_false(holds((ProtobufCBinaryData){sizeof(bytes), bytes}, &stored, 1));
    assert_false(holds((ProtobufCBinaryData){sizeof(bytes), bytes}, NULL, 0));
    for (size_t len = 0; len < sizeof(bytes); len++) {
        struct refusal refusal = {.status = 0};
        assert_null(filter_read(slice_of(bytes, len), FILTER_OF_READ, &arena, &refusal));
        assert_int_equal(refusal.status, 400);
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        struct refusal refusal = {.status = 0};
        bytes[i] ^= 0x80;
        bool read = filter_read(slice_of(bytes, sizeof(bytes)), FILTER_OF_READ, &arena, &refusal) != NULL;
        assert_int_equal(refusal.status, read ? 0 : 400);
        bytes[i] ^= 0x80;
    }
}

/* ---- regular expressions ---- */

static bool regex_holds(const char *stored_text, const char *regex, int cast, int comparator,
                        struct cell value)
{
    struct cell stored = text(stored_text);
    return holds(visit_rig_regex(&arena, (Ots__ComparatorType)comparator, &value, regex, cast), &stored, 1);
}

static void test_a_regular_expression_cuts_the_value_out(void **state)
{
    (void)state;
    assert_true(regex_holds("1aaa51bbb5", "1[a-z]+5", -1, EQ, text("1aaa5")));
    assert_true(regex_holds("1aaa51bbb5", "1([a-z]+)5", OTS__VARIANT_TYPE__VT_STRING, EQ, text("aaa")));
    assert_true(
        regex_holds("{cluster:42,x:1}", "cluster:([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER, GE, number(42)));
    assert_false(
        regex_holds("{cluster:42}", "cluster:([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER, GT, number(42)));
    assert_true(regex_holds("t=-2.5e1;", "t=([^;]*)", OTS__VARIANT_TYPE__VT_DOUBLE, EQ, decimal(-25)));
    assert_true(regex_holds("n=9223372036854775807", "([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER, EQ,
                            number(INT64_MAX)));
}

static void test_what_a_rule_cannot_read_is_missing(void **state)
{
    struct cell stored = number(42);
    struct cell value = number(42);
    (void)state;
    assert_false(regex_holds("abc", "([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER, NE, number(1)));
    assert_false(
        regex_holds("9223372036854775808", "([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER, IS, number(1)));
    assert_true(regex_holds("x1", "([a-z])", OTS__VARIANT_TYPE__VT_INTEGER, NOT_THERE, number(1)));
    assert_true(regex_holds("x1", "([0-9])", OTS__VARIANT_TYPE__VT_INTEGER, IS, number(1)));
    assert_false(regex_holds("1.2.3", "(.*)", OTS__VARIANT_TYPE__VT_DOUBLE, IS, decimal(0)));
    assert_false(regex_holds("inf", "(.*)", OTS__VARIANT_TYPE__VT_DOUBLE, IS, decimal(0)));
    assert_false(regex_holds("0x10", "(.*)", OTS__VARIANT_TYPE__VT_DOUBLE, IS, decimal(0)));
    assert_false(holds(
        visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, "([0-9]+)", OTS__VARIANT_TYPE__VT_INTEGER),
        &stored, 1)); /* not a string */
}

static void test_regular_expressions_that_are_refused(void **state)
{
    char longest[LIMIT_REGEX_BYTES + 2];
    struct cell value = text("a");
    (void)state;
    memset(longest, 'a', sizeof(longest));
    longest[LIMIT_REGEX_BYTES + 1] = 0;
    refuse(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, longest, -1), "length of a regular");
    longest[LIMIT_REGEX_BYTES] = 0;
    assert_false(holds(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, longest, -1), &value, 1));
    refuse(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, "", -1), "length of a regular");
    refuse(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, "a(", -1), "Invalid regular expression");
    refuse(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, "(*UTF)a", -1), "Invalid regular");
    refuse(visit_rig_regex(&arena, (Ots__ComparatorType)EQ, &value, "a", OTS__VARIANT_TYPE__VT_BLOB), "cast");
}

static void test_an_expression_that_never_ends_is_ended_and_counted(void **state)
{
    static char many[100001];
    struct cell value = text("a");
    struct cell stored = text(many);
    (void)state;
    memset(many, 'a', sizeof(many) - 1);
    stored.bytes = slice_text(many);
    struct row row = {.cells = &stored, .cell_count = 1};
    const struct filter *filter =
        filter_of(visit_rig_regex(&arena, (Ots__ComparatorType)IS, &value, "(a+)+(b|c)[^a]", -1));
    assert_int_equal(filter_cost(filter), 0);
    assert_false(filter_match(filter, &row));
    uint64_t once = filter_cost(filter);
    assert_true(once > 0 && once < FILTER_COST_MOST);
    while (filter_cost(filter) < FILTER_COST_MOST)
        assert_false(filter_match(filter, &row));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_every_comparator_compares_every_type),
        CASE(test_two_types_are_never_equal_and_never_in_order),
        CASE(test_a_missing_column_passes_or_fails_as_asked),
        CASE(test_a_key_column_is_compared_like_any_other),
        CASE(test_the_newest_version_decides_or_any_will_do),
        CASE(test_not_and_or_mean_what_they_say),
        CASE(test_ten_filters_are_the_most_in_width_and_depth),
        CASE(test_operators_take_their_number_of_filters),
        CASE(test_a_page_is_for_reads_and_stands_alone),
        CASE(test_values_that_no_column_holds_are_refused),
        CASE(test_bytes_that_are_no_filter_are_refused),
        CASE(test_a_regular_expression_cuts_the_value_out),
        CASE(test_what_a_rule_cannot_read_is_missing),
        CASE(test_regular_expressions_that_are_refused),
        CASE(test_an_expression_that_never_ends_is_ended_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
