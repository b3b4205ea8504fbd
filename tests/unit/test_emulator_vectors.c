/* emulator_vectors: every recorded request of the emulator's operations goes through its gate and is done, on
 * a table that fits it; what answers a vector is compared with that answer in meaning. The clock stands where
 * the recordings stood. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "emulator/gate.h"
#include "support/vector.h"
#include "support/vector_message.h"
#include "support/visit_rig.h"
#include "wire/deflate.h"
#include "wire/plainbuffer.h"

enum { FROZEN_S = 1704164645, REQUESTS_LEAST = 60 };

/* What the emulator does not do, or the service would not either: the status and a word of the message. */
static const struct {
    const char *name;
    int status;
    const char *word;
} exceptions[] = {
    {"node/012_describe_table_unicode_name.json", 400, "Invalid table name"},
    {"node/034_put_row_single_column_condition.json", 403, "expected existent"},
    {"node/040_put_row_in_transaction.json", 404, "Session not exist"},
    {"node/048_delete_row_two_pk_expect_exist.json", 403, "expected existent"},
    {"node/067_batch_write_row_in_transaction.json", 404, "Session not exist"},
};

/* Operations of later issues. */
static bool is_known(const struct vector *vector)
{
    return operation_find(vector->path) != NULL;
}

static struct gate *gate_for(const struct vector *vector, struct arena *arena)
{
    struct slice token = sign_find(vector->headers, vector->header_count, SLICE("x-ots-ststoken"));
    static const char *const instances[] = {"inst"};
    struct keyring_pair pair = {.id = "testid",
                                .secret = "testsecret",
                                .sts_token = token.at == NULL ? NULL : arena_copy(arena, token).at};
    struct gate_options options = {.instances = instances,
                                   .instance_count = 1,
                                   .pairs = &pair,
                                   .pair_count = 1,
                                   .check_clock = strncmp(vector->name, "go/", 3) != 0};
    return gate_create(&options);
}

/* ---- a table that fits ---- */

static void key_type_of(const struct cell *key, char *to, size_t room)
{
    const char *type = key->type == CELL_INTEGER          ? "INTEGER"
                       : key->type == CELL_BINARY         ? "BINARY"
                       : key->type == CELL_AUTO_INCREMENT ? "AUTO"
                                                          : "STRING";
    snprintf(to + strlen(to), room - strlen(to), "%s%s", to[0] == 0 ? "" : ",", type);
}

static void read_first_row(struct visit_rig *rig, const struct vector_message *message, struct row *row)
{
    struct plainbuffer_reader reader;
    struct error err;
    assert_true(message->row_count > 0);
    assert_int_equal(plainbuffer_open(&reader, proto_slice(*message->rows[0]), &rig->arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, row, &err), 1);
}

/* visit_rig names its columns k0, k1 ...; the recordings name theirs pk0, id ... */
static void rename_keys(struct store_table *table, const struct row *row)
{
    for (uint32_t i = 0; i < row->key_count; i++)
        table->keys[i].name = row->keys[i].name;
    table->deviation_ms = INT64_MAX / 4;
}

static void make_table(struct visit_rig *rig, const struct vector *vector, const char *name,
                       const struct vector_message *message)
{
    char keys[128] = "";
    struct row row;
    if (message->row_count == 0) {
        visit_rig_make_table(rig, name, "STRING", 1);
        return;
    }
    read_first_row(rig, message, &row);
    for (uint32_t i = 0; i < row.key_count; i++)
        key_type_of(&row.keys[i], keys, sizeof(keys));
    if (strcmp(vector->name, "node/057_get_range_backward_limit.json") == 0)
        strcpy(keys, "STRING,INTEGER");
    visit_rig_make_table(rig, name, keys, 1);
    rename_keys(rig->store.tables[rig->store.count - 1], &row);
}

static void make_tables(struct visit_rig *rig, const struct vector *vector,
                        const struct vector_message *message, struct arena *arena)
{
    struct json_value *tables;
    struct slice one = vector_text(arena, vector->input, "table_name");
    size_t count = vector_array(arena, vector->input, "tables", &tables);
    if (one.at != NULL && limits_name(one))
        make_table(rig, vector, one.at, message);
    for (size_t i = 0; i < count; i++)
        make_table(rig, vector, vector_text(arena, tables[i].text, "table_name").at, message);
}

/* ---- requests ---- */

static struct gate_request request_of(const struct vector *vector)
{
    return (struct gate_request){.method = SLICE("POST"),
                                 .path = vector->path,
                                 .headers = vector->headers,
                                 .header_count = vector->header_count,
                                 .body = vector->body};
}

/* The status, as an HTTP client would see it. */
static int replay(struct visit_rig *rig, const struct vector *vector, struct arena *arena)
{
    struct gate *gate = gate_for(vector, arena);
    struct gate_request request = request_of(vector);
    struct refusal refusal = {.status = 0};
    struct gate_pass pass;
    int status = 0;
    if (gate_enter(gate, &request, (int64_t)FROZEN_S * 1000, &pass, &refusal) == 0)
        status = visit_rig_run_bytes(rig, pass.operation->name, pass.body);
    gate_destroy(gate);
    if (refusal.status == 0)
        return status;
    rig->visit.refusal = refusal;
    return refusal.status;
}

static void check_status(const struct vector *vector, const struct visit_rig *rig, int status)
{
    int expected = 200;
    const char *word = "";
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        if (strcmp(vector->name, exceptions[i].name) != 0)
            continue;
        expected = exceptions[i].status;
        word = exceptions[i].word;
    }
    if (status != expected || strstr(rig->visit.refusal.message, word) == NULL)
        fail_msg("%s: %d %s %s", vector->name, status, rig->visit.refusal.code, rig->visit.refusal.message);
}

/* Our answer decodes as what it is, and every row of it is fine. */
static void check_answer(struct visit_rig *rig, const struct vector *vector)
{
    struct slice body = buffer_slice(&rig->visit.answer);
    struct vector_message answer = vector_message_unpack(vector, body, true);
    if (slice_equal(vector->operation, SLICE("BulkImport"))) {
        const Ots__BulkImportResponse *bulk = (const Ots__BulkImportResponse *)answer.message;
        for (size_t i = 0; i < bulk->n_rows; i++)
            assert_true(bulk->rows[i]->is_ok);
        assert_int_equal(bulk->n_rows, rig->applied);
    }
    if (slice_equal(vector->operation, SLICE("BatchWriteRow"))) {
        const Ots__BatchWriteRowResponse *batch = (const Ots__BatchWriteRowResponse *)answer.message;
        for (size_t i = 0; i < batch->n_tables; i++)
            for (size_t k = 0; k < batch->tables[i]->n_rows; k++)
                assert_true(batch->tables[i]->rows[k]->is_ok);
    }
    vector_message_free(&answer);
}

static struct slice plain_body(const struct vector *vector, struct arena *arena)
{
    struct slice size =
        sign_find(vector->headers, vector->header_count, SLICE("x-ots-request-compress-size"));
    struct buffer plain;
    struct error err;
    if (size.at == NULL)
        return vector->body;
    buffer_init(&plain, 1 << 20);
    assert_int_equal(deflate_unpack(vector->body, strtoul(size.at, NULL, 10), &plain, &err), 0);
    struct slice body = arena_copy(arena, buffer_slice(&plain));
    buffer_fini(&plain);
    return body;
}

static struct visit_rig *rig_for(const struct vector *vector, struct arena *arena)
{
    struct visit_rig *rig = visit_rig_create();
    rig->ground.now_ms = (int64_t)FROZEN_S * 1000 + 678;
    if (slice_equal(vector->operation, SLICE("CreateTable")))
        return rig;
    struct vector_message message = vector_message_unpack(vector, plain_body(vector, arena), false);
    make_tables(rig, vector, &message, arena);
    for (uint32_t i = 0; i < rig->store.count; i++) /* names are views into the message */
        for (uint32_t k = 0; k < rig->store.tables[i]->key_count; k++)
            rig->store.tables[i]->keys[k].name = arena_copy(arena, rig->store.tables[i]->keys[k].name);
    vector_message_free(&message);
    rig->applied = 0;
    return rig;
}

/* What must be in the store before: the tables and rows that the recording assumes. */
static void prepare_store(struct visit_rig *rig, const struct vector *request)
{
    struct cell key = visit_rig_text("pk0", "k1");
    struct cell cell = {.name = SLICE("cnt"), .type = CELL_INTEGER, .integer = 2};
    struct row row = {.op = ROW_PUT, .keys = &key, .key_count = 1, .cells = &cell, .cell_count = 1};
    if (slice_equal(request->operation, SLICE("ListTable"))) {
        visit_rig_make_table(rig, "t1", "STRING", 1);
        visit_rig_make_table(rig, "t2", "STRING", 1);
    }
    if (strstr(request->name, "batch_write_row_mixed") != NULL)
        key.bytes = SLICE("k2"); /* its update expects a row */
    else if (strstr(request->name, "increment_after_modify") == NULL)
        return;
    struct store_table *table = rig->store.tables[0];
    assert_int_equal(visit_rig_write(rig, table->name.at, &row), 200);
}

static void check_request(const struct vector *vector, struct arena *arena)
{
    if (!is_known(vector))
        return;
    struct visit_rig *rig = rig_for(vector, arena);
    prepare_store(rig, vector);
    rig->applied = 0;
    int status = replay(rig, vector, arena);
    check_status(vector, rig, status);
    if (status == 200)
        check_answer(rig, vector);
    visit_rig_destroy(rig);
}

static void test_every_recorded_request_is_done_as_expected(void **state)
{
    (void)state;
    size_t ran = vector_each("node", check_request) + vector_each("java", check_request) +
                 vector_each("go", check_request);
    assert_true(ran >= REQUESTS_LEAST);
}

/* ---- a request that was touched on the way ---- */

static void touch(const struct vector *vector, struct arena *arena, const char *header, const char *code)
{
    struct gate *gate = gate_for(vector, arena);
    struct gate_request request = request_of(vector);
    struct sign_header headers[VECTOR_HEADERS_MOST];
    struct refusal refusal = {.status = 0};
    struct gate_pass pass;
    size_t left = 0;
    for (size_t i = 0; i < vector->header_count; i++) {
        headers[left] = vector->headers[i];
        bool named = headers[left].name.len == strlen(header) &&
                     strncasecmp(headers[left].name.at, header, strlen(header)) == 0;
        if (named && code != NULL) {
            struct slice value = arena_copy(arena, headers[left].value);
            *(char *)(uintptr_t)&value.at[value.len / 2] ^= 1;
            headers[left].value = value;
        }
        left += named && code == NULL ? 0 : 1; /* no code: the header is taken away */
    }
    request.headers = headers;
    request.header_count = left;
    assert_int_equal(gate_enter(gate, &request, (int64_t)FROZEN_S * 1000, &pass, &refusal), -1);
    assert_null(pass.operation);
    assert_string_equal(refusal.code, code == NULL ? "OTSParameterInvalid" : code);
    gate_destroy(gate);
}

static void touch_all(const struct vector *vector, struct arena *arena)
{
    static const char *const headers[] = {"x-ots-accesskeyid", "x-ots-contentmd5", "x-ots-signature",
                                          "x-ots-instancename"};
    if (strcmp(vector->name, "node/021_put_row_five_types.json") != 0)
        return;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        touch(vector, arena, headers[i], "OTSAuthFailed");
        touch(vector, arena, headers[i], NULL);
    }
    touch(vector, arena, "x-ots-date", NULL);
    touch(vector, arena, "x-ots-apiversion", NULL);
    touch(vector, arena, "x-ots-apiversion", "OTSParameterInvalid");
}

static void test_a_touched_or_missing_header_is_refused(void **state)
{
    (void)state;
    vector_each("node", touch_all);
}

static void enter(const struct vector *vector, struct gate *gate, const struct gate_request *request,
                  int64_t wall_ms, int status)
{
    struct refusal refusal = {.status = 0};
    struct gate_pass pass;
    assert_int_equal(gate_enter(gate, request, wall_ms, &pass, &refusal), status == 0 ? 0 : -1);
    if (refusal.status != status)
        fail_msg("%s: %d %s", vector->name, refusal.status, refusal.message);
}

static void enter_otherwise(const struct vector *vector, struct arena *arena)
{
    const int64_t window_ms = 15 * 60 * 1000;
    if (strcmp(vector->name, "node/021_put_row_five_types.json") != 0)
        return;
    struct gate *gate = gate_for(vector, arena);
    struct gate_request request = request_of(vector);
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000 + window_ms, 0);
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000 + window_ms + 1, 403);
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000 - window_ms - 1, 403);
    request.too_large = true;
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000, 413);
    request.too_large = false;
    request.body = SLICE("another body");
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000, 403);
    request.path = SLICE("/PutRows");
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000, 400);
    request.path = SLICE("");
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000, 400);
    request.method = SLICE("GET");
    enter(vector, gate, &request, FROZEN_S * (int64_t)1000, 405);
    gate_destroy(gate);
}

static void test_method_path_size_clock_and_body_are_checked(void **state)
{
    (void)state;
    vector_each("node", enter_otherwise);
}

/* ---- recorded answers ---- */

struct wanted {
    const char *name; /* of the request */
    const struct vector *answer;
    bool seen;
};
static struct wanted wanted;
static size_t compared;

/* Answers with a time or a number of ours in them; and one whose condition the real service counts as a read.
 */
static bool is_of_its_own(const struct vector *request)
{
    return strstr(request->name, "auto_increment") != NULL || strstr(request->name, "modify") != NULL ||
           strstr(request->name, "batch_write_row_mixed") != NULL;
}

static void check_pair(const struct vector *request, struct arena *arena)
{
    struct slice decoded;
    if (strcmp(request->name, wanted.name) != 0 || !is_known(request))
        return;
    wanted.seen = true;
    if (slice_equal(request->operation, SLICE("DescribeTable")) || strstr(request->name, "deflate") != NULL ||
        slice_equal(request->operation, SLICE("GetRow")) ||
        slice_equal(request->operation, SLICE("BatchGetRow")))
        return; /* the recorded answers are of tables and rows made up for them: unit and client tests look at
                   ours */
    struct visit_rig *rig = rig_for(request, arena);
    prepare_store(rig, request);
    assert_int_equal(replay(rig, request, arena), vector_integer(wanted.answer->json, "status", 0));
    struct vector_message ours = vector_message_unpack(request, buffer_slice(&rig->visit.answer), true);
    struct vector_message theirs = vector_message_unpack(wanted.answer, wanted.answer->body, true);
    decoded = vector_object(wanted.answer->json, "decoded");
    vector_message_check_answer(&ours, decoded, arena);
    assert_int_equal(ours.row_count, theirs.row_count);
    if (!is_of_its_own(request)) {
        struct slice a = vector_message_pack(&ours, arena);
        struct slice b = vector_message_pack(&theirs, arena);
        assert_true(slice_equal(a, b)); /* the same bytes, even */
    }
    vector_message_free(&ours);
    vector_message_free(&theirs);
    visit_rig_destroy(rig);
    compared++;
}

static void compare_answer(const struct vector *answer, struct arena *arena)
{
    struct json_value request = vector_get(answer->json, "answers_request");
    if (request.kind != JSON_STRING || vector_integer(answer->json, "status", 0) != 200)
        return;
    wanted = (struct wanted){.name = vector_string(arena, request).at, .answer = answer};
    vector_each("node", check_pair);
    vector_each("java", check_pair);
}

static void test_answers_mean_what_the_recorded_ones_mean(void **state)
{
    (void)state;
    compared = 0;
    vector_each("responses", compare_answer);
    print_message("%zu answers compared\n", compared);
    assert_true(compared >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_recorded_request_is_done_as_expected),
        cmocka_unit_test(test_a_touched_or_missing_header_is_refused),
        cmocka_unit_test(test_method_path_size_clock_and_body_are_checked),
        cmocka_unit_test(test_answers_mean_what_the_recorded_ones_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
