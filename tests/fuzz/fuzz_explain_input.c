/* fuzz_explain_input: any bytes as lines of `otspipe explain`. What is taken as a record, written again with
 * its bytes in base64, is read again as the same record. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "cli/explain_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char topic[] = "the first topic";

static void put_bytes(struct buffer *line, const char *name, struct slice bytes)
{
    if (bytes.at == NULL)
        return;
    buffer_print(line, ",\"%s\":\"", name);
    char *to = buffer_reserve(line, BASE64_BYTES(bytes.len));
    CHECK(to != NULL);
    line->len += base64_encode(bytes, to);
    buffer_print(line, "\"");
}

static void put_header(struct buffer *line, const struct message_header *header)
{
    buffer_print(line, "[");
    json_put_string(line, header->name);
    buffer_print(line, ",");
    if (header->value.at == NULL)
        buffer_print(line, "null");
    else
        json_put_string(line, header->value);
    buffer_print(line, "]");
}

static void put_message(struct buffer *line, const struct message *message)
{
    buffer_print(line, "{\"topic\":");
    json_put_string(line, message->topic);
    buffer_print(line, ",\"partition\":%d,\"offset\":%lld", message->partition, (long long)message->offset);
    if (message->timestamp_ms >= 0)
        buffer_print(line, ",\"timestamp\":%lld", (long long)message->timestamp_ms);
    put_bytes(line, "key_base64", message->key);
    put_bytes(line, "value_base64", message->value);
    buffer_print(line, ",\"headers\":[");
    for (size_t i = 0; i < message->header_count; i++) {
        buffer_print(line, "%s", i == 0 ? "" : ",");
        put_header(line, &message->headers[i]);
    }
    buffer_print(line, "]}");
}

static void read_again(const struct message *message)
{
    struct explain_input input;
    struct error err;
    struct buffer first, second;
    buffer_init(&first, SIZE_MAX);
    buffer_init(&second, SIZE_MAX);
    put_message(&first, message);
    explain_input_init(&input, topic);
    CHECK(explain_input_read(&input, buffer_slice(&first), 0, &err) == 0);
    CHECK((message->key.at == NULL) == (input.message.key.at == NULL));
    CHECK((message->value.at == NULL) == (input.message.value.at == NULL));
    CHECK(slice_equal(message->key, input.message.key));
    CHECK(slice_equal(message->value, input.message.value));
    put_message(&second, &input.message);
    CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    explain_input_fini(&input);
    buffer_fini(&first);
    buffer_fini(&second);
}

static void read_line(struct explain_input *input, struct slice line, int64_t number)
{
    struct error err = {ERROR_NONE, ""};
    if (explain_input_read(input, line, number, &err) != 0) {
        CHECK(err.kind == ERROR_CONFIG && err.text[0] != 0);
        return;
    }
    CHECK(input->message.partition >= 0 && input->message.offset >= 0 && input->message.timestamp_ms >= -1);
    read_again(&input->message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct explain_input input;
    explain_input_init(&input, topic);
    for (int64_t number = 0; size > 0; number++) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t len = end == NULL ? size : (size_t)(end - data);
        char *edge = check_memory(malloc(len + (len == 0)));
        memcpy(edge, data, len);
        read_line(&input, slice_of(edge, len), number);
        free(edge);
        data += len + (end != NULL);
        size -= len + (end != NULL);
    }
    explain_input_fini(&input);
    return 0;
}
