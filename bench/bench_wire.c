/* bench_wire: what the bytes cost, in thread CPU time: checksum, rows of 8, 25 and 45 columns (PlainBuffer of
 * about 200, 640 and 1,800 bytes, as records of 138, 518 and 1,481 bytes of JSON make them), their frame, a
 * walk over an answer, a signature, and MD5 of bodies one after the other. See stopwatch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/error.h"
#include "stopwatch.h"
#include "wire/crc8.h"
#include "wire/digest.h"
#include "wire/md5_lanes.h"
#include "wire/plainbuffer.h"
#include "wire/sign.h"
#include "wire/write_request.h"

enum { COLUMNS_MOST = 64, BODY_BYTES = 40 * 1024, BYTES_MOST = 64 * 1024 };

static volatile uint64_t result; /* so that the work is not left out */

/* ---- checksum ---- */

struct crc_work {
    char from[BYTES_MOST];
    char to[BYTES_MOST];
    size_t bytes;
};

static void run_crc(void *arg, uint64_t times)
{
    const struct crc_work *work = arg;
    uint8_t crc = 0;
    for (uint64_t i = 0; i < times; i++)
        crc = crc8(crc, work->from, work->bytes);
    result += crc;
}

static void run_crc_copy(void *arg, uint64_t times)
{
    struct crc_work *work = arg;
    uint8_t crc = 0;
    for (uint64_t i = 0; i < times; i++)
        crc = crc8_copy(crc, work->to, work->from, work->bytes);
    result += crc;
}

static void bench_crc(void)
{
    static const size_t sizes[] = {9, 14, 32, 256, BYTES_MOST};
    struct crc_work *work = check_memory(calloc(1, sizeof(*work)));
    memset(work->from, 'x', sizeof(work->from));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint64_t times = 40000000 / sizes[i];
        work->bytes = sizes[i];
        stopwatch_report("crc8", stopwatch_measure(run_crc, work, times), sizes[i]);
        stopwatch_report("crc8_copy", stopwatch_measure(run_crc_copy, work, times), sizes[i]);
    }
    free(work);
}

/* ---- rows ---- */

struct row_work {
    struct row row;
    struct cell key;
    struct cell cells[COLUMNS_MOST];
    char names[COLUMNS_MOST][24];
    char to[BYTES_MOST];
    enum write_request_kind kind;
};

static void name_cell(struct row_work *work, struct cell *cell, int index, bool known)
{
    snprintf(work->names[index], sizeof(work->names[index]), "column_%d", index);
    cell->name = slice_text(work->names[index] + index % 4);
    cell->name_crc = crc8(0, cell->name.at, cell->name.len);
    cell->name_crc_known = known;
}

/* Half texts of `text_bytes`, the rest integers, doubles and booleans. */
static void fill_row(struct row_work *work, int columns, size_t text_bytes, bool known)
{
    static const char text[128] =
        "All happy families are alike; each unhappy family is unhappy in its own way.";
    static const enum cell_type types[] = {CELL_STRING, CELL_INTEGER, CELL_STRING, CELL_DOUBLE,
                                           CELL_STRING, CELL_INTEGER, CELL_STRING, CELL_BOOLEAN};
    work->key = (struct cell){.name = SLICE("id"), .type = CELL_STRING, .bytes = SLICE("order-000042")};
    work->key.name_crc = crc8(0, "id", 2);
    work->key.name_crc_known = known;
    for (int i = 0; i < columns - 1; i++) {
        work->cells[i] = (struct cell){.type = types[i % 8]};
        name_cell(work, &work->cells[i], i, known);
        if (types[i % 8] == CELL_STRING)
            work->cells[i].bytes = slice_of(text, text_bytes + (size_t)i % 5);
        else if (types[i % 8] == CELL_BOOLEAN)
            work->cells[i].boolean = true;
        else
            work->cells[i].integer = i;
    }
    work->row = (struct row){.op = ROW_PUT,
                             .keys = &work->key,
                             .key_count = 1,
                             .cells = work->cells,
                             .cell_count = (uint32_t)columns - 1};
}

static void run_put(void *arg, uint64_t times)
{
    struct row_work *work = arg;
    for (uint64_t i = 0; i < times; i++) {
        plainbuffer_put(&work->row, work->to);
        __asm__ volatile("" : : "r"(work) : "memory");
    }
}

static void run_size(void *arg, uint64_t times)
{
    struct row_work *work = arg;
    for (uint64_t i = 0; i < times; i++) {
        result += plainbuffer_size(&work->row);
        __asm__ volatile("" : : "r"(work) : "memory");
    }
}

static void run_put_framed(void *arg, uint64_t times)
{
    struct row_work *work = arg;
    for (uint64_t i = 0; i < times; i++) {
        result += write_request_row_size(work->kind, &work->row);
        write_request_put_row(work->kind, &work->row, work->to);
        __asm__ volatile("" : : "r"(work) : "memory");
    }
}

static void run_read(void *arg, uint64_t times)
{
    struct row_work *work = arg;
    struct arena arena;
    struct error err;
    size_t bytes = (size_t)(plainbuffer_put(&work->row, work->to) - work->to);
    arena_init(&arena, BYTES_MOST);
    for (uint64_t i = 0; i < times; i++) {
        struct plainbuffer_reader reader;
        struct row row;
        CHECK(plainbuffer_open(&reader, slice_of(work->to, bytes), &arena, &err) == 0);
        CHECK(plainbuffer_next(&reader, &row, &err) == 1);
        arena_reset(&arena);
    }
    arena_fini(&arena);
}

static void bench_row(const char *name, int columns, size_t text_bytes)
{
    struct row_work *work = check_memory(calloc(1, sizeof(*work)));
    char line[64];
    uint64_t times = (uint64_t)4000000 / (uint64_t)columns;
    fill_row(work, columns, text_bytes, true);
    size_t bytes = plainbuffer_size(&work->row);
    snprintf(line, sizeof(line), "plainbuffer_put, %s", name);
    stopwatch_report(line, stopwatch_measure(run_put, work, times), bytes);
    fill_row(work, columns, text_bytes, false);
    snprintf(line, sizeof(line), "plainbuffer_put, %s, names unknown", name);
    stopwatch_report(line, stopwatch_measure(run_put, work, times), bytes);
    fill_row(work, columns, text_bytes, true);
    snprintf(line, sizeof(line), "plainbuffer_size, %s", name);
    stopwatch_report(line, stopwatch_measure(run_size, work, times), 0);
    snprintf(line, sizeof(line), "write_request size and put, %s", name);
    stopwatch_report(line, stopwatch_measure(run_put_framed, work, times),
                     write_request_row_size(work->kind, &work->row));
    snprintf(line, sizeof(line), "plainbuffer_next, %s", name);
    stopwatch_report(line, stopwatch_measure(run_read, work, times), bytes);
    free(work);
}

/* ---- answers, signatures, digests ---- */

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    (void)arg;
    result += index + (row->ok ? 1 : 0);
    return 0;
}

static void run_walk(void *arg, uint64_t times)
{
    const struct slice *answer = arg;
    struct error err;
    for (uint64_t i = 0; i < times; i++)
        CHECK(write_reply_walk(WRITE_BULK_IMPORT, *answer, 200, on_row, NULL, &err) == 0);
}

static void bench_walk(void)
{
    static const char row[] = "\x12\x0a\x08\x01\x1a\x06\x0a\x04\x08\x00\x10\x01";
    static char bytes[3 + 200 * (sizeof(row) - 1)] = "\x0a\x01t";
    struct slice answer = slice_of(bytes, sizeof(bytes));
    for (size_t i = 0; i < 200; i++)
        memcpy(bytes + 3 + i * (sizeof(row) - 1), row, sizeof(row) - 1);
    stopwatch_report("write_reply_walk, 200 rows", stopwatch_measure(run_walk, &answer, 5000), answer.len);
}

struct sign_work {
    struct signer *signer;
    struct sign_request request;
};

static void run_sign(void *arg, uint64_t times)
{
    struct sign_work *work = arg;
    const char *lines[SIGN_LINES];
    for (uint64_t i = 0; i < times; i++)
        result += signer_request(work->signer, &work->request, lines);
}

static void bench_sign(void)
{
    struct sign_work work = {.signer = signer_create(),
                             .request = {.path = SLICE("/BulkImport"),
                                         .instance = SLICE("instance"),
                                         .access_key_id = SLICE("LTAI0123456789abcdef"),
                                         .access_key_secret = SLICE("0123456789abcdef0123456789abcd"),
                                         .wall_ms = 1704164645678}};
    stopwatch_report("signer_request, empty body", stopwatch_measure(run_sign, &work, 50000), 0);
    signer_destroy(work.signer);
}

struct md5_work {
    struct digest *digest;
    struct slice body;
};

static void run_md5(void *arg, uint64_t times)
{
    struct md5_work *work = arg;
    char base64[DIGEST_MD5_BASE64 + 1];
    for (uint64_t i = 0; i < times; i++)
        digest_md5(work->digest, work->body, base64);
}

static void bench_md5(void)
{
    static char body[BODY_BYTES];
    struct md5_work work = {digest_create(), slice_of(body, sizeof(body))};
    stopwatch_report("digest_md5", stopwatch_measure(run_md5, &work, 500), sizeof(body));
    work.body.len = 1000;
    stopwatch_report("digest_md5", stopwatch_measure(run_md5, &work, 20000), 1000);
    digest_destroy(work.digest);
}

struct lanes_work {
    struct slice bodies[16];
    size_t count;
    enum md5_way way;
};

static void run_lanes(void *arg, uint64_t times)
{
    const struct lanes_work *work = arg;
    uint8_t md5[16][MD5_BYTES];
    for (uint64_t i = 0; i < times; i++) {
        md5_lanes_by(work->way, work->bodies, work->count, md5);
        result += md5[0][0];
    }
}

static void bench_lanes(void)
{
    static const char *const names[] = {"one", "two", "eight"};
    static const size_t counts[] = {1, 2, 3, 4, 5, 6, 8, 12, 16};
    static char bodies[16][BODY_BYTES];
    struct lanes_work work = {.count = 0};
    for (size_t i = 0; i < 16; i++)
        work.bodies[i] = slice_of(bodies[i], BODY_BYTES - 700 * i); /* never quite of one length */
    for (int way = 0; way <= (int)md5_lanes_best(); way++) {
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            char line[64];
            size_t bytes = 0;
            work.way = (enum md5_way)way;
            work.count = counts[i];
            for (size_t n = 0; n < work.count; n++)
                bytes += work.bodies[n].len;
            snprintf(line, sizeof(line), "md5_lanes, %s side by side, %zu bodies", names[way], work.count);
            stopwatch_report(line, stopwatch_measure(run_lanes, &work, 60), bytes);
        }
    }
}

int main(void)
{
    bench_crc();
    bench_row("8 columns", 8, 8);
    bench_row("25 columns", 25, 9);
    bench_row("45 columns", 45, 38);
    bench_walk();
    bench_sign();
    bench_md5();
    bench_lanes();
    return 0;
}
