/* plainbuffer_read: bytes to rows. Whatever the bytes say, nothing outside them is read: all goes through
 * take(). */
#include "wire/plainbuffer.h"

#include "base/arena.h"
#include "base/error.h"
#include "wire/bytes.h"
#include "wire/crc8.h"
#include "wire/plainbuffer_tags.h"

enum { CELLS_AT_FIRST = 16 };

/* A growing array of cells in the arena. */
struct cells {
    struct arena *arena;
    struct cell *at;
    uint32_t count;
    uint32_t room;
};

static int bad(struct error *err, const char *what)
{
    return error_set(err, ERROR_RETRY, "plainbuffer: %s", what);
}

static inline bool take(struct plainbuffer_reader *reader, size_t bytes, const char **at)
{
    if ((size_t)(reader->end - reader->at) < bytes)
        return false;
    *at = reader->at;
    reader->at += bytes;
    return true;
}

static inline bool take_tag(struct plainbuffer_reader *reader, uint8_t tag)
{
    if (reader->at == reader->end || (uint8_t)*reader->at != tag)
        return false;
    reader->at++;
    return true;
}

/* A length and as many bytes. */
static inline bool take_slice(struct plainbuffer_reader *reader, struct slice *slice)
{
    const char *at;
    if (!take(reader, 4, &at))
        return false;
    slice->len = bytes_get_u32(at);
    return take(reader, slice->len, &slice->at);
}

static struct cell *cells_add(struct cells *cells)
{
    if (cells->count == cells->room) {
        cells->room = cells->room == 0 ? CELLS_AT_FIRST : cells->room * 2;
        struct cell *more = arena_take(cells->arena, cells->room * sizeof(*more));
        if (cells->count > 0)
            memcpy(more, cells->at, cells->count * sizeof(*more));
        cells->at = more;
    }
    struct cell *cell = &cells->at[cells->count++];
    *cell = (struct cell){.op = CELL_PUT};
    return cell;
}

static int number_of(struct slice value, struct cell *cell, struct error *err)
{
    if (value.len != 9)
        return bad(err, "a number that does not have 8 bytes");
    uint64_t bits = bytes_get_u64(value.at + 1);
    if (value.at[0] == VALUE_TAG_INTEGER) {
        cell->type = CELL_INTEGER;
        cell->integer = (int64_t)bits;
    } else {
        cell->type = CELL_DOUBLE;
        memcpy(&cell->number, &bits, sizeof(bits));
    }
    return 0;
}

static int boolean_of(struct slice value, struct cell *cell, struct error *err)
{
    if (value.len != 2 || (uint8_t)value.at[1] > 1)
        return bad(err, "a boolean that is neither 0 nor 1");
    cell->type = CELL_BOOLEAN;
    cell->boolean = value.at[1] == 1;
    return 0;
}

static int bytes_of(struct slice value, struct cell *cell, struct error *err)
{
    if (value.len < 5 || bytes_get_u32(value.at + 1) != value.len - 5)
        return bad(err, "a string or blob whose two lengths do not agree");
    cell->type = value.at[0] == VALUE_TAG_STRING ? CELL_STRING : CELL_BINARY;
    cell->bytes = slice_of(value.at + 5, value.len - 5);
    return 0;
}

static int sign_of(struct slice value, enum cell_type type, struct cell *cell, struct error *err)
{
    if (value.len != 1)
        return bad(err, "bytes behind a value that has none");
    cell->type = type;
    return 0;
}

static int value_of(struct slice value, struct cell *cell, struct error *err)
{
    if (value.len == 0)
        return bad(err, "a value without a type");
    switch ((uint8_t)value.at[0]) {
    case VALUE_TAG_INTEGER:
    case VALUE_TAG_DOUBLE:
        return number_of(value, cell, err);
    case VALUE_TAG_BOOLEAN:
        return boolean_of(value, cell, err);
    case VALUE_TAG_STRING:
    case VALUE_TAG_BLOB:
        return bytes_of(value, cell, err);
    case VALUE_TAG_INF_MIN:
        return sign_of(value, CELL_INF_MIN, cell, err);
    case VALUE_TAG_INF_MAX:
        return sign_of(value, CELL_INF_MAX, cell, err);
    case VALUE_TAG_AUTO_INCREMENT:
        return sign_of(value, CELL_AUTO_INCREMENT, cell, err);
    case VALUE_TAG_NULL:
        return bad(err, "a value of type NULL, which no column may have");
    default:
        return bad(err, "a value of an unknown type");
    }
}

static int op_of(uint8_t tag, struct cell *cell, struct error *err)
{
    switch (tag) {
    case CELL_TAG_DELETE_ALL:
        cell->op = CELL_DELETE_ALL;
        return 0;
    case CELL_TAG_DELETE_ONE:
        cell->op = CELL_DELETE_ONE;
        return 0;
    case CELL_TAG_INCREMENT:
        cell->op = CELL_INCREMENT;
        return 0;
    default:
        return bad(err, "an unknown cell operation");
    }
}

/* What must be there and what must not (4.4). */
static int check_operation(const struct cell *cell, bool has_value, struct error *err)
{
    if (!has_value && (cell->op == CELL_PUT || cell->op == CELL_INCREMENT))
        return bad(err, "a cell without a value");
    if (has_value && (cell->op == CELL_DELETE_ALL || cell->op == CELL_DELETE_ONE))
        return bad(err, "a deletion with a value");
    if (cell->op == CELL_INCREMENT && cell->type != CELL_INTEGER)
        return bad(err, "an increment that is not an integer");
    if (cell->op == CELL_DELETE_ONE && !cell->has_timestamp)
        return bad(err, "a deletion of one version without its timestamp");
    if (cell->has_timestamp && (cell->op == CELL_DELETE_ALL || cell->op == CELL_INCREMENT))
        return bad(err, "a timestamp with an operation that has none");
    return 0;
}

static int check_place(const struct cell *cell, bool key, struct error *err)
{
    if (key && (cell->op != CELL_PUT || cell->has_timestamp))
        return bad(err, "a primary key column with an operation or a timestamp");
    if (key && (cell->type == CELL_DOUBLE || cell->type == CELL_BOOLEAN))
        return bad(err, "a primary key column that is a double or a boolean");
    if (!key && cell->type >= CELL_AUTO_INCREMENT)
        return bad(err, "an attribute column with a value that only a primary key may have");
    return 0;
}

/* Name, value, operation, timestamp: each at most once and in this order; the first is never missing. */
static int read_parts(struct plainbuffer_reader *reader, struct cell *cell, struct slice *value,
                      struct error *err)
{
    const char *at;
    if (!take_tag(reader, TAG_CELL_NAME) || !take_slice(reader, &cell->name))
        return bad(err, "a cell without a whole name");
    if (take_tag(reader, TAG_CELL_VALUE)) {
        if (!take_slice(reader, value))
            return bad(err, "a value that is cut off");
        if (value_of(*value, cell, err) != 0)
            return -1;
    }
    if (take_tag(reader, TAG_CELL_TYPE)) {
        if (!take(reader, 1, &at))
            return bad(err, "a cell operation that is cut off");
        if (op_of((uint8_t)*at, cell, err) != 0)
            return -1;
    }
    if (take_tag(reader, TAG_CELL_TIMESTAMP)) {
        if (!take(reader, 8, &at))
            return bad(err, "a timestamp that is cut off");
        cell->has_timestamp = true;
        cell->timestamp_ms = (int64_t)bytes_get_u64(at);
    }
    return 0;
}

static uint8_t cell_crc(const struct cell *cell, struct slice value)
{
    uint8_t crc = crc8(cell->name_crc, value.at, value.len);
    if (cell->has_timestamp)
        crc = crc8_word(crc, (uint64_t)cell->timestamp_ms);
    return cell->op == CELL_PUT ? crc : crc8_byte(crc, plainbuffer_op_tag(cell->op));
}

static int read_cell(struct plainbuffer_reader *reader, struct cell *cell, bool key, uint8_t *row_crc,
                     struct error *err)
{
    struct slice value = {NULL, 0};
    const char *at;
    if (read_parts(reader, cell, &value, err) != 0)
        return -1;
    if (!take_tag(reader, TAG_CELL_CHECKSUM) || !take(reader, 1, &at))
        return bad(err, "a cell without its checksum");
    cell->name_crc = crc8(0, cell->name.at, cell->name.len);
    cell->name_crc_known = true;
    uint8_t crc = cell_crc(cell, value);
    if ((uint8_t)*at != crc)
        return bad(err, "a cell with a wrong checksum");
    *row_crc = crc8_byte(*row_crc, crc);
    if (check_operation(cell, value.len > 0, err) != 0)
        return -1;
    return check_place(cell, key, err);
}

/* All cells of one part of the row; `tag` opens it. A part that is there has at least one cell. */
static int read_cells(struct plainbuffer_reader *reader, uint8_t tag, struct cells *cells, uint8_t *row_crc,
                      struct error *err)
{
    if (!take_tag(reader, tag))
        return 0;
    while (take_tag(reader, TAG_CELL)) {
        if (read_cell(reader, cells_add(cells), tag == TAG_ROW_PK, row_crc, err) != 0)
            return -1;
    }
    return cells->count > 0 ? 0 : bad(err, "a part of a row without cells");
}

/* Stream and tunnel records have one; its content says nothing about the row. */
static int skip_extension(struct plainbuffer_reader *reader, struct error *err)
{
    struct slice extension;
    if (take_tag(reader, TAG_EXTENSION) && !take_slice(reader, &extension))
        return bad(err, "an extension that is cut off");
    return 0;
}

static bool only_zeros(const struct plainbuffer_reader *reader)
{
    for (const char *at = reader->at; at < reader->end; at++) {
        if (*at != 0)
            return false;
    }
    return true;
}

int plainbuffer_open(struct plainbuffer_reader *reader, struct slice bytes, struct arena *arena,
                     struct error *err)
{
    const char *at;
    *reader = (struct plainbuffer_reader){.arena = arena};
    if (bytes.len == 0)
        return 0;
    reader->at = bytes.at;
    reader->end = bytes.at + bytes.len;
    if (!take(reader, 4, &at) || bytes_get_u32(at) != PLAINBUFFER_HEADER)
        return bad(err, "it does not begin with the header 75 00 00 00");
    return 0;
}

static int read_end(struct plainbuffer_reader *reader, struct row *row, uint8_t crc, struct error *err)
{
    const char *at;
    row->op = take_tag(reader, TAG_DELETE_MARKER) ? ROW_DELETE : ROW_PUT;
    if (skip_extension(reader, err) != 0)
        return -1;
    if (!take_tag(reader, TAG_ROW_CHECKSUM) || !take(reader, 1, &at))
        return bad(err, "a tag where it does not belong, or a row without its checksum");
    if ((uint8_t)*at != crc8_byte(crc, row->op == ROW_DELETE))
        return bad(err, "a row with a wrong checksum");
    return 1;
}

int plainbuffer_next(struct plainbuffer_reader *reader, struct row *row, struct error *err)
{
    struct cells keys = {.arena = reader->arena};
    struct cells cells = {.arena = reader->arena};
    uint8_t crc = 0;
    if (reader->at == reader->end || (*reader->at == 0 && only_zeros(reader)))
        return 0;
    if (read_cells(reader, TAG_ROW_PK, &keys, &crc, err) != 0 ||
        read_cells(reader, TAG_ROW_DATA, &cells, &crc, err) != 0)
        return -1;
    *row =
        (struct row){.keys = keys.at, .key_count = keys.count, .cells = cells.at, .cell_count = cells.count};
    for (uint32_t i = 0; i < keys.count; i++)
        row->placeholder |= keys.at[i].type == CELL_AUTO_INCREMENT;
    return read_end(reader, row, crc, err);
}

int plainbuffer_bare(struct slice bytes, struct cell *cell, struct error *err)
{
    *cell = (struct cell){.op = CELL_PUT};
    return value_of(bytes, cell, err);
}
