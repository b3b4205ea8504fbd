/* config: the three readers: what they take, where they say it stands, what they refuse. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/document.h"
#include "config/nearest.h"
#include "config/provider.h"
#include "config/reference.h"

struct fixture {
    struct arena arena;
    struct config_document document;
    struct config_mistakes mistakes;
    int result;
    char said[4000];
};

static void on_mistake(void *arg, const struct config_mistake *mistake)
{
    struct fixture *fixture = arg;
    size_t len = strlen(fixture->said);
    snprintf(fixture->said + len, sizeof(fixture->said) - len, "%s\n", mistake->text);
}

typedef int read_fn(struct config_document *document, struct slice text, struct config_mistakes *mistakes);

static int read_properties(struct config_document *document, struct slice text,
                           struct config_mistakes *mistakes)
{
    return config_properties_read(document, text, CONFIG_LATIN1, mistakes);
}

static void begin(struct fixture *fixture, read_fn *read, struct slice text)
{
    memset(fixture, 0, sizeof(*fixture));
    arena_init(&fixture->arena, 4096);
    config_mistakes_init(&fixture->mistakes);
    config_document_init(&fixture->document, "f", 0, &fixture->arena);
    fixture->result = read(&fixture->document, text, &fixture->mistakes);
}

static void end(struct fixture *fixture)
{
    config_document_fini(&fixture->document);
    config_mistakes_fini(&fixture->mistakes);
    arena_fini(&fixture->arena);
}

static const char *text_of(const struct fixture *fixture, const char *path)
{
    const struct config_entry *entry = config_document_find(&fixture->document, path);
    if (entry == NULL)
        fail_msg("%s is not in the document", path);
    return entry->text;
}

static void expect_place(const struct fixture *fixture, const char *path, unsigned line, unsigned column)
{
    const struct config_entry *entry = config_document_find(&fixture->document, path);
    assert_non_null(entry);
    if (entry->value.line != line || entry->value.column != column)
        fail_msg("%s stands at %u:%u, not %u:%u", path, entry->value.line, entry->value.column, line, column);
}

static void expect_refused(read_fn *read, struct slice text, const char *words)
{
    struct fixture fixture;
    begin(&fixture, read, text);
    config_mistakes_tell(&fixture.mistakes, on_mistake, &fixture);
    assert_int_equal(fixture.result, -1);
    if (strstr(fixture.said, words) == NULL)
        fail_msg("\"%s\" was not said, but: %s", words, fixture.said);
    end(&fixture);
}

struct one {
    const char *text;
    const char *key;
    const char *value;
};

/* The rules of java.util.Properties, as they were seen in Java 17 (facts: kafka-connect.md 2.2). */
static void test_properties_are_read_as_java_reads_them(void **state)
{
    (void)state;
    static const struct one ones[] = {
        {"k=v", "k", "v"},
        {"k = v", "k", "v"},
        {"k:v", "k", "v"},
        {"k v", "k", "v"},
        {"k\tv", "k", "v"},
        {"k\fv", "k", "v"},
        {"  k=v", "k", "v"},
        {"k==x", "k", "=x"},
        {"k := y", "k", "= y"},
        {"k", "k", ""},
        {"k=", "k", ""},
        {"k=a#b!c", "k", "a#b!c"},
        {"k=v  ", "k", "v  "},
        {"k=  v", "k", "v"},
        {"k=\\ v", "k", " v"},
        {"k\\ 7=v", "k 7", "v"},
        {"k\\=8=v", "k=8", "v"},
        {"k\\:8=v", "k:8", "v"},
        {"\\#k=v", "#k", "v"},
        {"k=\\t\\n\\r\\f\\\\", "k", "\t\n\r\f\\"},
        {"k=\\q\\\"", "k", "q\""},
        {"k=caf\\u00e9", "k", "caf\xc3\xa9"},
        {"k=\\u20AC", "k", "\xe2\x82\xac"},
        {"k=\\ud83d\\ude00", "k", "\xf0\x9f\x98\x80"},
        {"k=\\ud83d", "k", "\xef\xbf\xbd"},
        {"k=caf\xe9", "k", "caf\xc3\xa9"},
        {"k=caf\xc3\xa9", "k", "caf\xc3\x83\xc2\xa9"},
        {"k=a\\\n   b", "k", "ab"},
        {"k=a\\\r\n   b", "k", "ab"},
        {"k=a\\\r   b", "k", "ab"},
        {"k=a\\\n#b", "k", "a#b"},
        {"k=a\\\\\nx=y", "k", "a\\"},
        {"k=a\\", "k", "a"},
        {"k=a\\\n\nx=y", "k", "a"},
        {"k\\\n  = v", "k", "v"},
        {"k = \\\n  v", "k", "v"},
        {"k=1\nk=2", "k", "2"},
        {"k=${env:X}", "k", "${env:X}"},
        {"#c\n! d\n\n \t\nk=v", "k", "v"},
        {"#c\\\nk=v", "k", "v"},
        {"a=b\rk=v", "k", "v"},
        {"tablestore.access.key.id =xxx", "tablestore.access.key.id", "xxx"},
        {"\xef\xbb\xbfk=v", "k", "v"},
    };
    for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) {
        struct fixture fixture;
        begin(&fixture, read_properties, slice_text(ones[i].text));
        assert_int_equal(fixture.result, 0);
        if (strcmp(text_of(&fixture, ones[i].key), ones[i].value) != 0)
            fail_msg("%s: \"%s\" was read", ones[i].text, text_of(&fixture, ones[i].key));
        end(&fixture);
    }
}

static void test_properties_know_where_values_stand(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, read_properties, SLICE("# c\r\na = 1\r\nb=\\\n  2\nc=3\n"));
    expect_place(&fixture, "a", 2, 5);
    expect_place(&fixture, "b", 4, 3);
    expect_place(&fixture, "c", 5, 3);
    end(&fixture);
    expect_refused(read_properties, SLICE("a=1\nb=\\u12"), "f:2:5: malformed \\u escape");
    expect_refused(read_properties, SLICE("a=1\0"), "a 0 byte");
}

static void test_yaml_scalars_stay_text_and_have_places(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, config_yaml_read,
          SLICE("# c\na: 010\nb:\n  c.d: yes\n  e: [x, \"y z\"]\nroutes:\n  - topic: 1e3\n    n: ~\n  - "
                "{topic: '\xc3\xa9'}\n"
                "f: |\n  two\n  lines\ng: \xc3\xa9 # x\n"));
    assert_int_equal(fixture.result, 0);
    assert_string_equal(text_of(&fixture, "a"), "010");
    assert_string_equal(text_of(&fixture, "b.c.d"), "yes");
    assert_string_equal(text_of(&fixture, "b.e[1]"), "y z");
    assert_string_equal(text_of(&fixture, "routes[0].topic"), "1e3");
    assert_int_equal(config_document_find(&fixture.document, "routes[0].n")->kind, CONFIG_EMPTY);
    assert_int_equal(config_document_find(&fixture.document, "routes")->kind, CONFIG_LIST);
    assert_int_equal(config_document_find(&fixture.document, "routes[1]")->kind, CONFIG_SECTION);
    assert_string_equal(text_of(&fixture, "f"), "two\nlines\n");
    expect_place(&fixture, "a", 2, 4);
    expect_place(&fixture, "b.c.d", 4, 8);
    expect_place(&fixture, "b.e[1]", 5, 10);
    expect_place(&fixture, "routes[1].topic", 9, 13);
    assert_int_equal(config_document_find(&fixture.document, "b.e")->key.column, 3);
    end(&fixture);
}

static void test_yaml_that_means_more_than_it_shows_is_refused(void **state)
{
    (void)state;
    char deep[400] = "a: ";
    memset(deep + 3, '[', 40);
    expect_refused(config_yaml_read, SLICE("a: &x 1\n"), "f:1:4: an anchor");
    expect_refused(config_yaml_read, SLICE("a: *x\n"), "f:1:4: an alias");
    expect_refused(config_yaml_read, SLICE("a: !!int 1\n"), "f:1:4: a tag");
    expect_refused(config_yaml_read, SLICE("a: !x {b: 1}\n"), "f:1:4: an anchor or a tag");
    expect_refused(config_yaml_read, SLICE("? [a]\n: 1\n"), "a name was expected");
    expect_refused(config_yaml_read, SLICE("a: 1\n---\nb: 2\n"), "a second document");
    expect_refused(config_yaml_read, SLICE("a: \"x\\0y\"\n"), "a 0 byte");
    expect_refused(config_yaml_read, SLICE("a:\n\tb: 1\n"), "f:2:1: not YAML");
    expect_refused(config_yaml_read, SLICE("a: \xff\n"), "UTF-8 text was expected");
    expect_refused(config_yaml_read, SLICE("just text\n"), "settings were expected");
    expect_refused(config_yaml_read, slice_text(deep), "nested too deep");
}

static void test_json_is_read_flat_or_as_the_rest_api_takes_it(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture, config_json_read,
          SLICE("// c\n{\n  \"a.b\": \"x\\u0041\", /* d */ \"n\": 12345678901234567890,\n  \"t\": true, "
                "\"f\": 1.50, \"z\": null\n}\n// e\n"));
    assert_int_equal(fixture.result, 0);
    assert_string_equal(text_of(&fixture, "a.b"), "xA");
    assert_string_equal(text_of(&fixture, "n"), "12345678901234567890");
    assert_string_equal(text_of(&fixture, "t"), "true");
    assert_string_equal(text_of(&fixture, "f"), "1.50");
    assert_int_equal(config_document_find(&fixture.document, "z")->kind, CONFIG_EMPTY);
    expect_place(&fixture, "a.b", 3, 10);
    expect_place(&fixture, "n", 3, 34);
    expect_place(&fixture, "t", 4, 8);
    end(&fixture);
    begin(&fixture, config_json_read,
          SLICE("{\"name\": \"x\", \"initial_state\": \"PAUSED\",\n \"config\": {\n  \"topics\": \"a\"}}"));
    assert_int_equal(fixture.result, 0);
    assert_string_equal(text_of(&fixture, "name"), "x");
    assert_string_equal(text_of(&fixture, "topics"), "a");
    expect_place(&fixture, "topics", 3, 13);
    assert_null(config_document_find(&fixture.document, "initial_state"));
    end(&fixture);
    expect_refused(config_json_read, SLICE("{\"a\": 1,}"), "f:1:9: not JSON");
    expect_refused(config_json_read, SLICE("{\"a\": 1} {}"), "something follows the closing brace");
    expect_refused(config_json_read, SLICE("[]"), "not JSON");
    expect_refused(config_json_read, SLICE("{\"a\": \"\\u0000\"}"), "a 0 byte");
    expect_refused(config_json_read, SLICE(""), "not JSON");
}

static void test_references_are_resolved_or_told(void **state)
{
    (void)state;
    struct fixture fixture;
    setenv("OTSPIPE_TEST_A", "one", 1);
    unsetenv("OTSPIPE_TEST_B");
    begin(&fixture, config_yaml_read,
          SLICE("a: x${OTSPIPE_TEST_A}y${OTSPIPE_TEST_A}\nb: ${OTSPIPE_TEST_B}\nc: $${OTSPIPE_TEST_A}\nd: "
                "${\ne: ${}\n"));
    config_reference_resolve_yaml(&fixture.document, &fixture.mistakes);
    config_mistakes_tell(&fixture.mistakes, on_mistake, &fixture);
    assert_string_equal(text_of(&fixture, "a"), "xoneyone");
    assert_string_equal(text_of(&fixture, "c"), "${OTSPIPE_TEST_A}");
    assert_string_equal(text_of(&fixture, "d"), "${");
    assert_int_equal(fixture.mistakes.errors, 2);
    assert_non_null(strstr(fixture.said, "f:2:4: b: the environment variable OTSPIPE_TEST_B is not set"));
    end(&fixture);
    begin(
        &fixture, read_properties,
        SLICE("a=${env:OTSPIPE_TEST_A}\nb=${env:OTSPIPE_TEST_B}\nc=${vault:x:y}\nd=${file:" TESTS_DIR
              "/golden/check/good_connect.properties:topics}\ne=$${env:OTSPIPE_TEST_A}\nf=${env}\ng=${file:/"
              "nowhere:x}\n"));
    config_reference_resolve_connect(&fixture.document, &fixture.mistakes);
    assert_string_equal(text_of(&fixture, "a"), "one");
    assert_string_equal(text_of(&fixture, "b"), "${env:OTSPIPE_TEST_B}");
    assert_string_equal(text_of(&fixture, "c"), "${vault:x:y}");
    assert_string_equal(text_of(&fixture, "d"), "orders");
    assert_string_equal(text_of(&fixture, "e"), "$one");
    assert_string_equal(text_of(&fixture, "f"), "${env}");
    assert_string_equal(text_of(&fixture, "g"), "${file:/nowhere:x}");
    assert_int_equal(fixture.mistakes.errors, 0);
    assert_int_equal(fixture.mistakes.count, 3);
    end(&fixture);
}

static void test_config_providers_have_the_names_that_a_worker_gives_them(void **state)
{
    (void)state;
    struct fixture worker, fixture;
    setenv("OTSPIPE_TEST_A", "one", 1);
    begin(&worker, read_properties,
          SLICE("config.providers= f,e , vault,none,env\n"
                "config.providers.f.class=org.apache.kafka.common.config.provider.FileConfigProvider\n"
                "config.providers.e.class= org.apache.kafka.common.config.provider.EnvVarConfigProvider\n"
                "config.providers.vault.class=com.example.VaultConfigProvider\n"
                "config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n"
                "config.providers.unlisted.class=com.example.VaultConfigProvider\n"));
    begin(&fixture, read_properties,
          SLICE("a=x${e:OTSPIPE_TEST_A}y${f:" TESTS_DIR "/golden/check/good_connect.properties:topics}z${e}\n"
                "b=${vault:path:key}\nc=${none:X}\nd=${unlisted:X}\ne=${env:OTSPIPE_TEST_A}${e:OTSPIPE_TEST_"
                "A\n"));
    struct config_document documents[] = {fixture.document, worker.document};
    config_provider_rename(documents, 2, &fixture.mistakes);
    config_reference_resolve_connect(&documents[0], &fixture.mistakes);
    config_mistakes_tell(&fixture.mistakes, on_mistake, &fixture);
    assert_string_equal(text_of(&fixture, "a"), "xoneyordersz${e}");
    assert_string_equal(text_of(&fixture, "d"), "${unlisted:X}");
    assert_string_equal(text_of(&fixture, "e"), "one${env:OTSPIPE_TEST_A");
    assert_int_equal(fixture.mistakes.errors, 2);
    assert_non_null(strstr(fixture.said, "f:2:3: b: ${vault:...}: config.providers.vault.class is "
                                         "com.example.VaultConfigProvider, which cannot be loaded here"));
    assert_non_null(strstr(fixture.said, "c: ${none:...}: config.providers.none.class is missing"));
    end(&fixture);
    end(&worker);
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void test_a_secret_may_be_a_file_of_its_own(void **state)
{
    (void)state;
    struct fixture fixture;
    char folder[] = "/tmp/otspipe-secret-XXXXXX";
    char yaml[600], properties[300], name[100], zero[100];
    assert_non_null(mkdtemp(folder));
    snprintf(name, sizeof(name), "%s/key", folder);
    snprintf(zero, sizeof(zero), "%s/zero", folder);
    write_file(name, "s3cret ${A}\r\n\n", 14);
    write_file(zero, "a\0b", 3);
    snprintf(yaml, sizeof(yaml),
             "a: x${file:%s}y\nb: ${file:%s/none}\nc: ${file:%s}\nd: ${file:}\ne: ${file:%s}\n", name, folder,
             zero, folder);
    begin(&fixture, config_yaml_read, slice_text(yaml));
    config_reference_resolve_yaml(&fixture.document, &fixture.mistakes);
    config_mistakes_tell(&fixture.mistakes, on_mistake, &fixture);
    assert_string_equal(text_of(&fixture, "a"), "xs3cret ${A}y");
    assert_int_equal(fixture.mistakes.errors, 4);
    assert_non_null(strstr(fixture.said, "/none of ${file:PATH}: cannot be read: No such file or directory"));
    assert_non_null(strstr(fixture.said, "/zero of ${file:PATH}: holds a byte 0"));
    assert_non_null(strstr(fixture.said, "cannot be read: Is a directory"));
    assert_null(strstr(fixture.said, "s3cret"));
    end(&fixture);
    snprintf(properties, sizeof(properties),
             "a=${directory:%s:key}\nb=${directory:%s:none}\nc=${directory:key}\n", folder, folder);
    begin(&fixture, read_properties, slice_text(properties));
    config_reference_resolve_connect(&fixture.document, &fixture.mistakes);
    assert_string_equal(text_of(&fixture, "a"), "s3cret ${A}");
    assert_string_equal(text_of(&fixture, "c"), "${directory:key}");
    assert_int_equal(fixture.mistakes.count, 2);
    end(&fixture);
    assert_int_equal(unlink(name) + unlink(zero) + rmdir(folder), 0);
}

static void test_the_nearest_name_is_near(void **state)
{
    (void)state;
    struct config_nearest nearest = config_nearest_begin("write.lniger");
    config_nearest_try(&nearest, "write.settle");
    config_nearest_try(&nearest, "write.linger");
    config_nearest_try(&nearest, "memory");
    assert_string_equal(nearest.name, "write.linger");
    nearest = config_nearest_begin("zookeeper");
    config_nearest_try(&nearest, "memory");
    assert_null(nearest.name);
    nearest = config_nearest_begin("linger");
    config_nearest_try(&nearest, "write.linger");
    assert_string_equal(nearest.name, "write.linger");
    assert_int_equal(config_distance(SLICE("kitten"), SLICE("sitting")), 3);
    assert_int_equal(config_distance(SLICE("ab"), SLICE("BA")), 1);
    assert_int_equal(config_distance(SLICE(""), SLICE("abc")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_properties_are_read_as_java_reads_them),
        cmocka_unit_test(test_properties_know_where_values_stand),
        cmocka_unit_test(test_yaml_scalars_stay_text_and_have_places),
        cmocka_unit_test(test_yaml_that_means_more_than_it_shows_is_refused),
        cmocka_unit_test(test_json_is_read_flat_or_as_the_rest_api_takes_it),
        cmocka_unit_test(test_references_are_resolved_or_told),
        cmocka_unit_test(test_config_providers_have_the_names_that_a_worker_gives_them),
        cmocka_unit_test(test_config_providers_have_the_names_that_a_worker_gives_them),
        cmocka_unit_test(test_a_secret_may_be_a_file_of_its_own),
        cmocka_unit_test(test_the_nearest_name_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
