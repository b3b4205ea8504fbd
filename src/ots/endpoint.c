/* endpoint: read strictly, because what passes here is put into URLs and headers as it is. */
#include "ots/endpoint.h"

#include <ctype.h>
#include <stdio.h>

#include "base/error.h"
#include "base/number.h"
#include "base/slice.h"

#define SHAPE "it should look like https://instance.cn-hangzhou.ots.aliyuncs.com"

static bool endpoint_is_plain(const char *text, size_t len, const char *others)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && (text[i] == 0 || strchr(others, text[i]) == NULL))
            return false;
    return len > 0;
}

static const char *endpoint_after_scheme(const char *text)
{
    if (strncmp(text, "https://", 8) == 0)
        return text + 8;
    return strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;
}

/* name, IPv4 or [IPv6]: answers its length, 0 when it is none of them. */
static size_t endpoint_host_len(const char *host)
{
    if (host[0] != '[') {
        size_t len = strcspn(host, ":/?#");
        return endpoint_is_plain(host, len, ".-_") ? len : 0;
    }
    size_t inside = strcspn(host + 1, "]/?#");
    return host[inside + 1] == ']' && endpoint_is_plain(host + 1, inside, ":.") ? inside + 2 : 0;
}

static bool endpoint_is_port(struct slice text)
{
    int64_t port;
    return text.len > 0 && isdigit((unsigned char)text.at[0]) && number_int64(text, &port) && port >= 1 &&
           port <= 65535;
}

int ots_endpoint_read(const char *text, char base[OTS_ENDPOINT_MOST + 1], struct error *err)
{
    const char *host = endpoint_after_scheme(text);
    if (host == NULL)
        return error_set(err, ERROR_CONFIG, "endpoint: it begins with neither https:// nor http://; " SHAPE);
    size_t host_len = endpoint_host_len(host);
    if (host_len == 0)
        return error_set(err, ERROR_CONFIG, "endpoint: there is no host name in it; " SHAPE);
    const char *end = host + host_len;
    if (*end == ':') {
        struct slice port = slice_of(end + 1, strcspn(end + 1, "/?#"));
        if (!endpoint_is_port(port))
            return error_set(err, ERROR_CONFIG, "endpoint: the port is not a number from 1 to 65535");
        end = port.at + port.len;
    }
    if (end[0] != 0 && !(end[0] == '/' && end[1] == 0))
        return error_set(err, ERROR_CONFIG, "endpoint: nothing may follow the host and the port; " SHAPE);
    if (end - text > OTS_ENDPOINT_MOST)
        return error_set(err, ERROR_CONFIG, "endpoint: longer than %d characters", OTS_ENDPOINT_MOST);
    snprintf(base, OTS_ENDPOINT_MOST + 1, "%.*s", (int)(end - text), text);
    return 0;
}

const char *ots_endpoint_host(const char *base)
{
    return endpoint_after_scheme(base);
}

int ots_endpoint_check_name(const char *key, const char *text, const char *others, struct error *err)
{
    if (text == NULL || text[0] == 0)
        return error_set(err, ERROR_CONFIG, "%s is missing", key);
    if (!endpoint_is_plain(text, strlen(text), others))
        return error_set(err, ERROR_CONFIG, "%s: only letters, digits and %s are allowed in it", key, others);
    return 0;
}
