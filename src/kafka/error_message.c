/* error_message: our own headers first, to know what they leave of the room; then key, the record's headers
 * and value get the rest, in this order. */
#include "kafka/error_message.h"

#include <stdio.h>
#include <time.h>

#include "base/check.h"

enum {
    MESSAGE_BYTES = 128, /* around a message, about: lengths, offsets, timestamps */
    HEADER_BYTES = 10,   /* around a header, at most */
    CUT_BYTES = 160,     /* the mark that something was cut */
    WHY_MOST = 2000
};

struct error_writer {
    rd_kafka_headers_t *headers;
    size_t bytes;
};

static void writer_add(struct error_writer *writer, const char *name, struct slice value)
{
    CHECK(rd_kafka_header_add(writer->headers, name, -1, value.at, (ssize_t)value.len) ==
          RD_KAFKA_RESP_ERR_NO_ERROR);
    writer->bytes += strlen(name) + value.len + HEADER_BYTES;
}

static void writer_add_number(struct error_writer *writer, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof(text), "%lld", (long long)number);
    writer_add(writer, name, slice_text(text));
}

/* 2026-01-31T23:59:59.999Z */
static void writer_add_time(struct error_writer *writer, const char *name, int64_t wall_ms)
{
    char text[40];
    struct tm utc;
    time_t second = (time_t)(wall_ms / 1000);
    gmtime_r(&second, &utc);
    size_t len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + len, sizeof(text) - len, ".%03dZ", (int)(wall_ms % 1000));
    writer_add(writer, name, slice_text(text));
}

static struct slice error_why(const struct aside_record *record)
{
    return slice_of(record->why.at, record->why.len < WHY_MOST ? record->why.len : WHY_MOST);
}

static void writer_add_own(struct error_writer *writer, const struct aside_record *record)
{
    const struct message *message = &record->message;
    writer_add(writer, "ErrorInfo", error_why(record));
    writer_add(writer, "ErrorTopic", message->topic);
    writer_add_number(writer, "ErrorPartition", message->partition);
    writer_add_number(writer, "ErrorOffset", message->offset);
    writer_add_time(writer, "ErrorTime", record->failed_wall_ms);
    writer_add(writer, "ErrorStage", slice_text(record->stage));
    if (record->request_id.len > 0)
        writer_add(writer, "ErrorRequestId", record->request_id);
}

/* Scripts that send records again read these: names and formats are Kafka Connect's. There is no stack of
 * Java calls to show: the words stand in its place. */
static void writer_add_connect(struct error_writer *writer, const struct aside_record *record,
                               const char *pipeline)
{
    const struct message *message = &record->message;
    struct slice exception = SLICE("org.apache.kafka.connect.errors.DataException");
    writer_add(writer, "__connect.errors.topic", message->topic);
    writer_add_number(writer, "__connect.errors.partition", message->partition);
    writer_add_number(writer, "__connect.errors.offset", message->offset);
    writer_add(writer, "__connect.errors.connector.name", slice_text(pipeline));
    writer_add(writer, "__connect.errors.task.id", SLICE("0"));
    writer_add(writer, "__connect.errors.stage", slice_text(record->connect_stage));
    writer_add(writer, "__connect.errors.class.name", slice_text(record->connect_class));
    writer_add(writer, "__connect.errors.exception.class.name", exception);
    writer_add(writer, "__connect.errors.exception.message", error_why(record));
    writer_add(writer, "__connect.errors.exception.stacktrace", error_why(record));
}

static size_t error_headers_bytes(const struct message *message)
{
    size_t bytes = 0;
    for (size_t i = 0; i < message->header_count; i++)
        bytes += message->headers[i].name.len + message->headers[i].value.len + HEADER_BYTES;
    return bytes;
}

/* What fits of it; `room` is what is left. */
static struct slice error_fit(struct slice bytes, bool document, size_t *room)
{
    if (bytes.len > *room)
        bytes = document ? (struct slice){NULL, 0} : slice_of(bytes.at, *room);
    *room -= bytes.len;
    return bytes;
}

static void writer_add_cut(struct error_writer *writer, const struct aside_record *record,
                           const struct error_message *message, bool headers)
{
    char text[CUT_BYTES];
    const struct message *whole = &record->message;
    snprintf(text, sizeof(text), "key: %zu of %zu bytes; value: %zu of %zu bytes; headers: %zu of %zu",
             message->key.len, whole->key.len, message->value.len, whole->value.len,
             headers ? whole->header_count : 0, whole->header_count);
    writer_add(writer, "ErrorCut", slice_text(text));
}

static void writer_add_reasons(struct error_writer *writer, const struct aside_record *record,
                               enum error_headers headers, const char *pipeline)
{
    if (headers == ERROR_HEADERS_OWN)
        writer_add_own(writer, record);
    else if (headers == ERROR_HEADERS_CONNECT)
        writer_add_connect(writer, record, pipeline);
}

/* The record's own come first: whoever reads the last of a name reads ours. */
static rd_kafka_headers_t *error_join(const struct message *message, bool keep, rd_kafka_headers_t *ours)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(message->header_count + rd_kafka_header_cnt(ours));
    const char *name;
    const void *value;
    size_t bytes;
    for (size_t i = 0; keep && i < message->header_count; i++) {
        const struct message_header *header = &message->headers[i];
        CHECK(rd_kafka_header_add(headers, header->name.at, (ssize_t)header->name.len, header->value.at,
                                  (ssize_t)header->value.len) == RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    for (size_t i = 0; rd_kafka_header_get_all(ours, i, &name, &value, &bytes) == RD_KAFKA_RESP_ERR_NO_ERROR;
         i++)
        rd_kafka_header_add(headers, name, -1, value, (ssize_t)bytes);
    rd_kafka_headers_destroy(ours);
    return headers;
}

void error_message_make(const struct aside_record *record, enum error_headers headers, const char *pipeline,
                        size_t room, struct error_message *message)
{
    struct error_writer writer = {.headers = rd_kafka_headers_new(16)};
    writer_add_reasons(&writer, record, headers, pipeline);
    size_t fixed = writer.bytes + MESSAGE_BYTES + CUT_BYTES + HEADER_BYTES;
    size_t left = room > fixed ? room - fixed : 0;
    size_t own = error_headers_bytes(&record->message);
    *message = (struct error_message){.timestamp_ms = record->message.timestamp_ms};
    message->key = error_fit(record->message.key, record->documents, &left);
    bool keep = own <= left;
    left -= keep ? own : 0;
    message->value = error_fit(record->message.value, record->documents, &left);
    if (!keep || message->key.len < record->message.key.len || message->value.len < record->message.value.len)
        writer_add_cut(&writer, record, message, keep);
    message->headers = error_join(&record->message, keep, writer.headers);
}
