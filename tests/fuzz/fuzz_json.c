/* fuzz_json: the reader and its slow twin must agree about any bytes: what is JSON, and what it says. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "support/slow_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_string(struct slice text, bool escaped, const char *string, size_t len)
{
    char *plain = check_memory(malloc(text.len + 1));
    size_t plain_len = json_unescape(text, plain);
    CHECK(plain_len == len && memcmp(plain, string, len) == 0);
    CHECK(escaped == (memchr(text.at, '\\', text.len) != NULL));
    free(plain);
}

static void same_value(struct slice text, const struct json_value *quick, const struct slow_value *slow)
{
    CHECK(quick->kind == slow->kind);
    size_t quote = quick->kind == JSON_STRING;
    CHECK(quick->text.at == text.at + slow->at + quote);
    CHECK(quick->text.len == slow->end - slow->at - 2 * quote);
    if (quick->kind == JSON_STRING)
        same_string(quick->text, quick->escaped, slow->string, slow->string_len);
    if (quick->kind == JSON_INTEGER)
        CHECK(quick->integer == slow->integer);
    if (quick->kind == JSON_DOUBLE)
        CHECK(memcmp(&quick->number, &slow->number, sizeof(double)) == 0);
}

static void same_object(struct slice text, unsigned options)
{
    struct json_fault fault;
    int most = (int)text.len + 2;
    struct json_member *members = check_memory(malloc((size_t)most * sizeof(*members)));
    struct slow_member *slow;
    int slow_count = slow_json_object(text, options != 0, &slow);
    int count = json_object(text, options, members, most, &fault);
    CHECK(count == slow_count);
    if (count < 0)
        CHECK(fault.at <= text.len && fault.what != NULL && !fault.more);
    for (int i = 0; i < count; i++) {
        same_string(members[i].name, members[i].name_escaped, slow[i].name, slow[i].name_len);
        same_value(text, &members[i].value, &slow[i].value);
    }
    if (count > 0)
        CHECK(json_object(text, options, members, count - 1, &fault) == -1 && fault.more);
    slow_json_members_free(slow, count < 0 ? 0 : count);
    free(members);
}

/* What a string says survives writing and reading: written again, the same bytes come. */
static void same_after_writing(struct slice text)
{
    struct buffer first, second;
    struct json_value value;
    struct json_fault fault;
    buffer_init(&first, text.len * 6 + 16);
    buffer_init(&second, text.len * 6 + 16);
    json_put_string(&first, text);
    CHECK(json_value(buffer_slice(&first), 0, &value, NULL, &fault) == 0 && value.kind == JSON_STRING);
    char *plain = check_memory(malloc(value.text.len + 1));
    json_put_string(&second, slice_of(plain, json_unescape(value.text, plain)));
    CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    free(plain);
    buffer_fini(&first);
    buffer_fini(&second);
}

static void same_first_value(struct slice text, unsigned options)
{
    struct json_value quick;
    struct json_fault fault;
    struct slow_value slow;
    size_t end = 0;
    int good = slow_json_value(text, options != 0, &slow);
    CHECK((json_value(text, options, &quick, &end, &fault) == 0) == (good == 1));
    if (good == 1) {
        CHECK(end == slow.end);
        same_value(text, &quick, &slow);
    }
    slow_json_value_free(&slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly this size, so that a byte read too far is seen. */
    char *copy = check_memory(malloc(size + (size == 0)));
    if (size > 0)
        memcpy(copy, data, size);
    struct slice text = slice_of(copy, size);
    for (unsigned options = 0; options <= JSON_COMMENTS; options++) {
        same_object(text, options);
        same_first_value(text, options);
    }
    same_after_writing(text);
    free(copy);
    return 0;
}
