/* random_row: see random_row.h. */
#include "support/random_row.h"

#include <string.h>

#include "base/arena.h"
#include "support/cmocka_all.h"
#include "wire/crc8.h"

static struct slice random_bytes(struct chance *chance, struct arena *arena, size_t least)
{
    static const size_t mosts[] = {0, 1, 8, 20, 200, 5000};
    size_t most = mosts[chance_below(chance, 6)];
    size_t len = least + chance_below(chance, most + 1);
    char *at = arena_take(arena, len);
    for (size_t i = 0; i < len; i++)
        at[i] = (char)chance_next(chance);
    return slice_of(at, len);
}

static int64_t random_integer(struct chance *chance)
{
    static const int64_t edges[] = {0, 1, -1, INT64_MIN, INT64_MAX, 1LL << 32};
    uint64_t pick = chance_below(chance, 12);
    return pick < 6 ? edges[pick] : (int64_t)chance_next(chance);
}

static void random_value(struct chance *chance, struct arena *arena, struct cell *cell)
{
    int64_t bits = random_integer(chance);
    switch (cell->type) {
    case CELL_INTEGER:
        cell->integer = bits;
        break;
    case CELL_DOUBLE:
        memcpy(&cell->number, &bits, sizeof(bits)); /* subnormals, infinities and NaNs too */
        break;
    case CELL_BOOLEAN:
        cell->boolean = bits & 1;
        break;
    case CELL_STRING:
    case CELL_BINARY:
        cell->bytes = random_bytes(chance, arena, 0);
        break;
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
}

static void random_name(struct chance *chance, struct arena *arena, struct cell *cell)
{
    cell->name = random_bytes(chance, arena, 1);
    cell->name_crc_known = chance_below(chance, 2) == 1;
    cell->name_crc = cell->name_crc_known ? crc8(0, cell->name.at, cell->name.len) : 0;
}

static void random_key(struct chance *chance, struct arena *arena, struct cell *cell)
{
    static const enum cell_type types[] = {CELL_INTEGER, CELL_STRING,         CELL_BINARY,
                                           CELL_INF_MIN, CELL_AUTO_INCREMENT, CELL_INF_MAX};
    *cell = (struct cell){.op = CELL_PUT, .type = types[chance_below(chance, 6)]};
    random_name(chance, arena, cell);
    random_value(chance, arena, cell);
}

static void random_cell(struct chance *chance, struct arena *arena, struct cell *cell, enum row_op op)
{
    *cell = (struct cell){.op = CELL_PUT, .type = (enum cell_type)chance_below(chance, CELL_BINARY + 1)};
    if (op == ROW_UPDATE)
        cell->op = (enum cell_op)chance_below(chance, CELL_INCREMENT + 1);
    if (cell->op != CELL_PUT)
        cell->type = CELL_INTEGER;
    cell->has_timestamp =
        cell->op == CELL_DELETE_ONE || (cell->op == CELL_PUT && chance_below(chance, 2) == 1);
    cell->timestamp_ms = cell->has_timestamp ? random_integer(chance) : 0;
    random_name(chance, arena, cell);
    if (cell->op == CELL_PUT || cell->op == CELL_INCREMENT)
        random_value(chance, arena, cell);
}

void random_row(struct chance *chance, struct arena *arena, struct row *row)
{
    *row = (struct row){.op = (enum row_op)(ROW_PUT + chance_below(chance, 3))};
    row->key_count = 1 + (uint32_t)chance_below(chance, 4);
    row->cell_count = row->op == ROW_DELETE ? 0 : (uint32_t)chance_below(chance, 40);
    row->keys = arena_take(arena, row->key_count * sizeof(struct cell));
    row->cells = arena_take(arena, row->cell_count * sizeof(struct cell));
    for (uint32_t i = 0; i < row->key_count; i++)
        random_key(chance, arena, &row->keys[i]);
    for (uint32_t i = 0; i < row->cell_count; i++)
        random_cell(chance, arena, &row->cells[i], row->op);
}

static void assert_value_equal(const struct cell *sent, const struct cell *read)
{
    assert_int_equal(sent->type, read->type);
    if (sent->type == CELL_STRING || sent->type == CELL_BINARY)
        assert_true(slice_equal(sent->bytes, read->bytes));
    else if (sent->type == CELL_BOOLEAN)
        assert_int_equal(sent->boolean, read->boolean);
    else if (sent->type == CELL_INTEGER || sent->type == CELL_DOUBLE)
        assert_memory_equal(&sent->integer, &read->integer, sizeof(sent->integer));
}

static void assert_cells_equal(const struct cell *sent, const struct cell *read, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_true(slice_equal(sent[i].name, read[i].name));
        assert_int_equal(sent[i].op, read[i].op);
        assert_int_equal(sent[i].has_timestamp, read[i].has_timestamp);
        assert_int_equal(sent[i].timestamp_ms, read[i].timestamp_ms);
        if (sent[i].op == CELL_PUT || sent[i].op == CELL_INCREMENT)
            assert_value_equal(&sent[i], &read[i]);
    }
}

void random_row_assert_equal(const struct row *sent, const struct row *read)
{
    assert_int_equal(sent->op == ROW_DELETE, read->op == ROW_DELETE);
    assert_int_equal(sent->key_count, read->key_count);
    assert_int_equal(sent->cell_count, read->cell_count);
    assert_cells_equal(sent->keys, read->keys, sent->key_count);
    assert_cells_equal(sent->cells, read->cells, sent->cell_count);
}
