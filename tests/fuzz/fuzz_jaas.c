/* jaas: any text is read or refused; what comes out is inside its own memory. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "kafka/jaas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jaas jaas;
    struct error err;
    char *text = check_memory(strndup((const char *)data, size));
    if (jaas_read(&jaas, text, &err) == 0) {
        for (size_t i = 0; i < jaas.option_count; i++)
            CHECK(strlen(jaas.options[i].name) + strlen(jaas.options[i].value) <= size);
        CHECK(jaas.option_count == 0 || jaas_find(&jaas, jaas.options[0].name) == jaas.options[0].value);
        jaas_fini(&jaas);
    }
    free(text);
    return 0;
}
