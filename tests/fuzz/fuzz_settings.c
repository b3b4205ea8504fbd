/* fuzz_settings: any bytes as a whole configuration; the first byte picks the syntax. What is accepted must
 * print, read back and print the same. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "channel/settings.h"

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
    buffer_fini(&first);
    buffer_fini(&second);
    settings_destroy(again);
    settings_destroy(settings);
    return 0;
}
