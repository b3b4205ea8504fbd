/* settings_convert: what is made of Connect files, to the letter: tests/golden/convert/NAME.worker and
 * NAME.properties give NAME.yaml; and what becomes of references and secrets.
 * "test_settings_convert --update" writes the .yaml files anew: read the difference before you commit it. */
#include "support/cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "channel/settings_convert.h"

#define WORKER                                                                                               \
    "bootstrap.servers=b:1\nkey.converter=StringConverter\nvalue.converter=JsonConverter\n"                  \
    "value.converter.schemas.enable=false\noffset.flush.interval.ms=5000\n"
#define CONNECTOR                                                                                            \
    "topics=t\ntablestore.endpoint=https://i.cn.ots.aliyuncs.com\ntablestore.instance.name=i\n"              \
    "tablestore.access.key.id=id\nmap.values=typed\nnested=text\n"

static bool update;

static void on_mistake(void *arg, enum settings_severity severity, const char *line)
{
    (void)arg;
    if (severity == SETTINGS_ERROR)
        fail_msg("%s", line);
}

static void put_variable(void *arg, const char *name, const char *value)
{
    buffer_print(arg, "%s=%s\n", name, value);
}

/* Ends in a 0 byte. */
static void convert(const struct settings *settings, bool with_secrets, struct buffer *yaml,
                    struct buffer *variables)
{
    struct settings_conversion how = {with_secrets, put_variable, variables};
    struct error err = {0};
    buffer_init(yaml, 1 << 20);
    buffer_init(variables, 1 << 20);
    if (settings_convert(settings, &how, yaml, &err) != 0)
        fail_msg("%s", err.text);
    buffer_add(yaml, "", 1);
    buffer_add(variables, "", 1);
}

static struct settings *read_text(const char *connector)
{
    char text[4000];
    snprintf(text, sizeof(text), "%s%s", CONNECTOR, connector);
    struct settings_source sources[] = {{"w.properties", SLICE(WORKER)}, {"c.properties", slice_text(text)}};
    return settings_read_sources(sources, 2, SETTINGS_COMPAT_OF_FILE, on_mistake, NULL);
}

/* The connector's text gives a file with that line, and these variables. */
static void expect(const char *connector, bool with_secrets, const char *line, const char *wanted_variables)
{
    struct settings *settings = read_text(connector);
    struct buffer yaml;
    struct buffer variables;
    convert(settings, with_secrets, &yaml, &variables);
    if (strstr(yaml.at, line) == NULL)
        fail_msg("%s is not in\n%s", line, yaml.at);
    assert_string_equal(variables.at, wanted_variables);
    buffer_fini(&yaml);
    buffer_fini(&variables);
    settings_destroy(settings);
}

static void write_golden(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void check_golden(const char *name, const char *text)
{
    char wanted[20000] = "";
    FILE *file = fopen(name, "r");
    if (file == NULL)
        fail_msg("%s is missing", name);
    wanted[fread(wanted, 1, sizeof(wanted) - 1, file)] = 0;
    fclose(file);
    if (strcmp(wanted, text) != 0)
        fail_msg("%s differs; now it is\n%s", name, text);
}

static int is_worker(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".worker") == 0;
}

static void test_every_file_is_converted_as_it_was(void **state)
{
    (void)state;
    struct dirent **cases = NULL;
    setenv("TABLESTORE_ACCESS_KEY_ID", "a", 1);
    setenv("TABLESTORE_ACCESS_KEY_SECRET", "s3cret", 1);
    assert_int_equal(chdir(TESTS_DIR "/golden/convert"), 0);
    int count = scandir(".", &cases, is_worker, alphasort);
    assert_true(count >= 3);
    for (int i = 0; i < count; i++) {
        char connector[300], golden[300];
        int len = (int)strlen(cases[i]->d_name) - 7;
        snprintf(connector, sizeof(connector), "%.*s.properties", len, cases[i]->d_name);
        snprintf(golden, sizeof(golden), "%.*s.yaml", len, cases[i]->d_name);
        const char *files[2] = {cases[i]->d_name, connector};
        struct settings *settings =
            settings_read_to_convert(files, 2, SETTINGS_COMPAT_OF_FILE, on_mistake, NULL);
        struct buffer yaml;
        struct buffer variables;
        convert(settings, false, &yaml, &variables);
        if (update)
            write_golden(golden, yaml.at);
        else
            check_golden(golden, yaml.at);
        buffer_fini(&yaml);
        buffer_fini(&variables);
        settings_destroy(settings);
        free(cases[i]);
    }
    free(cases);
}

#define SECRET "name=n\ntablestore.access.key.secret=s3cret\n"

static void test_a_secret_is_written_only_when_asked_for(void **state)
{
    (void)state;
    expect(SECRET, false, "  access_key_secret: ${TABLESTORE_ACCESS_KEY_SECRET} ",
           "TABLESTORE_ACCESS_KEY_SECRET=s3cret\n");
    expect(SECRET, true, "  access_key_secret: s3cret ", "");
}

static void test_secrets_with_one_name_get_two_variables(void **state)
{
    (void)state;
    expect(SECRET "consumer.override.sasl.password=a\nconsumer.override.sasl_password=b\n"
                  "consumer.override.sasl-password=a\n",
           false,
           "    sasl.password: ${KAFKA_SASL_PASSWORD}       # c.properties:9 "
           "consumer.override.sasl.password; the value is not copied\n"
           "    sasl_password: ${KAFKA_SASL_PASSWORD_2}     # c.properties:10 "
           "consumer.override.sasl_password; the value is not copied\n"
           "    sasl-password: ${KAFKA_SASL_PASSWORD} ",
           "KAFKA_SASL_PASSWORD=a\nKAFKA_SASL_PASSWORD_2=b\nTABLESTORE_ACCESS_KEY_SECRET=s3cret\n");
}

static void test_a_secret_does_not_take_a_name_that_the_files_use(void **state)
{
    (void)state;
    setenv("TABLESTORE_ACCESS_KEY_SECRET", "other", 1);
    expect("name=${env:TABLESTORE_ACCESS_KEY_SECRET}\ntablestore.access.key.secret=s3cret\n", false,
           "${TABLESTORE_ACCESS_KEY_SECRET_2}",
           "TABLESTORE_ACCESS_KEY_SECRET=other\nTABLESTORE_ACCESS_KEY_SECRET_2=s3cret\n");
}

static void test_a_reference_stays_one(void **state)
{
    (void)state;
    unsetenv("NOT_SET");
    setenv("SET", "set", 1);
    expect("name=a-${env:SET}-${env:NOT_SET}-${odd}\ntablestore.access.key.secret=${env:SET}\n", false,
           "name: \"a-${SET}-${NOT_SET}-$${odd}\" ", "SET=set\nNOT_SET=${env:NOT_SET}\n");
    expect("name=n\ntablestore.access.key.secret= ${env:SET} \n", false, "access_key_secret: ${SET} ",
           "SET=set\n");
}

static void test_a_reference_to_a_named_provider_is_one_of_its_kind(void **state)
{
    (void)state;
    setenv("SET", "set", 1);
    expect("name=n-${e:SET}\nconfig.providers=e\nconfig.providers.e.class="
           "org.apache.kafka.common.config.provider.EnvVarConfigProvider\ntablestore.access.key.secret=${e:"
           "SET}\n",
           false, "name: \"n-${SET}\" ", "SET=set\n");
}

static void test_a_file_of_a_folder_stays_a_file(void **state)
{
    (void)state;
    expect(
        "name=n-${directory:/no/such:folder}-${directory:x}\ntablestore.access.key.secret=${directory:/run:"
        "key}\n",
        false, "name: \"n-${file:/no/such/folder}-$${directory:x}\" ", "");
    expect("name=n\ntablestore.access.key.secret=${directory:/run:key}\n", false,
           "access_key_secret: \"${file:/run/key}\" ", "");
    expect("name=$${directory:/no/such:folder}\ntablestore.access.key.secret=s\n", true,
           "name: \"$$${directory:/no/such:folder}\" ", "");
}

static void test_a_reference_that_yaml_cannot_say_is_its_value(void **state)
{
    (void)state;
    setenv("SET", "set", 1);
    setenv("MS", "7000", 1);
    expect("name=$${env:SET}\ntablestore.access.key.secret=s\n", true,
           "name: \"$set\"                                    # c.properties:7 name; was $${env:SET}\n", "");
    expect("name=${env:S T}\ntablestore.access.key.secret=s\n", true, "name: \"$${env:S T}\" ", "");
    expect("name=n\noffset.flush.interval.ms=${env:MS}\ntablestore.access.key.secret=s\n", true,
           "commit_interval: 7s                             # c.properties:8 offset.flush.interval.ms; was "
           "${env:MS}\n",
           "");
}

/* What surrounds a reference may be part of the secret. */
static void test_a_secret_with_a_reference_inside_is_hidden_whole(void **state)
{
    (void)state;
    setenv("SET", "set", 1);
    expect("name=n\ntablestore.access.key.secret=part${env:SET}\n", false,
           "access_key_secret: ${TABLESTORE_ACCESS_KEY_SECRET} ", "TABLESTORE_ACCESS_KEY_SECRET=partset\n");
    expect("name=n\ntablestore.access.key.secret=part${env:SET}\n", true,
           "access_key_secret: \"part${SET}\" ", "SET=set\n");
}

static void test_what_comes_from_yaml_is_not_converted(void **state)
{
    (void)state;
    struct settings_source source = {
        "f.yaml", SLICE("name: n\nkafka: {brokers: b:1, topics: t}\n"
                        "tablestore: {endpoint: 'https://i.cn.ots.aliyuncs.com', instance: i, "
                        "access_key_id: a, access_key_secret: s}\n")};
    struct settings_conversion how = {false, NULL, NULL};
    struct error err = {0};
    struct buffer yaml;
    struct settings *settings = settings_read_sources(&source, 1, SETTINGS_COMPAT_OF_FILE, on_mistake, NULL);
    buffer_init(&yaml, 1 << 20);
    assert_int_equal(settings_convert(settings, &how, &yaml, &err), -1);
    assert_string_equal(err.text, "it is YAML already");
    buffer_fini(&yaml);
    settings_destroy(settings);
}

/* 100 tables with 101 columns each are more settings than a YAML file may have. */
static void test_what_would_not_be_read_back_is_an_error(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, 4 << 20);
    buffer_print(&text, "%sname=n\ntablestore.access.key.secret=s\n", CONNECTOR);
    buffer_print(&text, "topics=");
    for (int table = 0; table < 100; table++)
        buffer_print(&text, "%st%d", table == 0 ? "" : ",", table);
    for (int table = 0; table < 100; table++) {
        buffer_print(&text, "\ntablestore.t%d.columns.whitelist.name=only_%d", table, table);
        for (int i = 0; i < 100; i++)
            buffer_print(&text, ",c%d", i);
        buffer_print(&text, "\ntablestore.t%d.columns.whitelist.type=string", table);
        for (int i = 0; i < 100; i++)
            buffer_print(&text, ",string");
    }
    struct settings_source sources[] = {{"w.properties", SLICE(WORKER)},
                                        {"c.properties", buffer_slice(&text)}};
    struct settings *settings = settings_read_sources(sources, 2, SETTINGS_COMPAT_OF_FILE, on_mistake, NULL);
    struct settings_conversion how = {false, NULL, NULL};
    struct error err = {0};
    struct buffer yaml;
    buffer_init(&yaml, 16 << 20);
    assert_int_equal(settings_convert(settings, &how, &yaml, &err), -1);
    assert_non_null(strstr(err.text, "more than 20000 settings in one file"));
    assert_int_equal(yaml.len, 0);
    buffer_fini(&yaml);
    buffer_fini(&text);
    settings_destroy(settings);
}

int main(int argc, char **argv)
{
    update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_is_converted_as_it_was),
        cmocka_unit_test(test_a_secret_is_written_only_when_asked_for),
        cmocka_unit_test(test_secrets_with_one_name_get_two_variables),
        cmocka_unit_test(test_a_secret_does_not_take_a_name_that_the_files_use),
        cmocka_unit_test(test_a_reference_stays_one),
        cmocka_unit_test(test_a_reference_to_a_named_provider_is_one_of_its_kind),
        cmocka_unit_test(test_a_file_of_a_folder_stays_a_file),
        cmocka_unit_test(test_a_reference_that_yaml_cannot_say_is_its_value),
        cmocka_unit_test(test_a_secret_with_a_reference_inside_is_hidden_whole),
        cmocka_unit_test(test_what_comes_from_yaml_is_not_converted),
        cmocka_unit_test(test_what_would_not_be_read_back_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
