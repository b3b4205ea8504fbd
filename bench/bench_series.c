/* bench_series: what points of time series cost, in thread CPU time: 5 tags and 5 fields, as records of some
 * 200 bytes of JSON make them, in requests of 200: encoding as they arrive, the request around them, CRC-32C,
 * the answer; and the cache of meta times. See stopwatch.h. */
#include <stdio.h>
#include <stdlib.h>

#include "base/chance.h"
#include "base/check.h"
#include "base/error.h"
#include "stopwatch.h"
#include "timeseries/meta_cache.h"
#include "wire/crc32c.h"
#include "wire/series_piece.h"
#include "wire/series_reply.h"
#include "wire/series_request.h"

enum { ROWS = 200, TAGS = 5, FIELDS = 5, BODY_MOST = 1 << 20 };

static volatile uint64_t result; /* so that the work is not left out */

/* ---- requests ---- */

struct request_work {
    struct row row;
    struct cell keys[SERIES_BESIDE_TAGS + TAGS];
    struct cell cells[FIELDS];
    char memory[BODY_MOST];
    uint32_t at[ROWS];
    size_t bytes; /* of all rows */
};

static char *first_of(struct request_work *work)
{
    return work->memory + SERIES_REQUEST_PREFIX;
}

static void fill_row(struct request_work *work)
{
    static const char *const tags[TAGS][2] = {{"az", "cn-hangzhou-b"},
                                              {"level", "3"},
                                              {"os", "linux"},
                                              {"rack", "r-117"},
                                              {"region", "cn-hangzhou"}};
    static const char *const names[FIELDS] = {"cpu", "errors", "mem_used", "ok", "state"};
    static const enum cell_type types[FIELDS] = {CELL_DOUBLE, CELL_INTEGER, CELL_DOUBLE, CELL_BOOLEAN,
                                                 CELL_STRING};
    work->keys[0] = (struct cell){.type = CELL_STRING, .bytes = SLICE("host")};
    work->keys[1] = (struct cell){.type = CELL_STRING, .bytes = SLICE("server-00042")};
    for (int i = 0; i < TAGS; i++)
        work->keys[SERIES_TAGS + i] = (struct cell){
            .name = slice_text(tags[i][0]), .type = CELL_STRING, .bytes = slice_text(tags[i][1])};
    work->keys[SERIES_TAGS + TAGS] = (struct cell){.type = CELL_INTEGER, .integer = 1645459200000000};
    for (int i = 0; i < FIELDS; i++)
        work->cells[i] = (struct cell){.name = slice_text(names[i]), .type = types[i], .integer = 1};
    work->cells[4].bytes = SLICE("running");
    work->row = (struct row){.op = ROW_PUT,
                             .keys = work->keys,
                             .key_count = SERIES_BESIDE_TAGS + TAGS,
                             .cells = work->cells,
                             .cell_count = FIELDS};
}

static void run_put(void *arg, uint64_t times)
{
    struct request_work *work = arg;
    for (uint64_t i = 0; i < times; i += ROWS) {
        char *to = first_of(work);
        for (uint32_t row = 0; row < ROWS; row++) {
            work->at[row] = (uint32_t)(to - first_of(work));
            result += series_piece_size(&work->row);
            to = series_piece_put(&work->row, to);
            __asm__ volatile("" : : "r"(work) : "memory");
        }
        work->bytes = (size_t)(to - first_of(work));
    }
}

static void run_size(void *arg, uint64_t times)
{
    struct request_work *work = arg;
    for (uint64_t i = 0; i < times; i++) {
        result += series_piece_size(&work->row);
        __asm__ volatile("" : : "r"(work) : "memory");
    }
}

static void run_finish(void *arg, uint64_t times)
{
    struct request_work *work = arg;
    struct series_request request = {SLICE("cpu"), false, work->at, ROWS};
    for (uint64_t i = 0; i < times; i += ROWS)
        result += series_request_finish(&request, first_of(work), work->bytes).len;
}

/* Put, size and finish of one row after the other, as the sink does it. */
static void bench_request(void)
{
    struct request_work *work = check_memory(calloc(1, sizeof(*work)));
    fill_row(work);
    size_t bytes = series_piece_size(&work->row);
    stopwatch_report("series_piece_size", stopwatch_measure(run_size, work, 200000), 0);
    stopwatch_report("series_piece_size and put, a row", stopwatch_measure(run_put, work, 200000), bytes);
    stopwatch_report("series_request_finish with CRC-32C, a row of 200",
                     stopwatch_measure(run_finish, work, 200000), bytes);
    free(work);
}

/* ---- checksum, answer ---- */

struct crc_work {
    char bytes[112 * 1024];
    uint32_t (*crc)(const void *at, size_t bytes);
};

static void run_crc(void *arg, uint64_t times)
{
    const struct crc_work *work = arg;
    for (uint64_t i = 0; i < times; i++)
        result += work->crc(work->bytes, sizeof(work->bytes));
}

static void bench_crc(void)
{
    struct crc_work *work = check_memory(calloc(1, sizeof(*work)));
    work->crc = crc32c;
    stopwatch_report("crc32c", stopwatch_measure(run_crc, work, 300), sizeof(work->bytes));
    work->crc = crc32c_plain;
    stopwatch_report("crc32c_plain", stopwatch_measure(run_crc, work, 100), sizeof(work->bytes));
    free(work);
}

static void run_reply(void *arg, uint64_t times)
{
    static struct series_reply reply;
    const struct slice *answer = arg;
    struct error err;
    for (uint64_t i = 0; i < times; i++) {
        CHECK(series_reply_read(*answer, ROWS, &reply, &err) == 0);
        result += reply.meta_count;
    }
}

static void bench_reply(void)
{
    char bytes[16 + ROWS * 9] = {0};
    size_t len = 3; /* a tag and a length of two bytes */
    for (uint32_t row = 0; row < ROWS; row++) {
        bytes[len++] = 0x08;
        bytes[len++] = (char)(row < 128 ? row : (row & 0x7f) | 0x80);
        if (row >= 128)
            bytes[len++] = 1;
        memcpy(bytes + len, "\x10\xa5\xd4\xce\xac\x06", 6);
        len += 6;
    }
    bytes[0] = 0x12;
    bytes[1] = (char)((len - 3) | 0x80);
    bytes[2] = (char)((len - 3) >> 7);
    struct slice answer = slice_of(bytes, len);
    stopwatch_report("series_reply_read, 200 meta times", stopwatch_measure(run_reply, &answer, 5000), len);
}

/* ---- cache ---- */

static void bench_cache(uint32_t series)
{
    struct meta_cache cache;
    struct chance chance;
    uint32_t found = 0;
    meta_cache_init(&cache, 1000 * 1000);
    chance_init(&chance, 1);
    uint64_t begin = stopwatch_ns();
    for (uint32_t i = 0; i < series; i++)
        meta_cache_put(&cache, chance_next(&chance), 1 + i, 1);
    uint64_t put = stopwatch_ns();
    chance_init(&chance, 1);
    for (uint32_t i = 0; i < series; i++)
        found += meta_cache_find(&cache, chance_next(&chance), 1) != 0;
    uint64_t end = stopwatch_ns();
    printf("meta_cache, %7u series  put %5.1f ns, find %5.1f ns, %5.1f bytes a series, %u forgotten\n",
           series, (double)(put - begin) / series, (double)(end - put) / series,
           (double)meta_cache_bytes(&cache) / series, series - found);
    meta_cache_fini(&cache);
}

int main(void)
{
    bench_request();
    bench_crc();
    bench_reply();
    for (uint32_t series = 1000; series <= 1000 * 1000; series *= 10)
        bench_cache(series);
    return 0;
}
