/* fuzz_convert: any bytes into the converters. What a converter remembers of earlier messages must not change
 * what it says: one that has seen everything is held against a new one. No two fields have one name. */
#include <stdlib.h>

#include "base/check.h"
#include "base/error.h"
#include "mapping/convert.h"
#include "support/mapping_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORMATS = 10, FIELDS_COMPARED = 64 };

static struct converter *seasoned[FORMATS];
static struct buffer first, second;

static void prepare(void)
{
    if (seasoned[0] != NULL)
        return;
    for (int format = 0; format < FORMATS; format++)
        seasoned[format] = converter_create((enum convert_format)format);
    buffer_init(&first, 1 << 26);
    buffer_init(&second, 1 << 26);
}

static void names_differ(const struct value *value)
{
    uint32_t count = value->count < FIELDS_COMPARED ? value->count : FIELDS_COMPARED;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < i; j++)
            CHECK(!slice_equal(value->fields[i].name, value->fields[j].name));
}

static int said(struct converter *converter, struct slice bytes, struct buffer *text)
{
    struct value value;
    struct error err = {0};
    int rc = converter_read(converter, bytes, &value, &err);
    if (rc != 0) {
        CHECK(err.kind == ERROR_RECORD && err.text[0] != 0);
        buffer_reset(text, 0);
        buffer_add(text, err.text, strlen(err.text) + 1);
        return rc;
    }
    mapping_text_value(text, &value);
    names_differ(&value);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    char *copy = check_memory(malloc(size + (size == 0)));
    if (size > 0)
        memcpy(copy, data, size);
    for (int format = 0; format < FORMATS; format++) {
        struct slice bytes = slice_of(copy, size);
        struct converter *fresh = converter_create((enum convert_format)format);
        int wanted = said(fresh, bytes, &first);
        CHECK(said(seasoned[format], bytes, &second) == wanted);
        CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
        CHECK(said(seasoned[format], bytes, &second) == wanted);
        CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
        converter_destroy(fresh);
    }
    free(copy);
    return 0;
}
