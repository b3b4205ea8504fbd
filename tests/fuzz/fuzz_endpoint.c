/* fuzz_endpoint: any text as the address of Tablestore. What is taken has nothing in it that would end a
 * header or a host, and is taken again as it is. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "ots/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_base(const char *base)
{
    char again[OTS_ENDPOINT_MOST + 1];
    struct error err;
    const char *host = ots_endpoint_host(base);
    CHECK(host != NULL && strcspn(host, "/?#@\\") == strlen(host));
    for (const char *at = host; *at != 0; at++)
        CHECK(isalnum((unsigned char)*at) || strchr(".-_:[]", *at) != NULL);
    CHECK(ots_endpoint_read(base, again, &err) == 0 && strcmp(base, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char base[OTS_ENDPOINT_MOST + 1];
    struct error err = {ERROR_NONE, ""};
    char *text = check_memory(strndup((const char *)data, size));
    if (ots_endpoint_read(text, base, &err) == 0)
        check_base(base);
    else
        CHECK(err.kind == ERROR_CONFIG && err.text[0] != 0);
    if (ots_endpoint_check_name("instance", text, "-", &err) == 0)
        CHECK(strpbrk(text, "\r\n\t :/") == NULL && text[0] != 0);
    free(text);
    return 0;
}
