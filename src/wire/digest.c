/* digest: OpenSSL behind three calls. Algorithms are fetched once and contexts kept: fetching costs more than
 * a small digest. */
#include "wire/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/check.h"

enum { MD5_BYTES = 16, SHA1_BYTES = 20, KEY_MOST = 64 * 1024 };

/* A context and the key that it holds. */
struct digest_hmac {
    EVP_MAC_CTX *context;
    const char *algorithm;
    struct buffer key;
    bool key_known;
};

struct digest {
    EVP_MD *md5;
    EVP_MD_CTX *md5_context;
    EVP_MAC *hmac;
    struct digest_hmac sha1;
    struct digest_hmac sha256;
};

static void hmac_init(struct digest_hmac *hmac, EVP_MAC *mac, const char *algorithm)
{
    hmac->context = check_memory(EVP_MAC_CTX_new(mac));
    hmac->algorithm = algorithm;
    buffer_init(&hmac->key, KEY_MOST);
}

static void hmac_forget_key(struct digest_hmac *hmac)
{
    OPENSSL_cleanse(hmac->key.at, hmac->key.len);
    buffer_fini(&hmac->key);
    hmac->key_known = false;
}

static void hmac_fini(struct digest_hmac *hmac)
{
    hmac_forget_key(hmac);
    EVP_MAC_CTX_free(hmac->context);
}

struct digest *digest_create(void)
{
    struct digest *digest = check_memory(calloc(1, sizeof(*digest)));
    digest->md5 = check_memory(EVP_MD_fetch(NULL, "MD5", NULL));
    digest->md5_context = check_memory(EVP_MD_CTX_new());
    digest->hmac = check_memory(EVP_MAC_fetch(NULL, "HMAC", NULL));
    hmac_init(&digest->sha1, digest->hmac, "SHA1");
    hmac_init(&digest->sha256, digest->hmac, "SHA256");
    return digest;
}

void digest_destroy(struct digest *digest)
{
    if (digest == NULL)
        return;
    hmac_fini(&digest->sha1);
    hmac_fini(&digest->sha256);
    EVP_MAC_free(digest->hmac);
    EVP_MD_CTX_free(digest->md5_context);
    EVP_MD_free(digest->md5);
    free(digest);
}

void digest_md5(struct digest *digest, struct slice body, char base64[DIGEST_MD5_BASE64 + 1])
{
    unsigned char bytes[MD5_BYTES];
    CHECK(EVP_DigestInit_ex2(digest->md5_context, digest->md5, NULL) == 1);
    CHECK(EVP_DigestUpdate(digest->md5_context, body.at, body.len) == 1);
    CHECK(EVP_DigestFinal_ex(digest->md5_context, bytes, NULL) == 1);
    base64[base64_encode(slice_of(bytes, sizeof(bytes)), base64)] = 0;
}

static void hmac_new_key(struct digest_hmac *hmac, struct slice key)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)hmac->algorithm, 0),
        OSSL_PARAM_construct_end()};
    hmac_forget_key(hmac);
    CHECK(buffer_add_slice(&hmac->key, key) == 0);
    /* OpenSSL takes a NULL key for "the last one": an empty key needs an address. */
    const unsigned char *at = key.len > 0 ? (const unsigned char *)key.at : (const unsigned char *)"";
    CHECK(EVP_MAC_init(hmac->context, at, key.len, params) == 1);
    hmac->key_known = true;
}

static void hmac_run(struct digest_hmac *hmac, struct slice key, struct slice text, unsigned char *bytes,
                     size_t count)
{
    size_t len = 0;
    if (hmac->key_known && slice_equal(buffer_slice(&hmac->key), key))
        CHECK(EVP_MAC_init(hmac->context, NULL, 0, NULL) == 1);
    else
        hmac_new_key(hmac, key);
    CHECK(EVP_MAC_update(hmac->context, (const unsigned char *)text.at, text.len) == 1);
    CHECK(EVP_MAC_final(hmac->context, bytes, &len, count) == 1 && len == count);
}

void digest_hmac_sha1(struct digest *digest, struct slice key, struct slice text,
                      char base64[DIGEST_SHA1_BASE64 + 1])
{
    unsigned char bytes[SHA1_BYTES];
    hmac_run(&digest->sha1, key, text, bytes, sizeof(bytes));
    base64[base64_encode(slice_of(bytes, sizeof(bytes)), base64)] = 0;
}

void digest_hmac_sha256(struct digest *digest, struct slice key, struct slice text,
                        unsigned char bytes[DIGEST_SHA256])
{
    hmac_run(&digest->sha256, key, text, bytes, DIGEST_SHA256);
}

bool digest_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
