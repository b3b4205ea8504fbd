/* table_mapper: the order of things for one record: both sides are converted, then the primary key, then a
 * tombstone is told from a row with columns, then the columns. The first thing that is wrong is the record's
 * fault: key columns in the table's order, then fields in the record's order, then the row as a whole. */
#include "mapping/table_mapper.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/check.h"
#include "mapping/cell.h"
#include "mapping/columns.h"
#include "mapping/coordinates.h"
#include "mapping/key.h"
#include "mapping/mapping_fault.h"
#include "mapping/sides.h"
#include "mapping/target.h"

struct table_mapper {
    const struct mapping_plan *plan;
    enum mapping_delete_mode delete_mode; /* the plan's, which counts in KEY_MODE_RECORD_KEY only */
    struct sides sides;
    struct arena arena; /* texts and bytes that conversions make */
    struct target_table targets;
    struct cell keys[MAPPING_KEYS_MOST];
    struct columns columns;
};

struct table_mapper *table_mapper_create(const struct table_mapper_options *options)
{
    const struct mapping_plan *plan = options->plan;
    CHECK(plan->key_count >= 1 && plan->key_count <= MAPPING_KEYS_MOST);
    struct table_mapper *mapper = check_memory(calloc(1, sizeof(*mapper)));
    mapper->plan = plan;
    mapper->delete_mode = plan->key_mode == KEY_MODE_RECORD_KEY ? plan->delete_mode : DELETE_NONE;
    sides_init(&mapper->sides, options->key_format, options->value_format);
    arena_init(&mapper->arena, 4096);
    target_table_init(&mapper->targets, plan);
    mapper->columns.plan = plan;
    mapper->columns.arena = &mapper->arena;
    mapper->columns.delete_nulls =
        plan->insert_mode == INSERT_UPDATE &&
        (mapper->delete_mode == DELETE_COLUMN || mapper->delete_mode == DELETE_ROW_AND_COLUMN);
    return mapper;
}

void table_mapper_destroy(struct table_mapper *mapper)
{
    if (mapper == NULL)
        return;
    sides_fini(&mapper->sides);
    target_table_fini(&mapper->targets);
    arena_fini(&mapper->arena);
    free(mapper);
}

/* ---- the primary key ---- */

static int mapper_keys_of_fields(struct table_mapper *mapper, const struct value *side,
                                 const struct target_shape *shape, struct mapping_fault *fault)
{
    for (uint32_t i = 0; i < mapper->plan->key_count; i++) {
        const struct value_field *field = shape->keys[i] < 0 ? NULL : &side->fields[shape->keys[i]];
        if (key_from_field(&mapper->plan->keys[i], field, side->shape, &mapper->arena, &mapper->keys[i],
                           fault) != 0)
            return -1;
    }
    return 0;
}

/* `side` is the record's key or its value, by the plan; its fields are sorted. */
static int mapper_keys_of_record(struct table_mapper *mapper, const struct value *side,
                                 const struct target_shape *shape, struct mapping_fault *fault)
{
    struct slice none = {0};
    switch (side->shape) {
    case SHAPE_STRUCT:
    case SHAPE_MAP:
        return mapper_keys_of_fields(mapper, side, shape, fault);
    case SHAPE_SCALAR:
        return key_from_scalar(mapper->plan, &side->fields[0], &mapper->arena, &mapper->keys[0], fault);
    case SHAPE_NONE:
        break;
    }
    return mapping_fault_set(fault, STAGE_MAP, none,
                             "the primary key is taken from the record's %s, which is null",
                             mapper->plan->key_mode == KEY_MODE_RECORD_KEY ? "key" : "value");
}

static int mapper_keys(struct table_mapper *mapper, const struct message *message, const struct value *key,
                       const struct value *value, struct row *row, struct mapping_fault *fault)
{
    int rc = -1;
    switch (mapper->plan->key_mode) {
    case KEY_MODE_KAFKA:
        coordinates_of_kafka(mapper->plan, message, &mapper->arena, mapper->keys);
        rc = 0;
        break;
    case KEY_MODE_RECORD_KEY:
        rc = mapper_keys_of_record(mapper, key, &mapper->targets.key, fault);
        break;
    case KEY_MODE_RECORD_VALUE:
        rc = mapper_keys_of_record(mapper, value, &mapper->targets.value, fault);
        break;
    case KEY_MODE_SEARCH:
        coordinates_of_search(mapper->plan, message, &mapper->arena, mapper->keys);
        rc = 0;
    }
    row->keys = mapper->keys;
    row->key_count = mapper->plan->key_count;
    return rc != 0 ? -1 : key_finish(row, fault);
}

/* ---- the row's operation and its columns: the manual's matrix of insert.mode and delete.mode ---- */

static int mapper_tombstone(const struct table_mapper *mapper, struct row *row, struct mapping_fault *fault)
{
    struct slice none = {0};
    bool delete = mapper->delete_mode == DELETE_ROW || mapper->delete_mode == DELETE_ROW_AND_COLUMN;
    if (delete &&row->placeholder)
        return mapping_fault_set(fault, STAGE_MAP, none,
                                 "a row cannot be deleted without the number of its auto_increment");
    if (!delete &&mapper->plan->insert_mode == INSERT_UPDATE)
        return mapping_fault_set(fault, STAGE_TRANSFORM, none,
                                 "the value is null, and an update has nothing to write then");
    row->op = delete ? ROW_DELETE : ROW_PUT;
    return 0;
}

/* The timestamp of KEY_MODE_SEARCH. */
static int mapper_time(struct table_mapper *mapper, const struct message *message,
                       struct mapping_fault *fault)
{
    struct timespec now;
    if (mapper->plan->time == TIME_OF_RECORD) {
        if (message->timestamp_ms < 0)
            return mapping_fault_set(fault, STAGE_MAP, COORDINATES_TIME,
                                     "the record has no timestamp; search.timestamp.type local needs none");
        columns_add_time(&mapper->columns, message->timestamp_ms);
        return 0;
    }
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    columns_add_time(&mapper->columns, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return 0;
}

/* A single value that is the primary key is no column as well. */
static bool mapper_is_key(const struct value *side, bool keys_are_there)
{
    return side->shape == SHAPE_SCALAR && keys_are_there;
}

/* One side of the record. A single value becomes the column `value` or `key`, unless it is JSON that is no
 * text: the manual knows objects only, and a number that strayed into a topic of objects is no row. */
static int mapper_add(struct table_mapper *mapper, const char *name, const struct value *side,
                      const struct target *targets, struct mapping_fault *fault)
{
    struct slice none = {0};
    if (side->shape == SHAPE_SCALAR &&
        (cell_is_nested(&side->fields[0]) || (side->schemaless && side->fields[0].type != VALUE_STRING)))
        return mapping_fault_set(fault, STAGE_MAP, none, "the %s is neither a text nor an object with fields",
                                 name);
    return columns_add(&mapper->columns, side, targets, fault);
}

static int mapper_add_sides(struct table_mapper *mapper, const struct value *key, const struct value *value,
                            struct mapping_fault *fault)
{
    const struct mapping_plan *plan = mapper->plan;
    if (!mapper_is_key(value, plan->key_mode == KEY_MODE_RECORD_VALUE) &&
        mapper_add(mapper, "value", value, mapper->targets.value.targets, fault) != 0)
        return -1;
    if (!plan->key_columns || mapper_is_key(key, plan->key_mode == KEY_MODE_RECORD_KEY))
        return 0;
    return mapper_add(mapper, "key", key, mapper->targets.key.targets, fault);
}

static int mapper_columns(struct table_mapper *mapper, const struct value *key, const struct value *value,
                          struct row *row, struct mapping_fault *fault)
{
    struct slice none = {0};
    uint32_t before = mapper->columns.count;
    if (mapper_add_sides(mapper, key, value, fault) != 0 || columns_check(&mapper->columns, fault) != 0)
        return -1;
    row->op = mapper->plan->insert_mode == INSERT_UPDATE ? ROW_UPDATE : ROW_PUT;
    if (row->op == ROW_UPDATE && mapper->columns.count == before)
        return mapping_fault_set(fault, STAGE_TRANSFORM, none,
                                 "no field has a value, and an update has nothing to write then");
    return 0;
}

/* ---- one record ---- */

/* A single value has a name only when it becomes a column. */
static void mapper_name(struct value *side, struct slice name)
{
    if (side->shape == SHAPE_SCALAR)
        side->fields[0].name = name;
}

static void mapper_sort(struct table_mapper *mapper, struct value *key, struct value *value)
{
    bool columns = value->shape != SHAPE_NONE; /* a tombstone has none; the shape before it stays known */
    mapper_name(value, SLICE("value"));
    if (mapper->plan->key_columns && columns) {
        static const struct value none = {.shape = SHAPE_NONE};
        mapper_name(key, SLICE("key"));
        bool is_key = mapper_is_key(key, mapper->plan->key_mode == KEY_MODE_RECORD_KEY);
        target_sort_both(&mapper->targets, is_key ? &none : key,
                         value); /* then it takes no name from the value */
        return;
    }
    if (columns)
        target_sort(&mapper->targets, value, &mapper->targets.value);
    if (mapper->plan->key_mode == KEY_MODE_RECORD_KEY)
        target_sort(&mapper->targets, key, &mapper->targets.key);
}

/* The key is there. A tombstone is told by its value alone, before any column is looked at. */
static int mapper_row(struct table_mapper *mapper, const struct message *message, const struct value *key,
                      const struct value *value, struct row *row, struct mapping_fault *fault)
{
    columns_begin(&mapper->columns, row);
    if (mapper->plan->key_mode == KEY_MODE_SEARCH && mapper_time(mapper, message, fault) != 0)
        return -1;
    int rc = value->shape == SHAPE_NONE ? mapper_tombstone(mapper, row, fault)
                                        : mapper_columns(mapper, key, value, row, fault);
    row->cell_count = mapper->columns.count;
    return rc;
}

enum mapping_result table_mapper_map(struct table_mapper *mapper, const struct message *message,
                                     struct row *row, struct mapping_fault *fault)
{
    struct value key, value;
    arena_reset(&mapper->arena);
    row->cells = mapper->columns.cells;
    if (sides_read(&mapper->sides, message, &key, &value, fault) != 0)
        return MAPPING_FAULT;
    mapper_sort(mapper, &key, &value);
    if (mapper_keys(mapper, message, &key, &value, row, fault) != 0 ||
        mapper_row(mapper, message, &key, &value, row, fault) != 0)
        return MAPPING_FAULT;
    return MAPPING_ROW;
}
