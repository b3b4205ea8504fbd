/* original: what is kept of a record comes back byte for byte. */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "record/original.h"

static void same(struct slice is, struct slice was)
{
    assert_int_equal(is.at == NULL, was.at == NULL);
    assert_true(slice_equal(is, was));
}

static void goes_round(const struct message *message)
{
    struct message_header headers[4];
    struct message read = {.topic = SLICE("t"), .partition = 7, .offset = 9};
    size_t bytes = original_size(message);
    char *kept = malloc(bytes);
    assert_ptr_equal(original_put(message, kept), kept + bytes);
    assert_int_equal(original_header_count(slice_of(kept, bytes)), message->header_count);
    original_read(slice_of(kept, bytes), &read, headers);
    assert_int_equal(read.timestamp_ms, message->timestamp_ms);
    same(read.key, message->key);
    same(read.value, message->value);
    assert_int_equal(read.header_count, message->header_count);
    for (size_t i = 0; i < message->header_count; i++) {
        same(read.headers[i].name, message->headers[i].name);
        same(read.headers[i].value, message->headers[i].value);
    }
    assert_int_equal(read.partition, 7);
    assert_int_equal(read.offset, 9);
    free(kept);
}

static void test_null_empty_and_binary_come_back_as_they_were(void **state)
{
    (void)state;
    static const struct message_header headers[] = {
        {{"", 0}, {NULL, 0}}, {{"name", 4}, {"", 0}}, {{"name", 4}, {"a\0b\xff", 4}}};
    goes_round(&(struct message){.timestamp_ms = -1});
    goes_round(&(struct message){.timestamp_ms = INT64_MAX, .key = SLICE(""), .value = SLICE("")});
    goes_round(&(struct message){.key = slice_of("\0\1", 2), .value = SLICE("{}")});
    goes_round(&(struct message){.value = SLICE("v"), .headers = headers, .header_count = 3});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_empty_and_binary_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
