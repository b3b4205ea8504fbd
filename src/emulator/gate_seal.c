/* gate_seal: the headers of an answer, its signature, and its body packed. */
#include <stdio.h>

#include "base/check.h"
#include "emulator/gate_private.h"
#include "wire/deflate.h"

/* Two headers when the body is packed, else none. */
static size_t gate_pack(struct gate *gate, const struct gate_pass *pass, struct slice *body,
                        struct sign_header *headers)
{
    if (!pass->deflate || body->len == 0)
        return 0;
    buffer_reset(&gate->packed, GATE_BODY_KEEP);
    if (deflate_pack(*body, &gate->packed) != 0)
        return 0;
    snprintf(gate->size, sizeof(gate->size), "%zu", body->len);
    *body = buffer_slice(&gate->packed);
    headers[0] = (struct sign_header){SLICE("x-ots-response-compress-type"), SLICE("deflate")};
    headers[1] = (struct sign_header){SLICE("x-ots-response-compress-size"), slice_text(gate->size)};
    return 2;
}

/* Another base64 text of the same length. */
static void gate_falsify(char *base64)
{
    base64[0] = base64[0] == 'A' ? 'B' : 'A';
}

static void gate_authorize(struct gate *gate, const struct gate_pass *pass, const struct gate_answer *answer,
                           const struct sign_header *headers, size_t count)
{
    char signature[DIGEST_SHA1_BASE64 + 1];
    const char *secret = pass->derived[0] != 0 ? pass->derived : pass->key->secret;
    buffer_reset(&gate->text, GATE_TEXT_KEEP);
    sign_answer_text(answer->path, headers, count, &gate->text);
    digest_hmac_sha1(gate->digest, slice_text(secret), buffer_slice(&gate->text), signature);
    if (answer->flaw == GATE_WRONG_SIGNATURE)
        gate_falsify(signature);
    buffer_reset(&gate->authorization, GATE_TEXT_KEEP);
    CHECK(buffer_print(&gate->authorization, "OTS %s:%s", pass->key->id, signature) == 0);
}

size_t gate_seal(struct gate *gate, const struct gate_pass *pass, struct gate_answer *answer,
                 struct sign_header headers[GATE_SEAL])
{
    size_t count = 0;
    sign_date(answer->wall_ms, gate->date);
    snprintf(gate->date + SIGN_DATE - 1, 5, "000Z");
    digest_md5(gate->digest, answer->body, gate->md5); /* before it is packed: the client unpacks first */
    if (answer->flaw == GATE_WRONG_DIGEST)
        gate_falsify(gate->md5);
    headers[count++] = (struct sign_header){SLICE("x-ots-contentmd5"), slice_text(gate->md5)};
    headers[count++] = (struct sign_header){SLICE("x-ots-contenttype"), SLICE("protocol buffer")};
    headers[count++] = (struct sign_header){SLICE("x-ots-date"), slice_text(gate->date)};
    if (answer->flaw != GATE_NO_REQUEST_ID)
        headers[count++] = (struct sign_header){SLICE("x-ots-requestid"), slice_text(answer->request_id)};
    count += gate_pack(gate, pass, &answer->body, headers + count);
    if (pass->key == NULL)
        return count;
    gate_authorize(gate, pass, answer, headers, count);
    headers[count++] = (struct sign_header){SLICE("Authorization"), buffer_slice(&gate->authorization)};
    return count;
}
