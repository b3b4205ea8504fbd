/* data_piece: a checksum of 4 bytes, then rows: the table's number, the key with its length, and the cells
 * with their length plus 1, or 0 for a row that is gone. Numbers are in groups of 7 bits, the lowest first.
 */
#include <zlib.h>

#include "base/check.h"
#include "emulator/data_private.h"

enum { PIECE_CHECKSUM = 4, PIECE_NUMBER_MOST = 10 };

static uint32_t piece_checksum(struct slice rows)
{
    return (uint32_t)crc32_z(0, (const Bytef *)rows.at, rows.len);
}

/* ---- writing ---- */

void data_piece_begin(struct buffer *piece)
{
    buffer_reset(piece, (size_t)2 * DATA_PIECE_FULL);
    CHECK(buffer_reserve(piece, PIECE_CHECKSUM) != NULL);
    piece->len = PIECE_CHECKSUM;
}

bool data_piece_empty(const struct buffer *piece)
{
    return piece->len == PIECE_CHECKSUM;
}

void data_piece_finish(struct buffer *piece)
{
    uint32_t checksum = piece_checksum(slice_of(piece->at + PIECE_CHECKSUM, piece->len - PIECE_CHECKSUM));
    for (int i = 0; i < PIECE_CHECKSUM; i++)
        piece->at[i] = (char)(checksum >> 8 * i);
}

static char *piece_put_number(char *to, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        *to++ = (char)(number | 128);
    *to++ = (char)number;
    return to;
}

static char *piece_put_bytes(char *to, const char *at, size_t bytes)
{
    if (bytes > 0)
        memcpy(to, at, bytes);
    return to + bytes;
}

static void piece_add(struct buffer *piece, int64_t table, const struct row_node *node, bool gone)
{
    size_t cells = gone ? 0 : node->packed_bytes;
    char *to = buffer_reserve(piece, (size_t)3 * PIECE_NUMBER_MOST + node->key_bytes + cells);
    to = piece_put_number(to, (uint64_t)table);
    to = piece_put_number(to, node->key_bytes);
    to = piece_put_bytes(to, node->key, node->key_bytes);
    to = piece_put_number(to, gone ? 0 : (uint64_t)cells + 1);
    to = piece_put_bytes(to, node->packed, cells);
    piece->len = (size_t)(to - piece->at);
}

void data_piece_add_row(struct buffer *piece, int64_t table, const struct row_node *node)
{
    piece_add(piece, table, node, false);
}

void data_piece_add_gone(struct buffer *piece, int64_t table, const struct row_node *node)
{
    piece_add(piece, table, node, true);
}

/* ---- reading ---- */

bool data_piece_open(struct slice piece, struct slice *rest)
{
    uint32_t checksum = 0;
    if (piece.len <= PIECE_CHECKSUM)
        return false;
    for (int i = 0; i < PIECE_CHECKSUM; i++)
        checksum |= (uint32_t)(unsigned char)piece.at[i] << 8 * i;
    *rest = slice_of(piece.at + PIECE_CHECKSUM, piece.len - PIECE_CHECKSUM);
    return piece_checksum(*rest) == checksum;
}

static bool piece_get_number(struct slice *rest, uint64_t *number)
{
    *number = 0;
    for (unsigned shift = 0; rest->len > 0 && shift < 63; shift += 7) {
        unsigned char byte = (unsigned char)*rest->at;
        *rest = slice_of(rest->at + 1, rest->len - 1);
        *number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

static bool piece_get_bytes(struct slice *rest, uint64_t bytes, struct slice *got)
{
    if (bytes > rest->len)
        return false;
    *got = slice_of(rest->at, (size_t)bytes);
    *rest = slice_of(rest->at + bytes, rest->len - (size_t)bytes);
    return true;
}

int data_piece_next(struct slice *rest, struct data_piece_row *row)
{
    uint64_t table = 0;
    uint64_t key = 0;
    uint64_t cells = 0;
    if (rest->len == 0)
        return 0;
    *row = (struct data_piece_row){.table = 0};
    if (!piece_get_number(rest, &table) || !piece_get_number(rest, &key) ||
        !piece_get_bytes(rest, key, &row->key) || !piece_get_number(rest, &cells))
        return -1;
    row->table = (int64_t)table;
    row->gone = cells == 0;
    if (!row->gone && !piece_get_bytes(rest, cells - 1, &row->cells))
        return -1;
    return 1;
}
