/* fuzz_settings: any bytes as a whole configuration; the first byte picks the syntax. What is accepted must
 * print, read back and print the same; Connect files must be converted to YAML that prints the same too. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "channel/settings_convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_errors(void *arg, enum settings_severity severity, const char *line)
{
    size_t *errors = arg;
    *errors += severity == SETTINGS_ERROR;
    CHECK(line[0] != 0);
}

static struct settings *read_text(const char *name, struct slice text)
{
    static const char worker[] =
        "bootstrap.servers=b:1\nkey.converter=JsonConverter\nvalue.converter=StringConverter\n";
    struct settings_source sources[] = {{"worker.properties", SLICE(worker)}, {name, text}};
    bool yaml = strcmp(name, "f.yaml") == 0;
    size_t errors = 0;
    struct settings *settings =
        settings_read_sources(sources + yaml, yaml ? 1 : 2, SETTINGS_COMPAT_OF_FILE, count_errors, &errors);
    CHECK((settings == NULL) == (errors > 0));
    return settings;
}

/* Variables of the converted file that the environment does not have. */
enum { VARIABLES_MOST = 100 };

struct variables {
    char *names[VARIABLES_MOST];
    size_t count;
};

static void set_variable(void *arg, const char *name, const char *value)
{
    struct variables *variables = arg;
    if (getenv(name) != NULL) {
        CHECK(strcmp(getenv(name), value) == 0);
        return;
    }
    CHECK(variables->count < VARIABLES_MOST);
    variables->names[variables->count++] = check_memory(strdup(name));
    CHECK(setenv(name, value, 0) == 0);
}

static void unset_variables(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        CHECK(unsetenv(variables->names[i]) == 0);
        free(variables->names[i]);
    }
}

/* What hides behind the stars of settings_print(). */
static void check_secrets(const struct settings *a, const struct settings *b)
{
    CHECK(strcmp(a->ots.access_key_secret, b->ots.access_key_secret) == 0);
    for (size_t i = 0; i < b->kafka.property_count; i++) {
        const char *value = NULL;
        for (size_t j = 0; j < a->kafka.property_count; j++)
            if (strcmp(a->kafka.properties[j].name, b->kafka.properties[i].name) == 0)
                value = a->kafka.properties[j].value;
        CHECK(value != NULL && strcmp(value, b->kafka.properties[i].value) == 0);
    }
}

static void check_convert(const struct settings *settings, struct slice printed, bool with_secrets)
{
    struct variables variables = {.count = 0};
    struct settings_conversion how = {with_secrets, set_variable, &variables};
    struct error err;
    struct buffer yaml, second;
    buffer_init(&yaml, 64 << 20);
    buffer_init(&second, 16 << 20);
    CHECK(settings_convert(settings, &how, &yaml, &err) == 0);
    struct settings *again = NULL;
    if (memmem(yaml.at, yaml.len, "${file:", 7) == NULL) { /* no such file is here */
        again = read_text("f.yaml", buffer_slice(&yaml));
        CHECK(again != NULL);
        check_secrets(settings, again);
        settings_print(again, &second);
        CHECK(slice_equal(printed, buffer_slice(&second)));
    }
    unset_variables(&variables);
    settings_destroy(again);
    buffer_fini(&yaml);
    buffer_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"f.yaml", "f.properties", "f.json"};
    if (size == 0)
        return 0;
    struct settings *settings = read_text(names[data[0] % 3], slice_of(data + 1, size - 1));
    if (settings == NULL)
        return 0;
    struct buffer first, second;
    buffer_init(&first, 16 << 20);
    buffer_init(&second, 16 << 20);
    settings_print(settings, &first);
    struct settings *again = read_text("f.yaml", buffer_slice(&first));
    CHECK(again != NULL);
    settings_print(again, &second);
    CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    if (data[0] % 3 != 0)
        check_convert(settings, buffer_slice(&first), data[0] / 3 % 2 != 0);
    buffer_fini(&first);
    buffer_fini(&second);
    settings_destroy(again);
    settings_destroy(settings);
    return 0;
}
