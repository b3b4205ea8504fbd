/* signer: the headers of a request, ready to send, and the check of an answer. */
#include "wire/sign.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "wire/digest.h"

enum { TEXT_MOST = 256 * 1024, TEXT_KEEP = 8 * 1024 };

struct signer {
    struct digest *digest;
    struct buffer lines; /* "name: value" texts, each ended by 0 */
    struct buffer text;  /* what is signed */
};

struct signer *signer_create(void)
{
    struct signer *signer = check_memory(calloc(1, sizeof(*signer)));
    signer->digest = digest_create();
    buffer_init(&signer->lines, TEXT_MOST);
    buffer_init(&signer->text, TEXT_MOST);
    return signer;
}

void signer_destroy(struct signer *signer)
{
    if (signer == NULL)
        return;
    digest_destroy(signer->digest);
    buffer_fini(&signer->lines);
    buffer_fini(&signer->text);
    free(signer);
}

static bool is_control(char sign)
{
    return (unsigned char)sign < 0x20 || sign == 0x7f;
}

/* A value from outside (a token, say) must not begin a header of its own: control characters are left out,
 * and the signature is over what is left. */
static void add_value(struct buffer *lines, struct slice value)
{
    char *to = buffer_reserve(lines, value.len);
    CHECK(to != NULL);
    for (size_t i = 0; i < value.len; i++) {
        if (!is_control(value.at[i]))
            *to++ = value.at[i];
    }
    lines->len = (size_t)(to - lines->at);
}

/* Where things are in `lines` while it grows and may move. */
struct line {
    size_t begin;
    size_t value;
    size_t end;
};

static struct line add_line(struct buffer *lines, struct slice name, struct slice value)
{
    struct line line = {.begin = lines->len};
    CHECK(buffer_add_slice(lines, name) == 0 && buffer_add(lines, ": ", 2) == 0);
    line.value = lines->len;
    add_value(lines, value);
    line.end = lines->len;
    CHECK(buffer_add(lines, "", 1) == 0);
    return line;
}

static struct sign_header header_of(const struct buffer *lines, struct line line)
{
    return (struct sign_header){slice_of(lines->at + line.begin, line.value - 2 - line.begin),
                                slice_of(lines->at + line.value, line.end - line.value)};
}

static size_t add_signed_lines(struct signer *signer, const struct sign_request *request, struct line *lines)
{
    struct buffer *to = &signer->lines;
    char md5[DIGEST_MD5_BASE64 + 1];
    char date[SIGN_DATE + 1];
    size_t count = 0;
    if (request->body_md5.len == 0)
        digest_md5(signer->digest, request->body, md5);
    struct slice body_md5 = request->body_md5.len > 0 ? request->body_md5 : slice_of(md5, DIGEST_MD5_BASE64);
    sign_date(request->wall_ms, date);
    lines[count++] = add_line(to, SLICE("x-ots-date"), slice_of(date, SIGN_DATE));
    lines[count++] = add_line(to, SLICE("x-ots-apiversion"), SLICE("2015-12-31"));
    lines[count++] = add_line(to, SLICE("x-ots-accesskeyid"), request->access_key_id);
    lines[count++] = add_line(to, SLICE("x-ots-instancename"), request->instance);
    lines[count++] = add_line(to, SLICE("x-ots-contentmd5"), body_md5);
    if (request->sts_token.len > 0)
        lines[count++] = add_line(to, SLICE("x-ots-ststoken"), request->sts_token);
    return count;
}

static void sign_lines(struct signer *signer, const struct sign_request *request, const struct line *lines,
                       size_t count, char signature[DIGEST_SHA1_BASE64 + 1])
{
    struct sign_header headers[SIGN_LINES];
    for (size_t i = 0; i < count; i++)
        headers[i] = header_of(&signer->lines, lines[i]);
    buffer_reset(&signer->text, TEXT_KEEP);
    sign_request_text(request->path, headers, count, &signer->text);
    digest_hmac_sha1(signer->digest, request->access_key_secret, buffer_slice(&signer->text), signature);
}

size_t signer_request(struct signer *signer, const struct sign_request *request,
                      const char *texts[SIGN_LINES])
{
    struct line lines[SIGN_LINES];
    char signature[DIGEST_SHA1_BASE64 + 1];
    buffer_reset(&signer->lines, TEXT_KEEP);
    size_t count = add_signed_lines(signer, request, lines);
    sign_lines(signer, request, lines, count, signature);
    lines[count++] =
        add_line(&signer->lines, SLICE("x-ots-signature"), slice_of(signature, DIGEST_SHA1_BASE64));
    for (size_t i = 0; i < count; i++)
        texts[i] = signer->lines.at + lines[i].begin;
    return count;
}

static int check_md5(struct signer *signer, const struct sign_answer *answer, struct error *err)
{
    char md5[DIGEST_MD5_BASE64 + 1];
    struct slice given = sign_find(answer->headers, answer->header_count, SLICE("x-ots-contentmd5"));
    if (given.at == NULL)
        return error_set(err, ERROR_RETRY, "the answer has no x-ots-contentmd5 header");
    digest_md5(signer->digest, answer->body, md5);
    if (!digest_equal(given, slice_of(md5, DIGEST_MD5_BASE64)))
        return error_set(err, ERROR_RETRY,
                         "the answer's body does not have the MD5 of its x-ots-contentmd5 header");
    return 0;
}

/* "OTS <access key id>:<signature>"; the id may have a colon in it, the signature never has. */
static int split_authorization(struct slice text, struct slice *id, struct slice *signature)
{
    struct slice scheme = SLICE("OTS ");
    if (text.len <= scheme.len || memcmp(text.at, scheme.at, scheme.len) != 0)
        return -1;
    const char *colon = memrchr(text.at, ':', text.len);
    if (colon == NULL)
        return -1;
    *id = slice_of(text.at + scheme.len, (size_t)(colon - text.at) - scheme.len);
    *signature = slice_of(colon + 1, (size_t)(text.at + text.len - colon - 1));
    return 0;
}

static int check_signature(struct signer *signer, const struct sign_answer *answer, struct slice given,
                           struct error *err)
{
    char signature[DIGEST_SHA1_BASE64 + 1];
    buffer_reset(&signer->text, TEXT_KEEP);
    sign_answer_text(answer->path, answer->headers, answer->header_count, &signer->text);
    digest_hmac_sha1(signer->digest, answer->access_key_secret, buffer_slice(&signer->text), signature);
    if (!digest_equal(given, slice_of(signature, DIGEST_SHA1_BASE64)))
        return error_set(err, ERROR_RETRY, "the answer's signature is not that of our access key secret");
    return 0;
}

int signer_verify(struct signer *signer, const struct sign_answer *answer, struct error *err)
{
    struct slice id;
    struct slice signature;
    if (answer->authorization.at == NULL)
        return error_set(err, ERROR_RETRY, "the answer is not signed (it has no Authorization header)");
    if (split_authorization(answer->authorization, &id, &signature) != 0)
        return error_set(err, ERROR_RETRY,
                         "the answer's Authorization header does not read OTS <id>:<signature>");
    if (!slice_equal(id, answer->access_key_id))
        return error_set(err, ERROR_RETRY, "the answer is signed for another access key id");
    if (check_signature(signer, answer, signature, err) != 0)
        return -1;
    return check_md5(signer, answer, err);
}
