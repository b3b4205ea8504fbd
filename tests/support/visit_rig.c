/* visit_rig: see visit_rig.h. */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "support/visit_rig.h"
#include "wire/plainbuffer.h"

static void rig_on_change(void *arg, const struct visit *visit, const struct change *change,
                          const struct refusal *refusal)
{
    struct visit_rig *rig = arg;
    assert_true(visit == &rig->visit);
    assert_true(change->row.key_count > 0);
    rig->applied += refusal == NULL ? 1 : 0;
    rig->refused += refusal == NULL ? 0 : 1;
}

struct visit_rig *visit_rig_create(void)
{
    struct visit_rig *rig = calloc(1, sizeof(*rig));
    assert_non_null(rig);
    store_init(&rig->store);
    rig->ground = (struct visit_ground){
        .store = &rig->store, .on_change = rig_on_change, .arg = rig, .now_ms = VISIT_RIG_NOW};
    visit_init(&rig->visit, &rig->ground);
    arena_init(&rig->arena, 1 << 16);
    return rig;
}

void visit_rig_destroy(struct visit_rig *rig)
{
    visit_fini(&rig->visit);
    store_fini(&rig->store);
    arena_fini(&rig->arena);
    free(rig);
}

int visit_rig_run_bytes(struct visit_rig *rig, const char *operation, struct slice body)
{
    char path[64];
    snprintf(path, sizeof(path), "/%s", operation);
    const struct operation *found = operation_find(slice_text(path));
    assert_non_null(found);
    visit_begin(&rig->visit, found, body);
    if (visit_prepare(&rig->visit) == 0 && visit_execute(&rig->visit) == 0) {
        assert_int_equal(rig->visit.refusal.status, 0);
        return 200;
    }
    assert_true(rig->visit.refusal.status >= 400);
    visit_put_error(&rig->visit);
    return rig->visit.refusal.status;
}

int visit_rig_run(struct visit_rig *rig, const char *operation, const void *message)
{
    uint8_t *at = arena_take(&rig->arena, protobuf_c_message_get_packed_size(message));
    return visit_rig_run_bytes(rig, operation, slice_of(at, protobuf_c_message_pack(message, at)));
}

void *visit_rig_answer(struct visit_rig *rig, const ProtobufCMessageDescriptor *kind)
{
    struct slice copy = arena_copy(&rig->arena, buffer_slice(&rig->visit.answer));
    void *answer = proto_unpack(kind, copy, &rig->arena);
    assert_non_null(answer);
    return answer;
}

static Ots__PrimaryKeySchema *rig_key(struct visit_rig *rig, const char *type, int index)
{
    Ots__PrimaryKeySchema *key = arena_take(&rig->arena, sizeof(*key));
    ots__primary_key_schema__init(key);
    key->name = arena_take(&rig->arena, 16);
    snprintf(key->name, 16, "k%d", index);
    key->type = strncmp(type, "STRING", 6) == 0   ? OTS__PRIMARY_KEY_TYPE__STRING
                : strncmp(type, "BINARY", 6) == 0 ? OTS__PRIMARY_KEY_TYPE__BINARY
                                                  : OTS__PRIMARY_KEY_TYPE__INTEGER;
    key->has_option = strncmp(type, "AUTO", 4) == 0;
    key->option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    return key;
}

void visit_rig_make_table(struct visit_rig *rig, const char *name, const char *keys, int32_t max_versions)
{
    Ots__PrimaryKeySchema *schema[8];
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    Ots__TableOptions options = OTS__TABLE_OPTIONS__INIT;
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    Ots__CreateTableRequest request = OTS__CREATE_TABLE_REQUEST__INIT;
    meta.table_name = arena_take(&rig->arena, strlen(name) + 1);
    strcpy(meta.table_name, name);
    meta.primary_key = schema;
    for (const char *type = keys; type != NULL;
         type = strchr(type, ',') == NULL ? NULL : strchr(type, ',') + 1) {
        schema[meta.n_primary_key] = rig_key(rig, type, (int)meta.n_primary_key);
        meta.n_primary_key++;
    }
    options.has_time_to_live = true;
    options.time_to_live = -1;
    options.has_max_versions = true;
    options.max_versions = max_versions;
    throughput.capacity_unit = &unit;
    request.table_meta = &meta;
    request.table_options = &options;
    request.reserved_throughput = &throughput;
    assert_int_equal(visit_rig_run(rig, "CreateTable", &request), 200);
}

ProtobufCBinaryData visit_rig_row(struct visit_rig *rig, const struct row *row)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(&rig->arena, bytes);
    plainbuffer_put(row, at);
    return proto_bytes(slice_of(at, bytes));
}

struct cell visit_rig_text(const char *name, const char *text)
{
    return (struct cell){.name = slice_text(name), .type = CELL_STRING, .bytes = slice_text(text)};
}

struct cell visit_rig_number(const char *name, int64_t number)
{
    return (struct cell){.name = slice_text(name), .type = CELL_INTEGER, .integer = number};
}

/* The three messages have the same fields. */
int visit_rig_write(struct visit_rig *rig, const char *table, const struct row *row)
{
    static const char *const names[] = {"", "PutRow", "UpdateRow", "DeleteRow"};
    Ots__PutRowRequest request = OTS__PUT_ROW_REQUEST__INIT;
    Ots__Condition condition = OTS__CONDITION__INIT;
    request.table_name = (char *)(uintptr_t)table;
    request.row = visit_rig_row(rig, row);
    request.condition = &condition;
    return visit_rig_run(rig, names[row->op], &request);
}

bool visit_rig_get(struct visit_rig *rig, const char *table, struct cell *keys, uint32_t key_count,
                   struct row *row)
{
    struct row key = {.op = ROW_PUT, .keys = keys, .key_count = key_count};
    struct plainbuffer_reader reader;
    struct error err;
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    request.table_name = (char *)(uintptr_t)table;
    request.primary_key = visit_rig_row(rig, &key);
    request.has_max_versions = true;
    request.max_versions = INT32_MAX;
    assert_int_equal(visit_rig_run(rig, "GetRow", &request), 200);
    Ots__GetRowResponse *answer = visit_rig_answer(rig, &ots__get_row_response__descriptor);
    if (answer->row.len == 0)
        return false;
    assert_int_equal(plainbuffer_open(&reader, proto_slice(answer->row), &rig->arena, &err), 0);
    assert_int_equal(plainbuffer_next(&reader, row, &err), 1);
    return true;
}
