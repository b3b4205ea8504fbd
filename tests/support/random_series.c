/* random_series: see random_series.h. */
#include "support/random_series.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "support/cmocka_all.h"

/* A text that is UTF-8, of any length up to a most that is small most of the time. */
static struct slice random_text(struct chance *chance, struct arena *arena)
{
    static const char *const letters[] = {"a", "Z", "_", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x99\x82"};
    static const size_t mosts[] = {0, 3, 8, 20, 300, 5000};
    size_t letter_count = chance_below(chance, mosts[chance_below(chance, 6)] + 1);
    char *at = arena_take(arena, 4 * letter_count + 1);
    size_t len = 0;
    for (size_t i = 0; i < letter_count; i++) {
        const char *letter = letters[chance_below(chance, 6)];
        memcpy(at + len, letter, strlen(letter));
        len += strlen(letter);
    }
    return slice_of(at, len);
}

/* Names in byte order, all different: the number in front does both. */
static struct slice random_name(struct chance *chance, struct arena *arena, uint32_t number)
{
    struct slice text = random_text(chance, arena);
    char *at = arena_take(arena, text.len + 16);
    int front = snprintf(at, 16, "%06u", number);
    memcpy(at + front, text.at, text.len);
    return slice_of(at, (size_t)front + text.len);
}

static int64_t random_bits(struct chance *chance)
{
    static const int64_t edges[] = {0, 1, -1, INT64_MIN, INT64_MAX, 1LL << 32};
    uint64_t pick = chance_below(chance, 12);
    return pick < 6 ? edges[pick] : (int64_t)chance_next(chance);
}

static void random_field(struct chance *chance, struct arena *arena, uint32_t number, struct cell *cell)
{
    int64_t bits = random_bits(chance);
    *cell = (struct cell){.type = (enum cell_type)chance_below(chance, CELL_BINARY + 1)};
    cell->name = random_name(chance, arena, number);
    if (cell->type == CELL_DOUBLE)
        memcpy(&cell->number, &bits, sizeof(bits)); /* infinities and NaNs too */
    else if (cell->type == CELL_BOOLEAN)
        cell->boolean = bits & 1;
    else if (cell->type == CELL_INTEGER)
        cell->integer = bits;
    else
        cell->bytes = random_text(chance, arena);
}

void random_series(struct chance *chance, struct arena *arena, uint32_t fields_most, struct row *row)
{
    uint32_t tags = (uint32_t)chance_below(chance, 12);
    *row = (struct row){.op = ROW_PUT, .key_count = tags + SERIES_BESIDE_TAGS};
    row->cell_count = (uint32_t)chance_below(chance, fields_most + 1);
    row->keys = arena_take(arena, row->key_count * sizeof(struct cell));
    row->cells = arena_take(arena, ((size_t)row->cell_count + 1) * sizeof(struct cell));
    for (uint32_t i = 0; i < row->key_count; i++) {
        bool tag = i >= SERIES_TAGS && i < row->key_count - 1;
        row->keys[i] = (struct cell){.type = CELL_STRING, .bytes = random_text(chance, arena)};
        row->keys[i].name = tag ? random_name(chance, arena, i) : SLICE("");
    }
    row->keys[row->key_count - 1] =
        (struct cell){.type = CELL_INTEGER, .integer = random_bits(chance) & INT64_MAX};
    for (uint32_t i = 0; i < row->cell_count; i++)
        random_field(chance, arena, i, &row->cells[i]);
}

static void assert_cell_equal(const struct cell *wanted, const struct cell *found)
{
    assert_int_equal(wanted->type, found->type);
    if (wanted->type == CELL_STRING || wanted->type == CELL_BINARY)
        assert_true(slice_equal(wanted->bytes, found->bytes));
    else if (wanted->type == CELL_BOOLEAN)
        assert_int_equal(wanted->boolean, found->boolean);
    else
        assert_memory_equal(&wanted->integer, &found->integer, sizeof(wanted->integer));
}

void random_series_assert_equal(const struct row *wanted, const struct row *found)
{
    assert_int_equal(wanted->key_count, found->key_count);
    assert_int_equal(wanted->cell_count, found->cell_count);
    for (uint32_t i = 0; i < wanted->key_count; i++) {
        bool tag = i >= SERIES_TAGS && i < wanted->key_count - 1;
        assert_true(!tag || slice_equal(wanted->keys[i].name, found->keys[i].name));
        assert_cell_equal(&wanted->keys[i], &found->keys[i]);
    }
    for (uint32_t i = 0; i < wanted->cell_count; i++) {
        assert_true(slice_equal(wanted->cells[i].name, found->cells[i].name));
        assert_cell_equal(&wanted->cells[i], &found->cells[i]);
    }
}
