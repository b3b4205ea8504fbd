/* error_message: what the error topic gets: the record as it was, why, and what is left of it when it is too
 * large. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "kafka/error_message.h"

static const struct message_header own_headers[] = {{{"trace", 5}, {"\0\1", 2}}, {{"none", 4}, {NULL, 0}}};

static struct aside_record record_of(struct slice key, struct slice value)
{
    return (struct aside_record){.message = {.topic = SLICE("orders"),
                                             .partition = 3,
                                             .offset = 1234567890123,
                                             .timestamp_ms = 1700000000123,
                                             .key = key,
                                             .value = value,
                                             .headers = own_headers,
                                             .header_count = 2},
                                 .why = SLICE("price: not a number"),
                                 .stage = "map",
                                 .connect_stage = "TASK_PUT",
                                 .connect_class = "org.apache.kafka.connect.sink.SinkTask",
                                 .failed_wall_ms = 1700000000007};
}

/* "name=value;..." */
static void show(const rd_kafka_headers_t *headers, char *to, size_t room)
{
    const char *name;
    const void *value;
    size_t bytes;
    size_t len = 0;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &bytes) == 0; i++)
        len += (size_t)snprintf(to + len, room - len, "%s=%.*s;", name, value == NULL ? 4 : (int)bytes,
                                value == NULL ? "null" : (const char *)value);
}

static void becomes(const struct aside_record *record, enum error_headers headers, size_t room,
                    const char *wanted)
{
    struct error_message message;
    char text[2000];
    error_message_make(record, headers, "pipe", room, &message);
    show(message.headers, text, sizeof(text));
    assert_string_equal(text, wanted);
    rd_kafka_headers_destroy(message.headers);
}

#define OWN "trace=;none=null;"
#define WHY                                                                                                  \
    "ErrorInfo=price: not a number;ErrorTopic=orders;ErrorPartition=3;ErrorOffset=1234567890123;"            \
    "ErrorTime=2023-11-14T22:13:20.007Z;ErrorStage=map;"

static void test_the_records_own_headers_come_first_then_why(void **state)
{
    (void)state;
    struct aside_record record = record_of(SLICE("k"), SLICE("v"));
    becomes(&record, ERROR_HEADERS_OWN, 1000000, OWN WHY);
    becomes(&record, ERROR_HEADERS_NONE, 1000000, OWN);
    becomes(&record, ERROR_HEADERS_CONNECT, 1000000,
            OWN "__connect.errors.topic=orders;__connect.errors.partition=3;"
                "__connect.errors.offset=1234567890123;__connect.errors.connector.name=pipe;"
                "__connect.errors.task.id=0;__connect.errors.stage=TASK_PUT;"
                "__connect.errors.class.name=org.apache.kafka.connect.sink.SinkTask;"
                "__connect.errors.exception.class.name=org.apache.kafka.connect.errors.DataException;"
                "__connect.errors.exception.message=price: not a number;"
                "__connect.errors.exception.stacktrace=price: not a number;");
    record.request_id = SLICE("0005-abc");
    becomes(&record, ERROR_HEADERS_OWN, 1000000, OWN WHY "ErrorRequestId=0005-abc;");
}

static void test_null_and_empty_stay_apart(void **state)
{
    (void)state;
    struct error_message message;
    struct aside_record record = record_of((struct slice){NULL, 0}, SLICE(""));
    error_message_make(&record, ERROR_HEADERS_OWN, "pipe", 1000000, &message);
    assert_null(message.key.at);
    assert_non_null(message.value.at);
    assert_int_equal(message.value.len, 0);
    assert_int_equal(message.timestamp_ms, 1700000000123);
    rd_kafka_headers_destroy(message.headers);
}

static size_t wire_bytes(const struct error_message *message)
{
    const char *name;
    const void *value;
    size_t bytes = message->key.len + message->value.len + 70;
    size_t len;
    for (size_t i = 0; rd_kafka_header_get_all(message->headers, i, &name, &value, &len) == 0; i++)
        bytes += strlen(name) + len + 10;
    return bytes;
}

/* Value first, then its headers, then the key; what is said of it stays whole. */
static void test_what_is_too_large_is_cut_with_a_mark(void **state)
{
    (void)state;
    static char large[5000];
    struct aside_record record = record_of(slice_of(large, 2000), slice_of(large, 5000));
    struct error_message message;
    char text[2000];
    for (size_t room = 0; room <= 9000; room += 100) {
        error_message_make(&record, ERROR_HEADERS_OWN, "pipe", room, &message);
        assert_true(wire_bytes(&message) <= room || (message.key.len == 0 && message.value.len == 0));
        assert_true(message.value.len == 0 || message.key.len == 2000);
        show(message.headers, text, sizeof(text));
        assert_non_null(strstr(text, WHY));
        bool whole = message.key.len == 2000 && message.value.len == 5000;
        assert_int_equal(strstr(text, "ErrorCut=") == NULL, whole);
        assert_true(whole || room < 7900);
        rd_kafka_headers_destroy(message.headers);
    }
    error_message_make(&record, ERROR_HEADERS_NONE, "pipe", 0, &message);
    show(message.headers, text, sizeof(text));
    assert_string_equal(text, "ErrorCut=key: 0 of 2000 bytes; value: 0 of 5000 bytes; headers: 0 of 2;");
    rd_kafka_headers_destroy(message.headers);
}

/* Half of a JSON document is none. */
static void test_a_document_too_large_is_left_out_and_never_cut(void **state)
{
    (void)state;
    static char large[5000];
    struct aside_record record = record_of(slice_of(large, 2000), slice_of(large, 5000));
    struct error_message message;
    record.documents = true;
    for (size_t room = 0; room <= 9000; room += 100) {
        error_message_make(&record, ERROR_HEADERS_OWN, "pipe", room, &message);
        assert_true(message.key.at == NULL ? message.key.len == 0 : message.key.len == 2000);
        assert_true(message.value.at == NULL ? message.value.len == 0 : message.value.len == 5000);
        assert_true(room < 3000 || message.key.at != NULL);
        assert_true(room < 8000 || message.value.at != NULL);
        char text[2000];
        show(message.headers, text, sizeof(text));
        assert_int_equal(strstr(text, "ErrorCut=") == NULL,
                         message.key.at != NULL && message.value.at != NULL);
        rd_kafka_headers_destroy(message.headers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_records_own_headers_come_first_then_why),
        cmocka_unit_test(test_null_and_empty_stay_apart),
        cmocka_unit_test(test_what_is_too_large_is_cut_with_a_mark),
        cmocka_unit_test(test_a_document_too_large_is_left_out_and_never_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
