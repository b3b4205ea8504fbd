/* slice: a view of bytes, pointer and length. Owns nothing; lives as long as what it looks at. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *at;
    size_t len;
};

/* For string literals only: the length is the compiler's. */
#define SLICE(text) ((struct slice){(text), sizeof(text) - 1})

/* For printf: ("%.*s", SLICE_ARG(name)). */
#define SLICE_ARG(slice) (int)(slice).len, (slice).at

static inline struct slice slice_of(const void *at, size_t len)
{
    return (struct slice){(const char *)at, len};
}

static inline struct slice slice_text(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Byte order, shorter first: the order of names in Tablestore. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.at, b.at, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

#endif
