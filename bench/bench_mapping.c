/* bench_mapping: what a record costs on its way from JSON to a row: the reader alone, the converter,
 * converter and mapper; plain and with the schema envelope; and to a point of a time series of 5 tags and 5
 * fields. Thread CPU time, the median of 11 rounds over 2,000 different records.
 *
 *   bench_mapping                every measure
 *   bench_mapping series COUNT   just so many points and nothing printed: for counting instructions */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "envelope.h"
#include "mapping/series_mapper.h"

enum { RECORDS = 2000, ROUNDS = 11, MEMBERS_MOST = 128 };

struct records {
    struct buffer text;
    size_t at[RECORDS + 1];
};

static void put_members(struct buffer *to, unsigned id, size_t bytes)
{
    size_t start = to->len;
    buffer_print(to,
                 "{\"id\":%u,\"ts\":%llu,\"device\":\"dev-%06u\",\"temp\":%u.%u,\"ok\":%s,\"unit\":\"C\\/"
                 "s\",\"seq\":%u",
                 id, 1700000000123456789ull + id, id % 5000, id % 90, id % 10, id % 2 == 0 ? "true" : "false",
                 id % 65536);
    buffer_print(to, ",\"note\":null");
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

static void records_init(struct records *records, size_t bytes, bool envelope)
{
    struct buffer like, plain;
    buffer_init(&records->text, 1 << 28);
    buffer_init(&like, 1 << 20);
    buffer_init(&plain, 1 << 20);
    put_members(&like, 1, bytes);
    for (unsigned i = 0; i < RECORDS; i++) {
        records->at[i] = records->text.len;
        plain.len = 0;
        put_members(&plain, i, bytes);
        if (envelope)
            envelope_put(&records->text, buffer_slice(&like), buffer_slice(&plain));
        else
            buffer_add_slice(&records->text, buffer_slice(&plain));
    }
    records->at[RECORDS] = records->text.len;
    buffer_fini(&plain);
    buffer_fini(&like);
}

static void put_point(struct buffer *to, unsigned id)
{
    buffer_print(to, "{\"m\":\"cpu\",\"host\":\"server-%04u\",\"ts\":%llu,", id % 10000,
                 1645459200000ull + id);
    buffer_print(to,
                 "\"region\":\"cn-hangzhou\",\"zone\":\"z%u\",\"rack\":%u,\"os\":\"linux\",\"env\":\"prod\",",
                 id % 4, id % 40);
    buffer_print(to, "\"user\":%u.%u,\"system\":%u.%02u,\"load\":%u,\"ok\":%s,\"state\":\"run%u\"}", id % 100,
                 id % 10, id % 7, id % 100, id * 7919 % 100000, id % 2 == 0 ? "true" : "false", id % 9);
}

/* `changing`: every second one has a member more, so that no record has the names of the one before it. */
static void points_init(struct records *records, bool changing)
{
    buffer_init(&records->text, 1 << 28);
    for (unsigned i = 0; i < RECORDS; i++) {
        records->at[i] = records->text.len;
        put_point(&records->text, i);
        if (changing && i % 2 == 0) {
            records->text.len--;
            buffer_print(&records->text, ",\"x\":1}");
        }
    }
    records->at[RECORDS] = records->text.len;
}

static struct slice record_of(const struct records *records, unsigned i)
{
    return slice_of(records->text.at + records->at[i], records->at[i + 1] - records->at[i]);
}

/* ---- what is measured ---- */

typedef void measured_fn(void *state, struct slice record);

static void read_json(void *state, struct slice record)
{
    struct json_fault fault;
    CHECK(json_object(record, 0, state, MEMBERS_MOST, &fault) > 0);
}

static void read_value(void *state, struct slice record)
{
    struct value value;
    struct error err;
    CHECK(converter_read(state, record, &value, &err) == 0);
}

static void map_row(void *state, struct slice record)
{
    struct message message = {.topic = SLICE("bench"), .value = record};
    struct row row;
    struct mapping_fault fault;
    CHECK(table_mapper_map(state, &message, &row, &fault) == MAPPING_ROW);
}

static void map_point(void *state, struct slice record)
{
    struct message message = {.topic = SLICE("bench"), .value = record};
    struct row row;
    struct mapping_fault fault;
    CHECK(series_mapper_map(state, &message, &row, &fault) == MAPPING_ROW);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(const char *what, const struct records *records, measured_fn *measured, void *state)
{
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double before = cpu_seconds();
        for (int repeat = 0; repeat < 20; repeat++)
            for (unsigned i = 0; i < RECORDS; i++)
                measured(state, record_of(records, i));
        rounds[round] = (cpu_seconds() - before) / (20.0 * RECORDS);
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_doubles);
    double bytes = (double)records->text.len / RECORDS;
    printf("%-34s %6.0f B %8.0f ns %8.0f MB/s\n", what, bytes, rounds[ROUNDS / 2] * 1e9,
           bytes / rounds[ROUNDS / 2] / 1e6);
}

static struct mapping_plan plan = {
    .table = {"bench", 5},
    .key_mode = KEY_MODE_RECORD_VALUE,
    .map_values = MAP_VALUES_TYPED,
    .nested = NESTED_TEXT,
    .keys = {{{"id", 2}, CELL_INTEGER}},
    .key_count = 1,
};

static void measure_format(size_t bytes, enum convert_format format, enum mapping_map_values values,
                           const char *name)
{
    struct records records;
    char what[64];
    struct converter *converter = converter_create(format);
    plan.map_values = values;
    struct table_mapper_options options = {&plan, CONVERT_STRING, format};
    struct table_mapper *mapper = table_mapper_create(&options);
    records_init(&records, bytes, format == CONVERT_JSON_ENVELOPE);
    snprintf(what, sizeof(what), "%s: converter", name);
    measure(what, &records, read_value, converter);
    snprintf(what, sizeof(what), "%s: converter and mapper", name);
    measure(what, &records, map_row, mapper);
    table_mapper_destroy(mapper);
    converter_destroy(converter);
    buffer_fini(&records.text);
}

static struct slice tags[] = {{"region", 6}, {"zone", 4}, {"rack", 4}, {"os", 2}, {"env", 3}};

static const struct series_plan series = {
    .table = {"bench", 5},
    .measurement_name = {"m", 1},
    .source = {"host", 4},
    .tags = tags,
    .tag_count = 5,
    .time = {"ts", 2},
    .unit = SERIES_MILLISECONDS,
    .map_all = true,
    .lowercase = true,
};

static void measure_series(bool changing, const char *name)
{
    struct records records;
    char what[64];
    struct converter *converter = converter_create(CONVERT_JSON);
    struct series_mapper_options options = {&series, CONVERT_STRING, CONVERT_JSON};
    struct series_mapper *mapper = series_mapper_create(&options);
    points_init(&records, changing);
    snprintf(what, sizeof(what), "%s: converter", name);
    measure(what, &records, read_value, converter);
    snprintf(what, sizeof(what), "%s: converter and mapper", name);
    measure(what, &records, map_point, mapper);
    series_mapper_destroy(mapper);
    converter_destroy(converter);
    buffer_fini(&records.text);
}

static void count_series(unsigned long count)
{
    struct records records;
    struct series_mapper_options options = {&series, CONVERT_STRING, CONVERT_JSON};
    struct series_mapper *mapper = series_mapper_create(&options);
    points_init(&records, false);
    for (unsigned long i = 0; i < count; i++)
        map_point(mapper, record_of(&records, (unsigned)(i % RECORDS)));
    series_mapper_destroy(mapper);
    buffer_fini(&records.text);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "series") == 0) {
        count_series(strtoul(argv[2], NULL, 10));
        return 0;
    }
    measure_series(false, "point");
    measure_series(true, "point, changing names");
    static const size_t sizes[] = {150, 500, 1500};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct json_member members[MEMBERS_MOST];
        struct records records;
        records_init(&records, sizes[i], false);
        measure("reader alone", &records, read_json, members);
        buffer_fini(&records.text);
        measure_format(sizes[i], CONVERT_JSON, MAP_VALUES_TYPED, "plain, typed");
        measure_format(sizes[i], CONVERT_JSON, MAP_VALUES_BINARY, "plain, binary");
        measure_format(sizes[i], CONVERT_JSON_ENVELOPE, MAP_VALUES_TYPED, "envelope");
    }
    return 0;
}
