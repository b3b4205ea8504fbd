/* table_schema: protobuf-c at both ends; rare messages, so short code and a scratch arena rather than speed.
 */
#include "ots/table_schema.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "ots/pack.h"
#include "wire/plainbuffer.h"
#include "wire/tablestore.pb-c.h"

enum {
    DEFINED_MOST = 32, /* what a table takes (tablestore-protocol.md 7) */
    NAME_SHOWN = 40,   /* bytes of a name in an error */
    SHOWN = 220
};

static char *schema_text(struct arena *arena, struct slice text)
{
    return (char *)(uintptr_t)arena_copy(arena, text).at;
}

void ots_schema_put_describe(const struct ots_table_options *options, struct buffer *body)
{
    struct arena arena;
    arena_init(&arena, 1024);
    Ots__DescribeTableRequest request = OTS__DESCRIBE_TABLE_REQUEST__INIT;
    request.table_name = schema_text(&arena, options->plan->table);
    ots_pack(&request.base, body);
    arena_fini(&arena);
}

static Ots__PrimaryKeyType schema_key_type(enum cell_type type)
{
    if (type == CELL_STRING)
        return OTS__PRIMARY_KEY_TYPE__STRING;
    return type == CELL_BINARY ? OTS__PRIMARY_KEY_TYPE__BINARY : OTS__PRIMARY_KEY_TYPE__INTEGER;
}

static Ots__PrimaryKeySchema *schema_key(struct arena *arena, const struct mapping_column *column)
{
    Ots__PrimaryKeySchema *key = arena_take(arena, sizeof(*key));
    ots__primary_key_schema__init(key);
    key->name = schema_text(arena, column->name);
    key->type = schema_key_type(column->type);
    key->has_option = column->type == CELL_AUTO_INCREMENT;
    key->option = OTS__PRIMARY_KEY_OPTION__AUTO_INCREMENT;
    return key;
}

static Ots__DefinedColumnType schema_defined_type(enum cell_type type)
{
    switch (type) {
    case CELL_INTEGER:
        return OTS__DEFINED_COLUMN_TYPE__DCT_INTEGER;
    case CELL_DOUBLE:
        return OTS__DEFINED_COLUMN_TYPE__DCT_DOUBLE;
    case CELL_BOOLEAN:
        return OTS__DEFINED_COLUMN_TYPE__DCT_BOOLEAN;
    case CELL_BINARY:
        return OTS__DEFINED_COLUMN_TYPE__DCT_BLOB;
    case CELL_STRING:
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    return OTS__DEFINED_COLUMN_TYPE__DCT_STRING;
}

static bool schema_is_key(const struct mapping_plan *plan, struct slice name)
{
    for (uint32_t i = 0; i < plan->key_count; i++)
        if (slice_equal(plan->keys[i].name, name))
            return true;
    return false;
}

/* White-listed columns that are no key columns: a table refuses a second column of a key's name. */
static uint32_t schema_count_defined(const struct mapping_plan *plan)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->column_count; i++)
        count += !schema_is_key(plan, plan->columns[i].name);
    return count;
}

bool ots_schema_has_too_many(const struct ots_table_options *options)
{
    return options->define_columns && schema_count_defined(options->plan) > DEFINED_MOST;
}

static void schema_define(const struct mapping_plan *plan, struct arena *arena, Ots__TableMeta *meta)
{
    meta->defined_column = arena_take(arena, DEFINED_MOST * sizeof(*meta->defined_column));
    for (uint32_t i = 0; i < plan->column_count; i++) {
        if (schema_is_key(plan, plan->columns[i].name))
            continue;
        Ots__DefinedColumnSchema *column = arena_take(arena, sizeof(*column));
        ots__defined_column_schema__init(column);
        column->name = schema_text(arena, plan->columns[i].name);
        column->type = schema_defined_type(plan->columns[i].type);
        meta->defined_column[meta->n_defined_column++] = column;
    }
}

static void schema_fill_meta(const struct ots_table_options *options, struct arena *arena,
                             Ots__TableMeta *meta)
{
    const struct mapping_plan *plan = options->plan;
    meta->table_name = schema_text(arena, plan->table);
    meta->n_primary_key = plan->key_count;
    meta->primary_key = arena_take(arena, MAPPING_KEYS_MOST * sizeof(*meta->primary_key));
    for (uint32_t i = 0; i < plan->key_count; i++)
        meta->primary_key[i] = schema_key(arena, &plan->keys[i]);
    if (options->define_columns && !ots_schema_has_too_many(options))
        schema_define(plan, arena, meta);
}

static void schema_pack_create(const struct ots_table_options *options, Ots__TableMeta *meta,
                               struct buffer *body)
{
    Ots__CapacityUnit unit = OTS__CAPACITY_UNIT__INIT; /* 0/0: nothing reserved, pay for what is used */
    unit.has_read = unit.has_write = true;
    Ots__ReservedThroughput throughput = OTS__RESERVED_THROUGHPUT__INIT;
    throughput.capacity_unit = &unit;
    Ots__TableOptions table = OTS__TABLE_OPTIONS__INIT;
    table.has_time_to_live = table.has_max_versions = true;
    table.time_to_live = options->ttl_s;
    table.max_versions = options->max_versions;
    Ots__CreateTableRequest request = OTS__CREATE_TABLE_REQUEST__INIT;
    request.table_meta = meta;
    request.reserved_throughput = &throughput;
    request.table_options = &table;
    ots_pack(&request.base, body);
}

void ots_schema_put_create(const struct ots_table_options *options, struct buffer *body)
{
    struct arena arena;
    arena_init(&arena, 8192);
    Ots__TableMeta meta = OTS__TABLE_META__INIT;
    schema_fill_meta(options, &arena, &meta);
    schema_pack_create(options, &meta, body);
    arena_fini(&arena);
}

void ots_schema_put_probe(const struct ots_table_options *options, struct buffer *body)
{
    const struct mapping_plan *plan = options->plan;
    struct cell keys[MAPPING_KEYS_MOST] = {0};
    struct row row = {.keys = keys, .key_count = plan->key_count, .op = ROW_PUT};
    struct arena arena;
    arena_init(&arena, 4096);
    for (uint32_t i = 0; i < plan->key_count; i++) {
        enum cell_type type = plan->keys[i].type;
        keys[i] = (struct cell){.name = plan->keys[i].name,
                                .type = type == CELL_AUTO_INCREMENT ? CELL_INTEGER : type};
        if (type == CELL_STRING || type == CELL_BINARY)
            keys[i].bytes = SLICE("otspipe probe");
    }
    Ots__GetRowRequest request = OTS__GET_ROW_REQUEST__INIT;
    request.table_name = schema_text(&arena, plan->table);
    request.primary_key.len = plainbuffer_size(&row);
    request.primary_key.data = arena_take(&arena, request.primary_key.len);
    plainbuffer_put(&row, (char *)request.primary_key.data);
    request.has_max_versions = true;
    request.max_versions = 1;
    ots_pack(&request.base, body);
    arena_fini(&arena);
}

/* One key column of either side, in the words that both are shown in. */
struct schema_key {
    struct slice name;
    int type; /* PrimaryKeyType, or what else the service sent */
    bool auto_increment;
};

struct schema_keys {
    struct schema_key at[MAPPING_KEYS_MOST];
    size_t count; /* may be more than fit */
};

static struct schema_keys schema_keys_of_plan(const struct mapping_plan *plan)
{
    struct schema_keys keys = {.count = plan->key_count};
    for (uint32_t i = 0; i < plan->key_count; i++)
        keys.at[i] = (struct schema_key){plan->keys[i].name, (int)schema_key_type(plan->keys[i].type),
                                         plan->keys[i].type == CELL_AUTO_INCREMENT};
    return keys;
}

static struct schema_keys schema_keys_of_table(const Ots__TableMeta *meta)
{
    struct schema_keys keys = {.count = meta->n_primary_key};
    for (size_t i = 0; i < meta->n_primary_key && i < MAPPING_KEYS_MOST; i++) {
        const Ots__PrimaryKeySchema *key = meta->primary_key[i];
        keys.at[i] = (struct schema_key){slice_text(key->name), (int)key->type, key->has_option};
    }
    return keys;
}

static bool schema_key_equal(const struct schema_key *a, const struct schema_key *b)
{
    return slice_equal(a->name, b->name) && a->type == b->type && a->auto_increment == b->auto_increment;
}

/* The first column that differs, from 0. */
static size_t schema_first_other(const struct schema_keys *a, const struct schema_keys *b)
{
    size_t i = 0;
    while (i < a->count && i < b->count && i < MAPPING_KEYS_MOST && schema_key_equal(&a->at[i], &b->at[i]))
        i++;
    return i;
}

static bool schema_keys_equal(const struct schema_keys *a, const struct schema_keys *b)
{
    return a->count == b->count && schema_first_other(a, b) == a->count;
}

static const char *schema_type_name(int type)
{
    static const char *const names[] = {"type 0", "INTEGER", "STRING", "BINARY"};
    return type >= 0 && type <= 3 ? names[type] : "unknown type";
}

static const char *schema_show(const struct schema_keys *keys, char text[SHOWN])
{
    size_t len = 0;
    text[0] = 0;
    for (size_t i = 0; i < keys->count && i < MAPPING_KEYS_MOST && len < SHOWN; i++) {
        const struct schema_key *key = &keys->at[i];
        int shown = key->name.len < NAME_SHOWN ? (int)key->name.len : NAME_SHOWN;
        len +=
            (size_t)snprintf(text + len, SHOWN - len, "%s%.*s %s%s", i == 0 ? "" : ", ", shown, key->name.at,
                             schema_type_name(key->type), key->auto_increment ? " AUTO_INCREMENT" : "");
    }
    return text;
}

static int schema_compare(const struct mapping_plan *plan, const Ots__TableMeta *meta, struct error *err)
{
    struct schema_keys wanted = schema_keys_of_plan(plan), found = schema_keys_of_table(meta);
    char wanted_text[SHOWN], found_text[SHOWN];
    if (schema_keys_equal(&wanted, &found))
        return 0;
    return error_set(
        err, ERROR_CONFIG,
        "table %.*s has primary key (%s); the configuration says (%s): column %zu is another one; "
        "change primary_key.columns, or write to another table",
        SLICE_ARG(plan->table), schema_show(&found, found_text), schema_show(&wanted, wanted_text),
        schema_first_other(&found, &wanted) + 1);
}

int ots_schema_read(const struct ots_table_options *options, struct slice answer,
                    struct ots_description *description, struct error *err)
{
    Ots__DescribeTableResponse *found =
        ots__describe_table_response__unpack(NULL, answer.len, (const uint8_t *)answer.at);
    if (found == NULL)
        return error_set(err, ERROR_RETRY, "DescribeTable: %zu bytes that are no description of table %.*s",
                         answer.len, SLICE_ARG(options->plan->table));
    description->active = !found->has_table_status || found->table_status == OTS__TABLE_STATUS__ACTIVE;
    description->has_index = found->n_index_metas > 0 || found->table_meta->n_index_meta > 0;
    description->key_count = options->plan->key_count;
    int rc = schema_compare(options->plan, found->table_meta, err);
    ots__describe_table_response__free_unpacked(found, NULL);
    return rc;
}
