/* vector_row: rows from the typed values of a vector, see vector.h and vector_message.h. */
#include "support/vector_message.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "support/cmocka_all.h"
#include "support/hex.h"

static struct slice repeated(struct arena *arena, struct slice repeat)
{
    struct slice unit = vector_text(arena, repeat, "unit");
    size_t count = (size_t)vector_integer(repeat, "count", 0);
    char *at = arena_take(arena, unit.len * count);
    for (size_t i = 0; i < count; i++)
        memcpy(at + i * unit.len, unit.at, unit.len);
    return slice_of(at, unit.len * count);
}

static double double_of(struct slice text)
{
    if (slice_equal(text, SLICE("NaN")))
        return NAN;
    if (slice_equal(text, SLICE("Infinity")))
        return INFINITY;
    if (slice_equal(text, SLICE("-Infinity")))
        return -INFINITY;
    return strtod(text.at, NULL);
}

static void string_value(struct arena *arena, struct slice object, struct cell *cell)
{
    cell->bytes = vector_has(object, "value_repeat") ? repeated(arena, vector_object(object, "value_repeat"))
                                                     : vector_text(arena, object, "value");
}

static void typed_value(struct arena *arena, struct slice object, struct slice type, struct cell *cell)
{
    static const char *const names[] = {
        [CELL_INTEGER] = "integer", [CELL_DOUBLE] = "double",  [CELL_BOOLEAN] = "boolean",
        [CELL_STRING] = "string",   [CELL_BINARY] = "binary",  [CELL_AUTO_INCREMENT] = "auto_increment",
        [CELL_INF_MIN] = "inf_min", [CELL_INF_MAX] = "inf_max"};
    unsigned found = 0;
    while (found <= CELL_INF_MAX && !slice_equal(type, slice_text(names[found])))
        found++;
    assert_true(found <= CELL_INF_MAX);
    cell->type = (enum cell_type)found;
    if (cell->type == CELL_INTEGER)
        cell->integer = vector_integer(object, "value", 0);
    else if (cell->type == CELL_DOUBLE)
        cell->number = double_of(vector_text(arena, object, "value"));
    else if (cell->type == CELL_BOOLEAN)
        cell->boolean = vector_get(object, "value").kind == JSON_TRUE;
    else if (cell->type == CELL_STRING)
        string_value(arena, object, cell);
    else if (cell->type == CELL_BINARY)
        cell->bytes = hex_take(arena, vector_text(arena, object, "value_hex").at);
}

static enum cell_op op_of(struct slice op)
{
    if (op.at == NULL || slice_equal(op, SLICE("PUT")))
        return CELL_PUT;
    if (slice_equal(op, SLICE("DELETE")))
        return CELL_DELETE_ONE;
    if (slice_equal(op, SLICE("DELETE_ALL")))
        return CELL_DELETE_ALL;
    assert_true(slice_equal(op, SLICE("INCREMENT")));
    return CELL_INCREMENT;
}

void vector_cell(struct arena *arena, struct slice object, struct cell *cell)
{
    *cell = (struct cell){.name = vector_text(arena, object, "name"),
                          .op = op_of(vector_text(arena, object, "op"))};
    cell->has_timestamp = vector_has(object, "timestamp_ms");
    cell->timestamp_ms = vector_integer(object, "timestamp_ms", 0);
    if (vector_has(object, "type"))
        typed_value(arena, object, vector_text(arena, object, "type"), cell);
}

static struct cell *cells_of(struct arena *arena, struct slice array, uint32_t *count)
{
    struct json_value *values;
    *count = (uint32_t)vector_values(arena, array, &values);
    struct cell *cells = arena_take(arena, *count * sizeof(*cells));
    for (uint32_t i = 0; i < *count; i++)
        vector_cell(arena, values[i].text, &cells[i]);
    return cells;
}

void vector_key(struct arena *arena, struct slice array, struct row *row)
{
    *row = (struct row){.op = ROW_PUT};
    row->keys = cells_of(arena, array, &row->key_count);
}

void vector_row(struct arena *arena, struct slice input, enum row_op op, struct row *row)
{
    vector_key(arena, vector_get(input, "primary_key").text, row);
    row->op = op;
    const char *member = op == ROW_UPDATE ? "updates" : "columns";
    if (vector_has(input, member))
        row->cells = cells_of(arena, vector_get(input, member).text, &row->cell_count);
}

/* ---- all rows of an input, in the order of the message ---- */

struct found {
    struct arena *arena;
    struct row *rows;
    size_t count;
};

static struct row *next_row(struct found *found)
{
    assert_true(found->count < VECTOR_MESSAGE_ROWS_MOST);
    return &found->rows[found->count++];
}

static enum row_op row_op_of(struct slice type)
{
    if (slice_equal(type, SLICE("UPDATE")) || slice_equal(type, SLICE("UpdateRow")))
        return ROW_UPDATE;
    if (slice_equal(type, SLICE("DELETE")) || slice_equal(type, SLICE("DeleteRow")))
        return ROW_DELETE;
    return ROW_PUT;
}

static void find_in_batch(struct found *found, struct slice object)
{
    struct json_value *values;
    size_t count = vector_array(found->arena, object, "tables", &values);
    for (size_t i = 0; i < count; i++)
        find_in_batch(found, values[i].text);
    count = vector_array(found->arena, object, "rows", &values);
    for (size_t i = 0; i < count; i++)
        vector_row(found->arena, values[i].text, row_op_of(vector_text(found->arena, values[i].text, "type")),
                   next_row(found));
    count = vector_array(found->arena, object, "primary_keys", &values);
    for (size_t i = 0; i < count; i++)
        vector_key(found->arena, values[i].text, next_row(found));
}

size_t vector_message_rows(const struct vector *vector, struct arena *arena, struct row **rows)
{
    struct found found = {.arena = arena,
                          .rows = arena_take(arena, VECTOR_MESSAGE_ROWS_MOST * sizeof(**rows))};
    bool single =
        strstr("PutRow UpdateRow DeleteRow GetRow", arena_copy(arena, vector->operation).at) != NULL;
    find_in_batch(&found, vector->input);
    if (single)
        vector_row(arena, vector->input, row_op_of(vector->operation), next_row(&found));
    if (vector_has(vector->input, "start")) {
        vector_key(arena, vector_get(vector->input, "start").text, next_row(&found));
        vector_key(arena, vector_get(vector->input, "end").text, next_row(&found));
    }
    *rows = found.rows;
    return found.count;
}

static int by_name(const void *left, const void *right)
{
    const struct cell *a = left;
    const struct cell *b = right;
    return slice_compare(a->name, b->name);
}

/* The members of an object that names each once, in byte order: {"name": "text"} or {"name": typed value}. */
static uint32_t named_cells(struct arena *arena, struct slice object, struct cell *cells)
{
    struct json_member members[64];
    struct json_fault fault;
    int count = json_object(object, 0, members, 64, &fault);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        cells[i] = (struct cell){.type = CELL_STRING};
        if (members[i].value.kind == JSON_OBJECT)
            vector_cell(arena, members[i].value.text, &cells[i]);
        else
            cells[i].bytes = vector_string(arena, members[i].value);
        cells[i].name = members[i].name;
    }
    qsort(cells, (size_t)count, sizeof(*cells), by_name);
    return (uint32_t)count;
}

uint32_t vector_series_row(struct arena *arena, struct slice input, struct row *row)
{
    struct slice key = vector_object(input, "key");
    struct cell *keys = arena_take(arena, 64 * sizeof(*keys));
    struct cell *cells = arena_take(arena, 64 * sizeof(*cells));
    keys[0] = (struct cell){.type = CELL_STRING, .bytes = vector_text(arena, key, "measurement")};
    keys[1] = (struct cell){.type = CELL_STRING, .bytes = vector_text(arena, key, "source")};
    uint32_t tags = named_cells(arena, vector_object(key, "tags"), keys + 2);
    keys[2 + tags] = (struct cell){.type = CELL_INTEGER, .integer = vector_integer(input, "time_us", -1)};
    *row = (struct row){.op = ROW_PUT, .keys = keys, .key_count = 3 + tags, .cells = cells};
    row->cell_count = named_cells(arena, vector_object(input, "fields"), cells);
    return (uint32_t)vector_integer(input, "meta_cache_update_time", 0);
}
