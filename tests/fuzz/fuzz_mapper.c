/* fuzz_mapper: the first byte says how long the key is (255: none), the rest is key and value. Under every
 * plan the row obeys the service's limits, and a mapper that has seen everything says what a new one says. */
#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "mapping/table_mapper.h"
#include "support/mapping_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PLANS = 6, NO_KEY = 255 };

static struct mapping_column listed[] = {
    {{"a", 1}, CELL_INTEGER}, {{"b", 1}, CELL_DOUBLE},     {{"c", 1}, CELL_BOOLEAN},
    {{"d", 1}, CELL_STRING},  {{"value", 5}, CELL_BINARY},
};

static const struct mapping_plan plans[PLANS] = {
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_KAFKA,
        .map_values = MAP_VALUES_TYPED,
        .nested = NESTED_TEXT,
        .keys = {{{"topic_partition", 15}, CELL_STRING}, {{"offset", 6}, CELL_INTEGER}},
        .key_count = 2,
    },
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_RECORD_KEY,
        .insert_mode = INSERT_UPDATE,
        .delete_mode = DELETE_ROW_AND_COLUMN,
        .map_values = MAP_VALUES_BINARY,
        .keys = {{{"k", 1}, CELL_STRING}},
        .key_count = 1,
    },
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_RECORD_VALUE,
        .map_values = MAP_VALUES_STRING,
        .nested = NESTED_TEXT,
        .keys = {{{"k", 1}, CELL_BINARY}, {{"n", 1}, CELL_AUTO_INCREMENT}},
        .key_count = 2,
    },
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_RECORD_KEY,
        .delete_mode = DELETE_COLUMN,
        .keys = {{{"k", 1}, CELL_INTEGER}},
        .key_count = 1,
        .columns = listed,
        .column_count = 5,
    },
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_SEARCH,
        .insert_mode = INSERT_UPDATE,
        .map_values = MAP_VALUES_STRING,
        .nested = NESTED_TEXT_IN_MAPS,
        .key_columns = true,
        .keys = {{{"md5", 3}, CELL_STRING},
                 {{"topic", 5}, CELL_STRING},
                 {{"partition", 9}, CELL_INTEGER},
                 {{"offset", 6}, CELL_INTEGER}},
        .key_count = 4,
    },
    {
        .table = {"t", 1},
        .key_mode = KEY_MODE_RECORD_KEY,
        .insert_mode = INSERT_UPDATE,
        .delete_mode = DELETE_COLUMN,
        .nested = NESTED_TEXT,
        .key_columns = true,
        .keys = {{{"k", 1}, CELL_STRING}},
        .key_count = 1,
    },
};

static const enum convert_format formats[PLANS][2] = {
    {CONVERT_STRING, CONVERT_JSON},
    {CONVERT_JSON, CONVERT_JSON_ENVELOPE},
    {CONVERT_STRING, CONVERT_JSON_ENVELOPE},
    {CONVERT_JSON_ENVELOPE, CONVERT_JSON},
    {CONVERT_JSON_ENVELOPE, CONVERT_JSON_ENVELOPE},
    {CONVERT_JSON, CONVERT_JSON},
};

static struct table_mapper *seasoned[PLANS];
static struct buffer first, second;

static struct table_mapper *mapper_of(int plan)
{
    struct table_mapper_options options = {&plans[plan], formats[plan][0], formats[plan][1]};
    return table_mapper_create(&options);
}

static void prepare(void)
{
    if (seasoned[0] != NULL)
        return;
    for (int plan = 0; plan < PLANS; plan++)
        seasoned[plan] = mapper_of(plan);
    buffer_init(&first, 1 << 26);
    buffer_init(&second, 1 << 26);
}

static void obeys_limits(const struct row *row, const struct mapping_plan *plan)
{
    CHECK(row->key_count == plan->key_count && row->cell_count <= MAPPING_COLUMNS_MOST);
    CHECK(row->op != ROW_UPDATE || row->cell_count > 0);
    CHECK(row->op != ROW_DELETE || row->cell_count == 0);
    for (uint32_t i = 0; i < row->key_count; i++)
        CHECK(row->keys[i].type == CELL_INTEGER || row->keys[i].type == CELL_AUTO_INCREMENT ||
              row->keys[i].bytes.len <= 1024);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        for (uint32_t j = 0; j < i && plan->key_columns; j++)
            CHECK(!slice_equal(row->cells[i].name, row->cells[j].name));
        const struct cell *cell = &row->cells[i];
        CHECK(cell->name.len >= 1 && cell->name.len <= 255 && !cell->has_timestamp);
        CHECK(cell->op == CELL_PUT || (cell->op == CELL_DELETE_ALL && row->op == ROW_UPDATE));
        CHECK(cell->op != CELL_PUT || cell->type != CELL_DOUBLE || isfinite(cell->number));
    }
}

static uint64_t said(struct table_mapper *mapper, const struct mapping_plan *plan,
                     const struct message *message, struct buffer *text)
{
    struct row row;
    struct mapping_fault fault;
    if (table_mapper_map(mapper, message, &row, &fault) == MAPPING_ROW) {
        obeys_limits(&row, plan);
        mapping_text_row(text, &row);
        return row.key_hash;
    }
    CHECK(fault.error.kind == ERROR_RECORD);
    buffer_reset(text, 1 << 20);
    buffer_print(text, "%s %s", mapping_stage_name(fault.stage), fault.error.text);
    return 0;
}

static void try_plan(int plan, const struct message *message)
{
    struct table_mapper *fresh = mapper_of(plan);
    uint64_t hash = said(fresh, &plans[plan], message, &first);
    for (int round = 0; round < 2; round++) {
        CHECK(said(seasoned[plan], &plans[plan], message, &second) == hash);
        CHECK(slice_equal(buffer_slice(&first), buffer_slice(&second)));
    }
    table_mapper_destroy(fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message message = {.topic = SLICE("t"), .partition = 1, .offset = 2, .timestamp_ms = 3};
    prepare();
    char *copy = check_memory(malloc(size + 1));
    if (size > 0)
        memcpy(copy, data, size);
    size_t key = size == 0 || data[0] == NO_KEY ? 0 : data[0];
    key = key > size - (size > 0) ? size - (size > 0) : key;
    if (size > 0 && data[0] != NO_KEY)
        message.key = slice_of(copy + 1, key);
    if (size > 1)
        message.value = slice_of(copy + 1 + key, size - 1 - key);
    for (int plan = 0; plan < PLANS; plan++)
        try_plan(plan, &message);
    free(copy);
    return 0;
}
