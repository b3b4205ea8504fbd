/* explain: the command itself, standard streams and all: the manual's files give the rows in its picture. */
#include "support/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"

#define QUICKSTART TESTS_DIR "/manual/quickstart/"

struct streams {
    int code;
    char out[20000];
    char err[20000];
};

/* Lends `fd` another file; answers what it was. */
static int stream_lend(int fd, int other)
{
    int before = dup(fd);
    assert_true(before >= 0);
    assert_int_equal(dup2(other, fd), fd);
    close(other);
    return before;
}

static int stream_temporary(void)
{
    char name[] = "/tmp/otspipe-explain-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    return fd;
}

static void stream_take(int fd, int before, char text[20000])
{
    ssize_t len = pread(fd, text, 19999, 0);
    assert_true(len >= 0);
    text[len] = 0;
    dup2(before, fd);
    close(before);
}

static int stream_input(const char *text)
{
    int fd = stream_temporary();
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void run(struct streams *streams, const struct command *command, char **argv, int input)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    fflush(stdout);
    fflush(stderr);
    int in = stream_lend(STDIN_FILENO, input);
    int out = stream_lend(STDOUT_FILENO, stream_temporary());
    int err = stream_lend(STDERR_FILENO, stream_temporary());
    __fpurge(stdin); /* the rest of the run before */
    clearerr(stdin);
    streams->code = command->run(command, argc, argv);
    fflush(stdout);
    stream_take(STDOUT_FILENO, out, streams->out);
    stream_take(STDERR_FILENO, err, streams->err);
    dup2(in, STDIN_FILENO);
    close(in);
}

static void explain(struct streams *streams, const char *text)
{
    char *argv[] = {(char[]){"explain"}, (char[]){QUICKSTART "connect-standalone.properties"},
                    (char[]){QUICKSTART "connect-tablestore-sink-quickstart.properties"}, NULL};
    run(streams, &explain_command, argv, stream_input(text));
}

static void read_text(const char *name, char text[20000])
{
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, 19999, file);
    text[len] = 0;
    fclose(file);
}

static void test_the_manuals_messages_become_the_rows_of_its_picture(void **state)
{
    (void)state;
    static char messages[20000], rows[20000];
    struct streams streams;
    read_text(QUICKSTART "messages.jsonl", messages);
    read_text(QUICKSTART "rows.jsonl", rows);
    explain(&streams, messages);
    assert_string_equal(streams.err, "");
    assert_string_equal(streams.out, rows);
    assert_int_equal(streams.code, CLI_DONE);
    char *json[] = {(char[]){"explain"}, (char[]){QUICKSTART "connect-distributed.properties"},
                    (char[]){QUICKSTART "connect-tablestore-sink-quickstart.json"}, NULL};
    run(&streams, &explain_command, json, stream_input(messages));
    assert_string_equal(streams.out, rows);
}

static void test_what_is_left_out_has_a_preset(void **state)
{
    (void)state;
    struct streams streams;
    explain(
        &streams,
        "\n{}\n "
        "\n{\"value\":null,\"key_base64\":\"\",\"timestamp\":5,\"headers\":[[\"a\",null],[\"b\",\"c\"]]}");
    assert_string_equal(streams.err, "");
    assert_int_equal(streams.code, CLI_DONE);
    assert_non_null(strstr(streams.out, "{\"topic\":\"test\",\"partition\":0,\"offset\":1,"));
    assert_non_null(strstr(streams.out, "{\"topic\":\"test\",\"partition\":0,\"offset\":3,"));
}

static void test_an_error_of_a_record_is_a_result(void **state)
{
    (void)state;
    struct streams streams;
    explain(&streams, "{\"partition\":2,\"offset\":7,\"value\":\"{nope\"}\n");
    assert_int_equal(streams.code, CLI_DONE);
    assert_int_equal(strncmp(streams.out,
                             "{\"topic\":\"test\",\"partition\":2,\"offset\":7,\"op\":\"error\",\"stage\":"
                             "\"convert\",\"error\":\"",
                             80),
                     0);
    assert_string_equal(streams.out + strlen(streams.out) - 3, "\"}\n");
}

static void test_a_line_that_is_no_record_ends_it(void **state)
{
    (void)state;
    static const char *const lines[][2] = {
        {"{\"value\":1}", "line 2: value: a text was expected"},
        {"nope", "line 2: column 1: not a record in JSON"},
        {"{\"topic\":\"other\"}", "line 2: topic: \"other\" is no topic of the configuration"},
        {"{\"partition\":-1}", "line 2: partition: a whole number from 0 up was expected"},
        {"{\"partition\":2147483648}", "line 2: partition: "},
        {"{\"key\":\"a\",\"key_base64\":\"YQ==\"}", "line 2: key_base64: the bytes are given twice"},
        {"{\"value_base64\":\"*\"}", "line 2: value_base64: base64 was expected"},
        {"{\"headers\":[[\"a\"]]}", "line 2: headers: a list of [name, text] was expected"},
        {"{\"headers\":{}}", "line 2: headers: a list of [name, text] was expected"},
        {"{\"valeu\":\"x\"}", "line 2: valeu: unknown"},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct streams streams;
        char text[300];
        snprintf(text, sizeof(text), "{}\n%s\n{}\n", lines[i][0]);
        explain(&streams, text);
        assert_int_equal(streams.code, CLI_USAGE);
        if (strstr(streams.err, lines[i][1]) == NULL)
            fail_msg("\"%s\" was not said, but: %s", lines[i][1], streams.err);
        assert_ptr_equal(strchr(streams.out, '\n') + 1,
                         streams.out + strlen(streams.out)); /* the first line only */
    }
}

static void test_check_says_what_is_wrong_and_prints_what_counts(void **state)
{
    (void)state;
    struct streams streams;
    char *good[] = {(char[]){"check"}, (char[]){QUICKSTART "connect-standalone.properties"},
                    (char[]){QUICKSTART "connect-tablestore-sink-quickstart.properties"}, NULL};
    run(&streams, &check_command, good, stream_input(""));
    assert_int_equal(streams.code, CLI_DONE);
    assert_memory_equal(streams.err, "note: compat: table test: values of a Map", 41);
    assert_null(strstr(streams.err, "warning"));
    assert_non_null(strstr(streams.out, "access_key_secret: \"********\"\n"));
    char *bad[] = {(char[]){"check"}, (char[]){TESTS_DIR "/golden/check/many_at_once.yaml"}, NULL};
    run(&streams, &check_command, bad, stream_input(""));
    assert_int_equal(streams.code, CLI_USAGE);
    assert_string_equal(streams.out, "");
    assert_non_null(strstr(streams.err, "many_at_once.yaml:12:9: memory: "));
}

static void test_check_asks_the_kafka_client_about_every_property(void **state)
{
    (void)state;
    struct streams streams;
    char *bad[] = {(char[]){"check"}, (char[]){TESTS_DIR "/unit/data/kafka_properties.yaml"}, NULL};
    run(&streams, &check_command, bad, stream_input(""));
    assert_int_equal(streams.code, CLI_USAGE);
    assert_non_null(strstr(streams.err, "kafka_properties.yaml:6:24: sesion.timeout.ms: "));
    assert_non_null(strstr(streams.err, "session.timeout.ms?"));
    assert_non_null(strstr(streams.err, "kafka_properties.yaml:7:25: enable.auto.commit: "));
}

static void test_commands_without_files_say_how(void **state)
{
    (void)state;
    struct streams streams;
    const struct command *const commands[] = {&check_command, &explain_command};
    for (size_t i = 0; i < 2; i++) {
        char *none[] = {(char[]){"command"}, NULL};
        char *help[] = {(char[]){"command"}, (char[]){"--help"}, NULL};
        char *wrong[] = {(char[]){"command"}, (char[]){"--nope"}, NULL};
        run(&streams, commands[i], none, stream_input(""));
        assert_int_equal(streams.code, CLI_USAGE);
        run(&streams, commands[i], wrong, stream_input(""));
        assert_int_equal(streams.code, CLI_USAGE);
        run(&streams, commands[i], help, stream_input(""));
        assert_int_equal(streams.code, CLI_DONE);
        assert_int_equal(strncmp(streams.out, "usage: otspipe ", 15), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_manuals_messages_become_the_rows_of_its_picture),
        cmocka_unit_test(test_what_is_left_out_has_a_preset),
        cmocka_unit_test(test_an_error_of_a_record_is_a_result),
        cmocka_unit_test(test_a_line_that_is_no_record_ends_it),
        cmocka_unit_test(test_check_says_what_is_wrong_and_prints_what_counts),
        cmocka_unit_test(test_check_asks_the_kafka_client_about_every_property),
        cmocka_unit_test(test_commands_without_files_say_how),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
