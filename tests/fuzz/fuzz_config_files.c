/* fuzz_config_files: any bytes as YAML, as properties and as JSON: the first byte picks. Paths and texts must
 * be whole C strings, and places must be inside the file. */
#include <stdlib.h>

#include "base/check.h"
#include "config/document.h"
#include "config/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_by(uint8_t syntax, struct config_document *document, struct slice text,
                    struct config_mistakes *mistakes)
{
    int result = 0;
    switch (syntax % 4) {
    case 0:
        result = config_yaml_read(document, text, mistakes);
        break;
    case 1:
        result = config_properties_read(document, text, CONFIG_LATIN1, mistakes);
        break;
    case 2:
        result = config_properties_read(document, text, CONFIG_UTF8, mistakes);
        break;
    default:
        result = config_json_read(document, text, mistakes);
        break;
    }
    CHECK(result == 0 || mistakes->errors > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct config_document document;
    struct config_mistakes mistakes;
    if (size == 0)
        return 0;
    arena_init(&arena, 4096);
    config_mistakes_init(&mistakes);
    config_document_init(&document, "f", 0, &arena);
    read_by(data[0], &document, slice_of(data + 1, size - 1), &mistakes);
    for (size_t i = 0; i < document.count; i++) {
        CHECK(document.entries[i].value.line >= 1 && document.entries[i].value.line <= size + 1);
        CHECK(document.entries[i].kind == CONFIG_TEXT || document.entries[i].text[0] == 0);
    }
    config_document_check_twice(&document, CONFIG_WARNING, &mistakes);
    config_reference_resolve_yaml(&document, &mistakes);
    config_document_fini(&document);
    config_mistakes_fini(&mistakes);
    arena_fini(&arena);
    return 0;
}
