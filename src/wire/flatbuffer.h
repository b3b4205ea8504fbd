/* flatbuffer: tables, vectors and texts of a FlatBuffers buffer, in whatever layout its builder chose:
 * vtables before, behind or shared, members absent. Hostile bytes in: every offset is checked before it is
 * followed, nothing has to be aligned, nothing is copied. What is read is a view into the buffer.
 *
 * Errors are ERROR_RETRY. Two offsets may lead to one place: who walks vectors of tables must count what he
 * visits, or a small buffer takes for ever. */
#ifndef WIRE_FLATBUFFER_H
#define WIRE_FLATBUFFER_H

#include "base/slice.h"

struct error;

struct flatbuffer_table {
    struct slice buffer;
    size_t at; /* places are counted from the start of the buffer */
    size_t vtable;
    size_t vtable_bytes;
    size_t bytes;
};

struct flatbuffer_vector {
    struct slice buffer;
    size_t at; /* of the first element */
    uint32_t count;
};

int flatbuffer_root(struct slice buffer, struct flatbuffer_table *root, struct error *err);

/* A member by its slot (the "id" of the schema). An absent one is 0, "" or a vector of none, as FlatBuffers
 * has it; an absent table answers 0, one that is there 1. All others 0; -1 for an error. */
int flatbuffer_u32(const struct flatbuffer_table *table, unsigned slot, uint32_t *value, struct error *err);
int flatbuffer_u64(const struct flatbuffer_table *table, unsigned slot, uint64_t *value, struct error *err);
int flatbuffer_text(const struct flatbuffer_table *table, unsigned slot, struct slice *text,
                    struct error *err);
int flatbuffer_table(const struct flatbuffer_table *table, unsigned slot, struct flatbuffer_table *child,
                     struct error *err);
int flatbuffer_vector(const struct flatbuffer_table *table, unsigned slot, size_t element_bytes,
                      struct flatbuffer_vector *vector, struct error *err);

/* An element of a vector of offsets (element_bytes 4); index < count. */
int flatbuffer_vector_text(const struct flatbuffer_vector *vector, uint32_t index, struct slice *text,
                           struct error *err);
int flatbuffer_vector_table(const struct flatbuffer_vector *vector, uint32_t index,
                            struct flatbuffer_table *element, struct error *err);

#endif
