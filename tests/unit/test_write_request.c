/* write_request: the bodies against those of protobuf-c, and the walk over answers that protobuf-c wrote, in
 * any order of fields, with unknown ones between, cut, or with the wrong count. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/chance.h"
#include "base/error.h"
#include "support/hex.h"
#include "support/random_row.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"
#include "wire/write_request.h"

enum { ROWS_MOST = 200 };

static struct arena arena;
static struct chance chance;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    chance_init(&chance, 31);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

/* ---- requests ---- */

static struct slice request_body(enum write_request_kind kind, const char *table, const struct row *rows,
                                 size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += write_request_row_size(kind, &rows[i]);
    char *first = (char *)arena_take(&arena, WRITE_REQUEST_PREFIX + bytes) + WRITE_REQUEST_PREFIX;
    char *to = first;
    for (size_t i = 0; i < count; i++)
        to = write_request_put_row(kind, &rows[i], to);
    assert_ptr_equal(to, first + bytes);
    return write_request_finish(kind, slice_text(table), first, bytes);
}

static ProtobufCBinaryData row_change(const struct row *row)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(&arena, bytes);
    plainbuffer_put(row, at);
    return (ProtobufCBinaryData){bytes, (uint8_t *)at};
}

static struct slice packed(const ProtobufCMessage *message)
{
    size_t bytes = protobuf_c_message_get_packed_size(message);
    uint8_t *at = arena_take(&arena, bytes);
    return slice_of(at, protobuf_c_message_pack(message, at));
}

static struct slice bulk_import_oracle(char *table, const struct row *rows, size_t count)
{
    Ots__BulkImportRequest request = OTS__BULK_IMPORT_REQUEST__INIT;
    request.table_name = table;
    request.n_rows = count;
    request.rows = arena_take(&arena, count * sizeof(*request.rows));
    for (size_t i = 0; i < count; i++) {
        request.rows[i] = arena_take(&arena, sizeof(**request.rows));
        ots__row_in_bulk_import_request__init(request.rows[i]);
        request.rows[i]->type = (Ots__OperationType)rows[i].op;
        request.rows[i]->row_change = row_change(&rows[i]);
    }
    return packed(&request.base);
}

static struct slice batch_write_oracle(char *table, const struct row *rows, size_t count)
{
    Ots__BatchWriteRowRequest request = OTS__BATCH_WRITE_ROW_REQUEST__INIT;
    Ots__TableInBatchWriteRowRequest in_table = OTS__TABLE_IN_BATCH_WRITE_ROW_REQUEST__INIT;
    Ots__TableInBatchWriteRowRequest *tables[] = {&in_table};
    Ots__Condition condition = OTS__CONDITION__INIT;
    condition.row_existence = OTS__ROW_EXISTENCE_EXPECTATION__IGNORE;
    request.n_tables = 1;
    request.tables = tables;
    in_table.table_name = table;
    in_table.n_rows = count;
    in_table.rows = arena_take(&arena, count * sizeof(*in_table.rows));
    for (size_t i = 0; i < count; i++) {
        in_table.rows[i] = arena_take(&arena, sizeof(**in_table.rows));
        ots__row_in_batch_write_row_request__init(in_table.rows[i]);
        in_table.rows[i]->type = (Ots__OperationType)rows[i].op;
        in_table.rows[i]->row_change = row_change(&rows[i]);
        in_table.rows[i]->condition = &condition;
    }
    return packed(&request.base);
}

static void assert_bytes_equal(struct slice a, struct slice b)
{
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.at, b.at, a.len);
}

static void test_bodies_are_those_of_protobuf(void **state)
{
    (void)state;
    char longest[256];
    memset(longest, 't', sizeof(longest));
    longest[255] = 0;
    for (int i = 0; i < 300; i++) {
        struct row rows[ROWS_MOST];
        size_t count = chance_below(&chance, i % 10 == 0 ? ROWS_MOST + 1 : 4);
        char one[] = "t";
        char *table = i % 3 == 0 ? longest : one;
        for (size_t n = 0; n < count; n++)
            random_row(&chance, &arena, &rows[n]);
        assert_bytes_equal(request_body(WRITE_BULK_IMPORT, table, rows, count),
                           bulk_import_oracle(table, rows, count));
        assert_bytes_equal(request_body(WRITE_BATCH_WRITE_ROW, table, rows, count),
                           batch_write_oracle(table, rows, count));
        arena_reset(&arena);
    }
}

static void test_lengths_at_the_edges_of_varints(void **state)
{
    (void)state;
    /* The whole row around 128 and 16,384 bytes: where the length fields grow. */
    static char value[20000];
    for (size_t len = 0; len < 16500; len = len == 250 ? 16200 : len + 1) {
        struct cell key = {.name = SLICE("k"), .type = CELL_BINARY, .bytes = slice_of(value, len)};
        struct row row = {.op = ROW_DELETE, .keys = &key, .key_count = 1};
        char table[] = "table";
        assert_bytes_equal(request_body(WRITE_BULK_IMPORT, table, &row, 1),
                           bulk_import_oracle(table, &row, 1));
        assert_bytes_equal(request_body(WRITE_BATCH_WRITE_ROW, table, &row, 1),
                           batch_write_oracle(table, &row, 1));
        arena_reset(&arena);
    }
}

/* ---- answers ---- */

struct seen {
    uint32_t count;
    uint32_t stop_at;
    struct write_reply_row rows[ROWS_MOST];
};

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    struct seen *seen = arg;
    assert_int_equal(index, seen->count);
    if (index == seen->stop_at)
        return -1;
    seen->rows[seen->count++] = *row;
    return 0;
}

/* Each row's fate in the answer to come. */
struct fates {
    size_t count;
    bool ok[ROWS_MOST];
    char code[ROWS_MOST][24];
    bool has_message[ROWS_MOST];
};

static void choose_fates(struct fates *fates)
{
    fates->count = chance_below(&chance, 20);
    for (size_t i = 0; i < fates->count; i++) {
        fates->ok[i] = chance_below(&chance, 2) == 1;
        fates->has_message[i] = chance_below(&chance, 2) == 1;
        snprintf(fates->code[i], sizeof(fates->code[i]), "OTS%llu",
                 (unsigned long long)chance_below(&chance, 1u << 20));
    }
}

static Ots__Error *error_of(struct fates *fates, size_t i)
{
    static char message[] = "Data is being modified by the other request.";
    if (fates->ok[i])
        return NULL;
    Ots__Error *error = arena_take(&arena, sizeof(*error));
    ots__error__init(error);
    error->code = fates->code[i];
    error->message = fates->has_message[i] ? message : NULL;
    return error;
}

static Ots__ConsumedCapacity *consumed_of(const struct fates *fates, size_t i)
{
    static Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    static Ots__ConsumedCapacity consumed = OTS__CONSUMED_CAPACITY__INIT;
    unit.has_read = unit.has_write = true;
    unit.write = 300;
    consumed.capacity_unit = &unit;
    return fates->ok[i] ? &consumed : NULL;
}

static struct slice bulk_import_answer(struct fates *fates)
{
    static char table[] = "t";
    Ots__BulkImportResponse answer = OTS__BULK_IMPORT_RESPONSE__INIT;
    answer.table_name = table;
    answer.n_rows = fates->count;
    answer.rows = arena_take(&arena, fates->count * sizeof(*answer.rows));
    for (size_t i = 0; i < fates->count; i++) {
        answer.rows[i] = arena_take(&arena, sizeof(**answer.rows));
        ots__row_in_bulk_import_response__init(answer.rows[i]);
        answer.rows[i]->is_ok = fates->ok[i];
        answer.rows[i]->error = error_of(fates, i);
        answer.rows[i]->consumed = consumed_of(fates, i);
    }
    return packed(&answer.base);
}

static struct slice batch_write_answer(struct fates *fates, size_t table_count)
{
    static char name[] = "t";
    Ots__BatchWriteRowResponse answer = OTS__BATCH_WRITE_ROW_RESPONSE__INIT;
    Ots__TableInBatchWriteRowResponse table = OTS__TABLE_IN_BATCH_WRITE_ROW_RESPONSE__INIT;
    Ots__TableInBatchWriteRowResponse *tables[] = {&table, &table};
    answer.tables = tables;
    answer.n_tables = table_count;
    table.table_name = name;
    table.n_rows = fates->count;
    table.rows = arena_take(&arena, fates->count * sizeof(*table.rows));
    for (size_t i = 0; i < fates->count; i++) {
        table.rows[i] = arena_take(&arena, sizeof(**table.rows));
        ots__row_in_batch_write_row_response__init(table.rows[i]);
        table.rows[i]->is_ok = fates->ok[i];
        table.rows[i]->error = error_of(fates, i);
        table.rows[i]->consumed = consumed_of(fates, i);
    }
    return packed(&answer.base);
}

static void assert_fates(struct slice answer, enum write_request_kind kind, const struct fates *fates)
{
    struct seen seen = {.stop_at = UINT32_MAX};
    struct error err = {0};
    assert_int_equal(write_reply_walk(kind, answer, (uint32_t)fates->count, on_row, &seen, &err), 0);
    assert_int_equal(seen.count, fates->count);
    for (size_t i = 0; i < fates->count; i++) {
        assert_int_equal(seen.rows[i].ok, fates->ok[i]);
        if (fates->ok[i])
            continue;
        assert_true(slice_equal(seen.rows[i].code, slice_text(fates->code[i])));
        assert_int_equal(seen.rows[i].message.at != NULL, fates->has_message[i]);
    }
}

static void test_answers_of_protobuf_are_walked(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        struct fates fates;
        choose_fates(&fates);
        assert_fates(bulk_import_answer(&fates), WRITE_BULK_IMPORT, &fates);
        assert_fates(batch_write_answer(&fates, 1), WRITE_BATCH_WRITE_ROW, &fates);
        arena_reset(&arena);
    }
}

static int walk(enum write_request_kind kind, struct slice answer, uint32_t rows, struct seen *seen)
{
    struct error err = {0};
    *seen = (struct seen){.stop_at = UINT32_MAX};
    int rc = write_reply_walk(kind, answer, rows, on_row, seen, &err);
    assert_int_equal(err.kind, rc == 0 ? ERROR_NONE : ERROR_RETRY);
    return rc;
}

static void test_a_wrong_count_tells_nobody_anything(void **state)
{
    (void)state;
    struct fates fates;
    struct seen seen;
    choose_fates(&fates);
    fates.count = 7;
    for (uint32_t rows = 0; rows < 20; rows++) {
        assert_int_equal(walk(WRITE_BULK_IMPORT, bulk_import_answer(&fates), rows, &seen),
                         rows == 7 ? 0 : -1);
        assert_int_equal(seen.count, rows == 7 ? 7 : 0);
        assert_int_equal(walk(WRITE_BATCH_WRITE_ROW, batch_write_answer(&fates, 1), rows, &seen),
                         rows == 7 ? 0 : -1);
        assert_int_equal(seen.count, rows == 7 ? 7 : 0);
    }
}

static void test_one_table_and_no_other_count(void **state)
{
    (void)state;
    struct fates fates;
    struct seen seen;
    choose_fates(&fates);
    fates.count = 3;
    for (size_t tables = 0; tables <= 2; tables++)
        assert_int_equal(walk(WRITE_BATCH_WRITE_ROW, batch_write_answer(&fates, tables), 3, &seen),
                         tables == 1 ? 0 : -1);
    assert_int_equal(walk(WRITE_BATCH_WRITE_ROW, batch_write_answer(&fates, 2), 6, &seen), -1);
}

static void test_an_answer_cut_anywhere_is_refused(void **state)
{
    (void)state;
    struct fates fates;
    struct seen seen;
    choose_fates(&fates);
    fates.count = 3;
    struct slice answer = bulk_import_answer(&fates);
    for (size_t len = 0; len < answer.len; len++) {
        char *edge = malloc(len + 1);
        memcpy(edge + 1, answer.at, len);
        assert_int_equal(walk(WRITE_BULK_IMPORT, slice_of(edge + 1, len), 3, &seen), -1);
        assert_int_equal(seen.count, 0);
        free(edge);
    }
}

static void assert_walk(const char *hex, int expected, uint32_t rows)
{
    struct seen seen;
    struct slice bytes = hex_take(&arena, hex);
    if (walk(WRITE_BULK_IMPORT, bytes, rows, &seen) != expected)
        fail_msg("%s did not give %d", hex, expected);
}

static void test_any_order_and_unknown_fields_are_fine(void **state)
{
    (void)state;
    assert_walk("0a0174"
                "12020801",
                0, 1);
    assert_walk("12020801"
                "0a0174"
                "12020801",
                0, 2);
    assert_walk("120412000801", -1, 1);                              /* an error without a code */
    assert_walk("0a0174120812040a024f540800", 0, 1);                 /* the error before is_ok */
    assert_walk("0a01741203088001", 0, 1);                           /* true written long */
    assert_walk("0a0174120208011801", 0, 1);                         /* an unknown number */
    assert_walk("0a017421aaaaaaaaaaaaaaaa2dbbbbbbbb12020801", 0, 1); /* fixed 64, fixed 32 */
    assert_walk("0a01741209080132056162636465", 0, 1);               /* unknown bytes in a row */
    assert_walk("faffffff0f00120208010a0174", 0, 1);                 /* the highest number, no bytes */
}

static void test_what_is_no_message_is_refused(void **state)
{
    (void)state;
    assert_walk("", -1, 0);                                 /* no table name */
    assert_walk("0a0174", 0, 0);                            /* no rows: well, if none were sent */
    assert_walk("0a0174020012020801", -1, 1);               /* number 0 */
    assert_walk("0a01741b1c12020801", -1, 1);               /* groups */
    assert_walk("0a0174120212000801", -1, 1);               /* a length beyond its row */
    assert_walk("0a0174120409aabb01", -1, 1);               /* is_ok with another wire type */
    assert_walk("0801120208010a0174", -1, 1);               /* the name with another wire type */
    assert_walk("0a01741200", -1, 1);                       /* a row without is_ok */
    assert_walk("0a017412ffffffffffffffffff01", -1, 1);     /* a length of 2^64 - 1 */
    assert_walk("0a0174120b08ffffffffffffffffffff", -1, 1); /* a number without an end */
    assert_walk("0a0174120d08ffffffffffffffffffffff01", -1, 1);
    assert_walk("0a01741801120208", -1, 1);
    assert_walk("0a01748080808010", -1, 0); /* a field number beyond 2^29 - 1 */
}

static void test_the_walk_stops_when_told_to(void **state)
{
    (void)state;
    struct fates fates;
    struct seen seen = {.stop_at = 2};
    struct error err = {0};
    choose_fates(&fates);
    fates.count = 5;
    assert_int_equal(write_reply_walk(WRITE_BULK_IMPORT, bulk_import_answer(&fates), 5, on_row, &seen, &err),
                     -1);
    assert_int_equal(seen.count, 2);
    assert_int_equal(err.kind, ERROR_NONE);
}

static void test_error_bodies_are_read(void **state)
{
    (void)state;
    struct slice code;
    struct slice message;
    Ots__Error error = OTS__ERROR__INIT;
    char name[] = "OTSServerBusy";
    char words[] = "Server is busy.";
    error.code = name;
    assert_int_equal(write_reply_fault(packed(&error.base), &code, &message), 0);
    assert_true(slice_equal(code, slice_text(name)));
    assert_null(message.at);
    error.message = words;
    assert_int_equal(write_reply_fault(packed(&error.base), &code, &message), 0);
    assert_true(slice_equal(message, slice_text(words)));
}

static void test_what_is_no_error_body_is_refused(void **state)
{
    (void)state;
    const char *const bodies[] = {
        "",         "<html><body>502 Bad Gateway</body></html>", "{\"code\": 1}", "Bad Gateway", "\x12\x01m",
        "\n\x05OTS"};
    struct slice code = SLICE("untouched");
    struct slice message = SLICE("untouched");
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        assert_int_equal(write_reply_fault(slice_text(bodies[i]), &code, &message), -1);
    assert_true(slice_equal(code, SLICE("untouched")));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_bodies_are_those_of_protobuf),          CASE(test_lengths_at_the_edges_of_varints),
        CASE(test_answers_of_protobuf_are_walked),        CASE(test_a_wrong_count_tells_nobody_anything),
        CASE(test_one_table_and_no_other_count),          CASE(test_an_answer_cut_anywhere_is_refused),
        CASE(test_any_order_and_unknown_fields_are_fine), CASE(test_what_is_no_message_is_refused),
        CASE(test_the_walk_stops_when_told_to),           CASE(test_error_bodies_are_read),
        CASE(test_what_is_no_error_body_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
