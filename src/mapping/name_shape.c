/* name_shape: names of up to 16 bytes are compared at once. */
#include "mapping/name_shape.h"

#include <stdlib.h>

#include "base/check.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void name_shape_init(struct name_shape *shape)
{
    *shape = (struct name_shape){0};
}

void name_shape_fini(struct name_shape *shape)
{
    free(shape->names);
    free(shape->bytes);
}

static inline bool name_shape_starts(const struct name_shape_name *kept, struct slice name, const char *end)
{
#ifdef __SSE2__
    if (__builtin_expect(end - name.at >= NAME_SHAPE_SHORT, 1)) {
        __m128i is = _mm_loadu_si128((const __m128i *)(const void *)name.at);
        __m128i was = _mm_loadu_si128((const __m128i *)(const void *)kept->start);
        unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(is, was));
        unsigned wanted = name.len >= NAME_SHAPE_SHORT ? 0xffff : (1u << name.len) - 1;
        return (same & wanted) == wanted;
    }
#else
    (void)end;
#endif
    return memcmp(name.at, kept->start, name.len < NAME_SHAPE_SHORT ? name.len : NAME_SHAPE_SHORT) == 0;
}

bool name_shape_fits(const struct name_shape *shape, const struct json_member *members, uint32_t count,
                     const char *end)
{
    if (count != shape->count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct name_shape_name *kept = &shape->names[i];
        struct slice name = members[i].name;
        if (name.len != kept->len || members[i].name_escaped || !name_shape_starts(kept, name, end))
            return false;
        if (name.len > NAME_SHAPE_SHORT && memcmp(name.at, shape->bytes + kept->at, name.len) != 0)
            return false;
    }
    return true;
}

static void name_shape_grow(struct name_shape *shape, uint32_t count, size_t bytes)
{
    if (count > shape->room) {
        free(shape->names);
        shape->room = count * 2;
        shape->names = check_memory(malloc(shape->room * sizeof(*shape->names)));
    }
    if (bytes > shape->bytes_room) {
        free(shape->bytes);
        shape->bytes_room = bytes * 2;
        shape->bytes = check_memory(malloc(shape->bytes_room));
    }
}

void name_shape_learn(struct name_shape *shape, const struct value_field *fields, uint32_t count,
                      uint64_t number)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += fields[i].name.len;
    name_shape_grow(shape, count + 1, bytes + 1);
    bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct slice name = fields[i].name;
        struct name_shape_name *kept = &shape->names[i];
        *kept = (struct name_shape_name){.len = (uint32_t)name.len, .at = (uint32_t)bytes};
        memcpy(kept->start, name.at, name.len < NAME_SHAPE_SHORT ? name.len : NAME_SHAPE_SHORT);
        memcpy(shape->bytes + bytes, name.at, name.len);
        bytes += name.len;
    }
    shape->count = count;
    shape->number = number;
}
