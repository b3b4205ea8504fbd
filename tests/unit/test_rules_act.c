/* rules_act: what fault rules match, when they act, and that one seed gives the same faults, to the last one.
 */
#include "support/asked.h"

#include <stdio.h>

#include "base/buffer.h"

static struct clock now;

static int set_clock(void **state)
{
    (void)state;
    clock_init(&now, 1000, 0);
    return 0;
}

static bool spoils(const char *json, const char *path, const char *table, const char *user, int64_t seq)
{
    struct asked asked;
    struct refusal refusal = {.status = 0};
    struct rules rules = asked_rules(&now, json);
    asked_init(&asked, path, table, user, seq);
    bool spoilt = rules_spoil(&rules, &asked.visit, &asked.change, &refusal) != 0;
    assert_int_equal(spoilt, refusal.status != 0);
    assert_int_equal(rules.acted, spoilt);
    asked_fini(&asked);
    rules_fini(&rules);
    return spoilt;
}

#define ROW_ERROR(more) "{\"rules\":[{\"action\":\"row_error\"" more "}]}"

static void test_a_rule_matches_by_operation_table_and_first_key_columns(void **state)
{
    (void)state;
    assert_true(spoils(ROW_ERROR(""), "/PutRow", "t", "anna", 7));
    assert_true(spoils(ROW_ERROR(",\"operation\":\"PutRow\""), "/PutRow", "t", "anna", 7));
    assert_false(spoils(ROW_ERROR(",\"operation\":\"PutRow\""), "/UpdateRow", "t", "anna", 7));
    assert_true(spoils(ROW_ERROR(",\"operation\":[\"PutRow\",\"UpdateRow\"]"), "/UpdateRow", "t", "anna", 7));
    assert_false(spoils(ROW_ERROR(",\"operation\":[\"PutRow\"]"), "/UpdateRow", "t", "anna", 7));
    assert_true(spoils(ROW_ERROR(",\"operation\":\"*\""), "/UpdateRow", "t", "anna", 7));
    assert_true(spoils(ROW_ERROR(",\"table\":\"t\""), "/PutRow", "t", "anna", 7));
    assert_false(spoils(ROW_ERROR(",\"table\":\"t\""), "/PutRow", "tt", "anna", 7));
    assert_true(spoils(ROW_ERROR(",\"key\":\"anna\""), "/PutRow", "t", "anna", 8));
    assert_false(spoils(ROW_ERROR(",\"key\":\"anna\""), "/PutRow", "t", "annabel", 8));
    assert_true(spoils(ROW_ERROR(",\"key\":[\"anna\",7]"), "/PutRow", "t", "anna", 7));
    assert_false(spoils(ROW_ERROR(",\"key\":[\"anna\",7]"), "/PutRow", "t", "anna", 8));
    assert_true(spoils(ROW_ERROR(",\"key_prefix\":\"anna\""), "/PutRow", "t", "annabel", 8));
    assert_true(spoils(ROW_ERROR(",\"key_prefix\":\"\""), "/PutRow", "t", "annabel", 8));
    assert_false(spoils(ROW_ERROR(",\"key_prefix\":\"anna\""), "/PutRow", "t", "ann", 8));
}

static void test_skip_and_count_bound_what_a_rule_does(void **state)
{
    struct asked asked;
    struct refusal refusal;
    char acted[11] = "";
    (void)state;
    struct rules rules = asked_rules(&now, ROW_ERROR(",\"skip\":2,\"count\":3"));
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (int i = 0; i < 8; i++)
        strcat(acted, rules_spoil(&rules, &asked.visit, &asked.change, &refusal) != 0 ? "x" : ".");
    assert_string_equal(acted, "..xxx...");
    assert_int_equal(rules.list[0].matched, 8);
    assert_int_equal(rules.list[0].acted, 3);
    asked_fini(&asked);
    rules_fini(&rules);
}

static void test_a_rule_begins_and_ends_by_the_clock(void **state)
{
    struct asked asked;
    struct refusal refusal;
    char acted[11] = "";
    (void)state;
    struct rules rules = asked_rules(&now, ROW_ERROR(",\"after_ms\":200,\"for_ms\":300"));
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (int i = 0; i < 7; i++) {
        strcat(acted, rules_spoil(&rules, &asked.visit, &asked.change, &refusal) != 0 ? "x" : ".");
        clock_move(&now, now.now_ms + 100, 0);
    }
    assert_string_equal(acted, "..xxx..");
    asked_fini(&asked);
    rules_fini(&rules);
}

/* ---- chance ---- */

static void draw(const char *json, char *text, size_t count)
{
    struct asked asked;
    struct rules_plan plan;
    struct rules rules = asked_rules(&now, json);
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (size_t i = 0; i < count; i++) {
        rules_plan(&rules, &asked.visit, &plan);
        assert_true(plan.delay_ms == 0 || (plan.delay_ms >= 5 && plan.delay_ms <= 8));
        text[i] = (char)('0' + plan.delay_ms + (plan.action == RULE_CUT_AFTER ? 10 : 0));
    }
    text[count] = 0;
    asked_fini(&asked);
    rules_fini(&rules);
}

static void test_one_seed_repeats_everything(void **state)
{
    static const char rules[] = "{\"seed\":%d,\"rules\":[{\"action\":\"cut_after\",\"probability\":0.3},"
                                "{\"action\":\"delay\",\"ms\":5,\"ms_most\":8,\"probability\":0.5}]}";
    char json[3][200];
    char text[3][201];
    (void)state;
    for (int i = 0; i < 3; i++) {
        snprintf(json[i], sizeof(json[i]), rules, i == 2 ? 2 : 1);
        draw(json[i], text[i], 200);
    }
    assert_string_equal(text[0], text[1]);
    assert_string_not_equal(text[0], text[2]);
}

static void test_one_rule_more_changes_nothing_in_those_before_it(void **state)
{
    char one[201];
    char two[201];
    (void)state;
    draw("{\"rules\":[{\"action\":\"delay\",\"ms\":5,\"ms_most\":8,\"probability\":0.5}]}", one, 200);
    draw("{\"rules\":[{\"action\":\"delay\",\"ms\":5,\"ms_most\":8,\"probability\":0.5},"
         "{\"action\":\"error\",\"probability\":0.5}]}",
         two, 200);
    assert_string_equal(one, two);
}

/* How often each delay came in 10,000 requests; the rest is at [0]. */
static void count_delays(const char *json, const int64_t *delays, uint32_t *counts, size_t kinds)
{
    struct asked asked;
    struct rules_plan plan;
    struct rules rules = asked_rules(&now, json);
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (int i = 0; i < 10000; i++) {
        size_t kind = kinds - 1;
        rules_plan(&rules, &asked.visit, &plan);
        while (kind > 0 && delays[kind] != plan.delay_ms)
            kind--;
        counts[kind]++;
    }
    asked_fini(&asked);
    rules_fini(&rules);
}

/* Exact: what a seed gives is part of what these rules promise. The numbers come from a splitmix64 of another
 * writing, in Python. */
static void test_a_bimodal_delay_is_slow_as_often_as_its_probability_says(void **state)
{
    static const int64_t delays[] = {-1, 2, 400};
    uint32_t counts[3] = {0};
    (void)state;
    count_delays("{\"seed\":7,\"rules\":[{\"action\":\"delay\",\"ms\":2,\"slow_probability\":0.01,"
                 "\"slow_ms\":400}]}",
                 delays, counts, 3);
    assert_int_equal(counts[0], 0);
    assert_int_equal(counts[1] + counts[2], 10000);
    assert_int_equal(counts[2], 112);
}

static void test_a_range_of_delays_is_even(void **state)
{
    static const int64_t delays[] = {-1, 5, 6, 7, 8};
    uint32_t counts[5] = {0};
    (void)state;
    count_delays("{\"seed\":7,\"rules\":[{\"action\":\"delay\",\"ms\":5,\"ms_most\":8}]}", delays, counts, 5);
    assert_int_equal(counts[0], 0);
    assert_int_equal(counts[1], 2537);
    assert_int_equal(counts[2], 2508);
    assert_int_equal(counts[3], 2546);
    assert_int_equal(counts[4], 2409);
}

static void test_delays_add_up_and_the_first_other_action_wins(void **state)
{
    struct asked asked;
    struct rules_plan plan;
    (void)state;
    struct rules rules = asked_rules(
        &now, "{\"rules\":[{\"action\":\"delay\",\"ms\":5},{\"action\":\"late\",\"ms\":9,\"count\":1},"
              "{\"action\":\"error\",\"body\":\"no\"},{\"action\":\"delay\",\"ms\":7}]}");
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_LATE);
    assert_int_equal(plan.late_ms, 9);
    assert_int_equal(plan.delay_ms, 12);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_ERROR);
    assert_int_equal(plan.body.len, 2);
    assert_int_equal(plan.late_ms, 0);
    asked_fini(&asked);
    rules_fini(&rules);
}

/* ---- the gate ---- */

static bool turned_away(struct rules *rules, const char *path, const char *token)
{
    struct refusal refusal = {.status = 0};
    bool away = rules_turn_away(rules, operation_find(slice_text(path)), slice_text(token), &refusal) != 0;
    assert_int_equal(refusal.status, away ? 403 : 0);
    return away;
}

static void test_refused_credentials_are_refused_for_every_operation_until_removed(void **state)
{
    (void)state;
    struct rules rules =
        asked_rules(&now, "{\"rules\":[{\"action\":\"refuse_credentials\",\"after_ms\":1000,\"skip\":1}]}");
    assert_false(turned_away(&rules, "/PutRow", NULL)); /* too early, and not counted */
    clock_move(&now, now.now_ms + 1000, 0);
    assert_false(turned_away(&rules, "/PutRow", NULL)); /* skipped */
    assert_true(turned_away(&rules, "/PutRow", NULL));
    assert_true(turned_away(&rules, "/ListTable", "token"));
    rules_fini(&rules);
    assert_false(turned_away(&rules, "/PutRow", NULL));
}

static void test_an_expired_token_is_refused_and_another_or_none_passes(void **state)
{
    (void)state;
    struct rules any = asked_rules(&now, "{\"rules\":[{\"action\":\"expire_token\"}]}");
    struct rules old = asked_rules(&now, "{\"rules\":[{\"action\":\"expire_token\",\"token\":\"old\"}]}");
    assert_false(turned_away(&any, "/PutRow", NULL));
    assert_true(turned_away(&any, "/PutRow", "new"));
    assert_true(turned_away(&old, "/PutRow", "old"));
    assert_false(turned_away(&old, "/PutRow", "new"));
    rules_fini(&any);
    rules_fini(&old);
}

/* ---- capacity units ---- */

static bool row_passes(struct rules *rules, const char *table, size_t bytes)
{
    struct asked asked;
    struct refusal refusal = {.status = 0};
    asked_init(&asked, "/PutRow", table, "anna", 1);
    asked.change.bytes = bytes;
    bool passes = rules_spoil(rules, &asked.visit, &asked.change, &refusal) == 0;
    if (!passes)
        assert_string_equal(refusal.code, "OTSNotEnoughCapacityUnit");
    asked_fini(&asked);
    return passes;
}

#define THROTTLE(more) "{\"rules\":[{\"action\":\"throttle\"," more "}]}"

static void test_a_bucket_empties_row_by_row_and_refills_by_the_clock(void **state)
{
    (void)state;
    struct rules rules = asked_rules(&now, THROTTLE("\"write_rate\":10,\"write_burst\":3"));
    assert_true(row_passes(&rules, "t", 4096));
    assert_true(row_passes(&rules, "t", 4097)); /* two units */
    assert_false(row_passes(&rules, "t", 1));
    assert_true(row_passes(&rules, "other", 1)); /* has its own bucket */
    clock_move(&now, now.now_ms + 99, 0);
    assert_false(row_passes(&rules, "t", 1));
    clock_move(&now, now.now_ms + 1, 0);
    assert_true(row_passes(&rules, "t", 1));
    assert_false(row_passes(&rules, "t", 1));
    clock_move(&now, now.now_ms + 1000000, 0); /* never more than full */
    for (int i = 0; i < 3; i++)
        assert_true(row_passes(&rules, "t", 1));
    assert_false(row_passes(&rules, "t", 1));
    assert_int_equal(rules.list[0].acted, 4);
    rules_fini(&rules);
}

static void test_a_row_larger_than_its_bucket_passes_a_full_one_and_leaves_a_debt(void **state)
{
    (void)state;
    struct rules rules = asked_rules(&now, THROTTLE("\"write_rate\":10,\"write_burst\":2"));
    assert_true(row_passes(&rules, "t", 10 * 4096));
    clock_move(&now, now.now_ms + 999, 0); /* 8 units of debt, and the 2 of a full one */
    assert_false(row_passes(&rules, "t", 10 * 4096));
    clock_move(&now, now.now_ms + 1, 0);
    assert_true(row_passes(&rules, "t", 10 * 4096));
    rules_fini(&rules);
}

static void test_a_whole_request_is_counted_before_its_rows(void **state)
{
    struct asked asked;
    struct rules_plan plan;
    struct refusal refusal;
    (void)state;
    struct rules rules =
        asked_rules(&now, THROTTLE("\"write_rate\":0,\"write_burst\":1,\"whole_request\":true,"
                                   "\"code\":\"OTSServerBusy\""));
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_NOTHING);
    assert_int_equal(rules_spoil(&rules, &asked.visit, &asked.change, &refusal), 0);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_ERROR);
    assert_string_equal(plan.refusal.code, "OTSServerBusy");
    asked_fini(&asked);
    rules_fini(&rules);
}

static void test_a_read_is_charged_when_it_is_done(void **state)
{
    Ots__GetRowRequest message = OTS__GET_ROW_REQUEST__INIT;
    struct visit visit = {.operation = operation_find(SLICE("/GetRow")), .message = &message};
    struct rules_plan plan;
    (void)state;
    struct rules rules = asked_rules(&now, THROTTLE("\"read_rate\":1,\"read_burst\":1"));
    message.table_name = (char *)(uintptr_t) "t";
    rules_plan(&rules, &visit, &plan);
    assert_int_equal(plan.action, RULE_NOTHING);
    rules_charge(&rules, &visit, 3);
    clock_move(&now, now.now_ms + 2999, 0);
    rules_plan(&rules, &visit, &plan);
    assert_int_equal(plan.action, RULE_ERROR);
    clock_move(&now, now.now_ms + 1, 0);
    rules_plan(&rules, &visit, &plan);
    assert_int_equal(plan.action, RULE_NOTHING);
    rules_fini(&rules);
}

static void test_tables_without_end_cannot_fill_the_memory(void **state)
{
    char name[32];
    (void)state;
    struct rules rules = asked_rules(&now, THROTTLE("\"write_rate\":1000"));
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "table_%d", i);
        row_passes(&rules, name, 1);
    }
    assert_int_equal(rules.list[0].throttle.count, LIMIT_TABLES);
    rules_fini(&rules);
}

static void test_the_list_says_how_often_each_rule_acted(void **state)
{
    struct buffer text;
    struct asked asked;
    struct refusal refusal;
    (void)state;
    struct rules rules =
        asked_rules(&now, "{\"seed\":5,\"rules\":[{\"name\":\"a \\\"b\\\"\",\"action\":\"row_error\","
                          "\"skip\":1,\"count\":3},{\"action\":\"hang\"}]}");
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (int i = 0; i < 3; i++)
        rules_spoil(&rules, &asked.visit, &asked.change, &refusal);
    buffer_init(&text, 4096);
    rules_print(&rules, &text);
    buffer_add(&text, "", 1);
    assert_string_equal(
        text.at, "{\"seed\":5,\"rules\":[{\"name\":\"a \\\"b\\\"\",\"action\":\"row_error\",\"matched\":3,"
                 "\"acted\":2,\"left\":1},{\"name\":\"\",\"action\":\"hang\",\"matched\":0,\"acted\":0,"
                 "\"left\":null}]}\n");
    buffer_fini(&text);
    asked_fini(&asked);
    rules_fini(&rules);
}

#define CASE(name) cmocka_unit_test_setup(name, set_clock)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_a_rule_matches_by_operation_table_and_first_key_columns),
        CASE(test_skip_and_count_bound_what_a_rule_does),
        CASE(test_a_rule_begins_and_ends_by_the_clock),
        CASE(test_one_seed_repeats_everything),
        CASE(test_one_rule_more_changes_nothing_in_those_before_it),
        CASE(test_a_bimodal_delay_is_slow_as_often_as_its_probability_says),
        CASE(test_a_range_of_delays_is_even),
        CASE(test_delays_add_up_and_the_first_other_action_wins),
        CASE(test_refused_credentials_are_refused_for_every_operation_until_removed),
        CASE(test_an_expired_token_is_refused_and_another_or_none_passes),
        CASE(test_a_bucket_empties_row_by_row_and_refills_by_the_clock),
        CASE(test_a_row_larger_than_its_bucket_passes_a_full_one_and_leaves_a_debt),
        CASE(test_a_whole_request_is_counted_before_its_rows),
        CASE(test_a_read_is_charged_when_it_is_done),
        CASE(test_tables_without_end_cannot_fill_the_memory),
        CASE(test_the_list_says_how_often_each_rule_acted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
