/* window: a table draws from the reserve for what it holds above its share, and only for that. */
#include "record/window.h"

#include <stdlib.h>

#include "base/check.h"

struct window {
    size_t reserve;
    size_t drawn; /* from the reserve, by all tables; more than it while batches overshoot */
    size_t held;
    size_t most_held;
    size_t tables;
};

static size_t window_above_share(const struct window_table *table)
{
    return table->held > table->share ? table->held - table->share : 0;
}

struct window *window_create(size_t reserve_bytes)
{
    struct window *window = check_memory(calloc(1, sizeof(*window)));
    window->reserve = reserve_bytes;
    return window;
}

void window_destroy(struct window *window)
{
    CHECK(window->tables == 0);
    free(window);
}

void window_join(struct window *window, struct window_table *table, size_t share_bytes)
{
    CHECK(share_bytes > 0); /* a table without a share could wait for the others for ever */
    *table = (struct window_table){.window = window, .share = share_bytes};
    window->tables++;
}

void window_leave(struct window_table *table)
{
    CHECK(table->held == 0);
    table->window->tables--;
    table->window = NULL;
}

void window_take(struct window_table *table, size_t bytes)
{
    struct window *window = table->window;
    size_t above = window_above_share(table);
    table->held += bytes;
    window->drawn += window_above_share(table) - above;
    window->held += bytes;
    if (window->held > window->most_held)
        window->most_held = window->held;
}

void window_give(struct window_table *table, size_t bytes)
{
    struct window *window = table->window;
    size_t above = window_above_share(table);
    CHECK(bytes <= table->held);
    table->held -= bytes;
    window->drawn -= above - window_above_share(table);
    window->held -= bytes;
}

size_t window_room(const struct window_table *table)
{
    const struct window *window = table->window;
    size_t left = table->share > table->held ? table->share - table->held : 0;
    return left + (window->reserve > window->drawn ? window->reserve - window->drawn : 0);
}

size_t window_held(const struct window *window)
{
    return window->held;
}

size_t window_most_held(const struct window *window)
{
    return window->most_held;
}
