/* read_token: a version byte, the length of the name, the name, the timestamp. */
#include "emulator/read_token.h"

#include "base/arena.h"
#include "emulator/limits.h"
#include "emulator/row_cells.h"
#include "wire/bytes.h"
#include "wire/plainbuffer.h"

enum { TOKEN_KIND = 1, TOKEN_FRAME = 2 + 8 };

int read_token_read(struct slice bytes, struct read_token *token, struct refusal *refusal)
{
    *token = (struct read_token){.timestamp_ms = INT64_MAX};
    if (bytes.len == 0)
        return 0;
    if (bytes.len > TOKEN_FRAME && bytes.at[0] == TOKEN_KIND &&
        bytes.len == (size_t)TOKEN_FRAME + (unsigned char)bytes.at[1]) {
        token->name = slice_of(bytes.at + 2, bytes.len - TOKEN_FRAME);
        token->timestamp_ms = (int64_t)bytes_get_u64(bytes.at + bytes.len - 8);
    }
    if (token->name.at == NULL || !limits_name(token->name))
        return refusal_set(refusal, "OTSParameterInvalid", "Invalid token.");
    return 0;
}

void read_token_skip(const struct read_token *token, struct row *row)
{
    if (token->name.at == NULL)
        return;
    uint32_t first = row_cells_place(row->cells, row->cell_count, token->name, token->timestamp_ms);
    row->cells += first;
    row->cell_count -= first;
}

static struct slice token_pack(const struct cell *cell, struct arena *arena)
{
    char *at = arena_take(arena, TOKEN_FRAME + cell->name.len);
    at[0] = TOKEN_KIND;
    at[1] = (char)cell->name.len;
    bytes_copy(at + 2, cell->name.at, cell->name.len);
    bytes_put_u64(at + 2 + cell->name.len, (uint64_t)cell->timestamp_ms);
    return slice_of(at, TOKEN_FRAME + cell->name.len);
}

struct slice read_token_cut(struct row *row, size_t most_bytes, struct arena *arena)
{
    struct row key = {.op = ROW_PUT, .keys = row->keys, .key_count = row->key_count};
    struct row one = {.op = ROW_PUT, .cell_count = 1};
    if (plainbuffer_size(row) <= most_bytes)
        return slice_of(NULL, 0);
    size_t bytes = plainbuffer_size(&key);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        one.cells = &row->cells[i];
        bytes += plainbuffer_row_size(&one);
        if (bytes > most_bytes && i > 0) {
            row->cell_count = i;
            return token_pack(&row->cells[i], arena);
        }
    }
    return slice_of(NULL, 0);
}
