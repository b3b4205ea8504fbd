/* ots/endpoint: what may be put into a URL and into headers, and what may not. */
#include "support/cmocka_all.h"

#include <string.h>

#include "base/error.h"
#include "ots/endpoint.h"

static void assert_reads(const char *text, const char *wanted)
{
    char base[OTS_ENDPOINT_MOST + 1];
    struct error err = {0};
    if (ots_endpoint_read(text, base, &err) != 0)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(base, wanted);
}

static void assert_refuses(const char *text, const char *words)
{
    char base[OTS_ENDPOINT_MOST + 1];
    struct error err = {0};
    assert_int_equal(ots_endpoint_read(text, base, &err), -1);
    assert_int_equal(err.kind, ERROR_CONFIG);
    if (strstr(err.text, words) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, words);
}

static void test_scheme_host_and_port_are_taken(void **state)
{
    (void)state;
    assert_reads("https://inst.cn-hangzhou.ots.aliyuncs.com", "https://inst.cn-hangzhou.ots.aliyuncs.com");
    assert_reads("https://inst.cn-hangzhou.ots.aliyuncs.com/", "https://inst.cn-hangzhou.ots.aliyuncs.com");
    assert_reads("http://127.0.0.1:8080/", "http://127.0.0.1:8080");
    assert_reads("http://[::1]:8080", "http://[::1]:8080");
    assert_string_equal(ots_endpoint_host("https://h:1"), "h:1");
}

static void test_everything_else_is_refused_by_name(void **state)
{
    (void)state;
    assert_refuses("", "neither https");
    assert_refuses("inst.cn-hangzhou.ots.aliyuncs.com", "neither https");
    assert_refuses("ftp://host", "neither https");
    assert_refuses("https://", "no host");
    assert_refuses("https:///x", "no host");
    assert_refuses("https://a b", "no host");
    assert_refuses("https://host\r\nx-ots-date: 1", "no host");
    assert_refuses("https://[::1", "no host");
    assert_refuses("https://host/table", "nothing may follow");
    assert_refuses("https://host?x", "nothing may follow");
    assert_refuses("https://host:", "port");
    assert_refuses("https://host:0", "port");
    assert_refuses("https://host:65536", "port");
    assert_refuses("https://host:-1", "port");
    assert_refuses("https://host:80x", "port");
}

static void test_a_password_in_it_is_refused_and_not_repeated(void **state)
{
    (void)state;
    char base[OTS_ENDPOINT_MOST + 1];
    struct error err = {0};
    assert_int_equal(ots_endpoint_read("https://user:hunter2@host", base, &err), -1);
    assert_null(strstr(err.text, "hunter2"));
}

static void test_too_long_is_refused(void **state)
{
    (void)state;
    char text[400] = "https://";
    memset(text + 8, 'a', 390);
    text[398] = 0;
    assert_refuses(text, "longer than 300");
}

static void test_names_keep_to_their_characters(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(ots_endpoint_check_name("instance", "my-inst_1", "-_", &err), 0);
    assert_int_equal(ots_endpoint_check_name("instance", "a\r\nb", "-_", &err), -1);
    assert_int_equal(ots_endpoint_check_name("instance", "", "-_", &err), -1);
    assert_string_equal(err.text, "instance is missing");
    assert_int_equal(ots_endpoint_check_name("instance", NULL, "-_", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scheme_host_and_port_are_taken),
        cmocka_unit_test(test_everything_else_is_refused_by_name),
        cmocka_unit_test(test_a_password_in_it_is_refused_and_not_repeated),
        cmocka_unit_test(test_too_long_is_refused),
        cmocka_unit_test(test_names_keep_to_their_characters),
    };
    return cmocka_run_group_tests_name("ots_endpoint", tests, NULL, NULL);
}
