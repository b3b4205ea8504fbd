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

struct digest {
    EVP_MD *md5;
    EVP_MD_CTX *md5_context;
    EVP_MAC *hmac;
    EVP_MAC_CTX *hmac_context;
    struct buffer key; /* the one the context holds */
    bool key_known;
};

struct digest *digest_create(void)
{
    struct digest *digest = check_memory(calloc(1, sizeof(*digest)));
    digest->md5 = check_memory(EVP_MD_fetch(NULL, "MD5", NULL));
    digest->md5_context = check_memory(EVP_MD_CTX_new());
    digest->hmac = check_memory(EVP_MAC_fetch(NULL, "HMAC", NULL));
    digest->hmac_context = check_memory(EVP_MAC_CTX_new(digest->hmac));
    buffer_init(&digest->key, KEY_MOST);
    return digest;
}

static void digest_forget_key(struct digest *digest)
{
    OPENSSL_cleanse(digest->key.at, digest->key.len);
    buffer_fini(&digest->key);
    digest->key_known = false;
}

void digest_destroy(struct digest *digest)
{
    if (digest == NULL)
        return;
    digest_forget_key(digest);
    EVP_MAC_CTX_free(digest->hmac_context);
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

static void digest_new_key(struct digest *digest, struct slice key)
{
    char sha1[] = "SHA1";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1, 0),
                           OSSL_PARAM_construct_end()};
    digest_forget_key(digest);
    CHECK(buffer_add_slice(&digest->key, key) == 0);
    /* OpenSSL takes a NULL key for "the last one": an empty key needs an address. */
    const unsigned char *at = key.len > 0 ? (const unsigned char *)key.at : (const unsigned char *)"";
    CHECK(EVP_MAC_init(digest->hmac_context, at, key.len, params) == 1);
    digest->key_known = true;
}

void digest_hmac_sha1(struct digest *digest, struct slice key, struct slice text,
                      char base64[DIGEST_SHA1_BASE64 + 1])
{
    unsigned char bytes[SHA1_BYTES];
    size_t len = 0;
    if (digest->key_known && slice_equal(buffer_slice(&digest->key), key))
        CHECK(EVP_MAC_init(digest->hmac_context, NULL, 0, NULL) == 1);
    else
        digest_new_key(digest, key);
    CHECK(EVP_MAC_update(digest->hmac_context, (const unsigned char *)text.at, text.len) == 1);
    CHECK(EVP_MAC_final(digest->hmac_context, bytes, &len, sizeof(bytes)) == 1 && len == sizeof(bytes));
    base64[base64_encode(slice_of(bytes, sizeof(bytes)), base64)] = 0;
}

bool digest_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
