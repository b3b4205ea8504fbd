/* answer: an HTTP reply to a call of ours, verified and classified. Pure: no clock, no connection. */
#ifndef OTS_ANSWER_H
#define OTS_ANSWER_H

#include "ots/client.h"

struct signer;

/* What was asked; everything lent. */
struct ots_question {
    struct signer *signer;
    const char *operation;
    const char *host; /* for words */
    struct slice path;
    struct slice access_key_id;
    struct slice access_key_secret;
};

/* `answer` has views into the reply. A 2xx that does not verify is worthless: OTS_CUT. So is an error whose
 * signature is there and wrong, unless it is about the signature itself. */
void ots_answer_read(const struct ots_question *question, const struct http_reply *reply,
                     struct ots_answer *answer);

/* The service's clock by the answer's x-ots-date or, for want of it, Date. 0 or -1. */
int ots_answer_wall_ms(const struct http_reply *reply, int64_t *wall_ms);

#endif
