/* fuzz_filter: any bytes as a filter and as a column condition. What was read must hold or not hold for rows
 * of every type without harm, hold the same way twice, and its cost must stay within what one row may cost.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"
#include "emulator/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT = 3000 };
static char text[TEXT];

static struct cell keys[] = {{.name = SLICE("pk0"), .type = CELL_STRING, .bytes = SLICE("k1")},
                             {.name = SLICE("pk1"), .type = CELL_INTEGER, .integer = 1}};
static struct cell cells[] = {
    {.name = SLICE("a"), .type = CELL_STRING, .timestamp_ms = 3, .bytes = SLICE("{x:42,y:-1.5e3}")},
    {.name = SLICE("a"), .type = CELL_STRING, .timestamp_ms = 2, .bytes = {text, TEXT}},
    {.name = SLICE("b"), .type = CELL_BINARY, .timestamp_ms = 3, .bytes = SLICE("\xff\0")},
    {.name = SLICE("c0"), .type = CELL_INTEGER, .timestamp_ms = 3, .integer = INT64_MIN},
    {.name = SLICE("c1"), .type = CELL_DOUBLE, .timestamp_ms = 3, .number = -0.0},
    {.name = SLICE("flag"), .type = CELL_BOOLEAN, .timestamp_ms = 3, .boolean = true},
};

static void match(const struct filter *filter)
{
    const struct row whole = {.op = ROW_PUT, .keys = keys, .key_count = 2, .cells = cells, .cell_count = 6};
    const struct row bare = {.op = ROW_PUT, .keys = keys, .key_count = 2};
    uint32_t offset = 0;
    uint32_t limit = 0;
    CHECK(filter_match(filter, &whole) == filter_match(filter, &whole));
    filter_match(filter, &bare);
    CHECK(filter_cost(filter) < (uint64_t)5 * FILTER_COST_MOST);
    if (filter_page(filter, &offset, &limit))
        CHECK(limit > 0 && filter_match(filter, &bare));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct refusal refusal = {.status = 0};
    memset(text, 'a', sizeof(text));
    arena_init(&arena, 4096);
    const struct filter *filter = filter_read(slice_of(data, size), FILTER_OF_READ, &arena, &refusal);
    CHECK((filter == NULL) == (refusal.status == 400));
    if (filter != NULL)
        match(filter);
    refusal.status = 0;
    filter = filter_read(slice_of(data, size), FILTER_OF_CONDITION, &arena, &refusal);
    CHECK((filter == NULL) == (refusal.status == 400));
    if (filter != NULL)
        match(filter);
    arena_fini(&arena);
    return 0;
}
