/* trouble: a line at the beginning, a line at the end, and not many between. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "channel/trouble.h"

struct heard {
    unsigned lines;
    char last[1024];
};

static void hear(void *arg, enum log_level level, struct slice line)
{
    struct heard *heard = arg;
    (void)level;
    heard->lines++;
    snprintf(heard->last, sizeof(heard->last), "%.*s", SLICE_ARG(line));
}

static void go_wrong(struct troubles *troubles, const char *what, const char *words)
{
    struct error err;
    error_set(&err, ERROR_RETRY, "%s", words);
    trouble_list_begin(troubles, what, troubles->clock->now_ms, &err);
}

static void test_it_is_said_when_it_begins_and_when_it_is_over(void **state)
{
    (void)state;
    struct clock clock = {.now_ms = 1000};
    struct heard heard = {0};
    struct troubles troubles;
    log_set_output(hear, &heard);
    trouble_list_init(&troubles, &clock, "job");
    go_wrong(&troubles, "broker a:1", "refused");
    assert_string_equal(heard.last, "channel job: broker a:1: refused");
    for (int i = 0; i < 1000; i++) {
        clock.now_ms += 100;
        go_wrong(&troubles, "broker a:1", "refused");
    }
    assert_int_equal(heard.lines, 1);
    assert_int_equal(trouble_list_oldest(&troubles)->failures, 1001);
    trouble_list_end(&troubles, "broker a:1");
    assert_string_equal(heard.last, "channel job: broker a:1: over after 100 s; failures=1001");
    assert_null(trouble_list_oldest(&troubles));
    trouble_list_end(&troubles, "broker a:1");
    assert_int_equal(heard.lines, 2);
    trouble_list_fini(&troubles);
    log_set_output(NULL, NULL);
}

static void test_other_words_are_said_every_half_minute_at_most(void **state)
{
    (void)state;
    struct clock clock = {.now_ms = 1000};
    struct heard heard = {0};
    struct troubles troubles;
    log_set_output(hear, &heard);
    trouble_list_init(&troubles, &clock, "job");
    for (int i = 0; i < 601; i++) { /* a minute of two words in turn */
        go_wrong(&troubles, "table t", i % 2 == 0 ? "busy" : "cut");
        clock.now_ms += 100;
    }
    assert_in_range(heard.lines, 2, 3);
    assert_non_null(strstr(heard.last, "table t: still, after "));
    trouble_list_fini(&troubles);
    log_set_output(NULL, NULL);
}

static void test_the_oldest_of_several_is_the_one_that_is_waited_for(void **state)
{
    (void)state;
    struct clock clock = {.now_ms = 1000};
    struct heard heard = {0};
    struct troubles troubles;
    log_set_output(hear, &heard);
    trouble_list_init(&troubles, &clock, "job");
    go_wrong(&troubles, "table a", "busy");
    clock.now_ms = 2000;
    go_wrong(&troubles, "table b", "busy");
    clock.now_ms = 3000;
    go_wrong(&troubles, "table c", "busy");
    assert_string_equal(trouble_list_oldest(&troubles)->what, "table a");
    trouble_list_end(&troubles, "table a");
    assert_string_equal(trouble_list_oldest(&troubles)->what, "table b");
    assert_int_equal(troubles.count, 2);
    trouble_list_fini(&troubles);
    log_set_output(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_said_when_it_begins_and_when_it_is_over),
        cmocka_unit_test(test_other_words_are_said_every_half_minute_at_most),
        cmocka_unit_test(test_the_oldest_of_several_is_the_one_that_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
