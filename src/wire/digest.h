/* digest: MD5 of bodies and HMAC, as base64 texts. One struct digest a user keeps its OpenSSL contexts. */
#ifndef WIRE_DIGEST_H
#define WIRE_DIGEST_H

#include <sys/types.h>

#include "base/slice.h"

struct digest; /* opaque: kept EVP contexts; loop thread only */

struct digest *digest_create(void);
void digest_destroy(struct digest *digest);

enum { DIGEST_MD5_BASE64 = 24, DIGEST_SHA1_BASE64 = 28, DIGEST_SHA256_BASE64 = 44, DIGEST_SHA256 = 32 };

/* base64 text of the MD5, with a 0 byte behind it. */
void digest_md5(struct digest *digest, struct slice body, char base64[DIGEST_MD5_BASE64 + 1]);

/* base64 text of the HMAC-SHA1. The context keeps the last key: the same key again is cheap. */
void digest_hmac_sha1(struct digest *digest, struct slice key, struct slice text,
                      char base64[DIGEST_SHA1_BASE64 + 1]);

/* The bytes of the HMAC-SHA256; a key of its own is kept for it. */
void digest_hmac_sha256(struct digest *digest, struct slice key, struct slice text,
                        unsigned char bytes[DIGEST_SHA256]);

/* Equal, in time that does not depend on where they differ. */
bool digest_equal(struct slice a, struct slice b);

#endif
