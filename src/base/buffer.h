/* buffer: growing bytes with a most. Owns its memory; keeps it over a reset. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/slice.h"

struct buffer {
    char *at;
    size_t len;
    size_t room;
    size_t most; /* bytes it may ever hold */
};

void buffer_init(struct buffer *buffer, size_t most);
void buffer_fini(struct buffer *buffer);

/* Room for `bytes` more behind len: where to write, or NULL when the most would be passed. Does not move len.
 */
char *buffer_reserve(struct buffer *buffer, size_t bytes);

/* 0, or -1 when the most would be passed; then nothing was added. */
int buffer_add(struct buffer *buffer, const void *at, size_t bytes);
int buffer_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline int buffer_add_slice(struct buffer *buffer, struct slice slice)
{
    return buffer_add(buffer, slice.at, slice.len);
}

/* Empties it; memory above `keep` bytes goes back. */
void buffer_reset(struct buffer *buffer, size_t keep);

static inline struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->at, buffer->len};
}

#endif
