/* look: protobuf-c at both ends, with an arena for its memory: a message dies with its arena. */
#include "ots/look.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "ots/pack.h"
#include "wire/tablestore.pb-c.h"

static void *look_take(void *arena, size_t bytes)
{
    return arena_take(arena, bytes);
}

static void look_leave(void *arena, void *at)
{
    (void)arena;
    (void)at;
}

static void *look_unpack(const ProtobufCMessageDescriptor *kind, struct slice answer, struct arena *arena,
                         struct error *err)
{
    ProtobufCAllocator memory = {.alloc = look_take, .free = look_leave, .allocator_data = arena};
    void *message = protobuf_c_message_unpack(kind, &memory, answer.len, (const uint8_t *)answer.at);
    if (message == NULL)
        error_set(err, ERROR_RETRY, "the answer, %zu bytes, is no %s", answer.len, kind->short_name);
    return message;
}

static ProtobufCBinaryData look_bytes(struct slice slice)
{
    return (ProtobufCBinaryData){.len = slice.len, .data = (uint8_t *)(uintptr_t)slice.at};
}

/* protobuf-c wants texts that end with a 0 byte, and not const ones. */
struct look_packing {
    struct arena arena;
    char *table;
};

static void look_begin(struct look_packing *packing, struct slice table)
{
    arena_init(&packing->arena, 4096);
    packing->table = (char *)(uintptr_t)arena_copy(&packing->arena, table).at;
}

static void look_end(struct look_packing *packing, const ProtobufCMessage *message, struct buffer *body)
{
    ots_pack(message, body);
    arena_fini(&packing->arena);
}

void ots_look_put_list(struct buffer *body)
{
    Ots__ListTableRequest request = OTS__LIST_TABLE_REQUEST__INIT;
    ots_pack(&request.base, body);
}

void ots_look_put_describe(struct slice table, struct buffer *body)
{
    struct look_packing packing;
    Ots__DescribeTableRequest request = OTS__DESCRIBE_TABLE_REQUEST__INIT;
    look_begin(&packing, table);
    request.table_name = packing.table;
    look_end(&packing, &request.base, body);
}

void ots_look_put_delete_table(struct slice table, struct buffer *body)
{
    struct look_packing packing;
    Ots__DeleteTableRequest request = OTS__DELETE_TABLE_REQUEST__INIT;
    look_begin(&packing, table);
    request.table_name = packing.table;
    look_end(&packing, &request.base, body);
}

struct slice ots_look_key(const struct row *key, struct arena *arena)
{
    size_t bytes = plainbuffer_size(key);
    char *at = arena_take(arena, bytes);
    plainbuffer_put(key, at);
    return slice_of(at, bytes);
}

void ots_look_put_row(struct slice table, const struct row *key, const struct ots_look_columns *columns,
                      struct buffer *body)
{
    struct look_packing packing;
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    look_begin(&packing, table);
    request.table_name = packing.table;
    request.primary_key = look_bytes(ots_look_key(key, &packing.arena));
    request.columns_to_get = columns->names;
    request.n_columns_to_get = columns->count;
    request.has_max_versions = true;
    request.max_versions = columns->max_versions;
    look_end(&packing, &request.base, body);
}

void ots_look_put_delete_row(struct slice table, const struct row *key, struct buffer *body)
{
    struct look_packing packing;
    struct row row = *key;
    Ots__Condition condition = OTS__CONDITION__INIT;
    Ots__DeleteRowRequest request = OTS__DELETE_ROW_REQUEST__INIT;
    look_begin(&packing, table);
    row.op = ROW_DELETE;
    condition.row_existence = OTS__ROW_EXISTENCE_EXPECTATION__IGNORE;
    request.table_name = packing.table;
    request.primary_key = look_bytes(ots_look_key(&row, &packing.arena));
    request.condition = &condition;
    look_end(&packing, &request.base, body);
}

void ots_look_put_range(const struct ots_look_range *range, struct buffer *body)
{
    struct look_packing packing;
    Ots__GetRangeRequest request = OTS__GET_RANGE_REQUEST__INIT;
    look_begin(&packing, range->table);
    request.table_name = packing.table;
    request.direction = range->backward ? OTS__DIRECTION__BACKWARD : OTS__DIRECTION__FORWARD;
    request.columns_to_get = range->columns->names;
    request.n_columns_to_get = range->columns->count;
    request.has_max_versions = true;
    request.max_versions = range->columns->max_versions;
    request.has_limit = range->limit > 0;
    request.limit = range->limit;
    request.inclusive_start_primary_key = look_bytes(range->start);
    request.exclusive_end_primary_key = look_bytes(range->end);
    look_end(&packing, &request.base, body);
}

int ots_look_tables(struct slice answer, struct arena *arena, char ***names, size_t *count, struct error *err)
{
    Ots__ListTableResponse *tables = look_unpack(&ots__list_table_response__descriptor, answer, arena, err);
    if (tables == NULL)
        return -1;
    *names = tables->table_names;
    *count = tables->n_table_names;
    return 0;
}

Ots__DescribeTableResponse *ots_look_description(struct slice answer, struct arena *arena, struct error *err)
{
    return look_unpack(&ots__describe_table_response__descriptor, answer, arena, err);
}

static int look_key_column(const Ots__PrimaryKeySchema *key, struct mapping_column *column, struct error *err)
{
    static const enum cell_type types[] = {[OTS__PRIMARY_KEY_TYPE__INTEGER] = CELL_INTEGER,
                                           [OTS__PRIMARY_KEY_TYPE__STRING] = CELL_STRING,
                                           [OTS__PRIMARY_KEY_TYPE__BINARY] = CELL_BINARY};
    if ((int)key->type < OTS__PRIMARY_KEY_TYPE__INTEGER || (int)key->type > OTS__PRIMARY_KEY_TYPE__BINARY)
        return error_set(err, ERROR_RETRY, "key column %.255s has type %d, which nobody knows", key->name,
                         (int)key->type);
    *column = (struct mapping_column){slice_text(key->name), types[key->type]};
    if (key->has_option)
        column->type = CELL_AUTO_INCREMENT;
    return 0;
}

/* A type that is not known here is shown as such by others; nothing of that type can be written by name. */
static enum cell_type look_defined_type(int type)
{
    switch (type) {
    case OTS__DEFINED_COLUMN_TYPE__DCT_INTEGER:
        return CELL_INTEGER;
    case OTS__DEFINED_COLUMN_TYPE__DCT_DOUBLE:
        return CELL_DOUBLE;
    case OTS__DEFINED_COLUMN_TYPE__DCT_BOOLEAN:
        return CELL_BOOLEAN;
    case OTS__DEFINED_COLUMN_TYPE__DCT_BLOB:
        return CELL_BINARY;
    default:
        return CELL_STRING;
    }
}

int ots_look_schema(const Ots__DescribeTableResponse *description, struct arena *arena,
                    struct mapping_plan *schema, struct error *err)
{
    const Ots__TableMeta *meta = description->table_meta;
    if (meta->n_primary_key < 1 || meta->n_primary_key > MAPPING_KEYS_MOST)
        return error_set(err, ERROR_RETRY, "a primary key of %zu columns", meta->n_primary_key);
    *schema = (struct mapping_plan){.table = slice_text(meta->table_name),
                                    .key_count = (uint32_t)meta->n_primary_key,
                                    .column_count = (uint32_t)meta->n_defined_column};
    for (size_t i = 0; i < meta->n_primary_key; i++)
        if (look_key_column(meta->primary_key[i], &schema->keys[i], err) != 0)
            return -1;
    schema->columns = arena_take(arena, (meta->n_defined_column + 1) * sizeof(*schema->columns));
    for (size_t i = 0; i < meta->n_defined_column; i++)
        schema->columns[i] = (struct mapping_column){slice_text(meta->defined_column[i]->name),
                                                     look_defined_type((int)meta->defined_column[i]->type)};
    return 0;
}

int ots_look_row(struct slice answer, struct arena *arena, struct row *row, struct error *err)
{
    struct plainbuffer_reader reader;
    const Ots__GetRowResponse *got = look_unpack(&ots__get_row_response__descriptor, answer, arena, err);
    if (got == NULL || plainbuffer_open(&reader, slice_of(got->row.data, got->row.len), arena, err) != 0)
        return -1;
    return plainbuffer_next(&reader, row, err);
}

int ots_look_page(struct slice answer, struct arena *arena, struct ots_look_page *page, struct error *err)
{
    const Ots__GetRangeResponse *got = look_unpack(&ots__get_range_response__descriptor, answer, arena, err);
    if (got == NULL)
        return -1;
    page->next = (struct slice){NULL, 0};
    if (got->has_next_start_primary_key && got->next_start_primary_key.len > 0)
        page->next = slice_of(got->next_start_primary_key.data, got->next_start_primary_key.len);
    return plainbuffer_open(&page->rows, slice_of(got->rows.data, got->rows.len), arena, err);
}
