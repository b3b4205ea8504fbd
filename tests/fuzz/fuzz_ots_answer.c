/* fuzz_ots_answer: whatever comes back is classified, and its words stay one line of bounded length. Input:
 * two bytes of status, a byte of flags, header lines up to an empty one, the body. With the flag the body is
 * read as a signed answer's: rows, description. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "ots/answer.h"
#include "ots/fault.h"
#include "ots/table_schema.h"
#include "wire/sign.h"
#include "wire/write_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS_MOST = 64 };

/* A line of `text`, which is moved behind it. */
static struct slice take_line(struct slice *text)
{
    const char *end = text->len > 0 ? memchr(text->at, '\n', text->len) : NULL;
    struct slice line = slice_of(text->at, end == NULL ? text->len : (size_t)(end - text->at));
    size_t taken = line.len + (end == NULL ? 0 : 1);
    *text = slice_of(text->at + taken, text->len - taken);
    return line;
}

static size_t take_headers(struct slice *text, struct http_header headers[HEADERS_MOST])
{
    size_t count = 0;
    while (count < HEADERS_MOST) {
        struct slice line = take_line(text);
        const char *colon = line.len > 0 ? memchr(line.at, ':', line.len) : NULL;
        if (colon == NULL)
            break;
        size_t name = (size_t)(colon - line.at);
        headers[count++] =
            (struct http_header){slice_of(line.at, name), slice_of(colon + 1, line.len - name - 1)};
    }
    return count;
}

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    uint32_t *seen = arg;
    CHECK(index == (*seen)++);
    if (!row->ok)
        CHECK(ots_fault_verdict(row->code, row->message) != VERDICT_OK);
    return 0;
}

static void read_as_signed(struct slice body, uint32_t rows)
{
    struct mapping_plan plan = {.table = SLICE("t"), .keys = {{{"id", 2}, CELL_STRING}}, .key_count = 1};
    struct ots_table_options options = {.plan = &plan};
    struct ots_description description;
    struct error err;
    uint32_t seen = 0;
    if (write_reply_walk(WRITE_BULK_IMPORT, body, rows, on_row, &seen, &err) == 0)
        CHECK(seen == rows);
    seen = 0;
    if (write_reply_walk(WRITE_BATCH_WRITE_ROW, body, rows, on_row, &seen, &err) == 0)
        CHECK(seen == rows);
    ots_schema_read(&options, body, &description, &err);
}

static void check_answer(const struct ots_answer *answer)
{
    CHECK(strpbrk(answer->error.text, "\r\n\t") == NULL);
    CHECK((answer->outcome == OTS_OK) == (answer->error.text[0] == 0));
    CHECK((answer->outcome == OTS_OK) == (answer->error.kind == ERROR_NONE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct signer *signer;
    if (signer == NULL)
        signer = signer_create();
    if (size < 3)
        return 0;
    struct http_header headers[HEADERS_MOST];
    struct slice text = slice_of(data + 3, size - 3);
    struct http_reply reply = {
        .outcome = HTTP_ANSWERED, .status = 200 + (data[0] << 8 | data[1]) % 400, .headers = headers};
    reply.header_count = take_headers(&text, headers);
    reply.body = text;
    struct ots_question question = {.signer = signer,
                                    .operation = "BulkImport",
                                    .host = "host:1",
                                    .path = SLICE("/BulkImport"),
                                    .access_key_id = SLICE("testid"),
                                    .access_key_secret = SLICE("testsecret")};
    struct ots_answer answer;
    int64_t wall_ms;
    ots_answer_read(&question, &reply, &answer);
    check_answer(&answer);
    if (memmem(data, size, "testsecret", 10) == NULL)
        CHECK(strstr(answer.error.text, "testsecret") == NULL);
    ots_answer_wall_ms(&reply, &wall_ms);
    if (data[2] & 0x80)
        read_as_signed(text, data[2] & 0x7f);
    return 0;
}
