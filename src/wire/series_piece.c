/* series_piece: the head of a piece is always the same but for a few numbers, since every table in it has a
 * fixed shape; behind it lie the vectors and then the texts, so that all references go forward. */
#include "wire/series_piece.h"

#include "base/check.h"

/* Places in the head. A shape (vtable) says where in a table a field is; tables lie behind their shapes. */
enum {
    GROUP_SHAPE = 0,
    ROW_SHAPE = 12,
    TAG_SHAPE = 28,
    VALUES_SHAPE = 36,
    BINARY_SHAPE = 50,
    GROUP = SERIES_PIECE_GROUP_AT,
    GROUP_MEASUREMENT = GROUP + 4,
    GROUP_NAMES = GROUP + 8,
    GROUP_TYPES = GROUP + 12,
    GROUP_ROWS = GROUP + 16,
    ROWS = GROUP + 20,
    ROW = ROWS + 8, /* four more than a multiple of eight: its time lies on one */
    ROW_SOURCE = ROW + 12,
    ROW_VALUES = ROW + 16,
    ROW_TAGS = ROW + 24,
    VALUES = ROW + 28,
    HEAD_BYTES = VALUES + 24,
    TAG_BYTES = 12,
    BINARY_BYTES = 8
};
_Static_assert(ROW + 4 == SERIES_PIECE_TIME_AT && ROW + 20 == SERIES_PIECE_META_AT && HEAD_BYTES % 8 == 0,
               "the places that series_piece.h tells");

/* The vectors of FieldValues by slot; DataType is the slot + 1. */
enum value_slot { SLOT_LONG, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_STRING, SLOT_BINARY, SLOTS };

#define U16(value) (value) & 0xff, (value) >> 8
#define U32(value) U16(value), 0, 0

/* A shape: its own bytes, those of the table, then where in it each field is; 0 for one that is left out. Out
 * are the old form of tags, and of FieldValues, which has room for all five vectors, those that do not occur.
 */
static const uint8_t head_template[HEAD_BYTES] = {
    // clang-format off
    U16(12), U16(20), U16(GROUP_MEASUREMENT - GROUP), U16(GROUP_NAMES - GROUP), U16(GROUP_TYPES - GROUP),
        U16(GROUP_ROWS - GROUP),
    U16(16), U16(28), U16(ROW_SOURCE - ROW), U16(0), U16(SERIES_PIECE_TIME_AT - ROW), U16(ROW_VALUES - ROW),
        U16(SERIES_PIECE_META_AT - ROW), U16(ROW_TAGS - ROW),
    U16(8), U16(TAG_BYTES), U16(4), U16(8),
    U16(14), U16(24), U16(0), U16(0), U16(0), U16(0), U16(0),
    U16(6), U16(BINARY_BYTES), U16(4),
    /* the tables: group, vector of the one row, row, values; each begins with the way back to its shape */
    U32(GROUP - GROUP_SHAPE), U32(0), U32(0), U32(0), U32(ROWS - GROUP_ROWS),
    U32(1), U32(ROW - (ROWS + 4)),
    U32(ROW - ROW_SHAPE), U32(0), U32(0), U32(0), U32(VALUES - ROW_VALUES), U32(0), U32(0),
    U32(VALUES - VALUES_SHAPE),
    // clang-format on
};

/* What a row's piece looks like: how many of each kind, and where their vectors begin. */
struct row_layout {
    uint32_t count[SLOTS];
    uint32_t vector[SLOTS];
    uint32_t tags, names, types;
    uint32_t texts;
};

static inline uint32_t padded(uint32_t bytes, uint32_t to)
{
    return (bytes + to - 1) & ~(to - 1);
}

/* A text has its length in front and a zero byte behind; binary has no zero byte. */
static inline uint32_t text_size(size_t len)
{
    return 4 + padded((uint32_t)len + 1, 4);
}

static inline uint32_t binary_size(size_t len)
{
    return 4 + padded((uint32_t)len, 4);
}

static inline enum value_slot slot_of(enum cell_type type)
{
    static const uint8_t slots[] = {[CELL_INTEGER] = SLOT_LONG,
                                    [CELL_DOUBLE] = SLOT_DOUBLE,
                                    [CELL_BOOLEAN] = SLOT_BOOLEAN,
                                    [CELL_STRING] = SLOT_STRING,
                                    [CELL_BINARY] = SLOT_BINARY};
    return (enum value_slot)slots[type];
}

static void row_lay(const struct row *row, struct row_layout *layout)
{
    *layout = (struct row_layout){.texts = 0};
    for (uint32_t i = 0; i < row->cell_count; i++) {
        CHECK(row->cells[i].type <= CELL_BINARY);
        layout->count[slot_of(row->cells[i].type)]++;
    }
    const uint32_t *count = layout->count;
    uint32_t at = HEAD_BYTES;
    layout->vector[SLOT_LONG] = at; /* four bytes of nothing, the count, and then eights that lie on eights */
    at += count[SLOT_LONG] > 0 ? 8 + 8 * count[SLOT_LONG] : 0;
    layout->vector[SLOT_DOUBLE] = at;
    at += count[SLOT_DOUBLE] > 0 ? 8 + 8 * count[SLOT_DOUBLE] : 0;
    layout->vector[SLOT_BOOLEAN] = at;
    at += count[SLOT_BOOLEAN] > 0 ? 4 + padded(count[SLOT_BOOLEAN], 4) : 0;
    layout->vector[SLOT_STRING] = at;
    at += count[SLOT_STRING] > 0 ? 4 + 4 * count[SLOT_STRING] : 0;
    layout->vector[SLOT_BINARY] = at;
    at += count[SLOT_BINARY] > 0 ? 4 + (4 + BINARY_BYTES) * count[SLOT_BINARY] : 0;
    layout->tags = at;
    layout->names = at + 4 + (4 + TAG_BYTES) * series_tag_count(row);
    layout->types = layout->names + 4 + 4 * row->cell_count;
    layout->texts = layout->types + 4 + padded(row->cell_count, 4);
}

static uint32_t texts_size(const struct row *row)
{
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < row->key_count - 1; i++)
        bytes +=
            text_size(row->keys[i].bytes.len) + (i >= SERIES_TAGS ? text_size(row->keys[i].name.len) : 0);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        const struct cell *cell = &row->cells[i];
        bytes += text_size(cell->name.len);
        if (cell->type == CELL_STRING)
            bytes += text_size(cell->bytes.len);
        else if (cell->type == CELL_BINARY)
            bytes += binary_size(cell->bytes.len);
    }
    return bytes;
}

size_t series_piece_size(const struct row *row)
{
    struct row_layout layout;
    row_lay(row, &layout);
    return padded(layout.texts + texts_size(row), 8);
}

/* Where the next one of each kind goes. */
struct row_writer {
    char *piece;
    char *slot[SLOTS]; /* numbers, or references to texts and to binary tables */
    char *binaries;    /* those tables */
    char *names;       /* references */
    char *types;
    char *texts;
};

static inline void put_reference(char *at, const char *target)
{
    bytes_put_u32(at, (uint32_t)(target - at));
}

static inline void put_shape(const struct row_writer *writer, char *table, uint32_t shape)
{
    bytes_put_u32(table, (uint32_t)(table - (writer->piece + shape)));
}

static inline void put_bytes(struct row_writer *writer, char *reference, struct slice content, uint32_t bytes)
{
    char *at = writer->texts;
    put_reference(reference, at);
    bytes_put_u32(at + bytes - 4, 0); /* what is behind the content; or the length, when there is none */
    bytes_copy(bytes_put_u32(at, (uint32_t)content.len), content.at, content.len);
    writer->texts = at + bytes;
}

static inline void put_text(struct row_writer *writer, char *reference, struct slice text)
{
    put_bytes(writer, reference, text, text_size(text.len));
}

static void put_binary(struct row_writer *writer, char *reference, struct slice binary)
{
    char *table = writer->binaries;
    put_reference(reference, table);
    put_shape(writer, table, BINARY_SHAPE);
    put_bytes(writer, table + 4, binary, binary_size(binary.len));
    writer->binaries = table + BINARY_BYTES;
}

static void put_value(struct row_writer *writer, const struct cell *cell, enum value_slot slot)
{
    char *at = writer->slot[slot];
    switch (slot) {
    case SLOT_LONG:
    case SLOT_DOUBLE: { /* the same eight bytes of the union */
        uint64_t bits;
        memcpy(&bits, &cell->integer, sizeof(bits));
        writer->slot[slot] = bytes_put_u64(at, bits);
        return;
    }
    case SLOT_BOOLEAN:
        *at = (char)cell->boolean;
        writer->slot[slot] = at + 1;
        return;
    case SLOT_STRING:
        put_text(writer, at, cell->bytes);
        break;
    case SLOT_BINARY:
        put_binary(writer, at, cell->bytes);
        break;
    case SLOTS:
        break;
    }
    writer->slot[slot] = at + 4;
}

static void put_fields(struct row_writer *writer, const struct row *row)
{
    for (uint32_t i = 0; i < row->cell_count; i++) {
        const struct cell *cell = &row->cells[i];
        enum value_slot slot = slot_of(cell->type);
        put_text(writer, writer->names, cell->name);
        writer->names += 4;
        *writer->types++ = (char)(slot + 1);
        put_value(writer, cell, slot);
    }
}

static void put_tags(struct row_writer *writer, const struct row *row, char *vector)
{
    uint32_t count = series_tag_count(row);
    char *reference = bytes_put_u32(vector, count);
    char *table = reference + (size_t)4 * count;
    for (uint32_t i = 0; i < count; i++, reference += 4, table += TAG_BYTES) {
        put_reference(reference, table);
        put_shape(writer, table, TAG_SHAPE);
        put_text(writer, table + 4, row->keys[SERIES_TAGS + i].name);
        put_text(writer, table + 8, row->keys[SERIES_TAGS + i].bytes);
    }
}

/* The vector of each kind that occurs: its count, its place in FieldValues, and that in the shape. */
static void put_vectors(struct row_writer *writer, const struct row_layout *layout)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        char *at = writer->piece + layout->vector[slot];
        uint32_t count = layout->count[slot];
        if (count == 0)
            continue;
        if (slot == SLOT_LONG || slot == SLOT_DOUBLE)
            at = bytes_put_u32(at, 0);
        char *field = writer->piece + VALUES + 4 + (size_t)4 * slot;
        writer->piece[VALUES_SHAPE + 4 + 2 * slot] = (char)(4 + 4 * slot);
        put_reference(field, at);
        writer->slot[slot] = bytes_put_u32(at, count);
        if (slot == SLOT_BOOLEAN)
            bytes_put_u32(at + padded(count, 4), 0);
        if (slot == SLOT_BINARY)
            writer->binaries = at + 4 + (size_t)4 * count;
    }
}

/* The vectors of the group. */
static void put_group(struct row_writer *writer, const struct row *row, const struct row_layout *layout)
{
    char *piece = writer->piece;
    put_reference(piece + GROUP_NAMES, piece + layout->names);
    put_reference(piece + GROUP_TYPES, piece + layout->types);
    writer->names = bytes_put_u32(piece + layout->names, row->cell_count);
    writer->types = piece + layout->types;
    bytes_put_u32(writer->types + padded(row->cell_count, 4), 0);
    writer->types = bytes_put_u32(writer->types, row->cell_count);
}

char *series_piece_put(const struct row *row, char *to)
{
    struct row_layout layout;
    row_lay(row, &layout);
    struct row_writer writer = {.piece = to, .texts = to + layout.texts};
    memcpy(to, head_template, HEAD_BYTES);
    bytes_put_u64(to + SERIES_PIECE_TIME_AT, (uint64_t)series_time_us(row));
    put_reference(to + ROW_TAGS, to + layout.tags);
    put_group(&writer, row, &layout);
    put_vectors(&writer, &layout);
    put_text(&writer, to + GROUP_MEASUREMENT, row->keys[SERIES_MEASUREMENT].bytes);
    put_text(&writer, to + ROW_SOURCE, row->keys[SERIES_SOURCE].bytes);
    put_tags(&writer, row, to + layout.tags);
    put_fields(&writer, row);
    while ((writer.texts - to) % 8 != 0)
        writer.texts = bytes_put_u32(writer.texts, 0);
    return writer.texts;
}
