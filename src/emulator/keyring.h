/* keyring: the key pairs that the emulator takes, each with the instance it is for and its token. */
#ifndef EMULATOR_KEYRING_H
#define EMULATOR_KEYRING_H

#include "base/slice.h"
#include "wire/sign_v4.h"

/* Lent; `sts_token` NULL: a lasting pair, requests with a token are refused. `instance` NULL: for all. */
struct keyring_pair {
    const char *id;
    const char *secret;
    const char *sts_token;
    const char *instance;
};

enum { KEYRING_REGION_MOST = 64 };

struct keyring_key {
    char *id; /* owned copies */
    char *secret;
    char *sts_token;
    char *instance;
    /* the last key that was derived from the secret */
    char day[SIGN_V4_DAY];
    char region[KEYRING_REGION_MOST];
    size_t region_len;
    char derived[DIGEST_SHA256_BASE64 + 1]; /* "": none */
};

struct keyring {
    struct keyring_key *keys; /* owned */
    size_t count;
};

/* Every pair has a secret of at most SIGN_V4_SECRET_MOST bytes. */
void keyring_init(struct keyring *ring, const struct keyring_pair *pairs, size_t count);
void keyring_fini(struct keyring *ring);

/* NULL: nobody's. */
struct keyring_key *keyring_find(const struct keyring *ring, struct slice id);

/* The text that V4 signs with; `day` has SIGN_V4_DAY bytes, `region` at most KEYRING_REGION_MOST. */
const char *keyring_derive(struct keyring_key *key, struct digest *digest, struct slice day,
                           struct slice region);

#endif
