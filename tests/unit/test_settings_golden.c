/* settings: every way to get a configuration wrong, and what is said about it: tests/golden/check/NAME.yaml
 * (or .properties, .json, behind worker.properties unless NAME ends in _alone) gives NAME.txt.
 * "test_settings_golden --update" writes the .txt files anew: read the difference before you commit it. */
#include "support/cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "channel/settings.h"

static bool update;

static void on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    static const char *const words[] = {"", "warning: ", "note: "};
    buffer_print(arg, "%s%s\n", words[severity], line);
}

static void read_case(const char *name, struct buffer *said)
{
    const char *files[2] = {"worker.properties", name};
    bool alone = strstr(name, ".yaml") != NULL || strstr(name, "_alone.") != NULL;
    struct settings *settings =
        settings_read(files + alone, alone ? 1 : 2, SETTINGS_COMPAT_OF_FILE, on_mistake, said);
    buffer_print(said, settings == NULL ? "exit 2\n" : "exit 0\n");
    settings_destroy(settings);
}

static void golden_name(const char *name, char text[300])
{
    snprintf(text, 300, "%.*s.txt", (int)(strrchr(name, '.') - name), name);
}

static void write_golden(const char *name, const struct buffer *said)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(said->at, 1, said->len, file), said->len);
    assert_int_equal(fclose(file), 0);
}

static void check_golden(const char *name, const struct buffer *said)
{
    char wanted[20000];
    FILE *file = fopen(name, "r");
    if (file == NULL)
        fail_msg("%s is missing", name);
    size_t len = fread(wanted, 1, sizeof(wanted), file);
    fclose(file);
    if (len != said->len || memcmp(wanted, said->at, len) != 0)
        fail_msg("%s differs; said was:\n%.*s", name, (int)said->len, said->at);
}

static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && entry->d_name[0] != '.' && strcmp(dot, ".txt") != 0 &&
           strcmp(entry->d_name, "worker.properties") != 0;
}

static void test_every_mistake_is_said_as_it_was(void **state)
{
    (void)state;
    struct dirent **cases = NULL;
    assert_int_equal(chdir(TESTS_DIR "/golden/check"), 0);
    int count = scandir(".", &cases, is_case, alphasort);
    assert_true(count >= 110);
    for (int i = 0; i < count; i++) {
        struct buffer said;
        char golden[300];
        buffer_init(&said, 1 << 20);
        read_case(cases[i]->d_name, &said);
        golden_name(cases[i]->d_name, golden);
        if (update)
            write_golden(golden, &said);
        else
            check_golden(golden, &said);
        buffer_fini(&said);
        free(cases[i]);
    }
    free(cases);
}

static void test_files_that_do_not_go_together(void **state)
{
    (void)state;
    const char *missing[] = {"nowhere.yaml"};
    const char *folder[] = {"."};
    const char *mixed[] = {"good.yaml", "good_connect.properties"};
    const char *twice[] = {"worker.properties", "good_connect.properties", "good_json.json"};
    const char *worker[] = {"worker.properties"};
    struct buffer said;
    buffer_init(&said, 1 << 20);
    assert_null(settings_read(missing, 1, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    assert_null(settings_read(folder, 1, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    assert_null(settings_read(mixed, 2, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    assert_null(settings_read(twice, 3, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    assert_null(settings_read(worker, 1, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    assert_null(settings_read(worker, 0, SETTINGS_COMPAT_OF_FILE, on_mistake, &said));
    buffer_add(&said, "", 1);
    assert_string_equal(
        said.at,
        "nowhere.yaml: cannot be read: No such file or directory\n"
        ".: cannot be read: Is a directory\n"
        "good.yaml: a YAML file stands alone; give either one YAML file, or a worker's and a connector's "
        "file\n"
        "good_json.json: a second connector; one process runs one connector: start one otspipe for each\n"
        "worker.properties: only worker settings; give the connector's file behind the worker's\n"
        "otspipe: 0 configuration files; 1 to 16 were expected\n");
    buffer_fini(&said);
}

int main(int argc, char **argv)
{
    update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mistake_is_said_as_it_was),
        cmocka_unit_test(test_files_that_do_not_go_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
