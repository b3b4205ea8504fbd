/* original: a head with the lengths, each header's two lengths, then all the bytes. */
#include "record/original.h"

#include <stdint.h>

#include "base/check.h"

static const uint32_t ORIGINAL_NULL = UINT32_MAX; /* the length of what is null */

struct original_head {
    int64_t timestamp_ms;
    uint32_t key;
    uint32_t value;
    uint32_t headers; /* how many */
};

struct original_lengths {
    uint32_t name;
    uint32_t value;
};

static uint32_t original_length(struct slice bytes)
{
    return bytes.at == NULL ? ORIGINAL_NULL : (uint32_t)bytes.len;
}

size_t original_size(const struct message *message)
{
    size_t bytes = sizeof(struct original_head) + message->key.len + message->value.len;
    for (size_t i = 0; i < message->header_count; i++)
        bytes +=
            sizeof(struct original_lengths) + message->headers[i].name.len + message->headers[i].value.len;
    return bytes;
}

static char *original_add(char *to, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(to, bytes, len);
    return to + len;
}

char *original_put(const struct message *message, char *to)
{
    struct original_head head = {.timestamp_ms = message->timestamp_ms,
                                 .key = original_length(message->key),
                                 .value = original_length(message->value),
                                 .headers = (uint32_t)message->header_count};
    to = original_add(to, &head, sizeof(head));
    for (size_t i = 0; i < message->header_count; i++) {
        const struct message_header *header = &message->headers[i];
        struct original_lengths lengths = {(uint32_t)header->name.len, original_length(header->value)};
        to = original_add(to, &lengths, sizeof(lengths));
        to = original_add(to, header->name.at, header->name.len);
        to = original_add(to, header->value.at, header->value.len);
    }
    to = original_add(to, message->key.at, message->key.len);
    return original_add(to, message->value.at, message->value.len);
}

static struct original_head original_head(struct slice original)
{
    struct original_head head;
    CHECK(original.len >= sizeof(head));
    memcpy(&head, original.at, sizeof(head));
    CHECK(head.headers <= (original.len - sizeof(head)) / sizeof(struct original_lengths));
    return head;
}

size_t original_header_count(struct slice original)
{
    return original_head(original).headers;
}

/* The next bytes of that length; moves on. */
static struct slice original_next(struct slice *rest, uint32_t length)
{
    if (length == ORIGINAL_NULL)
        return (struct slice){NULL, 0};
    CHECK(length <= rest->len);
    struct slice bytes = slice_of(rest->at, length);
    *rest = slice_of(rest->at + length, rest->len - length);
    return bytes;
}

void original_read(struct slice original, struct message *message, struct message_header *headers)
{
    struct original_head head = original_head(original);
    struct slice rest = slice_of(original.at + sizeof(head), original.len - sizeof(head));
    for (uint32_t i = 0; i < head.headers; i++) {
        struct original_lengths lengths;
        memcpy(&lengths, original_next(&rest, sizeof(lengths)).at, sizeof(lengths));
        headers[i].name = original_next(&rest, lengths.name);
        headers[i].value = original_next(&rest, lengths.value);
    }
    message->timestamp_ms = head.timestamp_ms;
    message->key = original_next(&rest, head.key);
    message->value = original_next(&rest, head.value);
    message->headers = headers;
    message->header_count = head.headers;
    CHECK(rest.len == 0);
}
