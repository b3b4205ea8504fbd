/* points_page: filled until it is full. */
#include "emulator/points_page.h"

#include "base/arena.h"
#include "base/check.h"
#include "emulator/limits.h"
#include "emulator/points_view.h"
#include "wire/plainbuffer.h"

enum { POINTS_MEMORY_MOST = 16 * LIMIT_RANGE_BYTES };

/* [assumed] The bounds of an answer are those of GetRange; 0 and below ask for no other. */
void points_page_init(struct points_page *page, int32_t limit, struct arena *arena)
{
    *page = (struct points_page){.limit = LIMIT_RANGE_ROWS, .arena = arena};
    if (limit > 0 && limit < LIMIT_RANGE_ROWS)
        page->limit = (uint32_t)limit;
    buffer_init(&page->rows, POINTS_MEMORY_MOST);
}

void points_page_fini(struct points_page *page)
{
    buffer_fini(&page->rows);
}

static void points_page_put(struct points_page *page, const struct row *row, size_t bytes)
{
    size_t header = page->rows.len == 0 ? 4 : 0;
    char *at = buffer_reserve(&page->rows, header + bytes);
    CHECK(at != NULL);
    if (header > 0)
        at = plainbuffer_put_header(at);
    CHECK(plainbuffer_put_row(row, at) == at + bytes);
    page->rows.len += header + bytes;
    page->given++;
}

bool points_page_add(struct points_page *page, const struct points_view *view, const struct row_node *node)
{
    struct row row;
    size_t read_bytes;
    if (page->seen == LIMIT_RANGE_ROWS || page->given == page->limit)
        return false;
    arena_reset(page->arena);
    bool given = points_view_row(view, node, &row, &read_bytes, page->arena);
    size_t bytes = given ? plainbuffer_row_size(&row) : 0;
    if (page->seen > 0 &&
        (page->read_bytes + read_bytes > LIMIT_RANGE_BYTES || page->rows.len + bytes > LIMIT_RANGE_BYTES))
        return false;
    page->seen++;
    page->read_bytes += read_bytes;
    if (given)
        points_page_put(page, &row, bytes);
    return true;
}

struct slice points_page_bytes(const struct points_page *page)
{
    return page->rows.len == 0 ? SLICE("") : buffer_slice(&page->rows);
}
