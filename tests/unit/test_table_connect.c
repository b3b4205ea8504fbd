/* table_connect: who says which instance and which keys, in what order; what is said when nobody answers. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/table_commands.h"
#include "cli/table_session.h"
#include "ots/look.h"

static const char *const variables[] = {"OTSPIPE_ENDPOINT", "OTSPIPE_INSTANCE", "OTSPIPE_ACCESS_KEY_ID",
                                        "OTSPIPE_ACCESS_KEY_SECRET", "OTSPIPE_STS_TOKEN"};

struct joining {
    struct table_words words;
    struct table_connection connection;
    struct error error;
    char texts[8][64]; /* of the words */
};

static int set_up(void **state)
{
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    *state = calloc(1, sizeof(struct joining));
    return 0;
}

static int tear_down(void **state)
{
    struct joining *joining = *state;
    table_words_fini(&joining->words);
    table_connect_fini(&joining->connection);
    free(joining);
    return 0;
}

static int read_words(struct joining *joining, const char *const *words)
{
    char *argv[9] = {NULL};
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        snprintf(joining->texts[argc], sizeof(joining->texts[argc]), "%s", words[argc]);
        argv[argc] = joining->texts[argc];
    }
    if (words_read(&table_ls_command, argc, argv, &joining->words, &joining->words.words, &joining->error) !=
        0)
        fail_msg("%s", joining->error.text);
    if (joining->words.access_key != NULL)
        assert_null(strstr(argv[2], "secret"));
    joining->words.endpoint = joining->words.endpoint == NULL ? NULL : "http://127.0.0.1:1";
    return table_connect_read(&joining->connection, &joining->words, &joining->error);
}

#define READ(joining, ...) read_words(joining, (const char *const[]){"ls", __VA_ARGS__, NULL})

static void assert_keys(const struct joining *joining, const char *instance, const char *id,
                        const char *secret, const char *token)
{
    const struct ots_client_options *options = &joining->connection.options;
    assert_string_equal(options->instance, instance);
    assert_string_equal(options->access_key_id, id);
    assert_string_equal(options->access_key_secret, secret);
    if (token == NULL)
        assert_null(options->sts_token);
    else
        assert_string_equal(options->sts_token, token);
}

static void test_where_nobody_says_anything_it_is_the_emulator(void **state)
{
    struct joining *joining = *state;
    assert_int_equal(read_words(joining, (const char *const[]){"ls", NULL}), 0);
    assert_true(joining->connection.assumed);
    assert_string_equal(joining->connection.options.endpoint, "http://127.0.0.1:8087");
    assert_keys(joining, "local", "testid", "testsecret", NULL);
}

static void test_the_environment_is_asked(void **state)
{
    struct joining *joining = *state;
    static const char *const values[] = {"https://inst.cn-hangzhou.ots.aliyuncs.com", "inst", "id", "secret",
                                         "token"};
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        setenv(variables[i], values[i], 1);
    assert_int_equal(read_words(joining, (const char *const[]){"ls", NULL}), 0);
    assert_false(joining->connection.assumed);
    assert_string_equal(joining->connection.options.endpoint, values[0]);
    assert_keys(joining, "inst", "id", "secret", "token");
}

static void test_the_command_line_goes_first(void **state)
{
    struct joining *joining = *state;
    setenv("OTSPIPE_INSTANCE", "other", 1);
    setenv("OTSPIPE_ACCESS_KEY_ID", "other", 1);
    setenv("OTSPIPE_ACCESS_KEY_SECRET", "other", 1);
    assert_int_equal(READ(joining, "--access-key", "id:secret", "--instance", "inst"), 0);
    assert_keys(joining, "inst", "id", "secret", NULL);
}

static void test_the_emulators_keys_leave_this_machine_never(void **state)
{
    struct joining *joining = *state;
    setenv("OTSPIPE_ENDPOINT", "http://127.0.0.1.example.com", 1);
    assert_int_equal(read_words(joining, (const char *const[]){"ls", NULL}), -1);
    assert_int_equal(joining->error.kind, ERROR_CONFIG);
    assert_non_null(strstr(joining->error.text, "which instance"));
    assert_null(joining->connection.options.access_key_secret);
}

static void test_half_a_key_pair_is_not_completed(void **state)
{
    struct joining *joining = *state;
    setenv("OTSPIPE_ACCESS_KEY_ID", "someone", 1);
    assert_int_equal(read_words(joining, (const char *const[]){"ls", NULL}), -1);
    assert_non_null(strstr(joining->error.text, "which key pair"));
}

static void write_file(char *name, const char *text)
{
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void test_a_file_has_the_keys_and_a_token(void **state)
{
    struct joining *joining = *state;
    char name[] = "/tmp/otspipe-key-XXXXXX";
    setenv("OTSPIPE_STS_TOKEN", "of other keys", 1);
    write_file(name, "id:secret\r\ntoken\n");
    assert_int_equal(READ(joining, "--access-key-file", name), 0);
    unlink(name);
    assert_keys(joining, "local", "id", "secret", "token");
}

static void test_a_file_that_holds_no_keys_is_not_shown(void **state)
{
    struct joining *joining = *state;
    char name[] = "/tmp/otspipe-key-XXXXXX";
    write_file(name, "onlythesecret");
    assert_int_equal(READ(joining, "--access-key-file", name), -1);
    unlink(name);
    assert_non_null(strstr(joining->error.text, "ID:SECRET was expected"));
    assert_null(strstr(joining->error.text, "onlythesecret"));
}

static void test_nobody_at_the_emulators_place_is_said_with_the_way_out(void **state)
{
    struct joining *joining = *state;
    struct table_session session;
    assert_int_equal(READ(joining, "--endpoint", "(a port that nobody has)"), 0);
    assert_int_equal(table_session_open(&session, &table_ls_command, &joining->words, &joining->error), 0);
    session.connection.assumed = true;
    ots_look_put_list(&session.body);
    assert_int_equal(table_session_ask(&session, "ListTable", true, &joining->error), -1);
    assert_int_equal(joining->error.kind, ERROR_FATAL);
    assert_non_null(
        strstr(joining->error.text, "nothing answers at http://127.0.0.1:1, where 'otspipe emulator'"));
    table_session_close(&session);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_where_nobody_says_anything_it_is_the_emulator),
        CASE(test_the_environment_is_asked),
        CASE(test_the_command_line_goes_first),
        CASE(test_the_emulators_keys_leave_this_machine_never),
        CASE(test_half_a_key_pair_is_not_completed),
        CASE(test_a_file_has_the_keys_and_a_token),
        CASE(test_a_file_that_holds_no_keys_is_not_shown),
        CASE(test_nobody_at_the_emulators_place_is_said_with_the_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
