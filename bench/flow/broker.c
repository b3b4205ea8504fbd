/* broker: a stand-in for a Kafka broker that replays prepared batches and knows just enough of the protocol
 * for one consumer group of one member: a real broker would take the core that is being measured. Speaks the
 * oldest version of each call that carries record batches. Never part of the product.
 *
 * One more topic, `bench_errors`, takes what is produced to it and forgets it.
 *
 *   bench_flow_broker --topic T --partitions 8 --records 8000000 --bytes 150 --ready-file F
 *                     [--envelope] [--bad-every N] [--series N] */
#include <endian.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/buffer.h"
#include "base/check.h"
#include "flow/log.h"

enum { PARTITIONS_MOST = 64, REQUEST_MOST = 2 << 20 };

static const char error_topic[] = "bench_errors";

static struct {
    const char *topic;
    const char *ready_file;
    uint32_t partitions;
    uint64_t records; /* a partition */
    uint64_t batch_records;
    struct flow_shape shape;
    struct flow_log *logs[PARTITIONS_MOST];
    uint16_t port;
    char assignment[65536];
    size_t assignment_bytes;
} broker = {.topic = "bench", .partitions = 8, .records = 1000000, .shape = {.bytes = 150}};

struct client {
    uv_tcp_t tcp;
    char in[REQUEST_MOST];
    size_t in_bytes;
};

struct reply {
    uv_write_t write;
    struct buffer bytes;
};

/* --- reading and writing the protocol's numbers and texts; a request that lies about its length ends the
 * process --- */

struct cursor {
    const char *at;
    const char *end;
};

static uint64_t take(struct cursor *from, size_t bytes)
{
    uint64_t big = 0;
    CHECK((size_t)(from->end - from->at) >= bytes);
    memcpy(&big, from->at, bytes);
    from->at += bytes;
    return be64toh(big) >> (64 - 8 * bytes);
}

static struct slice take_bytes(struct cursor *from, size_t width)
{
    uint64_t len = take(from, width);
    if (len >> (8 * width - 1))
        len = 0; /* null */
    CHECK((uint64_t)(from->end - from->at) >= len);
    struct slice text = slice_of(from->at, len);
    from->at += len;
    return text;
}

static struct slice take_text(struct cursor *from)
{
    return take_bytes(from, 2);
}

static void put(struct buffer *to, uint64_t value, size_t bytes)
{
    uint64_t big = htobe64(value << (64 - 8 * bytes));
    CHECK(buffer_add(to, &big, bytes) == 0);
}

static void put_text(struct buffer *to, struct slice text)
{
    put(to, text.len, 2);
    buffer_add_slice(to, text);
}

static void put_bytes(struct buffer *to, struct slice bytes)
{
    put(to, bytes.len, 4);
    buffer_add_slice(to, bytes);
}

/* --- the calls --- */

static void answer_versions(struct cursor *in, uint16_t version, struct buffer *out)
{
    static const uint16_t most[][2] = {{0, 3},  {1, 4},  {2, 1},  {3, 0},  {8, 2},  {9, 1}, {10, 0},
                                       {11, 0}, {12, 0}, {13, 0}, {14, 0}, {18, 0}, {22, 1}};
    (void)in;
    put(out, version == 0 ? 0 : 35, 2); /* 35: unsupported version; the client asks again with 0 */
    put(out, sizeof(most) / sizeof(most[0]), 4);
    for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
        put(out, most[i][0], 2);
        put(out, most[i][0] == 1 ? 4 : 0, 2);
        put(out, most[i][1], 2);
    }
}

static void put_topic(struct buffer *out, const char *topic, uint32_t partitions)
{
    put(out, 0, 2);
    put_text(out, slice_text(topic));
    put(out, partitions, 4);
    for (uint32_t i = 0; i < partitions; i++) {
        put(out, 0, 2);
        put(out, i, 4);
        put(out, 1, 4); /* leader */
        put(out, 1, 4);
        put(out, 1, 4);
        put(out, 1, 4);
        put(out, 1, 4);
    }
}

static void answer_metadata(struct buffer *out)
{
    put(out, 1, 4);
    put(out, 1, 4);
    put_text(out, SLICE("127.0.0.1"));
    put(out, broker.port, 4);
    put(out, 2, 4);
    put_topic(out, broker.topic, broker.partitions);
    put_topic(out, error_topic, 1);
}

static void answer_producer_id(struct buffer *out)
{
    put(out, 0, 4); /* throttle */
    put(out, 0, 2);
    put(out, 1, 8);
    put(out, 0, 2); /* epoch */
}

static void answer_coordinator(struct buffer *out)
{
    put(out, 0, 2);
    put(out, 1, 4);
    put_text(out, SLICE("127.0.0.1"));
    put(out, broker.port, 4);
}

static void answer_join(struct cursor *in, struct buffer *out)
{
    take_text(in);
    take(in, 4);
    take_text(in);
    take_text(in);
    uint64_t protocols = take(in, 4);
    CHECK(protocols >= 1);
    struct slice protocol = take_text(in);
    struct slice metadata = take_bytes(in, 4);
    put(out, 0, 2);
    put(out, 1, 4);
    put_text(out, protocol);
    put_text(out, SLICE("member"));
    put_text(out, SLICE("member"));
    put(out, 1, 4);
    put_text(out, SLICE("member"));
    put_bytes(out, metadata);
}

static void answer_sync(struct cursor *in, struct buffer *out)
{
    take_text(in);
    take(in, 4);
    take_text(in);
    if (take(in, 4) > 0) {
        take_text(in);
        struct slice assignment = take_bytes(in, 4);
        CHECK(assignment.len <= sizeof(broker.assignment));
        memcpy(broker.assignment, assignment.at, assignment.len);
        broker.assignment_bytes = assignment.len;
    }
    put(out, 0, 2);
    put_bytes(out, slice_of(broker.assignment, broker.assignment_bytes));
}

/* Calls that list topics with partitions and answer each partition: what one partition costs on both sides is
 * `each`. */
typedef void partition_fn(struct cursor *in, uint32_t partition, struct buffer *out);

static void answer_partitions(struct cursor *in, struct buffer *out, partition_fn *each)
{
    uint64_t topics = take(in, 4);
    put(out, topics, 4);
    for (uint64_t i = 0; i < topics; i++) {
        put_text(out, take_text(in));
        uint64_t partitions = take(in, 4);
        put(out, partitions, 4);
        for (uint64_t j = 0; j < partitions; j++) {
            uint32_t partition = (uint32_t)take(in, 4);
            CHECK(partition < broker.partitions);
            put(out, partition, 4);
            each(in, partition, out);
        }
    }
}

static void each_offset_fetch(struct cursor *in, uint32_t partition, struct buffer *out)
{
    (void)in, (void)partition;
    put(out, UINT64_MAX, 8); /* nothing committed */
    put_text(out, SLICE(""));
    put(out, 0, 2);
}

static void each_offset_commit(struct cursor *in, uint32_t partition, struct buffer *out)
{
    (void)partition;
    take(in, 8);
    take_text(in);
    put(out, 0, 2);
}

static void each_produce(struct cursor *in, uint32_t partition, struct buffer *out)
{
    (void)partition;
    take_bytes(in, 4);
    put(out, 0, 2);
    put(out, 0, 8);          /* first offset */
    put(out, UINT64_MAX, 8); /* the batch keeps its time */
}

static void answer_produce(struct cursor *in, struct buffer *out)
{
    take_text(in); /* transaction */
    take(in, 2);   /* acknowledgements */
    take(in, 4);
    answer_partitions(in, out, each_produce);
    put(out, 0, 4); /* throttle */
}

static void each_list_offsets(struct cursor *in, uint32_t partition, struct buffer *out)
{
    (void)partition;
    int64_t time = (int64_t)take(in, 8);
    put(out, 0, 2);
    put(out, UINT64_MAX, 8);
    put(out, time == -2 ? 0 : broker.records, 8);
}

static void each_fetch(struct cursor *in, uint32_t partition, struct buffer *out)
{
    uint64_t offset = take(in, 8);
    uint64_t most = take(in, 4);
    put(out, 0, 2);
    put(out, broker.records, 8);
    put(out, broker.records, 8);
    put(out, 0, 4); /* no aborted transactions */
    size_t length_at = out->len;
    put(out, 0, 4);
    size_t first = out->len;
    while (offset < broker.records) {
        size_t bytes = flow_log_batch_bytes(broker.logs[partition], offset);
        if (out->len > first && out->len - first + bytes > most)
            break;
        char *to = buffer_reserve(out, bytes);
        CHECK(to != NULL);
        out->len += flow_log_put(broker.logs[partition], offset, to);
        offset += broker.batch_records - offset % broker.batch_records;
        if (out->len > (1 << 20))
            break;
    }
    uint32_t length = htobe32((uint32_t)(out->len - first));
    memcpy(out->at + length_at, &length, 4);
}

static void answer_fetch(struct cursor *in, struct buffer *out)
{
    take(in, 8); /* replica, longest wait */
    take(in, 8); /* least and most bytes */
    take(in, 1);
    put(out, 0, 4); /* throttle */
    answer_partitions(in, out, each_fetch);
}

static void answer(uint16_t api, uint16_t version, struct cursor *in, struct buffer *out)
{
    switch (api) {
    case 0:
        return answer_produce(in, out);
    case 1:
        return answer_fetch(in, out);
    case 2:
        take(in, 4);
        return answer_partitions(in, out, each_list_offsets);
    case 3:
        return answer_metadata(out);
    case 8:
        take_text(in);
        take(in, 4);
        take_text(in);
        take(in, 8);
        return answer_partitions(in, out, each_offset_commit);
    case 9:
        take_text(in);
        return answer_partitions(in, out, each_offset_fetch);
    case 10:
        return answer_coordinator(out);
    case 11:
        return answer_join(in, out);
    case 12:
    case 13:
        return put(out, 0, 2);
    case 14:
        return answer_sync(in, out);
    case 22:
        return answer_producer_id(out);
    default:
        CHECK(api == 18);
        answer_versions(in, version, out);
    }
}

/* --- connections --- */

static void on_written(uv_write_t *write, int status)
{
    struct reply *reply = write->data;
    (void)status;
    buffer_fini(&reply->bytes);
    free(reply);
}

static void serve(struct client *client, struct cursor request)
{
    struct reply *reply = check_memory(calloc(1, sizeof(*reply)));
    buffer_init(&reply->bytes, 64u << 20);
    uint16_t api = (uint16_t)take(&request, 2);
    uint16_t version = (uint16_t)take(&request, 2);
    uint64_t correlation = take(&request, 4);
    take_text(&request); /* client id */
    put(&reply->bytes, 0, 4);
    put(&reply->bytes, correlation, 4);
    answer(api, version, &request, &reply->bytes);
    uint32_t length = htobe32((uint32_t)reply->bytes.len - 4);
    memcpy(reply->bytes.at, &length, 4);
    reply->write.data = reply;
    uv_buf_t buf = uv_buf_init(reply->bytes.at, (unsigned)reply->bytes.len);
    if (uv_write(&reply->write, (uv_stream_t *)&client->tcp, &buf, 1, on_written) != 0)
        on_written(&reply->write, -1);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct client *client = handle->data;
    (void)suggested;
    *buf = uv_buf_init(client->in + client->in_bytes, (unsigned)(sizeof(client->in) - client->in_bytes));
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_read(uv_stream_t *stream, ssize_t bytes, const uv_buf_t *buf)
{
    struct client *client = stream->data;
    (void)buf;
    if (bytes < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        return;
    }
    client->in_bytes += (size_t)bytes;
    size_t at = 0;
    while (client->in_bytes - at >= 4) {
        struct cursor length = {client->in + at, client->in + client->in_bytes};
        uint64_t wanted = take(&length, 4);
        CHECK(wanted <= sizeof(client->in) - 4);
        if ((size_t)(length.end - length.at) < wanted)
            break;
        serve(client, (struct cursor){length.at, length.at + wanted});
        at += 4 + wanted;
    }
    memmove(client->in, client->in + at, client->in_bytes - at);
    client->in_bytes -= at;
}

static void on_connection(uv_stream_t *server, int status)
{
    CHECK(status == 0);
    struct client *client = check_memory(calloc(1, sizeof(*client)));
    client->tcp.data = client;
    CHECK(uv_tcp_init(server->loop, &client->tcp) == 0);
    CHECK(uv_accept(server, (uv_stream_t *)&client->tcp) == 0);
    uv_tcp_nodelay(&client->tcp, 1);
    uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read);
}

static void listen_on_loopback(uv_loop_t *loop, uv_tcp_t *server)
{
    struct sockaddr_in address;
    int length = sizeof(address);
    uv_ip4_addr("127.0.0.1", 0, &address);
    CHECK(uv_tcp_init(loop, server) == 0);
    CHECK(uv_tcp_bind(server, (const struct sockaddr *)&address, 0) == 0);
    CHECK(uv_listen((uv_stream_t *)server, 16, on_connection) == 0);
    CHECK(uv_tcp_getsockname(server, (struct sockaddr *)&address, &length) == 0);
    broker.port = ntohs(address.sin_port);
}

static void tell_ready(void)
{
    char part[4096];
    snprintf(part, sizeof(part), "%s.part", broker.ready_file);
    FILE *file = fopen(part, "w");
    CHECK(file != NULL);
    fprintf(file, "127.0.0.1:%u\n", broker.port);
    fclose(file);
    CHECK(rename(part, broker.ready_file) == 0);
}

static void read_arguments(int argc, char **argv)
{
    static const struct option options[] = {
        {"topic", 1, NULL, 't'},     {"partitions", 1, NULL, 'p'}, {"records", 1, NULL, 'r'},
        {"bytes", 1, NULL, 'b'},     {"ready-file", 1, NULL, 'f'}, {"envelope", 0, NULL, 'e'},
        {"bad-every", 1, NULL, 'x'}, {"series", 1, NULL, 's'},     {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 't':
            broker.topic = optarg;
            break;
        case 'p':
            broker.partitions = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'r':
            broker.records = strtoull(optarg, NULL, 10);
            break;
        case 'b':
            broker.shape.bytes = strtoul(optarg, NULL, 10);
            break;
        case 'e':
            broker.shape.envelope = true;
            break;
        case 'x':
            broker.shape.bad_every = strtoull(optarg, NULL, 10);
            break;
        case 's':
            broker.shape.series = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'f':
            broker.ready_file = optarg;
            break;
        default:
            exit(2);
        }
    }
    CHECK(broker.ready_file != NULL && broker.partitions >= 1 && broker.partitions <= PARTITIONS_MOST);
}

int main(int argc, char **argv)
{
    uv_tcp_t server;
    read_arguments(argc, argv);
    broker.batch_records = flow_log_batch_records(broker.shape.bytes);
    broker.records = broker.records / broker.partitions / broker.batch_records * broker.batch_records;
    uint64_t distinct = broker.shape.bytes > 100000 ? 100 : broker.shape.bytes > 5000 ? 400 : FLOW_DISTINCT;
    for (uint32_t i = 0; i < broker.partitions; i++)
        broker.logs[i] = flow_log_create(i, broker.shape, distinct);
    listen_on_loopback(uv_default_loop(), &server);
    tell_ready();
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
