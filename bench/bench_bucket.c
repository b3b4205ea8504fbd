/* bench_bucket: what the bucket costs a row, beside the bytes: push to settlement, with requests in flight,
 * before a sink that answers OK some turns later. One line a case: the same with no bucket at all (bytes
 * only), distinct keys, 1,000 hot keys. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "bucket/bucket.h"

enum { ROW_BYTES = 150, TAKE_ROWS = 200, PREFIX_BYTES = 288, ANSWER_MS = 8, ROWS = 4000000 };

struct fast_answer {
    struct clock_timer timer;
    struct batch *batch;
};

struct fast_sink {
    struct sink sink;
    struct clock clock;
    struct receipt_book book;
    uint64_t settled;
};

static char row_text[ROW_BYTES];

static size_t fast_row_size(struct sink *sink, const struct row *row)
{
    (void)sink;
    return row->cells[0].bytes.len;
}

static char *fast_put_row(struct sink *sink, const struct row *row, char *to)
{
    (void)sink;
    memcpy(to, row->cells[0].bytes.at, row->cells[0].bytes.len);
    return to + row->cells[0].bytes.len;
}

static void fast_on_time(void *arg, struct clock_timer *timer)
{
    struct fast_answer *answer = arg;
    struct batch *batch = answer->batch;
    (void)timer;
    batch->outcome = BATCH_ANSWERED;
    for (uint32_t i = 0; i < batch->count; i++)
        batch->rows[i].verdict = VERDICT_OK;
    batch->on_answer(batch->arg, batch);
}

static void fast_send(struct sink *sink, struct batch *batch)
{
    struct fast_answer *answer = batch->sink_state;
    if (answer == NULL) {
        answer = check_memory(calloc(1, sizeof(*answer)));
        clock_timer_init(&answer->timer, fast_on_time, answer);
        batch->sink_state = answer;
    }
    answer->batch = batch;
    clock_start(&((struct fast_sink *)sink)->clock, &answer->timer, ANSWER_MS);
}

static void fast_cut(struct sink *sink, struct batch *batch)
{
    (void)sink;
    (void)batch;
}

static void fast_forget(struct sink *sink, struct batch *batch)
{
    (void)sink;
    free(batch->sink_state);
}

static const struct sink_class fast_class = {fast_row_size, fast_put_row, fast_send, fast_cut, fast_forget};

static void fast_settle(struct receipt_book *book, uint64_t run, uint32_t count, enum fate fate)
{
    (void)run;
    CHECK(fate == FATE_WRITTEN);
    ((struct fast_sink *)((char *)book - offsetof(struct fast_sink, book)))->settled += count;
}

static void ignore_rejection(void *arg, const struct bucket_rejection *rejection)
{
    (void)arg;
    (void)rejection;
}

static void ignore_trouble(void *arg, const struct error *err)
{
    (void)arg;
    (void)err;
}

static void ignore(void *arg)
{
    (void)arg;
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* A good hash of 64 bits, as the mapper's. */
static uint64_t hash_of(uint64_t number)
{
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9u;
    number = (number ^ number >> 27) * 0x94d049bb133111ebu;
    return number ^ number >> 31;
}

static void push_take(struct bucket *bucket, struct fast_sink *sink, uint64_t first, uint64_t keys)
{
    struct cell cell = {.bytes = slice_of(row_text, sizeof(row_text))};
    struct row row = {.op = ROW_PUT, .cells = &cell, .cell_count = 1};
    struct receipt receipt = {&sink->book, first / TAKE_ROWS};
    for (uint64_t i = first; i < first + TAKE_ROWS; i++) {
        row.key_hash = hash_of(keys == 0 ? i : hash_of(i) % keys);
        bucket_push(bucket, &row, receipt, (int64_t)i, NULL);
    }
    bucket_turn(bucket);
}

static void turn(struct fast_sink *sink)
{
    clock_run(&sink->clock, sink->clock.now_ms + 1, 0);
}

/* keys: 0 for distinct ones */
static void bench(const char *name, bool ordered, uint64_t keys)
{
    struct fast_sink fast = {.sink = {&fast_class, 200, 4 << 20, PREFIX_BYTES, true, 0},
                             .book = {fast_settle}};
    struct bucket_options options = {ordered, 64, 10, 1000, 100, 1000, 1};
    struct bucket_events events = {NULL, ignore_rejection, ignore, ignore_trouble, ignore};
    struct window_table table;
    struct window *window = window_create(1 << 24);
    clock_init(&fast.clock, 0, 0);
    window_join(window, &table, 1 << 24);
    struct bucket *bucket = bucket_create(&fast.clock, &fast.sink, &table, &options, &events);
    double began = now_ns();
    for (uint64_t pushed = 0; pushed < ROWS; turn(&fast))
        for (int takes = 0; takes < 4 && pushed < ROWS && bucket_has_room(bucket);
             takes++, pushed += TAKE_ROWS)
            push_take(bucket, &fast, pushed, keys);
    bucket_hurry(bucket, true);
    while (fast.settled < ROWS)
        turn(&fast);
    struct bucket_state state;
    bucket_read_state(bucket, &state);
    printf("bucket %-28s %6.1f ns/row  %7.0f rows/request\n", name, (now_ns() - began) / ROWS,
           ROWS / (double)state.requests);
    bucket_destroy(bucket);
    window_leave(&table);
    window_destroy(window);
    clock_fini(&fast.clock);
}

static void bench_bytes(void)
{
    size_t most = 200 * ROW_BYTES;
    char *bodies = check_memory(malloc(most * 64));
    memset(bodies, 1, most * 64);
    double began = now_ns();
    for (size_t i = 0; i < ROWS; i++) {
        row_text[0] = (char)i;
        memcpy(bodies + i / 200 % 64 * most + i % 200 * ROW_BYTES, row_text, ROW_BYTES);
        __asm__ volatile("" ::: "memory");
    }
    printf("bucket %-28s %6.1f ns/row\n", "bytes only, no bucket", (now_ns() - began) / ROWS);
    free(bodies);
}

int main(void)
{
    bench_bytes();
    bench("unordered", false, 0);
    bench("ordered, distinct keys", true, 0);
    bench("ordered, 1,000,000 keys", true, 1000000);
    bench("ordered, 1,000 hot keys", true, 1000);
    return 0;
}
