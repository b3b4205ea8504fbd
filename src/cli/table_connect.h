/* table_connect: which instance `otspipe table` looks into, and with which keys: what the command line says,
 * then --config, or else the environment; where nothing says anything, the emulator as it starts by itself.
 */
#ifndef CLI_TABLE_CONNECT_H
#define CLI_TABLE_CONNECT_H

#include "ots/client.h"

struct settings;
struct table_words;

struct table_connection {
    struct ots_client_options options; /* texts live as long as the connection and the words */
    bool assumed;                      /* nobody said where: the emulator's own address */
    struct settings *settings;         /* of --config, or NULL */
    char *keys;                        /* a copy of ID:SECRET, cut at the colon; or NULL */
    size_t key_bytes;
    char *file; /* what --access-key-file held, or NULL */
};

/* -1: ERROR_CONFIG; what is wrong with a configuration has been put on stderr. */
int table_connect_read(struct table_connection *connection, const struct table_words *words,
                       struct error *err);
void table_connect_fini(struct table_connection *connection);

#endif
