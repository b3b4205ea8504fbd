/* series_condition: comparisons of all that is known about a series, trees of them, and what is refused. */
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "emulator/proto.h"
#include "emulator/refusal.h"
#include "emulator/series_condition.h"
#include "wire/tablestore.pb-c.h"

enum {
    EQ = OTS__META_QUERY_SINGLE_OPERATOR__OP_EQUAL,
    GT = OTS__META_QUERY_SINGLE_OPERATOR__OP_GREATER_THAN,
    GE = OTS__META_QUERY_SINGLE_OPERATOR__OP_GREATER_EQUAL,
    LT = OTS__META_QUERY_SINGLE_OPERATOR__OP_LESS_THAN,
    LE = OTS__META_QUERY_SINGLE_OPERATOR__OP_LESS_EQUAL,
    PREFIX = OTS__META_QUERY_SINGLE_OPERATOR__OP_PREFIX,
    AND = OTS__META_QUERY_COMPOSITE_OPERATOR__OP_AND,
    OR = OTS__META_QUERY_COMPOSITE_OPERATOR__OP_OR,
    NOT = OTS__META_QUERY_COMPOSITE_OPERATOR__OP_NOT
};

static const struct series_condition_facts facts = {.measurement = SLICE("cpu"),
                                                    .source = SLICE("host"),
                                                    .tags = SLICE("[\"dc=a\",\"os=linux\"]"),
                                                    .attributes = SLICE("[\"owner=me\"]"),
                                                    .update_time_us = 1000};

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

static Ots__MetaQueryCondition *condition_of(int type, const ProtobufCMessage *message)
{
    Ots__MetaQueryCondition *condition = arena_take(&arena, sizeof(*condition));
    size_t bytes = protobuf_c_message_get_packed_size(message);
    uint8_t *at = arena_take(&arena, bytes + 1);
    protobuf_c_message_pack(message, at);
    ots__meta_query_condition__init(condition);
    condition->type = (Ots__MetaQueryConditionType)type;
    condition->proto_data = (ProtobufCBinaryData){.len = bytes, .data = at};
    return condition;
}

/* All conditions on one text have the same fields, but for the name in the middle. */
static Ots__MetaQueryCondition *measurement(int op, const char *value)
{
    Ots__MetaQueryMeasurementCondition message = OTS__META_QUERY_MEASUREMENT_CONDITION__INIT;
    message.op = (Ots__MetaQuerySingleOperator)op;
    message.value = (char *)(uintptr_t)value;
    return condition_of(OTS__META_QUERY_CONDITION_TYPE__MEASUREMENT_CONDITION, &message.base);
}

static Ots__MetaQueryCondition *source(int op, const char *value)
{
    Ots__MetaQueryCondition *condition = measurement(op, value);
    condition->type = OTS__META_QUERY_CONDITION_TYPE__SOURCE_CONDITION;
    return condition;
}

static Ots__MetaQueryCondition *tag(int op, const char *name, const char *value)
{
    Ots__MetaQueryTagCondition message = OTS__META_QUERY_TAG_CONDITION__INIT;
    message.op = (Ots__MetaQuerySingleOperator)op;
    message.tag_name = (char *)(uintptr_t)name;
    message.value = (char *)(uintptr_t)value;
    return condition_of(OTS__META_QUERY_CONDITION_TYPE__TAG_CONDITION, &message.base);
}

static Ots__MetaQueryCondition *attribute(int op, const char *name, const char *value)
{
    Ots__MetaQueryCondition *condition = tag(op, name, value);
    condition->type = OTS__META_QUERY_CONDITION_TYPE__ATTRIBUTE_CONDITION;
    return condition;
}

static Ots__MetaQueryCondition *update_time(int op, int64_t value)
{
    Ots__MetaQueryUpdateTimeCondition message = OTS__META_QUERY_UPDATE_TIME_CONDITION__INIT;
    message.op = (Ots__MetaQuerySingleOperator)op;
    message.value = value;
    return condition_of(OTS__META_QUERY_CONDITION_TYPE__UPDATE_TIME_CONDITION, &message.base);
}

static Ots__MetaQueryCondition *composite(int op, Ots__MetaQueryCondition **subs, size_t count)
{
    Ots__MetaQueryCompositeCondition message = OTS__META_QUERY_COMPOSITE_CONDITION__INIT;
    message.op = (Ots__MetaQueryCompositeOperator)op;
    message.sub_conditions = subs;
    message.n_sub_conditions = count;
    return condition_of(OTS__META_QUERY_CONDITION_TYPE__COMPOSITE_CONDITION, &message.base);
}

static Ots__MetaQueryCondition *two(int op, Ots__MetaQueryCondition *a, Ots__MetaQueryCondition *b)
{
    return composite(op, (Ots__MetaQueryCondition *[]){a, b}, 2);
}

static Ots__MetaQueryCondition *negated(Ots__MetaQueryCondition *condition)
{
    return composite(NOT, &condition, 1);
}

static bool holds(const Ots__MetaQueryCondition *condition)
{
    struct refusal refusal = {.status = 0};
    const struct series_condition *read = series_condition_read(condition, &arena, &refusal);
    if (read == NULL)
        fail_msg("%s", refusal.message);
    return series_condition_match(read, &facts);
}

static void assert_refused(const Ots__MetaQueryCondition *condition, const char *words)
{
    struct refusal refusal = {.status = 0};
    assert_null(series_condition_read(condition, &arena, &refusal));
    assert_int_equal(refusal.status, 400);
    assert_string_equal(refusal.code, "OTSParameterInvalid");
    if (strstr(refusal.message, words) == NULL)
        fail_msg("%s", refusal.message);
}

/* For a text below, the same, above the series' own. */
static void assert_operators(Ots__MetaQueryCondition *(*make)(int op, const char *value), const char *below,
                             const char *same, const char *above)
{
    static const struct {
        int op;
        bool below, same, above;
    } cases[] = {{EQ, false, true, false},
                 {GT, true, false, false},
                 {GE, true, true, false},
                 {LT, false, false, true},
                 {LE, false, true, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(holds(make(cases[i].op, below)), cases[i].below);
        assert_int_equal(holds(make(cases[i].op, same)), cases[i].same);
        assert_int_equal(holds(make(cases[i].op, above)), cases[i].above);
    }
}

static Ots__MetaQueryCondition *os_tag(int op, const char *value)
{
    return tag(op, "os", value);
}

static Ots__MetaQueryCondition *owner(int op, const char *value)
{
    return attribute(op, "owner", value);
}

static Ots__MetaQueryCondition *time_text(int op, const char *value)
{
    return update_time(op, strtoll(value, NULL, 10));
}

static void test_every_operator_compares_everything_that_is_known(void **state)
{
    (void)state;
    assert_operators(measurement, "cp", "cpu", "cpu1");
    assert_operators(source, "Host", "host", "hosu");
    assert_operators(os_tag, "linu", "linux", "m");
    assert_operators(owner, "", "me", "mf");
    assert_operators(time_text, "999", "1000", "1001");
}

static void test_a_prefix_is_the_beginning_of_a_text(void **state)
{
    (void)state;
    assert_true(holds(measurement(PREFIX, "")));
    assert_true(holds(measurement(PREFIX, "cp")));
    assert_true(holds(measurement(PREFIX, "cpu")));
    assert_false(holds(measurement(PREFIX, "cpu1")));
    assert_false(holds(source(PREFIX, "ost")));
    assert_true(holds(tag(PREFIX, "dc", "a")));
    assert_true(holds(attribute(PREFIX, "owner", "m")));
    assert_refused(update_time(PREFIX, 1), "An update time has no prefix");
}

static void test_what_a_series_does_not_have_holds_for_no_operator(void **state)
{
    (void)state;
    for (int op = EQ; op <= PREFIX; op++) {
        assert_false(holds(tag(op, "owner", "")));
        assert_false(holds(attribute(op, "os", "")));
        assert_false(holds(tag(op, "o", "")));
    }
}

static void test_trees_of_conditions(void **state)
{
    (void)state;
    Ots__MetaQueryCondition *yes = measurement(EQ, "cpu");
    Ots__MetaQueryCondition *no = measurement(EQ, "mem");
    assert_true(holds(two(AND, yes, yes)));
    assert_false(holds(two(AND, yes, no)));
    assert_false(holds(two(AND, no, yes)));
    assert_true(holds(two(OR, no, yes)));
    assert_true(holds(two(OR, yes, no)));
    assert_false(holds(two(OR, no, no)));
    assert_false(holds(negated(yes)));
    assert_true(holds(negated(no)));
    assert_true(holds(two(AND, negated(two(AND, yes, no)), two(OR, no, negated(no)))));
    assert_true(holds(composite(AND, &yes, 1)));
    assert_false(holds(composite(OR, &no, 1)));
}

static Ots__MetaQueryCondition *nested(unsigned levels)
{
    Ots__MetaQueryCondition *condition = measurement(EQ, "cpu");
    for (unsigned i = 1; i < levels; i++)
        condition = negated(condition);
    return condition;
}

static void test_depth_and_count_are_bounded(void **state)
{
    (void)state;
    Ots__MetaQueryCondition *many[SERIES_CONDITIONS_MOST];
    for (size_t i = 0; i < SERIES_CONDITIONS_MOST; i++)
        many[i] = measurement(EQ, "cpu");
    assert_false(holds(nested(SERIES_CONDITION_DEEPEST)));
    assert_refused(nested(SERIES_CONDITION_DEEPEST + 1), "nested deeper than 10");
    assert_true(holds(composite(AND, many, SERIES_CONDITIONS_MOST - 1)));
    assert_refused(composite(AND, many, SERIES_CONDITIONS_MOST), "exceeds the max: 100");
    Ots__MetaQueryCondition *half = composite(AND, many, 49);
    assert_true(holds(two(AND, composite(AND, many, 48), half)));
    assert_refused(two(AND, half, half), "exceeds the max: 100");
}

static void test_what_is_not_a_condition_is_refused(void **state)
{
    (void)state;
    Ots__MetaQueryCondition *broken = measurement(EQ, "cpu");
    assert_refused(composite(AND, NULL, 0), "without conditions");
    assert_refused(composite(NOT, (Ots__MetaQueryCondition *[]){broken, broken}, 2), "exactly one");
    assert_refused(composite(4, &broken, 1), "Invalid operator of a composite meta query: 4");
    assert_refused(measurement(7, ""), "Invalid operator of a meta query condition: 7");
    assert_refused(update_time(0, 1), "Invalid operator of a meta query condition: 0");
    broken->type = (Ots__MetaQueryConditionType)7;
    assert_refused(broken, "Invalid type of a meta query condition: 7");
    for (int type = 1; type <= 6; type++) {
        broken->type = (Ots__MetaQueryConditionType)type;
        broken->proto_data.len = 1;
        assert_refused(broken, "not a valid protobuf message");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operator_compares_everything_that_is_known),
        cmocka_unit_test(test_a_prefix_is_the_beginning_of_a_text),
        cmocka_unit_test(test_what_a_series_does_not_have_holds_for_no_operator),
        cmocka_unit_test(test_trees_of_conditions),
        cmocka_unit_test(test_depth_and_count_are_bounded),
        cmocka_unit_test(test_what_is_not_a_condition_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
