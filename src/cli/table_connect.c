/* table_connect: one text after the other, from the first who says it. */
#include "cli/table_connect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "channel/settings.h"
#include "cli/mistake.h"
#include "cli/table_words.h"

enum { KEY_FILE_MOST = 32 * 1024 };

static const char emulator_endpoint[] = "http://127.0.0.1:8087";

/* An empty variable is none. */
static const char *connect_environment(const char *name)
{
    const char *text = getenv(name);
    return text == NULL || text[0] == 0 ? NULL : text;
}

/* Key pairs of the emulator's go to this machine only. */
static bool connect_is_local(const char *endpoint)
{
    static const char *const hosts[] = {"http://127.0.0.1",  "http://localhost",  "http://[::1]",
                                        "https://127.0.0.1", "https://localhost", "https://[::1]"};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        size_t len = strlen(hosts[i]);
        if (strncmp(endpoint, hosts[i], len) == 0 &&
            (endpoint[len] == ':' || endpoint[len] == '/' || endpoint[len] == 0))
            return true;
    }
    return false;
}

static int connect_cut_keys(struct table_connection *connection, char *keys, const char *where,
                            struct error *err)
{
    char *colon = strchr(keys, ':');
    if (colon == NULL || colon == keys || colon[1] == 0)
        return error_set(err, ERROR_CONFIG, "%s: ID:SECRET was expected", where);
    *colon = 0;
    connection->options.access_key_id = keys;
    connection->options.access_key_secret = colon + 1;
    return 0;
}

static int connect_slurp(const char *file, char *to, struct error *err)
{
    FILE *in = fopen(file, "rb");
    if (in == NULL)
        return error_set(err, ERROR_CONFIG, "--access-key-file: open %s: %s", file, strerror(errno));
    size_t len = fread(to, 1, KEY_FILE_MOST + 1, in);
    bool failed = ferror(in) != 0;
    int why = errno;
    fclose(in);
    if (failed)
        return error_set(err, ERROR_CONFIG, "--access-key-file: read %s: %s", file, strerror(why));
    if (len > KEY_FILE_MOST)
        return error_set(err, ERROR_CONFIG, "--access-key-file: %s is longer than %d bytes", file,
                         KEY_FILE_MOST);
    to[len] = 0;
    return 0;
}

/* A line's end, and a carriage return before it, become its end; answers the next line. */
static char *connect_cut_line(char *line)
{
    size_t len = strcspn(line, "\n");
    char *next = line[len] == 0 ? line + len : line + len + 1;
    line[len] = 0;
    if (len > 0 && line[len - 1] == '\r')
        line[len - 1] = 0;
    return next;
}

static int connect_key_file(struct table_connection *connection, const char *file, struct error *err)
{
    connection->file = check_memory(calloc(1, KEY_FILE_MOST + 2));
    if (connect_slurp(file, connection->file, err) != 0)
        return -1;
    char *second = connect_cut_line(connection->file);
    connect_cut_line(second);
    if (second[0] != 0)
        connection->options.sts_token = second;
    return connect_cut_keys(connection, connection->file, "--access-key-file", err);
}

static int connect_config(struct table_connection *connection, const struct table_words *words,
                          struct error *err)
{
    connection->settings = settings_read((const char *const *)words->configs.at, words->configs.count,
                                         SETTINGS_COMPAT_OF_FILE, mistake_put, NULL);
    if (connection->settings == NULL)
        return error_set(err, ERROR_CONFIG, "--config: the configuration has mistakes");
    connection->options = connection->settings->ots;
    return 0;
}

static void connect_from_environment(struct ots_client_options *options)
{
    options->endpoint = connect_environment("OTSPIPE_ENDPOINT");
    options->instance = connect_environment("OTSPIPE_INSTANCE");
    options->access_key_id = connect_environment("OTSPIPE_ACCESS_KEY_ID");
    options->access_key_secret = connect_environment("OTSPIPE_ACCESS_KEY_SECRET");
    options->sts_token = connect_environment("OTSPIPE_STS_TOKEN");
}

/* What the command line says goes before all else. */
static int connect_from_words(struct table_connection *connection, const struct table_words *words,
                              struct error *err)
{
    struct ots_client_options *options = &connection->options;
    if (words->endpoint != NULL)
        options->endpoint = words->endpoint;
    if (words->instance != NULL)
        options->instance = words->instance;
    if (words->access_key != NULL) {
        connection->keys = check_memory(strdup(words->access_key));
        connection->key_bytes = strlen(connection->keys);
        return connect_cut_keys(connection, connection->keys, "--access-key", err);
    }
    if (words->access_key_file == NULL)
        return 0;
    options->sts_token = NULL; /* the environment's belongs to other keys */
    return connect_key_file(connection, words->access_key_file, err);
}

/* Half of a key pair is not completed. */
static void connect_assume(struct table_connection *connection)
{
    struct ots_client_options *options = &connection->options;
    connection->assumed = options->endpoint == NULL;
    if (connection->assumed)
        options->endpoint = emulator_endpoint;
    if (!connect_is_local(options->endpoint))
        return;
    if (options->instance == NULL)
        options->instance = "local";
    if (options->access_key_id == NULL && options->access_key_secret == NULL) {
        options->access_key_id = "testid";
        options->access_key_secret = "testsecret";
        options->sts_token = NULL;
    }
}

static int connect_check(const struct ots_client_options *options, struct error *err)
{
    bool instance = options->instance != NULL;
    bool keys = options->access_key_id != NULL && options->access_key_secret != NULL;
    if (instance && keys)
        return 0;
    return error_set(err, ERROR_CONFIG, "for %.100s nobody says%s%s%s; see 'otspipe table --help'",
                     options->endpoint, instance ? "" : " which instance (--instance or OTSPIPE_INSTANCE)",
                     instance || keys ? "" : " and",
                     keys ? ""
                          : " which key pair (--access-key-file, or OTSPIPE_ACCESS_KEY_ID and "
                            "OTSPIPE_ACCESS_KEY_SECRET)");
}

static void connect_limits(struct http_client_options *http)
{
    http->connections_most = 8;
    http->reply_most = 32 << 20; /* a page holds 4 MB, a row alone may hold more */
    if (http->connect_timeout_ms == 0)
        *http = (struct http_client_options){.connections_most = http->connections_most,
                                             .reply_most = http->reply_most,
                                             .connect_timeout_ms = 10000,
                                             .stall_timeout_ms = 30000,
                                             .total_timeout_ms = 60000};
}

int table_connect_read(struct table_connection *connection, const struct table_words *words,
                       struct error *err)
{
    *connection = (struct table_connection){.assumed = false};
    if (words->configs.count == 0)
        connect_from_environment(&connection->options);
    else if (connect_config(connection, words, err) != 0)
        return -1;
    if (connect_from_words(connection, words, err) != 0)
        return -1;
    connect_assume(connection);
    connect_limits(&connection->options.http);
    return connect_check(&connection->options, err);
}

void table_connect_fini(struct table_connection *connection)
{
    settings_destroy(connection->settings);
    if (connection->keys != NULL)
        explicit_bzero(connection->keys, connection->key_bytes);
    if (connection->file != NULL)
        explicit_bzero(connection->file, KEY_FILE_MOST);
    free(connection->keys);
    free(connection->file);
}
