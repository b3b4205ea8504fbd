/* client: the multi handle that all exchanges of a client share: its connections, names and TLS sessions. */
#include "http/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"
#include "http/client_private.h"
#include "loop/loop.h"

/* Proxies come from the environment, as curl does it by default, but never for this machine itself: the
 * emulator and the tests would otherwise be asked of the proxy. */
static char *client_no_proxy(void)
{
    const char *given = getenv("no_proxy");
    if (given == NULL)
        given = getenv("NO_PROXY");
    char *list = NULL;
    if (given == NULL || strcmp(given, "*") == 0)
        list = strdup(given == NULL ? "localhost,127.0.0.0/8,::1" : given);
    else
        CHECK(asprintf(&list, "%s,localhost,127.0.0.0/8,::1", given) >= 0);
    return check_memory(list);
}

static int client_check_ca_file(const char *ca_file, struct error *err)
{
    if (ca_file == NULL || access(ca_file, R_OK) == 0)
        return 0;
    return error_set(err, ERROR_CONFIG, "ca file %s: %s", ca_file, strerror(errno));
}

/* Fewer kept than in flight, and every request would open a connection. */
static void client_set_limits(struct http_client *client)
{
    long most = client->options.connections_most == 0 ? 1 : (long)client->options.connections_most;
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, most);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, most);
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

struct http_client *http_client_create(struct loop *loop, const struct http_client_options *options,
                                       struct error *err)
{
    if (client_check_ca_file(options->ca_file, err) < 0)
        return NULL;
    CHECK(curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK);
    struct http_client *client = check_memory(calloc(1, sizeof(*client)));
    client->loop = loop;
    client->clock = loop_clock(loop);
    client->options = *options;
    client->ca_file = check_memory(
        strdup(options->ca_file != NULL ? options->ca_file : "/etc/ssl/certs/ca-certificates.crt"));
    client->options.ca_file = client->ca_file;
    client->no_proxy = client_no_proxy();
    client->multi = check_memory(curl_multi_init());
    client_set_limits(client);
    http_sockets_attach(client);
    return client;
}

void http_client_destroy(struct http_client *client)
{
    CHECK(client->exchanges == 0);
    client->closing = true;
    CHECK(curl_multi_cleanup(client->multi) == CURLM_OK);
    http_sockets_close(client);
    free(client->ca_file);
    free(client->no_proxy);
    free(client);
    curl_global_cleanup();
}
