/* series_request: bodies of PutTimeseriesData, read back by protobuf-c and by the reader of their rows, which
 * knows nothing of how they were written; and what FlatBuffers demands of places and alignments. */
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "support/hex.h"
#include "support/random_series.h"
#include "support/vector.h"
#include "wire/crc32c.h"
#include "wire/series_piece.h"
#include "wire/series_read.h"
#include "wire/series_request.h"
#include "wire/tablestore.pb-c.h"

static struct arena arena;
static struct chance chance;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    chance_init(&chance, 7);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

/* A body under way: `first` is where its first row is, at the end of memory that is exactly as long. */
struct body {
    char *memory;
    char *first;
    size_t bytes;
    uint32_t at[SERIES_ROWS_MOST];
    struct slice whole;
};

static void body_write(struct body *body, const struct row *rows, uint32_t count)
{
    *body = (struct body){.bytes = 0};
    for (uint32_t i = 0; i < count; i++) {
        body->at[i] = (uint32_t)body->bytes;
        body->bytes += series_piece_size(&rows[i]);
    }
    body->memory = malloc(SERIES_REQUEST_PREFIX + body->bytes);
    memset(body->memory, 0xee, SERIES_REQUEST_PREFIX + body->bytes);
    body->first = body->memory + SERIES_REQUEST_PREFIX;
    for (uint32_t i = 0; i < count; i++) {
        size_t bytes = series_piece_size(&rows[i]);
        assert_int_equal(bytes % 8, 0);
        assert_ptr_equal(series_piece_put(&rows[i], body->first + body->at[i]),
                         body->first + body->at[i] + bytes);
    }
}

static void body_finish(struct body *body, const char *table, bool ignore_meta, uint32_t count)
{
    struct series_request request = {slice_text(table), ignore_meta, body->at, count};
    body->whole = series_request_finish(&request, body->first, body->bytes);
    assert_true(body->whole.at >= body->memory);
    assert_ptr_equal(body->whole.at + body->whole.len, body->first + body->bytes);
}

static Ots__PutTimeseriesDataRequest *body_open(const struct body *body)
{
    Ots__PutTimeseriesDataRequest *found =
        ots__put_timeseries_data_request__unpack(NULL, body->whole.len, (const uint8_t *)body->whole.at);
    assert_non_null(found);
    return found;
}

static struct slice rows_data(const Ots__PutTimeseriesDataRequest *request)
{
    return slice_of(request->rows_data->rows_data.data, request->rows_data->rows_data.len);
}

static void assert_rows(struct slice data, const struct row *rows, uint32_t count, uint32_t meta_time_s)
{
    struct series_rows found;
    struct error err;
    if (series_read(SERIES_FLAT_BUFFER, data, &arena, &found, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(found.count, count);
    for (uint32_t i = 0; i < count; i++) {
        random_series_assert_equal(&rows[i], &found.at[i].row);
        assert_int_equal(found.at[i].meta_time_s, meta_time_s);
    }
}

/* ---- places and alignments ---- */

static uint32_t number_at(struct slice data, size_t at)
{
    assert_int_equal(at % 4, 0);
    assert_true(at + 4 <= data.len);
    return bytes_get_u32(data.at + at);
}

/* Where a reference leads: always forward. */
static size_t follow(struct slice data, size_t at)
{
    uint32_t by = number_at(data, at);
    assert_true(by > 0 && at + by < data.len);
    return at + by;
}

static uint16_t shape_number(struct slice data, size_t at)
{
    uint16_t number;
    assert_int_equal(at % 2, 0);
    assert_true(at + 2 <= data.len);
    memcpy(&number, data.at + at, 2);
    return number;
}

/* Where a field of a table is, 0: left out. The table and its shape lie inside the data. */
static size_t field(struct slice data, size_t table, unsigned id, size_t bytes)
{
    size_t shape = table - number_at(data, table);
    assert_true(shape < table);
    uint16_t shape_bytes = shape_number(data, shape);
    assert_true(table + shape_number(data, shape + 2) <= data.len);
    uint16_t at = 4 + 2 * id < shape_bytes ? shape_number(data, shape + 4 + 2 * id) : 0;
    assert_true(at == 0 || (at >= 4 && at + bytes <= shape_number(data, shape + 2)));
    assert_true(at == 0 || (table + at) % bytes == 0);
    return at == 0 ? 0 : table + at;
}

/* A vector lies inside, its elements on multiples of their size; answers the first one. */
static size_t vector_in(struct slice data, size_t reference, size_t bytes, uint32_t *count)
{
    size_t at = follow(data, reference);
    *count = number_at(data, at);
    assert_true(at + 4 + *count * bytes <= data.len);
    assert_true(*count == 0 || (at + 4) % bytes == 0);
    return at + 4;
}

static void check_text(struct slice data, size_t reference)
{
    uint32_t len;
    size_t at = vector_in(data, reference, 1, &len);
    assert_true(at + len < data.len && data.at[at + len] == 0);
}

static void check_texts(struct slice data, size_t reference)
{
    uint32_t count;
    size_t at = vector_in(data, reference, 4, &count);
    for (uint32_t i = 0; i < count; i++)
        check_text(data, at + 4 * i);
}

static void check_values(struct slice data, size_t values)
{
    static const size_t bytes[] = {8, 1, 8};
    uint32_t count;
    for (unsigned id = 0; id < 3; id++)
        if (field(data, values, id, 4) != 0)
            vector_in(data, field(data, values, id, 4), bytes[id], &count);
    if (field(data, values, 3, 4) != 0)
        check_texts(data, field(data, values, 3, 4));
    if (field(data, values, 4, 4) == 0)
        return;
    size_t at = vector_in(data, field(data, values, 4, 4), 4, &count);
    for (uint32_t i = 0; i < count; i++)
        vector_in(data, field(data, follow(data, at + 4 * i), 0, 4), 1, &(uint32_t){0});
}

static void check_row(struct slice data, size_t row)
{
    uint32_t count;
    check_text(data, field(data, row, 0, 4));
    assert_int_equal(field(data, row, 1, 4), 0);
    assert_int_not_equal(field(data, row, 2, 8), 0);
    check_values(data, follow(data, field(data, row, 3, 4)));
    assert_int_not_equal(field(data, row, 4, 4), 0);
    size_t tags = vector_in(data, field(data, row, 5, 4), 4, &count);
    for (uint32_t i = 0; i < count; i++) {
        size_t tag = follow(data, tags + 4 * i);
        check_text(data, field(data, tag, 0, 4));
        check_text(data, field(data, tag, 1, 4));
    }
}

static void check_places(struct slice data)
{
    uint32_t groups, rows, types;
    size_t at = vector_in(data, field(data, follow(data, 0), 0, 4), 4, &groups);
    for (uint32_t i = 0; i < groups; i++) {
        size_t group = follow(data, at + 4 * i);
        check_text(data, field(data, group, 0, 4));
        check_texts(data, field(data, group, 1, 4));
        vector_in(data, field(data, group, 2, 4), 1, &types);
        size_t first = vector_in(data, field(data, group, 3, 4), 4, &rows);
        assert_int_equal(rows, 1);
        check_row(data, follow(data, first));
    }
}

static void test_random_rows_are_read_back_as_they_were(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct row rows[SERIES_ROWS_MOST];
        struct body body;
        uint32_t count = 1 + (uint32_t)chance_below(&chance, round % 50 == 0 ? SERIES_ROWS_MOST : 4);
        for (uint32_t i = 0; i < count; i++)
            random_series(&chance, &arena, round % 10 == 0 ? 60 : 6, &rows[i]);
        body_write(&body, rows, count);
        body_finish(&body, "cpu", false, count);
        Ots__PutTimeseriesDataRequest *found = body_open(&body);
        assert_int_equal(found->rows_data->type, OTS__ROWS_SERIALIZE_TYPE__RST_FLAT_BUFFER);
        check_places(rows_data(found));
        assert_rows(rows_data(found), rows, count, 0);
        ots__put_timeseries_data_request__free_unpacked(found, NULL);
        free(body.memory);
        arena_reset(&arena);
    }
}

static int32_t assert_around(const struct body *body, const char *table, bool ignore_meta)
{
    Ots__PutTimeseriesDataRequest *found = body_open(body);
    struct slice data = rows_data(found);
    assert_string_equal(found->table_name, table);
    assert_int_equal(found->has_meta_update_mode, ignore_meta);
    assert_true(!ignore_meta || found->meta_update_mode == OTS__META_UPDATE_MODE__MUM_IGNORE);
    assert_true(found->has_supported_table_version);
    assert_int_equal(found->supported_table_version, 1);
    assert_true(found->rows_data->has_flatbuffer_crc32c);
    assert_int_equal((uint32_t)found->rows_data->flatbuffer_crc32c, crc32c_plain(data.at, data.len));
    assert_int_equal(found->base.n_unknown_fields, 0);
    int32_t crc = found->rows_data->flatbuffer_crc32c;
    ots__put_timeseries_data_request__free_unpacked(found, NULL);
    return crc;
}

static void test_the_request_around_the_rows(void **state)
{
    (void)state;
    char longest[256];
    struct row rows[SERIES_ROWS_MOST];
    struct body body;
    int negative = 0;
    memset(longest, 't', sizeof(longest));
    longest[255] = 0;
    for (uint32_t i = 0; i < SERIES_ROWS_MOST; i++)
        random_series(&chance, &arena, 3, &rows[i]);
    body_write(&body, rows, SERIES_ROWS_MOST);
    for (uint32_t count = 1; count <= SERIES_ROWS_MOST; count++) {
        if (count < SERIES_ROWS_MOST)
            body.bytes = body.at[count];
        else
            body.bytes = body.at[count - 1] + series_piece_size(&rows[count - 1]);
        body_finish(&body, count % 2 == 0 ? longest : "t", count % 3 == 0, count);
        negative += assert_around(&body, count % 2 == 0 ? longest : "t", count % 3 == 0) < 0;
    }
    assert_true(negative > 0 && negative < SERIES_ROWS_MOST); /* a signed number, in all its lengths */
    free(body.memory);
}

static void test_a_row_means_the_same_wherever_its_bytes_are_moved(void **state)
{
    (void)state;
    struct row rows[3], moved[2];
    struct body body;
    for (int i = 0; i < 3; i++)
        random_series(&chance, &arena, 6, &rows[i]);
    body_write(&body, rows, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(series_piece_time_us(body.first + body.at[i]), series_time_us(&rows[i]));
        series_piece_set_meta(body.first + body.at[i], 1704164645);
    }
    /* The first one goes, the last one comes before the second. */
    char *apart = malloc(body.bytes);
    size_t last_bytes = body.bytes - body.at[2];
    size_t second_bytes = body.at[2] - body.at[1];
    memcpy(apart, body.first + body.at[2], last_bytes);
    memcpy(apart + last_bytes, body.first + body.at[1], second_bytes);
    memcpy(body.first, apart, last_bytes + second_bytes);
    body.at[0] = 0;
    body.at[1] = (uint32_t)last_bytes;
    body.bytes = last_bytes + second_bytes;
    body_finish(&body, "cpu", false, 2);
    Ots__PutTimeseriesDataRequest *found = body_open(&body);
    moved[0] = rows[2];
    moved[1] = rows[1];
    check_places(rows_data(found));
    assert_rows(rows_data(found), moved, 2, 1704164645);
    ots__put_timeseries_data_request__free_unpacked(found, NULL);
    free(apart);
    free(body.memory);
}

static void check_bytes_of_types(enum cell_type type, uint32_t count)
{
    struct cell keys[] = {{.type = CELL_STRING, .bytes = SLICE("m")},
                          {.type = CELL_STRING, .bytes = SLICE("")},
                          {.type = CELL_INTEGER, .integer = 1}};
    struct cell *cells = arena_take(&arena, count * sizeof(*cells));
    struct row row = {.op = ROW_PUT, .keys = keys, .key_count = 3, .cells = cells, .cell_count = count};
    struct body body;
    for (uint32_t i = 0; i < count; i++) {
        cells[i] = (struct cell){.name = slice_of(&"abcdefghijklmnopqrstuvwxyz"[i], 1), .type = type};
        if (type >= CELL_STRING)
            cells[i].bytes = slice_of("012345678901234567890123456", i);
    }
    body_write(&body, &row, 1);
    body_finish(&body, "cpu", false, 1);
    Ots__PutTimeseriesDataRequest *found = body_open(&body);
    check_places(rows_data(found));
    assert_rows(rows_data(found), &row, 1, 0);
    ots__put_timeseries_data_request__free_unpacked(found, NULL);
    free(body.memory);
}

static void test_every_count_of_every_type_alone(void **state)
{
    (void)state;
    for (int type = CELL_INTEGER; type <= CELL_BINARY; type++)
        for (uint32_t count = 0; count <= 26; count++)
            check_bytes_of_types((enum cell_type)type, count);
}

/* ---- vectors ---- */

/* rows_data as it was sent has the checksum that was sent; and what the SDK was given, written by us, reads
 * back as the same. */
static void check_vector(const struct vector *vector, struct arena *at)
{
    struct json_value *inputs;
    struct row rows[8];
    struct body body;
    uint32_t meta_time_s = 0;
    uint32_t count = (uint32_t)vector_array(at, vector->input, "rows", &inputs);
    struct slice sent = vector_object(vector->json, "rows_data");
    struct slice bytes = hex_take(at, vector_text(at, sent, "hex").at);
    assert_int_equal((int32_t)crc32c(bytes.at, bytes.len),
                     vector_integer(sent, "flatbuffer_crc32c_signed", 0));
    assert_true(count >= 1 && count <= 8);
    for (uint32_t i = 0; i < count; i++)
        meta_time_s = vector_series_row(at, inputs[i].text, &rows[i]);
    body_write(&body, rows, count);
    for (uint32_t i = 0; i < count; i++)
        series_piece_set_meta(body.first + body.at[i], meta_time_s);
    body_finish(&body, "ts1", false, count);
    Ots__PutTimeseriesDataRequest *found = body_open(&body);
    assert_rows(rows_data(found), rows, count, meta_time_s);
    ots__put_timeseries_data_request__free_unpacked(found, NULL);
    free(body.memory);
}

static void test_what_the_sdks_were_given_is_written_as_what_they_sent(void **state)
{
    (void)state;
    assert_int_equal(vector_each_of("java", "PutTimeseriesData", check_vector), 5);
    assert_int_equal(vector_each_of("go", "PutTimeseriesData", check_vector), 3);
    assert_int_equal(vector_each_of("python", "PutTimeseriesData", check_vector), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_rows_are_read_back_as_they_were),
        cmocka_unit_test(test_the_request_around_the_rows),
        cmocka_unit_test(test_a_row_means_the_same_wherever_its_bytes_are_moved),
        cmocka_unit_test(test_every_count_of_every_type_alone),
        cmocka_unit_test(test_what_the_sdks_were_given_is_written_as_what_they_sent),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
