/* explain_input: one object a line, its members checked: what is not understood is refused, not passed over.
 */
#include "cli/explain_input.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/json.h"

enum { INPUT_MEMBERS_MOST = 32, INPUT_HEADERS_MOST = 1000, INPUT_ARENA_CHUNK = 65536 };

void explain_input_init(struct explain_input *input, const char *topic)
{
    input->topic = topic;
    arena_init(&input->arena, INPUT_ARENA_CHUNK);
}

void explain_input_fini(struct explain_input *input)
{
    arena_fini(&input->arena);
}

static int input_refuse(const struct json_member *member, const char *wanted, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "%.*s: %s was expected",
                     member->name.len > 100 ? 100 : (int)member->name.len, member->name.at, wanted);
}

static struct slice input_unescape(struct explain_input *input, struct slice text)
{
    char *to = arena_take(&input->arena, text.len + 1);
    return slice_of(to, json_unescape(text, to));
}

static int input_text(struct explain_input *input, const struct json_member *member, struct slice *to,
                      struct error *err)
{
    if (member->value.kind != JSON_STRING)
        return input_refuse(member, "a text", err);
    *to = input_unescape(input, member->value.text);
    return 0;
}

static int input_bytes(struct explain_input *input, const struct json_member *member, bool base64,
                       struct slice *to, struct error *err)
{
    struct slice text = {0};
    if (to->at != NULL)
        return error_set(err, ERROR_CONFIG, "%.*s: the bytes are given twice", SLICE_ARG(member->name));
    if (member->value.kind == JSON_NULL)
        return 0;
    if (input_text(input, member, &text, err) != 0)
        return -1;
    if (!base64) {
        *to = text;
        return 0;
    }
    char *bytes = arena_take(&input->arena, text.len + 1);
    ssize_t len = base64_decode(text, bytes);
    if (len < 0)
        return input_refuse(member, "base64", err);
    *to = slice_of(bytes, (size_t)len);
    return 0;
}

static int input_integer(const struct json_member *member, int64_t most, int64_t *to, struct error *err)
{
    if (member->value.kind != JSON_INTEGER || member->value.integer < 0 || member->value.integer > most)
        return input_refuse(member, "a whole number from 0 up", err);
    *to = member->value.integer;
    return 0;
}

/* One [name, text]; the text may be null. */
static int input_header(struct explain_input *input, const struct json_member *member, struct slice pair,
                        struct message_header *header, struct error *err)
{
    struct json_value two[2];
    struct json_fault fault = {0};
    if (json_array(pair, 0, two, 2, &fault) != 2 || two[0].kind != JSON_STRING ||
        (two[1].kind != JSON_STRING && two[1].kind != JSON_NULL))
        return input_refuse(member, "a list of [name, text]", err);
    header->name = input_unescape(input, two[0].text);
    header->value = two[1].kind == JSON_NULL ? slice_of(NULL, 0) : input_unescape(input, two[1].text);
    return 0;
}

static int input_headers(struct explain_input *input, const struct json_member *member, struct error *err)
{
    struct json_fault fault = {0};
    struct json_value *values = arena_take(&input->arena, INPUT_HEADERS_MOST * sizeof(*values));
    if (member->value.kind == JSON_NULL)
        return 0;
    if (member->value.kind != JSON_ARRAY)
        return input_refuse(member, "a list of [name, text]", err);
    int count = json_array(member->value.text, 0, values, INPUT_HEADERS_MOST, &fault);
    if (count < 0)
        return input_refuse(member, "at most 1000 headers", err);
    struct message_header *headers = arena_take(&input->arena, ((size_t)count + 1) * sizeof(*headers));
    for (int i = 0; i < count; i++) {
        if (values[i].kind != JSON_ARRAY)
            return input_refuse(member, "a list of [name, text]", err);
        if (input_header(input, member, values[i].text, &headers[i], err) != 0)
            return -1;
    }
    input->message.headers = headers;
    input->message.header_count = (size_t)count;
    return 0;
}

static int input_partition(struct explain_input *input, const struct json_member *member, struct error *err)
{
    int64_t partition = 0;
    if (input_integer(member, INT32_MAX, &partition, err) != 0)
        return -1;
    input->message.partition = (int32_t)partition;
    return 0;
}

static int input_member(struct explain_input *input, const struct json_member *member, struct error *err)
{
    struct message *message = &input->message;
    struct slice name = member->name;
    if (slice_equal(name, SLICE("topic")))
        return input_text(input, member, &message->topic, err);
    if (slice_equal(name, SLICE("partition")))
        return input_partition(input, member, err);
    if (slice_equal(name, SLICE("offset")))
        return input_integer(member, INT64_MAX, &message->offset, err);
    if (slice_equal(name, SLICE("timestamp")))
        return member->value.kind == JSON_NULL
                   ? 0
                   : input_integer(member, INT64_MAX, &message->timestamp_ms, err);
    if (slice_equal(name, SLICE("key")) || slice_equal(name, SLICE("key_base64")))
        return input_bytes(input, member, name.len > 3, &message->key, err);
    if (slice_equal(name, SLICE("value")) || slice_equal(name, SLICE("value_base64")))
        return input_bytes(input, member, name.len > 5, &message->value, err);
    if (slice_equal(name, SLICE("headers")))
        return input_headers(input, member, err);
    return error_set(
        err, ERROR_CONFIG,
        "%.*s: unknown; topic, partition, offset, timestamp, key, key_base64, value, value_base64 or headers "
        "was expected",
        name.len > 100 ? 100 : (int)name.len, name.at);
}

int explain_input_read(struct explain_input *input, struct slice line, int64_t number, struct error *err)
{
    struct json_member members[INPUT_MEMBERS_MOST];
    struct json_fault fault = {0};
    arena_reset(&input->arena);
    input->message =
        (struct message){.topic = slice_text(input->topic), .offset = number, .timestamp_ms = -1};
    int count = json_object(line, 0, members, INPUT_MEMBERS_MOST, &fault);
    if (count < 0)
        return error_set(err, ERROR_CONFIG, "column %zu: not a record in JSON: %s", fault.at + 1, fault.what);
    for (int i = 0; i < count; i++)
        if (input_member(input, &members[i], err) != 0)
            return -1;
    return 0;
}
