/* throttle: buckets by table name; filled when they are looked at. */
#include "emulator/throttle.h"

#include <stdlib.h>

#include "base/check.h"

enum { THROTTLE_UNIT = 1000, THROTTLE_TABLES_MOST = LIMIT_TABLES };

void throttle_init(struct throttle *throttle)
{
    *throttle = (struct throttle){.tables = NULL};
}

void throttle_fini(struct throttle *throttle)
{
    free(throttle->tables);
    throttle_init(throttle);
}

static void throttle_fill_new(struct throttle_table *table, const struct throttle_limit *limits,
                              struct slice name, int64_t now_ms)
{
    memcpy(table->name, name.at, name.len);
    table->name[name.len] = 0;
    for (int kind = 0; kind < THROTTLE_KINDS; kind++)
        table->levels[kind] = (struct throttle_level){limits[kind].burst * THROTTLE_UNIT, now_ms};
}

/* Requests may name any table: the names beyond the most that can be share the last one's buckets. */
static struct throttle_table *throttle_table(struct throttle *throttle, const struct throttle_limit *limits,
                                             struct slice name, int64_t now_ms)
{
    name.len = name.len > LIMIT_NAME_BYTES ? LIMIT_NAME_BYTES : name.len;
    for (size_t i = 0; i < throttle->count; i++)
        if (slice_equal(slice_text(throttle->tables[i].name), name))
            return &throttle->tables[i];
    if (throttle->count == THROTTLE_TABLES_MOST)
        return &throttle->tables[throttle->count - 1];
    size_t bytes = (throttle->count + 1) * sizeof(throttle->tables[0]);
    throttle->tables = check_memory(realloc(throttle->tables, bytes));
    throttle_fill_new(&throttle->tables[throttle->count], limits, name, now_ms);
    return &throttle->tables[throttle->count++];
}

/* A unit a second is a thousandth a millisecond. */
static void throttle_refill(struct throttle_level *level, const struct throttle_limit *limit, int64_t now_ms)
{
    int64_t full = limit->burst * THROTTLE_UNIT;
    int64_t gained = 0;
    if (now_ms <= level->at_ms)
        return;
    if (__builtin_mul_overflow(now_ms - level->at_ms, limit->rate, &gained) ||
        gained > full - level->thousandths)
        level->thousandths = full;
    else
        level->thousandths += gained;
    level->at_ms = now_ms;
}

static struct throttle_level *throttle_level(struct throttle *throttle, const struct throttle_limit *limits,
                                             struct slice table, enum throttle_kind kind, int64_t now_ms)
{
    struct throttle_level *level = &throttle_table(throttle, limits, table, now_ms)->levels[kind];
    throttle_refill(level, &limits[kind], now_ms);
    return level;
}

bool throttle_has(struct throttle *throttle, const struct throttle_limit *limits, struct slice table,
                  enum throttle_kind kind, int64_t units, int64_t now_ms)
{
    const struct throttle_limit *limit = &limits[kind];
    if (limit->rate < 0 || units == 0)
        return true;
    int64_t needed = units < limit->burst ? units : limit->burst;
    return throttle_level(throttle, limits, table, kind, now_ms)->thousandths >= needed * THROTTLE_UNIT;
}

void throttle_take(struct throttle *throttle, const struct throttle_limit *limits, struct slice table,
                   enum throttle_kind kind, int64_t units, int64_t now_ms)
{
    if (limits[kind].rate >= 0)
        throttle_level(throttle, limits, table, kind, now_ms)->thousandths -= units * THROTTLE_UNIT;
}
