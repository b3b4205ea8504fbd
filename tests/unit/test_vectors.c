/* vectors: every recorded request and answer of tables and rows. Requests: signed text, signature and digest
 * are ours too; the body decodes and encodes to itself; the rows in it are those of the input, and ours are
 * the same bytes. Answers: the signature and digest are believed; the body says what the vector says it says.
 */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "support/hex.h"
#include "support/random_row.h"
#include "support/vector.h"
#include "support/vector_message.h"
#include "wire/digest.h"
#include "wire/plainbuffer.h"
#include "wire/write_request.h"

/* Less than these would mean that files were lost on the way. */
enum { REQUESTS_LEAST = 77, V4_LEAST = 2, ANSWERS_LEAST = 16 };

static size_t v4_count; /* signature V4: not spoken; its two requests pass everything but the signature */

/* ---- requests: signature ---- */

static struct slice header(const struct vector *vector, const char *name)
{
    struct slice value = sign_find(vector->headers, vector->header_count, slice_text(name));
    if (value.at == NULL)
        fail_msg("%s has no header %s", vector->name, name);
    return value;
}

static void check_digest(const struct vector *vector, struct digest *digest)
{
    char md5[DIGEST_MD5_BASE64 + 1];
    digest_md5(digest, vector->body, md5);
    assert_true(digest_equal(header(vector, "x-ots-contentmd5"), slice_text(md5)));
}

static void check_signature(const struct vector *vector, struct digest *digest, struct arena *arena)
{
    struct slice signature = vector_object(vector->json, "signature");
    struct buffer text;
    char base64[DIGEST_SHA1_BASE64 + 1];
    buffer_init(&text, 1 << 20);
    sign_request_text(vector->path, vector->headers, vector->header_count, &text);
    bool v4 = slice_equal(vector_text(arena, signature, "version"), SLICE("v4"));
    if (v4) {
        v4_count++;
        print_message("%s: signature V4, not verified\n", vector->name);
        buffer_add(&text, "ots", 3);
    }
    assert_true(slice_equal(buffer_slice(&text), vector_text(arena, signature, "string_to_sign")));
    digest_hmac_sha1(digest, SLICE("testsecret"), buffer_slice(&text), base64);
    if (!v4)
        assert_string_equal(base64, vector_text(arena, signature, "value").at);
    buffer_fini(&text);
}

/* Our signer, given what the client was given, sends the same values for the headers that it knows. */
static void check_our_headers(const struct vector *vector)
{
    struct slice date = header(vector, "x-ots-date");
    struct sign_request request = {
        .path = vector->path,
        .instance = SLICE("inst"),
        .access_key_id = header(vector, "x-ots-accesskeyid"),
        .access_key_secret = SLICE("testsecret"),
        .sts_token = sign_find(vector->headers, vector->header_count, SLICE("x-ots-ststoken")),
        .body = vector->body};
    struct signer *signer = signer_create();
    const char *lines[SIGN_LINES];
    assert_int_equal(sign_parse_date(date, &request.wall_ms), 0);
    request.wall_ms += 678; /* of the recording's frozen clock; the reader of dates drops it */
    size_t count = signer_request(signer, &request, lines);
    for (size_t i = 1; i < count - 1; i++) {
        char name[64] = {0};
        const char *colon = strchr(lines[i], ':');
        memcpy(name, lines[i], (size_t)(colon - lines[i]));
        assert_true(slice_equal(header(vector, name), slice_text(colon + 2)));
    }
    if (strncmp(vector->name, "node/", 5) == 0) /* the one that sends no headers but these */
        assert_string_equal(lines[count - 1] + strlen("x-ots-signature: "),
                            header(vector, "x-ots-signature").at);
    signer_destroy(signer);
}

/* ---- requests: body ---- */

static struct slice inflated(const struct vector *vector, struct arena *arena)
{
    struct slice size =
        sign_find(vector->headers, vector->header_count, SLICE("x-ots-request-compress-size"));
    if (size.at == NULL)
        return vector->body;
    uLongf len = (uLongf)strtoul(size.at, NULL, 10);
    Bytef *at = arena_take(arena, len);
    assert_int_equal(uncompress(at, &len, (const Bytef *)vector->body.at, vector->body.len), Z_OK);
    return slice_of(at, len);
}

static void check_row(const ProtobufCBinaryData *recorded, const struct row *expected, struct arena *arena)
{
    struct plainbuffer_reader reader;
    struct row row;
    struct error err = {0};
    size_t bytes = plainbuffer_size(expected);
    char *ours = arena_take(arena, bytes);
    assert_int_equal(plainbuffer_open(&reader, slice_of(recorded->data, recorded->len), arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 1);
    random_row_assert_equal(expected, &row);
    assert_int_equal(plainbuffer_next(&reader, &row, &err), 0);
    plainbuffer_put(expected, ours);
    assert_true(recorded->len >= bytes);
    assert_memory_equal(ours, recorded->data, bytes);
    for (size_t i = bytes; i < recorded->len; i++)
        assert_int_equal(recorded->data[i], 0);
}

static void check_request(const struct vector *vector, struct arena *arena)
{
    print_message("%s\n", vector->name);
    struct digest *digest = digest_create();
    check_digest(vector, digest);
    check_signature(vector, digest, arena);
    check_our_headers(vector);
    digest_destroy(digest);

    struct slice body = inflated(vector, arena);
    struct vector_message message = vector_message_unpack(vector, body, false);
    struct row *rows;
    size_t count = vector_message_rows(vector, arena, &rows);
    assert_int_equal(message.row_count, count);
    for (size_t i = 0; i < count; i++)
        check_row(message.rows[i], &rows[i], arena);
    struct slice again = vector_message_pack(&message, arena);
    assert_true(slice_equal(again, body));
    vector_message_free(&message);
}

/* Built from the input alone, the body is the recorded one. */
static void check_encoding(const struct vector *vector, struct arena *arena)
{
    struct slice body = inflated(vector, arena);
    struct slice ours = vector_message_build(vector, body, arena);
    if (!slice_equal(ours, body))
        print_error("%s\n", vector->name);
    assert_int_equal(ours.len, body.len);
    assert_memory_equal(ours.at, body.at, body.len);
}

static size_t each_request(vector_fn *run)
{
    return vector_each("node", run) + vector_each("java", run) + vector_each("go", run);
}

static void test_every_request_is_signed_decoded_and_encoded_as_recorded(void **state)
{
    (void)state;
    v4_count = 0;
    size_t ran = each_request(check_request);
    print_message("%zu requests, %zu of them without their signature (V4)\n", ran, v4_count);
    assert_true(ran >= REQUESTS_LEAST);
    assert_true(v4_count == V4_LEAST);
}

static void test_every_request_is_built_from_its_input_as_recorded(void **state)
{
    (void)state;
    assert_true(each_request(check_encoding) >= REQUESTS_LEAST);
}

/* ---- answers ---- */

static struct slice plain_body(const struct vector *vector, struct arena *arena)
{
    struct slice hex = vector_text(arena, vector->json, "uncompressed_body_hex");
    return hex.at == NULL ? vector->body : hex_take(arena, hex.at);
}

static void check_authorization(const struct vector *vector, struct slice body, struct arena *arena)
{
    struct signer *signer = signer_create();
    struct error err = {0};
    struct buffer text;
    struct sign_answer answer = {.path = vector->path,
                                 .access_key_id = SLICE("testid"),
                                 .access_key_secret = SLICE("testsecret"),
                                 .headers = vector->headers,
                                 .header_count = vector->header_count,
                                 .authorization = header(vector, "authorization"),
                                 .body = body};
    if (signer_verify(signer, &answer, &err) != 0)
        fail_msg("%s: %s", vector->name, err.text);
    buffer_init(&text, 1 << 20);
    sign_answer_text(vector->path, vector->headers, vector->header_count, &text);
    assert_true(
        slice_equal(buffer_slice(&text), vector_text(arena, vector->json, "authorization_string_to_sign")));
    buffer_fini(&text);
    signer_destroy(signer);
}

static void check_fault(struct slice body, struct slice decoded, struct arena *arena)
{
    struct slice code;
    struct slice message;
    assert_int_equal(write_reply_fault(body, &code, &message), 0);
    assert_true(slice_equal(code, vector_text(arena, decoded, "code")));
    assert_true(slice_equal(message, vector_text(arena, decoded, "message")));
}

struct expected_rows {
    struct json_value *is_ok;
    struct slice error; /* an object, or at NULL */
    struct arena *arena;
};

static int on_row(void *arg, uint32_t index, const struct write_reply_row *row)
{
    const struct expected_rows *expected = arg;
    assert_int_equal(row->ok, expected->is_ok[index].kind == JSON_TRUE);
    if (row->ok)
        return 0;
    assert_true(slice_equal(row->code, vector_text(expected->arena, expected->error, "code")));
    assert_true(slice_equal(row->message, vector_text(expected->arena, expected->error, "message")));
    return 0;
}

static void check_walk(const struct vector *vector, struct slice body, struct slice decoded,
                       struct arena *arena)
{
    struct error err = {0};
    struct expected_rows expected = {.arena = arena};
    size_t count = vector_array(arena, decoded, "is_ok", &expected.is_ok);
    if (count == 0)
        return;
    expected.error = vector_get(decoded, "error").text;
    enum write_request_kind kind =
        slice_equal(vector->operation, SLICE("BulkImport")) ? WRITE_BULK_IMPORT : WRITE_BATCH_WRITE_ROW;
    assert_int_equal(write_reply_walk(kind, body, (uint32_t)count, on_row, &expected, &err), 0);
    assert_int_equal(write_reply_walk(kind, body, (uint32_t)count + 1, on_row, &expected, &err), -1);
}

/* ["a", "integer", "5", 1704164645678]: name, type, value, version. */
static void compact_cell(struct arena *arena, struct json_value array, struct cell *cell)
{
    char text[512];
    struct json_value *parts;
    size_t count = vector_values(arena, array.text, &parts);
    bool binary = slice_equal(parts[1].text, SLICE("binary"));
    const char *quote = parts[2].kind == JSON_STRING ? "\"" : "";
    struct slice value = parts[2].kind == JSON_TRUE ? SLICE("true") : parts[2].text;
    snprintf(text, sizeof(text), "{\"name\":\"%.*s\",\"type\":\"%.*s\",\"%s\":%s%.*s%s}",
             SLICE_ARG(parts[0].text), SLICE_ARG(parts[1].text), binary ? "value_hex" : "value", quote,
             SLICE_ARG(value), quote);
    vector_cell(arena, arena_copy(arena, slice_text(text)), cell);
    cell->has_timestamp = count > 3;
    cell->timestamp_ms = count > 3 ? parts[3].integer : 0;
}

static struct cell *compact_cells(struct arena *arena, struct slice object, const char *member,
                                  uint32_t *count)
{
    struct json_value *values;
    *count = (uint32_t)vector_array(arena, object, member, &values);
    struct cell *cells = arena_take(arena, *count * sizeof(*cells));
    for (uint32_t i = 0; i < *count; i++)
        compact_cell(arena, values[i], &cells[i]);
    return cells;
}

static void check_answer_row(const struct vector_message *message, struct slice decoded, struct arena *arena)
{
    struct json_value value = vector_get(decoded, "row");
    if (value.kind != JSON_OBJECT) /* null: the row is there, and empty */
        return;
    struct row row = {.op = ROW_PUT};
    row.keys = compact_cells(arena, value.text, "primary_key", &row.key_count);
    row.cells = compact_cells(arena, value.text, "columns", &row.cell_count);
    assert_int_equal(message->row_count, 1);
    check_row(message->rows[0], &row, arena);
}

static void check_answer(const struct vector *vector, struct arena *arena)
{
    print_message("%s\n", vector->name);
    struct slice body = plain_body(vector, arena);
    struct slice decoded = vector_object(vector->json, "decoded");
    check_authorization(vector, body, arena);
    if (vector_integer(vector->json, "status", 0) != 200) {
        check_fault(body, decoded, arena);
        return;
    }
    struct vector_message message = vector_message_unpack(vector, body, true);
    vector_message_check_answer(&message, decoded, arena);
    check_answer_row(&message, decoded, arena);
    check_walk(vector, body, decoded, arena);
    assert_true(slice_equal(vector_message_pack(&message, arena), body));
    vector_message_free(&message);
}

static void test_every_answer_is_believed_and_decoded_as_recorded(void **state)
{
    (void)state;
    assert_true(vector_each("responses", check_answer) >= ANSWERS_LEAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_request_is_signed_decoded_and_encoded_as_recorded),
        cmocka_unit_test(test_every_request_is_built_from_its_input_as_recorded),
        cmocka_unit_test(test_every_answer_is_believed_and_decoded_as_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
