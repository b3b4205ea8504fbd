/* gate: the checks, in their order. */
#include "emulator/gate.h"

#include <stdlib.h>
#include <strings.h>

#include "base/check.h"
#include "base/error.h"
#include "base/number.h"
#include "emulator/gate_private.h"
#include "emulator/limits.h"
#include "emulator/operation.h"
#include "wire/deflate.h"

enum {
    GATE_CLOCK_MS = 15 * 60 * 1000,
    GATE_DAY_MS = 24 * 60 * 60 * 1000,
    GATE_ANSWER_MOST = 64 * 1024 * 1024,
};

#define INVALID "OTSParameterInvalid"
#define AUTH_FAILED "OTSAuthFailed"

/* ---- life ---- */

struct gate *gate_create(const struct gate_options *options)
{
    struct gate *gate = check_memory(calloc(1, sizeof(*gate)));
    gate->instances = check_memory(calloc(options->instance_count + 1, sizeof(*gate->instances)));
    for (; gate->instance_count < options->instance_count; gate->instance_count++)
        gate->instances[gate->instance_count] =
            check_memory(strdup(options->instances[gate->instance_count]));
    keyring_init(&gate->keyring, options->pairs, options->pair_count);
    gate->check_clock = options->check_clock;
    gate->digest = digest_create();
    buffer_init(&gate->text, GATE_TEXT_MOST);
    buffer_init(&gate->body, LIMIT_BODY_BYTES + 1);
    buffer_init(&gate->packed, GATE_ANSWER_MOST);
    buffer_init(&gate->authorization, GATE_TEXT_MOST);
    return gate;
}

void gate_destroy(struct gate *gate)
{
    for (size_t i = 0; i < gate->instance_count; i++)
        free(gate->instances[i]);
    free(gate->instances);
    keyring_fini(&gate->keyring);
    digest_destroy(gate->digest);
    buffer_fini(&gate->text);
    buffer_fini(&gate->body);
    buffer_fini(&gate->packed);
    buffer_fini(&gate->authorization);
    free(gate);
}

/* ---- headers ---- */

static bool gate_is_blank(char sign)
{
    return sign == ' ' || sign == '\t';
}

/* Without blanks at the ends; at NULL: there is no such header. */
static struct slice gate_find(const struct gate_request *request, const char *name)
{
    struct slice value = sign_find(request->headers, request->header_count, slice_text(name));
    while (value.len > 0 && gate_is_blank(value.at[0]))
        value = slice_of(value.at + 1, value.len - 1);
    while (value.len > 0 && gate_is_blank(value.at[value.len - 1]))
        value.len--;
    return value;
}

static int gate_need(const struct gate_request *request, const char *const *names, size_t count,
                     struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++)
        if (gate_find(request, names[i]).at == NULL)
            return refusal_set(refusal, INVALID, "Missing header: %s.", names[i]);
    return 0;
}

static bool gate_is_service_header(struct slice name)
{
    return name.len > 6 && strncasecmp(name.at, "x-ots-", 6) == 0;
}

/* A header that is there twice could be signed with one value and read with the other. [assumed] */
static int gate_check_repeated(const struct gate_request *request, struct refusal *refusal)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice name = request->headers[i].name;
        if (gate_is_service_header(name) && sign_find(request->headers, i, name).at != NULL)
            return refusal_set(refusal, INVALID, "Repeated header: %.*s.", SLICE_ARG(name));
    }
    return 0;
}

static int gate_check_headers(const struct gate_request *request, struct refusal *refusal)
{
    static const char *const always[] = {"x-ots-date", "x-ots-apiversion", "x-ots-accesskeyid",
                                         "x-ots-instancename", "x-ots-contentmd5"};
    static const char *const v2[] = {"x-ots-signature"};
    static const char *const v4[] = {"x-ots-signdate", "x-ots-signregion"};
    bool is_v4 = gate_find(request, "x-ots-signaturev4").at != NULL;
    if (gate_check_repeated(request, refusal) != 0 ||
        gate_need(request, always, sizeof(always) / sizeof(always[0]), refusal) != 0 ||
        gate_need(request, is_v4 ? v4 : v2, is_v4 ? 2 : 1, refusal) != 0)
        return -1;
    /* The tunnel client of one SDK sends another version, but it has paths of its own. */
    struct slice version = gate_find(request, "x-ots-apiversion");
    if (!slice_equal(version, SLICE("2015-12-31")))
        return refusal_set(refusal, INVALID, "Unsupported version: %.*s.", SLICE_ARG(version));
    return 0;
}

/* ---- time ---- */

static int64_t gate_away_ms(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static int gate_check_date(const struct gate *gate, const struct gate_request *request, int64_t wall_ms,
                           struct refusal *refusal)
{
    struct slice date = gate_find(request, "x-ots-date");
    int64_t sent_ms;
    if (sign_parse_date(date, &sent_ms) != 0)
        return refusal_set(refusal, INVALID, "Invalid date format: %.*s.", SLICE_ARG(date));
    if (gate->check_clock && gate_away_ms(sent_ms, wall_ms) > GATE_CLOCK_MS)
        return refusal_set(refusal, AUTH_FAILED, "Mismatch between system time and x-ots-date: %.*s.",
                           SLICE_ARG(date));
    return 0;
}

/* The form only; -1: no day. */
static int gate_read_day(struct slice day, int64_t *start_ms)
{
    char date[] = "yyyy-mm-ddT00:00:00Z";
    if (day.len != SIGN_V4_DAY)
        return -1;
    memcpy(date, day.at, 4);
    memcpy(date + 5, day.at + 4, 2);
    memcpy(date + 8, day.at + 6, 2);
    return sign_parse_date(slice_text(date), start_ms);
}

/* A key that was derived yesterday may still be in use a moment after midnight. [assumed] */
static int gate_check_day(const struct gate *gate, const struct gate_request *request, int64_t wall_ms,
                          struct refusal *refusal)
{
    struct slice day = gate_find(request, "x-ots-signdate");
    int64_t start_ms;
    if (gate_find(request, "x-ots-signaturev4").at == NULL)
        return 0;
    if (gate_read_day(day, &start_ms) != 0)
        return refusal_set(refusal, INVALID, "Invalid date format: %.*s.", SLICE_ARG(day));
    if (gate_find(request, "x-ots-signregion").len > KEYRING_REGION_MOST)
        return refusal_set(refusal, INVALID, "Invalid region.");
    if (gate->check_clock && gate_away_ms(start_ms + GATE_DAY_MS / 2, wall_ms) > GATE_DAY_MS)
        return refusal_set(refusal, AUTH_FAILED, "Mismatch between system time and x-ots-signdate: %.*s.",
                           SLICE_ARG(day));
    return 0;
}

/* ---- who ---- */

/* The service's words for tokens are not known. [assumed] */
static int gate_check_token(const struct keyring_key *key, const struct gate_request *request,
                            struct refusal *refusal)
{
    struct slice token = gate_find(request, "x-ots-ststoken");
    if (key->sts_token == NULL && token.at == NULL)
        return 0;
    if (key->sts_token == NULL || !digest_equal(token, slice_text(key->sts_token)))
        return refusal_set(refusal, AUTH_FAILED, "The security token is not valid.");
    return 0;
}

static int gate_check_signature(struct gate *gate, const struct gate_request *request,
                                const struct gate_pass *pass, struct refusal *refusal)
{
    char expected[DIGEST_SHA256_BASE64 + 1];
    bool is_v4 = pass->derived[0] != 0;
    buffer_reset(&gate->text, GATE_TEXT_KEEP);
    sign_request_text(request->path, request->headers, request->header_count, &gate->text);
    if (is_v4)
        sign_v4(gate->digest, pass->derived, &gate->text, expected);
    else
        digest_hmac_sha1(gate->digest, slice_text(pass->key->secret), buffer_slice(&gate->text), expected);
    if (!digest_equal(slice_text(expected),
                      gate_find(request, is_v4 ? "x-ots-signaturev4" : "x-ots-signature")))
        return refusal_set(refusal, AUTH_FAILED, "Signature mismatch.");
    return 0;
}

static int gate_check_key(struct gate *gate, const struct gate_request *request, const struct gate_pass *pass,
                          struct refusal *refusal)
{
    if (pass->key == NULL)
        return refusal_set(refusal, AUTH_FAILED, "The AccessKeyID does not exist.");
    if (gate_check_token(pass->key, request, refusal) != 0)
        return -1;
    return gate_check_signature(gate, request, pass, refusal);
}

/* Somebody else's instance is as good as none. [assumed] */
static int gate_check_instance(const struct gate *gate, const struct gate_request *request,
                               struct gate_pass *pass, struct refusal *refusal)
{
    struct slice name = gate_find(request, "x-ots-instancename");
    for (size_t i = 0; i < gate->instance_count; i++) {
        if (!slice_equal(name, slice_text(gate->instances[i])))
            continue;
        pass->instance = i;
        if (pass->key->instance == NULL || slice_equal(name, slice_text(pass->key->instance)))
            return 0;
    }
    return refusal_set(refusal, AUTH_FAILED, "The instance is not found.");
}

/* ---- the body ---- */

static int gate_check_md5(struct gate *gate, const struct gate_request *request, struct refusal *refusal)
{
    digest_md5(gate->digest, request->body, gate->md5);
    if (!slice_equal(slice_text(gate->md5), gate_find(request, "x-ots-contentmd5")))
        return refusal_set(refusal, AUTH_FAILED,
                           "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.");
    return 0;
}

/* That the limit of a body also holds for what comes out of it is assumed. [assumed] */
static int gate_unpack(struct gate *gate, const struct gate_request *request, struct gate_pass *pass,
                       struct refusal *refusal)
{
    struct slice size = gate_find(request, "x-ots-request-compress-size");
    int64_t bytes = 0;
    struct error err;
    if (!number_int64(size, &bytes) || bytes <= 0)
        return refusal_set(refusal, INVALID, "Invalid x-ots-request-compress-size: %.*s.", SLICE_ARG(size));
    if (bytes > LIMIT_BODY_BYTES)
        return refusal_set(refusal, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    buffer_reset(&gate->body, GATE_BODY_KEEP);
    if (deflate_unpack(request->body, (size_t)bytes, &gate->body, &err) != 0)
        return refusal_set(refusal, INVALID, "Invalid compressed body: %s.", err.text);
    pass->body = buffer_slice(&gate->body);
    return 0;
}

static int gate_check_compression(struct gate *gate, const struct gate_request *request,
                                  struct gate_pass *pass, struct refusal *refusal)
{
    static const char *const both[] = {"x-ots-request-compress-type", "x-ots-request-compress-size"};
    struct slice type = gate_find(request, both[0]);
    struct slice wanted = gate_find(request, "x-ots-response-compress-type");
    if (wanted.at != NULL && !pass->deflate)
        return refusal_set(refusal, INVALID, "Unsupported x-ots-response-compress-type: %.*s.",
                           SLICE_ARG(wanted));
    if (type.at == NULL)
        return gate_find(request, both[1]).at == NULL ? 0 : gate_need(request, both, 1, refusal);
    if (gate_need(request, both, 2, refusal) != 0)
        return -1;
    if (!slice_equal(type, SLICE("deflate")))
        return refusal_set(refusal, INVALID, "Unsupported x-ots-request-compress-type: %.*s.",
                           SLICE_ARG(type));
    return gate_unpack(gate, request, pass, refusal);
}

/* ---- in ---- */

/* How the answer is to be sealed, whatever becomes of the request. To somebody who is not known there is
 * nothing to sign with. [assumed] */
static void gate_look(struct gate *gate, const struct gate_request *request, struct gate_pass *pass)
{
    struct keyring_key *key = keyring_find(&gate->keyring, gate_find(request, "x-ots-accesskeyid"));
    struct slice day = gate_find(request, "x-ots-signdate");
    struct slice region = gate_find(request, "x-ots-signregion");
    *pass = (struct gate_pass){.key = key, .body = request->body};
    pass->deflate = slice_equal(gate_find(request, "x-ots-response-compress-type"), SLICE("deflate"));
    if (key != NULL && gate_find(request, "x-ots-signaturev4").at != NULL && day.len == SIGN_V4_DAY &&
        region.at != NULL && region.len <= KEYRING_REGION_MOST)
        memcpy(pass->derived, keyring_derive(key, gate->digest, day, region), sizeof(pass->derived));
}

int gate_enter(struct gate *gate, const struct gate_request *request, int64_t wall_ms, struct gate_pass *pass,
               struct refusal *refusal)
{
    const struct operation *operation = operation_find(request->path);
    gate_look(gate, request, pass);
    if (!slice_equal(request->method, SLICE("POST")))
        return refusal_set(refusal, "OTSMethodNotAllowed", "Only POST method for requests is supported.");
    if (operation == NULL) {
        operation_refuse(request->path, refusal);
        return -1;
    }
    if (request->too_large)
        return refusal_set(refusal, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    if (gate_check_headers(request, refusal) != 0 || gate_check_date(gate, request, wall_ms, refusal) != 0 ||
        gate_check_day(gate, request, wall_ms, refusal) != 0 ||
        gate_check_key(gate, request, pass, refusal) != 0 || gate_check_md5(gate, request, refusal) != 0 ||
        gate_check_instance(gate, request, pass, refusal) != 0 ||
        gate_check_compression(gate, request, pass, refusal) != 0)
        return -1;
    pass->operation = operation;
    return 0;
}
