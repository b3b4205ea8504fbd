/* sign_v4: the derived key and the signature under it. */
#include "wire/sign_v4.h"

#include <openssl/crypto.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/check.h"
#include "wire/sign.h"

static const char v4_prefix[] = "aliyun_v4";
enum { V4_PREFIX = sizeof(v4_prefix) - 1 };

void sign_v4_key(struct digest *digest, struct slice secret, struct slice day, struct slice region,
                 char key[DIGEST_SHA256_BASE64 + 1])
{
    char first[V4_PREFIX + SIGN_V4_SECRET_MOST];
    unsigned char link[DIGEST_SHA256];
    const struct slice steps[] = {region, SLICE("ots"), SLICE("aliyun_v4_request")};
    CHECK(secret.len <= SIGN_V4_SECRET_MOST);
    memcpy(first, v4_prefix, V4_PREFIX);
    if (secret.len > 0)
        memcpy(first + V4_PREFIX, secret.at, secret.len);
    digest_hmac_sha256(digest, slice_of(first, V4_PREFIX + secret.len), day, link);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        unsigned char next[DIGEST_SHA256];
        digest_hmac_sha256(digest, slice_of(link, sizeof(link)), steps[i], next);
        memcpy(link, next, sizeof(link));
    }
    key[base64_encode(slice_of(link, sizeof(link)), key)] = 0;
    OPENSSL_cleanse(first, sizeof(first));
}

void sign_v4(struct digest *digest, const char *key, struct buffer *text,
             char signature[DIGEST_SHA256_BASE64 + 1])
{
    unsigned char bytes[DIGEST_SHA256];
    buffer_add_slice(text, SLICE("ots"));
    digest_hmac_sha256(digest, slice_text(key), buffer_slice(text), bytes);
    signature[base64_encode(slice_of(bytes, sizeof(bytes)), signature)] = 0;
}

void sign_v4_day(int64_t wall_ms, char day[SIGN_V4_DAY + 1])
{
    char date[SIGN_DATE + 1]; /* 2024-01-02T... */
    sign_date(wall_ms, date);
    memcpy(day, date, 4);
    memcpy(day + 4, date + 5, 2);
    memcpy(day + 6, date + 8, 2);
    day[SIGN_V4_DAY] = 0;
}
