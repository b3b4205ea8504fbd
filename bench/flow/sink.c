/* sink: a stand-in for Tablestore that verifies the digest of every BulkImport, counts its rows and answers
 * at once, signed: what is measured is our client, not a store. Any table but T is an
 * error table, whose rows are counted apart. Never part of the product.
 *
 *   bench_flow_sink --table T --ready-file F [--latency-ms N] */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "flow/points.h"
#include "http/server.h"
#include "loop/loop.h"
#include "wire/digest.h"
#include "wire/sign.h"

static const char access_key_id[] = "testid";
static const char access_key_secret[] = "testsecret";

static struct {
    struct loop *loop;
    struct digest *digest;
    struct buffer text;  /* signed text */
    struct buffer reply; /* body of an answer */
    const char *table;
    const char *ready_file;
    int64_t latency_ms;
    uint64_t requests, rows, error_rows, bytes, wrong;
} sink;

/* An answer that waits for its time. */
struct pending {
    struct clock_timer timer;
    struct http_call *call;
    const char *path;
    struct buffer body;
};

static uint64_t read_varint(const char **at, const char *end)
{
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = (uint8_t) * (*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return value;
}

/* The body is `0a name` and `12 row` fields only; anything else counts as wrong. */
static uint64_t count_rows(struct slice body)
{
    const char *at = body.at, *end = body.at + body.len;
    uint64_t rows = 0;
    while (at < end) {
        char tag = *at++;
        uint64_t len = read_varint(&at, end);
        if ((tag != 0x0a && tag != 0x12) || len > (uint64_t)(end - at)) {
            sink.wrong++;
            return rows;
        }
        rows += tag == 0x12;
        at += len;
    }
    return rows;
}

static void put_field(struct buffer *to, char tag, struct slice bytes)
{
    char len = (char)bytes.len;
    CHECK(bytes.len < 128);
    buffer_add(to, &tag, 1);
    buffer_add(to, &len, 1);
    buffer_add_slice(to, bytes);
}

/* Every request begins with its table's name. */
static struct slice table_of(struct slice body)
{
    const char *at = body.at + 1, *end = body.at + body.len;
    if (body.len < 2 || body.at[0] != 0x0a)
        return SLICE("");
    uint64_t len = read_varint(&at, end);
    return slice_of(at, len <= (uint64_t)(end - at) ? len : 0);
}

static void put_rows_reply(struct buffer *to, struct slice table, uint64_t rows)
{
    static const char row[] = "\x12\x0a\x08\x01\x1a\x06\x0a\x04\x08\x00\x10\x01";
    put_field(to, 0x0a, table);
    for (uint64_t i = 0; i < rows; i++)
        buffer_add(to, row, sizeof(row) - 1);
}

/* A time-series table that lives for ever and takes writes. */
static void put_describe_series_reply(struct buffer *to)
{
    struct buffer meta;
    buffer_init(&meta, 512);
    put_field(&meta, 0x0a, slice_text(sink.table));
    put_field(&meta, 0x12, SLICE("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    put_field(&meta, 0x1a, SLICE("CREATED"));
    put_field(to, 0x0a, buffer_slice(&meta));
    buffer_fini(&meta);
}

/* DescribeTable: `id` INTEGER, or the keys of an error table; options, status active. */
static void put_describe_reply(struct buffer *to, struct slice table)
{
    struct buffer meta;
    buffer_init(&meta, 512);
    put_field(&meta, 0x0a, table);
    if (!slice_equal(table, slice_text(sink.table))) {
        put_field(&meta, 0x12, SLICE("\x0a\x0ftopic_partition\x10\x02"));
        put_field(&meta, 0x12, SLICE("\x0a\x06offset\x10\x01"));
    } else {
        put_field(&meta, 0x12, SLICE("\x0a\x02id\x10\x01"));
    }
    put_field(to, 0x0a, buffer_slice(&meta));
    put_field(to, 0x12, SLICE("\x0a\x04\x08\x00\x10\x00\x10\x00"));
    put_field(to, 0x1a, SLICE("\x10\x01"));
    buffer_add(to, "\x20\x01", 2);
    buffer_fini(&meta);
}

static void send_reply(struct http_call *call, const char *path, struct slice body)
{
    char md5[DIGEST_MD5_BASE64 + 1], hmac[DIGEST_SHA1_BASE64 + 1], date[SIGN_DATE + 1], authorization[128];
    digest_md5(sink.digest, body, md5);
    sign_date(loop_clock(sink.loop)->wall_ms, date);
    struct sign_header signed_headers[] = {
        {SLICE("x-ots-contentmd5"), slice_text(md5)},
        {SLICE("x-ots-contenttype"), SLICE("protocol buffer")},
        {SLICE("x-ots-date"), slice_text(date)},
        {SLICE("x-ots-requestid"), SLICE("00060ded-c058-81a0-0000-000000000001")},
    };
    buffer_reset(&sink.text, SIZE_MAX);
    sign_answer_text(slice_text(path), signed_headers, 4, &sink.text);
    digest_hmac_sha1(sink.digest, slice_text(access_key_secret), buffer_slice(&sink.text), hmac);
    snprintf(authorization, sizeof(authorization), "OTS %s:%s", access_key_id, hmac);
    struct http_header headers[5];
    for (int i = 0; i < 4; i++)
        headers[i] = (struct http_header){signed_headers[i].name, signed_headers[i].value};
    headers[4] = (struct http_header){SLICE("Authorization"), slice_text(authorization)};
    http_answer(call, 200, headers, 5, body);
}

static void on_time(void *arg, struct clock_timer *timer)
{
    struct pending *pending = arg;
    (void)timer;
    send_reply(pending->call, pending->path, buffer_slice(&pending->body));
    buffer_fini(&pending->body);
    free(pending);
}

static void reply_later(struct http_call *call, const char *path, struct slice body)
{
    struct pending *pending = check_memory(calloc(1, sizeof(*pending)));
    pending->call = call;
    pending->path = path;
    buffer_init(&pending->body, body.len + 1);
    buffer_add_slice(&pending->body, body);
    clock_timer_init(&pending->timer, on_time, pending);
    clock_start(loop_clock(sink.loop), &pending->timer, sink.latency_ms);
}

static bool digest_matches(const struct http_call_request *request)
{
    char md5[DIGEST_MD5_BASE64 + 1];
    digest_md5(sink.digest, request->body, md5);
    for (size_t i = 0; i < request->header_count; i++) {
        if (slice_equal(request->headers[i].name, SLICE("x-ots-contentmd5")))
            return slice_equal(request->headers[i].value, slice_text(md5));
    }
    return false;
}

static void count_request(struct slice body, uint64_t rows)
{
    sink.rows += rows;
    sink.requests++;
    sink.bytes += body.len;
}

static void take_rows(struct slice table, struct slice body)
{
    uint64_t rows = count_rows(body);
    if (slice_equal(table, slice_text(sink.table)))
        count_request(body, rows);
    else
        sink.error_rows += rows;
    put_rows_reply(&sink.reply, table, rows);
}

static void take_points(struct slice body)
{
    int64_t rows = points_answer(body, &sink.reply);
    sink.wrong += rows < 0;
    count_request(body, rows < 0 ? 0 : (uint64_t)rows);
}

/* Fills the reply; answers the path, in memory that stays. */
static const char *take_request(const struct http_call_request *request)
{
    struct slice table = table_of(request->body);
    if (slice_equal(request->path, SLICE("/BulkImport"))) {
        take_rows(table, request->body);
        return "/BulkImport";
    }
    if (slice_equal(request->path, SLICE("/PutTimeseriesData"))) {
        take_points(request->body);
        return "/PutTimeseriesData";
    }
    if (slice_equal(request->path, SLICE("/DescribeTimeseriesTable"))) {
        put_describe_series_reply(&sink.reply);
        return "/DescribeTimeseriesTable";
    }
    put_describe_reply(&sink.reply, table);
    return "/DescribeTable";
}

static void on_call(void *arg, struct http_call *call, const struct http_call_request *request)
{
    (void)arg;
    buffer_reset(&sink.reply, SIZE_MAX);
    sink.wrong += !digest_matches(request);
    const char *path = take_request(request);
    if (sink.latency_ms > 0)
        reply_later(call, path, buffer_slice(&sink.reply));
    else
        send_reply(call, path, buffer_slice(&sink.reply));
}

static void on_signal(void *arg, int number)
{
    (void)arg, (void)number;
    loop_stop(sink.loop);
}

static void tell_ready(uint16_t port)
{
    char part[4096];
    snprintf(part, sizeof(part), "%s.part", sink.ready_file);
    FILE *file = fopen(part, "w");
    CHECK(file != NULL);
    fprintf(file, "127.0.0.1:%u\n", port);
    fclose(file);
    CHECK(rename(part, sink.ready_file) == 0);
}

static void read_arguments(int argc, char **argv)
{
    static const struct option options[] = {{"table", 1, NULL, 't'},
                                            {"ready-file", 1, NULL, 'f'},
                                            {"latency-ms", 1, NULL, 'l'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 't':
            sink.table = optarg;
            break;
        case 'f':
            sink.ready_file = optarg;
            break;
        case 'l':
            sink.latency_ms = strtol(optarg, NULL, 10);
            break;
        default:
            exit(2);
        }
    }
    CHECK(sink.table != NULL && sink.ready_file != NULL);
}

int main(int argc, char **argv)
{
    struct error err;
    read_arguments(argc, argv);
    sink.loop = loop_create();
    sink.digest = digest_create();
    buffer_init(&sink.text, 1 << 16);
    buffer_init(&sink.reply, 1 << 20);
    struct http_server *server =
        http_server_create(sink.loop,
                           &(struct http_server_options){.host = "127.0.0.1",
                                                         .body_most = 8u << 20,
                                                         .headers_most = 32768,
                                                         .idle_timeout_ms = 60000,
                                                         .request_timeout_ms = 60000},
                           on_call, NULL, &err);
    CHECK(server != NULL && loop_on_signals(sink.loop, on_signal, NULL, &err) == 0);
    tell_ready(http_server_port(server));
    loop_run(sink.loop);
    printf("{\"rows\":%llu,\"error_rows\":%llu,\"requests\":%llu,\"bytes\":%llu,\"wrong\":%llu}\n",
           (unsigned long long)sink.rows, (unsigned long long)sink.error_rows,
           (unsigned long long)sink.requests, (unsigned long long)sink.bytes, (unsigned long long)sink.wrong);
    http_server_destroy(server);
    digest_destroy(sink.digest);
    buffer_fini(&sink.text);
    buffer_fini(&sink.reply);
    loop_destroy(sink.loop);
    return sink.wrong == 0 ? 0 : 1;
}
