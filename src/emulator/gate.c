/* gate: checks in, seal out. */
#include "emulator/gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "emulator/operation.h"
#include "wire/digest.h"

enum { GATE_CLOCK_MS = 15 * 60 * 1000, GATE_TEXT_MOST = 256 * 1024, GATE_TEXT_KEEP = 4096 };

#define INVALID "OTSParameterInvalid"
#define AUTH_FAILED "OTSAuthFailed"

struct gate {
    char *instance;
    char *access_key_id;
    char *access_key_secret;
    char *sts_token; /* NULL: none */
    bool check_clock;
    struct digest *digest;
    struct buffer text;
    char date[SIGN_DATE + 4]; /* six digits of fraction */
    char md5[DIGEST_MD5_BASE64 + 1];
    struct buffer authorization;
};

struct gate *gate_create(const struct gate_options *options)
{
    struct gate *gate = check_memory(calloc(1, sizeof(*gate)));
    gate->instance = check_memory(strdup(options->instance));
    gate->access_key_id = check_memory(strdup(options->access_key_id));
    gate->access_key_secret = check_memory(strdup(options->access_key_secret));
    if (options->sts_token != NULL)
        gate->sts_token = check_memory(strdup(options->sts_token));
    gate->check_clock = options->check_clock;
    gate->digest = digest_create();
    buffer_init(&gate->text, GATE_TEXT_MOST);
    buffer_init(&gate->authorization, GATE_TEXT_MOST);
    return gate;
}

void gate_destroy(struct gate *gate)
{
    free(gate->instance);
    free(gate->access_key_id);
    free(gate->access_key_secret);
    free(gate->sts_token);
    digest_destroy(gate->digest);
    buffer_fini(&gate->text);
    buffer_fini(&gate->authorization);
    free(gate);
}

static struct slice gate_find(const struct gate_request *request, const char *name)
{
    return sign_find(request->headers, request->header_count, slice_text(name));
}

static int gate_check_headers(const struct gate_request *request, struct refusal *refusal)
{
    static const char *const needed[] = {"x-ots-date", "x-ots-apiversion", "x-ots-accesskeyid",
                                         "x-ots-instancename", "x-ots-contentmd5"};
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (gate_find(request, needed[i]).at == NULL)
            return refusal_set(refusal, INVALID, "Missing header: %s.", needed[i]);
    if (gate_find(request, "x-ots-signaturev4").at != NULL)
        return refusal_set(refusal, INVALID, "This emulator does not know signature V4.");
    if (gate_find(request, "x-ots-signature").at == NULL)
        return refusal_set(refusal, INVALID, "Missing header: x-ots-signature.");
    if (gate_find(request, "x-ots-request-compress-type").at != NULL)
        return refusal_set(refusal, INVALID, "This emulator does not know compressed requests.");
    /* The tunnel client of one SDK sends another version, but it has paths of its own. */
    struct slice version = gate_find(request, "x-ots-apiversion");
    if (!slice_equal(version, SLICE("2015-12-31")))
        return refusal_set(refusal, INVALID, "Unsupported version: %.*s.", SLICE_ARG(version));
    return 0;
}

static int gate_check_date(const struct gate *gate, const struct gate_request *request, int64_t wall_ms,
                           struct refusal *refusal)
{
    struct slice date = gate_find(request, "x-ots-date");
    int64_t sent_ms;
    if (sign_parse_date(date, &sent_ms) != 0)
        return refusal_set(refusal, INVALID, "Invalid date format: %.*s.", SLICE_ARG(date));
    int64_t away_ms = sent_ms > wall_ms ? sent_ms - wall_ms : wall_ms - sent_ms;
    if (gate->check_clock && away_ms > GATE_CLOCK_MS)
        return refusal_set(refusal, AUTH_FAILED, "Mismatch between system time and x-ots-date: %.*s.",
                           SLICE_ARG(date));
    return 0;
}

static int gate_check_token(const struct gate *gate, const struct gate_request *request,
                            struct refusal *refusal)
{
    struct slice token = gate_find(request, "x-ots-ststoken");
    if (gate->sts_token == NULL && token.at == NULL)
        return 0;
    if (gate->sts_token == NULL || !digest_equal(token, slice_text(gate->sts_token)))
        return refusal_set(refusal, AUTH_FAILED, "The security token is not valid.");
    return 0;
}

static int gate_check_signature(struct gate *gate, const struct gate_request *request,
                                struct refusal *refusal)
{
    char expected[DIGEST_SHA1_BASE64 + 1];
    struct slice id = gate_find(request, "x-ots-accesskeyid");
    if (!slice_equal(id, slice_text(gate->access_key_id)))
        return refusal_set(refusal, AUTH_FAILED, "The AccessKeyID does not exist.");
    if (gate_check_token(gate, request, refusal) != 0)
        return -1;
    buffer_reset(&gate->text, GATE_TEXT_KEEP);
    sign_request_text(request->path, request->headers, request->header_count, &gate->text);
    digest_hmac_sha1(gate->digest, slice_text(gate->access_key_secret), buffer_slice(&gate->text), expected);
    if (!digest_equal(slice_text(expected), gate_find(request, "x-ots-signature")))
        return refusal_set(refusal, AUTH_FAILED, "Signature mismatch.");
    return 0;
}

static int gate_check_body(struct gate *gate, const struct gate_request *request, struct refusal *refusal)
{
    char md5[DIGEST_MD5_BASE64 + 1];
    digest_md5(gate->digest, request->body, md5);
    if (!slice_equal(slice_text(md5), gate_find(request, "x-ots-contentmd5")))
        return refusal_set(refusal, AUTH_FAILED,
                           "Mismatch between MD5 value of request body and x-ots-contentmd5 in header.");
    if (!slice_equal(gate_find(request, "x-ots-instancename"), slice_text(gate->instance)))
        return refusal_set(refusal, AUTH_FAILED, "The instance is not found.");
    return 0;
}

const struct operation *gate_enter(struct gate *gate, const struct gate_request *request, int64_t wall_ms,
                                   struct refusal *refusal)
{
    const struct operation *operation = operation_find(request->path);
    if (!slice_equal(request->method, SLICE("POST")))
        refusal_set(refusal, "OTSMethodNotAllowed", "Only POST method for requests is supported.");
    else if (operation == NULL)
        operation_refuse(request->path, refusal);
    else if (request->too_large)
        refusal_set(refusal, "OTSRequestBodyTooLarge", "The size of POST data is too large.");
    else if (gate_check_headers(request, refusal) == 0 &&
             gate_check_date(gate, request, wall_ms, refusal) == 0 &&
             gate_check_signature(gate, request, refusal) == 0 &&
             gate_check_body(gate, request, refusal) == 0)
        return operation;
    return NULL;
}

/* Another base64 text of the same length. */
static void gate_falsify(char *base64)
{
    base64[0] = base64[0] == 'A' ? 'B' : 'A';
}

size_t gate_seal(struct gate *gate, enum gate_flaw flaw, struct slice path, const char *request_id,
                 struct slice body, int64_t wall_ms, struct sign_header headers[GATE_SEAL])
{
    char signature[DIGEST_SHA1_BASE64 + 1];
    size_t count = 0;
    sign_date(wall_ms, gate->date);
    snprintf(gate->date + SIGN_DATE - 1, 5, "000Z");
    digest_md5(gate->digest, body, gate->md5);
    if (flaw == GATE_WRONG_DIGEST)
        gate_falsify(gate->md5);
    headers[count++] = (struct sign_header){SLICE("x-ots-contentmd5"), slice_text(gate->md5)};
    headers[count++] = (struct sign_header){SLICE("x-ots-contenttype"), SLICE("protocol buffer")};
    headers[count++] = (struct sign_header){SLICE("x-ots-date"), slice_text(gate->date)};
    if (flaw != GATE_NO_REQUEST_ID)
        headers[count++] = (struct sign_header){SLICE("x-ots-requestid"), slice_text(request_id)};
    buffer_reset(&gate->text, GATE_TEXT_KEEP);
    sign_answer_text(path, headers, count, &gate->text);
    digest_hmac_sha1(gate->digest, slice_text(gate->access_key_secret), buffer_slice(&gate->text), signature);
    if (flaw == GATE_WRONG_SIGNATURE)
        gate_falsify(signature);
    buffer_reset(&gate->authorization, GATE_TEXT_KEEP);
    CHECK(buffer_print(&gate->authorization, "OTS %s:%s", gate->access_key_id, signature) == 0);
    headers[count++] = (struct sign_header){SLICE("Authorization"), buffer_slice(&gate->authorization)};
    return count;
}
