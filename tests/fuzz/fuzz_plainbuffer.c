/* fuzz_plainbuffer: any bytes as rows, and as a bare value. What was read is written and read again: it must
 * be the same bytes both times. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/error.h"
#include "wire/plainbuffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice encode(struct arena *arena, const struct row *row)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(arena, bytes);
    CHECK(plainbuffer_put(row, at) == at + bytes);
    return slice_of(at, bytes);
}

static void check_again(struct arena *arena, const struct row *row)
{
    struct plainbuffer_reader reader;
    struct row again;
    struct error err = {0};
    struct slice bytes = encode(arena, row);
    CHECK(plainbuffer_open(&reader, bytes, arena, &err) == 0);
    CHECK(plainbuffer_next(&reader, &again, &err) == 1);
    CHECK(again.op == row->op && again.key_count == row->key_count);
    CHECK(row->op == ROW_DELETE || again.cell_count == row->cell_count);
    CHECK(slice_equal(encode(arena, &again), bytes));
    CHECK(plainbuffer_next(&reader, &again, &err) == 0);
}

static void read_rows(struct arena *arena, struct slice bytes)
{
    struct plainbuffer_reader reader;
    struct row row;
    struct error err = {0};
    if (plainbuffer_open(&reader, bytes, arena, &err) != 0)
        return;
    while (plainbuffer_next(&reader, &row, &err) == 1)
        check_again(arena, &row);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct cell cell;
    struct error err = {0};
    /* The copy ends where its memory ends. */
    char *edge = check_memory(malloc(size + 1));
    memcpy(edge, data, size);
    arena_init(&arena, 4096);
    read_rows(&arena, slice_of(edge, size));
    plainbuffer_bare(slice_of(edge, size), &cell, &err);
    arena_fini(&arena);
    free(edge);
    return 0;
}
