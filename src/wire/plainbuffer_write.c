/* plainbuffer_write: rows to bytes. Every length is known before its bytes, so all is written once and
 * forward, and the checksums grow with the bytes. */
#include "wire/plainbuffer.h"

#include "wire/bytes.h"
#include "wire/crc8.h"
#include "wire/plainbuffer_tags.h"

enum {
    HEADER_BYTES = 4,
    CELL_FRAME = 1 + 5 + 2, /* TAG_CELL, name tag and length, checksum */
    ROW_FRAME = 2,          /* checksum */
    VALUE_FRAME = 5,        /* tag and length */
    TYPE_FRAME = 2,         /* tag and operation */
    TIMESTAMP_FRAME = 1 + 8
};

/* Bytes of a value: its type and what follows. */
static inline uint32_t value_size(const struct cell *cell)
{
    switch (cell->type) {
    case CELL_INTEGER:
    case CELL_DOUBLE:
        return 9;
    case CELL_BOOLEAN:
        return 2;
    case CELL_STRING:
    case CELL_BINARY:
        return 5 + (uint32_t)cell->bytes.len;
    case CELL_AUTO_INCREMENT:
    case CELL_INF_MIN:
    case CELL_INF_MAX:
        break;
    }
    return 1;
}

static inline bool has_value(const struct cell *cell)
{
    return cell->op == CELL_PUT || cell->op == CELL_INCREMENT;
}

static inline size_t cells_size(const struct cell *cells, uint32_t count)
{
    size_t bytes = count == 0 ? 0 : 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        bytes += CELL_FRAME + cell->name.len;
        bytes += has_value(cell) ? VALUE_FRAME + value_size(cell) : 0;
        bytes += cell->op == CELL_PUT ? 0 : TYPE_FRAME;
        bytes += cell->has_timestamp ? TIMESTAMP_FRAME : 0;
    }
    return bytes;
}

/* A deletion is its key and the marker; what cells it may have are left out. */
static inline uint32_t cells_written(const struct row *row)
{
    return row->op == ROW_DELETE ? 0 : row->cell_count;
}

size_t plainbuffer_row_size(const struct row *row)
{
    size_t marker = row->op == ROW_DELETE ? 1 : 0;
    return cells_size(row->keys, row->key_count) + cells_size(row->cells, cells_written(row)) + marker +
           ROW_FRAME;
}

size_t plainbuffer_size(const struct row *row)
{
    return HEADER_BYTES + plainbuffer_row_size(row);
}

static inline char *put_name(char *to, const struct cell *cell, uint8_t *crc)
{
    *to++ = TAG_CELL;
    *to++ = TAG_CELL_NAME;
    to = bytes_put_u32(to, (uint32_t)cell->name.len);
    if (cell->name_crc_known) {
        bytes_copy(to, cell->name.at, cell->name.len);
        *crc = cell->name_crc;
    } else {
        *crc = crc8_copy(0, to, cell->name.at, cell->name.len);
    }
    return to + cell->name.len;
}

static inline char *put_eight(char *to, uint8_t type, uint64_t value, uint8_t *crc)
{
    *to++ = (char)type;
    *crc = crc8_word(crc8_byte(*crc, type), value);
    return bytes_put_u64(to, value);
}

static inline char *put_one(char *to, uint8_t byte, uint8_t *crc)
{
    *to = (char)byte;
    *crc = crc8_byte(*crc, byte);
    return to + 1;
}

static inline char *put_bytes(char *to, uint8_t type, struct slice bytes, uint8_t *crc)
{
    to = put_one(to, type, crc);
    uint32_t len = (uint32_t)bytes.len;
    /* Four zero bytes in front would change nothing: the length is the end of a word. */
    *crc = crc8_word(0, (uint64_t)(len ^ *crc) << 32);
    to = bytes_put_u32(to, len);
    *crc = crc8_copy(*crc, to, bytes.at, bytes.len);
    return to + bytes.len;
}

static inline uint64_t double_bits(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof(bits));
    return bits;
}

static inline char *put_payload(char *to, const struct cell *cell, uint8_t *crc)
{
    switch (cell->type) {
    case CELL_INTEGER:
        return put_eight(to, VALUE_TAG_INTEGER, (uint64_t)cell->integer, crc);
    case CELL_DOUBLE:
        return put_eight(to, VALUE_TAG_DOUBLE, double_bits(cell->number), crc);
    case CELL_BOOLEAN:
        return put_one(put_one(to, VALUE_TAG_BOOLEAN, crc), cell->boolean, crc);
    case CELL_STRING:
        return put_bytes(to, VALUE_TAG_STRING, cell->bytes, crc);
    case CELL_BINARY:
        return put_bytes(to, VALUE_TAG_BLOB, cell->bytes, crc);
    case CELL_AUTO_INCREMENT:
        return put_one(to, VALUE_TAG_AUTO_INCREMENT, crc);
    case CELL_INF_MIN:
        return put_one(to, VALUE_TAG_INF_MIN, crc);
    case CELL_INF_MAX:
        break;
    }
    return put_one(to, VALUE_TAG_INF_MAX, crc);
}

static inline char *put_value(char *to, const struct cell *cell, uint8_t *crc)
{
    *to++ = TAG_CELL_VALUE;
    to = bytes_put_u32(to, value_size(cell));
    return put_payload(to, cell, crc);
}

/* Operation and timestamp: written in this order, in the checksum the other way round. */
static char *put_version(char *to, const struct cell *cell, uint8_t *crc)
{
    if (cell->op != CELL_PUT) {
        *to++ = TAG_CELL_TYPE;
        *to++ = (char)plainbuffer_op_tag(cell->op);
    }
    if (cell->has_timestamp) {
        *to++ = TAG_CELL_TIMESTAMP;
        to = bytes_put_u64(to, (uint64_t)cell->timestamp_ms);
        *crc = crc8_word(*crc, (uint64_t)cell->timestamp_ms);
    }
    if (cell->op != CELL_PUT)
        *crc = crc8_byte(*crc, plainbuffer_op_tag(cell->op));
    return to;
}

static char *put_cells(char *to, uint8_t tag, const struct cell *cells, uint32_t count, uint8_t *row_crc)
{
    if (count == 0)
        return to;
    *to++ = (char)tag;
    for (uint32_t i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];
        uint8_t crc;
        to = put_name(to, cell, &crc);
        if (has_value(cell))
            to = put_value(to, cell, &crc);
        if (cell->op != CELL_PUT || cell->has_timestamp)
            to = put_version(to, cell, &crc);
        *to++ = TAG_CELL_CHECKSUM;
        *to++ = (char)crc;
        *row_crc = crc8_byte(*row_crc, crc);
    }
    return to;
}

char *plainbuffer_put_header(char *to)
{
    return bytes_put_u32(to, PLAINBUFFER_HEADER);
}

char *plainbuffer_put_row(const struct row *row, char *to)
{
    uint8_t crc = 0;
    to = put_cells(to, TAG_ROW_PK, row->keys, row->key_count, &crc);
    to = put_cells(to, TAG_ROW_DATA, row->cells, cells_written(row), &crc);
    if (row->op == ROW_DELETE)
        *to++ = TAG_DELETE_MARKER;
    *to++ = TAG_ROW_CHECKSUM;
    *to++ = (char)crc8_byte(crc, row->op == ROW_DELETE);
    return to;
}

char *plainbuffer_put(const struct row *row, char *to)
{
    return plainbuffer_put_row(row, plainbuffer_put_header(to));
}
