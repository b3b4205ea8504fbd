/* arena: chunks in a chain, bump pointer in the newest. */
#include "base/arena.h"

#include <stdlib.h>

#include "base/check.h"

/* gcc says so by a macro, clang by a feature. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONED
#endif

#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#endif

struct arena_chunk {
    struct arena_chunk *next;
    size_t bytes;
    _Alignas(8) char data[];
};

void arena_init(struct arena *arena, size_t chunk_bytes)
{
    *arena = (struct arena){.chunk_bytes = chunk_bytes};
}

static void arena_free_from(struct arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->bytes);
        free(chunk);
        chunk = next;
    }
}

void arena_fini(struct arena *arena)
{
    arena_free_from(arena->first);
    arena_init(arena, arena->chunk_bytes);
}

static void arena_enter(struct arena *arena, struct arena_chunk *chunk)
{
    arena->now = chunk;
    arena->at = chunk->data;
    arena->end = chunk->data + chunk->bytes;
    ASAN_POISON_MEMORY_REGION(chunk->data, chunk->bytes);
}

void arena_reset(struct arena *arena)
{
    if (arena->first == NULL)
        return;
    arena_free_from(arena->first->next);
    arena->first->next = NULL;
    arena_enter(arena, arena->first);
}

static void arena_grow(struct arena *arena, size_t bytes)
{
    size_t room = bytes > arena->chunk_bytes ? bytes : arena->chunk_bytes;
    struct arena_chunk *chunk = check_memory(malloc(sizeof(*chunk) + room));
    chunk->next = NULL;
    chunk->bytes = room;
    if (arena->now == NULL)
        arena->first = chunk;
    else
        arena->now->next = chunk;
    arena_enter(arena, chunk);
}

void *arena_take(struct arena *arena, size_t bytes)
{
    size_t step = (bytes + 7) & ~(size_t)7;
    CHECK(step >= bytes);
    if (arena->at == NULL || (size_t)(arena->end - arena->at) < step)
        arena_grow(arena, step);
    char *at = arena->at;
    arena->at += step;
    ASAN_UNPOISON_MEMORY_REGION(at, bytes);
    return at;
}

struct slice arena_copy(struct arena *arena, struct slice slice)
{
    char *at = arena_take(arena, slice.len + 1);
    if (slice.len > 0)
        memcpy(at, slice.at, slice.len);
    at[slice.len] = 0;
    return slice_of(at, slice.len);
}
