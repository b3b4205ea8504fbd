/* fuzz_look: any bytes as the answers that `otspipe table` and demo read: tables, a description, a row, a
 * page of rows; the first byte picks. What was read can be shown and asked for again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/error.h"
#include "cli/table_describe.h"
#include "cli/table_key.h"
#include "ots/look.h"
#include "wire/row_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buffer text;

static void look_at_tables(struct slice answer, struct arena *arena, struct error *err)
{
    char **names = NULL;
    size_t count = 0;
    if (ots_look_tables(answer, arena, &names, &count, err) != 0)
        return;
    for (size_t i = 0; i < count; i++)
        ots_look_put_describe(slice_text(names[i]), &text);
}

static void look_at_description(struct slice answer, struct arena *arena, struct error *err)
{
    struct mapping_plan schema;
    const struct Ots__DescribeTableResponse *found = ots_look_description(answer, arena, err);
    if (found == NULL || ots_look_schema(found, arena, &schema, err) != 0)
        return;
    CHECK(schema.key_count >= 1 && schema.key_count <= MAPPING_KEYS_MOST);
    table_describe_put_key(&schema, &text);
    table_key_print(&schema, &text);
}

static void show(const struct row *row)
{
    buffer_reset(&text, 1 << 20);
    row_line_put(&text, SLICE("t"), row);
}

static void look_at_row(struct slice answer, struct arena *arena, struct error *err)
{
    struct row row;
    if (ots_look_row(answer, arena, &row, err) == 1)
        show(&row);
}

static void look_at_page(struct slice answer, struct arena *arena, struct error *err)
{
    static const struct ots_look_columns all = {NULL, 0, 1};
    struct ots_look_page page;
    struct row row;
    if (ots_look_page(answer, arena, &page, err) != 0)
        return;
    while (plainbuffer_next(&page.rows, &row, err) == 1)
        show(&row);
    const struct ots_look_range next = {.table = SLICE("t"), .start = page.next, .columns = &all};
    if (page.next.at != NULL)
        ots_look_put_range(&next, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const ways[])(struct slice, struct arena *, struct error *) = {
        look_at_tables, look_at_description, look_at_row, look_at_page};
    struct arena arena;
    struct error err = {ERROR_NONE, ""};
    if (size == 0)
        return 0;
    char *edge = check_memory(malloc(size));
    memcpy(edge, data, size);
    arena_init(&arena, 4096);
    buffer_init(&text, SIZE_MAX);
    ways[data[0] % 4](slice_of(edge + 1, size - 1), &arena, &err);
    CHECK(err.kind == ERROR_NONE || (err.kind == ERROR_RETRY && err.text[0] != 0));
    buffer_fini(&text);
    arena_fini(&arena);
    free(edge);
    return 0;
}
