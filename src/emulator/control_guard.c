/* control_guard: who may control the emulator. Without a token whoever reaches the loopback address; but not
 * a page that a browser of this machine has open: it would send its Origin, or, through a name that was made
 * to point here, that name as Host. */
#include <strings.h>

#include "emulator/emulator_private.h"
#include "wire/digest.h"

static struct slice guard_header(const struct http_call_request *request, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < request->header_count; i++)
        if (request->headers[i].name.len == len && strncasecmp(request->headers[i].name.at, name, len) == 0)
            return request->headers[i].value;
    return (struct slice){NULL, 0};
}

/* Without the port. */
static struct slice guard_host(struct slice host)
{
    const char *bracket = host.len > 0 && host.at[0] == '[' ? memchr(host.at, ']', host.len) : NULL;
    const char *colon = host.len == 0 ? NULL : memchr(host.at, ':', host.len);
    if (bracket != NULL)
        return slice_of(host.at, (size_t)(bracket + 1 - host.at));
    return colon == NULL ? host : slice_of(host.at, (size_t)(colon - host.at));
}

/* 127.a.b.c: digits and points only, so that 127.0.0.1.example.org is none. */
static bool guard_is_v4_loopback(struct slice host)
{
    if (host.len < 7 || memcmp(host.at, "127.", 4) != 0)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (host.at[i] != '.' && (host.at[i] < '0' || host.at[i] > '9'))
            return false;
    return true;
}

static bool guard_is_loopback(struct slice host)
{
    bool name = host.len == 9 && strncasecmp(host.at, "localhost", 9) == 0;
    return name || slice_equal(host, SLICE("[::1]")) || guard_is_v4_loopback(host);
}

const char *control_guard(const struct emulator *emulator, const struct http_call_request *request)
{
    struct slice host = guard_header(request, "host");
    if (guard_header(request, "origin").at != NULL)
        return "a browser has no business here: the request has an Origin";
    if (emulator->control_token == NULL)
        return host.at == NULL || guard_is_loopback(guard_host(host))
                   ? NULL
                   : "Host is not a loopback address: is this a browser?";
    struct slice token = guard_header(request, "x-otspipe-control-token");
    if (token.at != NULL && digest_equal(token, slice_text(emulator->control_token)))
        return NULL;
    return "x-otspipe-control-token is missing or wrong";
}
