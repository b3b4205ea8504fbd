/* window: bytes between arrival and fate. Each table has a share of its own that nobody can take from it;
 * above it, tables draw from one common reserve. A table without room is not read; nothing is paused.
 *
 * total = the sum of the shares + the reserve. A table may hold share + what is left of the reserve.
 * Room is asked before a batch is taken; the batch may then overshoot by its own size. */
#ifndef RECORD_WINDOW_H
#define RECORD_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window; /* the whole: reserve and totals; opaque */

struct window_table {
    struct window *window;
    size_t share;
    size_t held; /* bytes */
};

struct window *window_create(size_t reserve_bytes);
void window_destroy(struct window *window); /* every table must have left */

void window_join(struct window *window, struct window_table *table, size_t share_bytes);
void window_leave(struct window_table *table); /* held must be 0 */

void window_take(struct window_table *table, size_t bytes);
void window_give(struct window_table *table, size_t bytes);

/* Bytes that may still be taken: what is left of the share and of the reserve; 0 when there is no room. */
size_t window_room(const struct window_table *table);

size_t window_held(const struct window *window);
size_t window_most_held(const struct window *window); /* highest so far */

#endif
