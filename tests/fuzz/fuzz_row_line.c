/* fuzz_row_line: any bytes as a line: a row, nothing on purpose, or an error in words. What is a row is
 * written again and read again, and is the same row. */
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "wire/plainbuffer.h"
#include "wire/row_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_line(struct buffer *line, const struct row_line *found)
{
    buffer_reset(line, SIZE_MAX);
    buffer_add(line, "{", 1);
    struct slice table = found->table.at != NULL ? found->table : SLICE("t");
    if (found->series)
        row_line_put_series(line, table, &found->row);
    else
        row_line_put(line, table, &found->row);
    buffer_add(line, "}", 1);
}

/* A row that can be sent: the bytes are as long as they were said to be. */
static void encode(const struct row *row, struct arena *arena)
{
    size_t bytes = plainbuffer_size(row);
    char *at = arena_take(arena, bytes);
    CHECK(plainbuffer_put(row, at) == at + bytes);
}

static void again(const struct row_line *found, struct arena *arena)
{
    struct row_line second;
    struct error err;
    struct buffer first_line, second_line;
    buffer_init(&first_line, SIZE_MAX);
    buffer_init(&second_line, SIZE_MAX);
    write_line(&first_line, found);
    CHECK(row_line_read(buffer_slice(&first_line), arena, &second, &err) == 1);
    write_line(&second_line, &second);
    CHECK(slice_equal(buffer_slice(&first_line), buffer_slice(&second_line)));
    if (!found->series)
        encode(&found->row, arena);
    buffer_fini(&first_line);
    buffer_fini(&second_line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct row_line found;
    struct error err = {ERROR_NONE, ""};
    arena_init(&arena, 4096);
    int rc = row_line_read(slice_of(data, size), &arena, &found, &err);
    CHECK(rc == 1 || rc == 0 || (rc == -1 && err.kind == ERROR_RECORD && err.text[0] != 0));
    if (rc == 1)
        again(&found, &arena);
    arena_fini(&arena);
    return 0;
}
