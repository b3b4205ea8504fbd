/* fake_ots: a script on http/server. */
#include "support/cmocka_all.h"

#include "support/fake_ots.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "http/broken.h"
#include "loop/loop.h"
#include "wire/digest.h"
#include "wire/sign.h"
#include "wire/tablestore.pb-c.h"

enum { STEPS_MOST = 64, REQUESTS_MOST = 1024 };

struct fake_ots {
    struct loop *loop;
    struct http_server *server;
    struct digest *digest;
    struct arena arena;
    char endpoint[64];
    struct fake_step steps[STEPS_MOST];
    size_t step_count;
    size_t step_at;
    struct fake_request requests[REQUESTS_MOST];
    size_t request_count;
};

static void fake_keep(struct fake_ots *fake, const struct http_call_request *request)
{
    CHECK(fake->request_count < REQUESTS_MOST && request->path.len > 1);
    struct fake_request *kept = &fake->requests[fake->request_count++];
    snprintf(kept->operation, sizeof(kept->operation), "%.*s", (int)request->path.len - 1,
             request->path.at + 1);
    kept->body = arena_copy(&fake->arena, request->body);
    for (size_t i = 0; i < request->header_count; i++) {
        if (slice_equal(request->headers[i].name, SLICE("x-ots-contentmd5")))
            snprintf(kept->md5, sizeof(kept->md5), "%.*s", SLICE_ARG(request->headers[i].value));
        if (slice_equal(request->headers[i].name, SLICE("x-ots-date")))
            snprintf(kept->date, sizeof(kept->date), "%.*s", SLICE_ARG(request->headers[i].value));
    }
}

static const struct fake_step *fake_next(struct fake_ots *fake)
{
    CHECK(fake->step_count > 0);
    if (fake->step_at < fake->step_count)
        fake->step_at++;
    return &fake->steps[fake->step_at - 1];
}

static void fake_answer(struct fake_ots *fake, struct http_call *call, struct slice path,
                        const struct fake_step *step)
{
    char md5[DIGEST_MD5_BASE64 + 1], date[SIGN_DATE + 1], signature[DIGEST_SHA1_BASE64 + 1],
        authorization[80];
    struct buffer text;
    buffer_init(&text, 1 << 16);
    digest_md5(fake->digest, step->body, md5);
    sign_date(loop_clock(fake->loop)->wall_ms + step->skew_ms, date);
    struct sign_header signed_headers[] = {
        {SLICE("x-ots-contentmd5"), slice_text(md5)},
        {SLICE("x-ots-contenttype"), SLICE("protocol buffer")},
        {SLICE("x-ots-date"), slice_text(date)},
        {SLICE("x-ots-requestid"), SLICE("0005f0e1-0000-0000-0000-000000000001")},
    };
    sign_answer_text(path, signed_headers, 4, &text);
    digest_hmac_sha1(fake->digest, step->way == FAKE_FORGED ? SLICE("forged") : SLICE("testsecret"),
                     buffer_slice(&text), signature);
    snprintf(authorization, sizeof(authorization), "OTS testid:%s", signature);
    struct http_header headers[5];
    for (size_t i = 0; i < 4; i++)
        headers[i] = (struct http_header){signed_headers[i].name, signed_headers[i].value};
    headers[4] = (struct http_header){SLICE("Authorization"), slice_text(authorization)};
    int status = step->status == 0 ? 200 : step->status;
    if (step->way == FAKE_HALF)
        http_answer_badly(call, status, headers, 5, step->body,
                          &(struct http_fault){.missing_bytes = (step->body.len + 1) / 2});
    else
        http_answer(call, status, headers, step->way == FAKE_UNSIGNED ? 0 : 5, step->body);
    buffer_fini(&text);
}

static void fake_on_call(void *arg, struct http_call *call, const struct http_call_request *request)
{
    struct fake_ots *fake = arg;
    fake_keep(fake, request);
    const struct fake_step *step = fake_next(fake);
    if (step->way == FAKE_CLOSE)
        http_abandon(call);
    else if (step->way != FAKE_SILENT)
        fake_answer(fake, call, request->path, step);
}

struct fake_ots *fake_ots_create(struct loop *loop)
{
    struct fake_ots *fake = check_memory(calloc(1, sizeof(*fake)));
    struct error err;
    struct http_server_options options = {.host = "127.0.0.1",
                                          .body_most = 8 << 20,
                                          .headers_most = 32 << 10,
                                          .idle_timeout_ms = 30000,
                                          .request_timeout_ms = 30000};
    fake->loop = loop;
    fake->digest = digest_create();
    arena_init(&fake->arena, 64 * 1024);
    fake->server = http_server_create(loop, &options, fake_on_call, fake, &err);
    assert_non_null(fake->server);
    snprintf(fake->endpoint, sizeof(fake->endpoint), "http://127.0.0.1:%d", http_server_port(fake->server));
    return fake;
}

void fake_ots_destroy(struct fake_ots *fake)
{
    http_server_destroy(fake->server);
    digest_destroy(fake->digest);
    arena_fini(&fake->arena);
    free(fake);
}

struct ots_client_options fake_ots_options(const struct fake_ots *fake)
{
    return (struct ots_client_options){
        .endpoint = fake->endpoint,
        .instance = "inst",
        .access_key_id = "testid",
        .access_key_secret = "testsecret",
        .http = {.connections_most = 16,
                 .connect_timeout_ms = 5000,
                 .stall_timeout_ms = 500,
                 .total_timeout_ms = 5000,
                 .reply_most = 1 << 20},
    };
}

void fake_ots_push(struct fake_ots *fake, const struct fake_step *step)
{
    CHECK(fake->step_count < STEPS_MOST);
    struct fake_step *kept = &fake->steps[fake->step_count++];
    *kept = *step;
    kept->body = arena_copy(&fake->arena, step->body);
}

void fake_ots_push_error(struct fake_ots *fake, int status, const char *code, const char *message)
{
    fake_ots_push(fake, &(struct fake_step){.status = status, .body = fake_ots_error(fake, code, message)});
}

size_t fake_ots_count(const struct fake_ots *fake)
{
    return fake->request_count;
}

const struct fake_request *fake_ots_request(const struct fake_ots *fake, size_t index)
{
    assert_in_range(index + 1, 1, fake->request_count);
    return &fake->requests[index];
}

static char *fake_text(const char *text)
{
    return (char *)(uintptr_t)text; /* protobuf-c does not write to it */
}

static struct slice fake_pack(struct fake_ots *fake, const ProtobufCMessage *message)
{
    uint8_t *at = arena_take(&fake->arena, protobuf_c_message_get_packed_size(message) + 1);
    return slice_of(at, protobuf_c_message_pack(message, at));
}

struct slice fake_ots_error(struct fake_ots *fake, const char *code, const char *message)
{
    Ots__Error error = OTS__ERROR__INIT;
    error.code = fake_text(code);
    error.message = fake_text(message);
    return fake_pack(fake, &error.base);
}

static Ots__RowInBulkImportResponse *fake_row(struct fake_ots *fake, const char *code,
                                              Ots__ConsumedCapacity *consumed)
{
    Ots__RowInBulkImportResponse *row = arena_take(&fake->arena, sizeof(*row));
    Ots__Error *error = arena_take(&fake->arena, sizeof(*error));
    ots__row_in_bulk_import_response__init(row);
    ots__error__init(error);
    row->is_ok = code == NULL;
    error->code = fake_text(code);
    error->message = fake_text("said by the script");
    row->error = code == NULL ? NULL : error;
    row->consumed = code == NULL ? consumed : NULL;
    return row;
}

struct slice fake_ots_rows(struct fake_ots *fake, const char *table, const char *const *codes, size_t count)
{
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ConsumedCapacity consumed = OTS__CONSUMED_CAPACITY__INIT;
    consumed.capacity_unit = &unit;
    Ots__BulkImportResponse answer = OTS__BULK_IMPORT_RESPONSE__INIT;
    answer.table_name = fake_text(table);
    answer.n_rows = count;
    answer.rows = arena_take(&fake->arena, (count + 1) * sizeof(*answer.rows));
    for (size_t i = 0; i < count; i++)
        answer.rows[i] = fake_row(fake, codes[i], &consumed);
    return fake_pack(fake, &answer.base);
}

struct slice fake_ots_description(struct fake_ots *fake, const char *table, bool active, bool has_index)
{
    Ots__PrimaryKeySchema key = OTS__PRIMARY_KEY_SCHEMA__INIT, *keys[] = {&key};
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughputDetails details = OTS__RESERVED_THROUGHPUT_DETAILS__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__IndexMeta index = OTS__INDEX_META__INIT, *indexes[] = {&index};
    Ots__DescribeTableResponse answer = OTS__DESCRIBE_TABLE_RESPONSE__INIT;
    index.name = fake_text("by_customer");
    key.name = fake_text("id");
    key.type = OTS__PRIMARY_KEY_TYPE__STRING;
    meta.table_name = fake_text(table);
    meta.n_primary_key = 1;
    meta.primary_key = keys;
    details.capacity_unit = &unit;
    answer.table_meta = &meta;
    answer.reserved_throughput_details = &details;
    answer.table_options = &options;
    answer.has_table_status = true;
    answer.table_status = active ? OTS__TABLE_STATUS__ACTIVE : OTS__TABLE_STATUS__LOADING;
    answer.n_index_metas = has_index;
    answer.index_metas = indexes;
    return fake_pack(fake, &answer.base);
}
