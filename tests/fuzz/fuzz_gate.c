/* fuzz_gate: any headers and any body at the emulator's gate. The first byte says how the driver helps: 1
 * sets the digest, 2 signs as V2, 4 as V4, so that what lies behind these checks is reached. Then lines
 * "name: value", an empty line, and the body; a path stands in the first line. The answer must be one that
 * the client's own code accepts. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "base/utf8.h"
#include "emulator/gate.h"
#include "emulator/limits.h"
#include "wire/deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HELP_DIGEST = 1, HELP_V2 = 2, HELP_V4 = 4, HEADERS_MOST = 64, ADDED = 3 };

static const int64_t now_ms = 1704164645678;

struct asked {
    struct gate_request request;
    struct sign_header headers[HEADERS_MOST + ADDED];
    char md5[DIGEST_MD5_BASE64 + 1];
    char signature[DIGEST_SHA256_BASE64 + 1];
};

static struct gate *gate;
static struct digest *digest;
static struct signer *signer;

static void begin(void)
{
    static const char *const instances[] = {"one", "two"};
    static const struct keyring_pair pairs[] = {{.id = "all", .secret = "secret a"},
                                                {.id = "second", .secret = "secret b", .instance = "two"},
                                                {.id = "sts", .secret = "secret c", .sts_token = "token"}};
    struct gate_options options = {
        .instances = instances, .instance_count = 2, .pairs = pairs, .pair_count = 3, .check_clock = true};
    gate = gate_create(&options);
    digest = digest_create();
    signer = signer_create();
}

/* Up to the line's end, which is left out of the rest. */
static struct slice take_line(struct slice *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->at, '\n', rest->len);
    struct slice line = slice_of(rest->at, end == NULL ? rest->len : (size_t)(end - rest->at));
    size_t taken = line.len + (end == NULL ? 0 : 1);
    *rest = slice_of(rest->at + taken, rest->len - taken);
    return line;
}

static void take_request(struct asked *asked, struct slice rest)
{
    asked->request = (struct gate_request){.method = SLICE("POST"), .path = take_line(&rest)};
    for (struct slice line = take_line(&rest); line.len > 0; line = take_line(&rest)) {
        const char *colon = memchr(line.at, ':', line.len);
        if (colon == NULL || asked->request.header_count == HEADERS_MOST)
            continue;
        asked->headers[asked->request.header_count++] =
            (struct sign_header){slice_of(line.at, (size_t)(colon - line.at)),
                                 slice_of(colon + 1, (size_t)(line.at + line.len - colon - 1))};
    }
    asked->request.headers = asked->headers;
    asked->request.body = rest;
    asked->request.too_large = rest.len > LIMIT_BODY_BYTES;
}

static void add(struct asked *asked, const char *name, const char *value)
{
    asked->headers[asked->request.header_count++] = (struct sign_header){slice_text(name), slice_text(value)};
}

static struct slice find(const struct asked *asked, const char *name)
{
    return sign_find(asked->headers, asked->request.header_count, slice_text(name));
}

static const char *secret_of(struct slice id)
{
    return slice_equal(id, SLICE("second")) ? "secret b"
           : slice_equal(id, SLICE("sts"))  ? "secret c"
                                            : "secret a";
}

static void help(struct asked *asked, int how)
{
    struct slice secret = slice_text(secret_of(find(asked, "x-ots-accesskeyid")));
    char key[DIGEST_SHA256_BASE64 + 1];
    struct buffer text;
    buffer_init(&text, 1 << 22);
    if ((how & HELP_DIGEST) != 0) {
        digest_md5(digest, asked->request.body, asked->md5);
        add(asked, "x-ots-contentmd5", asked->md5);
    }
    sign_request_text(asked->request.path, asked->headers, asked->request.header_count, &text);
    if ((how & HELP_V4) != 0) {
        sign_v4_key(digest, secret, find(asked, "x-ots-signdate"), find(asked, "x-ots-signregion"), key);
        sign_v4(digest, key, &text, asked->signature);
        add(asked, "x-ots-signaturev4", asked->signature);
    } else if ((how & HELP_V2) != 0) {
        digest_hmac_sha1(digest, secret, buffer_slice(&text), asked->signature);
        add(asked, "x-ots-signature", asked->signature);
    }
    buffer_fini(&text);
}

static void check_refusal(const struct gate_pass *pass, const struct refusal *refusal)
{
    const char *end = refusal->message + strlen(refusal->message);
    CHECK(pass->operation == NULL && refusal->status >= 400 && refusal->code[0] != 0);
    CHECK(utf8_check(refusal->message, end) == end);
}

/* What the client takes as the body: unpacked, when the headers say that it is packed. */
static void check_body(const struct gate_answer *answer, const struct sign_header *headers, size_t count,
                       struct slice plain)
{
    struct slice size = sign_find(headers, count, SLICE("x-ots-response-compress-size"));
    struct buffer unpacked;
    struct error err;
    if (size.at == NULL) {
        CHECK(slice_equal(answer->body, plain));
        return;
    }
    buffer_init(&unpacked, 64 << 20);
    CHECK(strtoul(size.at, NULL, 10) == plain.len);
    CHECK(deflate_unpack(answer->body, plain.len, &unpacked, &err) == 0);
    CHECK(slice_equal(buffer_slice(&unpacked), plain));
    buffer_fini(&unpacked);
}

static void check_answer(const struct asked *asked, const struct gate_pass *pass)
{
    struct sign_header headers[GATE_SEAL];
    struct gate_answer answer = {.path = asked->request.path,
                                 .request_id = "00060ded-c058-81a0-0000-000000000001",
                                 .wall_ms = now_ms,
                                 .body = asked->request.body};
    struct error err;
    size_t count = gate_seal(gate, pass, &answer, headers);
    check_body(&answer, headers, count, asked->request.body);
    if (pass->key == NULL)
        return;
    struct sign_answer sealed = {.path = answer.path,
                                 .access_key_id = slice_text(pass->key->id),
                                 .access_key_secret =
                                     slice_text(pass->derived[0] != 0 ? pass->derived : pass->key->secret),
                                 .headers = headers,
                                 .header_count = count,
                                 .authorization = sign_find(headers, count, SLICE("Authorization")),
                                 .body = asked->request.body};
    CHECK(signer_verify(signer, &sealed, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct asked asked;
    struct gate_pass pass;
    struct refusal refusal = {.status = 0};
    if (gate == NULL)
        begin();
    if (size == 0)
        return 0;
    take_request(&asked, slice_of(data + 1, size - 1));
    help(&asked, data[0]);
    if (gate_enter(gate, &asked.request, now_ms, &pass, &refusal) != 0)
        check_refusal(&pass, &refusal);
    else
        CHECK(pass.operation != NULL && pass.instance < 2 && pass.body.len <= LIMIT_BODY_BYTES);
    check_answer(&asked, &pass);
    return 0;
}
