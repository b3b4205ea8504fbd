/* emulator_keys: the key pairs of a command line: ID:SECRET, or ID:SECRET@INSTANCE for a pair that opens one
 * instance only. Everything is copied, and wiped at the end. */
#ifndef CLI_EMULATOR_KEYS_H
#define CLI_EMULATOR_KEYS_H

#include "emulator/keyring.h"

struct error;

enum { EMULATOR_KEYS_MOST = 64 };

struct emulator_keys {
    struct keyring_pair pairs[EMULATOR_KEYS_MOST]; /* with owned texts */
    size_t count;
};

int emulator_keys_add(struct emulator_keys *keys, const char *text, struct error *err);

/* The token of the pair that was added last; of testid:testsecret when there is none yet. */
int emulator_keys_add_token(struct emulator_keys *keys, const char *token, struct error *err);

/* A pair a line, behind it a blank and its token where it has one; # begins a comment. */
int emulator_keys_add_file(struct emulator_keys *keys, const char *file, struct error *err);

void emulator_keys_fini(struct emulator_keys *keys);

#endif
