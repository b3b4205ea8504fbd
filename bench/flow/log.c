/* log: record batches, format version 2, made once. */
#include "flow/log.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/check.h"
#include "envelope.h"
#include "point.h"

struct flow_batch {
    char *at;
    size_t bytes;
};

struct flow_log {
    uint64_t batch_records;
    struct flow_batch *batches;
    uint64_t count;
};

static uint32_t crc32c(const char *at, size_t bytes)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= (uint8_t)at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1)));
    }
    return ~crc;
}

static void put_varint(struct buffer *to, int64_t value)
{
    uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
    do {
        uint8_t byte = (uint8_t)(zigzag & 0x7f);
        zigzag >>= 7;
        if (zigzag != 0)
            byte |= 0x80;
        buffer_add(to, &byte, 1);
    } while (zigzag != 0);
}

/* The shape of a sensor's record: ids, a time in nanoseconds, decimals, booleans, texts with an escape, a
 * null. */
static void put_record_json(struct buffer *to, uint64_t id, size_t bytes)
{
    buffer_print(
        to,
        "{\"id\":%llu,\"ts\":%llu,\"device\":\"dev-%06llu\",\"temp\":%u.%u,\"ok\":%s,\"unit\":\"C\\/s\","
        "\"seq\":%u,\"note\":null",
        (unsigned long long)id, (unsigned long long)(1700000000123456789ull + id),
        (unsigned long long)(id % 5000), (unsigned)(id % 90), (unsigned)(id % 10),
        id % 2 == 0 ? "true" : "false", (unsigned)(id % 65536));
    for (unsigned i = 0; i < 40 && to->len + 40 < bytes; i++) {
        if (i % 3 == 0)
            buffer_print(to, ",\"metric_%02u\":%llu", i, (unsigned long long)(id * 31 + i) % 1000000);
        else if (i % 3 == 1)
            buffer_print(to, ",\"ratio_%02u\":%u.%03u", i, (unsigned)(id % 100),
                         (unsigned)((id * 7 + i) % 1000));
        else
            buffer_print(to, ",\"label_%02u\":\"zone %llu rack %u\"", i, (unsigned long long)(id % 97), i);
    }
    if (to->len + 12 < bytes)
        buffer_print(to, ",\"pad\":\"%0*d\"", (int)(bytes - to->len - 10), 0);
    buffer_print(to, "}");
}

/* About 200 bytes whatever was asked for. */
static void put_record_point(struct buffer *to, uint64_t id, uint32_t series)
{
    point_put(to, (unsigned)((id / FLOW_IDS * FLOW_DISTINCT + id) % series), id);
}

static void put_record_value(struct buffer *to, uint64_t id, struct flow_shape shape)
{
    struct buffer plain, like;
    if (shape.series > 0) {
        put_record_point(to, id, shape.series);
        return;
    }
    if (!shape.envelope) {
        put_record_json(to, id, shape.bytes);
        return;
    }
    buffer_init(&plain, shape.bytes + 4096);
    buffer_init(&like, shape.bytes + 4096);
    put_record_json(&plain, id, shape.bytes);
    put_record_json(&like, 1000001, shape.bytes);
    envelope_put(to, buffer_slice(&like), buffer_slice(&plain));
    buffer_fini(&like);
    buffer_fini(&plain);
}

static void put_record(struct buffer *to, uint32_t delta, uint64_t id, struct flow_shape shape)
{
    struct buffer json, record;
    buffer_init(&json, shape.bytes + 16384);
    buffer_init(&record, shape.bytes + 16384);
    put_record_value(&json, id, shape);
    if (shape.bad_every > 0 && id % shape.bad_every == 0)
        json.at[0] = '!';
    buffer_add(&record, "\0", 1); /* attributes */
    put_varint(&record, 0);       /* timestamp delta */
    put_varint(&record, delta);
    put_varint(&record, -1); /* no key */
    put_varint(&record, (int64_t)json.len);
    buffer_add_slice(&record, buffer_slice(&json));
    put_varint(&record, 0); /* headers */
    put_varint(to, (int64_t)record.len);
    buffer_add_slice(to, buffer_slice(&record));
    buffer_fini(&json);
    buffer_fini(&record);
}

static void put_be(struct buffer *to, uint64_t value, size_t bytes)
{
    uint64_t big = htobe64(value << (64 - 8 * bytes));
    buffer_add(to, &big, bytes);
}

uint64_t flow_log_batch_records(size_t bytes)
{
    uint64_t count = 200000 / bytes;
    return count > 200 ? 200 : count < 1 ? 1 : count;
}

static void make_batch(struct flow_batch *batch, uint64_t first_id, struct flow_shape shape)
{
    uint64_t count = flow_log_batch_records(shape.bytes);
    struct buffer body, whole; /* body: what the checksum covers */
    buffer_init(&body, (shape.bytes + 16384) * count);
    buffer_init(&whole, (shape.bytes + 16384) * count);
    put_be(&body, 0, 2);                /* attributes */
    put_be(&body, count - 1, 4);        /* last offset delta */
    put_be(&body, 1700000000000ull, 8); /* first and last time */
    put_be(&body, 1700000000000ull, 8);
    put_be(&body, UINT64_MAX, 8); /* producer id */
    put_be(&body, UINT64_MAX, 2); /* producer epoch */
    put_be(&body, UINT64_MAX, 4); /* base sequence */
    put_be(&body, count, 4);
    for (uint32_t i = 0; i < count; i++)
        put_record(&body, i, first_id + i, shape);
    put_be(&whole, 0, 8); /* base offset, patched */
    put_be(&whole, 4 + 1 + 4 + body.len, 4);
    put_be(&whole, 0, 4); /* leader epoch */
    put_be(&whole, 2, 1); /* magic */
    put_be(&whole, crc32c(body.at, body.len), 4);
    buffer_add_slice(&whole, buffer_slice(&body));
    buffer_fini(&body);
    *batch = (struct flow_batch){whole.at, whole.len};
}

struct flow_log *flow_log_create(uint32_t partition, struct flow_shape shape, uint64_t distinct)
{
    struct flow_log *log = check_memory(calloc(1, sizeof(*log)));
    log->batch_records = flow_log_batch_records(shape.bytes);
    log->count = (distinct + log->batch_records - 1) / log->batch_records;
    log->batches = check_memory(calloc(log->count, sizeof(*log->batches)));
    for (uint64_t i = 0; i < log->count; i++)
        make_batch(&log->batches[i], (partition + 1) * (uint64_t)FLOW_IDS + i * log->batch_records, shape);
    return log;
}

void flow_log_destroy(struct flow_log *log)
{
    for (uint64_t i = 0; i < log->count; i++)
        free(log->batches[i].at);
    free(log->batches);
    free(log);
}

static const struct flow_batch *find_batch(const struct flow_log *log, uint64_t offset)
{
    return &log->batches[offset / log->batch_records % log->count];
}

size_t flow_log_batch_bytes(const struct flow_log *log, uint64_t offset)
{
    return find_batch(log, offset)->bytes;
}

size_t flow_log_put(const struct flow_log *log, uint64_t offset, char *to)
{
    const struct flow_batch *batch = find_batch(log, offset);
    uint64_t base = htobe64(offset - offset % log->batch_records);
    memcpy(to, batch->at, batch->bytes);
    memcpy(to, &base, sizeof(base));
    return batch->bytes;
}
