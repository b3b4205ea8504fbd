/* keyring: found by walking: a test has a handful of them. */
#include "emulator/keyring.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/check.h"

static char *keyring_copy(const char *text)
{
    return text == NULL ? NULL : check_memory(strdup(text));
}

void keyring_init(struct keyring *ring, const struct keyring_pair *pairs, size_t count)
{
    ring->keys = check_memory(calloc(count + 1, sizeof(*ring->keys)));
    ring->count = count;
    for (size_t i = 0; i < count; i++)
        ring->keys[i] = (struct keyring_key){.id = keyring_copy(pairs[i].id),
                                             .secret = keyring_copy(pairs[i].secret),
                                             .sts_token = keyring_copy(pairs[i].sts_token),
                                             .instance = keyring_copy(pairs[i].instance)};
}

void keyring_fini(struct keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        struct keyring_key *key = &ring->keys[i];
        OPENSSL_cleanse(key->secret, strlen(key->secret));
        free(key->id);
        free(key->secret);
        free(key->sts_token);
        free(key->instance);
    }
    OPENSSL_cleanse(ring->keys, ring->count * sizeof(*ring->keys));
    free(ring->keys);
}

struct keyring_key *keyring_find(const struct keyring *ring, struct slice id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (slice_equal(id, slice_text(ring->keys[i].id)))
            return &ring->keys[i];
    return NULL;
}

static bool keyring_derived(const struct keyring_key *key, struct slice day, struct slice region)
{
    return key->derived[0] != 0 && slice_equal(slice_of(key->day, sizeof(key->day)), day) &&
           slice_equal(slice_of(key->region, key->region_len), region);
}

const char *keyring_derive(struct keyring_key *key, struct digest *digest, struct slice day,
                           struct slice region)
{
    CHECK(day.len == sizeof(key->day) && region.len <= sizeof(key->region));
    if (keyring_derived(key, day, region))
        return key->derived;
    memcpy(key->day, day.at, day.len);
    memcpy(key->region, region.at, region.len);
    key->region_len = region.len;
    sign_v4_key(digest, slice_text(key->secret), day, region, key->derived);
    return key->derived;
}
