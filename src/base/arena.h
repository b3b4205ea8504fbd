/* arena: memory that dies together. Chunks are kept over a reset, so a warm arena never calls malloc.
 * Under AddressSanitizer what is not handed out is poisoned. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *first; /* all chunks, in the order of use */
    struct arena_chunk *now;
    char *at;
    char *end;
    size_t chunk_bytes;
};

void arena_init(struct arena *arena, size_t chunk_bytes);
void arena_fini(struct arena *arena);

/* Everything taken is gone; chunks of unusual size go back, one ordinary chunk stays. */
void arena_reset(struct arena *arena);

/* Aligned to 8; never NULL; not zeroed. */
void *arena_take(struct arena *arena, size_t bytes);

/* A copy, ended by a 0 byte that the slice does not count. */
struct slice arena_copy(struct arena *arena, struct slice slice);

#endif
