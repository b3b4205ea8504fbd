/* bench_path: the hot path of design.md section 5 between the two libraries, and its stages alone: a record's
 * bytes -> fields -> row -> bucket -> request body -> digest -> settled, with offsets entered and watermarks
 * moved; neither Kafka nor a socket.
 *
 *   bench_path                     every stage, nanoseconds a record (the median of 11 rounds)
 * Stages that begin with "point" are those of a time series: 5 tags and 5 fields, about 200 bytes.
 *
 *   bench_path STAGE COUNT BYTES   just so many records of a stage and nothing printed: for counting
 *                                  instructions. MD5 goes the plain way, two bodies side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "bucket/bucket.h"
#include "kafka/offsets.h"
#include "mapping/mapper.h"
#include "point.h"
#include "wire/crc8.h"
#include "wire/md5_lanes.h"
#include "wire/series_piece.h"
#include "wire/series_request.h"
#include "wire/write_request.h"

enum { RECORDS = 1000, ROUNDS = 11, ROUND_RECORDS = 100000, MEMBERS_MOST = 64, TAKE_ROWS = 200, KEYS = 5000 };

struct path {
    struct buffer text; /* the records, one behind the other */
    size_t at[RECORDS + 1];
    struct buffer body; /* of the stages that write */
    bool points;        /* of a time series; else rows of a data table */
    struct mapper mapper;
    struct row row;         /* the last one mapped: what is encoded */
    struct message message; /* and what it was made of */
    bool keeps;             /* an error sink is configured: a row's record is kept beside it */

    struct sink sink;
    struct clock clock;
    struct window *window;
    struct window_table table;
    struct bucket *bucket;
    struct offsets *offsets;
    struct offsets_partition *partition;
    int64_t offset;
    uint8_t sum; /* so that nothing is left out by the compiler */
};

/* ---- records ---- */

static void put_record(struct buffer *to, unsigned id, size_t bytes)
{
    size_t start = to->len;
    buffer_print(to, "{\"id\":%u,\"device\":\"dev-%06u\",\"ts\":%llu,\"temp\":%u.%u,\"ok\":%s", id % KEYS,
                 id % 500, 1700000000123456789ull + id, id % 90, id % 10, id % 2 == 0 ? "true" : "false");
    for (unsigned i = 0; i < 40 && to->len - start + 40 < bytes; i++) {
        if (i % 3 == 0)
            buffer_print(to, ",\"metric_%02u\":%u", i, (id * 31 + i) % 1000000);
        else if (i % 3 == 1)
            buffer_print(to, ",\"ratio_%02u\":%u.%03u", i, id % 100, (id * 7 + i) % 1000);
        else
            buffer_print(to, ",\"label_%02u\":\"zone %u rack %u\"", i, id % 97, i);
    }
    if (to->len - start + 12 < bytes)
        buffer_print(to, ",\"pad\":\"%0*d\"", (int)(bytes - (to->len - start) - 10), 0);
    buffer_print(to, "}");
}

static struct slice record_of(const struct path *path, uint64_t number)
{
    size_t i = number % RECORDS;
    return slice_of(path->text.at + path->at[i], path->at[i + 1] - path->at[i]);
}

/* ---- a sink that encodes as ots/write does, digests, and answers OK in the next turn ---- */

struct answer {
    struct clock_timer timer;
    struct batch *batch;
};

static struct path *path_of(struct sink *sink)
{
    return (struct path *)((char *)sink - offsetof(struct path, sink));
}

static size_t path_row_size(struct sink *sink, const struct row *row)
{
    return path_of(sink)->points ? series_piece_size(row) : write_request_row_size(WRITE_BULK_IMPORT, row);
}

static char *path_put_row(struct sink *sink, const struct row *row, char *to)
{
    return path_of(sink)->points ? series_piece_put(row, to)
                                 : write_request_put_row(WRITE_BULK_IMPORT, row, to);
}

static struct slice path_finish(const struct path *path, struct batch *batch)
{
    uint32_t at[TAKE_ROWS];
    char *first = batch->body.at + path->sink.prefix_bytes;
    size_t bytes = batch->body.len - path->sink.prefix_bytes;
    if (!path->points)
        return write_request_finish(WRITE_BULK_IMPORT, SLICE("bench"), first, bytes);
    for (uint32_t i = 0; i < batch->count; i++)
        at[i] = batch->rows[i].at;
    return series_request_finish(&(struct series_request){SLICE("bench"), false, at, batch->count}, first,
                                 bytes);
}

static void path_on_time(void *arg, struct clock_timer *timer)
{
    struct batch *batch = ((struct answer *)arg)->batch;
    (void)timer;
    batch->outcome = BATCH_ANSWERED;
    for (uint32_t i = 0; i < batch->count; i++)
        batch->rows[i].verdict = VERDICT_OK;
    batch->on_answer(batch->arg, batch);
}

static void path_send(struct sink *sink, struct batch *batch)
{
    struct path *path = path_of(sink);
    struct answer *answer = batch->sink_state;
    uint8_t md5[1][MD5_BYTES];
    if (answer == NULL) {
        answer = check_memory(calloc(1, sizeof(*answer)));
        clock_timer_init(&answer->timer, path_on_time, answer);
        batch->sink_state = answer;
    }
    answer->batch = batch;
    struct slice body = path_finish(path, batch);
    md5_lanes_by(MD5_WAY_TWO, &body, 1, md5);
    path->sum ^= md5[0][0];
    clock_start(&path->clock, &answer->timer, 1);
}

static void path_cut(struct sink *sink, struct batch *batch)
{
    (void)sink;
    (void)batch;
}

static void path_forget(struct sink *sink, struct batch *batch)
{
    (void)sink;
    free(batch->sink_state);
}

static const struct sink_class path_class = {path_row_size, path_put_row, path_send, path_cut, path_forget};

/* ---- stages ---- */

static void map_record(struct path *path, uint64_t number)
{
    struct mapping_fault fault;
    path->message = (struct message){.topic = SLICE("bench"), .value = record_of(path, number)};
    CHECK(mapper_map(&path->mapper, &path->message, &path->row, &fault) == MAPPING_ROW);
}

static void run_json(struct path *path, uint64_t count)
{
    struct json_member members[MEMBERS_MOST];
    struct json_fault fault;
    for (uint64_t i = 0; i < count; i++)
        CHECK(json_object(record_of(path, i), 0, members, MEMBERS_MOST, &fault) > 0);
}

static void run_mapper(struct path *path, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        map_record(path, i);
}

/* One row again and again: what mapping costs is measured by itself. */
static void run_encoder(struct path *path, uint64_t count)
{
    map_record(path, 0);
    for (uint64_t i = 0; i < count; i++) {
        path->body.len = 0;
        size_t bytes = path_row_size(&path->sink, &path->row);
        char *to = buffer_reserve(&path->body, bytes);
        CHECK(path_put_row(&path->sink, &path->row, to) == to + bytes);
        path->sum ^= (uint8_t)to[bytes - 1];
    }
}

static void run_crc8(struct path *path, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        path->sum = crc8(path->sum, record_of(path, i).at, record_of(path, i).len);
}

/* Bodies of 200 records each. */
static void run_md5(struct path *path, uint64_t count)
{
    uint8_t md5[2][MD5_BYTES];
    struct slice whole = slice_of(path->text.at, path->at[TAKE_ROWS]);
    struct slice bodies[2] = {whole, whole};
    for (uint64_t i = 0; i < count; i += (uint64_t)2 * TAKE_ROWS) {
        md5_lanes_by(MD5_WAY_TWO, bodies, 2, md5);
        path->sum ^= md5[0][0];
    }
}

static void path_turn(struct path *path)
{
    clock_run(&path->clock, path->clock.now_ms + 1, 0);
}

static void path_take(struct path *path, uint64_t first, uint64_t end)
{
    for (uint64_t i = first; i < end; i++) {
        map_record(path, i);
        bucket_push(path->bucket, &path->row, offsets_enter(path->partition, path->offset), path->offset,
                    path->keeps ? &path->message : NULL);
        path->offset++;
    }
    bucket_turn(path->bucket);
}

static void run_path(struct path *path, uint64_t count)
{
    struct source_partition commit;
    for (uint64_t taken = 0; taken < count; path_turn(path)) {
        uint64_t end = taken + TAKE_ROWS < count ? taken + TAKE_ROWS : count;
        if (!bucket_has_room(path->bucket))
            continue;
        path_take(path, taken, end);
        taken = end;
    }
    bucket_hurry(path->bucket, true);
    while (offsets_open(path->offsets) > 0)
        path_turn(path);
    bucket_hurry(path->bucket, false);
    CHECK(offsets_to_commit(path->offsets, &commit, 1) == 1 && commit.offset == path->offset);
    offsets_committed(path->offsets, &commit, 1);
}

static void run_aside(struct path *path, uint64_t count)
{
    path->keeps = true;
    run_path(path, count);
    path->keeps = false;
}

static const struct stage {
    const char *name;
    void (*run)(struct path *path, uint64_t count);
    const char *what;
    bool points;
} stages[] = {
    {"json", run_json, "the JSON reader alone", false},
    {"mapper", run_mapper, "reader, converter and mapper: bytes to a row", false},
    {"encoder", run_encoder, "a row to the bytes of a request, checksums too", false},
    {"crc8", run_crc8, "CRC8 over as many bytes as the record has", false},
    {"md5", run_md5, "its share of a body's digest, two bodies side by side", false},
    {"path", run_path, "everything: bytes to a settled row, offsets and order kept", false},
    {"aside", run_aside, "the same with an error sink: each record is kept until its row is settled", false},
    {"point-map", run_mapper, "the same of a point", true},
    {"point-put", run_encoder, "a point to its piece of a request", true},
    {"point-path", run_path, "everything, of points; CRC-32C over each request too", true}};

enum { STAGES = sizeof(stages) / sizeof(stages[0]) };

/* ---- life ---- */

static struct mapping_plan plan = {.table = {"bench", 5},
                                   .key_mode = KEY_MODE_RECORD_VALUE,
                                   .map_values = MAP_VALUES_TYPED,
                                   .nested = NESTED_TEXT,
                                   .keys = {{{"id", 2}, CELL_INTEGER}},
                                   .key_count = 1};

static struct slice tags[] = {{"region", 6}, {"zone", 4}, {"rack", 4}, {"os", 2}, {"level", 5}};
static struct series_plan series_plan = {.table = {"bench", 5},
                                         .measurement_name = {"m", 1},
                                         .source = {"d", 1},
                                         .tags = tags,
                                         .tag_count = 5,
                                         .time = {"ts", 2},
                                         .unit = SERIES_MILLISECONDS,
                                         .map_all = true,
                                         .lowercase = true};

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

static void path_init_bucket(struct path *path)
{
    static const struct bucket_events events = {NULL, ignore_rejection, ignore, ignore_trouble, ignore};
    struct bucket_options options = {true, 64, 10, 1000, 100, 1000, 1};
    struct source_partition origin = {.topic = "bench"};
    size_t prefix_bytes = path->points ? SERIES_REQUEST_PREFIX : WRITE_REQUEST_PREFIX;
    path->sink = (struct sink){&path_class, TAKE_ROWS, 4 << 20, prefix_bytes, !path->points, 0};
    clock_init(&path->clock, 0, 0);
    path->window = window_create(1 << 23);
    window_join(path->window, &path->table, 1 << 23);
    path->bucket = bucket_create(&path->clock, &path->sink, &path->table, &options, &events);
    path->offsets = offsets_create();
    offsets_assign(path->offsets, &origin, 1);
    path->partition = offsets_find(path->offsets, SLICE("bench"), 0);
}

static void path_init(struct path *path, bool points, size_t bytes)
{
    *path = (struct path){.points = points};
    buffer_init(&path->text, 1 << 28);
    buffer_init(&path->body, 1 << 24);
    for (unsigned i = 0; i < RECORDS; i++) {
        path->at[i] = path->text.len;
        if (points)
            point_put(&path->text, i % KEYS, i);
        else
            put_record(&path->text, i, bytes);
    }
    path->at[RECORDS] = path->text.len;
    struct mapper_options mapper = {&plan, points ? &series_plan : NULL, CONVERT_STRING, CONVERT_JSON};
    mapper_open(&path->mapper, &mapper);
    path_init_bucket(path);
}

static void path_fini(struct path *path)
{
    offsets_drop(path->offsets);
    offsets_destroy(path->offsets);
    bucket_destroy(path->bucket);
    window_leave(&path->table);
    window_destroy(path->window);
    clock_fini(&path->clock);
    mapper_close(&path->mapper);
    buffer_fini(&path->body);
    buffer_fini(&path->text);
}

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double measure(const struct stage *stage, struct path *path)
{
    double rounds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double before = cpu_ns();
        stage->run(path, ROUND_RECORDS);
        rounds[i] = (cpu_ns() - before) / ROUND_RECORDS;
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_doubles);
    return rounds[ROUNDS / 2];
}

static void measure_all(bool points, size_t bytes)
{
    struct path path;
    path_init(&path, points, bytes);
    for (size_t i = 0; i < STAGES; i++)
        if (stages[i].points == points)
            printf("%-10s %5zu B %7.0f ns  %s\n", stages[i].name, bytes, measure(&stages[i], &path),
                   stages[i].what);
    path_fini(&path);
}

static int run_one(const char *name, uint64_t count, size_t bytes)
{
    struct path path;
    for (size_t i = 0; i < STAGES; i++) {
        if (strcmp(stages[i].name, name) != 0)
            continue;
        path_init(&path, stages[i].points, bytes);
        stages[i].run(&path, count);
        path_fini(&path);
        return 0;
    }
    fprintf(stderr, "bench_path: no stage '%s'\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc == 4)
        return run_one(argv[1], strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    measure_all(false, 150);
    measure_all(false, 500);
    measure_all(false, 1500);
    measure_all(true, 200);
    return 0;
}
