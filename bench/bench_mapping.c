/* bench_mapping: what a record costs on its way from JSON to a row: the reader alone, the converter,
 * converter and mapper; plain and with the schema envelope. Thread CPU time, the median of 11 rounds over
 * 2,000 different records. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/check.h"
#include "base/json.h"
#include "envelope.h"
#include "mapping/table_mapper.h"

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

int main(void)
{
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
