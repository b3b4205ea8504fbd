/* rules: fault rules as text, what they match, and that one seed repeats all. */
#include "support/cmocka_all.h"

#include <stdio.h>

#include "base/error.h"
#include "emulator/row_key.h"
#include "emulator/rules.h"
#include "support/visit_rig.h"

static void refuse_text(const char *json, const char *words)
{
    struct rules rules;
    struct error err;
    rules_init(&rules);
    assert_int_equal(rules_read(&rules, SLICE("{\"rules\":[{\"action\":\"hang\"}]}"), &err), 0);
    assert_int_equal(rules_read(&rules, slice_text(json), &err), -1);
    if (strstr(err.text, words) == NULL)
        fail_msg("%s: %s", json, err.text);
    assert_int_equal(rules.count, 1); /* as they were */
    rules_fini(&rules);
}

static void test_each_mistake_is_named_with_its_place(void **state)
{
    (void)state;
    refuse_text("", "line 1");
    refuse_text("[]", "");
    refuse_text("{\"rules\":[{]}", "line 1");
    refuse_text("{\"rules\":[]}x", "nothing was expected behind");
    refuse_text("{\"rule\":[]}", "rule: unknown key");
    refuse_text("{\"rules\":{}}", "rules: a list");
    refuse_text("{\"seed\":-1}", "seed: an integer");
    refuse_text("{\"rules\":[1]}", "rules[0]: an object");
    refuse_text("{\"rules\":[{\"action\":\"delay\",\"ms\":1},{}]}", "rules[1]: action is missing");
    refuse_text("{\"rules\":[{\"action\":\"explode\"}]}", "rules[0]: action: one of row_error");
    refuse_text("{\"rules\":[{\"action\":\"delay\"}]}", "ms is missing");
    refuse_text("{\"rules\":[{\"action\":\"delay\",\"ms\":5,\"ms_most\":4}]}", "ms_most is less");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"probability\":1.5}]}",
                "probability: a number from 0 to 1");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"probability\":\"1\"}]}", "probability: a number");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"operation\":\"Put\"}]}",
                "operation: the name of an operation");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"count\":-1}]}", "count: an integer");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"tabel\":\"t\"}]}", "tabel: unknown key");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"key\":[]}]}", "key: 1 to 4 key columns");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"key\":[1,2,3,4,5]}]}", "key: 1 to 4 key columns");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\"key\":1.5}]}", "key: a string or an integer");
    refuse_text("{\"rules\":[{\"action\":\"error\",\"code\":\"Mine\"}]}", "status is missing");
    refuse_text("{\"rules\":[{\"action\":\"error\",\"status\":200}]}", "status: an integer from 300");
}

static struct rules read_rules(const char *json)
{
    struct rules rules;
    struct error err;
    rules_init(&rules);
    if (rules_read(&rules, slice_text(json), &err) != 0)
        fail_msg("%s", err.text);
    return rules;
}

static void test_what_is_not_said_is_the_services_own(void **state)
{
    (void)state;
    struct rules rules = read_rules("{ // which\n \"rules\": [{\"action\": \"error\"},"
                                    " {\"action\": \"row_error\", \"code\": \"OTSTimeout\"},"
                                    " {\"action\": \"error\", \"code\": \"Mine\", \"status\": 599}]}");
    assert_int_equal(rules.count, 3);
    assert_string_equal(rules.list[0].refusal.code, "OTSServerBusy");
    assert_int_equal(rules.list[0].refusal.status, 503);
    assert_string_equal(rules.list[0].refusal.message, "Server is busy.");
    assert_string_equal(rules.list[1].refusal.message, "Operation timeout.");
    assert_int_equal(rules.list[2].refusal.status, 599);
    rules_fini(&rules);
}

/* ---- matching ---- */

struct asked {
    struct visit visit;
    struct change change;
    struct cell keys[2];
    struct arena arena;
    Ots__PutRowRequest message;
};

static void asked_init(struct asked *asked, const char *path, const char *table, const char *user,
                       int64_t seq)
{
    memset(asked, 0, sizeof(*asked));
    arena_init(&asked->arena, 1024);
    ots__put_row_request__init(&asked->message);
    asked->message.table_name = (char *)(uintptr_t)table;
    asked->keys[0] = visit_rig_text("user", user);
    asked->keys[1] = visit_rig_number("seq", seq);
    asked->change.table = slice_text(table);
    asked->change.key = row_key_encode(asked->keys, 2, &asked->arena);
    asked->visit.operation = operation_find(slice_text(path));
    asked->visit.changes = &asked->change;
    asked->visit.change_count = 1;
    asked->visit.message = &asked->message;
}

static bool spoils(const char *json, const char *path, const char *table, const char *user, int64_t seq)
{
    struct asked asked;
    struct refusal refusal = {.status = 0};
    struct rules rules = read_rules(json);
    asked_init(&asked, path, table, user, seq);
    bool spoilt = rules_spoil(&rules, &asked.visit, &asked.change, &refusal) != 0;
    assert_int_equal(spoilt, refusal.status != 0);
    assert_int_equal(rules.acted, spoilt);
    arena_fini(&asked.arena);
    rules_fini(&rules);
    return spoilt;
}

static void test_a_rule_matches_by_operation_table_and_first_key_columns(void **state)
{
    static const char any[] = "{\"rules\":[{\"action\":\"row_error\"}]}";
    static const char operation[] = "{\"rules\":[{\"action\":\"row_error\",\"operation\":\"PutRow\"}]}";
    static const char table[] = "{\"rules\":[{\"action\":\"row_error\",\"table\":\"t\"}]}";
    static const char user[] = "{\"rules\":[{\"action\":\"row_error\",\"key\":\"anna\"}]}";
    static const char both[] = "{\"rules\":[{\"action\":\"row_error\",\"key\":[\"anna\",7]}]}";
    (void)state;
    assert_true(spoils(any, "/PutRow", "t", "anna", 7));
    assert_true(spoils(operation, "/PutRow", "t", "anna", 7));
    assert_false(spoils(operation, "/UpdateRow", "t", "anna", 7));
    assert_true(spoils(table, "/PutRow", "t", "anna", 7));
    assert_false(spoils(table, "/PutRow", "tt", "anna", 7));
    assert_true(spoils(user, "/PutRow", "t", "anna", 8));
    assert_false(spoils(user, "/PutRow", "t", "annabel", 8));
    assert_true(spoils(both, "/PutRow", "t", "anna", 7));
    assert_false(spoils(both, "/PutRow", "t", "anna", 8));
}

static void test_skip_and_count_bound_what_a_rule_does(void **state)
{
    struct asked asked;
    struct refusal refusal;
    char acted[11] = "";
    (void)state;
    struct rules rules = read_rules("{\"rules\":[{\"action\":\"row_error\",\"skip\":2,\"count\":3}]}");
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (int i = 0; i < 8; i++)
        strcat(acted, rules_spoil(&rules, &asked.visit, &asked.change, &refusal) != 0 ? "x" : ".");
    assert_string_equal(acted, "..xxx...");
    arena_fini(&asked.arena);
    rules_fini(&rules);
}

static void draw(const char *json, char *text, size_t count)
{
    struct asked asked;
    struct rules_plan plan;
    struct rules rules = read_rules(json);
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    for (size_t i = 0; i < count; i++) {
        rules_plan(&rules, &asked.visit, &plan);
        assert_true(plan.delay_ms == 0 || (plan.delay_ms >= 5 && plan.delay_ms <= 8));
        text[i] = (char)('0' + plan.delay_ms + (plan.action == RULE_CUT_AFTER ? 10 : 0));
    }
    text[count] = 0;
    arena_fini(&asked.arena);
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

static void test_delays_add_up_and_the_first_other_action_wins(void **state)
{
    struct asked asked;
    struct rules_plan plan;
    (void)state;
    struct rules rules =
        read_rules("{\"rules\":[{\"action\":\"delay\",\"ms\":5},{\"action\":\"late\",\"ms\":9,\"count\":1},"
                   "{\"action\":\"error\",\"text\":\"no\"},{\"action\":\"delay\",\"ms\":7}]}");
    asked_init(&asked, "/PutRow", "t", "anna", 1);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_LATE);
    assert_int_equal(plan.late_ms, 9);
    assert_int_equal(plan.delay_ms, 12);
    rules_plan(&rules, &asked.visit, &plan);
    assert_int_equal(plan.action, RULE_ERROR);
    assert_string_equal(plan.text, "no");
    assert_int_equal(plan.late_ms, 0);
    arena_fini(&asked.arena);
    rules_fini(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_mistake_is_named_with_its_place),
        cmocka_unit_test(test_what_is_not_said_is_the_services_own),
        cmocka_unit_test(test_a_rule_matches_by_operation_table_and_first_key_columns),
        cmocka_unit_test(test_skip_and_count_bound_what_a_rule_does),
        cmocka_unit_test(test_one_seed_repeats_everything),
        cmocka_unit_test(test_delays_add_up_and_the_first_other_action_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
