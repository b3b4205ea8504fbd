/* sign_v4: signature V4 of a request (tablestore-protocol.md 1.7): the text is that of V2 with an end of its
 * own, and the key is derived from the secret, a day and a region. An answer to such a request is signed as
 * in V2, with the derived key in place of the secret. */
#ifndef WIRE_SIGN_V4_H
#define WIRE_SIGN_V4_H

#include "wire/digest.h"

struct buffer;

enum { SIGN_V4_DAY = 8, SIGN_V4_SECRET_MOST = 4096 };

/* `day` is 20240102. The key is a base64 text, and is used as a text. The secret is at most
 * SIGN_V4_SECRET_MOST bytes. */
void sign_v4_key(struct digest *digest, struct slice secret, struct slice day, struct slice region,
                 char key[DIGEST_SHA256_BASE64 + 1]);

/* `text` comes from sign_request_text(); it is longer afterwards. */
void sign_v4(struct digest *digest, const char *key, struct buffer *text,
             char signature[DIGEST_SHA256_BASE64 + 1]);

/* The day of a wall time, in UTC. */
void sign_v4_day(int64_t wall_ms, char day[SIGN_V4_DAY + 1]);

#endif
