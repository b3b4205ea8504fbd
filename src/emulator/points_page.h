/* points_page: the points of one answer. */
#ifndef EMULATOR_POINTS_PAGE_H
#define EMULATOR_POINTS_PAGE_H

#include "base/buffer.h"

struct arena;
struct points_view;
struct row_node;

struct points_page {
    struct buffer rows; /* PlainBuffer under one header */
    uint32_t limit;
    uint32_t given;
    uint32_t seen;       /* points looked at, given or not */
    size_t read_bytes;   /* of those */
    struct arena *arena; /* lent; emptied for every point */
};

/* `limit`: what the request says; 0: nothing. */
void points_page_init(struct points_page *page, int32_t limit, struct arena *arena);
void points_page_fini(struct points_page *page);

/* Looks at one more point. False: the page is full, and the next one begins with this point. */
bool points_page_add(struct points_page *page, const struct points_view *view, const struct row_node *node);

/* What the answer holds. */
struct slice points_page_bytes(const struct points_page *page);

#endif
