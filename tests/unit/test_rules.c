/* rules: fault rules as text: what each mistake is called, what is not said, and the samples. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "emulator/rule_keys.h"
#include "emulator/rules.h"
#include "loop/clock.h"

static const struct clock still = {.now_ms = 0};

static void refuse_text(const char *json, const char *words)
{
    struct rules rules;
    struct error err;
    rules_init(&rules, &still);
    assert_int_equal(rules_read(&rules, SLICE("{\"rules\":[{\"action\":\"hang\"}]}"), &err), 0);
    assert_int_equal(rules_read(&rules, slice_text(json), &err), -1);
    if (strstr(err.text, words) == NULL)
        fail_msg("%s: %s", json, err.text);
    assert_int_equal(rules.count, 1); /* as they were */
    rules_fini(&rules);
}

/* One rule with these members. */
static void refuse_rule(const char *members, const char *words)
{
    char json[512];
    snprintf(json, sizeof(json), "{\"rules\":[{%s}]}", members);
    refuse_text(json, words);
}

static void test_each_mistake_of_the_text_has_its_place(void **state)
{
    (void)state;
    refuse_text("", "line 1");
    refuse_text("[]", "");
    refuse_text("{\"rules\":[{]}", "line 1, column 12: ");
    refuse_text("{\"rules\":[]}x", "line 1, column 13: nothing was expected behind the object");
    refuse_text("{\n \"rule\":[]}", "line 2, column 3: unknown key: seed and rules are known");
    refuse_text("{\"rules\":{}}", "line 1, column 3: rules: a list was expected");
    refuse_text("{\"seed\":-1}", "seed: an integer from 0");
    refuse_text("{\"rules\":[1]}", "rules[0]: an object was expected");
    refuse_text("{\"rules\":[{\"action\":\"delay\",\"ms\":1},\n  {}]}",
                "line 2, column 3: rules[1]: action is missing; one of delay, row_error, ");
    refuse_text("{\"rules\":[{\"action\":\"hang\",\n\"tabel\":\"t\"}]}",
                "line 2, column 2: rules[0].tabel: unknown key; did you mean table?");
}

static void test_each_mistake_of_a_rule_is_named_with_what_is_allowed(void **state)
{
    (void)state;
    refuse_rule("\"action\":\"explode\"", "rules[0].action: one of delay, row_error, ");
    refuse_rule("\"action\":\"hangs\"", "rules[0].action: \"hangs\" is not known; did you mean hang?");
    refuse_rule("\"action\":7", "rules[0].action: one of ");
    refuse_rule("\"action\":\"hang\",\"xyzzyxyzzy\":1", "unknown key; --faults-help lists them all");
    refuse_rule("\"action\":\"hang\",\"count\":1,\"count\":2", "rules[0].count: given twice");
    refuse_rule("\"action\":\"hang\",\"ms\":1", "rules[0].ms: means nothing with hang");
    refuse_rule("\"action\":\"delay\"", "rules[0]: ms is missing");
    refuse_rule("\"action\":\"late\"", "rules[0]: ms is missing");
    refuse_rule("\"action\":\"delay\",\"ms\":5,\"ms_most\":4", "ms_most is less than ms");
    refuse_rule("\"action\":\"delay\",\"ms\":5,\"slow_ms\":4",
                "slow_ms and slow_probability need each other");
    refuse_rule("\"action\":\"delay\",\"ms\":5,\"slow_probability\":1,\"slow_ms\":9,\"slow_ms_most\":8",
                "slow_ms_most is less than slow_ms");
    refuse_rule("\"action\":\"delay\",\"ms\":5,\"on_hangup\":\"cry\"", "\"apply\" or \"drop\" was expected");
    refuse_rule("\"action\":\"hang\",\"probability\":1.5", "probability: a number from 0 to 1");
    refuse_rule("\"action\":\"hang\",\"probability\":\"1\"", "probability: a number");
    refuse_rule("\"action\":\"hang\",\"applied\":1", "applied: true or false");
    refuse_rule("\"action\":\"hang\",\"operation\":\"Putrow\"",
                "\"Putrow\" is not known; did you mean PutRow?");
    refuse_rule("\"action\":\"hang\",\"operation\":7", "the name of an operation");
    refuse_rule("\"action\":\"hang\",\"operation\":[]", "a list of operations");
    refuse_rule("\"action\":\"hang\",\"count\":-1", "count: an integer from 0");
    refuse_rule("\"action\":\"hang\",\"after_ms\":86400001", "after_ms: an integer from 0 to 86400000");
    refuse_rule("\"action\":\"hang\",\"key\":[]", "key: 1 to 4 key columns");
    refuse_rule("\"action\":\"hang\",\"key\":[1,2,3,4,5]", "key: 1 to 4 key columns");
    refuse_rule("\"action\":\"hang\",\"key\":1.5", "key: a string or an integer");
    refuse_rule("\"action\":\"hang\",\"key_prefix\":1", "key_prefix: a string was expected");
    refuse_rule("\"action\":\"hang\",\"key\":1,\"key_prefix\":\"a\"",
                "key and key_prefix exclude each other");
    refuse_rule("\"action\":\"error\",\"code\":\"Mine\"", "status is missing");
    refuse_rule("\"action\":\"error\",\"code\":\"\"", "code: it is empty");
    refuse_rule("\"action\":\"error\",\"code\":\"a\\u0000b\"", "a zero byte has no place here");
    refuse_rule("\"action\":\"error\",\"status\":200", "status: an integer from 300 to 599");
    refuse_rule("\"action\":\"error\",\"body\":\"\"", "body: it is empty");
    refuse_rule("\"action\":\"error\",\"body_base64\":\"!\"", "base64 of 1 to 1024 bytes");
    refuse_rule("\"action\":\"error\",\"body\":\"a\",\"body_base64\":\"YQ==\"", "exclude each other");
    refuse_rule("\"action\":\"throttle\"", "write_rate or read_rate is missing");
    refuse_rule("\"action\":\"throttle\",\"write_rate\":1,\"probability\":1", "means nothing with throttle");
    refuse_rule("\"action\":\"throttle\",\"write_rate\":1,\"write_burst\":0", "an integer from 1 to");
    refuse_rule("\"action\":\"expire_token\",\"table\":\"t\"", "table: means nothing with expire_token");
}

static struct rules read_rules(const char *json)
{
    struct rules rules;
    struct error err;
    rules_init(&rules, &still);
    if (rules_read(&rules, slice_text(json), &err) != 0)
        fail_msg("%s", err.text);
    return rules;
}

static void test_what_is_not_said_is_the_services_own(void **state)
{
    (void)state;
    struct rules rules = read_rules("{ // which\n \"rules\": [{\"action\": \"error\"},"
                                    " {\"action\": \"row_error\", \"code\": \"OTSTimeout\"},"
                                    " {\"action\": \"error\", \"code\": \"Mine\", \"status\": 599},"
                                    " {\"action\": \"throttle\", \"write_rate\": 7},"
                                    " {\"action\": \"refuse_credentials\"},"
                                    " {\"action\": \"expire_token\", \"message\": \"old\"}]}");
    assert_int_equal(rules.count, 6);
    assert_string_equal(rules.list[0].refusal.code, "OTSServerBusy");
    assert_int_equal(rules.list[0].refusal.status, 503);
    assert_string_equal(rules.list[0].refusal.message, "Server is busy.");
    assert_string_equal(rules.list[1].refusal.message, "Operation timeout.");
    assert_int_equal(rules.list[2].refusal.status, 599);
    assert_string_equal(rules.list[3].refusal.code, "OTSNotEnoughCapacityUnit");
    assert_int_equal(rules.list[3].limits[THROTTLE_WRITE].burst, 7);
    assert_int_equal(rules.list[3].limits[THROTTLE_READ].rate, -1);
    assert_int_equal(rules.list[4].refusal.status, 403);
    assert_string_equal(rules.list[4].refusal.message, "The AccessKeyID is disabled.");
    assert_string_equal(rules.list[5].refusal.message, "old");
    rules_fini(&rules);
}

static void test_a_body_may_be_any_bytes(void **state)
{
    (void)state;
    struct rules rules = read_rules("{\"rules\":[{\"action\":\"error\",\"body_base64\":\"AP8K\"}]}");
    assert_int_equal(rules.list[0].body.len, 3);
    assert_memory_equal(rules.list[0].body.at, "\0\377\n", 3);
    rules_fini(&rules);
}

/* The example of each action is a rule, so its manual cannot name keys that are not there. */
static void test_the_manuals_examples_are_rules(void **state)
{
    char json[512];
    (void)state;
    for (int i = 1; i < RULE_ACTIONS; i++) {
        snprintf(json, sizeof(json), "{\"rules\":[{\"action\":\"%s\",%s}]}", rule_keys_actions[i].name,
                 rule_keys_actions[i].example);
        struct rules rules = read_rules(json);
        assert_int_equal(rules.list[0].action, i);
        rules_fini(&rules);
    }
}

static void read_file(const char *name, char *text, size_t room)
{
    char path[512];
    snprintf(path, sizeof(path), TESTS_DIR "/../%s", name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s", path);
    size_t len = fread(text, 1, room - 1, file);
    text[len] = 0;
    fclose(file);
}

static void test_the_samples_are_rules(void **state)
{
    static const struct {
        const char *file;
        size_t rules;
    } samples[] = {{"configs/faults/throttled.json", 1},
                   {"configs/faults/flaky.json", 6},
                   {"configs/faults/slow.json", 3},
                   {"configs/faults/expired-token.json", 1}};
    char text[8192];
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        read_file(samples[i].file, text, sizeof(text));
        struct rules rules = read_rules(text);
        assert_int_equal(rules.count, samples[i].rules);
        for (size_t k = 0; k < rules.count; k++)
            assert_string_not_equal(rules.list[k].name, "");
        rules_fini(&rules);
    }
}

static void test_the_page_in_docs_is_the_manual(void **state)
{
    static char page[65536];
    struct buffer manual;
    (void)state;
    buffer_init(&manual, sizeof(page));
    rules_print_reference(&manual);
    buffer_add(&manual, "", 1);
    read_file("docs/emulator-faults.md", page, sizeof(page));
    assert_string_equal(page, manual.at); /* otspipe emulator --faults-help >docs/emulator-faults.md */
    buffer_fini(&manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_mistake_of_the_text_has_its_place),
        cmocka_unit_test(test_each_mistake_of_a_rule_is_named_with_what_is_allowed),
        cmocka_unit_test(test_what_is_not_said_is_the_services_own),
        cmocka_unit_test(test_a_body_may_be_any_bytes),
        cmocka_unit_test(test_the_manuals_examples_are_rules),
        cmocka_unit_test(test_the_samples_are_rules),
        cmocka_unit_test(test_the_page_in_docs_is_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
