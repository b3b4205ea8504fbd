/* client: Tablestore calls: an operation and a body, signed, sent, the answer verified and classified.
 * One client for each endpoint, instance and key pair. */
#ifndef OTS_CLIENT_H
#define OTS_CLIENT_H

#include "base/error.h"
#include "base/slice.h"
#include "http/client.h"

struct clock;
struct ots_client; /* opaque */
struct ots_call;   /* opaque: one slot of a call, reused */

enum { OTS_STS_TOKEN_MOST = 16 * 1024 };

struct ots_client_options {
    const char *endpoint; /* https://host[:port] */
    const char *instance;
    const char *access_key_id;
    const char *access_key_secret;
    const char *sts_token; /* NULL: none; at most OTS_STS_TOKEN_MOST visible characters */
    struct http_client_options http;
};

enum ots_outcome {
    OTS_OK,      /* 2xx, verified: `body` */
    OTS_RETRY,   /* refused, nothing applied: throttled, busy, 5xx with an answer */
    OTS_CUT,     /* nobody knows */
    OTS_UNSENT,  /* never left */
    OTS_REFUSED, /* because of what the request says: OTSParameterInvalid, sizes, keys ... */
    OTS_MISSING, /* the table is not there */
    OTS_EXISTS,  /* the table is there already */
    OTS_BLOCKED  /* a person is needed: credentials, permission, quota, clock */
};

struct ots_answer {
    enum ots_outcome outcome;
    bool throttled;
    int status;
    struct slice body; /* lent */
    struct slice code; /* "OTSServerBusy"; empty when there was none */
    struct slice message;
    struct slice request_id;
    struct error error; /* when not OTS_OK: words for a person with operation, code, message, request id */
};
typedef void ots_answer_fn(void *arg, struct ots_call *call, const struct ots_answer *answer);

struct ots_client *ots_client_create(struct loop *loop, const struct ots_client_options *options,
                                     struct error *err);
void ots_client_destroy(struct ots_client *client); /* after all its calls */

/* From the next answer on: the service's clock less ours, as the last answer had it. False: unknown. */
void ots_client_watch_clock(struct ots_client *client);
bool ots_client_skew_ms(const struct ots_client *client, int64_t *skew_ms);
struct clock *ots_client_clock(const struct ots_client *client);

struct ots_call *ots_call_create(struct ots_client *client, ots_answer_fn *on_answer, void *arg);
/* In flight: it is cut and on_answer never comes. Not from inside on_answer. */
void ots_call_destroy(struct ots_call *call);

/* `operation` is a static text, "BulkImport"; the body is lent until the answer, which comes exactly once,
 * later. */
void ots_call_send(struct ots_call *call, const char *operation, struct slice body);
void ots_call_cut(struct ots_call *call);

#endif
