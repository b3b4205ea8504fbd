/* position: a sorted array; looked up once for a stretch of messages of one partition. */
#include "kafka/position.h"

#include <stdlib.h>

#include "base/check.h"

static int position_order(const void *a, const void *b)
{
    const struct position *left = a;
    const struct position *right = b;
    int order = strcmp(left->topic, right->topic);
    return order != 0 ? order : (left->partition > right->partition) - (left->partition < right->partition);
}

void position_set(struct position_table *table, const struct source_partition *partitions, size_t count)
{
    position_clear(table);
    if (count == 0)
        return;
    table->items = check_memory(calloc(count, sizeof(*table->items)));
    table->count = count;
    for (size_t i = 0; i < count; i++)
        table->items[i] =
            (struct position){.topic = partitions[i].topic, .partition = partitions[i].partition, .last = -1};
    qsort(table->items, count, sizeof(*table->items), position_order);
}

void position_clear(struct position_table *table)
{
    free(table->items);
    *table = (struct position_table){0};
}

struct position *position_find(const struct position_table *table, const char *topic, int32_t partition)
{
    struct position wanted = {.topic = topic, .partition = partition};
    if (table->count == 0)
        return NULL;
    return bsearch(&wanted, table->items, table->count, sizeof(*table->items), position_order);
}
