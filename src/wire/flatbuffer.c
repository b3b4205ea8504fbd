/* flatbuffer: see flatbuffer.h. Places are size_t and offsets 32 bits, so no sum overflows; has()
 * stands before every look into the buffer. */
#include "wire/flatbuffer.h"

#include "base/error.h"
#include "wire/bytes.h"

enum { OFFSET_BYTES = 4, VTABLE_HEAD = 4, SLOT_BYTES = 2 };

static int bad(struct error *err, const char *what)
{
    return error_set(err, ERROR_RETRY, "flatbuffer: %s", what);
}

static bool has(struct slice buffer, size_t at, size_t bytes)
{
    return at <= buffer.len && buffer.len - at >= bytes;
}

static size_t u16_at(struct slice buffer, size_t at)
{
    return (size_t)((uint8_t)buffer.at[at] | (uint8_t)buffer.at[at + 1] << 8);
}

/* Where the offset at `at` leads: forward, never to itself. */
static int follow(struct slice buffer, size_t at, size_t *to, struct error *err)
{
    if (!has(buffer, at, OFFSET_BYTES))
        return bad(err, "an offset that is cut off");
    uint32_t offset = bytes_get_u32(buffer.at + at);
    *to = at + offset;
    if (offset < OFFSET_BYTES || !has(buffer, *to, OFFSET_BYTES))
        return bad(err, "an offset that leads out of the buffer or to itself");
    return 0;
}

/* The vtable lies before or behind its table: the distance has a sign. */
static int find_vtable(struct flatbuffer_table *table, struct error *err)
{
    struct slice buffer = table->buffer;
    int64_t distance = (int32_t)bytes_get_u32(buffer.at + table->at);
    int64_t vtable = (int64_t)table->at - distance;
    if (vtable < 0 || !has(buffer, (size_t)vtable, VTABLE_HEAD))
        return bad(err, "a table whose vtable is outside the buffer");
    table->vtable = (size_t)vtable;
    table->vtable_bytes = u16_at(buffer, table->vtable);
    table->bytes = u16_at(buffer, table->vtable + 2);
    if (table->vtable_bytes < VTABLE_HEAD || table->vtable_bytes % SLOT_BYTES != 0 ||
        !has(buffer, table->vtable, table->vtable_bytes))
        return bad(err, "a vtable of an impossible length");
    if (table->bytes < OFFSET_BYTES || !has(buffer, table->at, table->bytes))
        return bad(err, "a table of an impossible length");
    return 0;
}

/* `from` holds the offset of a table. */
static int open_table(struct slice buffer, size_t from, struct flatbuffer_table *table, struct error *err)
{
    *table = (struct flatbuffer_table){.buffer = buffer};
    return follow(buffer, from, &table->at, err) != 0 ? -1 : find_vtable(table, err);
}

int flatbuffer_root(struct slice buffer, struct flatbuffer_table *root, struct error *err)
{
    return open_table(buffer, 0, root, err);
}

/* `from` holds the offset of a text: length, bytes, a 0 byte. */
static int open_text(struct slice buffer, size_t from, struct slice *text, struct error *err)
{
    size_t at = 0;
    if (follow(buffer, from, &at, err) != 0)
        return -1;
    size_t len = bytes_get_u32(buffer.at + at);
    if (!has(buffer, at + OFFSET_BYTES, len + 1))
        return bad(err, "a text that is longer than the buffer");
    *text = slice_of(buffer.at + at + OFFSET_BYTES, len);
    return text->at[len] == 0 ? 0 : bad(err, "a text without the 0 byte behind it");
}

/* 1: the member has these bytes at *at, 0: it is absent. */
static int member(const struct flatbuffer_table *table, unsigned slot, size_t bytes, size_t *at,
                  struct error *err)
{
    size_t entry = VTABLE_HEAD + (size_t)slot * SLOT_BYTES;
    if (entry >= table->vtable_bytes)
        return 0;
    size_t offset = u16_at(table->buffer, table->vtable + entry);
    if (offset == 0)
        return 0;
    if (offset < OFFSET_BYTES || offset + bytes > table->bytes)
        return bad(err, "a member outside its table");
    *at = table->at + offset;
    return 1;
}

int flatbuffer_u32(const struct flatbuffer_table *table, unsigned slot, uint32_t *value, struct error *err)
{
    size_t at = 0;
    int found = member(table, slot, sizeof(*value), &at, err);
    *value = found > 0 ? bytes_get_u32(table->buffer.at + at) : 0;
    return found < 0 ? -1 : 0;
}

int flatbuffer_u64(const struct flatbuffer_table *table, unsigned slot, uint64_t *value, struct error *err)
{
    size_t at = 0;
    int found = member(table, slot, sizeof(*value), &at, err);
    *value = found > 0 ? bytes_get_u64(table->buffer.at + at) : 0;
    return found < 0 ? -1 : 0;
}

int flatbuffer_text(const struct flatbuffer_table *table, unsigned slot, struct slice *text,
                    struct error *err)
{
    size_t at = 0;
    int found = member(table, slot, OFFSET_BYTES, &at, err);
    *text = SLICE("");
    return found <= 0 ? found : open_text(table->buffer, at, text, err);
}

int flatbuffer_table(const struct flatbuffer_table *table, unsigned slot, struct flatbuffer_table *child,
                     struct error *err)
{
    size_t at = 0;
    int found = member(table, slot, OFFSET_BYTES, &at, err);
    if (found <= 0)
        return found;
    return open_table(table->buffer, at, child, err) != 0 ? -1 : 1;
}

int flatbuffer_vector(const struct flatbuffer_table *table, unsigned slot, size_t element_bytes,
                      struct flatbuffer_vector *vector, struct error *err)
{
    size_t at = 0;
    int found = member(table, slot, OFFSET_BYTES, &at, err);
    *vector = (struct flatbuffer_vector){.buffer = table->buffer};
    if (found <= 0)
        return found;
    if (follow(table->buffer, at, &at, err) != 0)
        return -1;
    vector->count = bytes_get_u32(table->buffer.at + at);
    vector->at = at + OFFSET_BYTES;
    if ((table->buffer.len - vector->at) / element_bytes < vector->count)
        return bad(err, "a vector that is longer than the buffer");
    return 0;
}

static size_t element_at(const struct flatbuffer_vector *vector, uint32_t index)
{
    return vector->at + (size_t)index * OFFSET_BYTES;
}

int flatbuffer_vector_text(const struct flatbuffer_vector *vector, uint32_t index, struct slice *text,
                           struct error *err)
{
    return open_text(vector->buffer, element_at(vector, index), text, err);
}

int flatbuffer_vector_table(const struct flatbuffer_vector *vector, uint32_t index,
                            struct flatbuffer_table *element, struct error *err)
{
    return open_table(vector->buffer, element_at(vector, index), element, err);
}
